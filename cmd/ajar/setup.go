package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/store"
)

// config reads the configuration, if there is one, and lays the flags over it.
func (a *app) config() (*config.Config, error) {
	c := config.Default()
	if path, ok := config.Find(a.flags.config, a.getenv); ok {
		read, err := config.Load(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, withHint(err, "--config or $AJAR_CONFIG names it")
		}
		if err != nil {
			return nil, err
		}
		c = *read
		a.implied = ""
		if named := c.GitHub.Organizations; len(named) == 1 && a.flags.config == "" { // a suggested command finds the file too
			a.implied = named[0]
		}
	}
	if len(a.flags.orgs) > 0 {
		if err := logins(a.flags.orgs); err != nil {
			return nil, err
		}
		c.GitHub.Organizations = once(a.flags.orgs)
	}
	if a.flags.apiURL != "" { // the address of the file's GraphQL would be another server's
		c.GitHub.APIURL, c.GitHub.GraphQLURL = a.flags.apiURL, ""
	}
	if a.flags.store != "" {
		c.StorePath = strings.TrimPrefix(a.flags.store, "sqlite:")
	}
	if len(a.flags.baseline) > 0 {
		var named []string
		if c.Baseline != nil {
			named = c.Baseline.Paths
		}
		c.Baseline = &config.Baseline{Paths: a.flags.baseline, Instead: named}
	}
	return &c, nil
}

// inOrg is the flag that keeps a suggested command to an organization, left out where
// the configuration names that one alone.
func (a *app) inOrg(org string) string {
	if strings.EqualFold(org, a.implied) {
		return ""
	}
	return " --org " + org
}

// logins refuses what cannot be the login of an organization before anybody is
// asked about it.
func logins(orgs []string) error {
	for _, o := range orgs {
		if config.IsLogin(o) {
			continue
		}
		hint := "it is the name in its address: github.com/LOGIN"
		parts := strings.FieldsFunc(o, func(r rune) bool { return r == ',' || r == ' ' })
		bare := strings.TrimPrefix(strings.TrimRight(o, "/"), "org:")
		bare = bare[strings.LastIndexByte(bare, '/')+1:]
		switch {
		case len(parts) > 1 && !slices.ContainsFunc(parts, func(p string) bool { return !config.IsLogin(p) }):
			hint = "repeat it: --org " + strings.Join(parts, " --org ")
		case config.IsLogin(bare) && (strings.HasPrefix(o, "org:") || strings.Contains(o, "://")):
			hint = "write --org " + bare
		}
		return withHint(usage("--org %q is not the login of an organization", o), "%s", hint)
	}
	return nil
}

// once keeps the first of logins that differ in case alone.
func once(logins []string) []string {
	var out []string
	for _, l := range logins {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, l) }) {
			out = append(out, l)
		}
	}
	return out
}

// organizations are the ones that GitHub is asked about.
func organizations(c *config.Config) ([]string, error) {
	if len(c.GitHub.Organizations) == 0 {
		return nil, withHint(usage("no organization"), "add --org LOGIN, or organizations = [\"LOGIN\"] to the configuration")
	}
	return c.GitHub.Organizations, nil
}

// open opens the store to write into, and makes its folder.
func (a *app) open(ctx context.Context, c *config.Config) (*store.Store, error) {
	path := a.storePath(c)
	if c.StorePath == "" {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("making the state directory: %w", err)
		}
	}
	return a.openStore(ctx, c, path, false)
}

// look opens the store to read. One that is not there is no empty one.
func (a *app) look(ctx context.Context, c *config.Config) (*store.Store, error) {
	if err := a.mustExist(c); err != nil {
		return nil, err
	}
	return a.openStore(ctx, c, a.storePath(c), true)
}

// touch opens the store that is there to write into it.
func (a *app) touch(ctx context.Context, c *config.Config) (*store.Store, error) {
	if err := a.mustExist(c); err != nil {
		return nil, err
	}
	return a.open(ctx, c)
}

func (a *app) mustExist(c *config.Config) error {
	path := a.storePath(c)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return withHint(usage("there is no store at %s", path), "%s collect --org LOGIN makes one; --store says where it is", a.program)
	}
	return nil
}

// closing closes a store that was only read from, at the end of a command.
func (a *app) closing(s *store.Store) {
	if err := s.Close(); err != nil {
		a.fail(context.Background(), err)
	}
}

