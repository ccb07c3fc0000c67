// Package run carries out plans and puts runs back: it journals, reads, changes,
// reads again, settles what was in doubt, and stops at the first surprise. What
// GitHub is asked and told is in package act, what stands in the journal in
// package store; docs/running.md tells the whole.
package run

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/crash"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
)

// Hands are what the engine sees and changes GitHub with: an [act.Hands].
type Hands interface {
	Ready(ctx context.Context) error
	Read(ctx context.Context, c remediate.Change) (act.Live, error)
	Send(ctx context.Context, s act.Step) (act.Answer, error)
	Owners(ctx context.Context) ([]remediate.Label, error)
	Admins(ctx context.Context, repo remediate.Label) ([]remediate.Label, error)
	Keep(ctx context.Context, c remediate.Change, admins []remediate.Label) ([]remediate.Label, error)
	Approvers(ctx context.Context, c remediate.Change) (int, error)
	Actors(ctx context.Context) ([]access.Actor, error)
	Named(ctx context.Context, name string) ([]access.Ref, error)
	Population(ctx context.Context, c remediate.Change) ([]remediate.Label, error)
}

// Options say with what an engine works. All but the last ones are needed.
type Options struct {
	Store   *store.Store
	Hands   Hands
	Org     remediate.Label
	Guards  remediate.Guards
	Version string
	Now     func() time.Time // of this machine: it measures how long something takes
	Clock   func() time.Time // what entries are dated by, and ends judged; nil: Now
	Sleep   func(ctx context.Context, d time.Duration) error

	// AdminListed reports whether the baseline lists an administrator of the
	// repository who is no owner; nil: it lists none.
	AdminListed func(repo int64) bool
	// Reach lists for a change that names no repository (who is in a team, or in the
	// organization; the base permission) on which ones it may take the role of administrator, and which of
	// those that it touches have guarded environments, as the newest snapshot has them;
	// nil: none.
	Reach func(remediate.Change) (admin, guarded []remediate.Label)
	// Stays names, of the base permission and a repository, some who stay administrators
	// of it and are no owners, as the newest snapshot has them; nil: nobody is known.
	Stays func(remediate.Change) []remediate.Label
	// Known are the people whom the newest snapshot has in what a change takes something
	// from ([act.Hands.Population]): of those the plan knew. nil: nobody was known.
	Known func(remediate.Change) []int64
	// Recheck says, after GitHub made the run wait, whether what it was decided on
	// still holds; nil: it does.
	Recheck func(ctx context.Context) error
	// Tell hears how each action stands; nil: nobody listens.
	Tell func(Event)
	// Lag is how long GitHub may take to show a change; 0: a minute (S14).
	Lag time.Duration
	// Poll returns when it is time to look once more whether somebody asks to stop,
	// and with an error when nobody wants to know any longer; nil: the run looks only
	// before each change.
	Poll func(ctx context.Context) error
	// Fence is how long after it was journaled the request of another process may
	// still leave; 0: ten seconds (S18).
	Fence time.Duration
}

// Event tells how an action stands.
type Event struct {
	Run    string
	Place  int // from 1
	Of     int
	Action *Past
}

// Engine carries out runs in one organization. It is not safe for use by several
// goroutines: changes are made one after the other.
type Engine struct {
	o     Options
	epoch int64
	self  []access.Actor // asked once
	safe  shield         // asked now and then
}

// Times of a run.
const (
	lag        = time.Minute      // until GitHub shows a change
	fence      = 10 * time.Second // from the record of sent to the first byte
	freshness  = 5 * time.Second  // from the reading of a state to the change that rests on it
	patience   = 5 * time.Second  // that an interrupted run still waits for a change to show
	parting    = 25 * time.Second // after which an interrupted run gives up what is in flight
	longPause  = 5 * time.Second  // a wait after which everything is asked again
	mostTries  = 3                // that a step is tried again after it certainly had no effect
	mostLimits = 5                // limits that one step is refused for
)

