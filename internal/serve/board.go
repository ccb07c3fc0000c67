package serve

import (
	"cmp"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/eb661601/ajar/internal/status"
)

// board is what the daemon tells about itself. It is answered from memory.
type board struct {
	mu    sync.Mutex
	s     Status
	setup *Setup
	orgs  map[string]OrgStatus
	jobs  map[key]*JobStatus
	work  map[bool]*Working // by lane
	good  map[string]time.Time
	notes map[string]string // what readiness asks for: why it is not so; "" = it is
	order []string
	since time.Time
}

func (b *board) begin(fixed Status, now time.Time) {
	b.s, b.since = fixed, now
	b.s.Schema, b.s.State, b.s.Started = status.Schema, Starting, now
	b.orgs, b.jobs, b.work = map[string]OrgStatus{}, map[key]*JobStatus{}, map[bool]*Working{}
	b.good, b.notes = map[string]time.Time{}, map[string]string{}
}

func (b *board) state(s State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.s.State = s
}

// use takes over what a setup says, and forgets jobs and organizations that are gone.
func (b *board) use(s *Setup, now time.Time, last func(Name, string) Pass, good func(Name, string) Pass) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.setup = s
	b.s.Mode = s.Mode
	b.s.Config = ConfigState{Path: s.Path, Loaded: now, Valid: true, Baseline: s.Baseline}
	jobs := map[key]*JobStatus{}
	for _, j := range s.Jobs {
		k := key{j.Name, j.Org}
		jobs[k] = &JobStatus{Job: string(j.Name), Org: j.Org}
		if p := last(j.Name, j.Org); p.Result != "" && p.Result != Anchored {
			jobs[k].Last, jobs[k].Failures = passStatus(p), p.Failures
		}
		if p := good(j.Name, j.Org); j.Name == Audit && p.Result != "" {
			b.good[j.Org] = p.Ended
		}
	}
	b.jobs = jobs
	for org := range b.orgs {
		if !slices.Contains(s.Orgs, org) {
			delete(b.orgs, org)
		}
	}
}

func passStatus(p Pass) *PassStatus {
	return &PassStatus{Began: p.Began, Ended: p.Ended, Result: string(p.Result), Reason: p.Reason}
}

func (b *board) invalid(problem string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.s.Config.Valid, b.s.Config.Problem = false, problem
}

func (b *board) valid() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.s.Config.Valid, b.s.Config.Problem = true, ""
}

func (b *board) planned(j Job, at time.Time, why string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.jobs[key{j.Name, j.Org}]; s != nil {
		s.Next, s.Why = at, why
	}
}

func (b *board) working(j Job, since time.Time) (done func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.work[j.Name == Deliver] = &Working{Job: string(j.Name), Org: j.Org, Since: since}
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		delete(b.work, j.Name == Deliver)
	}
}

func (b *board) ended(p Pass) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := b.jobs[key{p.Job, p.Org}]; s != nil {
		s.Last, s.Failures = passStatus(p), p.Failures
	}
	if p.Job == Audit && p.Result.Good() {
		b.good[p.Org] = p.Ended
	}
}

// Waits says what the pass under way waits for; "" = it does not wait any more.
func (d *Daemon) Waits(what string) {
	if d == nil {
		return // it is not made yet
	}
	d.board.mu.Lock()
	defer d.board.mu.Unlock()
	if w := d.board.work[false]; w != nil {
		w.Waits = what
	}
}

// Know tells how an organization stands.
func (d *Daemon) Know(o OrgStatus) {
	d.board.mu.Lock()
	defer d.board.mu.Unlock()
	o.Budgets = d.board.orgs[o.Org].Budgets
	d.board.orgs[o.Org] = o
}

// Budget tells what is left of the hourly limits that an organization is read under.
func (d *Daemon) Budget(org string, all []BudgetStatus) {
	d.board.mu.Lock()
	defer d.board.mu.Unlock()
	o := d.board.orgs[org]
	o.Org, o.Budgets = org, all
	d.board.orgs[org] = o
}

