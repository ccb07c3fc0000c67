package main

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

type exportFlags struct {
	framework, from, to, out string
	every                    string
	tables, dates            []string
	sample                   int
	seed                     string
	unsigned                 bool
	stamp                    string // the address of a time stamp authority
}

func newExport(a *app) *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export --from TIME [--to TIME] --out FILE.zip|DIR",
		Short: "Make an evidence pack of a period, for an auditor to check",
		Long: `Put what the store knows of a period into an evidence pack: who had access at its
start and end, every change between, owners, privileged access, environments,
findings with their lives, waivers, plans, runs, approvals and outcomes, notices,
the passes with their coverage, and the controls of a framework with their numbers;
as CSV, JSON, a workbook, a page to read and print, and OSCAL. It is sealed with
hashes, signed with the key of the journal, and holds the part of the journal that
belongs to the period with its proofs. "ajar verify" checks it offline; so do
sha256sum and minisign, as the README in it says. docs/evidence.md has more.

What was not seen is listed first; then the exit code is 3. A pause longer than was
promised is a gap: --every says what was, or [schedule] audit of the configuration;
without either it goes by what is usual in the period. The same store, period
and key give the same bytes. Nothing is asked of GitHub, and the store is not changed.
A store that was damaged or changed by hand is refused, and so is a journal that was
cut off: the checkpoints beside the store and in [journal] checkpoints show that.

--from and --to take what every time takes. Alone, --from 2026-Q1 is that quarter.
With --to, the period goes from the first instant of --from to the end of --to.

--table makes a pack of single tables; without --out, it writes one table to stdout,
as CSV or with -o json as JSON. JSON says whether the evidence is complete; CSV cannot,
so the first gaps are told on stderr beside the exit code 3. --sample draws rows of each table, which --seed
decides: anybody who has the table can draw them again.

--timestamp asks a time stamp authority (RFC 3161) to stamp the hash of SHA256SUMS once
the pack is there; its answer goes to the file PACK.tsr beside it. Where the authority
does not answer, the pack stays, and the exit code is 1.`,
		Example: `  ajar export --framework soc2 --from 2026-Q1 --out acme-2026-q1.zip
  ajar export --from 2026-01-01 --to 2026-03-31 --out pack --sample 25 --seed "auditor, 12 April"
  ajar export --from 2026-Q1 --table owners > owners.csv
  ajar verify acme-2026-q1.zip`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.export(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.framework, "framework", string(evidence.SOC2), "whose controls it is laid out by: `NAME` is "+strings.Join(frameworks(), ", "))
	cmd.Flags().StringVar(&f.from, "from", "", "the period begins at `TIME`: 2026-Q1, 2026-01, 2026-01-01, an instant")
	cmd.Flags().StringVar(&f.to, "to", "", "and ends with `TIME` (else with what --from names)")
	cmd.Flags().StringVar(&f.out, "out", "", "write the pack to `PATH`, which must not be there yet: a zip file if it ends so, else a folder")
	cmd.Flags().StringArrayVar(&f.tables, "table", nil, "only the table `NAME`; repeat it for several")
	cmd.Flags().StringArrayVar(&f.dates, "date", nil, "who had access at `TIME` too, as a table of its own; repeat it for several")
	cmd.Flags().StringVar(&f.every, "every", "", "a pass was promised every `TIME`, such as 1h or 1d, and a longer pause is a gap (else what [schedule] audit of the configuration says)")
	cmd.Flags().IntVar(&f.sample, "sample", 0, "draw `N` rows of each table")
	cmd.Flags().StringVar(&f.seed, "seed", "", "`TEXT` of the auditor's choice that decides which")
	cmd.Flags().StringVar(&f.stamp, "timestamp", "", "have the pack stamped by the time stamp authority at `URL`, which gets a hash")
	cmd.Flags().BoolVar(&f.unsigned, "unsigned", false, "make a pack that nobody signs")
	return cmd
}

func frameworks() []string {
	var out []string
	for _, f := range evidence.Frameworks {
		out = append(out, string(f))
	}
	return out
}

