package collector

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

// Whether lists show what is inherited must not be one thing in a pass that saw all and
// another in one that saw less: then grants of a team's own would seem to come and go.
func TestWhatListsShowIsNotSureWhereFewAreLeftToTellItBy(t *testing.T) {
	row := func(repo int64) teamRow { return teamRow{repo: repo, privilege: access.Write} }
	rows := func(n int64) (out []teamRow) {
		for i := range n {
			out = append(out, row(i))
		}
		return out
	}
	why := partial("it was not read")
	family := func(parent, child []teamRow, broken bool) map[int64]*heldTeam {
		all := map[int64]*heldTeam{
			1: {id: 1, rows: rows(5)}, 2: {id: 2, parent: 1}, // its list shows nothing of those above
			3: {id: 3, rows: parent}, 4: {id: 4, parent: 3, rows: child},
		}
		if broken {
			all[1].gap = &why
		}
		return all
	}
	for name, c := range map[string]struct {
		all          map[int64]*heldTeam
		listed, sure bool
	}{
		"all were read, and one list shows what another does not": {family(rows(1), rows(1), false), false, true},
		"the one that tells it was not read":                      {family(rows(1), rows(1), true), true, false},
		"it was not read, and many others tell it":                {family(rows(20), rows(20), true), true, true},
		"it was not read, and many others show nothing":           {family(rows(20), nil, true), false, true},
		"nobody is above anybody":                                 {map[int64]*heldTeam{1: {id: 1, rows: rows(3)}}, true, true},
	} {
		if listed, sure := inherits(c.all); listed != c.listed || sure != c.sure {
			t.Errorf("%s: %v, sure %v; want %v, %v", name, listed, sure, c.listed, c.sure)
		}
	}
}
