package report

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/contract"
)

// forOthers are the examples that have a form for other tools.
func forOthers() map[string]View {
	out := map[string]View{}
	for _, e := range examples {
		switch v := e.view.(type) {
		case Audit:
			out[e.name] = v
		case Findings:
			v.Rules, v.Baseline, v.Version = []RuleText{exampleRule()}, []string{"./policies/acme robotics.toml"}, "v0.1.0"
			out[e.name] = v
		}
	}
	return out
}

func sarifDoc(t *testing.T, v View) map[string]any {
	t.Helper()
	return parse(t, render(t, v, SARIF, Options{}))
}

func TestSARIFLooksAsItShould(t *testing.T) {
	for name, v := range forOthers() {
		golden(t, name+".sarif.golden", render(t, v, SARIF, Options{}))
	}
}

func TestSARIFIsAsItsPublishedSchemaSays(t *testing.T) {
	schema := contract.SARIF(t)
	for name, v := range forOthers() {
		if err := schema.Validate(sarifDoc(t, v)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, v := range hostile("\x1b[2J[x](https://evil.example) {0} \u202e\xff\n\"<&>") {
		if _, ok := v.(sarifView); !ok {
			continue
		}
		if err := schema.Validate(sarifDoc(t, v)); err != nil {
			t.Errorf("%T: %v", v, err)
		}
	}
}

// In a message of SARIF "[x](y)" is a link, and "{0}" a place for an argument.
func TestNoNameIsALinkInSARIF(t *testing.T) {
	const evil = "[x](https://evil.example) {0} \x1b[2J \u202e"
	for _, v := range hostile(evil) {
		if _, ok := v.(sarifView); !ok {
			continue
		}
		if _, ok := v.(Audit); ok {
			a := v.(Audit)
			a.Rules, v = nil, a // their text is ajar's own
		}
		text := render(t, v, SARIF, Options{})
		for _, r := range text {
			if r != '\n' && acts(r) {
				t.Errorf("%T: %U reaches the terminal", v, r)
			}
		}
		for _, run := range parse(t, text)["runs"].([]any) {
			for _, r := range run.(map[string]any)["results"].([]any) {
				said := r.(map[string]any)["message"].(map[string]any)["text"].(string)
				if strings.Contains(said, "](") || strings.Contains(said, "{0}") || !strings.Contains(said, `\u001b`) {
					t.Errorf("the message is %q", said)
				}
				if title := r.(map[string]any)["properties"].(map[string]any)["title"]; title != evil {
					t.Errorf("the exact title is %q", title)
				}
			}
		}
	}
}

// manyFindings gives n findings on each of the repositories.
func manyFindings(each ...int) []access.Finding {
	var out []access.Finding
	for r, n := range each {
		for i := range n {
			f := access.Finding{
				Fingerprint: fingerprint(len(out)), Rule: "access-beyond-baseline", Category: "overprivileged", Severity: access.Medium, State: access.Open,
				Org: org, Resource: repo(int64(r+1), fmt.Sprintf("r%02d", r)), Title: fmt.Sprint("finding ", i),
			}
			if i%2 == 0 {
				f.Resource = env(int64(1000+r), fmt.Sprintf("r%02d/prod/eu", r))
			}
			out = append(out, f)
		}
	}
	return out
}

func TestSARIFRunsHoldWholeRepositoriesAndAtMostFiveThousand(t *testing.T) {
	for _, c := range []struct {
		each []int
		want []int
	}{
		{nil, []int{0}},
		{[]int{3, 4}, []int{7}},
		{[]int{3000, 2000, 1}, []int{5000, 1}},
		{[]int{3000, 2001}, []int{3000, 2001}},
		{[]int{10, 12_000, 5}, []int{10, 5000, 5000, 2005}},
		{[]int{5000, 5000}, []int{5000, 5000}},
	} {
		all := manyFindings(c.each...)
		runs, _ := Findings{Org: org, At: taken, Findings: all}.exported().runs()
		var got []int
		seen := map[string]int{}
		in := map[string]map[int]bool{}
		for i, r := range runs {
			got = append(got, len(r))
			for _, f := range r {
				seen[f.Fingerprint]++
				name := repositoryOf(f)
				if in[name] == nil {
					in[name] = map[int]bool{}
				}
				in[name][i] = true
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%v: runs of %v, want %v", c.each, got, c.want)
		}
		if len(seen) != len(all) {
			t.Errorf("%v: %d of %d findings", c.each, len(seen), len(all))
		}
		for i, n := range c.each {
			if name := fmt.Sprintf("acme-robotics/r%02d", i); n <= sarifResults && len(in[name]) > 1 {
				t.Errorf("%v: %s is in %d runs", c.each, name, len(in[name]))
			}
		}
	}
}

// Code scanning refuses a file two of whose runs have one tool and category.
func TestSARIFRunsSayWhichOfHowManyTheyAre(t *testing.T) {
	doc := sarifDoc(t, Findings{Org: org, At: taken, Findings: manyFindings(3000, 3000, 3000)})
	ids := map[any]bool{}
	runs := doc["runs"].([]any)
	for i, r := range runs {
		run := r.(map[string]any)
		ids[run["automationDetails"].(map[string]any)["id"]] = true
		bag := run["properties"].(map[string]any)
		if got := fmt.Sprintf("%v of %v, %v of %v", bag["run"], bag["runs"], bag["results"], bag["allResults"]); got != fmt.Sprintf("%d of 3, 3000 of 9000", i+1) {
			t.Errorf("run %d says %v", i, bag)
		}
	}
	if len(runs) != 3 || len(ids) != 3 || !ids["ajar/acme-robotics/"] {
		t.Errorf("%d runs, ids %v", len(runs), ids)
	}
}

func TestSARIFSaysThatItIsIncomplete(t *testing.T) {
	a := exampleAudit()
	a.Failed = []RuleFailure{{"gate-stuck", "index out of range"}}
	in := invocation(t, a)
	if in["executionSuccessful"] != false || fmt.Sprint(in["exitCode"]) != "2" {
		t.Errorf("the invocation says %v, exit code %v", in["executionSuccessful"], in["exitCode"])
	}
	levels := map[string]int{}
	for _, n := range in["toolExecutionNotifications"].([]any) {
		n := n.(map[string]any)
		levels[fmt.Sprint(n["descriptor"].(map[string]any)["id"], " ", n["level"])]++
	}
	want := map[string]int{"not-seen error": 4, "not-seen note": 1, "rule-broke error": 1, "undecided warning": 2}
	if !reflect.DeepEqual(levels, want) {
		t.Errorf("notifications %v, want %v", levels, want)
	}

	in = invocation(t, Findings{Org: org, At: taken, Gaps: a.Gaps})
	if in["executionSuccessful"] != false || fmt.Sprint(in["exitCode"]) != "3" {
		t.Errorf("a list with gaps: %v, exit code %v", in["executionSuccessful"], in["exitCode"])
	}
	in = invocation(t, Findings{Org: org, At: taken})
	if in["executionSuccessful"] != true || fmt.Sprint(in["exitCode"]) != "0" {
		t.Errorf("a list without gaps: %v, exit code %v", in["executionSuccessful"], in["exitCode"])
	}
}

func invocation(t *testing.T, v View) map[string]any {
	t.Helper()
	return sarifDoc(t, v)["runs"].([]any)[0].(map[string]any)["invocations"].([]any)[0].(map[string]any)
}

func TestWaivedFindingsAreSuppressedAndResolvedOnesNoResults(t *testing.T) {
	run := sarifDoc(t, exampleAudit())["runs"].([]any)[0].(map[string]any)
	suppressed := 0
	for _, r := range run["results"].([]any) {
		r := r.(map[string]any)
		waived := r["properties"].(map[string]any)["state"] == "waived"
		if list := r["suppressions"].([]any); (len(list) == 1) != waived {
			t.Errorf("waived %t, suppressions %v", waived, list)
		} else if waived {
			suppressed++
		}
	}
	all := exampleFindings()
	if got := len(run["results"].([]any)); suppressed != 1 || got != len(all)-1 || fmt.Sprint(run["properties"].(map[string]any)["resolved"]) != "1" {
		t.Errorf("%d results of %d findings, %d suppressed, %v", got, len(all), suppressed, run["properties"])
	}
}

func TestThePolicyFileIsOneThatACheckoutHas(t *testing.T) {
	for _, c := range []struct {
		files []string
		want  string
	}{
		{nil, "README.md"},
		{[]string{"baseline.toml"}, "baseline.toml"},
		{[]string{"/etc/ajar/baseline.toml"}, "README.md"},
		{[]string{"../baseline.toml", "./access/a b.toml"}, "access/a%20b.toml"},
		{[]string{"baseline"}, "README.md"},
		{[]string{"a:b.toml"}, "./a:b.toml"},
	} {
		if got := (exported{policy: policyFile(c.files)}).artifact(); got != c.want {
			t.Errorf("%v points at %q, want %q", c.files, got, c.want)
		}
	}
}
