package collector

import (
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// status lists the areas that are not complete.
func status(s *recorder) map[access.Area]access.Status {
	out := map[access.Area]access.Status{}
	for _, line := range s.ledger.Gaps() {
		out[line.Area] = line.Status
	}
	return out
}

func TestWhoeverAsksWhatIsCalledCompleteIsTrue(t *testing.T) {
	w := modest()
	owner, member := w.Orgs[0].Members[0].Login, w.Orgs[0].Members[30].Login
	stranger := w.Users[len(w.Users)-1].Login
	fine := githubsim.Scope{Permissions: githubsim.AppScope.Permissions}
	scopes := map[string]func(*setup){
		"member":                   as(githubsim.MemberScope, member),
		"owner by world":           as(githubsim.Scope{Member: true}, owner),
		"stranger":                 as(githubsim.MemberScope, stranger),
		"app":                      as(githubsim.AppScope, ""),
		"app on some repositories": as(githubsim.Scope{App: true, Permissions: githubsim.AppScope.Permissions, Repositories: []string{w.Orgs[0].Repos[3].Name}}, ""),
		"app with nothing":         as(githubsim.Scope{App: true, Permissions: []string{"metadata:read"}}, ""),
		"fine-grained of an owner": as(fine, owner),
		"fine-grained of a member": as(fine, member),
		"no single sign-on":        as(githubsim.Scope{Member: true, SSO: []string{"acme"}}, member),
		"owner, no single sign-on": as(githubsim.Scope{Owner: true, SSO: []string{"acme"}}, owner),
	}
	for _, p := range githubsim.AppScope.Permissions {
		scopes["app without "+p] = as(githubsim.AppScope.Without(p), "")
	}
	for name, who := range scopes {
		w := modest()
		h := start(t, w, who)
		s := newRecorder(t)
		if err := h.into(s, "acme"); err != nil {
			if name != "no single sign-on" && name != "owner, no single sign-on" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		checkSound(t, s, w, w.Orgs[0])
		if t.Failed() {
			t.Fatalf("%s: %v", name, status(s))
		}
	}
}
