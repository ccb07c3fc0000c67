package analyzer_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// large is an organization of size L: 10 000 repositories, 5 000 people, 1 000
// teams, eight team grants a repository, 9 000 environments and 2 000 keys.
func large() *world {
	const repos, users, teams = 10_000, 5_000, 1_000
	rng := rand.New(rand.NewPCG(1, 2))
	w := newWorld()
	for u := range users {
		w.member(fmt.Sprintf("user%04d", u))
	}
	for t := range teams {
		parent := ""
		if t%4 == 3 {
			parent = fmt.Sprintf("team%03d", t-1)
		}
		var in []string
		for _, u := range rng.Perm(users)[:2+rng.IntN(11)] {
			in = append(in, fmt.Sprintf("user%04d", u))
		}
		w.team(fmt.Sprintf("team%03d", t), parent, in...)
	}
	for r := range repos {
		name := fmt.Sprintf("repo%05d", r)
		for _, t := range rng.Perm(teams)[:8] {
			w.give(fmt.Sprintf("team:team%03d", t), name, access.Privilege(3+rng.IntN(4)))
		}
		if r%5 == 0 {
			w.give(fmt.Sprintf("user:user%04d", rng.IntN(users)), name, access.Write)
			w.key(name, fmt.Sprintf("key%05d", r), func(*access.DeployKey) {})
		}
		if r%10 < 3 {
			for _, e := range []string{"production", "staging", "docs"} {
				w.env(name+"/"+e, nil)
			}
		}
	}
	return w
}

// thousand is a baseline of a thousand assignments; each gives a team write on
// ten of the repositories, or read on all of them.
func thousand() string {
	var b strings.Builder
	b.WriteString("[organization.acme]\nowners = [\"user:root\", \"user:boss\"]\nbase_permission = \"read\"\n" +
		"[roles.reader]\nrepository = \"triage\"\n[roles.writer]\nrepository = \"write\"\nstanding_reason = \"work\"\nreview_by = 2027-01-01\n")
	for i := range 1000 {
		role, on := "writer", fmt.Sprintf("repo:acme/repo%04d*", i)
		if i%3 == 0 {
			role, on = "reader", "repo:acme/*"
		}
		fmt.Fprintf(&b, "[[assign]]\nrole = %q\nto = [\"team:acme/team%03d\"]\non = [%q]\nreason = \"work\"\n", role, i, on)
	}
	return b.String()
}

// BenchmarkAnalyze judges size L against a thousand assignments; the goal is well
// under two seconds.
func BenchmarkAnalyze(b *testing.B) {
	s := large().seal()
	parsed, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(thousand())}})
	if err != nil {
		b.Fatal(err)
	}
	bound, _ := parsed.Bind(s)
	in := analyzer.Input{Snapshot: s, Graph: reach.New(s), At: now}
	for name, bl := range map[string]*baseline.Bound{"without a baseline": nil, "1000 assignments": bound} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			in.Baseline = bl
			found := 0
			for b.Loop() {
				found = len(analyzer.Analyze(in).Findings)
			}
			b.ReportMetric(float64(found), "findings")
			b.ReportMetric(2, "goal-s/op")
		})
	}
}
