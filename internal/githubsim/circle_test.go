package githubsim

import "testing"

// A test may change a world after it was checked. The index must answer even
// then, as a server of GitHub would, so that the test is about its reader.
func TestTeamParentsInACircleAreListedOnce(t *testing.T) {
	w := village()
	w.Orgs[0].Teams[0].Parent = "css" // eng > web > css > eng
	o := w.Index().org("village")
	for _, slug := range []string{"eng", "web", "css"} {
		team := o.team(slug)
		if up := o.parents(team); len(up) != 3 || up[0] != team {
			t.Errorf("%s: %d teams above it, itself included; want 3 and itself first", slug, len(up))
		}
		if down := o.below(team); len(down) != 3 || down[0] != team {
			t.Errorf("%s: %d teams below it, itself included; want 3 and itself first", slug, len(down))
		}
	}
}

func TestTeamThatIsItsOwnParentIsListedOnce(t *testing.T) {
	w := village()
	w.Orgs[0].Teams[0].Parent = w.Orgs[0].Teams[0].Slug
	o := w.Index().org("village")
	team := o.team("eng")
	if up, down := o.parents(team), o.below(team); len(up) != 1 || len(down) != 3 {
		t.Errorf("%d above and %d below, want 1 and 3", len(up), len(down))
	}
}
