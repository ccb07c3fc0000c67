package journal

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

func TestAPrivateKeyIsNeverShown(t *testing.T) {
	s := newBook(t).signer
	secret := strings.TrimPrefix(s.secret(), "PRIVATE+KEY+"+s.Origin()+"+")
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("key", "pointer", s, "value", *s, "within", struct{ Key *Signer }{s})
	doc, err := json.Marshal(map[string]any{"pointer": s, "value": *s})
	if err != nil {
		t.Fatal(err)
	}
	shown := log.String() + string(doc)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		shown += fmt.Sprintf(verb, s) + fmt.Sprintf(verb, *s) + fmt.Sprintf(verb, struct{ key *Signer }{s}) + fmt.Sprintf(verb, struct{ key Signer }{*s})
	}
	for _, part := range []string{secret, secret[9:], "PRIVATE"} {
		if strings.Contains(shown, part) {
			t.Errorf("the key is shown: %s", shown)
		}
	}
}

func TestAKeyFileIsItsOwnersAlone(t *testing.T) {
	s := newBook(t).signer
	path := filepath.Join(t.TempDir(), "key")
	if _, err := ReadKey(path); !errors.Is(err, ErrNoKey) {
		t.Errorf("no file: %v", err)
	}
	if err := WriteKey(path, s); err != nil {
		t.Fatal(err)
	}
	back, err := ReadKey(path)
	if err != nil || back.Public() != s.Public() {
		t.Errorf("the key came back as %v, %v", back, err)
	}
	if err := WriteKey(path, s); !errors.Is(err, os.ErrExist) {
		t.Errorf("a key file was written over: %v", err)
	}
	if info, err := os.Stat(path); err != nil || modesTell && info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v", info.Mode(), err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadKey(path); modesTell && (err == nil || strings.Contains(err.Error(), s.secret()[60:])) {
			t.Errorf("mode %v: %v", mode, err)
		}
	}
}

func TestWhatIsNoKeyIsRefusedAndNotShown(t *testing.T) {
	good := newBook(t).signer.secret()
	for what, text := range map[string]string{
		"nothing": "", "words": "correct horse battery staple", "cut": good[:len(good)-9], "of something else": strings.Replace(good, "ajar-journal", "other-log/ab", 1),
		"long": strings.Repeat("x", maxKey+1),
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := ReadKey(path)
		if err == nil || text != "" && strings.Contains(err.Error(), text[:min(len(text), 24)]) {
			t.Errorf("%s: %v", what, err)
		}
	}
}
