package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newJournal(a *app) *cobra.Command {
	var run, since string
	cmd := &cobra.Command{
		Use:   "journal",
		Short: "Show what was decided and done: runs and decisions, the newest first",
		Long: `Show what was decided and done, the newest first: runs with where their actions
stand, and decisions. The journal is append-only and signed; "ajar journal verify"
holds it against its signatures, and docs/journal.md describes it. --run shows every
entry of one run.`,
		Example: "  ajar journal --since 7d\n  ajar journal --run RUN\n  ajar journal verify",
		Args:    onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if run != "" {
				return a.journalShow(cmd.Context(), run)
			}
			return a.journalList(cmd.Context(), since)
		},
	}
	cmd.Flags().StringVar(&run, "run", "", "every entry of one `RUN`")
	cmd.Flags().StringVar(&since, "since", "", "only what began at `TIME` or later: a date, or how long ago (7d)")
	cmd.AddCommand(newJournalShow(a), newJournalVerify(a), newJournalProve(a), newJournalExport(a), newJournalRedact(a))
	return cmd
}

func newJournalShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show RUN|SEQ",
		Short: "Show each entry of a run, or one entry by its number",
		Long: `Show each entry of a run, the oldest first, or one entry by its number: who did
what, what it was before and after, what was sent to GitHub and what came back.`,
		Example: "  ajar journal show RUN\n  ajar journal show 117 -o json",
		Args:    exactly("a run or the number of an entry, RUN|SEQ"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.journalShow(cmd.Context(), args[0]) },
	}
}

func (a *app) journalList(ctx context.Context, since string) error {
	var from time.Time
	if since != "" {
		s, err := parseTime("--since", since, a.now())
		if err != nil {
			return err
		}
		from = s.from
	}
	return a.reading(ctx, func(ctx context.Context, s *store.Store) error {
		runs, err := s.Runs(ctx, 0)
		if err != nil {
			return err
		}
		names, err := orgNames(ctx, s)
		if err != nil {
			return err
		}
		v := report.Journal{Path: s.Path()}
		for _, r := range runs {
			v.Rows = append(v.Rows, runRow(r, names))
		}
		for e, err := range s.Decisions(ctx) {
			if err != nil {
				return err
			}
			v.Rows = append(v.Rows, decisionRow(e, names))
		}
		v.Rows = slices.DeleteFunc(v.Rows, func(r report.JournalRow) bool { return r.At.Before(from) })
		slices.SortFunc(v.Rows, func(x, y report.JournalRow) int { return cmp.Compare(y.Seq, x.Seq) })
		if v.Entries, err = s.JournalSize(ctx); err != nil {
			return err
		}
		return a.show(v)
	})
}

// orgNames gives the logins of the stored organizations by their numbers.
func orgNames(ctx context.Context, s *store.Store) (map[int64]string, error) {
	out := map[int64]string{0: ""}
	orgs, err := s.Orgs(ctx)
	for _, o := range orgs {
		out[o.ID] = o.Login
	}
	return out, err
}

func orgName(id int64, names map[int64]string) string {
	if name, ok := names[id]; ok {
		return name
	}
	return "organization " + strconv.FormatInt(id, 10)
}

func runRow(r store.Run, names map[int64]string) report.JournalRow {
	row := report.JournalRow{What: "run", Seq: r.First, At: r.Begun, Org: orgName(r.Org, names), Run: r.Run, Plan: r.Plan, Who: r.Who, Ended: r.Ended}
	for _, action := range r.Actions {
		i := slices.IndexFunc(row.States, func(s report.JournalState) bool { return s.State == string(action.Kind) })
		if i < 0 {
			i = len(row.States)
			row.States = append(row.States, report.JournalState{State: string(action.Kind)})
		}
		row.States[i].Actions++
	}
	return row
}

func decisionRow(e journal.Entry, names map[int64]string) report.JournalRow {
	return report.JournalRow{
		What: string(e.Kind), Seq: e.Seq, At: e.At, Org: orgName(e.Org, names), Plan: e.Plan, Who: e.Who, Details: entryView(e, names).Words(),
	}
}

func entryView(e journal.Entry, names map[int64]string) report.JournalEntry {
	sum := e.Sum()
	return report.JournalEntry{
		Seq: e.Seq, At: e.At, Epoch: e.Epoch, Org: orgName(e.Org, names), OrgID: e.Org, Kind: string(e.Kind), Plan: e.Plan, Run: e.Run, Action: e.Action,
		Who: e.Who, Body: e.Body, Digest: hex.EncodeToString(sum[:]), Leaf: hex.EncodeToString(e.Leaf()),
	}
}

// journalShow shows the entries of a run, or one entry by its number where no run
// is called so.
func (a *app) journalShow(ctx context.Context, what string) error {
	return a.reading(ctx, func(ctx context.Context, s *store.Store) error {
		names, err := orgNames(ctx, s)
		if err != nil {
			return err
		}
		entries, err := s.JournalOf(ctx, what)
		if err != nil {
			return err
		}
		v := report.JournalEntries{Title: "Run " + what}
		if seq, bad := strconv.ParseInt(what, 10, 64); len(entries) == 0 && bad == nil && seq > 0 {
			v.Title = "Entry " + what
			for e, err := range s.Journal(ctx, seq, seq) {
				if err != nil {
					return err
				}
				entries = append(entries, e)
			}
		}
		if len(entries) == 0 {
			return withHint(usage("the journal has no run and no entry %q", what), "%s journal lists the runs", a.program)
		}
		for _, e := range entries {
			v.Entries = append(v.Entries, entryView(e, names))
		}
		return a.show(v)
	})
}

func newJournalExport(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "export FILE",
		Short: "Write the whole journal into a file that can be verified without the store",
		Long: `Write the whole journal into FILE, which must not be there yet: the public keys, the
signed checkpoints and every entry, one JSON object to a line. An auditor verifies
it with "ajar journal verify FILE", or with tools of their own: docs/journal.md
describes each byte. It holds the names of people: only its owner can read it.`,
		Example: "  ajar journal export journal-2026.jsonl\n  ajar journal verify journal-2026.jsonl",
		Args:    exactly("the path of the file, FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.reading(cmd.Context(), func(ctx context.Context, s *store.Store) error {
				to, err := filepath.Abs(args[0])
				if err != nil {
					return err
				}
				keys, checkpoints, entries, err := s.ExportJournal(ctx)
				if errors.Is(err, store.ErrNoJournal) {
					return withHint(err, "there is nothing to export")
				}
				if err != nil {
					return err
				}
				err = writeNew(to, func(w io.Writer) error { return journal.Export(w, keys, checkpoints, entries) })
				if err != nil {
					return err
				}
				return a.show(report.JournalWork{What: "export", Path: s.Path(), File: to, Entries: checkpoints[len(checkpoints)-1].Size})
			})
		},
	}
}

// writeNew writes a file where none is, whole or not at all, readable by its owner
// alone.
func writeNew(path string, write func(io.Writer) error) (err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return withHint(usage("%s is there already", path), "name another file, or remove it first")
	}
	if err != nil {
		return notWritten(path, err)
	}
	err = write(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(notWritten(path, err), os.Remove(path))
	}
	return nil
}
