package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/remediate"
	engine "github.com/eb661601/ajar/remediate/run"
)

type approveFlags struct {
	yes    bool
	allow  int
	reason string
}

func newApprove(a *app) *cobra.Command {
	var f approveFlags
	cmd := &cobra.Command{
		Use:   "approve PLAN",
		Short: "Approve a saved plan as yourself",
		Long: `Approve a plan that "ajar plan --out" saved: its file, or its hash, or the
beginning of that. Who approves is whom your own token names (--auth gh, or a token
variable); it must be one of [remediate] approvers, an active member of the
organization, and not the one who applies the plan.

The approval is for this very plan, counts once, and lapses after an hour. It is
kept in the journal; so is an approval that was refused. Where the plan is over a
limit, --allow-changes N agrees to exactly the N that it takes.`,
		Example: `  ajar plan approve plan.json
  ajar plan approve 91c2b3a4 --yes
  ajar plan approve plan.json --allow-changes 40 --reason "reorganization, TICKET-9"`,
		Args: exactly("a plan"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.approve(cmd.Context(), args[0], f) },
	}
	cmd.Flags().BoolVar(&f.yes, "yes", false, "do not ask")
	cmd.Flags().IntVar(&f.allow, "allow-changes", 0, "agree to exactly this `N` of people and principals who lose something, over the limits; needs --reason")
	cmd.Flags().StringVar(&f.reason, "reason", "", "why (`REASON`), which is kept")
	return cmd
}

func (a *app) approve(ctx context.Context, arg string, f approveFlags) error {
	return a.withPlan(ctx, arg, f.allow, func(x *carrying, p remediate.Plan) error {
		c, err := x.planCase(ctx, p, f.allow, f.reason)
		if err != nil {
			return err
		}
		who, err := x.approvers(ctx)
		if err != nil {
			return err
		}
		if r := c.MayApprove(ctx, who); r != nil {
			return x.declined(ctx, "approve", p.Hash, r)
		}
		x.show(p, nil, true)
		question := fmt.Sprintf("You, %s, approve that %s of %s are changed", x.person.Login, things(len(p.Actions)), x.org)
		if yes, err := a.agreed(f.yes, question); err != nil || !yes {
			return err
		}
		return x.agree(ctx, report.Agreed{Plan: p.Hash, Allowed: f.allow}, f.reason)
	})
}

// agree writes the approval down and shows it.
func (x *carrying) agree(ctx context.Context, v report.Agreed, reason string) error {
	given := engine.Agree(x.person, x.a.clock.Now(), v.Allowed, reason, "cli")
	e, err := journal.NewEntry(journal.PlanApproved, given)
	if err != nil {
		return err
	}
	e.Org, e.Plan, e.Who, e.At = x.info.OrgID, v.Plan, x.person.String(), given.At
	if err := x.a.record(ctx, x.store, e); err != nil {
		return err
	}
	v.Org, v.By, v.At, v.Until = x.org, x.person.String(), given.At, given.Until
	return x.a.show(v)
}
