package act

import (
	"context"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// TestApproversAreCountedAfterTheChange has annika listed by name and bodil in the
// listed team deck, in a repository that members can read only by a grant.
func TestApproversAreCountedAfterTheChange(t *testing.T) {
	closed := []string{`"defaultRepositoryPermission":"read"`, `"defaultRepositoryPermission":"none"`}
	alone := append([]string{`,{"type":"Team","name":"deck"}`, ``}, closed...)
	direct := remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(11, "annika"), Before: grant("admin")}
	for name, c := range map[string]struct {
		world  []string
		change remediate.Change
		want   int
	}{
		"a grant that is lowered":        {closed, trips[0].c, 2},
		"a grant that is no approver's":  {closed, remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(14, "guest"), Before: grant("write")}, 2},
		"a grant beside a team's":        {closed, direct, 2}, // crew reaches the repository too
		"the last grant of the only one": {append(alone, `{"slug":"crew","permission":"push"},`, ``), direct, 0},
		"another grant of the only one":  {alone, direct, 1},
		"the team of whom it lets read":  {append(closed, `{"login":"bodil","permission":"careful"}`, `{"login":"guest","permission":"triage"}`, `{"slug":"crew","permission":"push"},`, ``), trips[5].c, 1},
		"a list without the team":        {closed, gateTrip(func(g *remediate.GateState) { g.Reviewers = g.Reviewers[:1] }), 1},
		"a list of nobody":               {closed, gateTrip(func(g *remediate.GateState) { g.Reviewers = nil }), Unguarded},
		"no repository":                  {closed, trips[8].c, Unguarded},
	} {
		b := start(t, world(t, c.world...), githubsim.Options{}, nil)
		got, err := b.hands.Approvers(context.Background(), c.change)
		if err != nil || got != c.want {
			t.Errorf("%s: %d approve, not %d: %v", name, got, c.want, err)
		}
	}
}

// TestApproversAreAllKnownOrAnError cuts each answer.
func TestApproversAreAllKnownOrAnError(t *testing.T) {
	for nth := range 8 {
		for _, f := range []githubsim.Action{githubsim.Denied, githubsim.DataNull, githubsim.EmptyBody, githubsim.NullNodes, githubsim.WrongTotal, githubsim.UnknownType} {
			b := start(t, world(t), githubsim.Options{}, nil)
			b.sim.AddFault(githubsim.Fault{Action: f, Nth: nth + 1, Times: 20})
			if n, err := b.hands.Approvers(context.Background(), trips[0].c); err == nil && n != 2 {
				t.Errorf("%s at request %d: %d approve", f, nth+1, n)
			}
			b.sim.ClearFaults()
			b.sim.AddFault(githubsim.Fault{Action: f, Nth: nth + 1, Times: 20})
			if l, err := b.hands.Owners(context.Background()); err == nil && len(l) != 2 {
				t.Errorf("%s at request %d: owners %v", f, nth+1, l)
			}
			b.sim.ClearFaults()
			b.sim.AddFault(githubsim.Fault{Action: f, Nth: nth + 1, Times: 20})
			if l, err := b.hands.Admins(context.Background(), *boat); err == nil && len(l) != 3 {
				t.Errorf("%s at request %d: admins %v", f, nth+1, l)
			}
		}
	}
}
