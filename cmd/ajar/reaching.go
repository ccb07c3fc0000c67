package main

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
	"github.com/eb661601/ajar/remediate"
)

// reach lists on which repositories somebody may lose something who leaves a team or
// the organization: those where that makes them an administrator, and those with an
// environment whose deployments they may approve. The newest snapshot says which ones
// to ask GitHub about.
func (x *carrying) reach(c remediate.Change) (admin, guarded []remediate.Label) {
	if c.User == nil {
		return nil, nil
	}
	s, g := x.was.Snapshot, x.was.Graph
	label := func(id int64) remediate.Label {
		repo, _ := s.Repository(id)
		return remediate.Label{ID: id, NodeID: repo.NodeID, Name: repo.Name}
	}
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
