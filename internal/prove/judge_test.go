package main

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/internal/witness"
	"github.com/eb661601/ajar/remediate/run"
)

// ending is what a run left behind: at GitHub, in the simulator's own log of what
// it was asked for, and in the journal.
type ending struct {
	access []string
	log    []githubsim.Mutation
	runs   map[string]*run.Run
}

// wrongs are what is wrong with an ending, by the words of the bars.
type wrongs struct {
	lost, repeated, forgotten, other []string
}

func (w *wrongs) any() bool {
	return len(w.lost)+len(w.repeated)+len(w.forgotten)+len(w.other) > 0
}

func (w *wrongs) String() string {
	var b strings.Builder
	for name, list := range map[string][]string{"lost": w.lost, "repeated": w.repeated, "forgotten": w.forgotten, "wrong": w.other} {
		for _, l := range list {
			fmt.Fprintf(&b, "%s: %s\n", name, l)
		}
	}
	return b.String()
}

// ending reads what there is. The store has to open, its pages and its journal
// have to be sound.
func (p *performance) ending() (e ending, err error) {
	e = ending{access: witness.Essence(p.sim.Snapshot()), log: p.sim.Mutations()}
	ctx := context.Background()
	s, err := store.Open(ctx, filepath.Join(p.dir, "ajar.db"), store.Options{ReadOnly: true})
	if err != nil {
		return e, fmt.Errorf("the store does not open: %w", err)
	}
	defer s.Close()
	if err := s.Check(ctx); err != nil {
		return e, fmt.Errorf("the store is damaged: %w", err)
	}
	if e.runs, err = witness.Runs(ctx, s); err != nil {
		return e, err
	}
	open, err := s.OpenRuns(ctx, 0)
	if err == nil && len(open) > 0 {
		err = fmt.Errorf("runs are open: %v", open)
	}
	return e, err
}

// against compares an ending with that of an undisturbed run.
func (e ending) against(want ending, kind string) *wrongs {
	w := &wrongs{}
	if diff := witness.Apart(want.access, e.access); len(diff) > 0 {
		w.other = append(w.other, "access is not as after an undisturbed run: "+strings.Join(diff, "; "))
	}
	had, effects := map[string]int{}, map[string]int{}
	for _, m := range want.log {
		if m.Changed {
			had[witness.Address(m)]++
		}
	}
	for _, m := range e.log {
		if m.Changed {
			effects[witness.Address(m)]++
		}
	}
	for what, n := range effects {
		if n > had[what] {
			w.repeated = append(w.repeated, fmt.Sprintf("%s took effect %d times, %d in an undisturbed run", what, n, had[what]))
		}
	}
	ours := maps.Clone(e.runs)
	maps.DeleteFunc(ours, func(id string, _ *run.Run) bool { return !strings.HasPrefix(id, kind) }) // those before were against another server
	w.lost = append(w.lost, witness.Lost(e.log, ours)...)
	e.forgotten(want, w)
	return w
}

// forgotten wants an end of every action, and the same as in an undisturbed run
// for what that run carried out.
func (e ending) forgotten(want ending, w *wrongs) {
	for id, r := range want.runs {
		got := e.runs[id]
		if got == nil {
			w.forgotten = append(w.forgotten, "the run "+id)
			continue
		}
		states := map[string]journal.Kind{}
		for _, a := range got.Actions {
			states[a.ID] = a.State
			if a.Open() || a.Waits() {
				w.forgotten = append(w.forgotten, fmt.Sprintf("%s is %s: %s", a.Title, a.State, a.Why))
			}
		}
		for _, a := range r.Actions {
			if states[a.ID] != a.State {
				w.other = append(w.other, fmt.Sprintf("%s is %q, and %q in an undisturbed run", a.Title, states[a.ID], a.State))
			}
		}
		if got.Ended == nil {
			w.forgotten = append(w.forgotten, "the end of run "+id)
		}
	}
}
