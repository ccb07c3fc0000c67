package collector

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// The summed response time of GraphQL is the limit that counts: 55 seconds of it
// in a minute are used, and pacing wastes at most a tenth of the time that this
// takes at best.
func TestPacingCostsATenthAtMost(t *testing.T) {
	if testing.Short() {
		t.Skip("reads 10 000 repositories")
	}
	synctest.Test(t, func(t *testing.T) {
		_, sim := timed(t, githubsim.L, 100*time.Millisecond, 100*time.Millisecond, githubsim.GitHubSecondary)
		var first, last time.Time
		var sum time.Duration
		for _, r := range sim.Requests() {
			if r.Kind != githubsim.GraphQL || confirms(r) {
				continue
			}
			if first.IsZero() {
				first = r.At
			}
			sum += r.Count.Time
			last = r.At.Add(r.Count.Time)
		}
		best := sum * 60 / 55
		over := 100 * (float64(last.Sub(first))/float64(best) - 1)
		t.Attr("over-percent", fmt.Sprintf("%.1f", over))
		if over > 10 {
			t.Errorf("the GraphQL part took %s for %s of response time, %.1f %% over %s", last.Sub(first), sum, over, best)
		}
	})
}
