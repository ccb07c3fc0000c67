// Package stamptest has a time stamp authority for tests: its certificates are its own.
package stamptest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/digitorus/timestamp"
)

// Noon is when the authority stamps, unless its words are changed.
var Noon = time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)

// Authority is a time stamp authority with a certificate of its own.
type Authority struct {
	Root, Leaf *x509.Certificate
	Key        *ecdsa.PrivateKey
	PEM        []byte // of the root
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// New makes one; change is made to the certificate that signs.
func New(t testing.TB, change func(*x509.Certificate)) *Authority {
	t.Helper()
	rootKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Root of the tests"}, NotBefore: Noon.AddDate(-9, 0, 0), NotAfter: Noon.AddDate(29, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a := &Authority{}
	a.Root = signed(t, root, root, rootKey.Public(), rootKey)
	a.Key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	use, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	check(t, err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "Stamps of the tests"}, NotBefore: Noon.AddDate(-9, 0, 0), NotAfter: Noon.AddDate(19, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: use}},
	}
	if change != nil {
		change(leaf)
	}
	a.Leaf = signed(t, leaf, a.Root, a.Key.Public(), rootKey)
	a.PEM = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Root.Raw})
	return a
}

func signed(t testing.TB, c, by *x509.Certificate, key crypto.PublicKey, with crypto.Signer) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, c, by, key, with)
	check(t, err)
	out, err := x509.ParseCertificate(der)
	check(t, err)
	return out
}

// Stamp answers a question; change is made to what it says.
func (a *Authority) Stamp(t testing.TB, question []byte, change func(*timestamp.Timestamp)) []byte {
	t.Helper()
	q, err := timestamp.ParseRequest(question)
	check(t, err)
	ts := &timestamp.Timestamp{
		HashAlgorithm: q.HashAlgorithm, HashedMessage: q.HashedMessage, Time: Noon, Nonce: q.Nonce, Policy: asn1.ObjectIdentifier{1, 2, 3}, Accuracy: time.Second,
		AddTSACertificate: true,
	}
	if change != nil {
		change(ts)
	}
	answer, err := ts.CreateResponseWithOpts(a.Leaf, a.Key, crypto.SHA256)
	check(t, err)
	return answer
}

// Serve answers over HTTP.
func Serve(t testing.TB, answer func(question []byte) []byte) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" || r.Method != http.MethodPost {
			t.Errorf("a question of type %q by %s: %v", r.Header.Get("Content-Type"), r.Method, err)
		}
		w.Header().Set("Content-Type", "application/timestamp-reply")
		_, _ = w.Write(answer(question))
	}))
	t.Cleanup(s.Close)
	return s.URL
}
