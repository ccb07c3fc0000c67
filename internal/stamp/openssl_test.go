package stamp_test

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/stamp/stamptest"
)

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// openssl runs it in a folder.
func openssl(t testing.TB, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "openssl", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// needsOpenSSL skips where there is none, but in CI.
func needsOpenSSL(t testing.TB) {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

const config = `[tsa]
default_tsa = own
[own]
serial = serial
crypto_device = builtin
signer_cert = leaf.pem
signer_key = key.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_alg = sha256
`

// byOpenSSL answers as "openssl ts -reply" does, with the certificate of the authority.
func byOpenSSL(t testing.TB, a *stamptest.Authority, dir string) func(question []byte) []byte {
	t.Helper()
	put := func(name string, text []byte) { check(t, os.WriteFile(filepath.Join(dir, name), text, 0o600)) }
	key, err := x509.MarshalPKCS8PrivateKey(a.Key)
	check(t, err)
	put("tsa.cnf", []byte(config))
	put("serial", []byte("01\n"))
	put("leaf.pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.Leaf.Raw}))
	put("key.pem", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	put("ca.PEM", a.PEM)
	return func(question []byte) []byte {
		put("q.tsq", question)
		if out, err := openssl(t, dir, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q.tsq", "-out", "a.tsr"); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		answer, err := os.ReadFile(filepath.Join(dir, "a.tsr"))
		check(t, err)
		return answer
	}
}
