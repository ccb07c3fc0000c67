package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	engine "github.com/eb661601/ajar/remediate/run"
)

func newResume(a *app) *cobra.Command {
	var reason string
	var approve bool
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Lift what keeps an organization on hold",
		Long: `Lift every hold of an organization. Where ajar doubts what it saw, a second
snapshot must show the same first. What was changed as ajar and not by it is
accepted with the hold: the same events give no reason for another. Who lifts it is
whom the token belongs to; that and the reason are kept.

Where [remediate] mode lets changes be made, it takes two people: one asks with
--reason, and another one, of [remediate] approvers, agrees with --approve within
the hour, to these very holds. In mode "dry-run" one person lifts it.`,
		Example: `  ajar resume --org acme --reason "the teams were reorganized, TICKET-12"
  ajar resume --org acme --approve       # somebody else, where changes may be made`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if approve {
				return a.agreeToResume(cmd.Context())
			}
			return a.resume(cmd.Context(), reason)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why it is right to go on (`REASON`, required to ask)")
	cmd.Flags().BoolVar(&approve, "approve", false, "agree, as yourself, to what somebody else asked")
	apart(cmd, "--reason asks, and --approve agrees to what somebody else asked", "reason", "approve")
	return cmd
}

// resume lifts every hold of the organizations, or none of one that a second
// snapshot has not confirmed. Where it takes two people it asks for the second.
func (a *app) resume(ctx context.Context, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return withHint(usage("%s resume needs a reason, which is kept", a.program), "%s resume --org LOGIN --reason TEXT", a.program)
	}
	return a.lifting(ctx, func(c *config.Config, s *store.Store, info store.SnapshotInfo, l engine.Lifting) error {
		if l.Alone() {
			return a.lift(ctx, s, info, l, reason, nil)
		}
		if len(c.Remediate.Approvers) == 0 {
			return withHint(usage("%s stays on hold: lifting it takes a second person, and [remediate] approvers names nobody", info.Org),
				`name approvers, or go back to [remediate] mode = "dry-run"`)
		}
		e, err := l.Ask(reason)
		if err != nil {
			return err
		}
		if err := a.record(ctx, s, e); err != nil {
			return err
		}
		a.remark("%s stays on hold until somebody else of [remediate] approvers agrees, within the hour: %s resume%s --approve", info.Org, a.program, a.inOrg(info.Org))
		return nil
	})
}

// agreeToResume lifts what somebody else asked to lift.
func (a *app) agreeToResume(ctx context.Context) error {
	return a.lifting(ctx, func(c *config.Config, s *store.Store, info store.SnapshotInfo, l engine.Lifting) error {
		if l.Alone() {
			return withHint(usage("in mode dry-run it takes nobody else"), "%s resume%s --reason TEXT", a.program, a.inOrg(info.Org))
		}
		if err := engine.GatherLifting(ctx, s, &l); err != nil {
			return err
		}
		r, err := a.readers(ctx, c)
		if err != nil {
			return err
		}
		client, err := r.client(r.list[0], info.Org)
		if err != nil {
			return err
		}
		was, err := s.Load(ctx, info) // it says whose each login was
		if err != nil {
			return err
		}
		asked, refused := l.Agree(ctx, approvers{client: client, org: info.Org, listed: c.Remediate.Approvers, people: was.People})
		if refused != nil {
			x := &carrying{a: a, config: c, store: s, org: info.Org, info: info, person: l.By}
			return x.declined(ctx, "resume", l.Key(), refused)
		}
		return a.lift(ctx, s, info, l, asked.Reason, &asked)
	})
}

// lifting goes through the organizations that are on hold and may be taken off it by
// somebody.
func (a *app) lifting(ctx context.Context, do func(*config.Config, *store.Store, store.SnapshotInfo, engine.Lifting) error) error {
	return a.eachHeld(ctx, func(c *config.Config, s *store.Store, info store.SnapshotInfo) error {
		all, err := s.Holds(ctx, info.OrgID)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			a.remark("%s is not on hold", info.Org)
			return nil
		}
		if err := a.liftable(info, all); err != nil {
			return err
		}
		who, err := a.person(ctx, c, info.Org)
		if errors.Is(err, github.ErrUnauthenticated) {
			return err
		}
		if err != nil {
			return withHint(fmt.Errorf("lifting the hold of %s: %w", info.Org, err), "it takes a person: --auth gh, or a token of your own in AJAR_GITHUB_TOKEN")
		}
		return do(c, s, info, engine.Lifting{Org: info.OrgID, Holds: all, Mode: c.Remediate.Mode, Now: a.clock.Now(), By: who})
	})
}

// liftable holds that nothing but people stands in the way.
func (a *app) liftable(info store.SnapshotInfo, all []store.Hold) error {
	for _, h := range all {
		if h.Kind == store.HeldForRollback {
			return withHint(usage("%s stays on hold: %s", info.Org, h.Reason),
				"collect every organization, look at what is different, then %s store accept-rollback --reason TEXT", a.program)
		}
		if h.Doubt() && h.Agreed == 0 {
			return withHint(usage("%s stays on hold: %s, and no second snapshot has shown the same yet", info.Org, h.Reason),
				"%s audit%s takes one; then look at %s diff, and resume", a.program, a.inOrg(info.Org), a.program)
		}
	}
	return nil
}

// lift ends the holds, each with an entry of the journal. asked is what somebody else
// asked; nil: nobody else had to.
func (a *app) lift(ctx context.Context, s *store.Store, info store.SnapshotInfo, l engine.Lifting, reason string, asked *engine.Asked) error {
	who := l.By.String()
	if asked != nil {
		who = asked.By.String() + ", and agreed to by " + who
	}
	for _, h := range l.Holds {
		e, err := engine.HoldEntry(journal.Resume, l.By.String(), h, reason)
		if err == nil && asked != nil {
			e, err = l.Lifted(h, *asked)
		}
		if err != nil {
			return err
		}
		if err := a.record(ctx, s, e); err != nil {
			return err // nothing is lifted that is not written down
		}
		if err := s.Lift(ctx, h.ID, a.clock.Now(), who, reason); err != nil {
			return err
		}
		a.remark("%s: lifted by %s: %s", info.Org, who, h.Reason)
	}
	return nil
}
