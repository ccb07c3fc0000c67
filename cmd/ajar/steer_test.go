package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
)

// steering are names that would steer a terminal, a page, a spreadsheet or a file
// of settings.
var steering = []string{
	"\x1b[2J\x1b]0;owned\x07", "a\u202eb\u2066c", "line\nbreak\r\n[organization.evil]\nowners = [\"user:evil\"]\n", "`tick` ``` \"\"\" ''' \\",
	"<script>alert(1)</script><img src=x onerror=y>", "=1+1|'x'!A0", "\u0085\u009b31m\x7f", "[x](javascript:y) @team <!channel>", strings.Repeat("wide", 5000), "*", "{repo}", " ",
	"\u200b\ufeff\u2028\u2029",
}

// steered is the demo with such names wherever GitHub takes free text, and where
// it is thought to take none.
func steered() *githubsim.World {
	w, n := githubsim.Demo(), 0
	evil := func(was string) string {
		n++
		return was + steering[n%len(steering)]
	}
	o := w.Orgs[0]
	o.Name = evil(o.Name)
	for _, u := range w.Users {
		u.Name = evil(u.Name)
	}
	for _, r := range o.CustomRoles {
		r.Name = evil(r.Name)
	}
	for _, r := range o.OrgRoles {
		r.Name = evil(r.Name)
	}
	for _, t := range o.Teams {
		t.Name = evil(t.Name)
	}
	for _, i := range o.Invitations {
		i.Inviter = evil(i.Inviter)
		if i.Login == "" {
			i.Email = evil(i.Email)
		}
	}
	for _, e := range o.AuditLog {
		e.Actor = evil(e.Actor)
	}
	for _, r := range o.Repos {
		r.DefaultBranch = evil(r.DefaultBranch)
		for _, i := range r.Invitations {
			i.Inviter = evil(i.Inviter)
		}
		for _, k := range r.DeployKeys {
			k.Title, k.AddedBy = evil(k.Title), evil(k.AddedBy)
		}
		for _, e := range r.Environments {
			e.Name = evil(e.Name)
			for _, s := range e.Secrets {
				s.Name = evil(s.Name)
			}
			if e.BranchPolicy != nil {
				for i := range e.BranchPolicy.Custom {
					e.BranchPolicy.Custom[i].Name = evil(e.BranchPolicy.Custom[i].Name)
				}
			}
		}
	}
	return w
}

// acts finds what a terminal acts on, line breaks and tabs aside.
var acts = regexp.MustCompile(`[\x00-\x08\x0b-\x1f\x7f\x{80}-\x{9f}\x{200b}-\x{200f}\x{2028}-\x{202e}\x{2060}-\x{2069}\x{feff}]`)

func TestNoNameSteersWhatIsWritten(t *testing.T) {
	before := httptest.NewServer(simulated(steered()))
	defer before.Close()
	later := steered()
	for i, r := range later.Orgs[0].Repos {
		if i%2 == 0 {
			r.DeployKeys, r.Teams = nil, nil
		}
		for _, e := range r.Environments {
			e.Reviewers = nil
		}
	}
	after := httptest.NewServer(simulated(later))
	defer after.Close()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	env := func(name string) string {
		return map[string]string{"AJAR_GITHUB_TOKEN": ownerToken, "HOME": dir, "COLUMNS": "100"}[name]
	}
	ajar := func(args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		code := run(context.Background(), append([]string{"ajar"}, args...), strings.NewReader(""), &out, &errs, env)
		what := fmt.Sprint(args, " = ", code)
		sheet := strings.Contains(what, " csv ") // a cell holds what is there
		for name, text := range map[string]string{"stdout": out.String(), "stderr": errs.String()} {
			if at := acts.FindStringIndex(text); at != nil && !sheet {
				t.Errorf("%s, %s: %q", what, name, text[max(0, at[0]-80):min(len(text), at[1]+20)])
			}
			if strings.Contains(text, "\n[organization.evil]") && !sheet {
				t.Errorf("%s, %s: a name breaks out of its line", what, name)
			}
		}
		if code == 1 {
			t.Error(what, errs.String()[:min(300, errs.Len())])
		}
		return out.String()
	}
	common := []string{"--store", in("ajar.db"), "--log-level", "debug"}
	with := func(url string, args ...string) string {
		t.Helper()
		return ajar(append(append(args, common...), "--api-url", url, "--org", "acme-robotics")...)
	}
	with(before.URL, "audit", "--estimate")
	with(before.URL, "init", "--out", in("made"))
	with(before.URL, "audit", "--cross-check", "50")
	with(after.URL, "collect")
	for _, format := range []string{"table", "json", "csv"} {
		with(after.URL, "doctor", "--baseline", in("made/baseline.toml"), "-o", format)
	}
	local := func(args ...string) string { t.Helper(); return ajar(append(args, "--store", in("ajar.db"))...) }
	for _, format := range []string{"table", "csv", "json", "markdown", "html"} {
		for _, args := range [][]string{
			{"audit", "--offline"}, {"audit", "--offline", "--all"}, {"plan", "--baseline", in("made/baseline.toml")}, {"diff", "#1"},
			{"access", "--all"}, {"access", "user:mirela-okafor", "--since", "1m"}, {"findings"}, {"findings", "--at", "now"}, {"hold"}, {"store", "info"}, {"store", "check"},
			{"who-can", "write", "repo:acme-robotics/control-plane"}, {"baseline", "check", "--baseline", in("made/baseline.toml")},
		} {
			if slow := format == "html" || format == "markdown"; slow && args[0] != "audit" && args[0] != "plan" || format == "html" && args[0] == "plan" {
				continue
			}
			local(append(args, "-o", format)...)
		}
	}
	for _, line := range regexp.MustCompile(`"fingerprint": ?"([^"]+)"`).FindAllStringSubmatch(local("findings", "-o", "json"), -1) {
		local("findings", "show", line[1])
	}
	files, err := filepath.Glob(in("made/*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if at := acts.FindIndex(raw); at != nil || bytes.Contains(raw, []byte("\n[organization.evil]")) {
			t.Errorf("%s: %q", f, raw[max(0, at[0]-80):min(len(raw), at[1]+20)])
		}
	}
}
