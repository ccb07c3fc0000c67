package githubsim

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Action is what goes wrong.
type Action string

// The actions. Those marked * answer in place of the handler; the others spoil
// a good answer. Actions on connections touch the outermost one of the answer,
// or those that Fault.Field names; in REST they touch the list and its Link.
const (
	OnlyMutate       Action = ""                // nothing but Fault.Mutate
	AnswerStatus     Action = "status"          // * Fault.Status, in GitHub's words for it
	StatusAfter      Action = "status-after"    // Fault.Status, after all was carried out
	TimeoutAfter     Action = "timeout-after"   // no answer for Fault.After, then 504; without it, never; all was carried out
	NoEffect         Action = "no-effect"       // a change is answered as if it had been made, and is not
	AppliedLater     Action = "applied-later"   // a change is made after Fault.After, or after Fault.Requests more requests; 202, or its own answer if Fault.Status is set
	Lagged           Action = "lagged"          // readers see a change only after Fault.After
	Unauthenticated  Action = "401"             // * bad credentials
	Denied           Action = "403"             // * a permission is missing
	SSORequired      Action = "sso-required"    // * 403 with X-GitHub-SSO: required
	SSOPartial       Action = "sso-partial"     // 200 with X-GitHub-SSO: partial-results
	PrimaryLimited   Action = "primary-limit"   // * as if the hour were used up
	SecondaryLimited Action = "secondary-limit" // * with Retry-After if Fault.After is set
	Redirected       Action = "redirect"        // * Fault.Status (301 if unset) to Fault.URL
	NotReady         Action = "202"             // * queued, no data yet
	Truncated        Action = "truncated"       // the connection ends half way through the body
	CutJSON          Action = "cut-json"        // the body is whole by its length, but its JSON ends half way
	HugeHeader       Action = "huge-header"     // a header of Fault.Bytes (16 MiB if unset)
	Reset            Action = "reset"           // the connection is cut before any answer
	TimedOut         Action = "timeout"         // * no answer for Fault.After, then 504; without it, never
	Slow             Action = "slow"            // one byte a second
	HTMLPage         Action = "html"            // * 200 with a web page
	EmptyBody        Action = "empty"           // * 200 with nothing
	NoJSON           Action = "no-json"         // * 200 with text that is no JSON
	Oversized        Action = "oversized"       // the body is Fault.Bytes longer (40 MiB if unset)
	GzipBomb         Action = "gzip-bomb"       // the same, compressed to next to nothing
	BadGzip          Action = "bad-gzip"        // says gzip, is none
	PartialData      Action = "partial"         // GraphQL: the second half of a connection is null, with an error of type Fault.Type
	DataNull         Action = "data-null"       // GraphQL: no data at all, an error of type Fault.Type
	NullNodes        Action = "null-nodes"      // the second half of a connection is null, and nothing says so
	ShortPage        Action = "short-page"      // the second half of a page is left out, and nothing says so
	MissingField     Action = "missing-field"   // the key Fault.Field is absent everywhere
	UnknownEnum      Action = "unknown-enum"    // every enum value is one that no schema has
	UnknownType      Action = "unknown-type"    // every __typename below the root is one that no schema has
	CursorLoop       Action = "cursor-loop"     // there is always a next page, and it is this one
	EmptyPage        Action = "empty-page"      // a page without items that says there are more
	NoNext           Action = "no-next"         // the list ends here, and nothing says that there was more
	WrongTotal       Action = "wrong-total"     // totalCount is one too high
	NextElsewhere    Action = "next-elsewhere"  // REST: the next page is at another host
	BadCursor        Action = "bad-cursor"      // * GraphQL: the cursor is refused
	UnknownErrorType Action = "unknown-error"   // * GraphQL: an error of a type nobody knows, no data
)

// Fault makes requests go wrong: those of Kind (any if empty) whose route,
// path, shape or query text contains Match. It strikes at the Nth of them and
// the Times-1 after it; with Nth 0 at each of them; or, if Probability is set,
// at some of them by a chance that follows the seed, the request, and how often it came.
type Fault struct {
	Name        string // for the log; the action if empty
	Kind        Kind
	Match       string
	Nth         int
	Times       int // 1 if unset and Nth is set
	Probability float64
	Writes      bool // only requests that ask for a change

	Action Action
	Status int           // AnswerStatus, StatusAfter, Redirected; the limits (403 if unset; 429, or 200 for GraphQL)
	URL    string        // Redirected: a path on this server, or a whole URL
	After  time.Duration // SecondaryLimited, TimedOut, TimeoutAfter, AppliedLater, Lagged
	// Requests is how many requests come before the change (AppliedLater).
	Requests int
	Bytes    int    // Oversized, GzipBomb, HugeHeader
	Type     string // PartialData, DataNull: RESOURCE_LIMITS_EXCEEDED if unset
	Field    string // key of the connection in the answer; MissingField: of the field
	// Mutate changes the world just before the request is answered.
	Mutate func(*World)
}

// faults keeps what was scripted and how often each has matched.
type faults struct {
	mu   sync.Mutex
	list []*Fault
	seen map[*Fault]int
	met  map[uint64]uint64 // how often a request was asked, by its hash
	seed uint64
}

func newFaults(o Options) *faults {
	f := &faults{seen: map[*Fault]int{}, met: map[uint64]uint64{}, seed: o.Seed}
	for i := range o.Faults {
		f.list = append(f.list, &o.Faults[i])
	}
	return f
}

// AddFault scripts one more fault; its count starts now.
func (s *Server) AddFault(f Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = append(s.faults.list, &f)
}

// ClearFaults takes all faults away.
func (s *Server) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = nil
}

