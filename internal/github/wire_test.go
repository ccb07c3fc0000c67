package github

import (
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/oauth2"
)

// secure is a TLS server with its own authority, and that authority.
func secure(t *testing.T) (*httptest.Server, []byte) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, `[]`) }))
	srv.Config.ErrorLog = nil
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
}

// proxied is a CONNECT proxy: it lets through to one address, or answers with a
// status.
func proxied(t *testing.T, to string, status int) (*httptest.Server, *atomic.Int32) {
	var n atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		if r.Method != http.MethodConnect || status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		if r.Header.Get("Authorization") != "" {
			t.Error("the proxy was shown the credential")
		}
		far, err := net.Dial("tcp", to)
		if err != nil {
			t.Error(err)
			return
		}
		near, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(near, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { _, _ = io.Copy(far, near); far.Close() }()
		go func() { _, _ = io.Copy(near, far); near.Close() }()
	}))
	t.Cleanup(srv.Close)
	return srv, &n
}

// reach asks a server once with its own wire.
func reach(t *testing.T, o Options) error {
	t.Helper()
	clock := newClock()
	o.Source, o.Now, o.Sleep = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: canary}), clock.Now, clock.Sleep
	c, err := New(o)
	if err != nil {
		return err
	}
	defer c.CloseIdleConnections()
	return get(c, "orgs/acme/members")
}

func TestServerWithItsOwnAuthorityIsReachedByNamingIt(t *testing.T) {
	srv, authority := secure(t)
	err := reach(t, Options{APIURL: srv.URL + "/api/v3"})
	line, hint := Explain(err)
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(line, "its certificate is not trusted") || !strings.Contains(hint, "ca_file") {
		t.Errorf("without it: %s (%s)", line, hint)
	}
	if err := reach(t, Options{APIURL: srv.URL + "/api/v3", Authorities: authority}); err != nil {
		t.Errorf("with it: %v", err)
	}
	if err := reach(t, Options{APIURL: srv.URL, Authorities: []byte("no certificate")}); err == nil || !strings.Contains(err.Error(), "no certificate in PEM") {
		t.Errorf("a file of something else: %v", err)
	}
}

func TestOldProtocolsStayRefusedWithAnOwnAuthority(t *testing.T) {
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { reply(w, 200, `[]`) }))
	srv.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	srv.StartTLS()
	defer srv.Close()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := reach(t, Options{APIURL: srv.URL, Authorities: authority}); !errors.Is(err, ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestProxyIsUsedAndItsRefusalIsOneLine(t *testing.T) {
	srv, authority := secure(t)
	through, n := proxied(t, srv.Listener.Addr().String(), http.StatusOK)
	if err := reach(t, Options{APIURL: srv.URL, Authorities: authority, Proxy: through.URL}); err != nil || n.Load() != 1 {
		t.Errorf("through a proxy: %v, it was asked %d times", err, n.Load())
	}
	for status, want := range map[int]string{
		http.StatusProxyAuthRequired: "asks for a user name and password (407)", http.StatusForbidden: "did not let the connection through (403 Forbidden)",
	} {
		closed, n := proxied(t, "", status)
		err := reach(t, Options{APIURL: srv.URL, Authorities: authority, Proxy: closed.URL})
		line, hint := Explain(err)
		if !errors.Is(err, ErrUnreachable) || !strings.Contains(line, want) || strings.Contains(line, "\n") || hint == "" || n.Load() != 1 {
			t.Errorf("%d: %s (%s), asked %d times", status, line, hint, n.Load())
		}
	}
	nobody := httptest.NewServer(nil)
	nobody.Close()
	if line, _ := Explain(reach(t, Options{APIURL: srv.URL, Proxy: nobody.URL})); !strings.Contains(line, "the proxy could not be reached") {
		t.Errorf("a proxy that is not there: %s", line)
	}
}

func TestReserveOfAServerWithoutLimitsIsNothing(t *testing.T) {
	client, c := testClient(t, func(w http.ResponseWriter, r *http.Request) { reply(w, 200, `[]`) },
		func(o *Options) { o.Reserve = func(int) int { t.Error("asked for a reserve of nothing"); return 200 } })
	for range 3 {
		if err := get(client, "orgs/acme"); err != nil {
			t.Fatal(err)
		}
	}
	if len(c.slept) != 0 {
		t.Errorf("waited %v", c.slept)
	}
}
