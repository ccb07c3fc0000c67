package remediate

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestNothingOfAPlanRunsWhileTheOrganizationIsOnHold(t *testing.T) {
	in := Input{Snapshot: &access.Snapshot{}, Held: []string{"45 of 120 members are gone"}}
	if p := NewPlan(in); len(p.Stopped) != 1 || p.Stopped[0] != "hold: 45 of 120 members are gone" {
		t.Errorf("stopped: %q", p.Stopped)
	}
}
