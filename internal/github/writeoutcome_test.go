package github

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// sorts of a change that did not come out well
const (
	isDone = iota
	isRefused
	isLimited
	isInDoubt
	isUnsent
)

func sortOf(err error) int {
	_, status := errors.AsType[*StatusError](err)
	_, graphql := errors.AsType[*GraphQLError](err)
	switch {
	case err == nil:
		return isDone
	case errors.Is(err, ErrInDoubt):
		return isInDoubt
	case errors.Is(err, ErrNotSent):
		return isUnsent
	case errors.Is(err, ErrLimited) && !status && !graphql:
		return isLimited
	case status || graphql:
		return isRefused
	}
	return -1
}

func answers(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		reply(w, status, body)
	}
}

func hijack(do func(net.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body)
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		do(conn)
		conn.Close()
	}
}

// outcomes are all that a server can do to a change, and what it means.
var outcomes = []struct {
	name    string
	handler http.HandlerFunc
	want    int
}{
	{"204", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, isDone},
	{"200", answers(200, `{"id":7}`), isDone},
	{"201", answers(201, `{"id":7}`), isDone},
	{"202, by and by", answers(202, `{}`), isDone},
	{"202 with nothing", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(202) }, isDone},
	{"303, there already", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Location", "/x"); w.WriteHeader(303) }, isDone},
	{"301", answers(301, `{}`, "Location", "/elsewhere"), isRefused},
	{"302", answers(302, `{}`, "Location", "/elsewhere"), isRefused},
	{"307", answers(307, `{}`, "Location", "/elsewhere"), isRefused},
	{"308", answers(308, `{}`, "Location", "https://evil.example/"), isRefused},
	{"304", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) }, isRefused},
	{"400", answers(400, `{"message":"Problems parsing JSON"}`), isRefused},
	{"401", answers(401, `{"message":"Bad credentials"}`), isRefused},
	{"403", answers(403, `{"message":"Resource not accessible by integration"}`), isRefused},
	{"404", answers(404, `{"message":"Not Found"}`), isRefused},
	{"409", answers(409, `{"message":"Conflict"}`), isRefused},
	{"410", answers(410, `{"message":"Gone"}`), isRefused},
	{"422", answers(422, `{"message":"Validation Failed"}`), isRefused},
	{"451", answers(451, `{"message":"Repository access blocked"}`), isRefused},
	{"403 of the primary limit", answers(403, `{"message":"API rate limit exceeded"}`, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1787299200"), isLimited},
	{"429 of the primary limit", answers(429, `{}`, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "1787299200"), isLimited},
	{"403 of the secondary limit", answers(403, `{"message":"You have exceeded a secondary rate limit. Please wait."}`), isLimited},
	{"429 with Retry-After", answers(429, `{}`, "Retry-After", "30"), isLimited},
	{"408", answers(408, `{}`), isInDoubt},
	{"500", answers(500, `{}`), isInDoubt},
	{"502", answers(502, `{}`), isInDoubt},
	{"502, a page", answers(502, `<html>`, "Content-Type", "text/html"), isInDoubt},
	{"503", answers(503, `{}`), isInDoubt},
	{"504", answers(504, `{}`), isInDoubt},
	{"a page", answers(200, `<html>`), isInDoubt},
	{"a page that refuses", answers(403, `<html>`), isInDoubt},
	{"no JSON", answers(200, `done`), isInDoubt},
	{"nothing", answers(201, ``), isInDoubt},
	{"JSON that broke off", answers(201, `{"id":7`), isInDoubt},
	{"an answer without end", answers(200, `{"a":"`+strings.Repeat("x", maxWritten)+`"}`), isInDoubt},
	{"a body that broke off", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		reply(w, 200, `{"id":7}`)
	}, isInDoubt},
	{"closed", hijack(func(net.Conn) {}), isInDoubt},
	{"reset", hijack(func(c net.Conn) { c.(*net.TCPConn).SetLinger(0) }), isInDoubt},
	{"half a header", hijack(func(c net.Conn) { io.WriteString(c, "HTTP/1.1 204 No Con") }), isInDoubt},
	{"another protocol", hijack(func(c net.Conn) { io.WriteString(c, "SSH-2.0-OpenSSH_9\r\n") }), isInDoubt},
	{"no answer", func(_ http.ResponseWriter, r *http.Request) { io.ReadAll(r.Body); <-r.Context().Done() }, isInDoubt},
}

