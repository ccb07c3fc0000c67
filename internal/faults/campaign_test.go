package faults

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// actions are what may go wrong with any request. None takes real time.
var actions = []githubsim.Action{
	githubsim.AnswerStatus, githubsim.StatusAfter, githubsim.Denied, githubsim.SSORequired, githubsim.SSOPartial, githubsim.SecondaryLimited,
	githubsim.Redirected, githubsim.NotReady, githubsim.Truncated, githubsim.CutJSON, githubsim.HugeHeader, githubsim.Reset, githubsim.HTMLPage,
	githubsim.EmptyBody, githubsim.NoJSON, githubsim.BadGzip, githubsim.PartialData, githubsim.DataNull, githubsim.NullNodes, githubsim.ShortPage,
	githubsim.MissingField, githubsim.UnknownEnum, githubsim.UnknownType, githubsim.CursorLoop, githubsim.EmptyPage, githubsim.NoNext,
	githubsim.WrongTotal, githubsim.NextElsewhere, githubsim.BadCursor, githubsim.UnknownErrorType,
}

// words are keys that answers have, for those that go missing.
var words = []string{"id", "databaseId", "name", "login", "role", "permission", "totalCount", "total_count", "nodes", "edges", "pageInfo", "hasNextPage",
	"reviewers", "protectionRules", "read_only", "type", "deployment_branch_policy", "role_name", "permissionSources", "isArchived"}

// mishaps invents one to five faults.
func mishaps(rnd *rand.Rand) (out []githubsim.Fault) {
	for range 1 + rnd.IntN(5) {
		f := githubsim.Fault{
			Kind:   []githubsim.Kind{"", "", githubsim.GraphQL, githubsim.REST}[rnd.IntN(4)],
			Action: actions[rnd.IntN(len(actions))], After: time.Second, Bytes: 128 << 10,
			Status: []int{400, 403, 404, 409, 410, 422, 429, 451, 500, 501, 502, 503, 504}[rnd.IntN(13)],
			URL:    []string{"/repositories/1/keys", "/orgs/acme/teams", "https://elsewhere.example/"}[rnd.IntN(3)],
			Type:   []string{"", "FORBIDDEN", "NOT_FOUND", "SERVICE_UNAVAILABLE"}[rnd.IntN(4)],
			Field:  words[rnd.IntN(len(words))],
		}
		if f.Action == githubsim.ShortPage && f.Kind != githubsim.GraphQL { // always, and nobody can tell where no total is stated
			f.Kind = []githubsim.Kind{githubsim.GraphQL, githubsim.REST}[rnd.IntN(2)]
			if f.Kind == githubsim.REST {
				f.Nth, f.Times, f.Probability = 1+rnd.IntN(40), 1, 0
				out = append(out, f)
				continue
			}
		}
		if f.Action == githubsim.Redirected || f.Action == githubsim.SecondaryLimited {
			f.Status = 0
		}
		if f.Action != githubsim.MissingField {
			f.Field = ""
		}
		if rnd.IntN(3) == 0 {
			f.Nth, f.Times = 1+rnd.IntN(40), 1+rnd.IntN(6)
		} else {
			f.Probability = []float64{0.01, 0.05, 0.2, 0.6}[rnd.IntN(4)]
		}
		out = append(out, f)
	}
	return out
}

// runs is how many runs a campaign has: more where time does not matter.
func runs(few, many int) int {
	switch {
	case os.Getenv("AJAR_LONG") != "":
		return many
	case testing.Short():
		return max(few/20, 1) // under the race detector each takes half a minute
	}
	return few
}

// told is a list of faults as a test would write it.
func told(faults []githubsim.Fault) string {
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&b, "{%s kind=%q p=%v nth=%d times=%d status=%d field=%q type=%q url=%s} ", f.Action, f.Kind, f.Probability, f.Nth, f.Times, f.Status, f.Field, f.Type, f.URL)
	}
	return b.String()
}

// shrunk drops faults as long as the run still fails, so that what is told is
// what it takes.
func shrunk(faults []githubsim.Fault, fails func([]githubsim.Fault) bool) []githubsim.Fault {
	for i := 0; i < len(faults); {
		fewer := append(append([]githubsim.Fault{}, faults[:i]...), faults[i+1:]...)
		if len(fewer) > 0 && fails(fewer) {
			faults = fewer
			continue
		}
		i++
	}
	return faults
}

func TestNoMixOfFaultsStoresWhatIsNotTrue(t *testing.T) {
	outcomes := map[string]int{}
	for seed := range uint64(runs(60, 1000)) {
		rnd := rand.New(rand.NewPCG(seed, 0x6661756c74))
		faults := mishaps(rnd)
		where := aVillage
		if seed%6 == 0 { // what needs a second page
			where = aTown
		}
		run := func(faults []githubsim.Fault) (outcome string, wrong []string) {
			return campaign(t, where, seed, faults)
		}
		outcome, wrong := run(faults)
		outcomes[outcome]++
		if len(wrong) == 0 {
			continue
		}
		least := shrunk(faults, func(f []githubsim.Fault) bool { _, wrong := run(f); return len(wrong) > 0 })
		t.Errorf("seed %d, %s, %s:\n%s", seed, where.name, told(least), wrong[0])
	}
	t.Attr("figures", fmt.Sprintf("%d mixes of faults while an organization is read, none stored what is not true: %v", runs(60, 1000), outcomes))
	t.Logf("%v", outcomes)
}

// campaign is [disturbed] that gives what is wrong instead of failing.
func campaign(t *testing.T, where place, seed uint64, faults []githubsim.Fault) (outcome string, wrong []string) {
	old := cleanOnce(t, where.name, where.make, noon)
	now := cleanOnce(t, where.name+" after", func() *githubsim.World { return drift(where.make()) }, then)
	l, first := labAfter(t, where)
	defer l.store.Close()
	p := l.pass(drift(where.make()), trouble{at: then, sim: githubsim.Options{Faults: faults, Seed: seed}})
	p.stop()
	if p.err != nil {
		stored, ledger := l.show(first)
		return "ended", truth{old, old, old}.complaints(stored, ledger)
	}
	if len(p.gaps()) == 0 {
		outcome = "whole"
	} else {
		outcome = "gaps"
	}
	return outcome, truth{old, now, now}.complaints(p.stored, p.ledger)
}

// The repository that is gone, with its hundred environments, stays in the store
// where the details of others came short; then nobody may call its area complete.
func TestWhatHangsOnAVanishedRepositoryIsNotCalledCompleteWhereItStays(t *testing.T) {
	for nth := 7; nth <= 12; nth++ {
		outcome, wrong := campaign(t, aTown, 978, []githubsim.Fault{{Kind: githubsim.GraphQL, Action: githubsim.SSOPartial, Nth: nth, Times: 4}})
		if outcome == "whole" {
			t.Errorf("request %d came short and the pass has no gap", nth)
		}
		if len(wrong) > 0 {
			t.Errorf("from request %d on: %d rows, the first: %s", nth, len(wrong), wrong[0])
		}
	}
}