func (a *app) openStore(ctx context.Context, c *config.Config, path string, readOnly bool) (*store.Store, error) {
	if readOnly {
		return a.openAs(ctx, c, path, store.Options{ReadOnly: true})
	}
	began, said := time.Now(), false
	for {
		s, err := a.openAs(ctx, c, path, store.Options{})
		if !errors.Is(err, store.ErrLocked) || a.hurry || time.Since(began) >= a.flags.wait {
			return s, err
		}
		if !said {
			said = true
			a.remark("%v; waiting for it, up to %s (--wait)", err, a.flags.wait)
		}
		if err := sleep(ctx, lockLook); err != nil {
			return nil, err
		}
	}
}

// openAs opens the store as the options say, which the rest is filled in of.
func (a *app) openAs(ctx context.Context, c *config.Config, path string, o store.Options) (*store.Store, error) {
	log, err := a.log()
	if err != nil {
		return nil, err
	}
	o.Now, o.Log, o.KeyFile = a.now, slog.New(spoken{log.Handler(), a}), c.Journal.KeyFile
	if c.Journal.Checkpoints != "" {
		o.Checkpoints = []string{c.Journal.Checkpoints}
	}
	s, err := store.Open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	highest, err := s.HighestTime(ctx)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	a.clock.Restore(highest)
	if at := s.Restored(); !at.IsZero() && !at.Equal(a.restored) { // a daemon opens the store again and again
		a.restored = at
		a.remark("warning: a backup of the store was put back, noticed %s; what happened since it was made is not in it, and no plan may run; once it is collected anew and looked at, ajar store accept-rollback ends that (%s)",
			instant(at), path)
	}
	if !o.ReadOnly {
		a.enterStops(ctx, s)
	}
	return s, nil
}

func (a *app) storePath(c *config.Config) string {
	if c.StorePath != "" {
		return c.StorePath
	}
	return config.StatePath(a.getenv)
}

// baseline reads the configured baseline; nil where there is none.
func (a *app) baseline(c *config.Config) (*baseline.Baseline, error) {
	if c.Baseline == nil {
		return nil, nil
	}
	b, err := baseline.Load(c.Baseline.Paths)
	if errors.Is(err, fs.ErrNotExist) && len(a.flags.baseline) > 0 {
		return nil, withHint(err, "--baseline names it")
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, withHint(err, "a baseline that is configured must be there: ajar init writes one; leave [baseline] out to run without")
	}
	return b, err
}

// aside says why a baseline is not the one that counts: the configuration names
// another, and --baseline only asks what would be. "": it counts, as does one that
// says the same, or that no configuration names another beside.
func aside(c *config.Config, b *baseline.Baseline) string {
	if b == nil || len(c.Baseline.Instead) == 0 {
		return ""
	}
	named, err := baseline.Load(c.Baseline.Instead)
	switch {
	case err != nil:
		return fmt.Sprintf("--baseline is another one than %s names, which cannot be used", c.Path)
	case named.Hash() == b.Hash():
		return ""
	}
	return fmt.Sprintf("--baseline (%.12s) is another one than %s names (%.12s)", b.Hash(), c.Path, named.Hash())
}

// asked lists the organizations that a question about stored data is about:
// those of the flags or the configuration, else all that the store has.
func (a *app) asked(ctx context.Context, s *store.Store, c *config.Config) ([]string, error) {
	if len(c.GitHub.Organizations) > 0 {
		return c.GitHub.Organizations, nil
	}
	known, err := s.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	if len(known) == 0 {
		return nil, withHint(usage("the store has no snapshot yet"), "%s collect --org LOGIN takes one", a.program)
	}
	names := make([]string, len(known))
	for i, o := range known {
		names[i] = o.Login
	}
	return names, nil
}

// askedAndStored names the organizations in the store that the flags or the
// configuration name; where these name none, all.
func (a *app) askedAndStored(ctx context.Context, s *store.Store, c *config.Config) ([]string, error) {
	known, err := s.Orgs(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, o := range known {
		asked := slices.ContainsFunc(c.GitHub.Organizations, func(login string) bool { return strings.EqualFold(login, o.Login) })
		if asked || len(c.GitHub.Organizations) == 0 {
			names = append(names, o.Login)
		}
	}
	return names, nil
}

// stored is the one organization that a question is about which names none: the
// only one there is.
func (a *app) stored(ctx context.Context, s *store.Store, c *config.Config) (string, error) {
	names, err := a.asked(ctx, s, c)
	if err != nil {
		return "", err
	}
	if len(names) > 1 {
		return "", withHint(usage("which organization? there are %s", strings.Join(names, ", ")), "add --org LOGIN")
	}
	return names[0], nil
}
