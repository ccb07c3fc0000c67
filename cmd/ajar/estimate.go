package main

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func estimateFlag(cmd *cobra.Command, estimate *bool) {
	cmd.Flags().BoolVar(estimate, "estimate", false, "say what it would cost in requests, points and minutes, and stop there")
}

// estimate says what a pass would cost. The store is only looked into: it knows
// what the last pass cost, and is not made for the sake of the question.
func (a *app) estimate(ctx context.Context, without []string, fresh bool) error {
	w, err := a.prepare(without)
	if err != nil {
		return err
	}
	if err := w.connect(ctx); err != nil {
		return err
	}
	w.readAll(fresh)
	if path := a.storePath(w.config); exists(path) {
		s, err := a.openStore(ctx, w.config, path, true)
		switch {
		case errors.Is(err, store.ErrNoStore), errors.Is(err, store.ErrOlder):
		case err != nil:
			return err
		default:
			defer a.closing(s)
			w.pass.Store = s
		}
	}
	for _, org := range w.orgs {
		p := w.pass
		p.Org = org
		f, err := p.Forecast(ctx)
		if err == nil {
			err = w.show(estimateView(f))
		}
		if err != nil {
			a.fail(ctx, w.missing(ctx, err, org))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func estimateView(f audit.Forecast) report.Estimate {
	calls, more := f.Calls()
	queries, moreQueries := f.Queries()
	v := report.Estimate{Org: f.Org, Queries: queries, MoreQueries: moreQueries, Calls: calls, More: more, Took: f.Took, Waiting: f.Waiting}
	if !f.Known && f.Sampled < f.Repositories {
		v.Sampled = f.Sampled
	}
	for _, k := range f.Kinds {
		v.Kinds = append(v.Kinds, report.EstimateKind(k))
	}
	for _, name := range slices.SortedFunc(maps.Keys(f.Budgets), func(x, y string) int { return -cmp.Compare(x, y) }) {
		b := f.Budgets[name]
		v.Budgets = append(v.Budgets, report.EstimateBudget{Resource: name, Limit: b.Limit, Remaining: b.Remaining, Reset: b.Reset})
	}
	if f.Last != nil {
		s := f.Last.Stats
		v.Last = report.EstimateRun{At: f.Last.At, Requests: s.Requests, Points: s.Points, Took: s.Took}
	}
	return v
}
