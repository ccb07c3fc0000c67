package main

import (
	"crypto"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/eb661601/ajar/internal/githubsim"
)

// astray serves GitHubs that something is wrong with: certificates that have
// expired ($EXPIRED), begin tomorrow ($EARLY), end soon ($ENDING), or are for
// another host ($OTHERHOST), all of one authority, whose certificate is ca.pem; one
// that is in order ($SECURE); and one whose clock is an hour ahead ($AHEAD).
func astray(e *testscript.Env) error {
	key, _ := keys()
	ca, err := certificate(&x509.Certificate{
		Subject: pkix.Name{CommonName: "Script CA"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().AddDate(-2, 0, 0), NotAfter: time.Now().AddDate(2, 0, 0),
	}, nil, key)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.Raw})
	if err := os.WriteFile(filepath.Join(e.WorkDir, "ca.pem"), text, 0o600); err != nil {
		return err
	}
	here := []net.IP{net.IPv4(127, 0, 0, 1)}
	for name, c := range map[string]struct {
		begins, ends time.Duration
		addresses    []net.IP
	}{
		"SECURE":    {-day, 90 * day, here},
		"EXPIRED":   {-90 * day, -2 * day, here},
		"EARLY":     {day, 90 * day, here},
		"ENDING":    {-day, 5*day + time.Hour, here},
		"OTHERHOST": {-day, 90 * day, []net.IP{net.IPv4(192, 0, 2, 1)}},
	} {
		leaf, err := certificate(&x509.Certificate{
			Subject: pkix.Name{CommonName: "github"}, DNSNames: []string{"ghes.example.com"}, IPAddresses: c.addresses,
			NotBefore: time.Now().Add(c.begins), NotAfter: time.Now().Add(c.ends),
		}, ca, key)
		if err != nil {
			return err
		}
		s := httptest.NewUnstartedServer(simulated(githubsim.Demo()))
		s.Config.ErrorLog = log.New(io.Discard, "", 0)
		s.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}}}
		s.StartTLS()
		e.Defer(s.Close)
		e.Setenv(name, s.URL)
	}
	w := githubsim.Demo()
	w.ShiftTo(time.Now())
	ahead := httptest.NewServer(githubsim.New(w, githubsim.Options{
		Now:    func() time.Time { return time.Now().Add(time.Hour) },
		Tokens: []githubsim.Token{{Value: ownerToken, Scope: githubsim.OwnerScope}},
	}))
	e.Defer(ahead.Close)
	e.Setenv("AHEAD", ahead.URL)
	return nil
}

const day = 24 * time.Hour

// certificate makes one, signed by the parent, or by itself.
func certificate(c, parent *x509.Certificate, key crypto.Signer) (*x509.Certificate, error) {
	c.SerialNumber = big.NewInt(time.Now().UnixNano())
	if parent == nil {
		parent = c
	}
	raw, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(raw)
}

// condition tells scripts whether a small disk can be made ([smalldisk]), and
// whether this account may read everything whatever its mode ([root]).
func condition(name string) (bool, error) {
	switch name {
	case "smalldisk":
		return exec.Command("unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=100k", "none", "/mnt").Run() == nil, nil
	case "root":
		return os.Geteuid() == 0, nil
	}
	return false, fmt.Errorf("there is no condition %q", name)
}