// New takes over the journal for the owner, whose name is kept, and waits until
// nothing that the former one wrote down can still leave its machine.
func New(ctx context.Context, owner string, o Options) (*Engine, error) {
	if o.Lag == 0 {
		o.Lag = lag
	}
	if o.Fence == 0 {
		o.Fence = fence
	}
	if o.Clock == nil {
		o.Clock = o.Now
	}
	if o.Tell == nil {
		o.Tell = func(Event) {}
	}
	e := &Engine{o: o}
	var err error
	if e.epoch, err = o.Store.TakeOver(ctx, owner); err != nil {
		return nil, err
	}
	crash.At("run.took-over")
	return e, e.outwait(ctx)
}

// outwait waits for the fence: a process that was stopped after it journaled sent,
// and wakes now, may let its request out for so long.
func (e *Engine) outwait(ctx context.Context) error {
	open, err := e.open(ctx)
	if err != nil {
		return err
	}
	var newest time.Time
	for _, r := range open {
		for _, p := range r.Actions {
			for _, s := range p.Sends {
				if s.Answer == nil && s.At.After(newest) {
					newest = s.At
				}
			}
		}
	}
	// A clock that was set back must not make this wait for hours: the other
	// process measured its ten seconds by a clock that cannot be set.
	wait := min(e.o.Fence+e.o.Fence/10-e.o.Clock().Sub(newest), e.o.Fence+e.o.Fence/10)
	if newest.IsZero() || wait <= 0 {
		return nil
	}
	return e.o.Sleep(ctx, wait)
}

// open reads the runs of the organization that have not ended.
func (e *Engine) open(ctx context.Context) ([]*Run, error) {
	ids, err := e.o.Store.OpenRuns(ctx, e.o.Org.ID)
	if err != nil {
		return nil, err
	}
	var out []*Run
	for _, id := range ids {
		r, err := Load(ctx, e.o.Store, id)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Load reads a run from the journal; one that never was has no actions and no id.
func Load(ctx context.Context, s *store.Store, id string) (*Run, error) {
	entries, err := s.JournalOf(ctx, id)
	if err != nil {
		return nil, err
	}
	return Replay(entries)
}

// running is a run under way.
type running struct {
	*Engine
	run  *Run
	by   map[string]*Past
	who  Person          // carries it out now: not always who began it
	ctx  context.Context // of the caller: its end means to stop in order
	work context.Context // of what is in flight: it lasts a little longer

	caps          func([]remediate.Lost) *RefusedError // whether so many more may lose something; nil: nobody asks
	came          []access.Ref                         // who came since the plan was made into what the action takes from
	more          []remediate.Lost                     // who else loses by the action in its turn
	tries, limits int                                  // of the action in its turn
	renewed       bool                                 // the credential was renewed once, after a 401
	cancelled     time.Time
}

// begin makes a run of what the journal says of it, which may be nothing yet.
func (e *Engine) begin(ctx context.Context, r *Run) (*running, func()) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	out := &running{Engine: e, run: r, by: map[string]*Past{}, who: r.Begun.By, ctx: ctx, work: work}
	for _, p := range r.Actions {
		out.by[p.ID] = p
	}
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(parting, cancel)
		context.AfterFunc(work, func() { t.Stop() })
	})
	return out, func() { stop(); cancel() }
}

// write appends entries of the run and takes them over into what is known of it:
// what is in memory is never ahead of the journal. It does not ask whether the
// caller wants to stop: what happened is written down.
func (r *running) write(entries ...journal.Entry) error {
	for _, e := range entries {
		crash.At("run." + string(e.Kind) + ".before")
	}
	at := r.o.Clock().UTC().Truncate(time.Millisecond)
	for i := range entries {
		entries[i].At = at
	}
	seqs, err := r.o.Store.Append(context.WithoutCancel(r.ctx), r.epoch, entries...)
	if err != nil {
		return fmt.Errorf("keeping what run %s does: %w", r.run.ID, err)
	}
	for i, e := range entries {
		e.Seq = seqs[i]
		crash.At("run." + string(e.Kind) + ".after")
		if err := r.run.read(e, r.by); err != nil {
			return err
		}
		if p := r.by[e.Action]; p != nil && e.Kind != journal.Intended {
			r.o.Tell(Event{Run: r.run.ID, Place: p.Place, Of: len(r.run.Actions), Action: p})
		}
	}
	return nil
}

