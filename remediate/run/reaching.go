package run

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
	"github.com/eb661601/ajar/remediate"
)

// Seen is the newest snapshot of the organization, which says what of GitHub the
// guards have to ask about. Its methods are for the fields of [Options].
type Seen struct {
	Snapshot *access.Snapshot
	Graph    *reach.Graph
}

// Reach lists on which repositories somebody may lose something who leaves a team or
// the organization: those where that makes them an administrator, and those with an
// environment whose deployments they may approve. The newest snapshot says which ones
// to ask GitHub about.
func (x Seen) Reach(c remediate.Change) (admin, guarded []remediate.Label) {
	if c.Thing == remediate.BasePermission {
		return x.reachOfBase(c)
	}
	if c.User == nil {
		return nil, nil
	}
	s, g, label := x.Snapshot, x.Graph, x.label
	ways := []int64{}
	if c.Team != nil {
		ways = append(ways, c.Team.ID)
		ways = append(ways, g.Ancestors(c.Team.ID)...)
	}
	for id, has := range g.Of(c.User.ID) {
		if slices.ContainsFunc(has.Sources, func(o reach.Source) bool {
			return o.Privilege == access.Admin && (c.Team == nil || slices.Contains(ways, o.Via))
		}) {
			admin = append(admin, label(id))
		}
	}
	is := map[access.Ref]bool{{Kind: access.User, ID: c.User.ID}: true}
	for _, t := range g.TeamsOf(c.User.ID) {
		is[access.Ref{Kind: access.Team, ID: t}] = true
		for _, up := range g.Ancestors(t) {
			is[access.Ref{Kind: access.Team, ID: up}] = true
		}
	}
	seen := map[int64]bool{}
	for _, e := range s.Environments {
		if !seen[e.Repo] && slices.ContainsFunc(s.GrantsOn(access.Ref{Kind: access.Env, ID: e.ID}), func(l access.Grant) bool {
			return l.Source == access.Reviewer && is[l.Principal]
		}) {
			seen[e.Repo] = true
			guarded = append(guarded, label(e.Repo))
		}
	}
	return admin, guarded
}

func (x Seen) label(id int64) remediate.Label {
	repo, _ := x.Snapshot.Repository(id)
	return remediate.Label{ID: id, NodeID: repo.NodeID, Name: repo.Name}
}

// reachOfBase is Reach for the base permission, which speaks of every repository: of
// admin it makes every member an administrator, and where it ends altogether those with
// a guarded environment are asked about.
func (x Seen) reachOfBase(c remediate.Change) (admin, guarded []remediate.Label) {
	s := x.Snapshot
	if c.Before.Role == "admin" && c.After.Role != "admin" {
		for _, r := range s.Repositories {
			if !r.Archived {
				admin = append(admin, x.label(r.ID))
			}
		}
	}
	if c.After.Role != "none" {
		return admin, nil
	}
	seen := map[int64]bool{}
	for _, e := range s.Environments {
		if !seen[e.Repo] && slices.ContainsFunc(s.GrantsOn(access.Ref{Kind: access.Env, ID: e.ID}), func(l access.Grant) bool { return l.Source == access.Reviewer }) {
			seen[e.Repo] = true
			guarded = append(guarded, x.label(e.Repo))
		}
	}
	return admin, guarded
}

// mostAsked is how many of those who stay administrators are named to be asked about.
const mostAsked = 3

// Stays names some who are administrators of a repository by something else than the
// organization, and no owners, as the newest snapshot has them.
func (x Seen) Stays(c remediate.Change) []remediate.Label {
	s, g := x.Snapshot, x.Graph
	var out []remediate.Label
	for _, gr := range s.GrantsOn(access.Ref{Kind: access.Repo, ID: c.Repo.ID}) {
		people := []int64{gr.Principal.ID}
		if gr.Principal.Kind == access.Team {
			people = g.Members(gr.Principal.ID)
		}
		if gr.Privilege != access.Admin || gr.Source == access.Invited {
			continue
		}
		for _, id := range people {
			person, ok := s.Person(id)
			if ok && !g.Owner(id) && len(out) < mostAsked {
				out = append(out, remediate.Label{ID: id, NodeID: person.NodeID, Name: person.Login})
			}
		}
	}
	return out
}

// Known are the people whom the newest snapshot has in what a change takes from.
func (x Seen) Known(c remediate.Change) []int64 {
	switch c.Thing {
	case remediate.TeamGrant:
		return x.Graph.Members(c.Team.ID)
	case remediate.BasePermission:
		var out []int64
		for _, gr := range x.Snapshot.GrantsOn(access.Ref{Kind: access.Org, ID: x.Snapshot.Org.ID}) {
			if gr.Principal.Kind == access.User && x.Graph.Member(gr.Principal.ID) {
				out = append(out, gr.Principal.ID)
			}
		}
		return out
	}
	return nil
}
