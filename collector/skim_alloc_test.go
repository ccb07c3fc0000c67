package collector

import (
	"fmt"
	"strings"
	"testing"
)

// A page of a team's repositories is half a megabyte, and large organizations have
// thousands of them: taking two values out of each row must not copy the rest.
func TestSkimmingAPageAllocatesNothingForWhatItPasses(t *testing.T) {
	page := func(bulk int) []byte {
		var rows []string
		for i := range 100 {
			rows = append(rows, fmt.Sprintf(`{"id":%d,"owner":{"login":%q},"topics":["a","b"],"role_name":"write"}`, i+1, strings.Repeat("x", bulk)))
		}
		return []byte("[" + strings.Join(rows, ",") + "]")
	}
	for _, bulk := range []int{10, 5000} {
		raw, n := page(bulk), 0
		allocs := testing.AllocsPerRun(10, func() {
			n = 0
			if err := rows(raw, func(_, _ []byte) error { n++; return nil }); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > 0 || n != 100 {
			t.Errorf("%d bytes: %d rows with %v allocations, want none", len(raw), n, allocs)
		}
	}
}
