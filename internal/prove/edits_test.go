package main

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/witness"
)

// edit is something that somebody else does while ajar works. Where what it is
// about is not there, it does nothing.
type edit struct {
	name string
	do   func(o *githubsim.Org, w *githubsim.World, n int)
}

// edits are what happens to an organization on any working day, and on bad ones.
var edits = []edit{
	{"raises a collaborator", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil && len(r.Collaborators) > 0 {
			at(r.Collaborators, n).Permission = "admin"
		}
	}},
	{"lowers a collaborator", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil && len(r.Collaborators) > 0 {
			at(r.Collaborators, n).Permission = "triage"
		}
	}},
	{"removes a collaborator", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil && len(r.Collaborators) > 0 {
			r.Collaborators = r.Collaborators[1:]
		}
	}},
	{"raises a team", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil && len(r.Teams) > 0 {
			at(r.Teams, n).Permission = "maintain"
		}
	}},
	{"takes a repository from its teams", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil {
			r.Teams = nil
		}
	}},
	{"empties a team", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if t := at(o.Teams, n); t != nil {
			t.Members = nil
		}
	}},
	{"dissolves a team", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if t := at(o.Teams, n); t != nil {
			dissolve(o, t.Slug)
		}
	}},
	{"archives a repository", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil {
			r.Archived = true
		}
	}},
	{"deletes a repository", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if len(o.Repos) > 1 {
			o.Repos = slices.Delete(slices.Clone(o.Repos), n%len(o.Repos), n%len(o.Repos)+1)
		}
	}},
	{"renames a repository", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil {
			r.Name += "-new"
		}
	}},
	{"swaps the names of two repositories", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if len(o.Repos) > 1 {
			a, b := at(o.Repos, n), at(o.Repos, n+1)
			a.Name, b.Name = b.Name, a.Name
		}
	}},
	{"removes an owner", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if all := witness.Owners(o); len(all) > 2 {
			leave(o, all[1+n%(len(all)-1)]) // not the one behind the tokens
		}
	}},
	{"makes a member an owner", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if m := at(o.Members, n); m != nil {
			m.Role = "admin"
		}
	}},
	{"removes a member", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if m := at(o.Members, n); m != nil && m.Role != "admin" {
			leave(o, m.Login)
		}
	}},
	{"deletes the keys of a repository", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil {
			r.DeployKeys = nil
		}
	}},
	{"takes the reviewers away", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil && len(r.Environments) > 0 {
			r.Environments[0].Reviewers = r.Environments[0].Reviewers[:min(1, len(r.Environments[0].Reviewers))]
		}
	}},
	{"lets administrators bypass", func(o *githubsim.Org, _ *githubsim.World, n int) {
		if r := at(o.Repos, n); r != nil && len(r.Environments) > 0 {
			r.Environments[0].CanAdminsBypass = true
		}
	}},
	{"withdraws the invitations", func(o *githubsim.Org, _ *githubsim.World, n int) {
		o.Invitations = nil
		if r := at(o.Repos, n); r != nil {
			r.Invitations = nil
		}
	}},
	{"raises the base permission", func(o *githubsim.Org, _ *githubsim.World, _ int) { o.Settings.DefaultRepositoryPermission = "write" }},
	{"gives a login to somebody else", func(o *githubsim.Org, w *githubsim.World, n int) {
		if m := at(o.Members, n); m != nil && m.Role != "admin" {
			old := m.Login
			rename(o, w, old, old+"-once")
			w.Users = append(w.Users, &githubsim.User{Login: old, ID: int64(90_000 + len(w.Users)), Type: "User", CreatedAt: noon})
		}
	}},
}

// at gives the nth of a list that has no end; nil of an empty one.
func at[T any](list []*T, n int) *T {
	if len(list) == 0 {
		return nil
	}
	return list[n%len(list)]
}

func dissolve(o *githubsim.Org, slug string) {
	o.Teams = slices.DeleteFunc(slices.Clone(o.Teams), func(t *githubsim.Team) bool { return t.Slug == slug })
	for _, t := range o.Teams {
		if t.Parent == slug {
			t.Parent = ""
		}
	}
	for _, r := range o.Repos {
		r.Teams = slices.DeleteFunc(r.Teams, func(g *githubsim.TeamGrant) bool { return g.Slug == slug })
		for _, e := range r.Environments {
			e.Reviewers = slices.DeleteFunc(e.Reviewers, func(a githubsim.Actor) bool { return a.Type == "Team" && a.Name == slug })
		}
	}
	for _, i := range o.Invitations {
		i.Teams = slices.DeleteFunc(i.Teams, func(s string) bool { return s == slug })
	}
}

// leave takes somebody out of an organization, as GitHub does.
func leave(o *githubsim.Org, login string) {
	o.Members = slices.DeleteFunc(slices.Clone(o.Members), func(m *githubsim.Member) bool { return m.Login == login })
	for _, t := range o.Teams {
		t.Members = slices.DeleteFunc(t.Members, func(m *githubsim.TeamMember) bool { return m.Login == login })
	}
	for _, r := range o.Repos {
		r.Collaborators = slices.DeleteFunc(r.Collaborators, func(c *githubsim.Collaborator) bool { return c.Login == login })
		for _, e := range r.Environments {
			e.Reviewers = slices.DeleteFunc(e.Reviewers, func(a githubsim.Actor) bool { return a.Type == "User" && a.Name == login })
		}
	}
}

func rename(o *githubsim.Org, w *githubsim.World, from, to string) {
	swap := func(name *string) {
		if strings.EqualFold(*name, from) {
			*name = to
		}
	}
	for _, u := range w.Users {
		swap(&u.Login)
	}
	for _, m := range o.Members {
		swap(&m.Login)
	}
	for _, t := range o.Teams {
		for _, m := range t.Members {
			swap(&m.Login)
		}
	}
	for _, r := range o.Repos {
		for _, c := range r.Collaborators {
			swap(&c.Login)
		}
		for _, i := range r.Invitations {
			swap(&i.Login)
		}
		for _, e := range r.Environments {
			for i := range e.Reviewers {
				swap(&e.Reviewers[i].Name)
			}
		}
	}
}

// interference is what others do, and before which request.
type interference struct {
	list  map[int][]func(*githubsim.World)
	names []string
}

func drawInterference(t *rapid.T, most, within int) interference {
	in := interference{list: map[int][]func(*githubsim.World){}}
	for range rapid.IntRange(0, most).Draw(t, "edits") {
		e := rapid.SampledFrom(edits).Draw(t, "edit")
		n, before := rapid.IntRange(0, 11).Draw(t, "of"), rapid.IntRange(1, within).Draw(t, "before request")
		in.names = append(in.names, fmt.Sprintf("%s (%d) before request %d", e.name, n, before))
		in.list[before] = append(in.list[before], func(w *githubsim.World) { e.do(w.Orgs[0], w, n) })
	}
	return in
}

func (in interference) before(n int) []func(*githubsim.World) { return in.list[n] }
