package serve

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// listening serves a state on free ports.
func listening(t *testing.T, o ServerOptions) (*Server, *bytes.Buffer) {
	t.Helper()
	log := &bytes.Buffer{}
	var mu sync.Mutex
	o.Log = slog.New(slog.NewTextHandler(writerFunc(func(p []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return log.Write(p)
	}), nil))
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	if o.Status == nil {
		o.Status = func() Status {
			return Status{Ready: false, State: Running, Reasons: []Check{{What: "audit", Why: "acme-secret was audited last week"}}}
		}
	}
	if o.Scrape == nil {
		o.Scrape = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ajar_up 1") })
	}
	s, err := Serve(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(context.Background()) })
	return s, log
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func get(t *testing.T, c *http.Client, req *http.Request) (*http.Response, string) {
	t.Helper()
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil {
		t.Fatal(err)
	}
	c.CloseIdleConnections()
	return resp, string(body)
}

func request(t *testing.T, method, url string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func client() *http.Client { return &http.Client{Transport: &http.Transport{}} }

func TestOpenRoutesAreTheseAndEachHasItsHeaders(t *testing.T) {
	s, _ := listening(t, ServerOptions{})
	for path, want := range map[string]int{
		"/healthz": 200, "/readyz": 503, "/metrics": 200, "/status": 200, "/": 404, "/debug/pprof/": 404, "/healthz/": 404, "/metrics/x": 404, "/Status": 404,
	} {
		resp, _ := get(t, client(), request(t, http.MethodGet, "http://"+s.Addr()+path))
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
		for name, value := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
			if got := resp.Header.Get(name); got != value {
				t.Errorf("%s: %s is %q", path, name, got)
			}
		}
		if csp := resp.Header.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, "BREW"} {
		if resp, _ := get(t, client(), request(t, method, "http://"+s.Addr()+"/healthz")); resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, resp.StatusCode)
		}
	}
}

func TestMetricsListenerHasThemAloneAndTheOtherHasNot(t *testing.T) {
	s, _ := listening(t, ServerOptions{Metrics: "127.0.0.1:0"})
	for at, routes := range map[string]map[string]int{
		s.Addr():        {"/metrics": 404, "/status": 200, "/healthz": 200},
		s.MetricsAddr(): {"/metrics": 200, "/status": 404, "/healthz": 200, "/readyz": 503},
	} {
		for path, want := range routes {
			if resp, _ := get(t, client(), request(t, http.MethodGet, "http://"+at+path)); resp.StatusCode != want {
				t.Errorf("%s at %s: %d, want %d", path, at, resp.StatusCode, want)
			}
		}
	}
}

// What names organizations is told on the machine of the daemon alone: not through a
// proxy on it, nor to a page in a browser that calls the address by another name.
func TestStateIsToldOnThisMachineAlone(t *testing.T) {
	s, _ := listening(t, ServerOptions{})
	near := request(t, http.MethodGet, "http://"+s.Addr()+"/readyz")
	if _, body := get(t, client(), near); !strings.Contains(body, "acme-secret") {
		t.Errorf("nearby the reason is kept back: %s", body)
	}
	for name, change := range map[string]func(*http.Request){
		"another name": func(r *http.Request) { r.Host = "rebound.example:9417" },
		"forwarded":    func(r *http.Request) { r.Header.Set("X-Forwarded-For", "10.0.0.9") },
		"by a page":    func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") },
	} {
		for path, want := range map[string]int{"/status": 403, "/readyz": 503} {
			req := request(t, http.MethodGet, "http://"+s.Addr()+path)
			change(req)
			resp, body := get(t, client(), req)
			if resp.StatusCode != want || strings.Contains(body, "acme-secret") {
				t.Errorf("%s, %s: %d %s", name, path, resp.StatusCode, body)
			}
		}
	}
	far := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/status", nil)
	far.RemoteAddr = "203.0.113.7:4444"
	w := httptest.NewRecorder()
	s.routes(true, true).ServeHTTP(w, far)
	if w.Code != http.StatusForbidden {
		t.Errorf("from afar: %d", w.Code)
	}
}

func TestBehindAProxyNobodyElseIsAnswered(t *testing.T) {
	s, _ := listening(t, ServerOptions{Proxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/64")}})
	for peer, want := range map[string]int{
		"10.1.2.3:1": 200, "10.2.0.1:1": 403, "203.0.113.7:1": 403, "127.0.0.1:1": 200, "[fd00::9]:1": 200, "[::ffff:10.1.9.9]:1": 200, "nonsense": 403,
	} {
		req := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		req.RemoteAddr = peer
		req.Header.Set("X-Forwarded-For", "10.1.2.3") // which anybody can write
		w := httptest.NewRecorder()
		s.routes(true, true).ServeHTTP(w, req)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", peer, w.Code, want)
		}
	}
	if resp, _ := get(t, client(), request(t, http.MethodGet, "http://"+s.Addr()+"/status")); resp.StatusCode != http.StatusForbidden {
		t.Errorf("the state through a proxy: %d", resp.StatusCode)
	}
}

func TestPanicOfOneRequestEndsNothing(t *testing.T) {
	s, log := listening(t, ServerOptions{Scrape: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("a mistake") })})
	if resp, err := client().Do(request(t, http.MethodGet, "http://"+s.Addr()+"/metrics")); err == nil {
		_ = resp.Body.Close()
		t.Error("the panic was answered")
	}
	if resp, _ := get(t, client(), request(t, http.MethodGet, "http://"+s.Addr()+"/healthz")); resp.StatusCode != http.StatusOK {
		t.Errorf("afterwards: %d", resp.StatusCode)
	}
	s.Close(context.Background())
	if !strings.Contains(log.String(), "a mistake") {
		t.Errorf("the log does not tell of it: %s", log)
	}
}

