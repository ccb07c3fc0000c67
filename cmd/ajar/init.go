package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/internal/adopt"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/store"
)

type initFlags struct {
	dir     string
	force   bool
	print   bool
	offline bool
	without []string
	used    string // the configuration in use, which stays as it is
}

func newInit(a *app) *cobra.Command {
	var f initFlags
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Write a first configuration and a baseline that accepts today's access",
		Long: `Take a snapshot of an organization and write config.toml and baseline.toml for it
as it is: few roles, what teams and people hold, each privileged entry with an end,
so that adoption starts with what is wrong today and with what changes from now on,
not with a thousand alarms.

A configuration that is in use stays as it is: then only the baseline is written.

What is wrong by itself is not accepted and stays a finding. What is unusual is set
apart at the end of the baseline, with the reason and an early end, for a person to
decide. What the token could not read is said, and is not managed.`,
		Example: `  ajar init --org acme
  ajar init --org acme --out access/    # into another folder
  ajar init --org acme --print          # the baseline to stdout, no file
  ajar init --offline                   # from the newest stored snapshot
  ajar audit                            # then: what is left`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.init(cmd.Context(), f) },
	}
	cmd.Flags().StringVar(&f.dir, "out", ".", "`DIR` to write into; it is made where it is not there")
	cmd.Flags().BoolVar(&f.force, "force", false, "replace a file that is there, and keep it as FILE.bak")
	cmd.Flags().BoolVar(&f.print, "print", false, "write the baseline to stdout, and no file")
	cmd.Flags().BoolVar(&f.offline, "offline", false, "use the newest stored snapshot; do not ask GitHub")
	withoutFlag(cmd, &f.without)
	return cmd
}

// The files that init writes.
const (
	configName   = "config.toml"
	baselineName = "baseline.toml"
)

func (a *app) init(ctx context.Context, f initFlags) error {
	if a.flags.output != "table" {
		return withHint(usage("init writes files, it has no --output %s", a.flags.output), "%s audit -o %s reports in that format", a.program, a.flags.output)
	}
	w, err := a.beginning(ctx, &f)
	if err != nil {
		return err
	}
	defer w.close()
	if len(w.orgs) != 1 {
		return withHint(usage("init writes the files of one organization, and %d are named: %s", len(w.orgs), strings.Join(w.orgs, ", ")),
			"add --org LOGIN; give each its folder with --out")
	}
	w.each(ctx, func(ctx context.Context, p audit.Pass) error { return w.adopt(ctx, p, f) })
	return nil
}

// files are those that will be written: both, or where a configuration is in use
// the baseline alone, since nobody's guards and credentials are written anew.
func (f *initFlags) files() []string {
	base, conf := filepath.Join(f.dir, baselineName), filepath.Join(f.dir, configName)
	if f.used != "" {
		return []string{base}
	}
	return []string{base, conf}
}

// vacant refuses to replace files before anybody is asked.
func (f *initFlags) vacant() error {
	if f.print || f.force {
		return nil
	}
	for _, path := range f.files() {
		if _, err := os.Lstat(path); err == nil {
			return withHint(usage("%s is there already", path), "--force replaces it and keeps it as %s.bak; --out DIR writes elsewhere; --print only shows", path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return notWritten(path, err)
		}
	}
	return nil
}

// beginning sets up as every command does, but for the baseline: the one that is
// configured is what is written anew.
func (a *app) beginning(ctx context.Context, f *initFlags) (*work, error) {
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	if err := addWithout(c, f.without); err != nil {
		return nil, err
	}
	f.used = c.Path
	if err := f.vacant(); err != nil {
		return nil, err
	}
	w := &work{a: a, config: c, pass: audit.Pass{Now: a.clock.Now, Highest: a.clock.Highest}}
	if f.offline {
		return w, w.offline(ctx)
	}
	return w, w.online(ctx)
}

// adopt takes or finds the snapshot, and writes what comes of it.
func (w *work) adopt(ctx context.Context, p audit.Pass, f initFlags) error {
	info, err := w.look(ctx, p, f.offline)
	if err != nil {
		return err
	}
	v, err := p.Open(ctx, info)
	if err != nil {
		return err
	}
	w.progress.end()
	r, err := adopt.Baseline(v.Snapshot, v.Graph)
	if errors.Is(err, adopt.ErrNothing) {
		for _, b := range r.Blind {
			w.a.say("%s", b)
		}
		return withHint(usage("%s: %v", info.Org, err), "an owner's token sees all; %s collect --org %s says what this one lacks", w.a.program, info.Org)
	}
	if errors.Is(err, adopt.ErrTooLong) {
		return withHint(err, "write the baseline by hand, with globs for what most repositories have in common: docs/baseline.md")
	}
	if err != nil {
		return err
	}
	if len(r.Blind) > 0 {
		w.a.exit(incomplete)
	}
	if f.print {
		if _, err := w.a.out.Write(r.Text); err != nil {
			return err
		}
		return nil
	}
	if err := w.write(info, r, f); err != nil {
		return err
	}
	return w.tellInit(info, r, f)
}

func (w *work) look(ctx context.Context, p audit.Pass, offline bool) (store.SnapshotInfo, error) {
	if offline {
		return w.a.snapshot(ctx, p.Store, p.Org, "")
	}
	return p.Take(ctx)
}

// write writes each file whole or not at all; of two new ones both or none.
func (w *work) write(info store.SnapshotInfo, r adopt.Result, f initFlags) error {
	if err := os.MkdirAll(f.dir, 0o750); err != nil {
		return notWritten(f.dir, err)
	}
	files := f.files()
	if f.force {
		for _, path := range files {
			if err := keepBackup(path); err != nil {
				return err
			}
		}
	}
	if err := writeFileAs(files[0], r.Text, !f.force, 0o644); err != nil || len(files) == 1 {
		return err
	}
	text, err := w.firstConfig(info, f.dir)
	if err == nil {
		err = writeFile(files[1], text, !f.force)
	}
	if err != nil && !f.force {
		err = errors.Join(err, os.Remove(files[0]))
	}
	return err
}

// keepBackup copies a file that will be replaced to FILE.bak, as readable as it is.
func keepBackup(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return notWritten(path, err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return notWritten(path, err)
	}
	return writeFileAs(path+".bak", text, false, info.Mode().Perm())
}

// firstConfig writes what this run was told into a configuration, so that the
// next command needs no flags.
func (w *work) firstConfig(info store.SnapshotInfo, dir string) ([]byte, error) {
	c := w.config
	out := adopt.Config{
		Org: info.Org, At: w.a.clock.Now(), APIURL: c.GitHub.APIURL, GraphQLURL: c.GitHub.GraphQLURL,
		TokenEnv: w.a.tokenVariable(), UsualStore: config.StatePath(w.a.getenv), Baseline: baselineName,
	}
	for _, area := range c.Collect.Without {
		out.Without = append(out.Without, string(area))
	}
	from, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if c.StorePath != "" {
		if out.StorePath, err = filepath.Abs(c.StorePath); err != nil {
			return nil, err
		}
		if rel, bad := filepath.Rel(from, out.StorePath); bad == nil && !strings.HasPrefix(rel, "..") {
			out.StorePath = rel
		}
	}
	return out.Text(), nil
}

// tokenVariable is the variable that the token came from, or where it should be.
func (a *app) tokenVariable() string {
	for _, name := range tokenVariables {
		if a.flags.auth == "" && a.getenv(name) != "" {
			return name
		}
	}
	return tokenVariables[0]
}
