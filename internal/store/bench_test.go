//go:build unix

package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// cpu is the user and system time of this process, so that a busy machine does
// not make a benchmark slower.
func cpu() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// size is an organization of so many things. Ids are as large as GitHub's.
type size struct{ repos, people, teams int }

var large = size{repos: 10_000, people: 5_000, teams: 1_000}

// factor shrinks or grows the larger benchmarks; AJAR_BENCH_FACTOR=10 is their
// full size.
func factor() int {
	if n, err := strconv.Atoi(os.Getenv("AJAR_BENCH_FACTOR")); err == nil && n > 0 {
		return n
	}
	return 1
}

func (z size) user(n int) int64 { return 100_000_000 + int64(n%z.people)*977 }
func (z size) repo(n int) int64 { return 500_000_000 + int64(n%z.repos)*1009 }
func (z size) team(n int) int64 { return 3_000_000 + int64(n%z.teams)*7 }

// teamGrants gives eight grants a repository, spread over the teams.
func (z size) teamGrants() [][]access.Grant {
	out := make([][]access.Grant, z.teams)
	for r := range z.repos {
		for k := range 8 {
			t := (r*13 + k*k*31) % z.teams
			out[t] = append(out[t], byTeam(z.team(t), z.repo(r), access.Read+access.Privilege(r%4)))
		}
	}
	return out
}

// fill puts a whole organization.
func (z size) fill(b *testing.B, p *Pass, teams [][]access.Grant) (grants int) {
	for n := range z.people {
		put(b, p, access.AreaMembers, z.user(n), inOrg(z.user(n), access.Member))
		put(b, p, access.AreaTwoFactor, z.user(n), access.TwoFactor{User: z.user(n), Enabled: true})
		if err := p.People(b.Context(), []access.Person{{ID: z.user(n), NodeID: fmt.Sprintf("U_kgDO%07d", n), Login: fmt.Sprintf("person-%d", n), Name: "Some Body", CreatedAt: noon}}); err != nil {
			b.Fatal(err)
		}
	}
	grants = z.people
	for n, g := range teams {
		id := z.team(n)
		put(b, p, access.AreaTeams, id, access.TeamInfo{ID: id, NodeID: fmt.Sprintf("T_kwDO%07d", n), Slug: fmt.Sprintf("team-%d", n), Name: "A team", Privacy: "visible", CreatedAt: noon})
		var members []access.Grant
		for k := range 10 {
			members = append(members, member(z.user(n*37+k*101), id, access.Member))
		}
		put(b, p, access.AreaTeamMembers, id, members)
		put(b, p, access.AreaTeamGrants, id, g)
		grants += len(g) + len(members)
	}
	for n := range z.repos {
		id := z.repo(n)
		put(b, p, access.AreaRepositories, id, access.Repository{ID: id, NodeID: fmt.Sprintf("R_kgDO%07d", n), Name: fmt.Sprintf("service-%d", n), Visibility: "private", DefaultBranch: "main", CreatedAt: noon, PushedAt: noon, Environments: n % 4, DeployKeys: n % 2})
		if n%3 == 0 {
			put(b, p, access.AreaDirectGrants, id, direct(z.user(n), id, access.Admin))
			grants++
		} else {
			put(b, p, access.AreaDirectGrants, id)
		}
		if n%10 < 3 {
			z.fillEnvironments(b, p, id, n)
		}
	}
	complete(b, p, access.Areas...)
	return grants
}

func (z size) fillEnvironments(b *testing.B, p *Pass, id int64, n int) {
	var envs, gates, policies []any
	for k, name := range []string{"production", "staging", "test"} {
		e := 900_000_000 + int64(3*n+k)
		envs = append(envs, access.Environment{ID: e, NodeID: fmt.Sprintf("EN_kwDO%07d", e), Repo: id, Name: name})
		gates = append(gates, access.Gate{Env: e, Repo: id, Reviewers: 1}, reviewer(team(z.team(n)), e))
		policies = append(policies, access.Policy{Env: e, Repo: id, Branches: access.ProtectedBranch, AdminBypass: isTrue(true), CreatedAt: noon})
	}
	put(b, p, access.AreaEnvironments, id, envs...)
	put(b, p, access.AreaGates, id, gates...)
	put(b, p, access.AreaPolicies, id, policies...)
}

// BenchmarkIngest is P8: grants from Go values to committed, indexed rows.
func BenchmarkIngest(b *testing.B) {
	z := size{repos: 10_000 * factor(), people: 5_000, teams: 1_000}
	teams := z.teamGrants()
	var took time.Duration
	rows := 0
	for b.Loop() {
		s := fresh(b)
		p := begin(b, s, noon)
		start := cpu()
		for n, g := range teams {
			put(b, p, access.AreaTeamGrants, z.team(n), g)
			rows += len(g)
		}
		finish(b, p)
		took += cpu() - start
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)/took.Seconds(), "rows/cpu-s")
}

