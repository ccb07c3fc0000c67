package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
	engine "github.com/eb661601/ajar/remediate/run"
)

// carrying is what a command needs that changes an organization or decides about
// that.
type carrying struct {
	a      *app
	config *config.Config
	store  *store.Store
	org    string
	info   store.SnapshotInfo // the newest one
	was    audit.Result       // judged by the baseline of now
	person engine.Person
	// entrance is the way by which what is decided came in; "": cli.
	entrance string
}

// carrying opens the store, judges the newest snapshot, and asks who is there.
func (a *app) carrying(ctx context.Context, do func(*carrying) error) error {
	return a.carryingOn(ctx, "", func(*carrying) error { return nil }, do)
}

// carryingOn is carrying with something that is looked at first, before anything is
// judged or asked: the organization is known by then, where several are configured by
// the file of the plan.
func (a *app) carryingOn(ctx context.Context, plan string, first, do func(*carrying) error) error {
	return a.writing(ctx, func(c *config.Config, s *store.Store) error {
		b, err := a.baseline(c)
		if err != nil {
			return err
		}
		if b == nil {
			return a.noBaseline("what changes access")
		}
		x := &carrying{a: a, config: c, store: s}
		if x.org, err = a.organizationOf(ctx, s, c, plan); err != nil {
			return err
		}
		if x.info, err = a.snapshot(ctx, s, x.org, ""); err != nil {
			return err
		}
		if err := first(x); err != nil {
			return err
		}
		if x.was, err = x.review(ctx, b); err != nil {
			return err
		}
		if x.person, err = a.person(ctx, c, x.org); err != nil {
			return err
		}
		a.tellSkew(nil)
		err = do(x)
		return errors.Join(err, a.keepTime(ctx, s))
	})
}

// keepTime stores the highest instant that GitHub told: what this run was decided by
// must not lie ahead of what the next one is.
func (a *app) keepTime(ctx context.Context, s *store.Store) error {
	at, news := a.clock.Highest()
	if !news {
		return nil
	}
	return s.KeepTime(context.WithoutCancel(ctx), at)
}

func (x *carrying) review(ctx context.Context, b *baseline.Baseline) (audit.Result, error) {
	return audit.Pass{Org: x.org, Store: x.store, Baseline: b, Now: x.a.clock.Now}.Review(ctx, x.info)
}

// declined keeps that a decision was refused, and gives it as an error.
func (x *carrying) declined(ctx context.Context, decision, plan string, r *engine.RefusedError) error {
	e, err := engine.Decline(x.info.OrgID, plan, engine.Declined{Decision: decision, Code: r.Code, Why: r.Why, By: x.person, Entrance: cmp.Or(x.entrance, "cli")})
	if err == nil {
		err = x.a.record(ctx, x.store, e)
	}
	said := error(r)
	if r.Hint != "" {
		said = withHint(said, "%s", strings.ReplaceAll(r.Hint, "ajar ", x.a.program+" "))
	}
	if err != nil {
		return errors.Join(said, err)
	}
	return said
}

// engine takes over the journal, with the hands that change the organization.
func (x *carrying) engine(ctx context.Context, h *act.Hands, recheck func(context.Context) error) (*engine.Engine, error) {
	org := remediate.Label{ID: x.info.OrgID, Name: x.was.Snapshot.Org.Login, NodeID: x.was.Snapshot.Org.NodeID}
	seen := engine.Seen{Snapshot: x.was.Snapshot, Graph: x.was.Graph}
	o := engine.Options{
		Store: x.store, Hands: h, Org: org, Guards: guards(x.config.Remediate), Version: buildVersion().Version,
		Now: x.a.now, Clock: x.a.clock.Now, Sleep: sleep, Tell: x.tell, Recheck: recheck,
		AdminListed: func(repo int64) bool {
			for _, h := range x.was.Baseline.Holders(repo, access.Admin, x.a.clock.Now()) {
				if h.Kind == access.User && !x.was.Graph.Owner(h.ID) || h.Kind == access.Team && len(x.was.Graph.Members(h.ID)) > 0 {
					return true
				}
			}
			return false
		},
		Reach: seen.Reach, Stays: seen.Stays, Known: seen.Known,
		Poll: func(ctx context.Context) error { return sleep(ctx, time.Second) },
	}
	return engine.New(ctx, owner(), tuneRun(o))
}

