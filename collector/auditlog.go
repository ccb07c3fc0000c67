package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// auditLife is how long GitHub keeps the audit log (GitHub Docs: "Reviewing the
// audit log for your organization").
const auditLife = 180 * 24 * time.Hour

// auditEvent is what is needed of an event.
type auditEvent struct {
	Action    string `json:"action"`
	Actor     string `json:"actor"`      // missing where nobody acted
	ActorID   int64  `json:"actor_id"`   // missing with it
	Timestamp int64  `json:"@timestamp"` // milliseconds
	CreatedAt int64  `json:"created_at"` // milliseconds

	// Of events that change access; each may be missing.
	ID          string `json:"_document_id"`
	User        string `json:"user"`
	UserID      int64  `json:"user_id"`
	Invitee     string `json:"invitee"` // in place of the user, of invitations to a repository
	Repo        string `json:"repo"`    // with the organization in front
	RepoID      int64  `json:"repo_id"`
	Team        string `json:"team"` // with the organization in front
	Title       string `json:"title"`
	Environment string `json:"environment_name"`
}

// given is the event as the vocabulary has it.
func (e auditEvent) given() access.Event {
	return access.Event{
		ID: e.ID, At: e.at(), Action: e.Action, Actor: e.Actor, ActorID: e.ActorID, User: cmp.Or(e.User, e.Invitee), UserID: e.UserID,
		Repo: bare(e.Repo), RepoID: e.RepoID, Team: bare(e.Team), Label: cmp.Or(e.Title, e.Environment),
	}
}

// bare is a name without the organization in front of it.
func bare(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func (e auditEvent) at() time.Time { return time.UnixMilli(max(e.Timestamp, e.CreatedAt)).UTC() }

// auditLog reads the newest event of each actor, newest events first, so that
// a reading that stops early still covers a window without a hole.
func (r *run) auditLog(ctx context.Context) error {
	area := access.AreaAuditLog
	if !r.reads(area) {
		return r.close(ctx, area, -1)
	}
	if r.plan != "" && r.plan != enterprise {
		r.lower(gap{status: access.Unavailable, reason: "the audit log has an API on the enterprise plan only"}, area)
		return r.close(ctx, area, -1)
	}
	w := &auditWalk{since: day(r.o.At.Add(-min(r.o.ActivityWindow, auditLife))), seen: map[int64]bool{}}
	err := r.walkAuditLog(ctx, w)
	if end := stopped(err); end != nil {
		return end
	}
	since := w.since
	if err != nil {
		g := gapOf(area, "audit log of "+r.org.Login, err)
		if errors.Is(err, errBound) {
			g = partial("audit log of %s: read back to %s only, which is %d events", r.org.Login, w.oldest.Format(time.DateOnly), w.events)
		}
		r.lower(g, area)
		since = w.oldest
	}
	r.mu.Lock()
	r.since[area] = since
	r.mu.Unlock()
	return r.close(ctx, area, -1)
}

// day cuts a time to its day in UTC: a later sign of life on one day is no
// change.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// errBound ends a reading that has gone on for long enough.
var errBound = errors.New("the log is longer than what is read of it")

type auditWalk struct {
	since, oldest time.Time
	seen          map[int64]bool // actors
	events        int
}

// covers reports whether an event is of the time that was asked for. One of before
// or of later would date what the log covers, or somebody's last sign of life, by
// a number that means nothing.
func (w *auditWalk) covers(r *run, e auditEvent) bool {
	return !e.at().Before(w.since) && r.happened(e.at())
}

func (r *run) walkAuditLog(ctx context.Context, w *auditWalk) error {
	after, before := "", map[string]bool{}
	for range r.o.AuditPages {
		q := url.Values{"phrase": {"created:>=" + w.since.Format(time.DateOnly)}, "include": {"web"}, "order": {"desc"}, "per_page": {"100"}}
		if after != "" {
			q.Set("after", after)
		}
		var events []auditEvent
		resp, err := r.get(ctx, fmt.Sprintf("orgs/%s/audit-log?%s", r.org.Login, q.Encode()), &events)
		if err := r.rested(resp, err); err != nil {
			return err
		}
		if err := r.hear(ctx, w, events); err != nil {
			return err
		}
		for _, e := range events {
			if e.Action == "" || max(e.Timestamp, e.CreatedAt) == 0 {
				return errNull
			}
			if err := r.keepActor(ctx, w, e); err != nil {
				return err
			}
		}
		if after = nextCursor(resp); after == "" {
			return nil
		}
		if before[after] || len(events) == 0 {
			return errLoop
		}
		before[after] = true
	}
	return errBound
}

// hear hands on the events that change access, to a sink that keeps them: what the
// log tells today is gone from it in half a year.
func (r *run) hear(ctx context.Context, w *auditWalk, events []auditEvent) error {
	listener, ok := r.out.sink.(Listener)
	if !ok {
		return nil
	}
	var all []access.Event
	for _, e := range events {
		if e.ID != "" && access.ChangesAccess(e.Action) && w.covers(r, e) {
			all = append(all, e.given())
		}
	}
	if len(all) == 0 {
		return nil
	}
	r.out.mu.Lock()
	defer r.out.mu.Unlock()
	if err := listener.Heard(ctx, all); err != nil {
		return &stop{fmt.Errorf("keeping events of the audit log: %w", err)}
	}
	return nil
}

// nextCursor is the cursor behind this page, "" at the end.
func nextCursor(resp *gh.Response) string { return resp.After }

// keepActor keeps the first event of an actor that is met, the newest one. Bots
// of apps are no people.
func (r *run) keepActor(ctx context.Context, w *auditWalk, e auditEvent) error {
	w.events++
	covered := w.covers(r, e)
	if covered {
		w.oldest = e.at()
	}
	switch {
	case e.Actor == "" && e.ActorID == 0, strings.HasSuffix(e.Actor, "[bot]"):
		return nil
	case e.Actor == "", e.ActorID <= 0: // somebody did something, and nobody knows who
		var l lacks
		l.unless(e.Actor != "", "actor")
		l.unless(e.ActorID > 0, "actor_id")
		r.lower(*l.gap("audit log of " + r.org.Login), access.AreaAuditLog)
		return nil
	case w.seen[e.ActorID]:
		return nil
	}
	w.seen[e.ActorID] = true
	if !covered { // and what came before it is not the last sign of life
		g := partial("audit log of %s: an event of %s (%s) is of %s, which is no time that was asked for",
			r.org.Login, e.Actor, e.Action, e.at().Format(time.DateOnly))
		return r.finish(ctx, access.AreaAuditLog, e.ActorID, access.Rows{}, &g)
	}
	if err := r.out.people(ctx, false, []access.Person{{ID: e.ActorID, Login: e.Actor}}); err != nil {
		return err
	}
	return r.out.put(ctx, access.AreaAuditLog, e.ActorID, one(access.Activity{User: e.ActorID, Last: day(e.at()), What: e.Action}))
}
