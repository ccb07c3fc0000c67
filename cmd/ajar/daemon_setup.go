package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/notify"
	"github.com/eb661601/ajar/internal/schedule"
	"github.com/eb661601/ajar/internal/serve"
)

// shift is what the daemon works with until the configuration is read again.
type shift struct {
	config   *config.Config
	baseline *baseline.Baseline // nil: none
	readers  *readers
	pass     audit.Pass // without organization, credential and store
	writes   bool       // the credential for changes may be loaded
	tell     *notify.Notifier
}

// known are the labels of the metrics.
func (s *service) known(c *config.Config) metrics.Known {
	k := knownMetrics(c)
	k.Now, k.Before = s.a.now, s.beforeScrape
	for api, all := range github.Routes() {
		for _, route := range all {
			k.Routes = append(k.Routes, metrics.Route{API: api, Template: route})
		}
	}
	return k
}

// load reads and checks everything that a reload swaps. Nothing of it is used where
// any of it is wrong.
func (s *service) load(ctx context.Context) (*serve.Setup, error) {
	c, err := s.a.config()
	if err != nil {
		return nil, oneLine(err)
	}
	if path, err := filepath.Abs(s.a.storePath(c)); err != nil || path != s.path {
		return nil, fmt.Errorf("the store is another one now, %s: that takes a restart", path)
	}
	b, err := s.a.baseline(c)
	if err != nil {
		return nil, oneLine(err)
	}
	orgs, err := organizations(c)
	if err != nil {
		return nil, oneLine(err)
	}
	sh := &shift{config: c, baseline: b, writes: !s.f.readOnly && c.Remediate.Mode != "dry-run" && c.GitHub.Write != nil}
	if sh.writes { // what is wrong with it is better said before the first run
		if _, err := s.a.writeSecret(ctx, c); err != nil {
			return nil, oneLine(err)
		}
	}
	if sh.readers, err = s.a.readers(s.ctx, c); err != nil { // an app's token is renewed for as long as the daemon lives
		return nil, oneLine(err)
	}
	sh.readers.observe = s.observer
	if sh.tell, err = s.notifier(c); err != nil {
		return nil, oneLine(err)
	}
	sh.pass = s.passOf(sh)
	jobs, longest, err := s.jobs(sh)
	if err != nil {
		return nil, err
	}
	s.took(sh)
	return &serve.Setup{
		Jobs: jobs, Orgs: orgs, Path: c.Path, Baseline: sh.hash(), Mode: c.Remediate.Mode, MaxAge: longest, Watch: concerned(c),
	}, nil
}

// hash is the one of the baseline; "" where there is none.
func (sh *shift) hash() string {
	if sh.baseline == nil {
		return ""
	}
	return sh.baseline.Hash()
}

// took tells the metrics of a configuration that is in order, and says once what it
// cannot do until the daemon is started again.
func (s *service) took(sh *shift) {
	was, c := s.cfg.Swap(sh.config), sh.config
	s.now.Store(sh)
	s.meter.Channels(sh.tell.Channels())
	s.meter.Know(c.GitHub.Organizations)
	s.meter.Expect(c.Collect.Without)
	var names []string
	for _, r := range sh.readers.list {
		names = append(names, r.name)
	}
	s.meter.Credentials(names)
	if s.d != nil && (was.Server.Listen != c.Server.Listen || was.Server.Metrics != c.Server.Metrics || was.Server.CertFile != c.Server.CertFile ||
		was.Server.KeyFile != c.Server.KeyFile || was.Server.BehindProxy != c.Server.BehindProxy || was.Server.Pprof != c.Server.Pprof ||
		!slices.Equal(was.Server.TrustedProxies, c.Server.TrustedProxies)) {
		s.log.Warn("[server] has changed: that takes a restart")
	}
	if !sh.writes && c.Remediate.Mode != "dry-run" {
		why := "there is no [github.write]"
		if s.f.readOnly {
			why = "--read-only"
		}
		s.log.Warn("nothing is changed at GitHub, whatever [remediate] mode says", "mode", c.Remediate.Mode, "why", why)
	}
}

