package act

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// The role that GitHub names of a team counts its parent's in: a custom role is the
// team's own unless the parent has the same.
func TestACustomRoleOfATeamBelowAnotherIsItsOwn(t *testing.T) {
	c := remediate.Change{Thing: remediate.TeamGrant, Org: acme, Repo: boat, Team: deck, Before: grant("careful")}
	b := start(t, world(t, `"slug":"deck","permission":"maintain"`, `"slug":"deck","permission":"careful"`), githubsim.Options{}, nil)
	if got := b.read(c); !got.State.Same(c.Before) {
		t.Errorf("read %+v", got.State)
	}
	both := []string{`"slug":"deck","permission":"maintain"`, `"slug":"deck","permission":"careful"`, `"slug":"crew","permission":"push"`, `"slug":"crew","permission":"careful"`}
	if got := start(t, world(t, both...), githubsim.Options{}, nil).read(c); !got.State.Same(c.Before) {
		t.Errorf("both have it, and it is what the plan speaks of: %+v", got.State)
	}
	c.Before = grant("admin")
	if _, err := start(t, world(t, both...), githubsim.Options{}, nil).hands.Read(t.Context(), c); err == nil || !strings.Contains(err.Error(), "does not tell them apart") {
		t.Errorf("both have it, and it is not what the plan speaks of: %v", err)
	}
}

// Who was locked out before is not locked out by a change.
func TestAnEnvironmentThatNobodyCanApproveKeepsNoChangeBack(t *testing.T) {
	stuck := world(t, `"defaultRepositoryPermission":"read"`, `"defaultRepositoryPermission":"none"`, `[{"type":"User","name":"annika"},{"type":"Team","name":"deck"}]`, `[{"type":"User","name":"visitor"}]`)
	b := start(t, stuck, githubsim.Options{}, nil)
	c := remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(11, "annika"), Before: grant("admin")}
	if n, err := b.hands.Approvers(t.Context(), c); err != nil || n != Unguarded {
		t.Errorf("%d approve: %v", n, err)
	}
	if n, err := b.hands.Approvers(t.Context(), gateTrip(func(g *remediate.GateState) {
		g.Reviewers, g.WaitTimer = []remediate.Reviewer{{Kind: "user", Label: remediate.Label{ID: 16}}}, 30
	})); err != nil || n != Unguarded {
		t.Errorf("another part of the gate: %d approve: %v", n, err)
	}
}

// An invitation tells a custom role as the role that it is based on.
func TestAnInvitationWithACustomRoleIsKnown(t *testing.T) {
	b := start(t, world(t), githubsim.Options{}, nil)
	away := remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(14, "guest"), Before: grant("write")}
	b.carry(away)
	back := away.Inverse()
	back.After = grant("careful")
	b.carry(back)
	if l := b.read(back); l.Invited == nil || !l.Invited.Same(back.After) {
		t.Errorf("%+v, invited %+v", l.State, l.Invited)
	}
}
