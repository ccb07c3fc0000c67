package pack_test

import (
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/stamp"
	"github.com/eb661601/ajar/internal/stamp/stamptest"
)

// stampedFolder is a pack in a folder, with the answer of an authority at a time.
func stampedFolder(t *testing.T, a *stamptest.Authority, at time.Time) (dir string, answer []byte, o pack.VerifyOptions) {
	t.Helper()
	b := year(t)
	dir = filepath.Join(t.TempDir(), "pack")
	m, err := pack.WriteFolder(t.Context(), dir, proof(), pack.Options{Signer: b.signer, Journal: b.journal(), Tables: []string{"owners"}})
	check(t, err)
	sum, err := m.Stands()
	check(t, err)
	url := stamptest.Serve(t, func(q []byte) []byte { return a.Stamp(t, q, func(s *timestamp.Timestamp) { s.Time = at }) })
	answer, _, err = stamp.Ask(t.Context(), url, sum, rand.Reader)
	check(t, err)
	trusted, err := stamp.ReadAuthorities(a.PEM)
	check(t, err)
	return dir, answer, pack.VerifyOptions{Keys: b.keys, Stamp: answer, Authorities: trusted}
}

func TestATimeStampShowsThatThePackWasThere(t *testing.T) {
	a := stamptest.New(t, nil)
	dir, answer, o := stampedFolder(t, a, stamptest.Noon)
	verify := func() *pack.Report {
		t.Helper()
		r, err := pack.VerifyFolder(t.Context(), dir, o)
		check(t, err)
		return r
	}
	const words = "the pack was there on 2026-07-01T12:00:00Z"
	if all := strings.Join(verify().Proven(), "\n"); !strings.Contains(all, words+": the time stamp authority CN=Stamps of the tests") {
		t.Errorf("proven is\n%s", all)
	}
	o.Authorities = nil
	r := verify()
	if all := strings.Join(r.Unproven(), "\n"); !strings.Contains(all, words) || strings.Contains(strings.Join(r.Proven(), "\n"), words) {
		t.Errorf("without an authority, not proven is\n%s", all)
	}
	o.Stamp = []byte("no stamp")
	named(t, verify(), "", "the time stamp beside the pack: it is no time stamp")
	o.Stamp = answer
	check(t, flip(filepath.Join(dir, "README.txt")))
	named(t, verify(), "README.txt", "it was changed")
	_, _, early := stampedFolder(t, a, next.Add(-time.Hour))
	dir, _, o = stampedFolder(t, a, stamptest.Noon)
	o.Stamp = early.Stamp
	named(t, verify(), "", "before the period ended")
}

func TestATimeStampIsCheckedWithOpenSSLAsTheReadmeSays(t *testing.T) {
	for _, tool := range []string{"openssl", "bash"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	a := stamptest.New(t, nil)
	dir, answer, _ := stampedFolder(t, a, stamptest.Noon)
	check(t, os.WriteFile(dir+".tsr", answer, 0o600))
	check(t, os.WriteFile(dir+".pem", a.PEM, 0o600))
	text, err := os.ReadFile(filepath.Join(dir, "README.txt"))
	check(t, err)
	line := lines(t, string(text), "come from the authority itself:\n", "WHAT A SOUND PACK SHOWS")
	line = strings.NewReplacer("PACK.tsr", "../pack.tsr", "FILE", "../pack.pem").Replace(line)
	if out, err := stock(t, dir, line); err != nil || !strings.Contains(out, "Verification: OK") {
		t.Errorf("%v: %s", err, out)
	}
	check(t, flip(filepath.Join(dir, "SHA256SUMS")))
	if out, err := stock(t, dir, line); err == nil {
		t.Errorf("of something else it says %s", out)
	}
}
