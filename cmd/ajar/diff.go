package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/reach"
)

func newDiff(a *app) *cobra.Command {
	var rows bool
	cmd := &cobra.Command{
		Use:   "diff FROM [TO]",
		Short: "Say what changed between two stored snapshots",
		Long: `Say what changed in an organization from one stored snapshot to a later one, the
newest unless TO says another: people, owners, teams, memberships, permissions,
environments and their gates, deploy keys, invitations, settings; and who can
write now and could not before, by all ways together. What gives more access
comes first.

A rename is one change: things are known by GitHub's number. What one of the
snapshots did not see to its end is told apart, and never called a removal; where
there is such a thing, the exit code is 3.

FROM and TO are times or snapshots: 2026-05-31, RFC 3339, yesterday, 2026-05, 2026-Q1,
2026, 7d for a week ago, #12 for a snapshot. A day, a month, a quarter or a year stands
for its last instant, in UTC: "2026-Q1 2026-Q2" compares what was there at the end of
March with what was there at the end of June, each by the newest snapshot until then.
Where nothing was seen for too long before one of them, that stands first, and the exit
code is 3. What came and went between the two snapshots leaves no trace in a diff.`,
		Example: `  ajar diff yesterday
  ajar diff 2026-Q1 2026-Q2
  ajar diff '#12' '#19' -o json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			if len(args) == 0 { // "ajar diff #12" gets here: the shell took the number for a comment
				return withHint(usage("%s needs a time or snapshot to compare FROM", cmd.CommandPath()),
					"%s yesterday, or %s '#12' for a snapshot, in quotes: # begins a comment of the shell", cmd.CommandPath(), cmd.CommandPath())
			}
			return exactly("FROM", "TO")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			to := ""
			if len(args) == 2 {
				to = args[1]
			}
			return a.diff(cmd.Context(), args[0], to, rows)
		},
	}
	rowsFlag(cmd, &rows)
	return cmd
}

func (a *app) diff(ctx context.Context, from, to string, rows bool) error {
	return a.eachStored(ctx, func(w *work, p audit.Pass) error {
		was, since, err := a.asOf(ctx, p.Store, p.Org, "FROM", from)
		if err != nil {
			return err
		}
		is, until, err := a.asOf(ctx, p.Store, p.Org, "TO", to)
		if err != nil {
			return err
		}
		if was.At.After(is.At) {
			return withHint(usage("snapshot #%d of %s is later than #%d of %s", was.ID, instant(was.At), is.ID, instant(is.At)),
				"give the earlier one first")
		}
		view, err := difference(ctx, p.Store, was, is)
		if err != nil {
			return err
		}
		if err := sightOf(ctx, w, &view, [2]store.SnapshotInfo{was, is}, [2]time.Time{since, until}); err != nil {
			return err
		}
		a.exit(status(view.Exit()))
		w.all = rows
		return w.show(view)
	})
}

// sightOf adds at which of the instants that were asked for nothing was seen, and how
// often it was looked between the two snapshots.
func sightOf(ctx context.Context, w *work, view *report.Diff, ends [2]store.SnapshotInfo, asked [2]time.Time) error {
	for i, end := range ends {
		gaps, err := unseenThen(w.config, end, asked[i])
		if err != nil {
			return err
		}
		view.Gaps = append(view.Gaps, gaps...)
	}
	every, err := exportFlags{}.promised(w.config, evidence.Period{From: ends[0].At, To: ends[1].At})
	if err != nil {
		return err
	}
	all, err := w.store.Snapshots(ctx, ends[1].Org)
	if err != nil {
		return err
	}
	most, longest := evidence.Pause(every), time.Duration(0)
	var later store.SnapshotInfo // than the one that is looked at; ID 0: none
	for _, info := range all {   // the newest first
		if info.ID > ends[1].ID || info.ID < ends[0].ID {
			continue
		}
		view.Between.Snapshots++
		if pause := later.At.Sub(info.At); later.ID != 0 && pause > most {
			view.Between.Pauses++
			if pause > longest {
				longest, view.Between.Since, view.Between.Until = pause, info.At, later.At
			}
		}
		later = info
	}
	return nil
}

func difference(ctx context.Context, s *store.Store, was, is store.SnapshotInfo) (report.Diff, error) {
	older, newer, err := sides(ctx, s, was, is)
	if err != nil {
		return report.Diff{}, err
	}
	return report.Diff{
		Org:  access.Named{Ref: access.Ref{Kind: access.Org, ID: is.OrgID}, Name: "org:" + newer.Snapshot.Org.Login},
		From: report.SnapshotMark{ID: was.ID, At: was.At}, To: report.SnapshotMark{ID: is.ID, At: is.At},
		Diff: changes.Compare(older, newer),
	}, nil
}

func sides(ctx context.Context, s *store.Store, was, is store.SnapshotInfo) (older, newer changes.Side, err error) {
	if was.ID == is.ID { // of one and the same snapshot nothing need be read twice
		snap, err := s.Load(ctx, is)
		if err != nil {
			return changes.Side{}, changes.Side{}, err
		}
		one := changes.Side{Snapshot: snap, Graph: reach.New(snap)}
		return one, one, nil
	}
	before, after, err := s.LoadTwo(ctx, was, is)
	if err != nil {
		return changes.Side{}, changes.Side{}, err
	}
	return changes.Side{Snapshot: before, Graph: reach.New(before)}, changes.Side{Snapshot: after, Graph: reach.New(after)}, nil
}
