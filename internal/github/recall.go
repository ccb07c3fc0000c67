package github

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
)

// Host is the host that the client asks.
func (c *Client) Host() string { return c.host }

// Replay lets the client write its answers to a tape, and take from it those that
// a broken-off pass has got already with the same credential, when the same was
// said of what it may see; nil ends that. It must not be called while requests are
// under way.
func (c *Client) Replay(t *Tape, sight string) error {
	if t == nil {
		c.tape.Store(nil)
		return nil
	}
	who, err := c.Credential()
	if err != nil {
		return err
	}
	c.tape.Store(&playing{t, tapeKey{}.with(t.mark(who + "\n" + sight))})
	return nil
}

// playing is a tape and whom its answers are given to.
type playing struct {
	*Tape
	who tapeKey
}

// Scopes gives the scopes of the token as GitHub stated them last, "" where it
// states none.
func (c *Client) Scopes() string { return c.ear.read().Scopes }

type liveKey struct{}

// Live has the requests of a context answered by GitHub alone: what confirms what
// was read must not be of another time than that.
func Live(ctx context.Context) context.Context { return context.WithValue(ctx, liveKey{}, true) }

// recalling is the layer's state.
type recalling struct {
	next    http.RoundTripper
	graphql *url.URL
	tape    *atomic.Pointer[playing]
	meter   *meter
	told    func(string) // hears that an answer was replayed
}

// recall answers from the tape what the tape has, sends the rest, and records
// every clean answer.
func recall(graphql *url.URL, tape *atomic.Pointer[playing], ear *ear, m *meter, told func(string)) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		next = heeding(next, ear)
		rc := &recalling{next: next, graphql: graphql, tape: tape, meter: m, told: told}
		return trip(func(req *http.Request) (*http.Response, error) {
			t := tape.Load()
			switch {
			case t == nil:
				return next.RoundTrip(req)
			case req.Context().Value(liveKey{}) != nil:
				return rc.past(t, req)
			case req.Method == http.MethodGet:
				return rc.rest(t, req)
			case req.Method == http.MethodPost && isGraphQL(req, graphql):
				return rc.query(t, req)
			}
			return next.RoundTrip(req)
		})
	}
}

// heeding notes what GitHub says of the token, and of the time.
func heeding(next http.RoundTripper, ear *ear) http.RoundTripper {
	return trip(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil {
			ear.note(resp)
		}
		return resp, err
	})
}

// sent is what the lower layers say of one request.
type sent struct {
	tag         uint64 // of the token that it was sent with
	notModified bool   // GitHub confirmed what was kept
}

type sentKey struct{}

func sentOf(ctx context.Context) *sent {
	s, _ := ctx.Value(sentKey{}).(*sent)
	return s
}

// restKey is what tells one REST call from another.
func (p *playing) restKey(req *http.Request) tapeKey {
	accept := req.Header.Get("Accept")
	if accept == "" {
		accept = defaultAccept
	}
	return p.who.with(strings.Join([]string{"rest", req.Method, req.URL.EscapedPath(), req.URL.RawQuery, accept}, "\n"))
}

// past sends a request past the tape, which only notes whether it was refused: what
// the credential is shown later than that, the answers on the tape may lack.
func (rc *recalling) past(t *playing, req *http.Request) (*http.Response, error) {
	resp, err := rc.next.RoundTrip(req)
	if err == nil && req.Method == http.MethodGet {
		t.noteSight(t.restKey(req), resp.StatusCode)
	}
	return resp, err
}

func (rc *recalling) rest(t *playing, req *http.Request) (*http.Response, error) {
	k := t.restKey(req)
	if a, ok := t.find(k); ok && a.header != nil {
		a.used()
		rc.count()
		return recalled(req, a.header, a.body), nil
	}
	s := &sent{}
	resp, err := rc.next.RoundTrip(req.WithContext(context.WithValue(req.Context(), sentKey{}, s)))
	if err == nil && Partial(resp.Header.Get("X-GitHub-SSO")) == nil {
		t.recordREST(k, resp, s.tag)
	}
	return resp, err
}

