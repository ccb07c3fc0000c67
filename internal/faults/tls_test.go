package faults

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/github"
)

// certified is a server with a certificate of its own, and a client that trusts
// it, or not.
func certified(t *testing.T, host string, ends time.Time, trusted bool) trouble {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	made := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: ends.AddDate(-1, 0, 0), NotAfter: ends, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
	}
	if ip := net.ParseIP(host); ip != nil {
		made.IPAddresses = []net.IP{ip}
	} else {
		made.DNSNames = []string{host}
	}
	raw, err := x509.CreateCertificate(rand.Reader, made, made, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	wire := http.DefaultTransport.(*http.Transport).Clone()
	wire.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool(), MinVersion: tls.VersionTLS12}
	if trusted {
		own, err := x509.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		wire.TLSClientConfig.RootCAs.AddCert(own)
	}
	return trouble{client: github.Options{Base: wire}, front: func(sim *httptest.Server) string {
		s := httptest.NewUnstartedServer(sim.Config.Handler)
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{raw}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.StartTLS()
		t.Cleanup(s.Close)
		t.Cleanup(wire.CloseIdleConnections)
		return s.URL
	}}
}

func TestServerThatCannotBeTrustedEndsThePassInOneLine(t *testing.T) {
	soon := time.Now().Add(time.Hour)
	for name, d := range map[string]trouble{
		"expired":           certified(t, "127.0.0.1", time.Now().Add(-time.Hour), true),
		"unknown authority": certified(t, "127.0.0.1", soon, false),
		"another host":      certified(t, "github.example", soon, true),
	} {
		_, p := disturbed(t, aVillage, d)
		line, _ := github.Explain(p.err)
		if p.err == nil || !strings.Contains(line, "certificate") || !strings.Contains(line, "127.0.0.1") {
			t.Errorf("%s: %q", name, line)
		}
	}
	_, p := disturbed(t, aVillage, certified(t, "127.0.0.1", soon, true))
	p.whole(t)
}

func TestNameThatIsNotResolvedIsAskedForAgainOrEndsThePassInOneLine(t *testing.T) {
	dialing := func(fail func(n int64) error) trouble {
		wire := http.DefaultTransport.(*http.Transport).Clone()
		wire.DisableKeepAlives = true // each request looks the name up
		var n atomic.Int64
		wire.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			if err := fail(n.Add(1)); err != nil {
				return nil, &net.OpError{Op: "dial", Net: network, Err: err}
			}
			return (&net.Dialer{}).DialContext(ctx, network, address)
		}
		return trouble{client: github.Options{Base: wire}}
	}
	_, p := disturbed(t, aVillage, dialing(func(n int64) error {
		if n%5 == 3 {
			return &net.DNSError{Err: "server misbehaving", Name: "api.github.example", IsTemporary: true}
		}
		return nil
	}))
	p.whole(t)
	_, p = disturbed(t, aVillage, dialing(func(n int64) error {
		if n > 15 {
			return &net.DNSError{Err: "no such host", Name: "api.github.example", IsNotFound: true}
		}
		return nil
	}))
	if line, _ := github.Explain(p.err); !strings.Contains(line, "cannot be resolved") {
		t.Errorf("%q", line)
	}
}

func TestProxyThatWantsAPasswordOrIsGoneEndsThePassInOneLine(t *testing.T) {
	asks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Proxy-Authenticate", "Basic realm=office")
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer asks.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	for name, tc := range map[string]struct{ proxy, api, says string }{
		"asks, plain":  {asks.URL, "http://127.0.0.1:9", "asks for a user name and password"},
		"asks, tunnel": {asks.URL, "https://api.github.example", "asks for a user name and password"},
		"gone":         {gone.URL, "https://api.github.example", "the proxy could not be reached"},
	} {
		_, p := disturbed(t, aVillage, trouble{client: github.Options{Proxy: tc.proxy}, front: func(*httptest.Server) string { return tc.api }})
		if line, _ := github.Explain(p.err); !strings.Contains(line, tc.says) {
			t.Errorf("%s: %q", name, line)
		}
	}
}
