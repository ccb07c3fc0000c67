package githubsim

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Secondary are the limits beside the hourly one; a zero field is no limit.
type Secondary struct {
	Concurrency   int           // requests in flight, REST and GraphQL together
	RESTPoints    int           // a minute; a read is 1, a write 5
	GraphQLPoints int           // a minute; a query is 1, a mutation 5
	GraphQLTime   time.Duration // summed response time in a minute
	TotalTime     time.Duration // the same, REST included
	// MutationGap is how far the arrivals of two changes by one token must lie
	// apart; a twentieth less is let pass, for the way here.
	MutationGap time.Duration
	// SerialMutations refuses a change while another one of the token is under way.
	SerialMutations bool
	ContentMinute   int // changes in a minute
	ContentHour     int // and in an hour
	// RetryAfter is sent with a refusal; 0 sends none.
	RetryAfter time.Duration
}

// GitHubSecondary is what GitHub documents (docs.github.com, "About secondary
// rate limits").
var GitHubSecondary = Secondary{Concurrency: 100, RESTPoints: 900, GraphQLPoints: 2000, GraphQLTime: time.Minute,
	TotalTime: 90 * time.Second, RetryAfter: time.Minute}

// HarshSecondary are GitHub's limits with its advice about changes made a rule:
// one at a time, a second apart (docs.github.com, "Best practices for using the
// REST API"), and no more in a minute and an hour than content may be created.
var HarshSecondary = Secondary{Concurrency: 100, RESTPoints: 900, GraphQLPoints: 2000, GraphQLTime: time.Minute, TotalTime: 90 * time.Second,
	MutationGap: time.Second, SerialMutations: true, ContentMinute: 80, ContentHour: 500, RetryAfter: time.Minute}

// bucket is what one token used of one hourly resource.
type bucket struct {
	used  int
	reset time.Time
}

// spent is one answered request, for the windows of a minute.
type spent struct {
	at     time.Time
	kind   Kind
	points int
	took   time.Duration
}

// limits keeps the accounts of all tokens.
type limits struct {
	mu        sync.Mutex
	primary   int
	secondary Secondary
	buckets   map[*Token]map[Kind]*bucket
	minute    map[*Token][]spent
	changes   map[*Token][]time.Time // arrivals of the last hour
	underWay  map[*Token]int         // changes without an answer yet
	bad       []time.Time            // attempts with bad credentials
}

func newLimits(o Options) *limits {
	return &limits{primary: o.PrimaryLimit, secondary: o.Secondary, buckets: map[*Token]map[Kind]*bucket{}, minute: map[*Token][]spent{},
		changes: map[*Token][]time.Time{}, underWay: map[*Token]int{}}
}

// badAttempts within badWindow make GitHub refuse every login for a while. The
// numbers are not documented.
const (
	badAttempts = 10
	badWindow   = 5 * time.Minute
)

// badCredentials notes an attempt and reports whether there were too many.
func (l *limits) badCredentials(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.bad) > 0 && now.Sub(l.bad[0]) > badWindow {
		l.bad = l.bad[1:]
	}
	l.bad = append(l.bad, now)
	return len(l.bad) > badAttempts
}

// bucket returns the account of a token, opened anew when its hour is over.
func (l *limits) bucket(t *Token, k Kind, now time.Time) *bucket {
	t = t.purse()
	if l.buckets[t] == nil {
		l.buckets[t] = map[Kind]*bucket{}
	}
	b := l.buckets[t][k]
	if b == nil || !now.Before(b.reset) {
		b = &bucket{reset: now.Add(time.Hour).Truncate(time.Second)}
		l.buckets[t][k] = b
	}
	return b
}

