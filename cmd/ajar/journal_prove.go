package main

import (
	"context"
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newJournalProve(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "prove SEQ",
		Short: "Prove that one entry is in the journal, without showing the rest",
		Long: `Write a proof of one entry to stdout, as JSON: the entry, the newest signed
checkpoint, and the hashes that lead from the one to the other (RFC 6962, section
2.1.1). "ajar journal verify --proof FILE" checks it without store, network and
configuration; docs/journal.md says how others can.`,
		Example: "  ajar journal prove 117 > entry-117.json\n  ajar journal verify --proof entry-117.json --key \"$(cat ajar.pub)\"",
		Args:    exactly("the number of an entry, SEQ"),
		RunE: func(cmd *cobra.Command, args []string) error {
			seq, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || seq < 1 {
				return withHint(usage("%q is no number of an entry", args[0]), "%s journal lists them", a.program)
			}
			return a.reading(cmd.Context(), func(ctx context.Context, s *store.Store) error {
				keys, checkpoints, entries, err := s.ExportJournal(ctx)
				if err != nil {
					return err
				}
				p, err := journal.Prove(seq, keys, checkpoints, entries)
				if err != nil {
					return err
				}
				return p.Write(a.out)
			})
		},
	}
}

// verifyProof checks the proof in a file.
func (a *app) verifyProof(path string, keys []string) error {
	f, err := os.Open(path)
	if err != nil {
		return withHint(err, "name a file that %s journal prove wrote", a.program)
	}
	defer func() { _ = f.Close() }() // nothing was written
	p, err := journal.ReadProof(f)
	if err != nil {
		return err
	}
	e, c, err := p.Verify(keys...)
	if err != nil {
		return err
	}
	if len(keys) == 0 {
		a.remark("warning: the key is the proof's own word: --key names one that you trust")
	}
	return a.show(report.JournalWork{What: "verify-proof", Path: path, Seq: e.Seq, Entries: c.Size, Key: c.Key})
}
