package githubsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// reply is what a handler answers. Body is encoded as JSON unless raw is set;
// with neither there is no body (204, 304).
type reply struct {
	status  int
	header  http.Header // may be nil
	body    any
	raw     []byte
	limited bool // a refusal for a limit
	cut     bool // no answer reaches the client
	broken  func(c *call, rep *reply, w http.ResponseWriter)
}

// ok answers 200 with body as JSON.
func ok(body any) *reply { return &reply{status: http.StatusOK, body: body} }

// set adds a header and returns the reply.
func (p *reply) set(key, value string) *reply {
	if p.header == nil {
		p.header = http.Header{}
	}
	p.header.Set(key, value)
	return p
}

// encode turns body into raw while the world is held still.
func (p *reply) encode() {
	if p.raw != nil || p.body == nil {
		return
	}
	if g, isGraphQL := p.body.(*gqlBody); isGraphQL {
		if raw, err := g.MarshalJSON(); err == nil {
			p.raw, p.body = raw, nil
			return
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(p.body); err != nil {
		p.status, b = http.StatusInternalServerError, bytes.Buffer{}
		fmt.Fprintf(&b, `{"message":%q}`, "the simulator could not encode its answer: "+err.Error())
	}
	p.raw = bytes.TrimRight(b.Bytes(), "\n")
	p.body = nil
}

// failure answers as GitHub's REST API does when something is wrong.
func (c *call) failure(status int, message string) *reply {
	return &reply{status: status, body: map[string]any{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)}}
}

// notFound answers 404: the thing is absent, or nobody may know that it is there.
func (c *call) notFound() *reply { return c.failure(http.StatusNotFound, "Not Found") }

// forbidden answers 403 in the words for the kind of token.
func (c *call) forbidden() *reply {
	message := "Must have admin rights to Repository."
	if c.token.Scope.App {
		message = "Resource not accessible by integration"
	} else if c.token.Scope.Permissions != nil {
		message = "Resource not accessible by personal access token"
	}
	return c.failure(http.StatusForbidden, message)
}

// ssoRequired answers 403 for an organization that demands single sign-on.
func (c *call) ssoRequired(o *orgIndex) *reply {
	p := c.failure(http.StatusForbidden, "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.")
	return p.set("X-GitHub-SSO", fmt.Sprintf("required; url=https://github.com/orgs/%s/sso?authorization_request=A", o.Login))
}

func (s *Server) requestID() string { return fmt.Sprintf("AJAR:SIM:%06X", s.serial.Add(1)) }

// finish waits the latency, settles the limits, writes the answer and notes it.
func (s *Server) finish(c *call, rep *reply, w http.ResponseWriter) {
	rep.encode()
	var latency time.Duration
	if s.o.Latency != nil {
		if latency = s.o.Latency(c.kind); latency > 0 {
			_ = s.o.Sleep(c.r.Context(), latency) // the client went away: it gets its answer all the same
		}
	}
	took := max(latency, s.o.Now().Sub(c.start)) // Sleep may be a short cut
	s.limits.spend(c, rep, took)
	s.limits.settled(c)
	s.header(c, rep, w.Header())
	c.note.Status = rep.status
	c.note.Count.Requests, c.note.Count.Time, c.note.Count.Bytes = 1, took, int64(len(rep.raw))
	if rep.cut {
		c.note.Status = 0
	}
	if c.entry != nil {
		s.meter.answered(c)
	}
	s.meter.note(c.note, rep.limited)
	s.o.Log.Debug("request", "kind", c.kind, "route", c.note.Route, "status", rep.status, "points", c.note.Count.Points, "took", took)
	if rep.broken != nil {
		rep.broken(c, rep, w) // last: it may end by cutting the connection
		return
	}
	w.WriteHeader(rep.status)
	if c.r.Method != http.MethodHead {
		_, _ = w.Write(rep.raw) // a client that went away is none of our business
	}
}

// header sets what every answer of GitHub carries.
func (s *Server) header(c *call, rep *reply, h http.Header) {
	h.Set("Date", s.o.Now().UTC().Format(http.TimeFormat))
	h.Set("Server", "github.com")
	h.Set("X-GitHub-Request-Id", c.id)
	h.Set("X-GitHub-Media-Type", "github.v3; format=json")
	h.Set("Vary", "Accept, Authorization, Cookie, X-GitHub-OTP")
	if c.kind == REST {
		h.Set("X-GitHub-Api-Version-Selected", "2022-11-28")
	}
	if t := c.token; t != nil {
		s.limits.header(c, h)
		if t.Scope.Owner || t.Scope.Member {
			h.Set("X-OAuth-Scopes", strings.Join(t.Scope.scopes(), ", "))
		}
		if !t.Expires.IsZero() {
			h.Set("GitHub-Authentication-Token-Expiration", t.Expires.UTC().Format("2006-01-02 15:04:05 MST"))
		}
		if c.route != nil && c.route.accepted != "" && t.Scope.Permissions != nil {
			h.Set("X-Accepted-GitHub-Permissions", c.route.accepted)
		}
	}
	if rep.raw != nil {
		h.Set("Content-Type", "application/json; charset=utf-8")
	}
	for k, v := range rep.header {
		h[k] = v
	}
}

// stamp writes a time as GitHub does; a zero time is null.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
