package github

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/eb661601/ajar/internal/crash"
)

// Mutation is one request that changes something at GitHub.
type Mutation struct {
	Method string
	Path   string // escaped, below the root of the API; "" for GraphQL
	Body   []byte // JSON; nil: none
}

// Answered is what GitHub answered to a change that it carried out, or that it
// will carry out by and by (202).
type Answered struct {
	Status    int
	At        time.Time // GitHub's clock; zero where it was not said
	RequestID string
	Body      []byte // at most 1 MiB
}

// maxWritten bounds the answer to a change, in bytes; honest ones have a few
// thousand.
const maxWritten = 1 << 20

// Send sends a change, once. It does not wait: what is not ready is not sent.
// The error says what became of the change:
//
//   - *[WriteError]: no action does this; nothing was sent.
//   - [ErrNotSent]: nothing of it left this machine, for the reason in it.
//   - *[StatusError] below 500: GitHub refused it, and did nothing.
//   - *[LimitedError]: GitHub refused it for a limit, and did nothing.
//   - *[GraphQLError]: GitHub refused the mutation, and did nothing.
//   - [ErrInDoubt]: some of it may have left, and no answer tells more.
//
// The end of ctx may leave a change in doubt, so give it one that lasts.
func (w *Writer) Send(ctx context.Context, m Mutation) (Answered, error) {
	req, err := w.request(ctx, m)
	if err != nil {
		return Answered{}, err
	}
	w.sending.Lock()
	defer w.sending.Unlock()
	unsent := func(err error) (Answered, error) {
		return Answered{}, &UnsentError{Method: m.Method, Path: req.URL.Path, Err: err}
	}
	if err := w.start(); err != nil {
		return unsent(err)
	}
	token, err := w.token()
	if err != nil {
		return unsent(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	ctx, stop := context.WithTimeout(ctx, w.o.Timeout)
	defer stop()
	g := &gone{now: w.o.Now, begun: recordedAt(ctx, w.o.Now()), stop: stop}
	if g.over() {
		return unsent(errors.New("it was written down too long ago: another process may act by now"))
	}
	if !w.traced {
		g.far.Store(leaving) // such a wire does not tell
	}
	timer := time.AfterFunc(firstByte-g.age(), g.late)
	defer timer.Stop()
	crash.At("github.send.begin")
	sent := w.o.Now()
	resp, err := w.wire.RoundTrip(req.WithContext(httptrace.WithClientTrace(ctx, g.trace())))
	if err != nil {
		w.o.tell(req, nil, w.rest, w.graphql, w.o.Now().Sub(sent), false)
		return w.failed(req, g, token, err)
	}
	defer func() { _ = resp.Body.Close() }() // what is needed of it was read
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxWritten+1))
	crash.At("github.send.read")
	w.o.tell(req, resp, w.rest, w.graphql, w.o.Now().Sub(sent), false)
	resp.Request = req
	hide(resp.Header, raw, token)
	return w.judge(resp, raw, err, token)
}

// request builds the request of a change and refuses what no action does.
func (w *Writer) request(ctx context.Context, m Mutation) (*http.Request, error) {
	refuse := func(why string) (*http.Request, error) {
		return nil, &WriteError{Method: m.Method, Path: m.Path, Why: why}
	}
	at := *w.graphql
	switch {
	case m.Path == "":
		if m.Method != http.MethodPost {
			return refuse("only a POST asks GraphQL")
		}
		text, why := document(m.Body)
		if why == "" {
			_, why = onlyMutation(text)
		}
		if why != "" {
			return refuse(why)
		}
	default:
		r := routeOf(m.Method, m.Path)
		if r == nil {
			return refuse("no action uses this call")
		}
		if why := r.wrong(m.Body); why != "" {
			return refuse(why)
		}
		u, err := url.Parse(strings.TrimRight(w.rest.String(), "/") + m.Path)
		if err != nil || u.RawQuery != "" || u.Fragment != "" || u.Host != w.rest.Host {
			return refuse("its address cannot be read")
		}
		at = *u
	}
	var body io.Reader
	if m.Body != nil {
		body = bytes.NewReader(m.Body)
	}
	req, err := http.NewRequestWithContext(ctx, m.Method, at.String(), body)
	if err != nil {
		return refuse("its address cannot be read")
	}
	req.GetBody = nil // nobody has a reason to send it again
	if m.Body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", defaultAccept)
	req.Header.Set("User-Agent", w.o.UserAgent)
	req.Header.Set("X-GitHub-Api-Version", APIVersion)
	return req, nil
}