// TestEachOutcomeIsToldApartAndNothingIsSentTwice has each of them meet a change
// with a body and one without.
func TestEachOutcomeIsToldApartAndNothingIsSentTwice(t *testing.T) {
	for _, o := range outcomes {
		for _, m := range []Mutation{someWrite, {Method: "POST", Path: "/repos/acme/api/keys", Body: []byte(`{"title":"a","key":"b","read_only":true}`)}} {
			if o.name == "303, there already" && m.Method != "POST" {
				continue
			}
			w, _, came := testWriter(t, o.handler, func(o *Options) { o.Timeout = 200 * time.Millisecond })
			_, err := w.Send(context.Background(), m)
			if sortOf(err) != o.want || came.Load() != 1 {
				t.Errorf("%s, %s: sort %d, not %d, after %d requests: %v", o.name, m.Method, sortOf(err), o.want, came.Load(), err)
			}
			if err != nil && strings.Contains(fmt.Sprintf("%v %+v", err, errors.Unwrap(err)), canary) {
				t.Errorf("%s: the error shows the token", o.name)
			}
		}
	}
}

// TestMutationsErrorsAreToldApart does the same for answers of GraphQL.
func TestMutationsErrorsAreToldApart(t *testing.T) {
	const m = `{"query":"mutation($input:UpdateEnvironmentInput!){updateEnvironment(input:$input){environment{id}}}","variables":{"input":{}}}`
	for body, want := range map[string]int{
		`{"data":{"updateEnvironment":{"environment":{"id":"x"}}}}`:                                        isDone,
		`{"data":{"updateEnvironment":null},"errors":[{"type":"FORBIDDEN","message":"no"}]}`:               isRefused,
		`{"data":null,"errors":[{"type":"NOT_FOUND","message":"no"}]}`:                                     isRefused,
		`{"errors":[{"type":"UNPROCESSABLE","message":"no"}]}`:                                             isRefused,
		`{"errors":[{"type":"RATE_LIMITED","message":"no"}]}`:                                              isLimited,
		`{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`:          isInDoubt,
		`{"data":null,"errors":[{"type":"NEW","message":"?"}]}`:                                            isInDoubt,
		`{"data":{"updateEnvironment":{"environment":null}},"errors":[{"type":"FORBIDDEN","message":""}]}`: isInDoubt,
		`{"data":{"updateEnvironment":null}}`:                                                              isInDoubt, `{}`: isInDoubt, `{"data":null}`: isInDoubt, `[]`: isInDoubt,
	} {
		w, _, came := testWriter(t, answers(200, body))
		if _, err := w.Send(context.Background(), Mutation{Method: "POST", Body: []byte(m)}); sortOf(err) != want || came.Load() != 1 {
			t.Errorf("%s: sort %d, not %d: %v", body, sortOf(err), want, err)
		}
	}
}

func TestNothingHasLeftWhereThereIsNoConnection(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	stranger := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer stranger.Close()
	stranger.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	proxy := httptest.NewServer(answers(407, ``))
	defer proxy.Close()
	for name, change := range map[string]func(*Options){
		"refused":   func(o *Options) { o.APIURL = closed.URL },
		"untrusted": func(o *Options) { o.APIURL = stranger.URL },
		"no name":   func(o *Options) { o.APIURL = "https://nowhere.invalid" },
		"proxy":     func(o *Options) { o.APIURL, o.Proxy = "https://nowhere.invalid", proxy.URL },
		"no token":  func(o *Options) { o.Source = oauth2.StaticTokenSource(&oauth2.Token{}) },
	} {
		w, _, _ := testWriter(t, nil, change)
		_, err := w.Send(context.Background(), someWrite)
		if sortOf(err) != isUnsent {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(fmt.Sprint(err), canary) {
			t.Errorf("%s: the error shows the token", name)
		}
	}
}

// TestConnectionThatComesTooLateIsNotUsed is a pause between the call and the
// connection, in which another process may have taken over.
func TestConnectionThatComesTooLateIsNotUsed(t *testing.T) {
	c := newClock()
	slow := http.DefaultTransport.(*http.Transport).Clone()
	slow.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
		c.Sleep(ctx, firstByte+time.Second)
		return conn, err
	}
	w, _, came := testWriter(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(204) },
		func(o *Options) { o.Base, o.Now, o.Sleep = slow, c.Now, c.Sleep })
	if _, err := w.Send(context.Background(), someWrite); sortOf(err) != isUnsent || came.Load() != 0 {
		t.Errorf("%d requests: %v", came.Load(), err)
	}
}

func TestChangesGoOverTLSWhereTheServerPrefersHTTP2(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 1 {
			t.Errorf("asked by %s", r.Proto)
		}
		w.WriteHeader(204)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	for _, base := range []http.RoundTripper{srv.Client().Transport, srv.Client().Transport.(*http.Transport).Clone()} {
		w, _, _ := testWriter(t, nil, func(o *Options) { o.APIURL, o.Base = srv.URL, base })
		if _, err := w.Send(context.Background(), someWrite); err != nil {
			t.Error(err)
		}
	}
}
