package collector

import (
	"net/http"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// Where custom roles are not known, a grant that may be one is told neither as
// its base nor as the role: what an earlier read saw neither ends nor begins.
func TestGrantThatMayBeACustomRoleIsHeldBackWhileRolesAreNotKnown(t *testing.T) {
	match := "custom-repository-roles"
	faults := map[string]func(*setup){
		"a web page":          faulty(githubsim.Fault{Match: match, Action: githubsim.HTMLPage}),
		"a cut body":          faulty(githubsim.Fault{Match: match, Action: githubsim.CutJSON}),
		"single sign-on":      faulty(githubsim.Fault{Match: match, Action: githubsim.SSORequired}),
		"short":               faulty(githubsim.Fault{Match: match, Action: githubsim.ShortPage}),
		"unknown base":        faulty(githubsim.Fault{Match: match, Action: githubsim.UnknownEnum}),
		"missing permissions": faulty(githubsim.Fault{Match: match, Action: githubsim.MissingField, Field: "permissions"}),
		"missing name":        faulty(githubsim.Fault{Match: match, Action: githubsim.MissingField, Field: "name"}),
	}
	for _, status := range []int{403, 404, 410, 422, 451} {
		faults[http.StatusText(status)] = faulty(githubsim.Fault{Match: match, Action: githubsim.AnswerStatus, Status: status})
	}
	clean := start(t, modest()).collect(t, "acme")
	for name, f := range faults {
		w := modest()
		s := start(t, w, f).collect(t, "acme")
		checkSound(t, s, w, w.Orgs[0])
		if line := s.ledger.Of(access.AreaCustomRoles); line.Status != access.Partial && line.Status != access.Denied {
			t.Errorf("%s: %+v", name, line)
		}
		told := 0
		for _, a := range []access.Area{access.AreaTeamGrants, access.AreaDirectGrants} {
			for scope, rows := range clean.put[a] {
				for _, g := range rows.Grants {
					if g.Role != 0 && s.ledger.CompleteFor(a, scope) {
						told++
					}
				}
			}
		}
		if name != "short" && told > 0 { // half of the roles are known then
			t.Errorf("%s: %d custom roles are in scopes that are called complete", name, told)
		}
		if len(s.grants(access.AreaTeamGrants)) == 0 {
			t.Errorf("%s: the grants that are no custom roles are held back too", name)
		}
	}
}

// Only what the plan or the server lacks is unavailable. An answer that says gone,
// blocked, or not ready is trouble, and whoever relies on the read has to know.
func TestAnswerThatSaysGoneDoesNotMakeAnAreaUnavailable(t *testing.T) {
	for _, status := range []int{202, 410, 422, 451} {
		s := start(t, modest(), faulty(githubsim.Fault{Kind: githubsim.REST, Action: githubsim.AnswerStatus, Status: status})).collect(t, "acme")
		for _, line := range s.ledger.Lines() {
			if line.Status == access.Unavailable {
				t.Errorf("%d: %+v", status, line)
			}
		}
	}
}