// admit refuses a request when a limit is used up, and else books what it
// costs: a request that fails later has cost as much.
func (l *limits) admit(c *call, inFlight int) *reply {
	if c.free() {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(c.token, c.kind, c.now)
	if l.primary > 0 && b.used >= l.primary {
		return c.primaryLimit(0)
	}
	if l.overSecondary(c, inFlight) || c.changes() && l.tooFast(c) {
		return c.secondaryLimit(l.secondary.RetryAfter, 0)
	}
	b.used += c.note.Count.Points
	return nil
}

// overSecondary reports whether a secondary limit is used up.
func (l *limits) overSecondary(c *call, inFlight int) bool {
	var points int
	var graphql, total time.Duration
	kept := l.minute[c.token.purse()][:0]
	for _, e := range l.minute[c.token.purse()] {
		if c.now.Sub(e.at) >= time.Minute {
			continue
		}
		kept = append(kept, e)
		total += e.took
		if e.kind == GraphQL {
			graphql += e.took
		}
		if e.kind == c.kind {
			points += e.points
		}
	}
	l.minute[c.token.purse()] = kept
	s, most := l.secondary, l.secondary.RESTPoints
	if c.kind == GraphQL {
		most = s.GraphQLPoints
	}
	return s.Concurrency > 0 && inFlight > s.Concurrency ||
		most > 0 && points >= most ||
		c.kind == GraphQL && s.GraphQLTime > 0 && graphql >= s.GraphQLTime ||
		s.TotalTime > 0 && total >= s.TotalTime
}

// tooFast reports whether a change comes too soon after others of its token. One
// that may come is under way until [limits.settled].
func (l *limits) tooFast(c *call) bool {
	t, s := c.token.purse(), l.secondary
	kept := slices.DeleteFunc(l.changes[t], func(at time.Time) bool { return c.now.Sub(at) >= time.Hour })
	minute := len(kept) - slices.IndexFunc(append(kept, c.now), func(at time.Time) bool { return c.now.Sub(at) < time.Minute })
	l.changes[t] = append(kept, c.now)
	gap := s.MutationGap - s.MutationGap/20
	if s.MutationGap > 0 && len(kept) > 0 && c.now.Sub(kept[len(kept)-1]) < gap || s.SerialMutations && l.underWay[t] > 0 ||
		s.ContentMinute > 0 && minute >= s.ContentMinute || s.ContentHour > 0 && len(kept) >= s.ContentHour {
		return true
	}
	l.underWay[t]++
	c.admitted = true
	return false
}

// settled notes that a change was answered.
func (l *limits) settled(c *call) {
	if !c.admitted {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.underWay[c.token.purse()]--
}

// free reports whether the request costs nothing of the primary limit.
func (c *call) free() bool { return c.kind == REST && c.path == "/rate_limit" }

// spend books the time an answer took, also of a refusal. A 304 is given back
// to the hour.
func (l *limits) spend(c *call, rep *reply, took time.Duration) {
	if c.token == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if rep.status == http.StatusNotModified {
		l.bucket(c.token, c.kind, c.now).used -= c.note.Count.Points
	}
	if c.penalty {
		l.bucket(c.token, c.kind, c.now).used += c.note.Count.Points
	}
	if l.secondary != (Secondary{}) {
		weight := 1
		if c.writes() {
			weight = 5
		}
		l.minute[c.token.purse()] = append(l.minute[c.token.purse()], spent{c.now, c.kind, weight, took})
	}
}

// writes reports whether the request asks for a change.
func (c *call) writes() bool {
	if c.kind == GraphQL {
		return c.query != nil && c.query.mutation != ""
	}
	return c.r.Method != http.MethodGet && c.r.Method != http.MethodHead
}

// header writes the state of the token's account.
func (l *limits) header(c *call, h http.Header) {
	if l.primary < 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.bucket(c.token, c.kind, c.now)
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.primary))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, l.primary-b.used)))
	h.Set("X-RateLimit-Used", strconv.Itoa(b.used))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(b.reset.Unix(), 10))
	h.Set("X-RateLimit-Resource", resource(c.kind))
}

func resource(k Kind) string {
	if k == GraphQL {
		return "graphql"
	}
	return "core"
}

// report answers GET /rate_limit.
func (l *limits) report(c *call) *reply {
	if l.primary < 0 {
		return c.failure(http.StatusNotFound, "Rate limiting is not enabled.")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	one := func(k Kind) map[string]any {
		b := l.bucket(c.token, k, c.now)
		return map[string]any{"limit": l.primary, "used": b.used, "remaining": max(0, l.primary-b.used), "reset": b.reset.Unix(), "resource": resource(k)}
	}
	search := map[string]any{"limit": 30, "used": 0, "remaining": 30, "reset": c.now.Add(time.Minute).Unix(), "resource": "search"}
	return ok(map[string]any{"resources": map[string]any{"core": one(REST), "graphql": one(GraphQL), "search": search}, "rate": one(REST)})
}

// primaryLimit refuses a request for the hourly limit: GraphQL with 200 and an
// error of type RATE_LIMITED, REST with 403 unless another status is wanted.
func (c *call) primaryLimit(status int) *reply {
	message := fmt.Sprintf("API rate limit exceeded for user ID %d.", c.userID)
	if c.token.Scope.App {
		message = "API rate limit exceeded for installation ID 1."
	}
	rep := c.failure(cmp.Or(status, http.StatusForbidden), message)
	if c.kind == GraphQL {
		rep = ok(&gqlBody{errs: []*gqlError{fail("RATE_LIMITED", "%s", message)}})
	}
	rep.limited = true
	return rep.set("X-RateLimit-Remaining", "0")
}

// secondaryLimit refuses a request for one of the limits of a minute: 403
// unless another status is wanted. With 200, GraphQL gets an error in its body.
func (c *call) secondaryLimit(after time.Duration, status int) *reply {
	const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
	rep := c.failure(cmp.Or(status, http.StatusForbidden), message)
	if status == http.StatusOK {
		rep = ok(&gqlBody{errs: []*gqlError{fail("", message)}})
	}
	rep.limited = true
	if after > 0 {
		rep.set("Retry-After", strconv.Itoa(int(after.Round(time.Second)/time.Second)))
	}
	return rep
}
