package githubsim

import (
	"encoding/json"
	"strings"
	"testing"
)

func asJSON(t *testing.T, w *World) string {
	t.Helper()
	b, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGenerateIsTheSameForTheSameSeed(t *testing.T) {
	small := Size{Repositories: 40, Members: 60, Teams: 12}
	first := asJSON(t, Generate(small, GenOptions{Seed: 7}))
	if again := asJSON(t, Generate(small, GenOptions{Seed: 7})); again != first {
		t.Error("two runs with one seed differ")
	}
	if other := asJSON(t, Generate(small, GenOptions{Seed: 8})); other == first {
		t.Error("another seed gives the same world")
	}
}

func TestGeneratedWorldsAreSound(t *testing.T) {
	for _, c := range []struct {
		name string
		size Size
		o    GenOptions
	}{
		{"S", S, GenOptions{}},
		{"dense, base permission", Size{2_000, 1_000, 200}, GenOptions{Dense: true, BasePermission: "read"}},
		{"team plan", Size{30, 20, 5}, GenOptions{Plan: "team"}},
		{"hardly anybody", Size{3, 4, 1}, GenOptions{Dense: true}},
		{"no teams", Size{3, 4, 0}, GenOptions{}},
		{"nothing", Size{}, GenOptions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := Generate(c.size, c.o)
			if err := w.Check(); err != nil {
				t.Error(err)
			}
			again, err := Load(strings.NewReader(asJSON(t, w)))
			if err != nil {
				t.Fatal(err)
			}
			if asJSON(t, again) != asJSON(t, w) {
				t.Error("the world file read back differs")
			}
		})
	}
}

// within reports a count that is not close to what Generate promises.
func within(t *testing.T, what string, got, want, tolerance float64) {
	t.Helper()
	if got < want*(1-tolerance) || got > want*(1+tolerance) {
		t.Errorf("%s: %.2f, want %.2f or so", what, got, want)
	}
}

func TestGenerateKeepsToTheSizesOfThePerformanceGoals(t *testing.T) {
	o := Generate(L, GenOptions{}).Orgs[0]
	if len(o.Repos) != L.Repositories || len(o.Members) != L.Members || len(o.Teams) != L.Teams {
		t.Fatalf("%d repositories, %d members, %d teams", len(o.Repos), len(o.Members), len(o.Teams))
	}
	var grants, direct, withEnvs, envs, withKey, reviewed float64
	for _, r := range o.Repos {
		grants += float64(len(r.Teams))
		direct += float64(len(r.Collaborators))
		if n := len(r.Environments); n > 0 {
			withEnvs++
			envs += float64(n)
			if len(r.Environments[2].Reviewers) > 0 {
				reviewed++
			}
		}
		withKey += float64(len(r.DeployKeys))
		if len(r.BranchProtection) != 1 {
			t.Fatalf("%s has %d protected patterns", r.Name, len(r.BranchProtection))
		}
	}
	n := float64(L.Repositories)
	within(t, "team grants a repository", grants/n, 8, 0.02)
	within(t, "direct grants a repository", direct/n, 0.6, 0.05)
	within(t, "repositories with environments", withEnvs/n, 0.3, 0.05)
	within(t, "environments of those", envs/withEnvs, 3, 0)
	within(t, "production environments with reviewers", reviewed/withEnvs, 0.67, 0.05)
	within(t, "repositories with a deploy key", withKey/n, 0.2, 0.05)
	within(t, "people with an audit entry", float64(len(o.AuditLog)), 0.7*float64(L.Members), 0.05)
}

func TestDenseGivesEveryRepositoryToOneOfTenLargeTeams(t *testing.T) {
	o := Generate(L, GenOptions{Dense: true}).Orgs[0]
	large := map[string]bool{}
	for _, team := range o.Teams[:10] {
		if len(team.Members) != 2_500 {
			t.Errorf("%s has %d members, want 2500", team.Slug, len(team.Members))
		}
		large[team.Slug] = true
	}
	for _, r := range o.Repos {
		if !large[r.Teams[0].Slug] {
			t.Fatalf("%s belongs to no large team", r.Name)
		}
	}
}

func BenchmarkGenerateXL(b *testing.B) {
	for b.Loop() {
		Generate(XL, GenOptions{BasePermission: "read"})
	}
}