// recalled is an answer made of what is recorded.
func recalled(req *http.Request, h http.Header, body []byte) *http.Response {
	b := &fullBody{raw: body}
	b.Reset(body)
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: h.Clone(), Body: b, ContentLength: int64(len(body)), Request: req,
	}
}

var jsonHeader = http.Header{"Content-Type": {"application/json; charset=utf-8"}}

// question is a GraphQL request as the tape knows it. Two that differ in the size
// of the page alone are the same: cursors lead on from wherever a page ends.
type question struct {
	Query     string                     `json:"query"`
	Variables map[string]json.RawMessage `json:"variables"`

	key  tapeKey
	ids  []json.RawMessage // of nodes(ids:); nil: it is no such query
	each []tapeKey         // the key of each
}

// pageSize and batchOf are the names of the variables that hold the size of a
// page, and the ids of a batch of nodes.
const (
	pageSize = "n"
	batchOf  = "ids"
)

func (p *playing) questionOf(req *http.Request) (*question, bool) {
	if req.GetBody == nil {
		return nil, false
	}
	in, err := req.GetBody()
	if err != nil {
		return nil, false
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, maxQuery+1))
	q := &question{}
	if err != nil || len(raw) > maxQuery || json.Unmarshal(raw, q) != nil || q.Query == "" {
		return nil, false
	}
	var text strings.Builder
	text.WriteString("graphql\n" + q.Query)
	batch := strings.Contains(q.Query, "{nodes(ids:$"+batchOf+"){") && json.Unmarshal(q.Variables[batchOf], &q.ids) == nil && len(q.ids) > 0
	for _, name := range slices.Sorted(maps.Keys(q.Variables)) {
		if name != pageSize && (name != batchOf || !batch) {
			text.WriteString("\n" + name + "=")
			text.Write(q.Variables[name])
		}
	}
	q.key = p.who.with(text.String())
	if !batch {
		q.ids = nil
		return q, true
	}
	for _, id := range q.ids {
		q.each = append(q.each, q.key.with(string(id)))
	}
	return q, true
}

// query answers a GraphQL query.
func (rc *recalling) query(t *playing, req *http.Request) (*http.Response, error) {
	q, ok := t.questionOf(req)
	if !ok {
		return rc.next.RoundTrip(req)
	}
	if q.ids != nil {
		return rc.batch(t, req, q)
	}
	if a, ok := t.find(q.key); ok {
		a.used()
		return rc.replayed(req, a.body), nil
	}
	return rc.live(t, req, q)
}

// live sends a query and records its answer.
func (rc *recalling) live(t *playing, req *http.Request, q *question) (*http.Response, error) {
	resp, err := rc.next.RoundTrip(req)
	if err == nil && clean(resp) {
		t.recordQuery(q.key, q.each, bodyOf(resp))
	}
	return resp, err
}

// count counts an answer that nothing was sent for.
func (rc *recalling) count() {
	rc.meter.add(func(m *Meter) { m.Replayed++ })
	rc.told("replayed")
}

// replayed is the answer to a query that nothing was sent for. What it says of
// points and limits is of another day.
func (rc *recalling) replayed(req *http.Request, body []byte) *http.Response {
	if a, ok := req.Context().Value(answerKey{}).(*answer); ok {
		a.replayed = true
	}
	rc.count()
	return recalled(req, jsonHeader, body)
}

// clean reports whether a GraphQL answer has data and nothing that casts a doubt
// on it. The first look is cheap; only a body that holds the word is read.
func clean(resp *http.Response) bool {
	if resp.StatusCode != http.StatusOK || resp.Header.Get("X-GitHub-SSO") != "" {
		return false
	}
	raw := bytes.TrimSpace(bodyOf(resp))
	if bytes.HasPrefix(raw, []byte(`{"data":{`)) && !bytes.Contains(raw, []byte(`"errors"`)) {
		return true
	}
	_, whole := dataOf(raw)
	return whole
}
