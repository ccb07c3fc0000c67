package main

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newKeys(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "keys",
		Short: "Show the public keys of the journal",
		Long: `Show the public keys that sign the journal, the oldest first, and since which entry
each does. The private key is made when the first decision or change is recorded, in
the file that [journal] key_file names, else beside the store; it never leaves that
file. Note the public key somewhere else: "ajar journal verify --key" and "ajar verify
--key" take it. Each key is shown twice, as the journal writes it and as minisign does:
"minisign -P" takes the latter, to check an evidence pack without ajar.`,
		Example: "  ajar keys\n  ajar keys -o json | jq -r '.keys[] | select(.in_force) | .public_key' > ajar.pub",
		Args:    onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.reading(cmd.Context(), func(ctx context.Context, s *store.Store) error {
				keys, err := s.Keys(ctx)
				if err != nil {
					return err
				}
				v := report.JournalKeys{File: s.KeyFile()}
				for i, k := range keys {
					mini, err := journal.MinisignKey(k.Key)
					if err != nil {
						return err
					}
					v.Keys = append(v.Keys, report.JournalKey{Key: k.Key, Minisign: mini, From: k.From, At: k.At, Vouched: k.Vouched, InForce: i == len(keys)-1})
				}
				return a.show(v)
			})
		},
	}
	cmd.AddCommand(newKeysMake(a), newKeysRotate(a))
	return cmd
}

// showKey shows a key in both forms: as the journal writes it, and as minisign does.
func (a *app) showKey(v report.JournalWork) (err error) {
	if v.Minisign, err = journal.MinisignKey(v.Key); err != nil {
		return err
	}
	return a.show(v)
}

func newKeysMake(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "make",
		Short: "Make the key of the journal before anything is decided",
		Long: `Begin the journal, and make the key that signs it, before the first decision or change
does: evidence packs are signed with it. Note the public key somewhere else, in both
forms: that of the journal, and that of minisign.`,
		Example: "  ajar keys make",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.writing(cmd.Context(), func(_ *config.Config, s *store.Store) error {
				keys, err := s.Keys(cmd.Context())
				if err != nil {
					return err
				}
				if n := len(keys); n > 0 {
					return withHint(usage("the journal has a key: %s", keys[n-1].Key), "%s keys rotate replaces it", a.program)
				}
				if _, err := s.TakeOver(cmd.Context(), owner()); err != nil {
					return err
				}
				if _, err := s.Checkpoint(cmd.Context()); err != nil {
					return err
				}
				if keys, err = s.Keys(cmd.Context()); err != nil {
					return err
				}
				return a.showKey(report.JournalWork{What: "make", Path: s.Path(), Key: keys[len(keys)-1].Key})
			})
		},
	}
}

func newKeysRotate(a *app) *cobra.Command {
	var reason string
	var lost bool
	cmd := &cobra.Command{
		Use:   "rotate --reason TEXT",
		Short: "Sign the journal with a new key from now on",
		Long: `Make a new key and sign the journal with it from now on. The change is an entry that
the former key signed, so whoever trusts that one can follow, and what it signed
stays verifiable; the former private key is removed.

--lost is for a private key that is gone: nothing can vouch for the new one then, and
everybody who verifies the journal is told so. It is refused while the key is there.`,
		Example: "  ajar keys rotate --reason \"a year is over\"\n  ajar keys rotate --lost --reason \"the disk of the key failed, TICKET-12\"",
		Args:    exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if strings.TrimSpace(reason) == "" {
				return withHint(usage("%s needs a reason, which is kept", cmd.CommandPath()), `--reason "why the key changes"`)
			}
			if lost {
				return a.replaceLostKey(cmd.Context(), reason)
			}
			return a.journaling(cmd.Context(), func(s *store.Store, epoch int64, who string) error {
				key, err := s.RotateKey(cmd.Context(), epoch, who, reason)
				if err != nil {
					return err
				}
				return a.showKey(report.JournalWork{What: "rotate", Path: s.Path(), Key: key, Reason: reason})
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "`TEXT` that says why, for those who look later")
	cmd.Flags().BoolVar(&lost, "lost", false, "the private key is gone")
	return cmd
}

func (a *app) replaceLostKey(ctx context.Context, reason string) error {
	return a.named(ctx, func(s *store.Store, who string) error {
		key, err := s.ReplaceLostKey(ctx, a.program+" of "+who, who, reason)
		if errors.Is(err, store.ErrKeyThere) {
			return withHint(err, "%s keys rotate, without --lost", a.program)
		}
		if err != nil {
			return err
		}
		return a.showKey(report.JournalWork{What: "rotate", Path: s.Path(), Key: key, Reason: reason})
	})
}
