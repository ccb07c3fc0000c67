package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
)

func newCollect(a *app) *cobra.Command {
	var without []string
	var estimate, fresh bool
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Take one snapshot into the store, and judge nothing",
		Long: `Read who can do what in an organization, and keep it. The snapshots in the store
are the history that --at asks about. Some kinds of data cost a request for each
repository: those are read once in a while ([collect] every), and stand in
between as they were stored.`,
		Example: "  ajar collect --org acme\n  ajar collect --org acme --without audit-log,contributions",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if estimate {
				return a.estimate(cmd.Context(), without, fresh)
			}
			return a.collect(cmd.Context(), without, fresh)
		},
	}
	withoutFlag(cmd, &without)
	estimateFlag(cmd, &estimate)
	freshFlag(cmd, &fresh)
	return cmd
}

func (a *app) collect(ctx context.Context, without []string, fresh bool) error {
	w, err := a.work(ctx, without, false)
	if err != nil {
		return err
	}
	defer w.close()
	w.readAll(fresh)
	w.each(ctx, func(ctx context.Context, p audit.Pass) error {
		info, err := p.Take(ctx)
		if err != nil {
			return err
		}
		v, err := p.Open(ctx, info)
		if err != nil {
			return err
		}
		view := report.Collect{
			Run: runOf(info, v.Snapshot), Gaps: report.Gaps(v.Snapshot, w.config.Collect.Without...), Areas: report.Areas(v.Snapshot),
			Earlier: report.EarlierReads(v.Snapshot, w.config.Collect.Every),
			Added:   info.Stats.GrantsAdded, Removed: info.Stats.GrantsClosed,
		}
		a.exit(status(view.Exit()))
		return w.show(view)
	})
	return nil
}