// entry makes an entry about an action of the run, "" for the run itself.
func (r *running) entry(kind journal.Kind, action string, body any) (journal.Entry, error) {
	e, err := journal.NewEntry(kind, body)
	if err != nil {
		return e, err
	}
	e.Org, e.Run, e.Action, e.Who = r.o.Org.ID, r.run.ID, action, r.who.String()
	if action == "" {
		e.Plan = r.run.Begun.Plan // a plan is found by its runs, and those by theirs
	}
	return e, nil
}

// note writes one entry about an action.
func (r *running) note(kind journal.Kind, p *Past, body any) error {
	e, err := r.entry(kind, p.ID, body)
	if err != nil {
		return err
	}
	return r.write(e)
}

// String is how the journal names a person.
func (p Person) String() string {
	if p.ID == 0 {
		return "ajar"
	}
	return fmt.Sprintf("user:%s (number %d)", p.Login, p.ID)
}

// stoppedError is the end of a run in order: the rest is not tried.
type stoppedError struct {
	how string // Stopped or Interrupted
	why string
	err error
}

func (s *stoppedError) Error() string { return s.why }
func (s *stoppedError) Unwrap() error { return s.err }

func stop(format string, args ...any) error {
	return &stoppedError{how: Stopped, why: fmt.Sprintf(format, args...)}
}

// interrupted reports that the caller wants to stop, as an error.
func (r *running) interrupted() error {
	if r.ctx.Err() == nil {
		return nil
	}
	if asked, ok := errors.AsType[*stoppedError](context.Cause(r.ctx)); ok {
		return asked
	}
	return &stoppedError{how: Interrupted, why: "it was interrupted", err: r.ctx.Err()}
}

// all takes every action that waits for its turn through it, and ends the run.
func (r *running) all() error {
	var err error
	for _, p := range r.run.Actions {
		if !p.Waits() && !p.Open() {
			continue
		}
		if err = r.halt(); err == nil {
			r.tries, r.limits, r.more = 0, 0, nil
			err = r.carry(p)
		}
		if err != nil {
			break
		}
	}
	var s *stoppedError
	switch {
	case err == nil:
		return r.end(Done, "")
	case errors.As(err, &s):
		return r.end(s.how, s.why)
	}
	return err // the journal itself failed: nothing more can be written
}

// end writes down what was not tried, and that the run is over. A run in which
// something is still in doubt is not over: it stays open until that is settled.
func (r *running) end(how, why string) error {
	var entries []journal.Entry
	add := func(kind journal.Kind, action string, body any) error {
		e, err := r.entry(kind, action, body)
		entries = append(entries, e)
		return err
	}
	doubt := false
	for _, p := range r.run.Actions {
		doubt = doubt || p.Open()
		if p.Waits() && p.State != journal.NotTried {
			if err := add(journal.NotTried, p.ID, NotTried{Why: notTried(how, why), Final: how == Stopped}); err != nil {
				return err
			}
		}
	}
	if len(entries) > 0 {
		if err := r.write(entries...); err != nil {
			return err
		}
	}
	if doubt {
		return nil
	}
	entries = nil
	if err := add(journal.RunEnded, "", Ended{How: how, Why: why, Counts: r.run.Counts()}); err != nil {
		return err
	}
	return r.write(entries...)
}

func notTried(how, why string) string {
	if how == Interrupted {
		return "the run was interrupted before its turn"
	}
	return "the run stopped before its turn: " + why
}
