package witness

import (
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// TestInALargeOrganizationEveryLevelThatChangedIsLookedAt holds that what is spared
// was the same before.
func TestInALargeOrganizationEveryLevelThatChangedIsLookedAt(t *testing.T) {
	w := githubsim.Generate(githubsim.Size{Repositories: 60, Members: 400, Teams: 20}, githubsim.GenOptions{Seed: 1, Now: time.Unix(1_790_000_000, 0).UTC()})
	o := w.Orgs[0]
	if len(o.Repos)*len(w.Users) <= everywhere {
		t.Fatal("the organization is small: everything is looked at")
	}
	spared := 0
	levels := func(w *githubsim.World) map[string]int {
		out, x := map[string]int{}, w.Index()
		for _, r := range w.Orgs[0].Repos {
			for _, u := range w.Users {
				out[u.Login+" "+r.Name] = Level(x, w.Orgs[0], r.Name, u.Login)
			}
		}
		return out
	}
	before, had := w.Clone(), levels(w)
	for seed := range uint64(24) {
		edits := githubsim.Drift(w, o.Login, seed, 1)
		has := levels(w)
		seen := map[string]bool{}
		for r, login := range touched(before, w) {
			seen[login+" "+r] = true
		}
		if len(seen) < len(has) {
			spared++
		}
		for key := range maps.Keys(has) {
			if has[key] != had[key] && !seen[key] {
				t.Errorf("%s: %d and then %d on %s, and nobody looked", fmt.Sprint(edits), had[key], has[key], key)
			}
		}
		before, had = w.Clone(), has
	}
	if spared == 0 {
		t.Error("everything was looked at each time")
	}
}