// check says what is wrong with the flags, before anything is read.
func (f exportFlags) check() error {
	if !slices.Contains(evidence.Frameworks, evidence.Framework(f.framework)) {
		return withHint(usage("--framework %q is none that ajar knows", f.framework), "one of %s", strings.Join(frameworks(), ", "))
	}
	if f.out == "" && len(f.tables) != 1 {
		return withHint(usage("where is the pack to go?"), "--out FILE.zip, or a folder; with one --table it goes to stdout")
	}
	if f.out == "" && f.sample != 0 {
		return withHint(usage("a sample is handed over with the population it was drawn from"), "--out FILE.zip, or a folder")
	}
	if err := f.checkStamp(); err != nil {
		return err
	}
	if f.seed != "" && f.sample == 0 {
		return withHint(usage("--seed decides which rows a sample has, and no sample is asked for"), "--sample 25")
	}
	if f.sample != 0 && f.seed == "" {
		return withHint(usage("a sample needs a seed, so that it can be drawn again"), `--seed "what the auditor chose"`)
	}
	if f.sample != 0 {
		if err := (pack.Draw{Size: f.sample, Seed: f.seed}).Check(); err != nil {
			return usage("%v", err)
		}
	}
	return nil
}

// period reads which one is meant.
func (f exportFlags) period(a *app) (evidence.Period, error) {
	if f.from == "" {
		return evidence.Period{}, withHint(usage("which period?"), "--from 2026-Q1, or --from and --to")
	}
	now := a.clock.Now()
	from, err := parseTime("--from", f.from, now)
	if err != nil {
		return evidence.Period{}, err
	}
	to, flag, word := from, "--from", f.from
	if f.to != "" {
		flag, word = "--to", f.to
		if to, err = parseTime("--to", f.to, now); err != nil {
			return evidence.Period{}, err
		}
	}
	switch p := (evidence.Period{From: from.from, To: to.to}); {
	case !p.From.Before(p.To) && f.to == "":
		return p, withHint(usage("--from %s is an instant, and no period", f.from), "add --to")
	case !p.From.Before(p.To):
		return p, withHint(usage("the period ends before it begins"), "--from comes first: %s to %s", f.to, f.from)
	case p.To.After(now):
		return p, withHint(usage("%s %s is not over (it is %s now)", flag, word, instant(now)), "a pack of what is not over would be another one each time: --to now ends it here")
	default:
		return p, nil
	}
}

