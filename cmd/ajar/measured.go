package main

import (
	"context"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	engine "github.com/eb661601/ajar/remediate/run"
)

// knownMetrics are the closed lists that labels of metrics come from.
func knownMetrics(c *config.Config) metrics.Known {
	k := metrics.Known{Without: c.Collect.Without, Version: buildVersion().Version}
	for _, r := range analyzer.Rules() {
		k.Rules = append(k.Rules, metrics.RuleLabel{ID: r.ID, Severity: r.Severity})
	}
	for _, kind := range remediate.Kinds() {
		k.Actions = append(k.Actions, string(kind))
	}
	return k
}

// turns counts what opens and what is over, by comparing the findings of an audit with
// those of the one before. Only the worker that audits uses it.
type turns map[string]stood

// stood is how the findings of an organization stood.
type stood struct {
	at     time.Time
	states map[string]access.State // by fingerprint
}

// begin takes how things stood before this process began, so that a restart counts
// nothing twice.
func (t turns) begin(org string, findings []access.Finding, at time.Time) {
	s := stood{at, map[string]access.State{}}
	for i := range findings {
		s.states[findings[i].Fingerprint] = findings[i].State
	}
	t[org] = s
}

// turned tells the metrics what a judgement opened and ended.
func (s *service) turned(ctx context.Context, st *store.Store, org string, r audit.Result) {
	if r.Unkept != "" {
		return // it changed no finding
	}
	was := s.turns[org]
	s.turns.begin(org, r.Findings, r.At)
	s.accepted(ctx, st, org, r.Info.OrgID, r.At)
	var own []*engine.Past
	for i := range r.Findings {
		f := &r.Findings[i]
		before, known := was.states[f.Fingerprint]
		if f.State == access.Resolved && known && before != access.Resolved {
			s.remedied(ctx, st, org, f)
		}
		switch {
		case f.State == access.Open && (!known || before != access.Open):
			s.meter.Opened(org, f.Rule, f.Severity.String(), 1)
		case f.State == access.Waived && known && before == access.Open:
			s.meter.Resolved(org, f.Rule, "waived", 1)
		case f.State == access.Resolved && known && before == access.Open:
			if own == nil {
				own = s.deeds(ctx, st, r.Info.OrgID, was.at)
			}
			s.meter.Resolved(org, f.Rule, endedBy(own, f), 1)
		}
	}
}

// remedied tells the metrics for how long a finding was open of which what was found is gone
// now. One that the baseline does not ask for any more took no time to remedy.
func (s *service) remedied(ctx context.Context, st *store.Store, org string, f *access.Finding) {
	events, err := st.Events(ctx, org, f.Fingerprint)
	if err != nil {
		s.log.Debug("for how long a finding was open is not known", "err", err)
		return
	}
	var opened time.Time
	var took time.Duration
	var ending store.Ending
	for _, e := range events {
		switch e.What {
		case store.Opened, store.Reopened:
			opened = e.At
		case store.Closed:
			took, ending = e.At.Sub(opened), store.EndingOf(e.Why)
		}
	}
	if !opened.IsZero() && ending == store.Remedied {
		s.meter.Remedied(took) // the last thing that happened to it is its end
	}
}

// accepted tells the metrics for how long waivers have accepted findings.
func (s *service) accepted(ctx context.Context, st *store.Store, org string, id int64, at time.Time) {
	since, err := st.WaivedSince(ctx, id)
	if err != nil {
		s.log.Debug("for how long findings are accepted is not known", "err", err)
		return
	}
	ages := make([]time.Duration, len(since))
	for i, t := range since {
		ages[i] = at.Sub(t)
	}
	s.meter.WaiverAges(org, ages)
}

// endedBy says whether ajar ended a finding, or somebody else did.
func endedBy(own []*engine.Past, f *access.Finding) string {
	for _, p := range own {
		if slices.Contains(p.Rules, f.Rule) && p.Principal.Ref == f.Principal.Ref && p.Resource.Ref == f.Resource.Ref {
			return "remediated"
		}
	}
	return "gone"
}

// deeds are the actions that runs carried out since an instant, by the journal. What
// cannot be read there counts as done by others.
func (s *service) deeds(ctx context.Context, st *store.Store, org int64, since time.Time) []*engine.Past {
	out := []*engine.Past{}
	runs, err := st.RunsSince(ctx, org, since)
	if err != nil {
		s.log.Debug("who ended findings is not known", "err", err)
		return out
	}
	for _, id := range runs {
		entries, err := st.JournalOf(ctx, id)
		if err != nil {
			continue
		}
		told, err := engine.Replay(entries)
		if err != nil {
			continue
		}
		for _, a := range told.Actions {
			if a.Effective() {
				out = append(out, a)
			}
		}
	}
	return out
}

// beforeScrape tells the metrics what the daemon holds in memory about itself.
func (s *service) beforeScrape() {
	if s.d == nil {
		return
	}
	st := s.d.Status()
	s.meter.Ready(st.Ready)
	for _, o := range st.Orgs {
		s.meter.Next(o.Org, string(serve.Audit), o.Next)
	}
	for _, j := range st.Jobs {
		s.meter.Next(j.Org, j.Job, j.Next)
	}
}