// tuneRun is what the build of the crash harness shortens.
var tuneRun = func(o engine.Options) engine.Options { return o }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// tell says on one line how an action ended.
func (x *carrying) tell(e engine.Event) {
	p := e.Action
	switch p.State {
	case journal.Sent, journal.Answered, journal.Intended, journal.NotTried: // what was not tried is told at the end, at once
		return
	}
	line := fmt.Sprintf("%d/%d %s: %s", e.Place, e.Of, p.State, p.Title)
	if p.How != "" && p.How != engine.Carried {
		line += " (" + p.How + ")"
	}
	if p.Why != "" {
		line += ": " + p.Why
	}
	x.a.remark("%s", line)
}

// tellSettled says what became of what earlier runs left in doubt.
func (x *carrying) tellSettled(runs []*engine.Run) {
	for _, r := range runs {
		if r.Ended == nil {
			x.a.say("run %s is not over: something of it is in doubt; look at it yourself", r.ID)
			continue
		}
		x.a.remark("run %s had not ended; it is settled: %s", r.ID, inWords(r.Counts()))
	}
}

func inWords(c engine.Counts) string {
	return fmt.Sprintf("%d verified, %d skipped, %d failed, %d not tried", c.Verified+c.Already, c.Skipped, c.Failed+c.Refused, c.NotTried)
}

// ended shows a run and settles the exit code.
func (x *carrying) ended(ctx context.Context, r *engine.Run) error {
	x.a.enterStops(ctx, x.store)
	v := carriedView(x.org, r)
	switch {
	case ctx.Err() != nil:
		v.Code = int(interrupted)
	case r.Outcome() != nil:
		v.Code = int(failed)
	case changedMeanwhile(r):
		v.Code = int(found)
	}
	x.a.exit(status(v.Code))
	return x.a.show(v)
}

// changedMeanwhile reports whether something was skipped since it is not as the
// plan has it: drift may be left.
func changedMeanwhile(r *engine.Run) bool {
	for _, p := range r.Actions {
		if p.State == journal.Skipped && p.How == engine.Changed {
			return true
		}
	}
	return false
}

func carriedView(org string, r *engine.Run) report.Carried {
	v := report.Carried{Org: org, Run: r.ID, Plan: r.Begun.Plan, Restores: r.Begun.Restores, By: r.Begun.By.String(), BegunAt: r.BegunAt, EndedAt: r.EndedAt, How: "open"}
	if r.Ended != nil {
		v.How, v.Why = r.Ended.How, r.Ended.Why
	}
	for _, p := range r.Actions {
		v.Actions = append(v.Actions, report.CarriedAction{
			ID: p.ID, Kind: string(p.Kind), Title: p.Title, Principal: p.Principal, Resource: p.Resource,
			State: string(p.State), How: p.How, Why: p.Why, Sent: len(p.Sends), Stays: p.Irreversible,
		})
	}
	return v
}

// agreed asks a person at a terminal to type yes; elsewhere --yes says it.
func (a *app) agreed(yes bool, question string) (bool, error) {
	if yes {
		return true, nil
	}
	in, isFile := a.in.(io.Writer) // a terminal is a file, which can be written too
	if !isFile || !a.terminal(in) {
		return false, withHint(usage("%s: nobody is at a terminal to say yes", question), "--yes says it")
	}
	fmt.Fprintf(a.errs, "%s. Type yes to go on: ", report.Visible(question))
	line, err := bufio.NewReader(a.in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return false, fmt.Errorf("reading the answer: %w", err)
	}
	return strings.TrimSpace(line) == "yes", nil
}
