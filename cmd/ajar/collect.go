package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
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
		view, err := collected(ctx, p.Store, info, w.config)
		if err != nil {
			return err
		}
		a.exit(status(view.Exit()))
		return w.show(view)
	})
	return nil
}

// collected says what was read. Counting is enough for that, unless a scope that
// was not seen is to be named: then the snapshot is read.
func collected(ctx context.Context, s *store.Store, info store.SnapshotInfo, c *config.Config) (report.Collect, error) {
	o, newest, err := s.Outline(ctx, info)
	if err != nil {
		return report.Collect{}, err
	}
	snap := &access.Snapshot{ID: info.ID, TakenAt: info.At, Org: o.Org, Coverage: o.Coverage}
	read := report.ReadingOf(snap)
	read.Repositories, read.Teams, read.Environments = o.Things[access.AreaRepositories], o.Things[access.AreaTeams], o.Things[access.AreaEnvironments]
	read.Keys, read.People = o.Things[access.AreaDeployKeys], o.Grants[access.AreaMembers]+o.Things[access.AreaOutside]
	for _, n := range o.Grants {
		read.Grants += n
	}
	named := slices.ContainsFunc(o.Coverage.Lines(), func(l access.Cover) bool { return l.Scope != 0 && l.Status != access.Complete })
	if named || !newest {
		if snap, err = s.Load(ctx, info); err != nil {
			return report.Collect{}, fmt.Errorf("loading snapshot %d of %s: %w", info.ID, info.Org, err)
		}
		read = report.ReadingOf(snap)
	}
	run := runOf(info, snap)
	run.Read = read
	return report.Collect{
		Run: run, Gaps: report.Gaps(snap, c.Collect.Without...), Areas: report.Areas(snap),
		Earlier: report.EarlierReads(snap, c.Collect.Every), Added: info.Stats.GrantsAdded, Removed: info.Stats.GrantsClosed,
	}, nil
}
