package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

const (
	runLines = `
		SELECT run, seq, at, org, kind, plan, action, who
		  FROM journal
		 WHERE run <> '' AND ($1 = 0 OR org = $1)
		 ORDER BY run, seq`
	linesOfRun = `
		SELECT run, seq, at, org, kind, plan, action, who
		  FROM journal
		 WHERE run = $1 AND run <> ''
		 ORDER BY seq`
	// What was tried since an instant: the entry that says so may be older than the
	// newest one about the action.
	triedSince = `
		SELECT DISTINCT run, action
		  FROM journal
		 WHERE org = $1 AND at >= $2 AND kind IN ('sent', 'answered', 'verified', 'in-doubt') AND run <> '' AND action <> ''
		 ORDER BY run, action`
	entriesOfAction = entryColumns + ` WHERE run = $1 AND run <> '' AND action = $2 ORDER BY seq`
)

// Run is what the journal holds of one run in short.
type Run struct {
	Run     string
	Org     int64
	Plan    string // the hash of the plan that it carries out; "" for a restore
	Who     string // who began it
	First   int64  // its first entry
	Last    int64  // its newest
	Begun   time.Time
	Wrote   time.Time // its newest entry
	Ended   time.Time // zero: it has not
	Actions []Action  // by when they first appear
}

// Open reports whether the run was begun and has not ended.
func (r Run) Open() bool { return r.Ended.IsZero() }

// Action is where one action of a run stands.
type Action struct {
	Run    string
	Action string
	Kind   journal.Kind // of the newest entry about it
	Seq    int64        // of that entry
	At     time.Time    // of that entry
}

// Runs gives the runs of an organization (0: of all), the newest first.
func (s *Store) Runs(ctx context.Context, org int64) ([]Run, error) {
	return s.runs(ctx, runLines, org)
}

// RunOf gives one run, and whether the journal knows it.
func (s *Store) RunOf(ctx context.Context, run string) (Run, bool, error) {
	all, err := s.runs(ctx, linesOfRun, run)
	if err != nil || len(all) == 0 {
		return Run{}, false, err
	}
	return all[0], true, nil
}

func (s *Store) runs(ctx context.Context, query string, args ...any) ([]Run, error) {
	var out []Run
	place := map[string]int{} // of an action in the run that is being read
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		var run, kind, plan, action, who string
		var seq, org int64
		var at sql.NullInt64
		if err := rows.Scan(&run, &seq, &at, &org, &kind, &plan, &action, &who); err != nil {
			return err
		}
		if len(out) == 0 || out[len(out)-1].Run != run {
			out = append(out, Run{Run: run, Org: org, Plan: plan, Who: who, First: seq, Begun: instant(at)})
			clear(place)
		}
		r := &out[len(out)-1]
		r.Last, r.Wrote = seq, instant(at)
		switch journal.Kind(kind) {
		case journal.RunBegun: // one that was interrupted may begin again
			r.Ended = time.Time{}
		case journal.RunEnded:
			r.Ended = r.Wrote
		}
		if action == "" {
			return nil
		}
		i, ok := place[action]
		if !ok {
			i = len(r.Actions)
			place[action] = i
			r.Actions = append(r.Actions, Action{Run: run, Action: action})
		}
		r.Actions[i].Kind, r.Actions[i].Seq, r.Actions[i].At = journal.Kind(kind), seq, r.Wrote
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the runs: %w", explain(s.path, err))
	}
	slices.SortFunc(out, func(a, b Run) int { return cmp.Compare(b.First, a.First) })
	return out, nil
}

// Tried is an action that was sent to GitHub, or may have been.
type Tried struct {
	Action
	Intended journal.Entry // its first entry of kind intended, with what it was to change
}

// TriedSince gives the actions of an organization about which an entry of kind
// sent, answered, verified or in-doubt was written at an instant or later (S9),
// each with where it stands by now: one that GitHub refused after all is among
// them, and says so by its kind.
func (s *Store) TriedSince(ctx context.Context, org int64, since time.Time) ([]Tried, error) {
	var out []Tried
	err := s.read.rows(ctx, triedSince, []any{org, since.UnixMilli()}, func(rows *sql.Rows) error {
		var t Tried
		err := rows.Scan(&t.Run, &t.Action.Action)
		out = append(out, t)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what was tried since %s: %w", since.UTC().Format(time.RFC3339), explain(s.path, err))
	}
	for i := range out {
		t := &out[i]
		about, err := s.entries(ctx, entriesOfAction, t.Run, t.Action.Action)
		if err != nil {
			return nil, err
		}
		for _, e := range about {
			if e.Kind == journal.Intended && t.Intended.Seq == 0 {
				t.Intended = e
			}
			t.Kind, t.Seq, t.At = e.Kind, e.Seq, e.At
		}
	}
	return out, nil
}
