package main

import (
	"bytes"
	"math"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// alone is an organization of one owner and nothing else.
func alone() *githubsim.World {
	w := githubsim.Demo()
	o := w.Orgs[0]
	w.Orgs = []*githubsim.Org{{Login: o.Login, ID: o.ID, CreatedAt: o.CreatedAt, Plan: "free", Settings: o.Settings, Members: o.Members[:1]}}
	w.Orgs[0].Members[0].Role = "admin"
	return w
}

// odd is the demo with the largest numbers, the emptiest texts and dates at the
// ends of the calendar.
func odd() *githubsim.World {
	w := githubsim.Demo()
	o := w.Orgs[0]
	for i, r := range o.Repos {
		r.ID = math.MaxInt64 - int64(i)
		r.CreatedAt, r.PushedAt = time.Unix(0, 0), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
		r.DefaultBranch = ""
		for _, k := range r.DeployKeys {
			k.Title, k.AddedBy, k.LastUsed, k.CreatedAt = "", "", time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1, 0)
		}
		for _, e := range r.Environments {
			e.WaitTimer = math.MaxInt32
		}
	}
	for _, u := range w.Users {
		u.Name, u.CreatedAt = "", time.Unix(0, 0)
	}
	for _, t := range o.Teams {
		t.Members = nil
	}
	return w
}

// The smallest and the oddest organizations go through every command.
func TestSmallestAndOddestOrganizationsAreAudited(t *testing.T) {
	for name, world := range map[string]*githubsim.World{"alone": alone(), "odd": odd()} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(simulated(world))
			defer srv.Close()
			dir := t.TempDir()
			t.Chdir(dir)
			env := func(name string) string {
				return map[string]string{"AJAR_GITHUB_TOKEN": ownerToken, "HOME": dir}[name]
			}
			for _, args := range []string{
				"audit --estimate", "collect", "collect", "init --force", "audit --baseline baseline.toml", "audit --cross-check 10", "audit --offline -o html", "audit --offline -o markdown",
				"audit --offline -o json --all", "plan --baseline baseline.toml", "diff #1 #2", "access --all", "access user:mirela-okafor --since 1m", "who-can owner org:acme-robotics", "findings", "findings --at now",
				"hold --reason x", "hold", "resume --reason y", "store info", "store check", "store backup b.db", "store compact", "doctor", "baseline check --baseline baseline.toml",
			} {
				var out, errs bytes.Buffer
				all := append(append([]string{"ajar"}, strings.Fields(args)...), "--org", "acme-robotics", "--api-url", srv.URL, "--store", filepath.Join(dir, "ajar.db"))
				code := run(t.Context(), all, strings.NewReader(""), &out, &errs, env)
				if code == 1 || code > 3 || strings.Contains(out.String()+errs.String(), "NaN") || strings.Contains(out.String(), "%!") {
					t.Errorf("%s = %d: %s %s", args, code, out.String()[:min(out.Len(), 300)], errs.String())
				}
			}
		})
	}
}
