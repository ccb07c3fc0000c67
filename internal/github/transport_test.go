package github

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

func TestEveryRequestSaysWhoAsks(t *testing.T) {
	var got []http.Header
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Clone())
		if r.URL.Path == "/graphql" {
			reply(w, 200, viewerAnswer)
			return
		}
		reply(w, 200, `{}`)
	}, func(o *Options) { o.UserAgent = "ajar/1.2 (+https://github.com/eb661601/ajar)" })
	var q viewerQuery
	if err := errors.Join(get(c, "orgs/acme"), c.Query(context.Background(), &q, nil)); err != nil {
		t.Fatal(err)
	}
	for _, h := range got {
		for key, want := range map[string]string{
			"User-Agent": "ajar/1.2 (+https://github.com/eb661601/ajar)", "X-Github-Api-Version": APIVersion,
			"Authorization": "Bearer " + canary,
		} {
			if h.Get(key) != want {
				t.Errorf("%s is %q, want %q", key, h.Get(key), want)
			}
		}
		if h.Get("Accept") == "" {
			t.Error("no Accept header")
		}
	}
}

func TestCredentialNeverGoesToAnotherHost(t *testing.T) {
	var stolen atomic.Bool
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { stolen.Store(true); reply(w, 200, `[]`) }))
	defer evil.Close()
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/next":
			w.Header().Set("Link", `<`+evil.URL+`/next?page=2>; rel="next"`)
			reply(w, 200, `[]`)
		case "/ours":
			w.Header().Set("Link", `</ours?page=2>; rel="next", </ours?page=9>; rel="last"`)
			reply(w, 200, `[]`)
		}
	})
	for path, fine := range map[string]bool{"ours": true, "next": false, evil.URL + "/": false} {
		err := get(c, path)
		if fine != (err == nil) {
			t.Errorf("%s: %v", path, err)
		}
		if !fine && !errors.Is(err, ErrNotGitHub) {
			t.Errorf("%s: %v is of the wrong class", path, err)
		}
	}
	other := strings.Replace(c.REST().BaseURL(), "http:", "https:", 1)
	if err := get(c, other+"orgs/acme"); !errors.Is(err, ErrNotGitHub) {
		t.Errorf("the other scheme gave %v", err)
	}
	if stolen.Load() {
		t.Error("the other host was asked")
	}
}

func TestReadIsTriedAgainUntilTheAnswerIsWhole(t *testing.T) {
	gz := func(s string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, s)
		z.Close()
		return b.Bytes()
	}
	for name, fail := range map[string]func(w http.ResponseWriter){
		"500": func(w http.ResponseWriter) { reply(w, 500, `{}`) },
		"502": func(w http.ResponseWriter) { w.WriteHeader(502) },
		"503": func(w http.ResponseWriter) { w.WriteHeader(503) },
		"504": func(w http.ResponseWriter) { w.WriteHeader(504) },
		"reset": func(w http.ResponseWriter) {
			conn, _, _ := w.(http.Hijacker).Hijack()
			conn.(*net.TCPConn).SetLinger(0)
			conn.Close()
		},
		"closed": func(w http.ResponseWriter) { conn, _, _ := w.(http.Hijacker).Hijack(); conn.Close() },
		"short": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", "100")
			reply(w, 200, `[{"id":1}`)
		},
		"cut JSON": func(w http.ResponseWriter) { reply(w, 200, `[{"id":1},`) },
		"empty":    func(w http.ResponseWriter) { reply(w, 200, ``) },
		"bad gzip": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", "application/json")
			w.Write(gz(`[{"id":1},{"id":2}]`)[:20])
		},
		"not gzip": func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "gzip"); reply(w, 200, `[]`) },
		"accepted": func(w http.ResponseWriter) { reply(w, 202, `{}`) },
	} {
		for _, failures := range []int64{1, 99} {
			var n atomic.Int64
			c, clock := testClient(t, func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) <= failures {
					fail(w)
					return
				}
				reply(w, 200, `[]`)
			})
			err := get(c, "repos/acme/api/keys")
			if failures == 1 && (err != nil || n.Load() != 2) {
				t.Errorf("%s once: %v after %d requests", name, err, n.Load())
			}
			if failures == 99 && (err == nil || n.Load() != tries) {
				t.Errorf("%s for ever: %v after %d requests, want an error after %d", name, err, n.Load(), tries)
			}
			if len(clock.slept) != int(n.Load())-1 || c.Meter().Retries != n.Load()-1 {
				t.Errorf("%s: slept %v, counted %d retries for %d requests", name, clock.slept, c.Meter().Retries, n.Load())
			}
		}
	}
}

func TestQueryThatTimesOutIsNotRepeatedForLong(t *testing.T) {
	var n atomic.Int64
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) { n.Add(1); w.WriteHeader(502) })
	var q viewerQuery
	if err := c.Query(context.Background(), &q, nil); !errors.Is(err, ErrServer) || n.Load() != gatewayTries {
		t.Errorf("%v after %d requests", err, n.Load())
	}
}

