package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
	engine "github.com/eb661601/ajar/remediate/run"
)

func newHold(a *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "hold",
		Short: "Show what keeps an organization on hold, or put it on hold",
		Long: `While an organization is on hold, everything is read and judged as always, and no
plan may run. ajar sets a hold by itself where a snapshot lost more than a fifth
of something and more than five, or a judgement newly calls as many drift: an
outage, a token that changed, or a slip in the baseline looks the same as the
truth. It ends by itself where the next snapshot does not show it any more;
otherwise a person lifts it with "ajar resume". ajar also sets one where the audit
log has a change by who its write credential acts as that no run of it explains.

With --reason, the organization is put on hold by hand. Where a run or the daemon
has the store, a request to stop is left beside it, in a file: the run stops
before its next change, and the request becomes a hold.`,
		Example: `  ajar hold
  ajar hold --org acme --reason "migration of the directory, TICKET-12"`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("reason") {
				return a.holds(cmd.Context())
			}
			return a.holdNow(cmd.Context(), reason)
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "put it on hold, for this `REASON`")
	return cmd
}

// holds lists what is on hold.
func (a *app) holds(ctx context.Context) error {
	return a.eachStored(ctx, func(w *work, p audit.Pass) error {
		info, err := a.snapshot(ctx, p.Store, p.Org, "")
		if err != nil {
			return err
		}
		all, err := p.Store.Holds(ctx, info.OrgID)
		if err != nil {
			return err
		}
		asked, err := pendingViews(p.Store, info.OrgID)
		if err != nil {
			return err
		}
		return w.show(report.Holds{Org: info.Org, Holds: holdViews(all), Pending: asked, Now: a.clock.Now()})
	})
}

func holdViews(all []store.Hold) []report.Hold {
	out := []report.Hold{}
	for _, h := range all {
		out = append(out, report.Hold{
			Kind: h.Kind, What: h.What, Reason: h.Reason, Since: h.Since, Snapshot: h.Snapshot, Lost: h.Lost, Population: h.Population,
			Agreed: h.Agreed, SetBy: h.SetBy,
		})
	}
	return out
}

// hold puts organizations on hold by hand. Whoever is in a hurry to stop must not
// wait for GitHub: that it is not known who did is a remark.
func (a *app) hold(ctx context.Context, reason string) error {
	return a.eachHeld(ctx, func(c *config.Config, s *store.Store, info store.SnapshotInfo) error {
		who, err := a.whoami(ctx, c, info.Org)
		if err != nil {
			a.remark("warning: it is not known who sets the hold: %v", err)
		}
		h := store.Hold{OrgID: info.OrgID, Kind: store.HeldByHand, Reason: reason, Since: a.clock.Now(), Snapshot: info.ID, SetBy: who}
		if err := s.Hold(ctx, h); err != nil { // before it is written down: what shall stop must stop
			return err
		}
		if err := a.noteHold(ctx, s, journal.Hold, who, h, reason); err != nil {
			return err
		}
		a.remark("%s is on hold; %s resume%s --reason TEXT lifts it", info.Org, a.program, a.inOrg(info.Org))
		return nil
	})
}

// noteHold keeps in the journal that a hold was set or lifted.
func (a *app) noteHold(ctx context.Context, s *store.Store, kind journal.Kind, who string, h store.Hold, why string) error {
	e, err := engine.HoldEntry(kind, who, h, why)
	if err != nil {
		return err
	}
	return a.record(ctx, s, e)
}

// whoami names the person behind the token, by login and number.
func (a *app) whoami(ctx context.Context, c *config.Config, org string) (string, error) {
	p, err := a.person(ctx, c, org)
	if err != nil {
		return "", err
	}
	return p.String(), nil
}

// eachHeld goes through the stored organizations with a store that is open to
// write.
func (a *app) eachHeld(ctx context.Context, do func(*config.Config, *store.Store, store.SnapshotInfo) error) error {
	return a.writing(ctx, func(c *config.Config, s *store.Store) error {
		orgs, err := a.asked(ctx, s, c)
		if err != nil {
			return err
		}
		for _, org := range orgs {
			info, err := a.snapshot(ctx, s, org, "")
			if err == nil {
				err = do(c, s, info)
			}
			if err != nil {
				a.fail(ctx, err)
			}
		}
		return nil
	})
}
