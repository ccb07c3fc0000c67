package main

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
)

// know shows how an organization stands after an audit.
func (s *service) know(sh *shift, org string, r audit.Result) {
	o := standing(r.Snapshot, r.Findings, r.Holds, sh.config.Collect.Without)
	o.Org, o.Snapshot, o.Taken = org, r.Info.ID, r.Info.At
	s.shown[org] = r.Info.ID
	s.d.Know(o)
}

// standing is how an organization stands, by what was seen of it.
func standing(snap *access.Snapshot, findings []access.Finding, holds []store.Hold, without []access.Area) serve.OrgStatus {
	o := serve.OrgStatus{Org: snap.Org.Login, Areas: len(access.Areas) - len(without), Gaps: []string{}, Findings: map[string]int{}, Holds: []string{}}
	for _, g := range report.Gaps(snap, without...) {
		switch {
		case g.Expected:
			o.Gaps = append(o.Gaps, string(g.Area))
		case !slices.Contains(without, g.Area):
			o.Areas-- // this GitHub has no such thing: it is not expected
		}
	}
	o.Complete = o.Areas - len(o.Gaps)
	for sev := access.Info; sev <= access.Critical; sev++ {
		o.Findings[sev.String()] = 0
	}
	for _, f := range findings {
		switch f.State {
		case access.Open:
			o.Findings[f.Severity.String()]++
		case access.Waived:
			o.Waived++
		}
	}
	for _, h := range holds {
		o.Holds = append(o.Holds, h.Reason)
	}
	return o
}

// tick looks whether somebody else changed what the store says: a command that took a
// snapshot, set or lifted a hold, or carried out a plan. The first time it shows what the store holds, since
// a restart must not make a dashboard empty.
func (s *service) tick(ctx context.Context) {
	st, err := s.store.look(ctx)
	s.store.note(err)
	if err != nil {
		return
	}
	for _, org := range s.cfg.Load().GitHub.Organizations {
		info, err := st.Latest(ctx, org)
		if err != nil {
			continue // never seen, or not readable now: readiness tells that
		}
		if s.shown[org] != info.ID {
			s.recall(ctx, st, org, info)
			continue
		}
		if holds, err := st.Holds(ctx, info.OrgID); err == nil {
			s.holds(org, holds)
		}
	}
	s.journaled(ctx, st)
}

// holds shows what keeps an organization on hold.
func (s *service) holds(org string, all []store.Hold) {
	reasons := []string{}
	for _, h := range all {
		reasons = append(reasons, h.Reason)
	}
	s.d.Held(org, reasons)
	s.meter.Hold(org, len(all) > 0)
}

// recall shows a snapshot as the store has it.
func (s *service) recall(ctx context.Context, st *store.Store, org string, info store.SnapshotInfo) {
	snap, findings, holds, err := stored(ctx, st, org, info)
	if err != nil {
		s.log.Warn("what was seen before is not known", "org", org, "err", err)
		return
	}
	s.shown[org] = info.ID
	s.meter.Record(snap, findings, nil, info.At)
	s.turns.begin(org, findings, info.At)
	s.accepted(ctx, st, org, info.OrgID, info.At)
	o := standing(snap, findings, holds, s.cfg.Load().Collect.Without)
	o.Org, o.Snapshot, o.Taken = org, info.ID, info.At
	s.d.Know(o)
	s.meter.Hold(org, len(holds) > 0)
}

// stored reads a snapshot with its findings and what keeps the organization on hold.
func stored(ctx context.Context, st *store.Store, org string, info store.SnapshotInfo) (*access.Snapshot, []access.Finding, []store.Hold, error) {
	snap, err := st.Load(ctx, info)
	if err != nil {
		return nil, nil, nil, err
	}
	findings, err := st.Findings(ctx, org, store.Filter{})
	if err != nil {
		return nil, nil, nil, err
	}
	holds, err := st.Holds(ctx, info.OrgID)
	return snap, findings, holds, err
}

// progress hears how far a pass is.
func (s *service) progress(access.Area, int, int) {
	s.d.Beat()
	s.d.Waits("")
}

// observer counts what is asked of GitHub with a credential.
func (s *service) observer(credential string) github.Observer {
	return github.Observer{
		Request: func(api, route string, code int, took time.Duration) {
			s.meter.Request(api, route, code, took)
			s.d.Beat()
		},
		Limit: func(resource string, b github.Budget) {
			s.meter.Limit(credential, resource, int(b.Remaining), int(b.Limit), b.Reset)
		},
		Throttled: func(why string, d time.Duration) { s.meter.Throttled(credential, why, d) },
		Answered:  s.meter.Cached,
	}
}

// budgets shows what is left of the hourly limits.
func (s *service) budgets(sh *shift, org string) {
	var out []serve.BudgetStatus
	for _, one := range sh.readers.list {
		key := ""
		if one.token == nil {
			key = org
		}
		c := one.clients[key]
		if c == nil {
			continue
		}
		for resource, b := range c.Budgets() {
			out = append(out, serve.BudgetStatus{Credential: one.name, Resource: resource, Remaining: b.Remaining, Limit: b.Limit, Reset: b.Reset})
		}
	}
	slices.SortFunc(out, func(a, b serve.BudgetStatus) int {
		return cmp.Or(cmp.Compare(a.Credential, b.Credential), cmp.Compare(a.Resource, b.Resource))
	})
	s.d.Budget(org, out)
}
