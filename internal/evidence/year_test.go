package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// sized is an organization of the size S: 1 000 repositories, 500 members, 100 teams.
type sized struct {
	teams  map[int64][]access.Grant // what each team holds
	in     map[int64][]access.Grant // who is in it
	direct map[int64][]access.Grant // on each repository
	pushed map[int64]time.Time
	live   int
}

func newSized() *sized {
	z := &sized{map[int64][]access.Grant{}, map[int64][]access.Grant{}, map[int64][]access.Grant{}, map[int64]time.Time{}, 0}
	for t := range int64(100) {
		for n := range int64(80) {
			z.teams[2000+t] = append(z.teams[2000+t], byTeam(2000+t, 10_000+(t*37+n*13)%1000, access.Read+access.Privilege((t+n)%5)))
		}
		for n := range int64(10) {
			z.in[2000+t] = append(z.in[2000+t], inTeam(1+(t*10+n*7)%500, 2000+t, access.Member))
		}
	}
	for r := range int64(1000) {
		z.direct[10_000+r] = []access.Grant{direct(1+r%500, 10_000+r, access.Write)}
	}
	z.live = 8000 + 1000 + 1000 + 500
	return z
}

// whole writes everything; later passes keep what did not change.
func (z *sized) whole(t tester, p *store.Pass) {
	for u := range int64(500) {
		check(t, p.People(context.Background(), []access.Person{{ID: u + 1, Login: fmt.Sprintf("user-%d", u+1)}}))
		of := access.Member
		if u < 5 {
			of = access.Owner
		}
		put(t, p, access.AreaMembers, u+1, inOrg(u+1, of))
	}
	for id, g := range z.teams {
		put(t, p, access.AreaTeams, id, access.TeamInfo{ID: id, Slug: fmt.Sprintf("team-%d", id)})
		put(t, p, access.AreaTeamGrants, id, things(g)...)
		put(t, p, access.AreaTeamMembers, id, things(z.in[id])...)
	}
	for id, g := range z.direct {
		put(t, p, access.AreaRepositories, id, z.repo(id))
		put(t, p, access.AreaDirectGrants, id, things(g)...)
		if id%10 < 3 {
			var envs, gates []any
			for n := range int64(3) {
				e := 100_000 + id*10 + n
				envs = append(envs, access.Environment{ID: e, Repo: id, Name: fmt.Sprintf("env-%d", n)})
				gates = append(gates, access.Gate{Env: e, Repo: id, Reviewers: 1}, access.Grant{Principal: user(1 + id%500), Resource: env(e), Privilege: access.Approve, Source: access.Reviewer})
			}
			put(t, p, access.AreaEnvironments, id, envs...)
			put(t, p, access.AreaGates, id, gates...)
		}
	}
}

func (z *sized) repo(id int64) access.Repository {
	return access.Repository{ID: id, Name: fmt.Sprintf("repo-%d", id), Visibility: "private", PushedAt: z.pushed[id]}
}

func things(all []access.Grant) []any {
	out := make([]any, len(all))
	for i, g := range all {
		out[i] = g
	}
	return out
}

// hourly changes one grant in a thousand, and once a day a fifth of the repositories is
// pushed to.
func (z *sized) hourly(t tester, p *store.Pass, n int, r *rand.Rand) {
	ctx := context.Background()
	for u := range int64(500) {
		check(t, p.Keep(ctx, access.AreaMembers, u+1))
	}
	for id := range z.teams {
		for _, a := range []access.Area{access.AreaTeams, access.AreaTeamGrants, access.AreaTeamMembers} {
			check(t, p.Keep(ctx, a, id))
		}
	}
	for id := range z.direct {
		for _, a := range []access.Area{access.AreaRepositories, access.AreaDirectGrants, access.AreaEnvironments, access.AreaGates} {
			check(t, p.Keep(ctx, a, id))
		}
		if n%24 == 0 && r.IntN(5) == 0 {
			z.pushed[id] = hour(n)
			put(t, p, access.AreaRepositories, id, z.repo(id))
		}
	}
	var heard []access.Event
	for i := range z.live / 1000 {
		id := 2000 + r.Int64N(100)
		g := &z.teams[id][r.IntN(80)]
		g.Privilege = access.Read + (g.Privilege-access.Read+1)%5
		put(t, p, access.AreaTeamGrants, id, things(z.teams[id])...)
		heard = append(heard, access.Event{ID: fmt.Sprintf("%d-%d", n, i), At: hour(n).Add(-time.Minute), Action: "team.update_repository_permission", Actor: "user-1",
			ActorID: 1, Team: fmt.Sprintf("team-%d", id), RepoID: g.Resource.ID, Repo: fmt.Sprintf("repo-%d", g.Resource.ID)})
	}
	check(t, p.Heard(ctx, heard))
}

// BenchmarkYear gathers the evidence of a year of hourly snapshots of S with one grant in
// a thousand changed each hour, and reads every table once. AJAR_YEAR_PASSES says how many
// snapshots there are; a year has 8760. AJAR_YEAR_DIR keeps the store for the next time.
func BenchmarkYear(b *testing.B) {
	passes := 720
	if n, err := strconv.Atoi(os.Getenv("AJAR_YEAR_PASSES")); err == nil {
		passes = n
	}
	dir := os.Getenv("AJAR_YEAR_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	s := open(b, dir)
	defer s.Close()
	if _, err := s.Latest(b.Context(), acme.Login); errors.Is(err, store.ErrNoSnapshot) {
		hoursOf(b, s, passes)
	}
	for b.Loop() {
		start := spent()
		e := gather(b, s, evidence.Period{From: dawn, To: past(hour(passes - 1))})
		b.ReportMetric((spent() - start).Seconds(), "gather-cpu-s")
		count := 0
		for _, table := range e.Tables {
			before, n := spent(), 0
			for _, err := range table.Rows(b.Context()) {
				check(b, err)
				n++
			}
			count += n
			if took := spent() - before; took > 100*time.Millisecond {
				b.Logf("%s: %d rows, %v", table.Name, n, took)
			}
		}
		b.ReportMetric((spent() - start).Seconds(), "cpu-s")
		b.ReportMetric(float64(count), "rows")
		if len(e.Gaps) != 1 || !strings.HasPrefix(e.Gaps[0].Reason, "no snapshot was audited") {
			b.Fatal(e.Gaps)
		}
	}
	var u syscall.Rusage
	check(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	b.ReportMetric(float64(u.Maxrss)/1024, "rss-MiB")
}

// hoursOf takes so many hourly snapshots.
func hoursOf(t tester, s *store.Store, passes int) {
	z, r := newSized(), rand.New(rand.NewPCG(1, 2))
	taken(t, s, hour(0), func(p *store.Pass) { z.whole(t, p) })
	for n := 1; n < passes; n++ {
		taken(t, s, hour(n), func(p *store.Pass) { z.hourly(t, p, n, r) })
	}
}

func spent() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
