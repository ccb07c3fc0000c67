package main

import (
	"context"
	"errors"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/notify"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	engine "github.com/eb661601/ajar/remediate/run"
)

// remember fills in what the store knows that a plan goes by: how long findings
// have been there, who was told of what, and who lost something in the last day.
func remember(ctx context.Context, s *store.Store, in *remediate.Input) error {
	org := in.Snapshot.Org.ID
	sights, err := s.Sights(ctx, org)
	if err != nil {
		return err
	}
	in.Seen = map[string]remediate.Sight{}
	for fingerprint, x := range sights {
		in.Seen[fingerprint] = remediate.Sight{Since: x.Since, Snapshots: x.Snapshots}
	}
	if in.Told, err = s.Noticed(ctx, org, sights); err != nil {
		return err
	}
	if in.Recent, err = recent(ctx, s, in); err != nil {
		return err
	}
	return followed(ctx, s, in)
}

// followed fills in what the last saved plan left to people, and which findings
// were resolved since.
func followed(ctx context.Context, s *store.Store, in *remediate.Input) error {
	last, err := s.LastPlan(ctx, in.Snapshot.Org.ID, remediate.Schema)
	if errors.Is(err, store.ErrNoPlan) {
		return nil
	}
	if err != nil {
		return err
	}
	p, err := engine.SavedPlan(last)
	if err != nil {
		return err
	}
	in.Former = p.Instructions
	in.Ended, err = s.Ended(ctx, in.Snapshot.Org.ID, p.SnapshotAt)
	return err
}

// recent lists who lost something by the runs of the last 24 hours.
func recent(ctx context.Context, s *store.Store, in *remediate.Input) ([]remediate.Lost, error) {
	since := in.At.Add(-engine.Window)
	ids, err := s.RunsSince(ctx, in.Snapshot.Org.ID, since)
	if err != nil {
		return nil, err
	}
	var runs []*engine.Run
	for _, id := range ids {
		r, err := engine.Load(ctx, s, id)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	var out []remediate.Lost
	for as, who := range engine.Recent(runs, since) {
		by := map[access.Kind][]int64{}
		for r := range who {
			by[r.Kind] = append(by[r.Kind], r.ID)
		}
		for kind, ids := range by {
			out = append(out, remediate.Lost{As: as, Kind: kind, IDs: ids})
		}
	}
	return out, nil
}

// announce sees that those are told whom the saved plan names. Where a channel takes
// such notices they go into the outbox, and are recorded once it has taken them. Where
// none does, who saves the plan tells them, which is recorded at once. It reports
// whether channels do it.
func (a *app) announce(ctx context.Context, c *config.Config, s *store.Store, p remediate.Plan) (bool, error) {
	if len(p.Notices) == 0 {
		return false, nil
	}
	if len(c.Notify.Channels) > 0 {
		n, err := a.notifier(c, notify.Open(s), notify.Open(s))
		if err != nil {
			return false, err
		}
		if org := strings.TrimPrefix(p.Org.Name, "org:"); n.TellsGrace(org) {
			return true, n.Consider(ctx, notify.What{OrgID: p.Org.ID, Org: org, At: a.now(), Plan: p.Hash, Notices: p.Notices})
		}
	}
	var entries []journal.Entry
	for _, n := range p.Notices {
		e, err := journal.NewEntry(journal.Notice, n)
		if err != nil {
			return false, err
		}
		e.Org, e.Plan, e.Action = p.Org.ID, p.Hash, n.Action
		entries = append(entries, e)
	}
	return false, a.record(ctx, s, entries...)
}

// laterViews shows what waits, what to tell whom, who can still approve, and what
// people have done.
func laterViews(v *report.Plan, p remediate.Plan) {
	for _, w := range p.Waiting {
		v.Waiting = append(v.Waiting, report.PlanWaiting{ID: w.ID, Kind: string(w.Kind), Principal: w.Principal, Resource: w.Resource, Title: w.Title,
			Until: w.Until, Why: w.Why, Rule: w.Rule, Finding: w.Finding})
	}
	for _, n := range p.Notices {
		v.Notices = append(v.Notices, report.PlanNotice{Finding: n.Finding, Action: n.Action, To: n.To, Text: n.Text, Date: n.Date})
	}
	for _, g := range p.Gates {
		v.Gates = append(v.Gates, report.PlanGate{Env: g.Env, Before: g.Before, After: g.After, Sample: g.Sample})
	}
	for _, d := range p.Done {
		v.Done = append(v.Done, report.PlanDone{Title: d.Title, Where: d.Where, Rule: d.Rule, Finding: d.Finding, Since: d.Since, Resolved: d.Resolved})
	}
}
