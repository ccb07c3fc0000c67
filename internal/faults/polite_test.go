package faults

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// generated is an organization of one of the sizes of the performance goals.
func generated(name string, size githubsim.Size) place {
	return place{name, func() *githubsim.World { return githubsim.Generate(size, githubsim.GenOptions{Seed: 1}) }}
}

// P4: with one answer in a hundred failing and one in a hundred cut short, a read
// costs a twentieth more points at most, and what it stores is true or marked.
func TestOneFaultInAHundredCostsATwentiethAndStoresWhatIsTrue(t *testing.T) {
	places := []place{generated("S", githubsim.S)}
	if os.Getenv("AJAR_LONG") != "" {
		places = append(places, generated("L", githubsim.L))
	}
	for _, where := range places {
		l := newLab(t)
		first := l.pass(where.make(), trouble{})
		first.stop()
		if first.err != nil {
			t.Fatal(first.err)
		}
		before := first.client.Meter().Points
		total, seeds := int64(0), runs(3, 6)
		for seed := range seeds {
			at := then.Add(time.Duration(seed) * time.Minute) // by the hour an invitation would expire meanwhile, and the truth be another
			p := l.pass(where.make(), trouble{at: at, sim: githubsim.Options{Seed: uint64(seed), Faults: []githubsim.Fault{
				{Action: githubsim.AnswerStatus, Status: 502, Probability: 0.01},
				{Kind: githubsim.GraphQL, Action: githubsim.PartialData, Probability: 0.01},
			}}})
			p.stop()
			if p.err != nil {
				t.Fatal(p.err)
			}
			truth{first.stored, first.stored, first.stored}.check(t, p.stored, p.ledger)
			for a, why := range p.gaps() {
				if a != access.AreaContributions {
					t.Errorf("%s, seed %d: %s has a gap: %s", where.name, seed, a, why)
				}
			}
			total += p.client.Meter().Points
		}
		more := 100 * (float64(total)/float64(before*int64(seeds)) - 1)
		t.Attr("more-percent-"+where.name, fmt.Sprintf("%.2f", more))
		t.Logf("%s: %d points undisturbed, %.1f %% more with faults", where.name, before, more)
		if more > 5 {
			t.Errorf("%s: %.1f %% more points than an undisturbed read", where.name, more)
		}
	}
}
