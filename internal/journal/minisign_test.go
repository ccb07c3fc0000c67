package journal_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/journal"
)

func packSigner(t *testing.T, seed byte) *journal.Signer {
	t.Helper()
	origin, err := journal.NewOrigin(bytes.NewReader(bytes.Repeat([]byte{seed}, 16)))
	if err != nil {
		t.Fatal(err)
	}
	s, err := journal.NewSigner(bytes.NewReader(bytes.Repeat([]byte{seed}, 64)), origin)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAFileIsSignedWithTheKeyOfTheJournal(t *testing.T) {
	s, other := packSigner(t, 1), packSigner(t, 2)
	key, err := journal.MinisignKey(s.Public())
	if err != nil {
		t.Fatal(err)
	}
	wrong, err := journal.MinisignKey(other.Public())
	if err != nil {
		t.Fatal(err)
	}
	sig, err := s.Minisign([]byte("content\n"), "said", "trusted words")
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Minisign([]byte("content\n"), "said", "trusted words")
	if err != nil || !bytes.Equal(sig, again) {
		t.Errorf("signed twice, it is not the same: %v", err)
	}
	if got, err := journal.OpenMinisign(key, []byte("content\n"), sig); err != nil || got != "trusted words" {
		t.Errorf("it gives %q, %v", got, err)
	}
	for name, err := range map[string]error{
		"another file":      second(journal.OpenMinisign(key, []byte("content \n"), sig)),
		"another key":       second(journal.OpenMinisign(wrong, []byte("content\n"), sig)),
		"another comment":   second(journal.OpenMinisign(key, []byte("content\n"), bytes.Replace(sig, []byte("trusted words"), []byte("trusted worse"), 1))),
		"more at its end":   second(journal.OpenMinisign(key, []byte("content\n"), append(bytes.Clone(sig), '\n'))),
		"nothing":           second(journal.OpenMinisign(key, []byte("content\n"), nil)),
		"no key":            second(journal.OpenMinisign("RWQ", []byte("content\n"), sig)),
		"a comment of two":  second(s.Minisign(nil, "a\nb", "")),
		"a key of nobody's": second(journal.MinisignKey("nobody")),
	} {
		if err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := journal.OpenMinisign(wrong, []byte("content\n"), sig); !errors.Is(err, journal.ErrMinisign) {
		t.Errorf("another key: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestTheToolMinisignVerifiesWhatIsSigned(t *testing.T) {
	tool, err := exec.LookPath("minisign")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("minisign is not installed")
	}
	s := packSigner(t, 3)
	key, err := journal.MinisignKey(s.Public())
	if err != nil {
		t.Fatal(err)
	}
	content := []byte("a manifest\n")
	sig, err := s.Minisign(content, "evidence", "pack:1 file:x")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "x")
	for name, b := range map[string][]byte{file: content, file + ".minisig": sig} {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := exec.CommandContext(t.Context(), tool, "-V", "-P", key, "-m", file).CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("pack:1 file:x")) {
		t.Fatalf("%v: %s", err, out)
	}
	if err := os.WriteFile(file, []byte("b manifest\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), tool, "-V", "-P", key, "-m", file).CombinedOutput(); err == nil {
		t.Errorf("it takes another file: %s", out)
	}
}
