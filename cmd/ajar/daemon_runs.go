package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/notify"
	"github.com/eb661601/ajar/internal/store"
	engine "github.com/eb661601/ajar/remediate/run"
)

// ran counts what runs of this daemon did, and tells people of it.
func (s *service) ran(ctx context.Context, x *carrying, runs ...*engine.Run) {
	doubt := 0
	for _, r := range runs {
		s.own[r.ID] = true
		for _, p := range r.Actions {
			if p.State == journal.InDoubt {
				doubt++
			}
		}
	}
	s.meter.InDoubt(x.org, doubt)
	s.tellRuns(ctx, x.org, x.info.OrgID, runs)
}

// tellRuns counts what runs did, and tells people of it.
func (s *service) tellRuns(ctx context.Context, org string, id int64, runs []*engine.Run) {
	w := notify.What{OrgID: id, Org: org, At: s.a.clock.Now(), Failing: s.failing(org, "")}
	for _, r := range runs {
		note := notify.RunNote{ID: r.ID, Counts: inWords(r.Counts())}
		how := "interrupted"
		if r.Ended != nil {
			how = strings.ToLower(r.Ended.How)
			note.Why = r.Ended.Why
		}
		note.Stopped = r.Outcome() != nil
		s.meter.Ran(org, how)
		for _, p := range r.Actions {
			s.meter.Action(org, string(p.Kind), strings.ReplaceAll(string(p.State), "-", "_"))
		}
		w.Runs = append(w.Runs, note)
	}
	s.consider(ctx, w)
}

// journaled looks at what was written into the journal since the last look: how much it
// is, and which runs a command carried out meanwhile. Those are counted and told as the
// daemon's own are.
func (s *service) journaled(ctx context.Context, st *store.Store) {
	n, err := st.JournalSize(ctx)
	if err != nil || n == s.entries {
		return
	}
	s.meter.Journal(n, time.Time{})
	before := s.entries
	s.entries = n
	if before < 0 { // what ended before this process began is no news
		return
	}
	for _, org := range s.cfg.Load().GitHub.Organizations {
		info, err := st.Latest(ctx, org)
		if err != nil {
			continue // never seen: there is no run of it
		}
		runs, err := s.foreignRuns(ctx, st, info.OrgID, before)
		if err != nil {
			s.log.Warn("what commands carried out is not counted", "org", org, "err", err)
		}
		if len(runs) > 0 {
			s.tellRuns(ctx, org, info.OrgID, runs)
		}
	}
	clear(s.own)
}

// foreignRuns are the runs that ended after an entry of the journal and that this daemon
// did not carry out.
func (s *service) foreignRuns(ctx context.Context, st *store.Store, org, after int64) (runs []*engine.Run, err error) {
	ended, err := st.RunsEnded(ctx, org, after)
	if err != nil {
		return nil, err
	}
	for _, e := range ended {
		if s.own[e.Run] || slices.ContainsFunc(runs, func(r *engine.Run) bool { return r.ID == e.Run }) {
			continue
		}
		r, err := engine.Load(ctx, st, e.Run)
		if err != nil {
			return runs, err
		}
		runs = append(runs, r)
	}
	return runs, nil
}
