package audit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/store"
)

// Take collects one snapshot into the store. A pass that breaks off leaves no
// snapshot: nothing may rest on half a look. What it was answered stays in the
// answers file, from which the next one goes on; then the snapshot speaks of the
// instant at which the first of them began.
func (p Pass) Take(ctx context.Context) (store.SnapshotInfo, error) {
	var none store.SnapshotInfo
	t := &taking{Pass: p, before: p.spent()}
	if t.Collect.Now == nil {
		t.Collect.Now = p.Now
	}
	t.started = t.Collect.Now()
	if t.Collect.Log == nil {
		t.Collect.Log = slog.New(slog.DiscardHandler)
	}
	var err error
	t.org, t.sight, err = collector.Introduce(ctx, p.Client, p.Org)
	// A whole address that is not there is a StatusError, and another matter.
	if _, address := errors.AsType[*github.StatusError](err); errors.Is(err, github.ErrNotFound) && !address {
		return none, fmt.Errorf("%w: %w", ErrNoOrganization, err)
	}
	if err != nil {
		return none, fmt.Errorf("finding the organization %s: %w", p.Org, err)
	}
	if err := t.begin(ctx); err != nil {
		return none, err
	}
	if err := t.open(); err != nil {
		return none, err
	}
	defer t.close()
	info, err := t.observe(ctx)
	if errors.Is(err, errAnew) {
		t.Collect.Log.InfoContext(ctx, "beginning the pass anew", "org", t.org.Login, "why", err)
		if err := t.anew(); err != nil {
			return none, err
		}
		return t.observe(ctx)
	}
	return info, err
}

// taking is one run of Take.
type taking struct {
	Pass
	org     access.Organization
	sight   string
	started time.Time // by the clock of this machine, to tell how long it took
	begun   time.Time // by the one that is judged by
	before  github.Meter
	shrunk  atomic.Int64
}

// begin settles the instant that the snapshot will speak of, now that GitHub has
// told the time. It tells seconds: of two passes within one, the later must not
// look like the earlier.
func (t *taking) begin(ctx context.Context) error {
	t.begun = t.Now().Truncate(time.Millisecond)
	last, err := t.Store.Latest(ctx, t.org.Login)
	if errors.Is(err, store.ErrNoSnapshot) {
		return nil
	}
	if ahead := last.At.Sub(t.begun); err == nil && ahead >= 0 && ahead < time.Second {
		t.begun = last.At.Add(time.Millisecond)
	}
	return err
}

// errAnew says that what a former run was answered must not be gone on with.
var errAnew = errors.New("a former pass cannot be gone on with")

// open opens the answers file. Where none can be written the pass does without.
func (t *taking) open() error {
	if t.Answers == "" {
		return nil
	}
	who, err := t.Client.Credential()
	if err != nil {
		return err
	}
	t.tape, err = github.OpenTape(github.TapeOptions{
		Path: t.Answers + "-" + strconv.FormatInt(t.org.ID, 10), Organization: t.org.ID, Host: t.Client.Host(),
		Credential: who, Sight: t.sight + " scopes " + t.Client.Scopes(), Version: t.Version,
		Start: t.begun, Resume: t.Resume, Now: t.Now, Log: t.Collect.Log,
	})
	if err != nil {
		t.Collect.Log.Warn("a pass that breaks off will begin anew", "org", t.org.Login, "err", err)
		return nil
	}
	return t.Client.Replay(t.tape, t.sight)
}

// close leaves the answers file to the next run.
func (t *taking) close() {
	if t.tape == nil {
		return
	}
	for _, r := range append([]Reader{{Client: t.Client}}, t.Others...) {
		_ = r.Client.Replay(nil, "") // fails for no tape that is nil
	}
	if err := t.tape.Close(); err != nil {
		t.Collect.Log.Warn("closing the answers file", "org", t.org.Login, "err", err)
	}
	t.tape = nil
}

