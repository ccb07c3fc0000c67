package witness

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate/run"
)

// Runs reads every run of the journal, by its id.
func Runs(ctx context.Context, s *store.Store) (map[string]*run.Run, error) {
	by := map[string][]journal.Entry{}
	for entry, err := range s.Journal(ctx, 1, 0) {
		if err != nil {
			return nil, err
		}
		if entry.Run != "" {
			by[entry.Run] = append(by[entry.Run], entry)
		}
	}
	out := map[string]*run.Run{}
	for id, entries := range by {
		r, err := run.Replay(entries)
		if err != nil {
			return nil, err
		}
		out[id] = r
	}
	return out, nil
}

// Address tells one change that was asked for from another, by everything that was
// asked.
func Address(m githubsim.Mutation) string {
	return strings.TrimSuffix(m.Method+" "+m.Path+" "+strings.Join(strings.Fields(m.Body), ""), " ")
}

// asked counts the requests for a change by what the journal calls them too.
func asked(log []githubsim.Mutation, mind func(githubsim.Mutation) bool) map[string]int {
	out := map[string]int{}
	for _, m := range log {
		if !mind(m) {
			continue
		}
		if m.Kind == githubsim.GraphQL {
			out[m.Route]++
			continue
		}
		out[m.Method+" "+m.Path]++
	}
	return out
}

// sent counts the requests that the journal says were sent.
func sent(runs map[string]*run.Run) map[string]int {
	out := map[string]int{}
	for _, r := range runs {
		for _, a := range r.Actions {
			for _, s := range a.Sends {
				out[step(s)]++
			}
		}
	}
	return out
}

func step(s run.Send) string {
	if s.Step.GraphQL != "" {
		return "mutation " + s.Step.GraphQL
	}
	return s.Step.Method + " " + s.Step.Path
}

// Lost gives the requests in the simulator's own log that the journal does not know.
func Lost(log []githubsim.Mutation, runs map[string]*run.Run) (wrong []string) {
	known := sent(runs)
	requests := asked(log, func(githubsim.Mutation) bool { return true })
	for _, what := range slices.Sorted(maps.Keys(requests)) {
		if n := requests[what]; n > known[what] {
			wrong = append(wrong, fmt.Sprintf("%s came %d times, the journal says %d", what, n, known[what]))
		}
	}
	return wrong
}

// Repeated gives the changes that took effect more often than there are actions that
// ask for them: an action that takes effect twice is one of them.
func Repeated(log []githubsim.Mutation, runs map[string]*run.Run) (wrong []string) {
	actions := map[string]int{}
	for _, r := range runs {
		for _, a := range r.Actions {
			mine := map[string]bool{} // an action that sent a step twice is to have had one effect
			for _, s := range a.Sends {
				if key := step(s) + string(s.Step.Body); !mine[key] {
					mine[key] = true
					actions[step(s)]++
				}
			}
		}
	}
	effects := asked(log, func(m githubsim.Mutation) bool { return m.Changed })
	for _, what := range slices.Sorted(maps.Keys(effects)) {
		if n := effects[what]; n > actions[what] {
			wrong = append(wrong, fmt.Sprintf("%s took effect %d times, %d actions asked for it", what, n, actions[what]))
		}
	}
	return wrong
}

// Unaccounted compares the journal with the simulator's own log once everything is
// settled: no change without its record, an end of every action, and none that is
// said not to have been tried and was sent.
func Unaccounted(log []githubsim.Mutation, runs map[string]*run.Run) []string {
	wrong := Lost(log, runs)
	for _, id := range slices.Sorted(maps.Keys(runs)) {
		for _, a := range runs[id].Actions {
			if a.Open() {
				wrong = append(wrong, fmt.Sprintf("%s is %s for ever", a.Title, a.State))
			}
			unanswered := 0
			for _, s := range a.Sends {
				if s.Answer == nil || !s.Answer.NotApplied {
					unanswered++
				}
			}
			if a.State == journal.NotTried && unanswered > 0 {
				wrong = append(wrong, a.Title+" was not tried, and was sent")
			}
		}
	}
	return wrong
}
