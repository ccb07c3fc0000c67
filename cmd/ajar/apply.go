package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
	engine "github.com/eb661601/ajar/remediate/run"
)

type applyFlags struct {
	yes    bool
	allow  int
	reason string
	settle bool
}

func newApply(a *app) *cobra.Command {
	var f applyFlags
	cmd := &cobra.Command{
		Use:   "apply PLAN",
		Short: "Carry out a saved plan that somebody else has approved",
		Long: `Carry out a plan that "ajar plan --out" saved: its file, or its hash, or the
beginning of that. It takes [remediate] mode = "approve" or "auto", a credential
for changes ([github.write]), and the approval of one of [remediate] approvers who
is not you.

The plan is refused where it was altered, is older than plan_ttl, was begun before,
where the baseline or the guards have changed, or where the newest snapshot would
not give the same plan or a smaller one. Before each change the exact grant is read
again; what is not as the plan has it is skipped. After it, GitHub is read until it
shows. The first surprise stops the run.

What is sent is in the journal before it leaves. A run that was interrupted is
finished by applying the same plan again; what it left in doubt is settled by
looking, never by sending it again. Ctrl-C finishes the change in flight.

It ends with 0 where everything is done, 2 where something was skipped since it is
not as the plan has it, 1 where the plan was refused or the run stopped.`,
		Example: `  ajar plan --out plan.json
  ajar plan approve plan.json       # by somebody else
  ajar apply plan.json
  ajar apply plan.json --yes -o json
  ajar apply plan.json --allow-changes 40 --reason "reorganization, TICKET-9"
  ajar apply --settle               # only look at what earlier runs left in doubt`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.settle {
				return exactly()(cmd, args)
			}
			return exactly("a plan")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.settle {
				return a.settleRuns(cmd.Context())
			}
			return a.apply(cmd.Context(), args[0], f)
		},
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().IntVar(&f.allow, "allow-changes", 0, "lift the limits for exactly this `N` of people and principals who lose something; needs --reason, and an approval that says the same")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why (`REASON`), which is kept")
	cmd.Flags().BoolVar(&f.settle, "settle", false, "change nothing; look at what earlier runs left in doubt, and end them")
	return cmd
}

func (a *app) apply(ctx context.Context, arg string, f applyFlags) error {
	return a.withPlan(ctx, arg, f.allow, func(x *carrying, p remediate.Plan) error { return x.apply(ctx, p, f) })
}

// withPlan finds a saved plan, with all that it takes to decide about it.
func (a *app) withPlan(ctx context.Context, arg string, allow int, do func(*carrying, remediate.Plan) error) error {
	if allow < 0 {
		return usage("--allow-changes %d is below 0", allow)
	}
	var p remediate.Plan
	return a.carryingOn(ctx, arg, func(x *carrying) (err error) {
		p, err = a.savedPlan(ctx, x.store, x.info, arg)
		return err
	}, func(x *carrying) error { return do(x, p) })
}

// planCase gathers all that it is decided by whether the plan may be carried out.
func (x *carrying) planCase(ctx context.Context, p remediate.Plan, allow int, reason string) (engine.Case, error) {
	c := engine.Case{
		Plan: p, Now: x.a.clock.Now(), TTL: x.config.Remediate.PlanTTL, Mode: x.config.Remediate.Mode, Version: buildVersion().Version,
		Baseline: x.was.Baseline.Hash(), Guards: guards(x.config.Remediate), By: x.person, Allow: allow, Reason: reason,
	}
	if err := engine.Gather(ctx, x.store, &c); err != nil {
		return c, err
	}
	if why := x.a.clock.Doubt(); why != "" {
		c.Held = append(c.Held, "clock: "+why)
	}
	var err error
	c.Undoubted, err = x.store.Undoubted(ctx, x.info, c.Baseline)
	return c, err
}

