package act

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

func TestATeamThatAnIdentityProviderFillsIsLeftAlone(t *testing.T) {
	demote := remediate.Change{Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(11, "annika"), Before: grant("maintainer"), After: grant("member")}
	for name, link := range map[string]func(*githubsim.Team){
		"by an external group":    func(t *githubsim.Team) { t.ExternalGroup = "sre \"all\"" },
		"by team synchronization": func(t *githubsim.Team) { t.SyncedGroup = "sre \"all\"" },
	} {
		for what, c := range map[string]remediate.Change{
			"demote": demote,
			"remove": {Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(11, "annika"), Before: grant("maintainer")},
			"add":    {Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(12, "bodil"), After: grant("member")},
		} {
			w := world(t)
			link(w.Orgs[0].Teams[0])
			b := start(t, w, githubsim.Options{}, nil)
			if l := b.read(c); l.Moved != `the group "sre \"all\"" of the identity provider decides who is in the team; change it there` {
				t.Errorf("%s, %s: %+v", name, what, l)
			}
		}
	}
	b := start(t, world(t), githubsim.Options{}, nil)
	if l := b.read(demote); l.Moved != "" || l.State.Role != "maintainer" {
		t.Errorf("no group: %+v", l)
	}
}

func TestWhatIsDoneAlreadyIsNotAskedOfTheDirectory(t *testing.T) {
	w := world(t)
	w.Orgs[0].Teams[0].ExternalGroup = "sre-all"
	b := start(t, w, githubsim.Options{}, nil)
	l := b.read(remediate.Change{Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(11, "annika"), Before: grant("member"), After: grant("maintainer")})
	if l.Moved != "" || !l.State.Same(grant("maintainer")) {
		t.Errorf("%+v", l)
	}
}

func TestADirectoryThatDoesNotAnswerIsNoAnswer(t *testing.T) {
	for _, f := range []githubsim.Fault{
		{Match: "external-groups", Action: githubsim.AnswerStatus, Status: 401},
		{Match: "group-mappings", Action: githubsim.AnswerStatus, Status: 500},
	} {
		b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{f}}, nil)
		_, err := b.hands.Read(t.Context(), remediate.Change{Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(11, "annika"), Before: grant("maintainer"), After: grant("member")})
		if err == nil || !strings.Contains(err.Error(), f.Match) {
			t.Errorf("%d of %s: %v", f.Status, f.Match, err)
		}
	}
}
