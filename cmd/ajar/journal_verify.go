package main

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newJournalVerify(a *app) *cobra.Command {
	var keys, copies []string
	var proof string
	cmd := &cobra.Command{
		Use:   "verify [FILE]",
		Short: "Hold the journal, or an exported one, against its signatures",
		Long: `Hold the journal of the store, or an exported one in FILE, against its signatures.
It needs no network and, with FILE, neither store nor configuration. It finds an
entry that was changed, removed, inserted or moved, an end that was cut off, a
history that was forked, and a checkpoint that does not extend an older one; it
says in words what is proven by that, and what is not. Where anything is wrong, the
exit code is 1.

--key is the public key that you noted when the journal began (ajar keys): without
it nobody knows whose the signatures are. --checkpoints is a copy of checkpoints from
outside of the store: without one, an end that was cut off cannot be seen. The copies
beside the store and in the configuration are looked at when FILE is not given.`,
		Example: `  ajar journal verify
  ajar journal verify journal-2026.jsonl --key "$(cat ajar.pub)" --checkpoints /mnt/elsewhere/ajar.checkpoints`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return exactly()(cmd, args[min(1, len(args)):])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, key := range keys {
				if err := journal.CheckPublic(key); err != nil {
					return withHint(usage("--key: %v", err), "%s keys prints the public keys", a.program)
				}
			}
			for _, path := range copies {
				if !exists(path) {
					return usage("--checkpoints: there is no file %s", path)
				}
			}
			if proof != "" && len(args)+len(copies) > 0 {
				return usage("--proof is checked by itself: no FILE and no --checkpoints")
			}
			if proof != "" {
				return a.verifyProof(proof, keys)
			}
			if len(args) == 1 {
				return a.verifyFile(args[0], keys, copies)
			}
			return a.verifyStore(cmd.Context(), keys, copies)
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "a public `KEY` that you trust; repeat it for several")
	cmd.Flags().StringVar(&proof, "proof", "", "check the proof of one entry in this `FILE` instead")
	cmd.Flags().StringArrayVar(&copies, "checkpoints", nil, "a `FILE` of checkpoints that were copied out; repeat it for several")
	return cmd
}

func (a *app) verifyStore(ctx context.Context, keys, copies []string) error {
	return a.reading(ctx, func(ctx context.Context, s *store.Store) error {
		r, err := s.VerifyJournal(ctx, keys, append(s.CheckpointFiles(), copies...))
		if err != nil {
			return err
		}
		return a.verified(s.Path(), r)
	})
}

func (a *app) verifyFile(path string, keys, copies []string) error {
	f, err := os.Open(path)
	if err != nil {
		return withHint(err, "name a file of %s journal export", a.program)
	}
	defer func() { _ = f.Close() }() // nothing was written
	v := journal.NewVerifier(keys...)
	if err := v.ClaimCopies(copies); err != nil {
		return err
	}
	if err := journal.ReadExport(f, v); err != nil {
		return withHint(usage("%s: %v", path, err), "name a file of %s journal export", a.program)
	}
	return a.verified(path, v.Finish())
}

func (a *app) verified(path string, r journal.Report) error {
	v := report.JournalCheck{
		Path: path, Sound: r.Sound(), Entries: r.Entries, Head: hex.EncodeToString(r.Head), First: r.First, Last: r.Last, Checkpoints: r.Checkpoints,
		Copies: r.Copies, Redacted: r.Redacted, More: r.More, Later: r.Later, Proven: r.Proven(), Unproven: r.Unproven(),
	}
	for i, k := range r.Keys {
		v.Keys = append(v.Keys, report.JournalKey{Key: k.Key, From: k.From, Vouched: k.Vouched, Trusted: k.Trusted, InForce: i == len(r.Keys)-1})
	}
	for _, p := range r.Problems {
		v.Problems = append(v.Problems, report.JournalProblem(p))
	}
	if !v.Sound {
		a.exit(failed)
	}
	return a.show(v)
}

func newJournalRedact(a *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "redact SEQ --reason TEXT",
		Short: "Remove what an entry says for good, and keep its hash",
		Long: `Remove the body of an entry for good, for instance where it names a person who must
be forgotten. Its hash stays, so the journal verifies as before and says what is
gone; that it was redacted, by whom and why, is an entry itself. Runs that are not
over need their entries, and a run that was redacted cannot be put back by
"ajar restore". Backups of the store and exported files keep what they hold.`,
		Example: `  ajar journal redact 117 --reason "request of the person concerned, TICKET-12"`,
		Args:    exactly("the number of the entry, SEQ"),
		RunE: func(cmd *cobra.Command, args []string) error {
			seq, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || seq < 1 {
				return withHint(usage("%q is not the number of an entry", args[0]), "%s journal show RUN lists them", a.program)
			}
			if strings.TrimSpace(reason) == "" {
				return withHint(usage("%s needs a reason, which is kept", cmd.CommandPath()), `--reason "why it must go"`)
			}
			return a.journaling(cmd.Context(), func(s *store.Store, epoch int64, who string) error {
				if err := s.Redact(cmd.Context(), epoch, seq, who, reason); err != nil {
					return err
				}
				return a.show(report.JournalWork{What: "redact", Path: s.Path(), Seq: seq, Reason: reason})
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why, for those who look later")
	return cmd
}

// named opens the store to write, in the name of whom the token belongs to.
func (a *app) named(ctx context.Context, do func(s *store.Store, who string) error) error {
	return a.writing(ctx, func(c *config.Config, s *store.Store) error {
		orgs, err := a.asked(ctx, s, c)
		if err != nil {
			return err
		}
		who, err := a.whoami(ctx, c, orgs[0]) // the journal is one for all, and so is a person
		if err != nil {
			return withHint(err, "the journal names a person: --auth gh, or a token of your own in AJAR_GITHUB_TOKEN")
		}
		return do(s, who)
	})
}

// journaling takes over the journal in somebody's name, and publishes a checkpoint
// at the end.
func (a *app) journaling(ctx context.Context, do func(s *store.Store, epoch int64, who string) error) error {
	return a.named(ctx, func(s *store.Store, who string) error {
		epoch, err := s.TakeOver(ctx, a.program+" of "+who)
		if err != nil {
			return err
		}
		err = do(s, epoch, who)
		_, published := s.Checkpoint(ctx)
		return errors.Join(err, published)
	})
}
