package githubsim

import (
	"slices"
	"strings"
	"testing"
)

func TestAWorldIsNoDifferentFromItsCopy(t *testing.T) {
	w := Demo()
	if d := w.Differences(w.Clone()); len(d) > 0 {
		t.Errorf("a copy differs: %v", d)
	}
}

func TestEveryEditOfAWorldIsADifference(t *testing.T) {
	for name, edit := range map[string]func(*Org){
		"a team's permission is another": func(o *Org) { o.Repos[0].Teams[0].Permission = "admin-of-all" },
		"a member is gone":               func(o *Org) { o.Members = o.Members[1:] },
		"a setting is another":           func(o *Org) { o.Settings.DefaultRepositoryPermission = "admin" },
	} {
		w := Demo()
		later := w.Clone()
		edit(later.Orgs[0])
		if len(w.Differences(later)) == 0 {
			t.Errorf("%s: it is not told", name)
		}
	}
}

func TestTheOrderOfAListIsNoDifference(t *testing.T) {
	w := Demo()
	later := w.Clone()
	slices.Reverse(later.Orgs[0].Members)
	slices.Reverse(later.Orgs[0].Repos)
	if d := w.Differences(later); len(d) > 0 {
		t.Errorf("the order counts: %s", strings.Join(d, "\n"))
	}
}
