package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	engine "github.com/eb661601/ajar/remediate/run"
)

func newWithdraw(a *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "withdraw PLAN",
		Short: "Take a saved plan back, so that nobody carries it out",
		Long: `Take back a plan that "ajar plan --out" saved: its file, or its hash, or the
beginning of that. Approvals of it count no longer, and a run of it that was
interrupted is not finished. Any person may: who it was, whom your own token names,
is kept in the journal with the reason. There is no way back; a new plan is soon made.

While a plan is being carried out, Ctrl-C stops the run between two changes.`,
		Example: `  ajar plan withdraw plan.json --reason "the release goes first, TICKET-11"`,
		Args:    exactly("a plan"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return withHint(usage("%s plan withdraw needs a reason, which is kept", a.program), "%s plan withdraw PLAN --reason TEXT", a.program)
			}
			return a.withdraw(cmd.Context(), args[0], reason)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it is not to be carried out (`REASON`, required)")
	return cmd
}

// withdraw takes a plan back. It asks neither the baseline nor the limits: what
// keeps things as they are must not fail for what is wrong elsewhere.
func (a *app) withdraw(ctx context.Context, arg, reason string) error {
	return a.writing(ctx, func(c *config.Config, s *store.Store) error {
		org, err := a.organizationOf(ctx, s, c, arg)
		if err != nil {
			return err
		}
		info, err := a.snapshot(ctx, s, org, "")
		if err != nil {
			return err
		}
		hash, err := a.withdrawable(ctx, s, info, arg)
		if err != nil {
			return err
		}
		who, err := a.person(ctx, c, org)
		if err != nil {
			return err
		}
		e, err := journal.NewEntry(journal.PlanWithdrawn, engine.Withdrawal{By: who, Reason: reason, Entrance: "cli"})
		if err != nil {
			return err
		}
		e.Org, e.Plan, e.Who, e.At = info.OrgID, hash, who.String(), a.clock.Now()
		if err := a.record(ctx, s, e); err != nil {
			return err
		}
		a.remark("plan %.12s of %s is withdrawn: nobody can carry it out any more", hash, org)
		return a.keepTime(ctx, s)
	})
}

// withdrawable finds a plan that can be taken back: one that the store knows, that
// is not yet carried out, and that nobody took back before.
func (a *app) withdrawable(ctx context.Context, s *store.Store, of store.SnapshotInfo, arg string) (string, error) {
	p, err := a.savedPlan(ctx, s, of, arg)
	if err != nil {
		return "", err
	}
	if !p.Verify() {
		return "", withHint(fmt.Errorf("withdrawing a plan: %s was altered: it is not what its hash says", arg), "name the plan by its hash: %s plan withdraw HASH --reason TEXT", a.program)
	}
	saved, err := s.PlanByHash(ctx, p.Hash)
	switch {
	case errors.Is(err, store.ErrNoPlan), err == nil && saved.Org != of.OrgID:
		return "", withHint(fmt.Errorf("withdrawing a plan: the store knows no plan like %s", arg), "by its hash it is found too: %s plan withdraw HASH --reason TEXT", a.program)
	case err != nil:
		return "", err
	}
	about, err := s.JournalOfPlan(ctx, p.Hash)
	if err != nil {
		return "", err
	}
	if i := slices.IndexFunc(about, func(e journal.Entry) bool { return e.Kind == journal.PlanWithdrawn }); i >= 0 {
		return "", fmt.Errorf("withdrawing plan %.12s: %s withdrew it already", p.Hash, about[i].Who)
	}
	former, err := engine.Load(ctx, s, engine.RunID(p.Hash))
	if err != nil {
		return "", err
	}
	if former.ID != "" && !former.Finishable() {
		return "", withHint(fmt.Errorf("withdrawing plan %.12s: it is carried out, as run %s", p.Hash, former.ID), "%s restore %s puts it back", a.program, former.ID)
	}
	return p.Hash, nil
}