func TestSlowAndLargeRequestsAreCutOff(t *testing.T) {
	s, _ := listening(t, ServerOptions{})
	for _, srv := range s.servers {
		if srv.ReadHeaderTimeout != 5*time.Second || srv.ReadTimeout != 15*time.Second || srv.IdleTimeout != 60*time.Second || srv.MaxHeaderBytes != 32<<10 {
			t.Errorf("limits: %+v", srv)
		}
	}
	var d net.Dialer
	c, err := d.DialContext(t.Context(), "tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	fmt.Fprintf(c, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: %s\r\n\r\n", strings.Repeat("a", 64<<10))
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 64 KiB: %d", resp.StatusCode)
	}
}

func TestSocketIsItsOwnersAloneAndTellsEverything(t *testing.T) {
	sock := filepath.Join(t.TempDir(), "s.sock")
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: sock, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false) // as a daemon that was killed leaves it behind
	_ = left.Close()
	s, _ := listening(t, ServerOptions{Socket: sock, Proxies: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}})
	info, err := os.Stat(sock)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %s", info.Mode())
	}
	c := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", sock)
	}}}
	resp, body := get(t, c, request(t, http.MethodGet, "http://ajar/status"))
	var st Status
	if err := json.Unmarshal([]byte(body), &st); err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(body, "acme-secret") {
		t.Errorf("%d, %v: %s", resp.StatusCode, err, body)
	}
	s.Close(context.Background())
	if _, err := os.Stat(sock); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is left behind: %v", err)
	}
}

func TestAddressThatIsTakenIsAnErrorAndLeavesNothing(t *testing.T) {
	s, _ := listening(t, ServerOptions{})
	if other, err := Serve(t.Context(), ServerOptions{Listen: "127.0.0.1:0", Metrics: s.Addr(), Log: slog.New(slog.DiscardHandler)}); err == nil {
		other.Close(context.Background())
		t.Error("two listen on one address")
	}
}

// certificate writes a new one of that name.
func certificate(t *testing.T, dir, name string) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{"ajar.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	for file, block := range map[string]*pem.Block{"cert.pem": {Type: "CERTIFICATE", Bytes: der}, "key.pem": {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(filepath.Join(dir, file), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCertificateIsReadAgainAndABrokenOneIsNotTaken(t *testing.T) {
	dir := t.TempDir()
	certificate(t, dir, "first")
	cfg, err := renewing(filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if cfg.MinVersion != tls.VersionTLS12 {
		t.Error("TLS before 1.2 is spoken")
	}
	r := &renewal{certFile: filepath.Join(dir, "cert.pem"), keyFile: filepath.Join(dir, "key.pem"), log: slog.New(slog.DiscardHandler)}
	name := func() string {
		r.looked = time.Now().Add(-time.Minute)
		c, err := r.get(nil)
		if err != nil || c == nil {
			t.Fatalf("%v, %v", c, err)
		}
		leaf, err := x509.ParseCertificate(c.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.Subject.CommonName
	}
	if got := name(); got != "first" {
		t.Errorf("got %s", got)
	}
	certificate(t, dir, "second")
	if err := os.Chtimes(filepath.Join(dir, "cert.pem"), time.Time{}, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "second" {
		t.Errorf("after it changed: %s", got)
	}
	if err := os.WriteFile(filepath.Join(dir, "cert.pem"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := name(); got != "second" {
		t.Errorf("while it is written: %s", got)
	}
}

func TestOverTLSTheHeadersSaySo(t *testing.T) {
	dir := t.TempDir()
	root := certificate(t, dir, "here")
	s, _ := listening(t, ServerOptions{CertFile: filepath.Join(dir, "cert.pem"), KeyFile: filepath.Join(dir, "key.pem")})
	pool := x509.NewCertPool()
	pool.AddCert(root)
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "ajar.test", MinVersion: tls.VersionTLS12}}}
	resp, _ := get(t, c, request(t, http.MethodGet, s.Scheme()+"://"+s.Addr()+"/healthz"))
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
}

// A peer that opens connections and says nothing keeps nobody else out for long, and
// there is a bound to how many there are.
func TestConnectionsAreBounded(t *testing.T) {
	s, _ := listening(t, ServerOptions{MaxOpen: 2})
	var d net.Dialer
	var held []net.Conn
	for range 2 {
		c, err := d.DialContext(t.Context(), "tcp", s.Addr())
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c)
	}
	answered := make(chan int, 1)
	go func() {
		c := client()
		defer c.CloseIdleConnections()
		resp, err := c.Get("http://" + s.Addr() + "/healthz")
		if err != nil {
			answered <- 0
			return
		}
		_ = resp.Body.Close()
		answered <- resp.StatusCode
	}()
	select {
	case code := <-answered:
		t.Errorf("a third connection was answered %d while two are open", code)
	case <-time.After(200 * time.Millisecond):
	}
	for _, c := range held {
		_ = c.Close()
	}
	if code := <-answered; code != http.StatusOK {
		t.Errorf("once there is room: %d", code)
	}
}

func TestWhatIsNoSocketIsLeftInItsPlace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.db.sock")
	if err := os.WriteFile(path, []byte("somebody's"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, _ := listening(t, ServerOptions{Socket: path})
	if b, err := os.ReadFile(path); err != nil || string(b) != "somebody's" {
		t.Errorf("%q, %v", b, err)
	}
	s.Close(context.Background())
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
}
