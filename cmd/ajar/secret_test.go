package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
)

// overheard keeps the credentials that came to a server.
type overheard struct {
	mu  sync.Mutex
	all map[string]bool
}

func (o *overheard) by(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		o.mu.Lock()
		o.all[value] = true
		o.mu.Unlock()
		next.ServeHTTP(w, r)
	})
}

// spellings are how a secret may be written.
func spellings(secret string) []string {
	quoted, err := json.Marshal(secret)
	if err != nil {
		panic(err)
	}
	return []string{
		secret, url.QueryEscape(secret), strings.Trim(string(quoted), `"`), hex.EncodeToString([]byte(secret)),
		strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(secret)), "="), base64.RawURLEncoding.EncodeToString([]byte(secret)),
	}
}

func TestNoSecretIsWrittenAnywhere(t *testing.T) {
	key, other := keys()
	heard := &overheard{all: map[string]bool{}}
	serve := func(h http.Handler) string {
		s := httptest.NewServer(heard.by(h))
		t.Cleanup(s.Close)
		return s.URL
	}
	install := func(*githubsim.Installation) {}
	answer := func(status int, header http.Header, body func(r *http.Request) string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for k, v := range header {
				w.Header()[k] = v
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body(r))
		})
	}
	echo := func(r *http.Request) string {
		return fmt.Sprintf(`{"message":"no entry for %s","errors":[{"type":"FORBIDDEN","message":"%s"}]}`, r.Header.Get("Authorization"), r.Header.Get("Authorization"))
	}
	servers := map[string]string{
		"sound":    serve(withApp(&key.PublicKey, install)),
		"other":    serve(withApp(&other.PublicKey, install)),
		"refused":  serve(answer(401, nil, echo)),
		"echo":     serve(answer(403, nil, echo)),
		"graphql":  serve(answer(200, http.Header{"Content-Type": {"application/json"}}, echo)),
		"html":     serve(answer(200, http.Header{"Content-Type": {"text/html"}}, func(*http.Request) string { return "<html>" })),
		"broken":   serve(answer(502, nil, echo)),
		"redirect": serve(answer(302, http.Header{"Location": {"http://127.0.0.1:1/?token=x"}}, echo)),
		"down":     "http://127.0.0.1:1",
	}
	dir := t.TempDir()
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	if err := os.Mkdir(filepath.Join(dir, "keys"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "keys", "app.pem"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(dir, "c.toml")
	settings := fmt.Sprintf("[store]\nurl = %q\n[[github.read]]\napp_id = 4711\nprivate_key_file = %q\n[[github.read]]\ntoken_env = \"OWNER\"\n", "sqlite:"+filepath.Join(dir, "ajar.db"), filepath.Join(dir, "keys", "app.pem"))
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	secrets := []string{ownerToken, "pass-canary-4711", strings.Split(string(text), "\n")[3]}
	var said bytes.Buffer
	for _, proxied := range []bool{false, true} {
		for name, at := range servers {
			env := map[string]string{"OWNER": ownerToken, "HOME": dir, "XDG_STATE_HOME": dir}
			if proxied {
				env["HTTPS_PROXY"], env["HTTP_PROXY"] = "http://me:pass-canary-4711@127.0.0.1:1", "http://me:pass-canary-4711@127.0.0.1:1"
				if name != "down" {
					continue
				}
				at = "https://ghes.example.com/api/v3"
			}
			for _, args := range [][]string{
				{"audit", "--estimate"}, {"collect"}, {"audit", "-o", "json", "--cross-check", "5"}, {"audit", "-o", "html", "--out", filepath.Join(dir, name+".html")},
				{"hold", "--reason", "x"}, {"hold"}, {"resume", "--reason", "x"}, {"plan", "--out", filepath.Join(dir, name+".json")}, {"init", "--out", filepath.Join(dir, name)}, {"config", "check"}, {"doctor"}, {"findings"},
			} {
				if (name == "broken" || name == "down") && args[0] != "hold" && args[0] != "collect" {
					continue // each waits for its tries
				}
				args = append([]string{"ajar"}, append(args, "--config", config, "--org", "acme-robotics", "--api-url", at, "--log-level", "debug")...)
				ctx, cancel := context.WithCancel(t.Context())
				run(ctx, args, strings.NewReader(""), &said, &said, func(name string) string { return env[name] })
				cancel()
			}
		}
	}
	for s := range heard.all {
		if len(s) > 8 {
			secrets = append(secrets, s)
		}
	}
	if len(secrets) < 8 {
		t.Errorf("%d secrets alone: the app was given no tokens", len(secrets))
	}
	look := func(where string, text []byte) {
		for _, s := range secrets {
			for i, form := range spellings(s) {
				if at := bytes.Index(text, []byte(form)); at >= 0 {
					t.Errorf("%s holds a secret in form %d: %q", where, i, text[max(0, at-120):min(len(text), at+20)])
				}
			}
		}
	}
	look("what was said", said.Bytes())
	files := 0
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Base(path) == "app.pem" {
			return err
		}
		raw, err := os.ReadFile(path)
		files++
		look(path, raw)
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
	if !bytes.Contains(said.Bytes(), []byte("no entry for")) {
		t.Error("what a server says of a failure was not said: the test looks at too little")
	}
}
