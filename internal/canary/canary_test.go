package canary

import (
	"bytes"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
	"pgregory.net/rapid"
)

// planted has characters that every escaping changes.
const planted = "ghp_canary+/=<&\">\\ é\u202e-4711"

func search(t testing.TB) *Search {
	t.Helper()
	s, err := New(Secret{"the token", planted})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSearchFindsAPlantedSecretInEachEncoding(t *testing.T) {
	marshal := func(v any) string {
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	var logged bytes.Buffer
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "token", planted)
	var text bytes.Buffer
	slog.New(slog.NewTextHandler(&text, nil)).Info("x", "token", planted)
	for name, hidden := range map[string]string{
		"as it is":         planted,
		"a JSON document":  marshal(map[string]string{"a": planted}),
		"JSON in JSON":     marshal(map[string][]byte{"a": []byte("Bearer " + planted)}),
		"a log in JSON":    logged.String(),
		"a log in text":    text.String(),
		"a query":          "https://x/?" + url.Values{"t": {planted}}.Encode(),
		"a path":           (&url.URL{Scheme: "https", Host: "x", Path: "/" + url.PathEscape(planted)}).Path,
		"user info":        url.UserPassword("x", planted).String(),
		"hex":              hex.EncodeToString([]byte(planted)),
		"HEX":              strings.ToUpper(hex.EncodeToString([]byte(planted))),
		"a dump":           fmt.Sprintf("%v", []byte(planted)),
		"an error":         fmt.Errorf("token %q is bad", planted).Error(),
		"base64":           base64.StdEncoding.EncodeToString([]byte(planted)),
		"basic auth":       base64.StdEncoding.EncodeToString([]byte("me:" + planted)),
		"base64, shift 1":  base64.StdEncoding.EncodeToString([]byte("x" + planted + "y")),
		"base64, shift 2":  base64.StdEncoding.EncodeToString([]byte("xx" + planted + "yy")),
		"base64 for URLs":  base64.RawURLEncoding.EncodeToString([]byte("xyz" + planted)),
		"a quoted literal": fmt.Sprintf("%+q", planted),
	} {
		s := search(t)
		hits := s.Find(name, []byte("something before "+hidden+" and behind"))
		if len(hits) == 0 {
			t.Errorf("%s: not found in %q", name, hidden)
		}
		for _, h := range hits {
			if strings.Contains(h.String(), planted) || !strings.Contains(h.String(), name) {
				t.Errorf("the report %q repeats the secret, or does not say where", h)
			}
		}
	}
}

// Wherever a secret begins and whatever stands around it, its base64 is found.
func TestBase64IsFoundInEveryPlace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringN(12, 60, -1).Draw(t, "secret")
		before, after := rapid.SliceOfN(rapid.Byte(), 0, 10).Draw(t, "before"), rapid.SliceOfN(rapid.Byte(), 0, 10).Draw(t, "after")
		s, err := New(Secret{"x", secret})
		if err != nil {
			t.Skip(err)
		}
		all := append(append(before, secret...), after...)
		for _, e := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding, base64.RawStdEncoding, base64.RawURLEncoding} {
			if len(s.Find("", []byte(e.EncodeToString(all)))) == 0 {
				t.Fatalf("%q not found in %q", secret, e.EncodeToString(all))
			}
		}
	})
}

func TestNothingIsFoundWhereNothingIs(t *testing.T) {
	s := search(t)
	for _, text := range []string{"", "ghp_canary", strings.Repeat("A", 1000), planted[1:], planted[:len(planted)-1]} {
		if hits := s.Find("x", []byte(text)); len(hits) > 0 {
			t.Errorf("%q: %v", text, hits)
		}
	}
	if _, err := New(Secret{"a pin", "1234"}); err == nil {
		t.Error("a secret of four bytes is searched for")
	}
}

// A row that was deleted is still in the file, and what was never checkpointed in
// the log beside it.
func TestFreePagesAndTheLogOfADatabaseAreSearched(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(1)
	for _, q := range []string{"PRAGMA secure_delete = OFF", "CREATE TABLE t (x TEXT)", "INSERT INTO t VALUES ('" + planted + "')", "DELETE FROM t"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	found := func(want string) {
		t.Helper()
		hits, err := search(t).Folder(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hits {
			if strings.HasSuffix(h.Where, want) {
				return
			}
		}
		t.Errorf("found %v, want one in %s", hits, want)
	}
	found("x.db")
	for _, q := range []string{"PRAGMA journal_mode = WAL", "VACUUM", "INSERT INTO t VALUES ('" + planted + "')"} {
		if _, err := db.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	found("x.db-wal")
}

func TestNamesOfFilesAreSearchedAndSkippedOnesAreNot(t *testing.T) {
	dir := t.TempDir()
	s, err := New(Secret{"the token", "ghp_plaincanary"})
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "token")
	for _, f := range []string{own, filepath.Join(dir, "of-ghp_plaincanary.json")} {
		if err := os.WriteFile(f, []byte("ghp_plaincanary"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hits, err := s.Folder(dir, own)
	if err != nil || len(hits) < 2 || strings.HasSuffix(hits[0].Where, "token") {
		t.Errorf("%v, %v", hits, err)
	}
	if !strings.Contains(s.Figures(), "1 secrets") || !strings.Contains(s.Figures(), "1 files") {
		t.Error(s.Figures())
	}
}
