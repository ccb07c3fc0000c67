package run

import (
	"testing"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
)

// A restore leaves out what cannot be put back, and says so; an invitation is sent
// again to whom the reading before it was cancelled showed.
func TestARestoreIsMadeOfWhatCanBePutBack(t *testing.T) {
	invite := remediate.State{There: true, Invite: &remediate.InviteState{Login: "waiting", Role: "direct_member"}}
	seen := remediate.State{There: true, Invite: &remediate.InviteState{Invitee: 7, Login: "waiting", Role: "direct_member", Teams: []remediate.Label{{ID: 3}}}}
	sent := []Send{{Sent: Sent{Step: act.Step{}, Live: seen}, Answer: &Answered{Status: 204}}}
	r := &Run{ID: "run-1", Actions: []*Past{
		{ID: "a", State: journal.Verified, Sends: sent, Intended: Intended{Title: "take", Irreversible: []string{remediate.BelowBase}}},
		{ID: "b", State: journal.Verified, Sends: sent, Intended: Intended{Title: "cancel", Change: remediate.Change{Thing: remediate.OrgInvitation, Before: invite}}},
	}}
	back, err := NewRestore(r, func(remediate.Change) bool { return true }, "", "")
	if err != nil || len(back.Actions) != 1 || len(back.Cannot) != 1 || back.Cannot[0].Title != "take" {
		t.Fatalf("%+v %v", back, err)
	}
	if got := back.Actions[0].Change.After.Invite; got == nil || got.Invitee != 7 || len(got.Teams) != 1 {
		t.Errorf("it invites %+v", got)
	}
}
