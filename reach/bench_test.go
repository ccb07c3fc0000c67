//go:build unix

package reach_test

import (
	"math/rand/v2"
	"syscall"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// large builds an organization of size L: 10 000 repositories, 5 000 people,
// 1 000 teams. Sparse has small teams and eight team grants a repository; dense
// adds ten teams of 2 500 people, each with a grant on every repository.
func large(dense bool) *access.Snapshot {
	const repos, users, teams = 10_000, 5_000, 1_000
	rng := rand.New(rand.NewPCG(1, 2))
	s := &access.Snapshot{Org: access.Organization{ID: 1, Login: "acme"}, Settings: &access.Settings{BasePermission: access.None}}
	for u := range int64(users) {
		if u < 5 {
			s.Grants = append(s.Grants, grant(user(u+1), theOrg, access.Owner, access.ByOwner))
		} else {
			s.Grants = append(s.Grants, grant(user(u+1), theOrg, access.Member, access.Direct))
		}
	}
	fill := func(id int64, people int) {
		for _, u := range rng.Perm(users)[:people] {
			s.Grants = append(s.Grants, grant(user(int64(u)+1), team(id), access.Member, access.Direct))
		}
	}
	for t := range int64(teams) {
		info := access.TeamInfo{ID: t + 1, Slug: "t"}
		if t%4 == 3 {
			info.Parent = t // each fourth team is a child of the one before it
		}
		s.Teams = append(s.Teams, info)
		fill(t+1, 2+rng.IntN(11))
	}
	strength := []access.Privilege{access.Read, access.Read, access.Triage, access.Write, access.Write, access.Maintain, access.Admin}
	for r := range int64(repos) {
		s.Repositories = append(s.Repositories, access.Repository{ID: r + 1, Name: "r"})
		for _, t := range rng.Perm(teams)[:8] {
			s.Grants = append(s.Grants, grant(team(int64(t)+1), repo(r+1), strength[rng.IntN(len(strength))], access.ByTeam))
		}
		if r%5 == 0 {
			s.Grants = append(s.Grants, grant(user(rng.Int64N(users)+1), repo(r+1), access.Write, access.Direct))
		}
	}
	for t := range int64(10) {
		if !dense {
			break
		}
		id := int64(teams) + t + 1
		s.Teams = append(s.Teams, access.TeamInfo{ID: id, Slug: "big"})
		fill(id, 2_500)
		for r := range int64(repos) {
			s.Grants = append(s.Grants, grant(team(id), repo(r+1), strength[t%5], access.ByTeam))
		}
	}
	sortSnapshot(s)
	return s
}

// cpu is the user and system time that this process has used.
func cpu(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// BenchmarkWholeOrganization works out the highest privilege of every pair of a
// person and a repository. The goals are process CPU time, so they are reported
// beside what was measured.
func BenchmarkWholeOrganization(b *testing.B) {
	for _, c := range []struct {
		name  string
		dense bool
		goal  float64 // ms CPU
	}{{"sparse", false, 15}, {"dense", true, 500}} {
		b.Run(c.name, func(b *testing.B) {
			g := reach.New(large(c.dense))
			pairs := 0
			from := cpu(b)
			for b.Loop() {
				pairs = 0
				for _, levels := range g.Each() {
					pairs += len(levels)
				}
			}
			used := float64((cpu(b) - from).Microseconds()) / 1000 / float64(b.N)
			b.ReportMetric(used, "cpu-ms/op")
			b.ReportMetric(c.goal, "goal-cpu-ms/op")
			b.ReportMetric(float64(pairs), "pairs")
		})
	}
}

func BenchmarkNew(b *testing.B) {
	for _, dense := range []bool{false, true} {
		s := large(dense)
		b.Run(map[bool]string{false: "sparse", true: "dense"}[dense], func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				reach.New(s)
			}
		})
	}
}

// BenchmarkQuestions are the ones people ask: one pair, one repository, one person.
func BenchmarkQuestions(b *testing.B) {
	g := reach.New(large(true))
	b.Run("On", func(b *testing.B) {
		for b.Loop() {
			g.On(2_345, 6_789)
		}
	})
	b.Run("Levels", func(b *testing.B) {
		for b.Loop() {
			g.Levels(6_789)
		}
	})
	b.Run("Effective", func(b *testing.B) {
		for b.Loop() {
			g.Effective(6_789)
		}
	})
	b.Run("Of", func(b *testing.B) {
		for b.Loop() {
			for range g.Of(2_345) {
			}
		}
	})
}
