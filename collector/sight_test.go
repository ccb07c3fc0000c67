package collector

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// swapping puts the first two environments of each answer in each other's place.
func swapping(answer map[string]any) {
	nodes, _ := dig(answer, "data", "nodes").([]any)
	if len(nodes) > 1 && dig(nodes[0], "protectionRules") != nil && dig(nodes[1], "protectionRules") != nil {
		nodes[0], nodes[1] = nodes[1], nodes[0]
	}
}

func TestEnvironmentsInAnotherOrderAreNotTakenForEachOther(t *testing.T) {
	w := crowded()
	s := start(t, w, edited("/graphql", swapping)).collect(t, "acme")
	checkSound(t, s, w, w.Orgs[0])
	if len(s.ledger.Exceptions(access.AreaGates)) == 0 && s.ledger.Of(access.AreaGates).Status == access.Complete {
		t.Errorf("gates are %+v", s.ledger.Of(access.AreaGates))
	}
}

// A token that is shown all by the answers themselves is asked nothing besides.
func TestRESTIsAskedWhatIsShownOnlyWhereTheAnswersDoNotTell(t *testing.T) {
	for name, c := range map[string]struct {
		who  githubsim.Scope
		most int
	}{"owner": {githubsim.OwnerScope, 0}, "app": {githubsim.AppScope, 2}} {
		w := modest()
		asked := 0
		h := start(t, w, as(c.who, ""))
		h.collect(t, "acme")
		for _, r := range h.sim.Requests() {
			if strings.HasSuffix(r.Path, "/keys?per_page=1") {
				asked++
			}
		}
		if asked > c.most {
			t.Errorf("%s: asked %d times, want %d at most", name, asked, c.most)
		}
	}
}