// strike returns the fault that meets the call; nil for none. All that match
// count the call, the first that is due meets it.
func (f *faults) strike(c *call) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	asked := c.hash()
	f.met[asked]++
	var due *Fault
	for i, one := range f.list {
		if !one.matches(c) {
			continue
		}
		f.seen[one]++
		n := f.seen[one]
		hit := one.Nth == 0 || n >= one.Nth && n < one.Nth+max(1, one.Times)
		if one.Probability > 0 {
			hit = rand.New(rand.NewPCG(f.seed^asked, f.met[asked]<<8+uint64(i))).Float64() < one.Probability
		}
		if hit && due == nil {
			due = one
		}
	}
	if due != nil {
		c.note.Fault = due.Name
		if due.Name == "" {
			c.note.Fault = string(due.Action)
		}
		if due.Action == OnlyMutate && due.Name == "" {
			c.note.Fault = "mutate"
		}
	}
	return due
}

// hash tells requests apart. Chance goes by what is asked, and how often it was,
// so that a client that asks side by side meets the same faults each time.
func (c *call) hash() uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, c.note.Method+" "+c.note.Path+"\n") // a hash takes everything
	_, _ = h.Write(c.body)
	return h.Sum64()
}

func (f *Fault) matches(c *call) bool {
	if f.Kind != "" && f.Kind != c.kind || f.Writes && !c.changes() {
		return false
	}
	return strings.Contains(c.note.Route, f.Match) || strings.Contains(c.path, f.Match) || strings.Contains(c.note.Query, f.Match)
}

// instead returns the answer that the fault gives in place of the handler's;
// nil for a fault that spoils the handler's own.
func (f *Fault) instead(c *call) *reply {
	switch f.Action {
	case AnswerStatus:
		return c.status(f.Status)
	case Unauthenticated:
		return c.failure(http.StatusUnauthorized, "Bad credentials")
	case Denied:
		return c.forbidden()
	case SSORequired:
		rep := c.failure(http.StatusForbidden, "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.")
		return rep.set("X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?authorization_request=A")
	case PrimaryLimited:
		return c.primaryLimit(f.Status)
	case SecondaryLimited:
		return c.secondaryLimit(f.After, f.Status)
	case Redirected:
		status := max(f.Status, http.StatusMovedPermanently)
		return c.failure(status, "Moved Permanently").set("Location", f.location(c))
	case NotReady:
		return &reply{status: http.StatusAccepted, body: map[string]any{}}
	case TimedOut:
		return &reply{status: http.StatusGatewayTimeout, body: map[string]any{"message": "We couldn't respond to your request in time."}, cut: f.After == 0, broken: hang(f.After)}
	case HTMLPage:
		return (&reply{status: http.StatusOK, raw: []byte("<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body>Unicorn!</body></html>")}).set("Content-Type", "text/html; charset=utf-8")
	case EmptyBody:
		return &reply{status: http.StatusOK, raw: []byte{}}
	case NoJSON:
		return &reply{status: http.StatusOK, raw: []byte("upstream connect error or disconnect/reset before headers")}
	case DataNull:
		return &reply{status: http.StatusOK, body: &gqlBody{hasData: true, errs: []*gqlError{f.excuse()}}}
	case BadCursor:
		return &reply{status: http.StatusOK, body: &gqlBody{hasData: true, errs: []*gqlError{fail("INVALID_CURSOR_ARGUMENTS", "`x` does not appear to be a valid cursor.")}}}
	case UnknownErrorType:
		return &reply{status: http.StatusOK, body: &gqlBody{hasData: true, errs: []*gqlError{fail("FROM_THE_FUTURE", "Something new is wrong with your query.")}}}
	}
	return nil
}

func (f *Fault) location(c *call) string {
	if strings.HasPrefix(f.URL, "/") {
		return "http://" + c.r.Host + f.URL
	}
	return f.URL
}

// excuse is the error beside data that was cut short.
func (f *Fault) excuse() *gqlError {
	if f.Type == "" {
		return fail("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.")
	}
	return fail(f.Type, "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug.")
}

// statusTexts are GitHub's messages for a status, where they are not the
// standard ones.
var statusTexts = map[int]string{
	http.StatusBadGateway: "Server Error", http.StatusInternalServerError: "Server Error", http.StatusServiceUnavailable: "Service unavailable",
	http.StatusGatewayTimeout:             "We couldn't respond to your request in time. Sorry about that. Please try resubmitting your request and contact us if the problem persists.",
	http.StatusUnavailableForLegalReasons: "Repository access blocked",
	http.StatusGone:                       "Issues are disabled for this repo",
}

// status answers a status in GitHub's words. A GraphQL timeout costs its
// points once more, as GitHub deducts extra for it.
func (c *call) status(code int) *reply {
	text := statusTexts[code]
	if text == "" {
		text = http.StatusText(code)
	}
	if c.kind == GraphQL && code >= http.StatusInternalServerError {
		text = fmt.Sprintf("Something went wrong while executing your query. Please include `%s` when reporting this issue.", c.id)
		c.penalty = code == http.StatusBadGateway || code == http.StatusGatewayTimeout
		return &reply{status: code, body: map[string]any{"data": nil, "errors": []any{map[string]any{"message": text}}}}
	}
	rep := c.failure(code, text)
	if code == http.StatusUnavailableForLegalReasons {
		rep.body = map[string]any{"message": text, "block": map[string]any{"reason": "dmca", "created_at": stamp(c.now), "html_url": site}}
	}
	if code == http.StatusServiceUnavailable {
		rep.set("Retry-After", strconv.Itoa(1))
	}
	return rep
}
