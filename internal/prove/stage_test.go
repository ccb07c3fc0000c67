package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
)

// approveToken is whom the plan is approved by.
const approveToken = "ghp_proveapproveproveapproveproveapprov"

// stage is an organization whose plan is made, saved and approved: everything up
// to the moment at which it is carried out. Each performance begins with a copy.
type stage struct {
	cast
	t      *testing.T
	binary string
	world  *githubsim.World
	files  map[string][]byte
}

// cast are who takes part: the organization, who applies, who approves, and whom
// nobody may touch.
type cast struct{ org, me, approver, protected string }

var ours = cast{orgName, "boss0", "boss1", "boss2"}

// config is a configuration with which everything may be changed, once somebody else
// agrees. It has no address of GitHub yet.
func (c cast) config() []byte {
	return fmt.Appendf(nil, `[github]
organizations = [%q]
api_url = "URL"
[[github.read]]
token_env = "PROVE_READ"
[github.write]
token_env = "PROVE_WRITE"
[store]
url = "sqlite:ajar.db"
[baseline]
paths = ["baseline.toml"]
[remediate]
mode = "approve"
grace = { snapshots = 1, age = "0s", notice = "0s" }
max_changes = 100000
max_fraction = 1.0
approvers = ["user:%s"]
protected = ["user:%s"]
`, c.org, c.approver, c.protected)
}

// performance is one carrying out of the plan, on a stage of its own.
type performance struct {
	*stage
	dir string
	sim *githubsim.Server
	srv *httptest.Server
}

// newStage plans the way back of a world with the real program.
func newStage(t *testing.T, w *githubsim.World, base string) *stage {
	t.Helper()
	s := &stage{cast: ours, t: t, binary: program(t), world: w}
	p := s.open(map[string][]byte{"baseline.toml": []byte(base), "config.toml": s.config()})
	defer p.close()
	p.must(p.ajar(nil, "audit", "--fail-on", "none"))
	if o := p.ajar(nil, "plan", "--out", "plan.json"); o.code != 2 {
		t.Fatalf("planning: %v", o)
	}
	p.must(p.ajar([]string{"PROVE_READ=" + approveToken}, "plan", "approve", "plan.json", "--yes"))
	s.files = p.read()
	return s
}

// open puts the files into a folder of their own, and a GitHub beside it that
// stays when the program dies.
func (s *stage) open(files map[string][]byte) *performance {
	s.t.Helper()
	p := &performance{stage: s, dir: scratch(s.t)}
	p.sim = githubsim.New(s.world.Clone(), githubsim.Options{PrimaryLimit: githubsim.Unlimited, Writable: true, Tokens: []githubsim.Token{
		{Value: readToken, Login: s.me, Scope: githubsim.OwnerScope}, {Value: writeToken, Login: s.me, Scope: githubsim.OwnerScope},
		{Value: approveToken, Login: s.approver, Scope: githubsim.OwnerScope},
	}})
	p.srv = httptest.NewServer(p.sim)
	for name, text := range files {
		if name == "config.toml" {
			text = []byte(strings.Replace(string(text), "URL", p.srv.URL, 1))
		}
		if err := os.WriteFile(filepath.Join(p.dir, name), text, 0o600); err != nil {
			s.t.Fatal(err)
		}
	}
	return p
}

// perform begins with what newStage left.
func (s *stage) perform() *performance { return s.open(s.files) }

func (p *performance) close() {
	p.srv.CloseClientConnections()
	p.srv.Close()
	_ = os.RemoveAll(p.dir) // what is left of it does no harm
}

// read takes the files of the folder, with the address of GitHub taken out again.
func (p *performance) read() map[string][]byte {
	p.t.Helper()
	out := map[string][]byte{}
	entries, err := os.ReadDir(p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(p.dir, e.Name()))
		if err != nil {
			p.t.Fatal(err)
		}
		if e.Name() == "config.toml" {
			text = []byte(strings.Replace(string(text), p.srv.URL, "URL", 1))
		}
		out[e.Name()] = text
	}
	return out
}

func (p *performance) env(more []string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + p.dir, "AJAR_CONFIG=" + filepath.Join(p.dir, "config.toml"), "PROVE_READ=" + readToken,
		"PROVE_WRITE=" + writeToken, "AJAR_GITHUB_TOKEN=" + readToken, "AJAR_CRASH_UNPACED=1", "NO_COLOR=1", "TZ=UTC",
	}, more...)
}

// ajar runs a command of the program to its end.
func (p *performance) ajar(env []string, args ...string) outcome {
	return start(context.Background(), p.dir, p.env(env), append([]string{p.binary}, args...)...)
}

func (p *performance) must(o outcome) outcome {
	p.t.Helper()
	if o.code != 0 {
		p.t.Fatalf("it was to go well: %v", o)
	}
	return o
}
