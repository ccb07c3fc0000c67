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
	b = start(t, world(t, `"slug":"deck","permission":"maintain"`, `"slug":"deck","permission":"careful"`, `"slug":"crew","permission":"push"`, `"slug":"crew","permission":"careful"`), githubsim.Options{}, nil)
	if _, err := b.hands.Read(t.Context(), c); err == nil || !strings.Contains(err.Error(), "does not tell them apart") {
		t.Errorf("both have it: %v", err)
	}
}
