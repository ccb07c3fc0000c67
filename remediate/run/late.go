package run

import (
	"context"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// A request that was not answered counts as not applied once GitHub shows the state
// of before, a minute and more after it was sent. GitHub promises no such minute. So
// whoever settles runs looks once more at what counts so, for a day: what shows then
// is written down as what it is, so that it counts in the limits and is put back
// with its run.

// Unsure loads the runs of the last day that have ended, and in which something
// counts as not applied by a look alone.
func Unsure(ctx context.Context, s *store.Store, org int64, now time.Time) ([]*Run, error) {
	all, err := recentRuns(ctx, s, org, now)
	var out []*Run
	for _, r := range all {
		for _, p := range r.Actions {
			if r.Ended != nil && p.unsure() && !sentAgain(all, p) {
				out = append(out, r)
				break
			}
		}
	}
	return out, err
}

func recentRuns(ctx context.Context, s *store.Store, org int64, now time.Time) ([]*Run, error) {
	ids, err := s.RunsSince(ctx, org, now.Add(-Window))
	if err != nil {
		return nil, err
	}
	var out []*Run
	for _, id := range ids {
		r, err := Load(ctx, s, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// unsure reports whether the last step of an action counts as not applied since a
// look showed the state of before.
func (p *Past) unsure() bool {
	if len(p.Sends) == 0 {
		return false
	}
	a := p.Sends[len(p.Sends)-1].Answer
	return a != nil && a.Looked && a.NotApplied
}

// sentAgain reports whether something was sent for the same thing later on: then what
// GitHub shows is the work of that.
func sentAgain(all []*Run, p *Past) bool {
	at := p.Sends[len(p.Sends)-1].At
	for _, r := range all {
		for _, other := range r.Actions {
			for _, s := range other.Sends {
				if s.At.After(at) && (s.Answer == nil || !s.Answer.NotApplied) && sameThing(p.Change, other.Change) {
					return true
				}
			}
		}
	}
	return false
}

// sameThing reports whether two changes set the same thing.
func sameThing(a, b remediate.Change) bool {
	same := func(x, y *remediate.Label) bool { return x == nil && y == nil || x != nil && y != nil && x.ID == y.ID }
	return a.Thing == b.Thing && a.Org.ID == b.Org.ID && same(a.Repo, b.Repo) && same(a.Team, b.Team) && same(a.User, b.User) &&
		same(a.Env, b.Env) && same(a.Key, b.Key) && same(a.Invitation, b.Invitation)
}

// late looks at what earlier runs took for not applied.
func (e *Engine) late(ctx context.Context) error {
	all, err := recentRuns(ctx, e.o.Store, e.o.Org.ID, e.o.Clock())
	if err != nil {
		return err
	}
	for _, run := range all {
		if run.Ended == nil {
			continue // whoever takes it up reads before anything is sent
		}
		for _, p := range run.Actions {
			if !p.unsure() || sentAgain(all, p) {
				continue
			}
			r, done := e.begin(ctx, run)
			r.who = Person{}   // nobody did it: it was found
			err := r.lately(p) //nolint:contextcheck // a run keeps two contexts: the caller's, and that of what is in flight
			done()
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// lately looks at one action, and writes down that its step took effect after all.
func (r *running) lately(p *Past) error {
	live, err := r.read(r.ctx, p)
	if err != nil {
		return err
	}
	last := p.Sends[len(p.Sends)-1]
	if live.Moved != "" || !r.shows(live, last) {
		return nil
	}
	const why = "it took effect after all, later than GitHub had been given, or somebody else did it"
	kind, body := journal.Verified, any(Verified{How: Late, State: live.State, At: live.At.UTC(), Looks: 1})
	if done, _ := reached(live); !done {
		kind, body = journal.Failed, Failed{Why: why + "; its other steps were not made", State: &live.State, Half: true}
	}
	answered, err := r.entry(journal.Answered, p.ID, Answered{At: live.At.UTC(), Why: why})
	if err != nil {
		return err
	}
	end, err := r.entry(kind, p.ID, body)
	if err != nil {
		return err
	}
	return r.write(answered, end)
}