// BenchmarkLarge is one organization of size L: the first pass, one without a
// change (P5, P9), and reading it back.
func BenchmarkLarge(b *testing.B) {
	teams := large.teamGrants()
	b.Run("first", func(b *testing.B) {
		var took time.Duration
		for b.Loop() {
			s := fresh(b)
			start := cpu()
			p := begin(b, s, noon)
			large.fill(b, p, teams)
			finish(b, p)
			took += cpu() - start
		}
		b.ReportMetric(float64(took.Milliseconds())/float64(b.N), "cpu-ms/op")
	})
	s := fresh(b)
	p := begin(b, s, hour(0))
	grants := large.fill(b, p, teams)
	info := finish(b, p)
	hours := 0
	b.Run("unchanged", func(b *testing.B) {
		size, start := fileSize(b, s), cpu()
		for b.Loop() {
			hours++
			p := begin(b, s, hour(hours))
			large.fill(b, p, teams)
			if info = finish(b, p); info.Stats != (PassStats{}) {
				b.Fatalf("it changed %+v", info.Stats)
			}
		}
		b.ReportMetric(float64((cpu()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
		b.ReportMetric(float64(fileSize(b, s)-size)/float64(b.N), "bytes/pass")
	})
	b.Run("load", func(b *testing.B) {
		start := cpu()
		for b.Loop() {
			if snap := load(b, s, info); len(snap.Grants) < grants/2 {
				b.Fatalf("%d grants", len(snap.Grants))
			}
		}
		b.ReportMetric(float64((cpu()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
	})
	b.Run("open", func(b *testing.B) {
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		start := cpu()
		for b.Loop() {
			s, err := Open(b.Context(), s.path, Options{Now: fixed})
			if err != nil {
				b.Fatal(err)
			}
			s.Close()
		}
		b.ReportMetric(float64((cpu()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
	})
}

// BenchmarkJudge merges five thousand findings that are known already.
func BenchmarkJudge(b *testing.B) {
	s := fresh(b)
	p := begin(b, s, noon)
	var found []access.Finding
	for n := range int64(5_000) {
		g := direct(n%50+1, n+1, access.Admin)
		put(b, p, access.AreaDirectGrants, n+1, g)
		found = append(found, access.Finding{
			Fingerprint: access.Fingerprint("standing", g.Key()), Rule: "standing", Category: "privilege", Severity: access.High,
			Title: "somebody is admin", Grant: &g, Needs: []access.Need{{Area: access.AreaDirectGrants, Scope: n + 1}},
		})
	}
	complete(b, p, access.Areas...)
	snap := load(b, s, finish(b, p))
	start := cpu()
	for b.Loop() {
		if got, err := s.Judge(b.Context(), snap, found, noon, Terms{}); err != nil || len(got) != len(found) {
			b.Fatalf("%d findings, %v", len(got), err)
		}
	}
	b.ReportMetric(float64((cpu()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
}

// BenchmarkHistory is P10: what a year of hourly passes over a changing
// organization costs in bytes. At a factor of 10 it is a million grants.
func BenchmarkHistory(b *testing.B) {
	z := size{repos: 12_500 * factor(), people: 5_000, teams: 500 * factor()} // 200 grants a team
	for b.Loop() {
		s := fresh(b)
		teams := z.teamGrants()
		live := z.putAll(b, s, 0, teams)
		first := fileSize(b, s)
		r := rand.New(rand.NewPCG(1, 2))
		changed, passes := 0, 720
		for n := 1; n <= passes; n++ {
			changed += z.churn(b, s, n, teams, live/1000, r)
		}
		grew := fileSize(b, s) - first
		b.ReportMetric(float64(first)/float64(live), "B/live-grant")
		b.ReportMetric(float64(grew)/float64(changed), "B/changed-grant")
		year := float64(first) + float64(grew)/float64(passes)*8760
		b.ReportMetric(year, "B/year")
		b.ReportMetric(year/float64(live), "MB/year-of-1M") // bytes a grant are megabytes a million of them
		z.questions(b, s, hour(passes), r)
	}
}

func (z size) putAll(b *testing.B, s *Store, n int, teams [][]access.Grant) (rows int) {
	p := begin(b, s, hour(n))
	for t, g := range teams {
		put(b, p, access.AreaTeamGrants, z.team(t), g)
		rows += len(g)
	}
	finish(b, p)
	return rows
}

// churn changes the privilege of so many random grants, in one pass.
func (z size) churn(b *testing.B, s *Store, n int, teams [][]access.Grant, changes int, r *rand.Rand) int {
	p := begin(b, s, hour(n))
	touched := map[int]bool{}
	for range changes {
		t := r.IntN(len(teams))
		g := &teams[t][r.IntN(len(teams[t]))]
		g.Privilege = access.Read + (g.Privilege-access.Read+1)%5
		touched[t] = true
	}
	for t := range teams {
		if touched[t] {
			put(b, p, access.AreaTeamGrants, z.team(t), teams[t])
		}
	}
	info := finish(b, p)
	return int(info.Stats.GrantsAdded)
}

// questions is P11: who holds what, at random instants.
func (z size) questions(b *testing.B, s *Store, until time.Time, r *rand.Rand) {
	for _, q := range []struct {
		name  string
		times int
		ask   func(at time.Time) error
	}{
		{"p99-on-ms", 500, func(at time.Time) error {
			_, err := s.GrantsOn(b.Context(), "acme", repo(z.repo(r.IntN(z.repos))), at)
			return err
		}},
		{"p99-of-ms", 500, func(at time.Time) error {
			_, err := s.GrantsOf(b.Context(), "acme", team(z.team(r.IntN(z.teams))), at)
			return err
		}},
		{"p99-load-ms", 20, func(at time.Time) error {
			info, err := s.At(b.Context(), "acme", at)
			if err == nil {
				_, err = s.Load(b.Context(), info)
			}
			return err
		}},
	} {
		took := make([]time.Duration, q.times)
		for i := range took {
			start := cpu()
			if err := q.ask(noon.Add(time.Duration(r.Int64N(int64(until.Sub(noon)))))); err != nil {
				b.Fatal(err)
			}
			took[i] = cpu() - start
		}
		b.ReportMetric(worst(took), q.name)
	}
}

// worst is the 99th percentile, in milliseconds.
func worst(took []time.Duration) float64 {
	slices.Sort(took)
	return float64(took[len(took)*99/100].Microseconds()) / 1000
}
