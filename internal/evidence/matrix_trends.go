package evidence

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/eb661601/ajar/internal/store"
)

// The names of the trends.
const (
	TrendRemedy     = "trend-time-to-remedy"
	TrendPrivileged = "trend-privileged-access"
	TrendCoverage   = "trend-coverage"
	TrendWaivers    = "trend-waivers"
)

// Trends gives the tables that show how things went over the period: the last snapshot
// of each day, and the findings by week. A day without a snapshot has no row. The rows
// are counted in the store when they are first asked for, without loading a snapshot.
func Trends(_ context.Context, s *store.Store, e Evidence) ([]Table, error) {
	return trends{s, e}.tables(), nil
}

type trends struct {
	s *store.Store
	e Evidence
}

func (t trends) tables() []Table {
	return []Table{t.remedy(), t.privileged(), t.coverage(), t.waivers()}
}

// rows gives the rows of one organization after the other. One without a snapshot has
// none. They are counted once and kept: they are few, and each format asks for them.
func (t trends) rows(of func(context.Context, Org) ([][]Value, error)) func(context.Context) iter.Seq2[[]Value, error] {
	var mu sync.Mutex
	var kept [][]Value
	var counted bool
	all := func(ctx context.Context) ([][]Value, error) {
		mu.Lock()
		defer mu.Unlock()
		if counted {
			return kept, nil
		}
		var out [][]Value
		for _, o := range t.e.Orgs {
			if o.Last == 0 {
				continue
			}
			rows, err := of(ctx, o)
			if err != nil {
				return nil, fmt.Errorf("trend of %s: %w", o.Login, err)
			}
			out = append(out, rows...)
		}
		kept, counted = out, true
		return kept, nil
	}
	return func(ctx context.Context) iter.Seq2[[]Value, error] {
		return func(yield func([]Value, error) bool) {
			rows, err := all(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range rows {
				if !yield(slices.Clone(r), nil) {
					return
				}
			}
		}
	}
}

// dayColumns begin each row of a day.
func dayColumns(more ...Column) []Column {
	return append([]Column{
		{"organization", "Organization", "The organization, by its login at the end of the period.", Text},
		{"day", "Day", "The day in UTC, by its first instant.", Instant},
		{"snapshot", "Snapshot", "The number of the last snapshot of the day.", Whole},
		{"taken_at", "Taken", "When that snapshot was taken.", Instant},
	}, more...)
}

// amount is a column of a number.
func amount(name, title, about string) Column { return Column{name, title, about, Whole} }

func dayCells(o Org, d store.DayEnd) []Value {
	return []Value{Of(o.Login), At(d.At.UTC().Truncate(24 * time.Hour)), Count(d.ID), At(d.At)}
}

// days gives the last snapshot of each day of the period.
func (t trends) days(ctx context.Context, o Org) ([]store.DayEnd, error) {
	return t.s.DayEnds(ctx, o.ID, t.e.Period.From, o.Last)
}

// startOf is the snapshot from which on changes are counted: what was there at the start.
func startOf(o Org) int64 {
	if o.First != 0 {
		return o.First
	}
	return 1
}

// turns gives what became of the findings of an organization up to the end of the
// period.
func (t trends) turns(ctx context.Context, o Org, each func(store.TurnOf)) error {
	return t.s.TurnsUntil(ctx, o.ID, o.Last, func(turn store.TurnOf) error {
		if turn.At.Before(t.e.Period.To) {
			turn.At = written(turn.At)
			each(turn)
		}
		return nil
	})
}

// replay walks through days and changes at once: before each day what changed up to its
// snapshot is applied.
func replay[C any](days []store.DayEnd, changes []C, at func(C) int64, apply func(C), day func(store.DayEnd)) {
	slices.SortStableFunc(changes, func(x, y C) int { return int(min(1, max(-1, at(x)-at(y)))) })
	next := 0
	for _, d := range days {
		for ; next < len(changes) && at(changes[next]) <= d.ID; next++ {
			apply(changes[next])
		}
		day(d)
	}
}
