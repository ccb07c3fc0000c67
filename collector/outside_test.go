package collector

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// The list of outside collaborators states no total. One that was cut short shows
// by somebody who holds a grant and is nowhere listed.
func TestGuestWhoIsNotListedIsAGapOfTheOutsideCollaborators(t *testing.T) {
	w := guested()
	guest := w.Users[len(w.Users)-1].Login
	s := start(t, w, faulty(githubsim.Fault{Match: "/outside_collaborators", Action: githubsim.ShortPage})).collect(t, "acme")
	if n := len(s.put[access.AreaOutside]); n != 0 {
		t.Fatalf("%d outside collaborators are listed, and the fault should leave none", n)
	}
	for _, a := range []access.Area{access.AreaOutside, access.AreaContributions} {
		if line := s.ledger.Of(a); line.Status != access.Partial || !strings.Contains(line.Reason, guest) && a == access.AreaOutside {
			t.Errorf("%+v, want a gap that names %s", line, guest)
		}
	}
	if line := start(t, guested()).collect(t, "acme").ledger.Of(access.AreaOutside); line.Status != access.Complete || line.Seen != 1 {
		t.Errorf("%+v", line)
	}
}

// A redirect on the same host may lead to a list of other things, whose rows have
// ids too. None of them may be taken for a person or an invitation.
func TestRedirectToAnotherListGivesNoRows(t *testing.T) {
	for path, a := range map[string]access.Area{
		"/outside_collaborators": access.AreaOutside, "/invitations": access.AreaInvitations, "/failed_invitations": access.AreaFailedInvitations,
	} {
		s := start(t, guested(), faulty(githubsim.Fault{Match: path, Action: githubsim.Redirected, URL: "/orgs/acme/teams"})).collect(t, "acme")
		if line := s.ledger.Of(a); line.Status == access.Complete || line.Reason == "" {
			t.Errorf("%s: %+v", path, line)
		}
		if n := len(s.put[a]) + len(s.added[a]); n > 0 {
			t.Errorf("%s: %d rows of another list were taken", path, n)
		}
	}
}
