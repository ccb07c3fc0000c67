package evidence_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// A finding that a changed baseline does not ask for any more was not remedied, and no time
// to remedy has it: neither in the table of findings, nor in the figures, nor in the trend.
func TestFindingThatIsNoLongerAskedForIsNotRemedied(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	kept, gone := grant(access.User, 1, access.Repo, 5, access.Admin, access.Direct), grant(access.User, 2, access.Repo, 5, access.Admin, access.Direct)
	moved := grant(access.User, 3, access.Repo, 5, access.Admin, access.Direct)
	about := func(name string, g *access.Grant) access.Finding {
		return access.Finding{Fingerprint: name, Rule: "access-beyond-baseline", Severity: access.High, State: access.Open, Grant: g,
			Org: access.Named{Ref: access.Ref{Kind: access.Org, ID: 1}, Name: "org:acme"}}
	}
	seen := func(n int, by string, found []access.Finding, grants ...access.Grant) {
		info := taken(t, s, hour(n).Add(300*time.Millisecond), func(p *store.Pass) {
			world(t, p, 0)
			check(t, p.Put(t.Context(), access.AreaDirectGrants, 5, access.Rows{Grants: grants}))
		})
		snap, err := s.Load(t.Context(), info)
		check(t, err)
		_, err = s.Judge(t.Context(), snap, found, hour(n).Add(time.Duration(1999-600*n)*time.Millisecond), store.Terms{Baseline: by})
		check(t, err)
	}
	seen(0, "b1", []access.Finding{about("a", &kept), about("b", &gone), about("c", &moved), about("d", nil)}, kept, gone, moved)
	seen(1, "b1", []access.Finding{about("a", &kept), about("d", nil)}, kept, moved) // b: gone; c: something else changed
	seen(2, "b2", nil, kept, moved)                                                  // a: not asked for; d: either
	e := gather(t, s, evidence.Period{From: hour(0), To: hour(3)})
	got := map[string]string{}
	for _, r := range rows(t, e, "findings") {
		got[r["finding"]] = r["ending"] + " " + r["remedy_seconds"]
	}
	// The second in which b was opened begins 1 h before that in which it was over, though
	// the fractions of the two are less apart.
	want := map[string]string{"a": "not-asked ", "b": "remedied 3600", "c": "unclear ", "d": "unclear "}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	for _, r := range rows(t, e, evidence.TrendRemedy) {
		if got := fmt.Sprint(r["resolved"], r["remedied"], r["not_asked"], r["unclear"], " ", r["median_seconds"]); got != "4112 3600" {
			t.Errorf("the trend tells %s", got)
		}
	}
	figures := map[string]int64{}
	for _, c := range e.Controls {
		for _, f := range c.Numbers {
			figures[f.Name] = f.Value
		}
	}
	for name, n := range map[string]int64{"all-findings-over": 4, "all-findings-remedied": 1, "all-findings-not-asked": 1, "all-findings-ended-otherwise": 2} {
		if figures[name] != n {
			t.Errorf("%s is %d, and not %d", name, figures[name], n)
		}
	}
}
