package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
)

// audit is one audit of one organization.
func (s *service) audit(ctx context.Context, sh *shift, org string) (serve.Outcome, error) {
	var out serve.Outcome
	err := s.store.use(ctx, func(st *store.Store) error {
		s.a.garbage(whileReading, roomReading)
		p := sh.pass
		p.Org, p.Store = org, st
		p.Tell = func(line string) { s.log.Info(report.Visible(line), "org", org, "job", "audit") }
		if err := sh.readers.lead(&p, org); err != nil {
			return err
		}
		info, err := p.Take(ctx)
		if err != nil {
			return err
		}
		s.d.Waits("")
		s.a.garbage(whileJudging, roomJudging)
		r, err := p.Judge(ctx, info)
		if err != nil {
			return err
		}
		out = s.judged(sh, p, r)
		s.turned(ctx, st, org, r)
		s.tellOf(ctx, sh, p, r)
		return s.acceptRollback(ctx, st, sh.config.GitHub.Organizations)
	})
	s.credential(err)
	s.budgets(sh, org)
	if err != nil && ctx.Err() == nil {
		s.log.Warn("the audit failed: the findings are those of the one before", "org", org)
		s.tellFailure(ctx, org, err)
		return serve.Outcome{}, oneLine(err)
	}
	return out, err
}

// judged shows what an audit found.
func (s *service) judged(sh *shift, p audit.Pass, r audit.Result) serve.Outcome {
	for _, w := range r.Warnings {
		s.log.Warn("baseline", "org", p.Org, "warning", w.String())
	}
	if r.Unkept != "" {
		s.log.Warn(report.Visible(r.Unkept), "org", p.Org)
	}
	s.meter.Record(r.Snapshot, r.Findings, nil, r.At)
	s.meter.Hold(p.Org, len(r.Holds) > 0)
	s.meter.Clock(s.a.clock.Skew(), s.a.clock.Doubt() != "")
	s.a.tellSkew(sh.readers)
	v := auditView(sh.config, p.Baseline, r, s.failOn())
	s.know(sh, p.Org, r)
	if s.f.once {
		s.a.exit(status(v.Exit()))
	}
	var unseen []string
	for _, g := range v.Gaps {
		if g.Expected {
			unseen = append(unseen, string(g.Area))
			s.meter.CollectError(p.Org, string(g.Area), gapReason(g.Status))
		}
	}
	s.log.Info("audited", "org", p.Org, "snapshot", r.Info.ID, "open", count(r.Findings, access.Open), "gaps", len(unseen), "requests", r.Info.Stats.Requests,
		"took", r.Info.Stats.Took.Round(time.Millisecond).String())
	if len(r.Failed) > 0 {
		return serve.Outcome{Result: serve.Incomplete, Reason: fmt.Sprintf("the rule %s failed", r.Failed[0].Rule)}
	}
	if len(unseen) > 0 {
		return serve.Outcome{Result: serve.Incomplete, Reason: "not seen to the end: " + strings.Join(unseen, ", ")}
	}
	return serve.Outcome{}
}

// gapReason is why an area was not read to its end, in the words of the metrics.
func gapReason(s access.Status) string {
	switch s {
	case access.Denied:
		return "forbidden"
	case access.Unavailable:
		return "missing"
	}
	return "server"
}

func count(all []access.Finding, s access.State) (n int) {
	for _, f := range all {
		if f.State == s {
			n++
		}
	}
	return n
}

// failOn is the severity that --once fails on.
func (s *service) failOn() access.Severity {
	v, _ := access.ParseSeverity(cmp.Or(s.f.failOn, "none")) // checked at the start
	return v
}

// acceptRollback accepts a store that was put back, where --accept-rollback says to
// and every organization was collected anew.
func (s *service) acceptRollback(ctx context.Context, st *store.Store, orgs []string) error {
	if s.f.accept == "" || st.Restored().IsZero() {
		return nil
	}
	err := s.a.acceptRestored(ctx, st, s.cfg.Load().Remediate.Mode, s.f.accept, orgs)
	if errors.Is(err, store.ErrNotFresh) {
		s.log.Info("the store that was put back is not accepted yet", "why", err)
		return nil
	}
	if err == nil {
		s.log.Warn("the store that was put back is accepted", "reason", s.f.accept)
	}
	return err
}

// credential tells readiness whether GitHub takes the credential.
func (s *service) credential(err error) {
	switch {
	case errors.Is(err, github.ErrUnauthenticated):
		line, _ := words(err)
		s.d.Note("credential", line)
	case err == nil:
		s.d.Note("credential", "")
	}
}