// anew forgets what former runs were answered.
func (t *taking) anew() error {
	tape := t.tape
	t.close()
	if err := tape.Drop(); err != nil {
		return fmt.Errorf("dropping the answers file: %w", err)
	}
	return t.open()
}

// observe walks the organization once.
func (t *taking) observe(ctx context.Context) (store.SnapshotInfo, error) {
	var none store.SnapshotInfo
	o := t.Collect
	o.At, o.Shrunk, o.TierSpent = t.begun, &t.shrunk, &atomic.Int64{}
	kept, err := t.Store.PageSizes(ctx, t.org.ID)
	if err != nil {
		return none, err
	}
	o.Sizes = collector.NewSizes(kept)
	resumed := t.tape != nil && t.tape.Resumed() > 0
	if resumed {
		o.At = t.tape.Start()
	}
	pass, err := t.Store.Begin(ctx, t.org, o.At)
	if resumed && errors.Is(err, store.ErrClock) {
		return none, fmt.Errorf("%w: there is a newer snapshot", errAnew)
	}
	if err != nil {
		return none, fmt.Errorf("beginning a snapshot of %s: %w", t.org.Login, err)
	}
	err = t.collect(ctx, t.org, pass, o)
	if errors.Is(err, collector.ErrElsewhere) && t.tape != nil {
		// What was asked by the login is on the tape, and may be of either organization.
		if gone := t.tape.Drop(); gone != nil {
			err = errors.Join(err, fmt.Errorf("dropping the answers file: %w", gone))
		}
	}
	if err != nil {
		err = fmt.Errorf("collecting %s: %w", t.org.Login, err)
	} else if resumed && t.tape.Outgrown() {
		err = fmt.Errorf("%w: the credential is shown more now than when it began", errAnew)
	}
	if err != nil {
		return none, errors.Join(err, pass.Abort(context.WithoutCancel(ctx)))
	}
	info, err := pass.Finish(ctx, t.stats())
	if err != nil {
		return none, fmt.Errorf("finishing the snapshot of %s: %w", t.org.Login, err)
	}
	if err := t.Store.KeepPageSizes(ctx, t.org.ID, o.Sizes.All()); err != nil {
		t.Collect.Log.Warn("keeping the sizes of pages for the next pass", "org", t.org.Login, "err", err)
	}
	t.keepTime(ctx)
	t.reduce()
	return info, nil
}

// keepTime stores the highest instant that GitHub's clock told: time never runs back
// behind it, whatever is done to the clock of this machine.
func (t *taking) keepTime(ctx context.Context) {
	if t.Highest == nil {
		return
	}
	at, news := t.Highest()
	if !news {
		return
	}
	if err := t.Store.KeepTime(ctx, at); err != nil {
		t.Collect.Log.Warn("keeping the time that GitHub told", "org", t.org.Login, "err", err)
	}
}

// reduce leaves of the answers file what the next pass can have confirmed.
func (t *taking) reduce() {
	if t.tape == nil {
		return
	}
	if err := t.tape.Reduce(); err != nil {
		t.Collect.Log.Warn("keeping answers for the next pass", "org", t.org.Login, "err", err)
		_ = t.tape.Drop() // one that stays is too old, or older than the snapshot, and so not taken up
	}
}

// stats is what this run cost; what former ones of the same pass did is gone with
// them.
func (t *taking) stats() store.PassStats {
	m, b := t.spent(), t.before
	return store.PassStats{
		Requests: m.Requests - b.Requests, Points: m.Points - b.Points, Bytes: m.Bytes - b.Bytes, Took: t.Collect.Now().Sub(t.started),
		NotModified: m.NotModified - b.NotModified, Replayed: m.Replayed - b.Replayed, Retries: m.Retries - b.Retries,
		Shrunk: t.shrunk.Load(), Waited: m.Waited - b.Waited,
	}
}