// failed sorts a round trip that gave no answer.
func (w *Writer) failed(req *http.Request, g *gone, token string, err error) (Answered, error) {
	err = explained(req, err)
	if errors.Is(err, context.DeadlineExceeded) {
		err = &UnreachableError{Host: req.URL.Host, Why: "it did not answer in time", Err: err}
	}
	if !g.left() {
		return Answered{}, &UnsentError{Method: req.Method, Path: req.URL.Path, Err: err}
	}
	why := strings.ReplaceAll(err.Error(), token, "[redacted]")
	if u, ok := errors.AsType[*UnreachableError](err); ok {
		why = u.Why
	}
	return Answered{}, &DoubtError{Method: req.Method, Path: req.URL.Path, Why: why, Err: err}
}

// How far a request has come.
const (
	connecting int32 = iota
	leaving          // a connection is there: some of it may have left
	tooLate          // it was not begun in time, and must not begin
)

// gone notes whether anything of a request may have left the machine.
type gone struct {
	far   atomic.Int32
	now   func() time.Time
	begun time.Time
	stop  context.CancelFunc
}

// age is how long ago the change was written down. A machine that was suspended
// counts that on the one clock and not on the other: the longer one holds.
func (g *gone) age() time.Duration {
	now := g.now()
	return max(now.Sub(g.begun), now.Round(0).Sub(g.begun.Round(0)))
}

func (g *gone) over() bool { return g.age() > firstByte }

func (g *gone) left() bool { return g.far.Load() == leaving }

// late keeps a request from leaving that has no connection yet.
func (g *gone) late() {
	if g.far.CompareAndSwap(connecting, tooLate) {
		g.stop()
	}
}

func (g *gone) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(c httptrace.GotConnInfo) {
			if g.over() {
				g.late()
			}
			if !g.far.CompareAndSwap(connecting, leaving) && !g.left() {
				// Another process may act for this one by now: nothing may leave.
				_ = c.Conn.Close() // whatever comes of it, the request cannot be written
				return
			}
			crash.At("github.send.connected")
		},
		WroteRequest: func(httptrace.WroteRequestInfo) { crash.At("github.send.written") },
	}
}

// judge sorts an answer.
func (w *Writer) judge(resp *http.Response, raw []byte, cut error, token string) (Answered, error) {
	req := resp.Request
	doubt := func(why string, err error) (Answered, error) {
		return Answered{}, &DoubtError{Method: req.Method, Path: req.URL.Path, Status: resp.StatusCode, Why: why, Err: err}
	}
	full := &fullBody{raw: raw}
	full.Reset(raw)
	resp.Body, resp.ContentLength = full, int64(len(raw))
	l := readLimit(resp, w.o.Now(), w.met(), reserved(resp, w.o.Reserve))
	w.close(l)
	status := statusError(resp)
	switch code := resp.StatusCode; {
	case l.refused:
		return Answered{}, &LimitedError{Until: l.until, Why: l.why}
	case code >= 500 || code == http.StatusRequestTimeout:
		return doubt(fmt.Sprintf("status %d", code), status)
	case code >= 300 && status.Web && code != http.StatusProxyAuthRequired:
		return doubt(fmt.Sprintf("a web page of status %d", code), status)
	case code == http.StatusSeeOther && req.Method == http.MethodPost: // what it makes is there already
	case code >= 300:
		if r, ok := w.o.Source.(Renewer); ok && code == http.StatusUnauthorized {
			r.Renew(token) // for whoever asks next; this change is not sent again
		}
		return Answered{}, status
	case cut != nil:
		return doubt("the answer broke off", readError(cut))
	case len(raw) > maxWritten:
		return doubt("the answer has no end", nil)
	case isWeb(resp):
		return doubt("a web page", nil)
	}
	w.calm()
	a := Answered{Status: resp.StatusCode, At: status.Date, RequestID: status.RequestID, Body: raw}
	if resp.StatusCode == http.StatusNoContent || resp.StatusCode == http.StatusSeeOther {
		return a, nil
	}
	if err := check(resp); err != nil && resp.StatusCode != http.StatusAccepted {
		return doubt("an answer that is not GitHub's", err)
	}
	if isGraphQL(req, w.graphql) {
		return w.mutated(req, a)
	}
	return a, nil
}

func (w *Writer) met() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.refusals
}

func (w *Writer) calm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refusals = 0
}
