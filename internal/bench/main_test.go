package main

import "testing"

func TestTheBetterOfTwoRunsIsKept(t *testing.T) {
	got := numbers{}
	for _, line := range []string{
		"BenchmarkWholeOrganization/sparse-2   1   53189626 ns/op   12.89 cpu-ms/op   755257 pairs",
		"BenchmarkWholeOrganization/sparse-2   1   53189626 ns/op   9.5 cpu-ms/op   755257 pairs",
		"BenchmarkWholeOrganization/sparse-2   1   53189626 ns/op   11 cpu-ms/op   755257 pairs",
		"ok  	github.com/eb661601/ajar/reach	1.2s",
	} {
		keep("reach", line, got)
	}
	for _, line := range []string{"BenchmarkIngest-2 1 5 ns/op 100 rows/cpu-s", "BenchmarkIngest-2 1 5 ns/op 300 rows/cpu-s", "BenchmarkIngest-2 1 5 ns/op 200 rows/cpu-s"} {
		keep("internal/store", line, got)
	}
	keep("collector", "=== ATTR  TestPacingCostsATenthAtMost over-percent 3.5", got)
	if v := got["collector TestPacingCostsATenthAtMost over-percent"]; v != 3.5 {
		t.Errorf("what a test says of itself is %v, want 3.5", v)
	}
	if v := got["reach BenchmarkWholeOrganization/sparse cpu-ms/op"]; v != 9.5 {
		t.Errorf("least CPU kept is %v, want 9.5", v)
	}
	if v := got["internal/store BenchmarkIngest rows/cpu-s"]; v != 300 {
		t.Errorf("most rows kept is %v, want 300", v)
	}
}
