package remediate_test

import (
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// An entry with a custom role that was not seen allows nobody knows what: neither
// the base permission nor a team's grant may be cut below people who have one.
func TestAnEntryThatCannotBeReadRefusesWhatItMightForbid(t *testing.T) {
	base := "[organization.acme]\nbase_permission = \"none\"\n[roles.releaser]\nrepository = \"role:releaser\"\nstanding_reason = \"x\"\nreview_by = 2027-06-30\n" +
		"[[assign]]\nrole = \"releaser\"\nto = [\"user:dan\"]\non = [\"repo:acme/*\"]\n"
	for name, grow := range map[string]func(*world){
		"the base permission": func(w *world) { w.Settings.BasePermission = access.Read },
		"a team's grant":      func(w *world) { w.team("crew", "", "dan", "ann"); w.give("team:crew", "api", access.Write) },
	} {
		w := newWorld()
		w.join(access.Member, "dan", "ann")
		w.ref("repo:api")
		w.blind(access.AreaCustomRoles, 0)
		grow(w)
		p := w.plan(t, base, loose())
		if len(p.Actions) != 0 {
			t.Errorf("%s: %v", name, lines(p))
		}
		for _, r := range p.Refused {
			if r.Guard != remediate.CoverageGuard {
				t.Errorf("%s: %v", name, lines(p))
			}
		}
	}
}
