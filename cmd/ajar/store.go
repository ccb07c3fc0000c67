package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newStore(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "store",
		Short:   "Look after the store: what is in it, whether it is sound, backup, compacting",
		Example: "  ajar store info\n  ajar store check\n  ajar store backup /backup/ajar.db",
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newStoreInfo(a), newStoreCheck(a), newStoreBackup(a), newStoreCompact(a), newStoreAccept(a))
	return cmd
}

func newStoreInfo(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Say what the store holds",
		Long: `Say what the store holds: its size, and for each organization the first and the
last snapshot, rows of grants and of things that are live and past, and findings.`,
		Example: "  ajar store info\n  ajar store info -o json",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reading(cmd.Context(), func(ctx context.Context, s *store.Store) error {
				i, err := s.Describe(ctx)
				if err != nil {
					return err
				}
				return a.show(infoView(i))
			})
		},
	}
}

func newStoreCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Examine the whole store; change nothing",
		Long: `Examine the whole store: pages and indexes, references, intervals, the digests of
what is live, and whether a backup was put in its place. It may run beside an
audit. Nothing is repaired: where something is wrong, the exit code is 1, and a
backup is what helps.`,
		Example: "  ajar store check",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reading(cmd.Context(), func(ctx context.Context, s *store.Store) error {
				looks, err := s.Examine(ctx)
				if err != nil {
					return err
				}
				v := report.StoreCheck{Path: s.Path()}
				for _, l := range looks {
					v.Looks = append(v.Looks, report.StoreLook{What: l.What, Sound: l.Wrong == "", Wrong: l.Wrong})
				}
				if !v.Sound() {
					a.exit(failed)
				}
				return a.show(v)
			})
		},
	}
}

func newStoreBackup(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "backup DEST",
		Short: "Write a whole, checked copy of the store",
		Long: `Write a whole copy of the store to DEST, which must not be there yet; it appears
only when it is complete and has been read back. It may run beside an audit, and
holds what was committed when it began. Only its owner can read it (mode 0600).`,
		Example: "  ajar store backup /backup/ajar-2026-05-31.db",
		Args:    exactly("the path of the copy, DEST"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reading(cmd.Context(), func(ctx context.Context, s *store.Store) error {
				to, err := filepath.Abs(args[0])
				if err != nil {
					return err
				}
				if _, err := os.Lstat(to); err == nil {
					return withHint(usage("%s is there already", to), "name another file, or remove it first")
				}
				if err := s.Backup(ctx, to); err != nil {
					return err
				}
				v := report.StoreWork{What: "backup", Path: s.Path(), Copy: to}
				if v.Before, err = length(s.Path()); err == nil {
					v.After, err = length(to)
				}
				if err != nil {
					return err
				}
				return a.show(v)
			})
		},
	}
}

func newStoreCompact(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "compact",
		Short: "Give back the space that the store does not need",
		Long: `Give back the space that the store does not need, and put the rest in order.
Nothing that was seen is lost. Nothing else may be writing to the store, and the
disk must have room for about twice its size meanwhile.`,
		Example: "  ajar store compact",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.writing(cmd.Context(), func(_ *config.Config, s *store.Store) error {
				before, after, err := s.Compact(cmd.Context())
				if err != nil {
					return err
				}
				return a.show(report.StoreWork{What: "compact", Path: s.Path(), Before: before, After: after})
			})
		},
	}
}

func newStoreAccept(a *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "accept-rollback --reason TEXT",
		Short: "Accept a store that was put back from a backup",
		Long: `A store that is older than the small file beside it says (STORE.generation) was
put back from a backup: what happened since that was made is not in it. Every
command warns, every organization is on hold, and no plan may run. This ends that.
It asks for a collection of every organization, taken since, that saw to its end
what the last one before had seen so; look with ajar diff at what is different. The
reason is kept in the store; ajar store info shows it.

Where [remediate] mode lets changes be made, each organization stays on hold after
that, and two people take it off: see ajar resume.`,
		Example: `  ajar store accept-rollback --reason "disk failure on 2026-05-30; collected anew and looked at the diff"`,
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if reason == "" {
				return withHint(usage("%s needs a reason", cmd.CommandPath()), `--reason "why the backup was put back, and who looked at what is missing"`)
			}
			return a.writing(cmd.Context(), func(c *config.Config, s *store.Store) error {
				orgs, err := a.askedAndStored(cmd.Context(), s, c)
				if err != nil {
					return err
				}
				err = a.acceptRestored(cmd.Context(), s, c.Remediate.Mode, reason, orgs)
				if errors.Is(err, store.ErrNotFresh) {
					return withHint(err, "%s collect --org LOGIN, and look with %s diff at what is different", a.program, a.program)
				}
				if errors.Is(err, store.ErrNotRestored) {
					return withHint(err, "there is nothing to accept")
				}
				if err != nil {
					return err
				}
				return a.show(report.StoreWork{What: "accept-rollback", Path: s.Path(), Reason: reason})
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why, for those who look later")
	return cmd
}

// reading opens the store to read, for as long as do takes.
func (a *app) reading(ctx context.Context, do func(context.Context, *store.Store) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	s, err := a.look(ctx, c)
	if err != nil {
		return err
	}
	defer a.closing(s)
	return do(ctx, s)
}

// writing opens the store that is there to write, for as long as do takes.
func (a *app) writing(ctx context.Context, do func(*config.Config, *store.Store) error) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := a.mustExist(c); err != nil {
		return err
	}
	s, err := a.open(ctx, c)
	if err != nil {
		return err
	}
	defer a.closing(s)
	return do(c, s)
}

func length(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func infoView(i store.Info) report.StoreInfo {
	v := report.StoreInfo{Path: i.Path, Size: i.Size, Log: i.Log, Free: i.Free, Schema: i.Schema, Generation: i.Generation, Witness: i.Witness, Restored: i.Restored}
	for _, o := range i.Orgs {
		of := report.StoredOrg{
			Org:       access.Named{Ref: access.Ref{Kind: access.Org, ID: o.Org.ID}, Name: "org:" + o.Org.Login},
			Snapshots: o.Snapshots, LiveGrants: o.LiveGrants, PastGrants: o.PastGrants, LiveThings: o.LiveThings, PastThings: o.PastThings,
			Open: o.Open, Waived: o.Waived, Resolved: o.Resolved, Judged: o.Judged,
		}
		if o.Snapshots > 0 {
			of.First, of.Last = &report.SnapshotMark{ID: o.First.ID, At: o.First.At}, &report.SnapshotMark{ID: o.Last.ID, At: o.Last.At}
		}
		v.Orgs = append(v.Orgs, of)
	}
	for _, f := range i.Beside {
		v.Beside = append(v.Beside, report.StoredFile(f))
	}
	for _, x := range i.Acceptances {
		v.Acceptances = append(v.Acceptances, report.StoreAcceptance(x))
	}
	return v
}