// passOf settles how organizations are read.
func (s *service) passOf(sh *shift) audit.Pass {
	c := sh.config
	return audit.Pass{
		Baseline: sh.baseline, Now: s.a.clock.Now, Highest: s.a.clock.Highest, Lean: sh.baseline == nil,
		Answers: s.path + ".answers", Resume: c.Collect.Resume, Version: buildVersion().Version, Config: c.Hash(),
		Collect: collector.Options{
			Now: s.a.now, Log: s.log, Without: c.Collect.Without, ActivityWindow: c.Collect.ActivityWindow,
			Concurrency: c.Collect.Concurrency, Every: c.Collect.Every, TierCalls: c.Collect.TierCalls,
			Progress: s.progress,
		},
	}
}

// jobs makes the jobs of a shift, and how old an audit may be.
func (s *service) jobs(sh *shift) ([]serve.Job, time.Duration, error) {
	c := sh.config
	every := map[string]schedule.Schedule{}
	if s.f.every > 0 {
		c.Schedule.Audit, c.Schedule.Jitter = "@every "+s.f.every.String(), 0
	}
	for name, line := range map[string]string{"audit": c.Schedule.Audit, "digest": c.Schedule.Digest, "backup": c.Schedule.Backup} {
		if line == "" {
			continue
		}
		p, err := schedule.Parse(line)
		if err != nil {
			return nil, 0, fmt.Errorf("[schedule] %s: %w", name, err)
		}
		every[name] = p
	}
	var jobs []serve.Job
	for _, org := range c.GitHub.Organizations {
		offset := schedule.Offset(c.Schedule.Jitter, strings.ToLower(org))
		jobs = append(jobs, serve.Job{
			Name: serve.Audit, Org: org,
			Due: s.planned(serve.Audit, org, every["audit"], offset),
			Run: func(ctx context.Context) (serve.Outcome, error) { return s.audit(ctx, sh, org) },
		})
	}
	longest := every["audit"].Gap(s.a.now())
	jobs = append(jobs, s.changes(sh)...)
	jobs = append(jobs, s.tellings(sh, every["digest"])...)
	return append(jobs, s.chores(sh, every)...), 2*longest + c.Schedule.Jitter + 15*time.Minute, nil
}

// planned computes when a job is due from its last pass.
func (s *service) planned(job serve.Name, org string, every schedule.Schedule, offset time.Duration) func(context.Context) (time.Time, string, error) {
	return func(context.Context) (time.Time, string, error) {
		at, why := serve.Planned(every, offset, s.d.Last(job, org), s.a.now())
		return at, why, nil
	}
}

// concerned lists what the setup is made of.
func concerned(c *config.Config) []string {
	var out []string
	if c.Path != "" {
		out = append(out, c.Path)
	}
	if c.Baseline != nil {
		out = append(out, c.Baseline.Paths...)
	}
	for i, path := range out {
		if abs, err := filepath.Abs(path); err == nil {
			out[i] = abs
		}
	}
	return out
}

// lined is an error that is said in one line.
type lined struct {
	line string
	err  error
}

// Error is the line.
func (l lined) Error() string { return l.line }

// Unwrap gives what happened.
func (l lined) Unwrap() error { return l.err }

// oneLine puts an error with all its complaints into one line, for a log.
func oneLine(err error) error {
	var problems baseline.Problems
	if errors.As(err, &problems) {
		var all []string
		for _, p := range problems {
			all = append(all, p.String())
		}
		return lined{strings.Join(all, "; "), err}
	}
	line, hint := words(err)
	if hint != "" {
		line += " (" + hint + ")"
	}
	return lined{strings.ReplaceAll(line, "\n", "; "), err}
}
