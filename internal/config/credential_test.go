package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func write(t *testing.T, dir, name, text string, mode os.FileMode) string {
	t.Helper()
	p := filepath.Join(dir, name)
	if err := os.WriteFile(p, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(p, mode); err != nil { // whatever the umask
		t.Fatal(err)
	}
	return p
}

func TestTokenComesFromTheVariableTrimmed(t *testing.T) {
	s, err := Credential{TokenEnv: "T"}.Token(env(map[string]string{"T": " ghp_abc\n"}))
	if err != nil || s.Reveal() != "ghp_abc" {
		t.Errorf("got %q, %v", s.Reveal(), err)
	}
}

func TestTokenFileIsReadWhereOthersCannot(t *testing.T) {
	dir := t.TempDir()
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: true, 0o644: false, 0o660: false, 0o604: false} {
		p := write(t, dir, fmt.Sprintf("t%o", mode), "ghp_abc\n", mode)
		s, err := Credential{TokenFile: p}.Token(env(nil))
		if (err == nil) != ok || ok && s.Reveal() != "ghp_abc" {
			t.Errorf("mode %04o: got %v", mode, err)
		}
	}
}

func TestCredentialsDirectoryIsLookedUpFirst(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "read-token", "from-systemd", 0o440)
	vars := env(map[string]string{"CREDENTIALS_DIRECTORY": dir, "OTHER": "from-env"})
	for want, c := range map[string]Credential{
		"from-systemd": {TokenFile: "/nowhere/read-token"},
		"from-env":     {TokenEnv: "OTHER"},
	} {
		if s, err := c.Token(vars); err != nil || s.Reveal() != want {
			t.Errorf("got %q, %v, want %s", s.Reveal(), err, want)
		}
	}
}

func TestTokenThatWouldBreakAHeaderIsRefusedWithoutShowingIt(t *testing.T) {
	for _, bad := range []string{"abc\r\nHost: evil", "abc def", "abc\x00", "tökén", "\x1b[2Jabc"} {
		_, err := Credential{TokenEnv: "T"}.Token(env(map[string]string{"T": bad}))
		if err == nil || strings.Contains(err.Error(), "abc") || strings.ContainsAny(err.Error(), "\x00\x1b\r\n") {
			t.Errorf("%q: got %v", bad, err)
		}
	}
}

func TestMissingTokenIsSaidSo(t *testing.T) {
	for _, c := range []Credential{{}, {TokenEnv: "UNSET"}} {
		if _, err := c.Token(env(nil)); !errors.Is(err, ErrNoToken) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := (Credential{TokenFile: filepath.Join(t.TempDir(), "none")}).Token(env(nil)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestReadingAndWritingAreTwoCredentials(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "a", "x", 0o600)
	if err := os.Symlink("a", filepath.Join(dir, "b")); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"[[github.read]]\ntoken_env = \"A\"\n[github.write]\ntoken_env = \"A\"\n",
		"[[github.read]]\ntoken_file = \"a\"\n[github.write]\ntoken_file = \"./a\"\n",
		"[[github.read]]\ntoken_file = \"a\"\n[github.write]\ntoken_file = \"b\"\n",
		"[[github.read]]\ntoken_env = \"T\"\n[[github.read]]\ntoken_env = \"A\"\n[github.write]\ntoken_env = \"A\"\n",
		"[[github.read]]\napp_id = 7\nprivate_key_file = \"x\"\n[github.write]\napp_id = 7\nprivate_key_file = \"y\"\n",
		"[[github.read]]\napp_id = 7\nprivate_key_file = \"a\"\n[github.write]\nclient_id = \"Iv1.x\"\nprivate_key_file = \"b\"\n",
		"[[github.read]]\nclient_id = \"Iv1.x\"\nprivate_key_env = \"K\"\n[github.write]\napp_id = 8\nprivate_key_env = \"K\"\n",
	} {
		_, err := Parse(filepath.Join(dir, "c.toml"), []byte(text))
		if err == nil || !strings.Contains(err.Error(), "the same credential as [[github.read]]") {
			t.Errorf("%s\ngives %v", text, err)
		}
	}
}

func TestOneTokenUnderTwoNamesIsRefused(t *testing.T) {
	g := GitHub{Read: []Credential{{TokenEnv: "R"}}, Write: &Credential{TokenEnv: "W"}}
	if _, err := g.ReadSecret(0, env(map[string]string{"R": "same", "W": "same"})); err == nil || strings.Contains(err.Error(), "same\n") {
		t.Errorf("got %v", err)
	}
	if s, err := g.ReadSecret(0, env(map[string]string{"R": "one", "W": "two"})); err != nil || s.Reveal() != "one" {
		t.Errorf("got %v", err)
	}
}

func TestSecretShowsItselfToNobody(t *testing.T) {
	const canary = "canary-4711"
	s := NewSecret(canary)
	holder := struct{ Token Secret }{s}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v"} {
		fmt.Fprintf(&out, verb+"\n", s, s)
		fmt.Fprintf(&out, verb+"\n", holder, &holder)
	}
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "token", s, "holder", holder)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "token", s, "holder", holder)
	if err := json.NewEncoder(&out).Encode(holder); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&out, fmt.Errorf("trouble with %v", holder))
	if text := out.String(); strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", canary)) {
		t.Errorf("the secret is in:\n%s", text)
	}
	if s.Reveal() != canary {
		t.Error("Reveal does not give the value")
	}
}

