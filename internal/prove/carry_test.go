package main

import (
	"context"
	"slices"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
	"github.com/eb661601/ajar/remediate/run"
)

// hands act with the token that may write.
func (l *lab) hands() *act.Hands {
	l.t.Helper()
	w, err := github.NewWriter(github.Options{
		APIURL: l.url, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: writeToken}), Now: l.clock.now, Sleep: l.clock.sleep,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	reader := l.reader(writeToken)
	l.close = append(l.close, reader.CloseIdleConnections)
	return act.New(act.Options{Read: reader, Write: w, Org: l.org(), Now: l.clock.now})
}

func (l *lab) org() remediate.Label { return remediate.Label{ID: 1, Name: orgName} }

// engine takes the journal over, as a process does that starts.
func (l *lab) engine(ctx context.Context) (*run.Engine, error) {
	o := run.Options{
		Store: l.store, Hands: l.hands(), Org: l.org(), Guards: l.guards, Version: "prove", Now: l.clock.now, Sleep: l.clock.sleep,
		AdminListed: l.adminListed,
	}
	if l.last.Snapshot != nil {
		seen := run.Seen{Snapshot: l.last.Snapshot, Graph: l.last.Graph}
		o.Reach, o.Stays, o.Known = seen.Reach, seen.Stays, seen.Known
	}
	return run.New(ctx, "prove", o)
}

// adminListed asks the baseline of the last plan.
func (l *lab) adminListed(repo int64) bool {
	if l.last.Baseline == nil {
		return false
	}
	return slices.ContainsFunc(l.last.Baseline.Holders(repo, access.Admin, l.clock.now()), func(r access.Ref) bool {
		return r.Kind == access.User || r.Kind == access.Team && len(l.last.Graph.Members(r.ID)) > 0
	})
}

// me is who applies.
var (
	me = run.Person{ID: 1001, Login: botName}
)

// apply settles what is open and carries the plan out, as `ajar apply` does.
func (l *lab) apply(ctx context.Context, p remediate.Plan) (*run.Run, error) {
	l.t.Helper()
	e, err := l.engine(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := e.Settle(ctx, run.RunID(p.Hash)); err != nil {
		return nil, err
	}
	c := run.Case{Plan: p, By: me, Version: "prove", Now: l.clock.now(), Guards: l.guards}
	r, err := e.Carry(ctx, run.OrderOf(c, nil, nil))
	if err != nil {
		return r, err
	}
	return r, r.Outcome()
}

// restore puts a run back.
func (l *lab) restore(ctx context.Context, id string) (*run.Run, run.Restore, error) {
	l.t.Helper()
	was, err := run.Load(ctx, l.store, id)
	if err != nil {
		return nil, run.Restore{}, err
	}
	back, err := run.NewRestore(was, func(remediate.Change) bool { return true }, "", l.guards.Hash())
	if err != nil {
		return nil, back, err
	}
	e, err := l.engine(ctx)
	if err != nil {
		return nil, back, err
	}
	next, err := run.NextRestore(ctx, l.store, back.Hash)
	if err != nil {
		return nil, back, err
	}
	r, err := e.Carry(ctx, back.Order(next, run.RestoreCase{Restore: back, By: me, Now: l.clock.now(), Guards: l.guards}, nil, "prove"))
	return r, back, err
}
