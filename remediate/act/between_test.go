package act

import (
	"context"
	"errors"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// TestRenameBetweenReadAndCallIsNotFollowed renames the repository in the seconds
// in which nobody looks.
func TestRenameBetweenReadAndCallIsNotFollowed(t *testing.T) {
	for _, tr := range trips {
		if tr.c.Repo == nil || tr.c.Thing == remediate.TeamGrant {
			continue
		}
		b := start(t, world(t), githubsim.Options{}, nil)
		l := b.read(tr.c)
		steps, err := Steps(l.Change, l.State)
		if err != nil {
			t.Fatal(err)
		}
		b.sim.Mutate(func(w *githubsim.World) {
			if err := w.Rename("acme", "boat", "ship"); err != nil {
				t.Error(err)
			}
		})
		if err := b.hands.Ready(context.Background()); err != nil {
			t.Fatal(err)
		}
		_, err = b.hands.Send(context.Background(), steps[0])
		if steps[0].GraphQL != "" {
			if err != nil { // it goes by node ids
				t.Errorf("%s: %v", tr.name, err)
			}
			continue
		}
		var refused *Refused
		if !errors.As(err, &refused) || refused.Status < 300 || refused.Status > 399 {
			t.Errorf("%s: %v", tr.name, err)
		}
		for _, m := range b.sim.Mutations() {
			if m.Applied {
				t.Errorf("%s: %s %s was carried out", tr.name, m.Method, m.Path)
			}
		}
		b.roundTrip(tr) // and a fresh look finds it again
	}
}

// TestMembershipOfAnEnterpriseTeamIsLeftAlone has a removal that would take nothing
// away.
func TestMembershipOfAnEnterpriseTeamIsLeftAlone(t *testing.T) {
	gone := remediate.Change{Thing: remediate.Membership, Org: acme, User: user(12, "bodil"), Before: grant("member")}
	for _, held := range []string{`"enterpriseTeams":["x"]`, `"enterpriseTeams":["x"],"indirect":true`} {
		b := start(t, world(t, `{"login":"bodil","role":"member","twoFactor":true}`, `{"login":"bodil","role":"member","twoFactor":true,`+held+`}`), githubsim.Options{}, nil)
		if l := b.read(gone); l.Moved == "" {
			t.Errorf("%s: %+v", held, l.State)
		}
	}
}

// TestInvitedAgainBySomebodyElseIsSeen has an invitation come back under another
// number before the way back is gone: it is not sent twice.
func TestInvitedAgainBySomebodyElseIsSeen(t *testing.T) {
	for _, name := range []string{"cancel invitation", "cancel mail", "cancel repository invitation"} {
		for _, tr := range trips {
			if tr.name != name {
				continue
			}
			b := start(t, world(t), githubsim.Options{}, nil)
			first, _ := b.carry(tr.c)
			back := first.Change.Inverse()
			if _, sent := b.carry(back); len(sent) != 1 || sent[0].Created == 0 {
				t.Errorf("%s: the way back took %+v", name, sent)
			}
			if _, sent := b.carry(back); len(sent) != 0 {
				t.Errorf("%s: it was sent again: %+v", name, sent)
			}
		}
	}
}