const pemText = "-----BEGIN RSA PRIVATE KEY-----\nbm90IGEga2V5\n-----END RSA PRIVATE KEY-----"

func TestPrivateKeyKeepsItsLinesWhereverItStands(t *testing.T) {
	dir := t.TempDir()
	vars := env(map[string]string{"WHOLE": pemText + "\n", "FOLDED": strings.ReplaceAll(pemText, "\n", `\n`)})
	for _, c := range []Credential{
		{PrivateKeyEnv: "WHOLE"}, {PrivateKeyEnv: "FOLDED"}, {PrivateKeyFile: write(t, dir, "k", pemText+"\n", 0o600)},
	} {
		if s, err := c.PrivateKey(vars); err != nil || s.Reveal() != pemText {
			t.Errorf("%s%s: got %d bytes, %v", c.PrivateKeyEnv, c.PrivateKeyFile, len(s.Reveal()), err)
		}
	}
	if _, err := (Credential{PrivateKeyFile: write(t, dir, "open", pemText, 0o644)}).PrivateKey(vars); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("a key that others can read: got %v", err)
	}
	if _, err := (Credential{PrivateKeyEnv: "OTHER"}).PrivateKey(env(map[string]string{"OTHER": "canary-4711"})); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("what is no key: got %v", err)
	}
}

func TestOneKeyUnderTwoNamesIsRefused(t *testing.T) {
	g := GitHub{Read: []Credential{{AppID: 1, PrivateKeyEnv: "R"}}, Write: &Credential{AppID: 2, PrivateKeyEnv: "W"}}
	if _, err := g.ReadSecret(0, env(map[string]string{"R": pemText, "W": strings.ReplaceAll(pemText, "\n", `\n`)})); err == nil || !strings.Contains(err.Error(), "must be two") {
		t.Errorf("got %v", err)
	}
}

func TestReserveLeavesRoomOnBothSides(t *testing.T) {
	for _, tc := range []struct {
		r           Reserve
		limit, want int
	}{
		{Reserve{Fraction: 0.1}, 5000, 500}, {Reserve{Fraction: 0.1}, 15000, 1500}, {Reserve{Fraction: 0.1}, 1000, 200},
		{Reserve{Fraction: 0.1}, 60, 30}, {Reserve{Number: 50}, 5000, 50}, {Reserve{Number: 9000}, 5000, 2500}, {Reserve{}, 5000, 0},
		{Reserve{Fraction: 0.1}, 0, 0},
	} {
		if got := tc.r.Of(tc.limit); got != tc.want {
			t.Errorf("%+v of %d: got %d, want %d", tc.r, tc.limit, got, tc.want)
		}
	}
}
