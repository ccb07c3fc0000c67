package remediate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

const (
	endedAssignment = `
[[assign]]
role = "writer"
to = ["user:sam"]
on = ["repo:web"]
reason = "a migration"
expires = 2026-11-20T09:00:00Z
`
	since = "2026-11-20T09:00:00Z"
)

// late is the house with an assignment that has ended, and other drift that is
// safer to mend.
func late() *world {
	w := house()
	w.join(access.Member, "sam")
	w.give("user:sam", "web", access.Write)
	w.team("ops", "", "olga")
	w.give("team:ops", "web", access.Read)
	return w
}

var ended = roles + strings.ReplaceAll(endedAssignment, "repo:web", "repo:acme/web")

func TestOverdueStandsFirstInAPlanAndIsMarked(t *testing.T) {
	p := late().plan(t, ended, loose())
	if len(p.Actions) < 2 {
		t.Fatalf("%q", lines(p))
	}
	for i, a := range p.Actions {
		if got := a.Overdue.Format(time.RFC3339); (i == 0) != (got == since) {
			t.Errorf("%d: %s: overdue since %s", i, a.Title, got)
		}
	}
	if first := p.Actions[0]; first.Principal.Name != "user:sam" || first.Rule != "expired-assignment" {
		t.Errorf("the first is %s (%s)", first.Title, first.Rule)
	}
	in := late().input(t, ended, loose())
	in.Max = 1
	if p := remediate.NewPlan(in); len(p.Actions) != 1 || p.Actions[0].Overdue.IsZero() {
		t.Errorf("--max 1 leaves what is overdue out: %q", lines(p))
	}
}

func TestWhatAGuardRefusesStaysOverdueAndSaysByWhat(t *testing.T) {
	refused := func(name string, p remediate.Plan, guard remediate.Guard) {
		t.Helper()
		for _, r := range p.Refused {
			if r.Principal.Name == "user:sam" && r.Guard == guard && r.Why != "" && r.Overdue.Format(time.RFC3339) == since {
				return
			}
		}
		t.Errorf("%s: %q", name, lines(p))
	}
	g := loose()
	g.Protected = []string{"user:sam"}
	refused("protected", late().plan(t, ended, g), remediate.ProtectedGuard)

	in := late().input(t, ended, loose())
	in.Snapshot.Coverage.Set(access.Cover{Area: access.AreaDirectGrants, Status: access.Partial, Reason: "the page failed"})
	refused("coverage", remediate.NewPlan(in), remediate.CoverageGuard)

	in = late().input(t, ended, loose())
	in.Self = nil
	refused("self", remediate.NewPlan(in), remediate.SelfGuard)
}

func TestWhatStopsAPlanLeavesItsActionsOverdue(t *testing.T) {
	in := late().input(t, ended, loose())
	in.Held = []string{"45 of 120 members are gone"}
	limited := loose()
	limited.MaxChanges = 0
	for name, p := range map[string]remediate.Plan{"hold": remediate.NewPlan(in), "limit": late().plan(t, ended, limited)} {
		if len(p.Stopped) == 0 || len(p.Actions) == 0 || p.Actions[0].Overdue.Format(time.RFC3339) != since {
			t.Errorf("%s: %q", name, lines(p))
		}
	}
}

func TestWhatIsOverdueWaitsForNothing(t *testing.T) {
	strict := loose()
	strict.Grace = remediate.Grace{Snapshots: 3, Age: 72 * time.Hour, Notice: 240 * time.Hour}
	if p := late().plan(t, ended, strict); len(p.Actions) != 1 || p.Actions[0].Overdue.IsZero() || len(p.Waiting) == 0 {
		t.Errorf("%q, waiting: %d", lines(p), len(p.Waiting))
	}
}

// A plan that is made later says the same of the end, and is the same change.
func TestAnOverdueActionIsTheSameInTheNextPlan(t *testing.T) {
	in := late().input(t, ended, loose())
	first := remediate.NewPlan(in)
	in.At = in.At.Add(36 * time.Hour)
	second := remediate.NewPlan(in)
	if a, b := first.Actions[0], second.Actions[0]; a.ID != b.ID || !a.Overdue.Equal(b.Overdue) || !a.Change.Equal(b.Change) {
		t.Errorf("%+v\n%+v", a, b)
	}
}
