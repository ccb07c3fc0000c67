package main

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/remediate"
	engine "github.com/eb661601/ajar/remediate/run"
)

type restoreFlags struct {
	yes     bool
	approve bool
	reason  string
}

func newRestore(a *app) *cobra.Command {
	var f restoreFlags
	cmd := &cobra.Command{
		Use:   "restore RUN",
		Short: "Put back what a run changed",
		Long: `Put back what a run changed, from the journal alone. Without --yes it is a
rehearsal: it shows what would be put back, and what no call can bring back, which
is what the plan named beforehand.

It is carried out as a run of its own, with all the care of "ajar apply". What the
run took was drift, so putting it back mostly gives what the baseline forbids: then
somebody else of [remediate] approvers has to agree first, with --approve, and not
somebody who gets something by it. The word is for this very restore, counts once,
and lapses after an hour. What somebody else has changed since is left alone.`,
		Example: `  ajar restore run-91c2b3a4d5e6f708
  ajar restore run-91c2b3a4d5e6f708 --approve   # by somebody else
  ajar restore run-91c2b3a4d5e6f708 --yes --reason "it broke the release, TICKET-7"`,
		Args: exactly("a run"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.restore(cmd.Context(), args[0], f) },
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "carry it out")
	cmd.Flags().BoolVar(&f.approve, "approve", false, "agree to it as yourself; somebody else carries it out")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why (`REASON`), which is kept")
	apart(cmd, "--yes carries it out, and --approve agrees that somebody else does", "yes", "approve")
	return cmd
}

func (a *app) restore(ctx context.Context, id string, f restoreFlags) error {
	return a.carrying(ctx, func(x *carrying) error {
		if by, err := x.undone(ctx, id); err != nil || by != nil {
			return x.undoneBy(by, err)
		}
		switch {
		case f.yes:
			return x.putBack(ctx, id, f)
		case f.approve:
			return x.agreeToRestore(ctx, id, f)
		}
		r, err := x.restorePlan(ctx, id)
		if err != nil {
			return err
		}
		v := x.restoreView(r)
		a.exit(status(v.Code))
		return a.show(v)
	})
}

// restorePlan makes the restore of a run from the journal.
func (x *carrying) restorePlan(ctx context.Context, id string) (engine.Restore, error) {
	run, err := engine.Load(ctx, x.store, id)
	if err != nil {
		return engine.Restore{}, err
	}
	if run.ID == "" || run.Org != x.info.OrgID {
		return engine.Restore{}, withHint(usage("the journal has no run %s of %s", id, x.org), "%s journal lists what was done", x.a.program)
	}
	r, err := engine.NewRestore(run, engine.ByBaseline(x.was.Baseline, x.a.clock.Now()), x.was.Baseline.Hash(), guards(x.config.Remediate).Hash())
	if refused, ok := err.(*engine.RefusedError); ok { //nolint:errorlint // it is given as it is
		return r, x.declined(ctx, "restore", "", refused)
	}
	return r, err
}

// undoneBy says that there is nothing left to put back, which is no mistake: a
// command that was killed behind its last step is typed again.
func (x *carrying) undoneBy(by *engine.Run, err error) error {
	if err == nil {
		x.a.remark("run %s was put back already, by %s, which ended %s", by.Begun.Restores, by.ID, by.EndedAt.UTC().Format("2006-01-02 15:04 UTC"))
		x.a.remark("hint: %s journal show %s tells how; %s restore %s takes it back again", x.a.program, by.ID, x.a.program, by.ID)
	}
	return err
}

// undone finds the run that put back everything of a run, nil where none did.
func (x *carrying) undone(ctx context.Context, id string) (*engine.Run, error) {
	runs, err := x.store.Runs(ctx, x.info.OrgID)
	if err != nil {
		return nil, err
	}
	for _, known := range runs {
		if !strings.HasPrefix(known.Run, "restore-") || known.Open() {
			continue
		}
		r, err := engine.Load(ctx, x.store, known.Run)
		if err != nil {
			return nil, err
		}
		if r.Begun.Restores != id || !r.Whole() {
			continue
		}
		if again, err := x.undone(ctx, r.ID); err != nil || again == nil {
			return r, err
		}
	}
	return nil, nil
}

func (x *carrying) restoreCase(ctx context.Context, r engine.Restore, reason string) (engine.RestoreCase, error) {
	c := engine.RestoreCase{Restore: r, Now: x.a.clock.Now(), Mode: x.config.Remediate.Mode, By: x.person, Reason: reason, Guards: guards(x.config.Remediate)}
	if len(r.Takes) > 0 {
		c.Populations = remediate.Populations(remediate.Input{Snapshot: x.was.Snapshot, Graph: x.was.Graph, Baseline: x.was.Baseline, Guards: c.Guards})
	}
	err := engine.GatherRestore(ctx, x.store, &c)
	if why := x.a.clock.Doubt(); why != "" {
		c.Held = append(c.Held, "clock: "+why)
	}
	return c, err
}