func (a *app) export(ctx context.Context, f exportFlags) error {
	if err := f.check(); err != nil {
		return err
	}
	period, err := f.period(a)
	if err != nil {
		return err
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	if err := a.spares(c, "--out", f.out); err != nil {
		return err
	}
	if _, err := os.Lstat(f.out); f.out != "" && err == nil {
		return withHint(usage("%s is there already", f.out), "name another one, or remove it first")
	}
	s, err := a.look(ctx, c)
	if err != nil {
		return err
	}
	defer a.closing(s)
	e, err := a.gather(ctx, c, s, f, period)
	if err != nil {
		return err
	}
	if !e.Complete {
		a.exit(incomplete)
		a.say("warning: the evidence is INCOMPLETE; gaps: %d", len(e.Gaps)) // --quiet hides no gap
	}
	if f.out == "" {
		return a.oneTable(ctx, e, f.tables[0])
	}
	return a.pack(ctx, s, e, f)
}

func (a *app) gather(ctx context.Context, c *config.Config, s *store.Store, f exportFlags, period evidence.Period) (evidence.Evidence, error) {
	if _, err := a.asked(ctx, s, c); err != nil { // it says best what to do about an empty store
		return evidence.Evidence{}, err
	}
	if err := s.Whole(ctx); errors.Is(err, store.ErrNotWhole) {
		return evidence.Evidence{}, withHint(err, "no evidence can rest on that: %s store check says what is wrong, and a backup is what helps", a.program)
	} else if err != nil {
		return evidence.Evidence{}, err
	}
	every, err := f.promised(c, period)
	if err != nil {
		return evidence.Evidence{}, err
	}
	o := evidence.Options{Every: every, Framework: evidence.Framework(f.framework), Orgs: c.GitHub.Organizations, Period: period, Program: programName()}
	for _, word := range f.dates {
		at, err := past("--date", word, a.clock.Now())
		if err != nil {
			return evidence.Evidence{}, err
		}
		o.Dates = append(o.Dates, at.last().Truncate(time.Millisecond))
	}
	return evidence.Gather(ctx, s, o)
}

// programName is what a pack says that it was made by: all that decides its bytes. The
// compression of the workbook is of the version of Go.
func programName() string {
	v := buildVersion()
	of := []string{v.Go}
	if v.Commit != "" {
		of = append([]string{v.Commit}, of...)
	}
	if v.Modified {
		of = append(of, "modified")
	}
	return "ajar " + v.Version + " (" + strings.Join(of, ", ") + ")"
}

// pack writes a pack and says what is in it.
func (a *app) pack(ctx context.Context, s *store.Store, e evidence.Evidence, f exportFlags) error {
	o := pack.Options{Tables: f.tables}
	if f.sample > 0 {
		o.Sample = &pack.Draw{Size: f.sample, Seed: f.seed}
	}
	var err error
	if !f.unsigned {
		if o.Signer, err = s.Signer(ctx); err != nil {
			return a.noSigner(err)
		}
	}
	keys, checkpoints, _, err := s.ExportJournal(ctx)
	switch {
	case err == nil:
		o.Journal = &pack.Journal{Keys: keys, Checkpoints: checkpoints, Entries: s.JournalFrom(ctx, checkpoints[len(checkpoints)-1].Size)}
	case !errors.Is(err, store.ErrNoJournal):
		return err
	}
	var m pack.Manifest
	if strings.EqualFold(filepath.Ext(f.out), ".zip") {
		err = writeWhole(f.out, func(w io.Writer) error {
			m, err = pack.Write(ctx, w, e, o)
			return err
		})
	} else {
		m, err = pack.WriteFolder(ctx, f.out, e, o)
	}
	switch {
	case errors.Is(err, pack.ErrNoTable):
		return withHint(err, "one of %s", strings.Join(pack.TableNames(e), ", "))
	case errors.Is(err, journal.ErrUnsound):
		return withHint(err, "%s journal verify says what is wrong", a.program)
	case err != nil:
		return err
	}
	v := packWork(s.Path(), f.out, m)
	missing := a.stamp(ctx, f, m, &v)
	if err := a.show(v); err != nil {
		return err
	}
	return missing
}

func (a *app) noSigner(err error) error {
	switch {
	case errors.Is(err, store.ErrNoJournal):
		return withHint(err, "%s keys make makes the key that signs it; --unsigned makes a pack that nobody signs", a.program)
	case errors.Is(err, journal.ErrNoKey):
		return withHint(err, "make the pack where the key is ([journal] key_file), or --unsigned")
	}
	return err
}

func packWork(path, file string, m pack.Manifest) report.PackWork {
	v := report.PackWork{
		Path: path, File: file, Pack: m.Pack, Framework: m.Framework, From: m.Period.From, To: m.Period.To, Orgs: packOrgs(m), Complete: m.Complete, Gaps: packGaps(m),
	}
	for _, t := range m.Tables {
		row := report.PackTable{Name: t.Name, Rows: t.Rows}
		for _, s := range m.Samples {
			if s.Table == t.Name {
				row.Sampled = s.Size
			}
		}
		v.Tables = append(v.Tables, row)
	}
	if m.Signed != nil {
		v.Key, v.Minisign = m.Signed.Journal, m.Signed.Minisign
	}
	return v
}

func packOrgs(m pack.Manifest) []string {
	var out []string
	for _, o := range m.Orgs {
		out = append(out, o.Login)
	}
	return out
}

func packGaps(m pack.Manifest) []report.PackGap {
	var out []report.PackGap
	for _, g := range m.Gaps {
		out = append(out, report.PackGap{Org: g.Org, Area: g.Area, Scope: g.Scope, Reason: g.Reason, Snapshots: g.Snapshots})
	}
	return out
}

// writeWhole writes a file where none is, which appears when it is whole; only its owner
// can read it.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".partial-*") // mode 0600
	if err != nil {
		return notWritten(path, err)
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	if err := write(f); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return notWritten(path, err)
	}
	if err := os.Link(f.Name(), path); errors.Is(err, os.ErrExist) {
		return withHint(usage("%s is there already", path), "name another one, or remove it first")
	} else if err != nil {
		return notWritten(path, err)
	}
	return nil
}