func (x *carrying) apply(ctx context.Context, p remediate.Plan, f applyFlags) error {
	c, err := x.planCase(ctx, p, f.allow, f.reason)
	if err != nil {
		return err
	}
	if r := c.Decide(); r != nil {
		return x.declined(ctx, "apply", p.Hash, r)
	}
	hands, err := x.a.hands(ctx, x.config, x.org)
	if err != nil {
		return err
	}
	x.show(p, c.Former, !f.yes)
	left := len(p.Actions) - len(doneBy(c.Former))
	if yes, err := x.a.agreed(f.yes, fmt.Sprintf("%s of %s will be changed", things(left), x.org)); err != nil || !yes {
		return err
	}
	e, err := x.engine(ctx, hands, x.recheck(p, f))
	if err != nil {
		return err
	}
	settled, err := e.Settle(ctx, engine.RunID(p.Hash))
	if err != nil {
		return err
	}
	x.tellSettled(slices.DeleteFunc(settled, func(r *engine.Run) bool { return r.ID == engine.RunID(p.Hash) }))
	o, err := x.order(ctx, p, f, hands)
	if err != nil {
		return err
	}
	r, err := e.Carry(ctx, o)
	if err != nil {
		return err
	}
	return x.ended(ctx, r)
}

// order decides once more, now that earlier runs are settled, asks whether the
// approval still counts, and makes the plan again from the newest snapshot.
func (x *carrying) order(ctx context.Context, p remediate.Plan, f applyFlags, hands *act.Hands) (engine.Order, error) {
	c, err := x.planCase(ctx, p, f.allow, f.reason)
	if err != nil {
		return engine.Order{}, err
	}
	if r := c.Decide(); r != nil {
		return engine.Order{}, x.declined(ctx, "apply", p.Hash, r)
	}
	who, err := x.approvers(ctx)
	if err != nil {
		return engine.Order{}, err
	}
	approvals, r := c.Authorize(ctx, who)
	if r != nil {
		return engine.Order{}, x.declined(ctx, "apply", p.Hash, r)
	}
	in, err := x.a.planInput(ctx, x.store, x.config, x.was)
	if err != nil {
		return engine.Order{}, err
	}
	self, err := hands.Self(ctx)
	if err != nil {
		return engine.Order{}, err
	}
	in.Self = append(in.Self, self...)
	in.Held = c.Held
	gone, r := c.Again(in)
	if r != nil {
		return engine.Order{}, x.declined(ctx, "apply", p.Hash, r)
	}
	for _, a := range p.Actions {
		if why, ok := gone[a.ID]; ok {
			x.a.remark("not needed any more: %s: %s", a.Title, why)
		}
	}
	return engine.OrderOf(c, approvals, gone), nil
}

// recheck asks again, after GitHub made the run wait, what the run was decided on:
// a hold may have been set, the plan may have become too old, and the files may
// say something else.
func (x *carrying) recheck(p remediate.Plan, f applyFlags) func(context.Context) error {
	return func(ctx context.Context) error {
		cfg, err := x.a.config()
		if err != nil {
			return err
		}
		b, err := x.a.baseline(cfg)
		if err != nil {
			return err
		}
		if b == nil || b.Hash() != p.BaselineHash {
			return errors.New("the baseline has changed")
		}
		c, err := x.planCase(ctx, p, f.allow, f.reason)
		if err != nil {
			return err
		}
		c.Guards, c.Mode = guards(cfg.Remediate), cfg.Remediate.Mode
		if r := c.Decide(); r != nil {
			return r
		}
		return nil
	}
}

// settleRuns only looks at what earlier runs left in doubt.
func (a *app) settleRuns(ctx context.Context) error {
	return a.carrying(ctx, func(x *carrying) error {
		open, err := x.store.OpenRuns(ctx, x.info.OrgID)
		if err != nil {
			return err
		}
		unsure, err := engine.Unsure(ctx, x.store, x.info.OrgID, a.clock.Now())
		if err != nil {
			return err
		}
		if len(open)+len(unsure) == 0 {
			a.remark("no run is open")
			return nil
		}
		runs, err := x.settleAll(ctx)
		if err != nil {
			return err
		}
		for _, r := range runs {
			if r.Ended == nil {
				a.exit(failed)
			}
		}
		return nil
	})
}

// settleAll looks at what every earlier run left in doubt, and tells what came of it.
func (x *carrying) settleAll(ctx context.Context) ([]*engine.Run, error) {
	hands, err := x.a.hands(ctx, x.config, x.org)
	if err != nil {
		return nil, err
	}
	e, err := x.engine(ctx, hands, nil)
	if err != nil {
		return nil, err
	}
	runs, err := e.Settle(ctx, "")
	if err != nil {
		return nil, err
	}
	x.tellSettled(runs)
	return runs, nil
}