func (x *carrying) restoreView(r engine.Restore) report.PutBack {
	v := report.PutBack{Org: x.org, Run: r.Run, Hash: r.Hash}
	for _, a := range r.Actions {
		v.Actions = append(v.Actions, report.PutBackAction{ID: a.ID, Title: a.Title, Above: slices.Contains(r.Above, a.ID), Takes: slices.Contains(r.Takes, a.ID)})
		v.Code = int(found)
	}
	for _, c := range r.Cannot {
		v.Cannot = append(v.Cannot, report.PutBackCannot{Title: c.Title, What: c.What})
	}
	return v
}

// agreeToRestore writes down that a second person agrees.
func (x *carrying) agreeToRestore(ctx context.Context, id string, f restoreFlags) error {
	r, err := x.restorePlan(ctx, id)
	if err != nil {
		return err
	}
	c, err := x.restoreCase(ctx, r, f.reason)
	if err != nil {
		return err
	}
	who, err := x.approvers(ctx)
	if err != nil {
		return err
	}
	if r := c.MayApprove(ctx, who); r != nil {
		return x.declined(ctx, "agree", c.Restore.Hash, r)
	}
	for _, a := range r.Actions {
		x.a.remark("%s", a.Title)
	}
	e, err := journal.NewEntry(journal.PlanSaved, r) // what the word is for, in full
	if err != nil {
		return err
	}
	e.Org, e.Plan, e.Who = r.Org, r.Hash, x.person.String()
	if err := x.a.record(ctx, x.store, e); err != nil {
		return err
	}
	return x.agree(ctx, report.Agreed{Plan: r.Hash, Restore: id}, f.reason)
}

// putBack carries the restore out as a run of its own.
func (x *carrying) putBack(ctx context.Context, id string, f restoreFlags) error {
	if r, err := x.decideRestore(ctx, id, f); err != nil || len(r.Restore.Actions) == 0 {
		return err
	}
	hands, err := x.a.hands(ctx, x.config, x.org)
	if err != nil {
		return err
	}
	e, err := x.engine(ctx, hands, x.recheckRestore)
	if err != nil {
		return err
	}
	c, err := x.decideRestore(ctx, id, f)
	if err != nil {
		return err
	}
	run, err := engine.NextRestore(ctx, x.store, c.Restore.Hash)
	if err != nil {
		return err
	}
	settled, err := e.Settle(ctx, run)
	if err != nil {
		return err
	}
	x.tellSettled(settled)
	if c, err = x.decideRestore(ctx, id, f); err != nil {
		return err
	}
	var approvals []engine.Approval
	if c.Former == nil {
		who, err := x.approvers(ctx)
		if err != nil {
			return err
		}
		var refused *engine.RefusedError
		if approvals, refused = c.Decide(ctx, who); refused != nil {
			return x.declined(ctx, "restore", c.Restore.Hash, refused)
		}
	} else {
		approvals = c.Former.Begun.Approvals
	}
	done, err := e.Carry(ctx, c.Restore.Order(run, c, approvals, buildVersion().Version))
	if err != nil {
		return err
	}
	return x.ended(ctx, done)
}

// recheckRestore asks again, after GitHub made the restore wait, whether changes may
// be made at all.
func (x *carrying) recheckRestore(ctx context.Context) error {
	cfg, err := x.a.config()
	if err != nil {
		return err
	}
	c := engine.RestoreCase{Restore: engine.Restore{Org: x.info.OrgID}, Mode: cfg.Remediate.Mode, Now: x.a.clock.Now()}
	if err := engine.GatherRestore(ctx, x.store, &c); err != nil {
		return err
	}
	if r := c.Allowed(); r != nil {
		return r
	}
	return nil
}

// decideRestore makes the restore and decides about it.
func (x *carrying) decideRestore(ctx context.Context, id string, f restoreFlags) (engine.RestoreCase, error) {
	r, err := x.restorePlan(ctx, id)
	if err != nil {
		return engine.RestoreCase{}, err
	}
	c, err := x.restoreCase(ctx, r, f.reason)
	if err != nil {
		return c, err
	}
	if len(r.Actions) == 0 {
		x.a.remark("there is nothing to put back of run %s", id)
		return c, nil
	}
	if refused := c.Allowed(); refused != nil {
		return c, x.declined(ctx, "restore", r.Hash, refused)
	}
	return c, nil
}
