package serve

import (
	"context"
	"time"
)

// due is when a job is due, and why.
type due struct {
	at  time.Time
	why string
}

// lane runs the jobs of one worker, one after the other. Deliveries have a worker of
// their own, so that a receiver that is slow delays nothing else; all other jobs
// share one, so that passes never overlap.
func (d *Daemon) lane(ctx context.Context, deliver bool) {
	mine := func(j Job) bool { return (j.Name == Deliver) == deliver }
	for ctx.Err() == nil {
		if !deliver {
			d.Beat()
			d.takeOver()
			d.o.Tick(ctx)
		}
		j, at, ok := d.next(ctx, mine)
		wait := tick
		if ok {
			wait = min(at.at.Sub(d.o.Now()), tick)
		}
		if ok && wait <= 0 {
			d.pass(ctx, j, at)
			continue
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-d.wake[deliver]:
		case <-t.C:
		}
		t.Stop()
	}
}

// next finds the job that is due first; false where none is planned.
func (d *Daemon) next(ctx context.Context, mine func(Job) bool) (first Job, at due, ok bool) {
	d.mu.Lock()
	jobs := d.setup.Jobs
	d.mu.Unlock()
	for _, j := range jobs {
		if !mine(j) {
			continue
		}
		when, why, err := j.Due(ctx)
		if err != nil {
			// Asked again at the next look; what it was before stands until then.
			d.o.Log.Warn("when a job is due is not known", "job", j.Name, "org", j.Org, "err", err)
			d.board.planned(j, time.Time{}, "it is not known when: "+err.Error())
			continue
		}
		d.board.planned(j, when, why)
		if !when.IsZero() && (!ok || when.Before(at.at)) {
			first, at, ok = j, due{when, why}, true
		}
	}
	return first, at, ok
}

// pass runs one job and keeps how it ended. A panic of the job is not caught: the
// process ends, and the next one settles what it left.
func (d *Daemon) pass(ctx context.Context, j Job, at due) Pass {
	began := d.o.Now()
	mono := time.Now()
	d.o.Meter.Due(string(j.Name), max(began.Sub(at.at), 0))
	log := d.o.Log.With("job", string(j.Name))
	if j.Org != "" {
		log = log.With("org", j.Org)
	}
	log.Info("pass begins", "due", at.at, "why", at.why)
	done := d.board.working(j, began)
	d.o.Notify("STATUS=" + d.board.line())
	d.Beat()
	out, err := j.Run(ctx)
	d.Beat()
	done()
	p := Pass{Job: j.Name, Org: j.Org, Began: began, Ended: d.o.Now(), Result: out.Result, Reason: out.Reason}
	if p.Result == "" {
		p.Result = OK
	}
	switch {
	case err != nil && ctx.Err() != nil:
		p.Result, p.Reason = Interrupted, "the daemon was stopped meanwhile"
	case err != nil:
		p.Result, p.Reason = Failed, err.Error()
	}
	if p.Result == Failed {
		p.Failures = d.Last(j.Name, j.Org).Failures + 1
	}
	d.keep(ctx, p)
	d.o.Meter.Pass(j.Org, string(j.Name), string(p.Result), time.Since(mono), p.Ended)
	say := log.Info
	if p.Result == Failed {
		say = log.Error
	}
	say("pass ended", "result", string(p.Result), "reason", p.Reason, "took", time.Since(mono).Round(time.Millisecond).String(), "failures", p.Failures)
	d.o.Notify("STATUS=" + d.board.line())
	if fatal(err) {
		d.stops(err)
	}
	return p
}

// keep remembers a pass, and has the ledger keep it. Where it cannot, the daemon goes
// on by its memory: a disk that is full must not keep it from looking.
func (d *Daemon) keep(ctx context.Context, p Pass) {
	d.mu.Lock()
	k := key{p.Job, p.Org}
	d.last[k] = p
	if p.Result.Good() {
		d.good[k] = p
	}
	d.mu.Unlock()
	d.board.ended(p)
	if err := d.o.Ledger.Keep(context.WithoutCancel(ctx), p); err != nil {
		d.o.Log.Warn("a pass was not recorded", "job", p.Job, "org", p.Org, "err", err)
		if fatal(err) {
			d.stops(err)
		}
	}
}

// Anchor records from when on the schedule of a job counts that never ran.
func (d *Daemon) Anchor(ctx context.Context, job Name, org string) error {
	now := d.o.Now()
	p := Pass{Job: job, Org: org, Began: now, Ended: now, Result: Anchored}
	d.mu.Lock()
	d.last[key{job, org}] = p
	d.mu.Unlock()
	return d.o.Ledger.Keep(ctx, p)
}
