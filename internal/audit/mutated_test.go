package audit

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// mutations are what may happen to an organization between a kill and the run
// that takes the pass up.
var mutations = []struct {
	name string
	do   func(o *githubsim.Org, i int)
}{
	{"a repository goes", func(o *githubsim.Org, i int) { o.Repos = slices.Delete(o.Repos, i%len(o.Repos), i%len(o.Repos)+1) }},
	{"a repository comes", func(o *githubsim.Org, i int) {
		r := *o.Repos[i%len(o.Repos)]
		r.ID, r.Name, r.CreatedAt, r.DeployKeys, r.Environments = int64(880_000+i), fmt.Sprintf("came-%d", i), now, nil, nil
		o.Repos = append(o.Repos, &r)
	}},
	{"an outsider goes", func(o *githubsim.Org, i int) { o.Repos[i%len(o.Repos)].Collaborators = nil }},
	{"a team loses its people", func(o *githubsim.Org, i int) { o.Teams[i%len(o.Teams)].Members = nil }},
	{"a team is given a repository", func(o *githubsim.Org, i int) {
		r := o.Repos[i%len(o.Repos)]
		r.Teams = []*githubsim.TeamGrant{{Slug: o.Teams[i%len(o.Teams)].Slug, Permission: "admin"}}
	}},
	{"keys are deleted", func(o *githubsim.Org, i int) { o.Repos[i%len(o.Repos)].DeployKeys = nil }},
	{"environments are deleted", func(o *githubsim.Org, i int) { o.Repos[i%len(o.Repos)].Environments = nil }},
	{"two repositories change their names", func(o *githubsim.Org, i int) {
		a, b := o.Repos[i%len(o.Repos)], o.Repos[(i*7+3)%len(o.Repos)]
		a.Name, b.Name = b.Name, a.Name
	}},
	{"all repositories change their names", func(o *githubsim.Org, _ int) {
		first := o.Repos[0].Name
		for i := range len(o.Repos) - 1 {
			o.Repos[i].Name = o.Repos[i+1].Name
		}
		o.Repos[len(o.Repos)-1].Name = first
	}},
	{"two teams change their slugs", func(o *githubsim.Org, i int) {
		a, b := o.Teams[i%len(o.Teams)].Slug, o.Teams[(i*7+3)%len(o.Teams)].Slug
		other := map[string]string{a: b, b: a}
		swap := func(s *string) {
			if to, ok := other[*s]; ok {
				*s = to
			}
		}
		for _, t := range o.Teams {
			swap(&t.Slug)
			swap(&t.Parent)
		}
		for _, r := range o.Repos {
			for _, g := range r.Teams {
				swap(&g.Slug)
			}
			for _, e := range r.Environments {
				for i := range e.Reviewers {
					if e.Reviewers[i].Type == "Team" {
						swap(&e.Reviewers[i].Name)
					}
				}
			}
		}
	}},
	{"a member goes", func(o *githubsim.Org, i int) {
		if i %= len(o.Members); o.Members[i].Role != "admin" {
			o.Members = slices.Delete(o.Members, i, i+1)
		}
	}},
}

func grants(s *access.Snapshot) map[access.Grant]bool {
	out := map[access.Grant]bool{}
	for _, g := range s.Grants {
		out[g] = true
	}
	return out
}

// What is stored was there before or after; and where the ledger says complete, it
// holds all that was there both before and after.
func TestAWorldThatChangesBetweenKillAndResumeGivesNoInvalidState(t *testing.T) {
	whole, _, all := recorded(t)
	old := content(t, whole, take(t, whole))
	n := int64(all.asked())
	rapid.Check(t, func(rt *rapid.T) {
		p, c, g, sim := recordedOver(t)
		breakOff(t, p, g, rapid.Int64Range(1, n-1).Draw(rt, "requests before the kill"))
		for range rapid.IntRange(1, 4).Draw(rt, "changes") {
			m := rapid.SampledFrom(mutations).Draw(rt, "change")
			i := rapid.IntRange(0, 1000).Draw(rt, "place")
			rt.Log(m.name)
			sim.Mutate(func(w *githubsim.World) { m.do(w.Orgs[0], i) })
		}
		c.move(10 * time.Minute)
		info, err := p.Take(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		got := content(t, p, info)
		q := p
		q.Answers, q.Store = "", freshStore(t, c)
		fresh := content(t, q, take(t, q))
		before, after, seen := grants(old), grants(fresh), grants(got)
		for x := range seen {
			if !before[x] && !after[x] {
				rt.Errorf("%+v is stored, and never was", x)
			}
		}
		complete := !slices.ContainsFunc(got.Coverage.Lines(), func(l access.Cover) bool {
			return l.Status != access.Complete && l.Status != access.Unavailable
		})
		for x := range before {
			if complete && after[x] && !seen[x] {
				rt.Errorf("%+v was there all the time and is not stored, and everything is called complete", x)
			}
		}
	})
}