func TestSlowPeerIsGivenUp(t *testing.T) {
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for range 1000 {
			if _, err := io.WriteString(w, " "); err != nil || r.Context().Err() != nil {
				return
			}
			w.(http.Flusher).Flush()
			time.Sleep(2 * time.Millisecond)
		}
	}, func(o *Options) { o.Timeout = 30 * time.Millisecond })
	if err := get(c, "orgs/acme"); !errors.Is(err, ErrServer) && !errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestBodyWithoutEndIsCutOff(t *testing.T) {
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		zeros := bytes.Repeat([]byte(" "), 1<<20)
		for range maxREST>>20 + 2 {
			z.Write(zeros)
		}
	})
	if err := get(c, "orgs/acme"); !errors.Is(err, ErrNotGitHub) || !strings.Contains(err.Error(), "more than 32 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestUnreachableHostIsNamedWithItsReason(t *testing.T) {
	refused := httptest.NewServer(nil)
	refused.Close()
	stranger := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer stranger.Close()
	stranger.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	for url, want := range map[string]string{
		refused.URL:               "the connection was refused",
		stranger.URL:              "its certificate is not trusted",
		"https://nowhere.invalid": "its name cannot be resolved",
	} {
		c, _ := testClient(t, nil, func(o *Options) { o.APIURL = url })
		err := get(c, "orgs/acme")
		line, hint := Explain(err)
		if !errors.Is(err, ErrUnreachable) || !strings.HasPrefix(line, "cannot reach ") || !strings.HasSuffix(line, want) || hint == "" {
			t.Errorf("%s: %q (%s)", url, line, hint)
		}
	}
}

func TestInterruptionIsNotTakenForTrouble(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		io.ReadAll(r.Body) // the server notices a caller that left only after the body
		cancel()
		<-r.Context().Done()
	})
	var q viewerQuery
	err := c.Query(ctx, &q, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if line, _ := Explain(err); line != "interrupted" || c.Meter().Requests != 1 {
		t.Errorf("explained as %q after %d requests", line, c.Meter().Requests)
	}
}

func TestMeterCountsWhatWentOverTheWire(t *testing.T) {
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/graphql" {
			reply(w, 200, viewerAnswer)
			return
		}
		reply(w, 200, `[1,2]`)
	})
	var q viewerQuery
	if err := errors.Join(get(c, "a"), get(c, "b"), c.Query(context.Background(), &q, nil)); err != nil {
		t.Fatal(err)
	}
	m := c.Meter()
	if m.Requests != 3 || m.GraphQL != 1 || m.REST != 2 || m.Points != 3 || m.Bytes != int64(10+len(viewerAnswer)) || m.Waited != 0 {
		t.Errorf("%+v", m)
	}
}

// renewing gives a stale token until it is renewed.
type renewing struct{ stale, fresh string }

func (r *renewing) Token() (*oauth2.Token, error) { return &oauth2.Token{AccessToken: r.stale}, nil }
func (r *renewing) Renew(refused string) {
	if refused == r.stale {
		r.stale = r.fresh
	}
}

func TestRefusedAppTokenIsRenewedOnce(t *testing.T) {
	for fresh, works := range map[string]bool{"fresh": true, "revoked": false} {
		var n int
		c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
			n++
			if r.Header.Get("Authorization") != "Bearer fresh" {
				reply(w, 401, `{"message":"Bad credentials"}`)
				return
			}
			reply(w, 200, viewerAnswer)
		}, func(o *Options) { o.Source = &renewing{"stale", fresh} })
		var q viewerQuery
		err := c.Query(context.Background(), &q, nil)
		if works != (err == nil) || !works && !errors.Is(err, ErrUnauthenticated) || n != 2 {
			t.Errorf("%s: %v after %d requests", fresh, err, n)
		}
	}
}

func TestTokenIsInNoErrorAndNoLog(t *testing.T) {
	var log bytes.Buffer
	status := http.StatusOK
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "4000")
		reply(w, status, `{"message":"no"}`)
	}, func(o *Options) {
		o.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	var text strings.Builder
	note := func(err error) {
		line, hint := Explain(err)
		fmt.Fprintf(&text, "%v\n%+v\n%#v\n%s\n%s\n", err, err, err, line, hint)
	}
	for _, status = range []int{200, 202, 301, 304, 401, 403, 404, 422, 429, 500} {
		var q viewerQuery
		note(get(c, "orgs/acme"))
		note(c.Query(context.Background(), &q, nil))
	}
	for _, bad := range []string{canary + "\n", canary + "\x00", ""} {
		b, _ := testClient(t, nil, func(o *Options) {
			o.Source = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: bad})
		})
		err := get(b, "orgs/acme")
		if !errors.Is(err, ErrUnauthenticated) {
			t.Errorf("a malformed token gives %v", err)
		}
		note(err)
	}
	if s := text.String() + log.String(); strings.Contains(s, canary) || strings.Contains(s, canary[4:20]) {
		t.Errorf("the token is in what people read:\n%s", s)
	}
}

func FuzzNextLink(f *testing.F) {
	f.Add(`<https://api.github.com/x?page=2>; rel="next", <https://api.github.com/x?page=5>; rel="last"`)
	f.Add(`<a,b>;rel=next`)
	f.Add(`<a>; title="x, y"; rel="prev next"`)
	f.Fuzz(func(t *testing.T, header string) {
		if next := NextLink(header); next != "" && !strings.Contains(header, "<"+next+">") {
			t.Errorf("%q has no link to %q", header, next)
		}
	})
}

func TestNextLinkIsFound(t *testing.T) {
	for header, want := range map[string]string{
		`<https://h/x?page=2>; rel="next", <https://h/x?page=5>; rel="last"`:   "https://h/x?page=2",
		`<https://h/x?page=1>; rel="prev", <https://h/x?after=a%2C>; rel=next`: "https://h/x?after=a%2C",
		`<u>; title="a, b"; REL="first NEXT"`:                                  "u",
		`<u>; rel="last"`:                                                      "", `garbage`: "", `<u`: "", ``: "", `<u>`: "",
	} {
		if got := NextLink(header); got != want {
			t.Errorf("%s: next is %q, want %q", header, got, want)
		}
	}
}
