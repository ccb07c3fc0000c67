package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/serve"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
	engine "github.com/eb661601/ajar/remediate/run"
)

// changes are the jobs that need the credential for changes. Where it may not be
// loaded there are none.
func (s *service) changes(sh *shift) (jobs []serve.Job) {
	if !sh.writes {
		return nil
	}
	for _, org := range sh.config.GitHub.Organizations {
		jobs = append(jobs, serve.Job{
			Name: serve.Remediate, Org: org,
			Due: func(context.Context) (time.Time, string, error) { at, why := s.changeDue(org); return at, why, nil },
			Run: func(ctx context.Context) (serve.Outcome, error) { return s.remediate(ctx, sh, org) },
		})
	}
	return jobs
}

// changeDue: once at the start, since a run may have been interrupted; after each audit
// that came to its end; and after a while where a pass failed and no audit has gone well
// since. None of that is told by whether one time lies behind another: a clock that was
// set back must not have a pass follow a pass.
func (s *service) changeDue(org string) (time.Time, string) {
	last, audited, now := s.d.Last(serve.Remediate, org), s.d.Good(serve.Audit, org), s.a.now()
	s.mu.Lock()
	answered, begun := s.answered[org]
	s.mu.Unlock()
	switch {
	case !begun:
		return now, "a run may have been interrupted"
	case !audited.Ended.Equal(answered):
		return now, "after an audit"
	case last.Failures > 0 && last.Ended.Sub(now) > clockBack:
		return now, "the clock was set back since its last pass"
	case last.Failures > 0:
		return serve.After(last)
	}
	return time.Time{}, ""
}

// clockBack is by how much a pass may lie ahead of the clock before the clock is taken
// to have been set back.
const clockBack = 2 * time.Minute

// answers notes that a pass begins, and to which audit it answers.
func (s *service) answers(org string) {
	audited := s.d.Good(serve.Audit, org).Ended
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered[org] = audited
}

// remediate settles what interrupted runs left in doubt. In mode auto it then carries
// out what answers to auto_rules alone.
func (s *service) remediate(ctx context.Context, sh *shift, org string) (out serve.Outcome, err error) {
	s.answers(org)
	done, err := s.store.journaling(ctx)
	if err != nil {
		return out, err
	}
	defer done()
	err = s.store.use(ctx, func(st *store.Store) error {
		info, err := st.Latest(ctx, org)
		if errors.Is(err, store.ErrNoSnapshot) {
			out.Reason = "it was never audited"
			return nil
		}
		if err != nil {
			return err
		}
		open, err := st.OpenRuns(ctx, info.OrgID)
		if err != nil {
			return err
		}
		if len(open) == 0 { // a command may have settled what was in doubt
			s.meter.InDoubt(org, 0)
		}
		auto := sh.config.Remediate.Mode == engine.ModeAuto && sh.baseline != nil && len(sh.config.Remediate.AutoRules) > 0
		if len(open) == 0 && !auto {
			out.Reason = "no run is open"
			return nil
		}
		x := &carrying{a: s.a, config: sh.config, store: st, org: org, info: info, entrance: byItself}
		if x.was, err = x.review(ctx, sh.baseline); err != nil {
			return err
		}
		if len(open) > 0 {
			if err := s.settle(ctx, x); err != nil {
				return err
			}
		}
		if auto {
			out, err = s.carryOut(ctx, sh, x)
		}
		return errors.Join(err, s.a.keepTime(ctx, st))
	})
	if err != nil {
		return serve.Outcome{}, oneLine(err)
	}
	return out, nil
}

// settle looks at GitHub for what interrupted runs left in doubt, and ends them.
func (s *service) settle(ctx context.Context, x *carrying) error {
	if x.was.Baseline == nil {
		return errors.New("a run was interrupted, and there is no baseline to settle it by")
	}
	runs, err := x.settleAll(ctx)
	if err != nil {
		return err
	}
	s.ran(ctx, x, runs...)
	for _, r := range runs {
		if r.Ended == nil {
			return fmt.Errorf("something of run %s is in doubt: look at it at GitHub, then: ajar apply --settle", r.ID)
		}
	}
	return nil
}