// Held tells what keeps an organization on hold.
func (d *Daemon) Held(org string, holds []string) {
	d.board.mu.Lock()
	defer d.board.mu.Unlock()
	o := d.board.orgs[org]
	o.Org, o.Holds = org, holds
	d.board.orgs[org] = o
}

// Note tells how something stands that readiness asks for; why is "" where it is as
// it should be.
func (d *Daemon) Note(what, why string) {
	d.board.mu.Lock()
	defer d.board.mu.Unlock()
	if _, known := d.board.notes[what]; !known {
		d.board.order = append(d.board.order, what)
	}
	d.board.notes[what] = why
}

// Status gives the state of the daemon, from memory.
func (d *Daemon) Status() Status {
	b, now := &d.board, d.o.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.s
	s.Now = now
	s.Orgs, s.Jobs = []OrgStatus{}, []JobStatus{}
	if w := cmp.Or(b.work[false], b.work[true]); w != nil {
		c := *w
		s.Working = &c
	}
	if b.setup == nil {
		return s
	}
	for _, org := range b.setup.Orgs {
		s.Orgs = append(s.Orgs, b.org(org))
	}
	for _, j := range b.setup.Jobs {
		s.Jobs = append(s.Jobs, *b.jobs[key{j.Name, j.Org}])
	}
	s.Reasons = b.checks(now)
	s.Ready = s.State == Running && !slices.ContainsFunc(s.Reasons, func(c Check) bool { return !c.OK })
	return s
}

func (b *board) org(login string) OrgStatus {
	o := b.orgs[login]
	o.Org = login
	if j := b.jobs[key{Audit, login}]; j != nil {
		o.Last, o.Next, o.Good = j.Last, j.Next, b.good[login]
		o.Stale = j.Failures > 0
	}
	if o.Gaps == nil {
		o.Gaps = []string{}
	}
	if o.Holds == nil {
		o.Holds = []string{}
	}
	if o.Budgets == nil {
		o.Budgets = []BudgetStatus{}
	}
	if o.Findings == nil {
		o.Findings = map[string]int{}
	}
	return o
}

// checks are what readiness asks for. An organization that was never audited is
// given the time that one may be late from the start of the daemon.
func (b *board) checks(now time.Time) []Check {
	var out []Check
	for _, what := range b.order {
		why := b.notes[what]
		out = append(out, Check{What: what, OK: why == "", Why: why})
	}
	audit := Check{What: "audit", OK: true}
	for _, org := range b.setup.Orgs {
		at, ok := b.good[org]
		if !ok {
			at = b.since
		}
		if age := now.Sub(at); b.setup.MaxAge > 0 && age > b.setup.MaxAge {
			audit.OK = false
			audit.Why = fmt.Sprintf("%s was audited last %s ago, and every %s it should be", org, age.Round(time.Second), b.setup.MaxAge)
			if !ok {
				audit.Why = fmt.Sprintf("%s was never audited to the end, for %s now", org, age.Round(time.Second))
			}
			break
		}
	}
	config := Check{What: "config", OK: b.s.Config.Valid, Why: b.s.Config.Problem}
	return append(out, audit, config)
}

// line is the state in one line, for systemd.
func (b *board) line() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.work[false]
	if w == nil {
		var next *JobStatus
		for _, j := range b.jobs {
			if !j.Next.IsZero() && (next == nil || j.Next.Before(next.Next)) {
				next = j
			}
		}
		if next == nil {
			return "nothing is planned"
		}
		return fmt.Sprintf("next: %s %s at %s", next.Job, next.Org, next.Next.UTC().Format(time.RFC3339))
	}
	line := w.Job
	if w.Org != "" {
		line += " of " + w.Org
	}
	if w.Waits != "" {
		line += ", which waits for " + w.Waits
	}
	return line
}
