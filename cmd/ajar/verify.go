package main

import (
	"context"
	"errors"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/report"
)

func newVerify(a *app) *cobra.Command {
	var keys, copies []string
	var exported, stamped, authorities string
	cmd := &cobra.Command{
		Use:   "verify PACK",
		Short: "Check an evidence pack offline, and say what is proven and what is not",
		Long: `Check an evidence pack, a zip file or a folder that "ajar export" made: its manifest,
the hash of every file, the signatures, the rows of the tables, the samples, and the
journal in it with its proofs. It counts the numbers of the controls again, and makes
the workbook, the page and the other forms again of the tables, to compare them. It
needs no network, no store and no configuration, and runs nothing that is in the pack.
It names a file that was changed, is missing or was added, a journal that was cut
off, a checkpoint that was forged, and whatever else is wrong, and says in words what
is proven by that, and what is not. Nothing in the pack is believed: no size, no name.

Where anything is wrong, the exit code is 1; where the pack is sound and says of
itself that it is incomplete, it is 3.

--key is the public key that was noted elsewhere (ajar keys): without it nobody knows
whose the signatures are. A key that the journal replaced vouches for the new one. For
a pack that an earlier key signed than the one that you trust, give the journal as
well: --journal takes what "ajar journal export" wrote. --checkpoints is a copy of
checkpoints from outside of the store: they show that the journal was not rewritten
before the pack was made.

A time stamp by RFC 3161 that lies beside the pack as PACK.tsr is checked with it, or
the one that --timestamp names. --timestamp-ca has the certificates of the authority:
without them the stamp shows nothing.`,
		Example: `  ajar verify acme-2026-q1.zip
  ajar verify acme-2026-q1.zip --key "$(cat ajar.pub)" --checkpoints /mnt/elsewhere/ajar.checkpoints`,
		Args: exactly("the evidence pack, PACK"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o := pack.VerifyOptions{Keys: keys, Program: programName(), Copies: map[string][]journal.Checkpoint{}}
			for _, key := range keys {
				if err := pack.CheckKey(key); err != nil {
					return withHint(usage("--key: %v", err), "%s keys prints the public keys", a.program)
				}
			}
			for _, path := range copies {
				if !exists(path) {
					return usage("--checkpoints: there is no file %s", path)
				}
				c, err := journal.ReadCopies(path)
				if err != nil {
					return err
				}
				o.Copies[path] = c.Checkpoints
			}
			if exported != "" {
				if !exists(exported) {
					return usage("--journal: there is no file %s", exported)
				}
				o.Journal = func() (io.ReadCloser, error) { return os.Open(exported) }
			}
			if exists(args[0]) {
				if err := stamps(args[0], stamped, authorities, &o); err != nil {
					return err
				}
			}
			return a.verifyPack(cmd.Context(), args[0], o)
		},
	}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "a public `KEY` that you trust, of the journal or as minisign writes it; repeat it for several")
	cmd.Flags().StringArrayVar(&copies, "checkpoints", nil, "a `FILE` of checkpoints that were copied out; repeat it for several")
	cmd.Flags().StringVar(&exported, "journal", "", "a `FILE` of an exported journal, which shows which keys follow from which")
	cmd.Flags().StringVar(&stamped, "timestamp", "", "a `FILE` with a time stamp of the pack (else PACK.tsr, where that is there)")
	cmd.Flags().StringVar(&authorities, "timestamp-ca", "", "a `FILE` of certificates in PEM, of the time stamp authority that you trust")
	return cmd
}

func (a *app) verifyPack(ctx context.Context, path string, o pack.VerifyOptions) error {
	r, err := readPack(ctx, path, o)
	if errors.Is(err, os.ErrNotExist) {
		return withHint(usage("there is no evidence pack %s", path), "%s export makes one", a.program)
	}
	if err != nil {
		return withHint(usage("%s: %w", path, err), "name a zip file or a folder that %s export made", a.program)
	}
	m := r.Manifest
	v := report.PackCheck{
		Path: path, Sound: r.Sound(), Files: r.Files, Bytes: r.Bytes, Rows: r.Rows, Samples: r.Samples, Numbers: r.Numbers, Made: r.Made, Key: r.Key, Trusted: r.Trusted,
		More: r.More, Proven: r.Proven(), Unproven: r.Unproven(),
	}
	if r.Read {
		v.Complete, v.Pack, v.Framework, v.From, v.To = m.Complete, m.Pack, m.Framework, m.Period.From, m.Period.To
		v.Orgs, v.Program, v.Gaps = packOrgs(m), m.Program, packGaps(m)
		if m.Signed != nil {
			v.Minisign = m.Signed.Minisign
		}
	}
	if t := r.Stamp; t != nil {
		v.Stamp = &report.PackStamp{At: t.At, By: t.By, Trusted: t.Trusted}
	}
	for _, p := range r.Problems {
		v.Problems = append(v.Problems, report.PackProblem(p))
	}
	switch {
	case !v.Sound:
		a.exit(failed)
	case !v.Complete:
		a.exit(incomplete)
	}
	return a.show(v)
}

func readPack(ctx context.Context, path string, o pack.VerifyOptions) (*pack.Report, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return pack.VerifyFolder(ctx, path, o)
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is neither a file nor a folder")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, err := pack.Verify(ctx, f, info.Size(), o)
	return r, errors.Join(err, f.Close())
}