// carryOut makes a plan of what answers to auto_rules alone and can be undone in full,
// and carries it out under every guard that a person's plan has too.
func (s *service) carryOut(ctx context.Context, sh *shift, x *carrying) (serve.Outcome, error) {
	why, err := x.store.Undoubted(ctx, x.info, x.was.Baseline.Hash())
	if err != nil {
		return serve.Outcome{}, err
	}
	if why != "" {
		return serve.Outcome{Reason: why + "; the next audit looks first"}, nil
	}
	held, err := x.held(ctx)
	if err != nil {
		return serve.Outcome{}, err
	}
	if len(held) > 0 {
		return serve.Outcome{Reason: "on hold: " + held[0]}, nil
	}
	in, err := s.a.planBy(ctx, x.store, x.config, x.was, sh.readers)
	if err != nil {
		return serve.Outcome{}, err
	}
	p := automatic(in, x.config.Remediate.AutoRules)
	if len(p.Actions) == 0 {
		return serve.Outcome{Reason: "nothing to carry out"}, nil
	}
	if err := s.a.keep(ctx, x.store, p); err != nil {
		return serve.Outcome{}, err
	}
	hands, err := s.a.hands(ctx, x.config, x.org)
	if err != nil {
		return serve.Outcome{}, err
	}
	o, r, err := x.autoOrder(ctx, p, in, hands)
	if err != nil {
		return serve.Outcome{}, err
	}
	if r != nil { // it is kept that it was refused, and the next audit asks again
		return serve.Outcome{Result: serve.Incomplete, Reason: "refused: " + r.Why}, onlyOther(x.declined(ctx, "apply", p.Hash, r), r)
	}
	recheck := x.autoRecheck(p)
	if err := recheck(ctx); err != nil { // the files may say something else by now, or nothing that can be read
		return serve.Outcome{Result: serve.Incomplete, Reason: "not carried out: " + oneLine(err).Error()}, nil
	}
	e, err := x.engine(ctx, hands, recheck)
	if err != nil {
		return serve.Outcome{}, err
	}
	run, err := e.Carry(ctx, o)
	if err != nil {
		return serve.Outcome{}, err
	}
	s.ran(ctx, x, run)
	return serve.Outcome{Reason: fmt.Sprintf("run %s: %s", run.ID, inWords(run.Counts()))}, run.Outcome()
}

// byItself is the entrance of what the daemon decides on the word of auto_rules.
const byItself = "daemon"

// onlyOther is what is wrong beside the refusal itself.
func onlyOther(err error, r *engine.RefusedError) error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return nil
	}
	return errors.Join(slices.DeleteFunc(slices.Clone(joined.Unwrap()), func(e error) bool { return errors.Is(e, r) })...)
}

// automatic is the plan of what answers to the rules alone and leaves nothing behind
// that cannot be put back.
func automatic(in remediate.Input, rules []string) remediate.Plan {
	in.Findings = slices.DeleteFunc(slices.Clone(in.Findings), func(f access.Finding) bool { return !slices.Contains(rules, f.Rule) })
	for {
		p := remediate.NewPlan(in)
		drop := map[string]bool{}
		for _, a := range p.Actions {
			alone := len(a.Irreversible) == 0 && len(a.Reasons) > 0
			for _, r := range a.Reasons {
				alone = alone && slices.Contains(rules, r.Rule)
			}
			if !alone {
				for _, r := range a.Reasons {
					drop[r.Fingerprint] = true
				}
			}
		}
		left := slices.DeleteFunc(slices.Clone(in.Findings), func(f access.Finding) bool { return drop[f.Fingerprint] })
		if len(left) == len(in.Findings) {
			return p // where something is not alone for no finding, it is refused as a whole
		}
		in.Findings = left
	}
}

// held are the reasons why no plan may run.
func (x *carrying) held(ctx context.Context) ([]string, error) {
	held, err := heldBy(ctx, x.store, x.info)
	if why := x.a.clock.Doubt(); why != "" {
		held = append(held, "clock: "+why)
	}
	return held, err
}

// autoCase is what it is decided by whether the daemon carries a plan out by itself.
func (x *carrying) autoCase(ctx context.Context, p remediate.Plan) (engine.Case, error) {
	c, err := x.planCase(ctx, p, 0, "")
	c.Auto, c.AutoRules = true, x.config.Remediate.AutoRules
	return c, err
}

func (x *carrying) autoOrder(ctx context.Context, p remediate.Plan, in remediate.Input, hands *act.Hands) (engine.Order, *engine.RefusedError, error) {
	c, err := x.autoCase(ctx, p)
	if err != nil {
		return engine.Order{}, nil, err
	}
	if r := c.Decide(); r != nil {
		return engine.Order{}, r, nil
	}
	self, err := hands.Self(ctx)
	if err != nil {
		return engine.Order{}, nil, err
	}
	in.Self = append(slices.Clone(in.Self), self...)
	in.Held = c.Held
	gone, r := c.Again(in)
	if r != nil {
		return engine.Order{}, r, nil
	}
	return engine.OrderOf(c, nil, gone), nil, nil
}

// autoRecheck asks again, after GitHub made the run wait, what it was decided on.
func (x *carrying) autoRecheck(p remediate.Plan) func(context.Context) error {
	return func(ctx context.Context) error {
		cfg, err := x.a.config()
		if err != nil {
			return err
		}
		b, err := x.a.baseline(cfg)
		if err != nil {
			return err
		}
		if b == nil || b.Hash() != p.BaselineHash {
			return errors.New("the baseline has changed")
		}
		c, err := x.autoCase(ctx, p)
		if err != nil {
			return err
		}
		c.Guards, c.Mode, c.AutoRules = guards(cfg.Remediate), cfg.Remediate.Mode, cfg.Remediate.AutoRules
		if r := c.Decide(); r != nil {
			return r
		}
		return nil
	}
}
