package main

import (
	"context"
	"time"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/metrics"
	"github.com/eb661601/ajar/internal/notify"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/schedule"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// notifier makes the channels of a configuration, over the daemon's store.
func (s *service) notifier(c *config.Config) (*notify.Notifier, error) {
	read := func(ctx context.Context, do func(*store.Store) error) error {
		st, err := s.store.look(ctx)
		if err != nil {
			return err
		}
		return do(st)
	}
	told := c.Notify
	if s.f.readOnly {
		told = withoutIssues(told)
	}
	return notify.New(notify.Options{
		Config: told, Read: read, Write: s.store.use, Record: s.store.record, Getenv: s.a.getenv, Now: s.a.now, Program: s.a.program,
		Version: buildVersion().Version, Log: s.log, Meter: noticeMeter{s.meter},
		Issue: func(ch config.Channel, mark string) (notify.Issue, error) { return s.a.issue(c, ch, mark) },
	})
}

// noticeMeter says what became of messages in the words of the metrics.
type noticeMeter struct{ r *metrics.Registry }

// Notified counts what became of a message.
func (m noticeMeter) Notified(channel, result string) {
	if result == "failed" {
		result = "retried"
	}
	m.r.Notified(channel, result)
}

// Outbox tells how many messages wait to be sent, and how many are dead. Those that are
// held for the digest wait for nothing.
func (m noticeMeter) Outbox(state string, n int) {
	if state == store.NoticeWaiting {
		state = "pending"
	}
	m.r.Outbox(state, n)
}

// tellings are the jobs that people are told by; none where there is no channel.
func (s *service) tellings(sh *shift, every schedule.Schedule) []serve.Job {
	if len(sh.tell.Channels()) == 0 {
		return nil
	}
	jobs := []serve.Job{{Name: serve.Deliver, Due: s.deliveryDue, Run: func(ctx context.Context) (serve.Outcome, error) {
		next, err := sh.tell.Deliver(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.nextNotice, s.noticesKnown = next, err == nil
		return serve.Outcome{}, err
	}}}
	if every.IsZero() {
		return jobs
	}
	return append(jobs, serve.Job{Name: serve.Digest, Due: s.fromNowOn(serve.Digest, every), Run: func(ctx context.Context) (serve.Outcome, error) {
		err := sh.tell.Digest(ctx)
		s.outboxChanged()
		return serve.Outcome{}, err
	}})
}

// deliveryDue tells when a message is due: at the start that is not known, so it is
// looked at.
func (s *service) deliveryDue(context.Context) (time.Time, string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.d.Last(serve.Deliver, "")
	switch {
	case last.Failures > 0 && !s.noticesKnown:
		at, why := serve.After(last)
		return at, why, nil
	case !s.noticesKnown:
		return s.a.now(), "the outbox has changed", nil
	case s.nextNotice.IsZero():
		return time.Time{}, "", nil
	}
	return s.nextNotice, "a message waits for its next try", nil
}

// outboxChanged has the outbox looked at now.
func (s *service) outboxChanged() {
	s.mu.Lock()
	s.noticesKnown = false
	s.mu.Unlock()
	s.d.Wake(serve.Deliver)
}

// fromNowOn is a schedule whose first instant is the next one after the daemon first
// knew of it: what never ran is not made up for.
func (s *service) fromNowOn(job serve.Name, every schedule.Schedule) func(context.Context) (time.Time, string, error) {
	return func(ctx context.Context) (time.Time, string, error) {
		if s.d.Last(job, "").Result == "" {
			if err := s.d.Anchor(ctx, job, ""); err != nil {
				return time.Time{}, "", err
			}
		}
		at, why := serve.Planned(every, 0, s.d.Last(job, ""), s.a.now())
		return at, why, nil
	}
}

// failing says since when no audit of an organization has come to its end; nil where
// the last one did. One that failed once is tried again before anybody is told.
func (s *service) failing(org, why string) *notify.Failing {
	last, good := s.d.Last(serve.Audit, org), s.d.Good(serve.Audit, org)
	n := last.Failures
	if why != "" { // the pass under way has failed, and is not counted yet
		n++
	} else {
		why = last.Reason
	}
	if n < 2 {
		return nil
	}
	since := good.Ended
	if since.IsZero() {
		since = s.d.Status().Started
	}
	return &notify.Failing{Since: since, Times: n, Why: why}
}

// consider puts into the outbox what is new. That it fails does not undo an audit: the
// next one tells it.
func (s *service) consider(ctx context.Context, w notify.What) {
	sh := s.now.Load()
	if sh == nil || len(sh.tell.Channels()) == 0 {
		return
	}
	if err := sh.tell.Consider(ctx, w); err != nil {
		s.log.Warn("what is new is not in the outbox; the next audit tries again", "org", w.Org, "err", err)
		return
	}
	s.outboxChanged()
}

// tellOf tells what an audit found, and what a plan would take from whom.
func (s *service) tellOf(ctx context.Context, sh *shift, p audit.Pass, r audit.Result) {
	w := notify.What{OrgID: r.Info.OrgID, Org: r.Info.Org, At: r.At, Judged: r.Unkept == ""}
	for _, g := range report.Gaps(r.Snapshot, sh.config.Collect.Without...) {
		if g.Expected {
			w.Gaps = append(w.Gaps, notify.Gap{Area: g.Area, Reason: g.Reason})
		}
	}
	if plan, ok := s.outlook(ctx, sh, p.Store, r); ok {
		w.Plan, w.Notices = plan.Hash, plan.Notices
	}
	s.consider(ctx, w)
}

// outlook is the plan of the moment, of which people are told and the metrics count;
// nothing of it is saved.
func (s *service) outlook(ctx context.Context, sh *shift, st *store.Store, r audit.Result) (remediate.Plan, bool) {
	if r.Baseline == nil || r.Graph == nil {
		return remediate.Plan{}, false
	}
	in, err := s.a.planBy(ctx, st, sh.config, r, sh.readers)
	if err == nil {
		in.Held, err = heldBy(ctx, st, r.Info)
	}
	if err != nil {
		s.log.Warn("there is no plan of the moment", "org", r.Info.Org, "err", err)
		return remediate.Plan{}, false
	}
	p := remediate.NewPlan(in)
	s.meter.Plan(r.Info.Org, map[string]int{"ready": len(p.Actions), "waiting": len(p.Waiting), "refused": len(p.Refused), "instruction": len(p.Instructions)})
	return p, true
}

// tellFailure tells that audits fail.
func (s *service) tellFailure(ctx context.Context, org string, why error) {
	f := s.failing(org, oneLine(why).Error())
	if f == nil {
		return
	}
	st, err := s.store.look(ctx)
	if err != nil {
		return // the outbox is in it
	}
	info, err := st.Latest(ctx, org)
	if err != nil {
		return // of an organization that was never seen there is nothing to tell by
	}
	s.consider(ctx, notify.What{OrgID: info.OrgID, Org: info.Org, At: s.a.clock.Now(), Failing: f})
}
