package main

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/canary"
	"github.com/eb661601/ajar/internal/github"
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

// everything are the commands of a whole run, each with what it writes in a folder.
func everything(dir, name string) [][]string {
	in := func(file string) string { return filepath.Join(dir, name+file) }
	return [][]string{
		{"audit", "--estimate"}, {"collect"}, {"audit", "-o", "json", "--cross-check", "5", "--metrics-file", in(".prom")},
		{"audit", "--offline", "-o", "html", "--out", in(".html")}, {"audit", "--offline", "-o", "markdown", "--out", in(".md")},
		{"audit", "--offline", "-o", "csv", "--out", in(".csv")}, {"findings"}, {"diff"}, {"who-can", "admin", "org:acme-robotics"},
		{"hold", "--reason", "x"}, {"hold"}, {"resume", "--reason", "x"}, {"plan", "--out", in(".json")},
		{"store", "backup", in(".db")}, {"store", "info"}, {"store", "check"},
		{"init", "--out", in("")}, {"config", "check"}, {"config", "show"}, {"doctor"},
	}
}

// panics stands in for a mistake of ajar's own at the worst moment: the request has
// its credential by then.
type panics struct{}

func (panics) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Authorization") == "" {
		return nil, errors.New("this is to be asked with a credential")
	}
	panic(r)
}

// mainPanics is the program with that mistake.
func mainPanics() {
	tune = func(o github.Options) github.Options {
		o.Base = panics{}
		return o
	}
	main()
}

func TestNoSecretIsInAPanic(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"audit", "--org", "acme"}, {"collect", "--org", "acme", "--log-level", "debug"}, {"init", "--org", "acme"},
	} {
		cmd := exec.CommandContext(t.Context(), "ajar-panics", append(args, "--api-url", "http://127.0.0.1:1")...)
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + dir, "AJAR_GITHUB_TOKEN=" + writerToken, "GOTRACEBACK=all", "HTTPS_PROXY=http://me:pass-canary-4711@127.0.0.1:1"}
		said, err := cmd.CombinedOutput()
		if err == nil || !bytes.Contains(said, []byte("panic: ")) || !bytes.Contains(said, []byte("goroutine ")) {
			t.Errorf("%s did not panic: %v\n%.400s", args, err, said)
		}
		search, err := canary.New(canary.Secret{Name: "the token", Text: writerToken}, canary.Secret{Name: "the password of the proxy", Text: "pass-canary-4711"})
		if err != nil {
			t.Fatal(err)
		}
		more, err := search.Folder(dir)
		for _, h := range append(search.Find("the panic of "+strings.Join(args, " "), said), more...) {
			t.Error(h)
		}
		if err != nil {
			t.Error(err)
		}
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
	settings := fmt.Sprintf("[store]\nurl = %q\n[[github.read]]\napp_id = 4711\nprivate_key_file = %q\n[[github.read]]\ntoken_env = \"OWNER\"\n"+
		"[github.write]\ntoken_env = \"WRITER\"\n[baseline]\npaths = [\"baseline.toml\"]\n",
		"sqlite:"+filepath.Join(dir, "ajar.db"), filepath.Join(dir, "keys", "app.pem"))
	if err := os.WriteFile(filepath.Join(dir, "baseline.toml"), githubsim.DemoBaseline(time.Now()), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(text), "\n")
	secrets := []canary.Secret{
		{Name: "the token that reads", Text: ownerToken}, {Name: "the token that writes", Text: writerToken},
		{Name: "the password of the proxy", Text: "pass-canary-4711"},
		{Name: "a line of the app's key", Text: lines[3]}, {Name: "another line of it", Text: lines[12]},
	}
	var said bytes.Buffer
	for _, proxied := range []bool{false, true} {
		for name, at := range servers {
			env := map[string]string{"OWNER": ownerToken, "WRITER": writerToken, "HOME": dir, "XDG_STATE_HOME": dir}
			if proxied {
				env["HTTPS_PROXY"], env["HTTP_PROXY"] = "http://me:pass-canary-4711@127.0.0.1:1", "http://me:pass-canary-4711@127.0.0.1:1"
				if name != "down" {
					continue
				}
				at = "https://ghes.example.com/api/v3"
			}
			for _, args := range everything(dir, name) {
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
			secrets = append(secrets, canary.Secret{Name: "a credential that came to a server", Text: s})
		}
	}
	if len(secrets) < 8 {
		t.Errorf("%d secrets alone: the app was given no tokens", len(secrets))
	}
	search, err := canary.New(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	hits := search.Find("what was said", said.Bytes())
	more, err := search.Folder(dir, filepath.Join(dir, "keys", "app.pem"))
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range append(hits, more...) {
		t.Error(h)
	}
	t.Log(search.Figures())
	if !bytes.Contains(said.Bytes(), []byte("no entry for")) {
		t.Error("what a server says of a failure was not said: the test looks at too little")
	}
}
