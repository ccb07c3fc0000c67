package evidence_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// A login that was given up and taken by another organization stands for both: neither is
// left out of the evidence of a time in which it was seen with it.
func TestOrganizationsWithOneLoginAreBothInTheEvidence(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	other := access.Organization{ID: acme.ID + 100, Login: "ACME"}
	for n := range 12 {
		if n < 6 {
			passOf(t, s, acme, hour(n))
		} else {
			passOf(t, s, other, hour(n)) // acme was deleted, and its login taken
		}
	}
	passOf(t, s, access.Organization{ID: acme.ID, Login: "acme-old"}, hour(12)) // it was renamed
	for name, c := range map[string]struct {
		asked    string // "": all
		from, to int
		want     []int64
		alike    bool // the login is that of both at the end
	}{
		"both, when all are asked for":      {from: 0, to: 11, want: []int64{101, 1}, alike: true},
		"both, when the login is asked for": {asked: "acme", from: 0, to: 11, want: []int64{101, 1}, alike: true},
		"the first owner, before":           {asked: "acme", from: 0, to: 5, want: []int64{1}},
		"the second owner, after":           {asked: "acme", from: 7, to: 11, want: []int64{101}},
		"one that was renamed":              {asked: "acme", from: 0, to: 13, want: []int64{101, 1}},
		"one by its new login":              {asked: "acme-old", from: 0, to: 13, want: []int64{1}},
		"one by a login that it got later":  {asked: "acme-old", from: 0, to: 5, want: []int64{1}},
	} {
		t.Run(name, func(t *testing.T) {
			o := evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: hour(c.from), To: hour(c.to)}}
			if c.asked != "" {
				o.Orgs = []string{c.asked}
			}
			e, err := evidence.Gather(t.Context(), s, o)
			check(t, err)
			var got []int64
			for _, o := range e.Orgs {
				got = append(got, o.ID)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("it is about %v and not %v", got, c.want)
			}
			if n := len(rows(t, e, "organizations")); n != len(c.want) {
				t.Errorf("the table of organizations has %d rows", n)
			}
			alike := 0
			for _, g := range e.Gaps {
				if strings.Contains(g.Reason, "has the login of organization") {
					alike++
				}
			}
			if (alike == 2) != c.alike || c.alike && e.Complete {
				t.Errorf("complete is %v, with the gaps %v", e.Complete, e.Gaps)
			}
		})
	}
	_, err := evidence.Gather(t.Context(), s, evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: hour(0), To: hour(5)}, Orgs: []string{"nobody"}})
	if !errors.Is(err, store.ErrNoSnapshot) {
		t.Errorf("a login that nobody has: %v", err)
	}
}
