package stamp_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/eb661601/ajar/internal/stamp"
	"github.com/eb661601/ajar/internal/stamp/stamptest"
)

var sum = sha256.Sum256([]byte("what is stamped\n"))

func trusting(t testing.TB, a *stamptest.Authority) *stamp.Authorities {
	t.Helper()
	out, err := stamp.ReadAuthorities(a.PEM)
	check(t, err)
	return out
}

// question is one as Ask sends it.
func question(t testing.TB) []byte {
	t.Helper()
	q := timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true, Nonce: big.NewInt(7)}
	text, err := q.Marshal()
	check(t, err)
	return text
}

// What OpenSSL's authority answers is taken, and OpenSSL verifies what was kept.
func TestATimeStampOfOpenSSLIsTakenAndOpenSSLTakesOurs(t *testing.T) {
	needsOpenSSL(t)
	a := stamptest.New(t, nil)
	dir := t.TempDir()
	answer, told, err := stamp.Ask(t.Context(), stamptest.Serve(t, byOpenSSL(t, a, dir)), sum, rand.Reader)
	check(t, err)
	if told.Trusted || time.Since(told.At) > time.Hour || told.By != "CN=Stamps of the tests" {
		t.Errorf("it says %+v", told)
	}
	got, err := stamp.Read(answer, sum, trusting(t, a))
	if err != nil || !got.Trusted || !got.At.Equal(told.At) {
		t.Errorf("it gives %+v, %v", got, err)
	}
	check(t, os.WriteFile(filepath.Join(dir, "data"), []byte("what is stamped\n"), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "kept.tsr"), answer, 0o600))
	out, err := openssl(t, dir, "ts", "-verify", "-data", "data", "-in", "kept.tsr", "-CAfile", "ca.PEM")
	if err != nil || !strings.Contains(out, "Verification: OK") {
		t.Errorf("OpenSSL says %v: %s", err, out)
	}
}

func TestWhatIsNoTimeStampOfThisByThatAuthorityIsRefused(t *testing.T) {
	a, other := stamptest.New(t, nil), stamptest.New(t, nil)
	good := a.Stamp(t, question(t), nil)
	if got, err := stamp.Read(good, sum, trusting(t, a)); err != nil || !got.At.Equal(stamptest.Noon) || got.Accuracy != time.Second {
		t.Fatalf("%+v, %v", got, err)
	}
	refused := func(name string, answer []byte, by *stamptest.Authority, want string) {
		t.Helper()
		var trusted *stamp.Authorities
		if by != nil {
			trusted = trusting(t, by)
		}
		if _, err := stamp.Read(answer, sum, trusted); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	refused("another authority", good, other, "unknown authority")
	refused("another hash", a.Stamp(t, question(t), func(s *timestamp.Timestamp) { s.HashedMessage = make([]byte, 32) }), a, "something else")
	refused("no certificate", a.Stamp(t, question(t), func(s *timestamp.Timestamp) { s.AddTSACertificate = false }), a, "no")
	refused("after the certificate ended", a.Stamp(t, question(t), func(s *timestamp.Timestamp) { s.Time = stamptest.Noon.AddDate(25, 0, 0) }), a, "expired")
	for name, use := range map[string][]x509.ExtKeyUsage{"servers": {x509.ExtKeyUsageServerAuth}, "more than stamps": {x509.ExtKeyUsageTimeStamping, x509.ExtKeyUsageServerAuth}} {
		b := stamptest.New(t, func(c *x509.Certificate) { c.ExtraExtensions, c.ExtKeyUsage = nil, use })
		refused("a certificate for "+name, b.Stamp(t, question(t), nil), b, "not one for time stamps alone")
	}
	no, err := timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.TimeNotAvailable)
	check(t, err)
	refused("a refusal", no, nil, "time source is not available")
	refused("nothing", nil, nil, "no time stamp")
	refused("too much", make([]byte, 1<<20), nil, "more than")
	for i := 0; i < len(good); i += 7 {
		changed := bytes.Clone(good)
		changed[i] ^= 0x55
		if got, err := stamp.Read(changed, sum, trusting(t, a)); err == nil && !got.At.Equal(stamptest.Noon) {
			t.Errorf("byte %d is changed, and it says %s", i, got.At)
		}
	}
}

func TestAnAuthorityThatDoesNotAnswerTheQuestionIsNamed(t *testing.T) {
	a := stamptest.New(t, nil)
	elsewhere := stamptest.Serve(t, func(q []byte) []byte { return a.Stamp(t, q, nil) })
	if _, _, err := stamp.Ask(t.Context(), elsewhere, sum, rand.Reader); err != nil {
		t.Fatal(err)
	}
	handle := func(h http.HandlerFunc) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	for _, c := range []struct{ name, url, want string }{
		{"another number", stamptest.Serve(t, func(q []byte) []byte {
			return a.Stamp(t, q, func(s *timestamp.Timestamp) { s.Nonce = big.NewInt(1) })
		}), "another question"},
		{"no number", stamptest.Serve(t, func(q []byte) []byte { return a.Stamp(t, q, func(s *timestamp.Timestamp) { s.Nonce = nil }) }), "another question"},
		{"a redirect", handle(func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		}), "leads elsewhere"},
		{"an error", handle(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }), "it answers 503"},
		{"a page", stamptest.Serve(t, func([]byte) []byte { return []byte("<html>") }), "no time stamp"},
		{"without end", stamptest.Serve(t, func([]byte) []byte { return make([]byte, 1<<20) }), "more than"},
		{"nobody", "http://127.0.0.1:1", "refused"},
		{"not https", "http://stamps.example.com", "not https"},
		{"a password", "https://u:p@stamps.example.com", "a name or a password"},
		{"no address", "stamps", "no address"},
	} {
		_, _, err := stamp.Ask(t.Context(), c.url, sum, rand.Reader)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestCertificatesThatLeadNowhereAreRefused(t *testing.T) {
	a := stamptest.New(t, nil)
	leaf := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Leaf.Raw})
	for _, text := range [][]byte{nil, []byte("nothing"), leaf, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})} {
		if _, err := stamp.ReadAuthorities(text); err == nil {
			t.Errorf("%.40q is taken", text)
		}
	}
	if _, err := stamp.ReadAuthorities(append(leaf, a.PEM...)); err != nil {
		t.Error(err)
	}
}

func FuzzRead(f *testing.F) {
	a := stamptest.New(f, func(c *x509.Certificate) { c.Subject = pkix.Name{CommonName: "Fuzz"} })
	f.Add(a.Stamp(f, question(f), nil))
	f.Add([]byte{0x30, 0x80, 0x24, 0x80, 0, 0})
	trusted := trusting(f, a)
	f.Fuzz(func(t *testing.T, answer []byte) {
		if got, err := stamp.Read(answer, sum, trusted); err == nil && !got.At.Equal(stamptest.Noon) {
			t.Errorf("another time is taken: %s", got.At)
		}
	})
}
