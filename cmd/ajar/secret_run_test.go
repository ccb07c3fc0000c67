package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/canary"
	"github.com/eb661601/ajar/internal/githubsim"
)

const changingConfig = `[github]
organizations = ["acme-robotics"]
[[github.read]]
token_env = "AJAR_GITHUB_TOKEN"
[github.write]
token_env = "WRITE_TOKEN"
[baseline]
paths = ["baseline.toml"]
[store]
url = "sqlite:ajar.db"
[journal]
key_file = "keys/journal.key"
[remediate]
mode = "approve"
approvers = ["user:tendai-lindqvist", "user:mirela-okafor"]
grace = { snapshots = 1, age = "0", notice = "0" }
`

// secretRun is a whole run that changes things, and everything that is said in it.
type secretRun struct {
	t    *testing.T
	dir  string
	api  string
	said bytes.Buffer

	signing []canary.Secret // keys of the journal
}

// as runs one command as whoever the token belongs to, and gives the exit code and
// what it wrote to stdout.
func (s *secretRun) as(token, line string) (code int, out string) {
	s.t.Helper()
	env := map[string]string{"AJAR_GITHUB_TOKEN": token, "WRITE_TOKEN": writerToken, "HOME": s.dir, "XDG_STATE_HOME": s.dir}
	var stdout bytes.Buffer
	args := append([]string{"ajar"}, append(strings.Fields(line), "--api-url", s.api, "--log-level", "debug")...)
	code = run(s.t.Context(), args, strings.NewReader(""), &stdout, &s.said, func(name string) string { return env[name] })
	s.said.Write(stdout.Bytes())
	return code, stdout.String()
}

// TestNoSecretIsLeftByARunThatChangesThings is T8 over plan, approval, changes,
// restore, journal and its export, once as it should go and once with a GitHub that
// fails and repeats the credential in what it says.
func TestNoSecretIsLeftByARunThatChangesThings(t *testing.T) {
	for _, spoilt := range []bool{false, true} {
		t.Run(fmt.Sprintf("spoilt=%v", spoilt), func(t *testing.T) {
			s := &secretRun{t: t, dir: t.TempDir()}
			t.Chdir(s.dir)
			repeats := 0
			sim := sayingTokens(func(r *http.Request) bool {
				bad := spoilt && r.Method != http.MethodGet && strings.HasPrefix(r.URL.Path, "/repos/")
				if bad {
					repeats++
				}
				return bad
			})
			srv := httptest.NewServer(sim)
			t.Cleanup(srv.Close)
			s.api = srv.URL
			for name, text := range map[string][]byte{"config.toml": []byte(changingConfig), "baseline.toml": githubsim.DemoBaseline(time.Now())} {
				if err := os.WriteFile(filepath.Join(s.dir, name), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Mkdir(filepath.Join(s.dir, "keys"), 0o700); err != nil {
				t.Fatal(err)
			}
			s.carry(spoilt)
			if spoilt && repeats == 0 {
				t.Error("GitHub was never made to fail at a change: the test looks at too little")
			}
			s.search()
		})
	}
}

// sayingTokens is the demo organization at a GitHub that can be changed, which fails
// where it is told to, with the credential in what it says.
func sayingTokens(fails func(*http.Request) bool) http.Handler {
	w := githubsim.Demo()
	w.ShiftTo(time.Now())
	seeing := githubsim.Scope{Owner: true, ReadOnly: true}
	sim := githubsim.New(w, githubsim.Options{Writable: true, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{
		{Value: ownerToken, Login: "mirela-okafor", Scope: seeing}, {Value: approverToken, Login: "tendai-lindqvist", Scope: seeing},
		{Value: writerToken, Login: "ines-haugen", Scope: githubsim.OwnerScope},
	}})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !fails(r) {
			sim.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `{"message":"not with %s"}`, r.Header.Get("Authorization"))
	})
}

// carry goes the whole way.
func (s *secretRun) carry(spoilt bool) {
	s.t.Helper()
	step := func(token, line string, want ...int) string {
		s.t.Helper()
		code, out := s.as(token, line)
		for _, w := range want {
			if code == w {
				return out
			}
		}
		said := s.said.String()
		s.t.Fatalf("%s ended with %d, want %v\n%s", line, code, want, said[max(0, len(said)-1500):])
		return ""
	}
	changed := 0
	if spoilt {
		changed = 1
	}
	step(ownerToken, "audit --fail-on none -o json", 0)
	step(ownerToken, "plan --only resource=repo:acme-robotics/robot-sdk --max 1 --out plan.json", 2)
	step(ownerToken, "apply plan.json --yes", 1) // nobody has approved it
	step(approverToken, "plan approve plan.json --yes", 0)
	out := step(ownerToken, "apply plan.json --yes -o json", changed, 1)
	var doc struct {
		Run string `json:"run"`
	}
	if err := json.Unmarshal([]byte(out), &doc); err != nil || doc.Run == "" {
		s.t.Fatalf("apply said no run: %v in %q", err, out)
	}
	for _, line := range []string{"journal", "journal verify", "journal --run " + doc.Run, "journal export journal.jsonl", "keys", "restore " + doc.Run} {
		s.as(ownerToken, line)
	}
	s.as(approverToken, "restore "+doc.Run+" --approve")
	s.as(ownerToken, "restore "+doc.Run+" --yes --reason back")
	s.keys()
	for _, line := range []string{"apply --settle", "doctor", "store backup copy.db", "audit --fail-on none --metrics-file m.prom", "keys rotate --reason yearly", "journal verify journal.jsonl"} {
		s.as(ownerToken, line)
	}
}

// keys are the files of the signing keys, of which each that was ever there is noted.
func (s *secretRun) keys() []string {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "keys", "*"))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			s.t.Fatal(err)
		}
		parts := strings.SplitN(strings.TrimSpace(string(text)), "+", 5) // PRIVATE, KEY, origin, id, and the seed behind a byte
		if len(parts) < 5 {
			continue // a lock, say
		}
		seed, err := base64.StdEncoding.DecodeString(parts[4])
		if err != nil || len(seed) != 33 {
			s.t.Fatalf("a signing key of another form: %v", err)
		}
		s.signing = append(s.signing, canary.Secret{Name: "signing key " + parts[3], Text: parts[4]}, canary.Secret{Name: "the seed of " + parts[3], Text: string(seed[1:])})
	}
	return files
}

// search looks for the credentials and the signing keys in all that was said and
// written.
func (s *secretRun) search() {
	s.t.Helper()
	files := s.keys()
	if len(s.signing) < 4 {
		s.t.Fatalf("%d signing keys were noted, want that of before and that of after", len(s.signing)/2)
	}
	search, err := canary.New(append(s.signing,
		canary.Secret{Name: "the token that reads", Text: ownerToken}, canary.Secret{Name: "the approver's token", Text: approverToken},
		canary.Secret{Name: "the token that writes", Text: writerToken})...)
	if err != nil {
		s.t.Fatal(err)
	}
	hits := search.Find("what was said", s.said.Bytes())
	more, err := search.Folder(s.dir, files...)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, h := range append(hits, more...) {
		s.t.Error(h)
	}
	s.t.Attr("figures", search.Figures())
}
