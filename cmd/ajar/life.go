package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
)

// lifeOf adds the turns of a finding's life, and who gave the access by the audit
// log.
func (a *app) lifeOf(ctx context.Context, p audit.Pass, v audit.View, f access.Finding, view *report.Finding) error {
	turns, err := p.Store.Events(ctx, v.Info.Org, f.Fingerprint)
	if err != nil {
		return err
	}
	for _, t := range turns {
		view.History = append(view.History, report.Turn{At: t.At, What: t.What, Why: t.Why, Snapshot: t.Snapshot})
	}
	events, err := p.Store.Given(ctx, v.Info.OrgID)
	if err != nil {
		return err
	}
	view.Givers = giversOf(f, events)
	if len(view.Givers) > 0 {
		return nil
	}
	switch line := v.Snapshot.Coverage.Of(access.AreaAuditLog); line.Status {
	case access.Complete:
		view.Silent = "no event says so, of those that any reading of the log brought"
		if !line.Since.IsZero() {
			view.Silent += "; that of the newest snapshot went back to " + line.Since.Format("2006-01-02")
		}
	case access.Unread:
		view.Silent = "it was not read"
	default:
		view.Silent = fmt.Sprintf("it could not be read to its end: %s", line.Reason)
	}
	return nil
}

// giversOf finds the newest event for each step that a finding rests on.
func giversOf(f access.Finding, events []access.Event) []report.Giver {
	type step struct{ who, on access.Named }
	var steps []step
	add := func(who, on access.Named) {
		if s := (step{who, on}); !slices.Contains(steps, s) {
			steps = append(steps, s)
		}
	}
	add(f.Principal, f.Resource)
	add(access.Named{}, f.Resource)
	for _, path := range f.Paths {
		for _, s := range path {
			add(s.From, s.To)
		}
	}
	var out []report.Giver
	for _, s := range steps {
		for _, e := range slices.Backward(events) {
			if e.At.After(f.LastSeen) || !e.About(s.who, s.on) {
				continue
			}
			g := report.Giver{At: e.At, Action: e.Action, What: s.who.Name + " on " + s.on.Name}
			if s.who.IsZero() {
				g.What = s.on.Name
			}
			if s.on.Kind == access.Team || s.on.Kind == access.Org {
				g.What = s.who.Name + " in " + s.on.Name
			}
			if e.Actor != "" {
				g.Actor = "user:" + e.Actor
			}
			out = append(out, g)
			break
		}
	}
	slices.SortStableFunc(out, func(x, y report.Giver) int { return y.At.Compare(x.At) })
	return out
}
