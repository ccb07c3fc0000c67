// Package overview counts what a snapshot shows of an organization as a whole:
// how much of what there is, who holds most, how deployments are guarded, and
// what changed since the audit before. It judges nothing.
package overview

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// The areas that decide who holds what on repositories.
var holding = []access.Area{
	access.AreaSettings, access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants,
	access.AreaOrgRoles, access.AreaOrgRoleAssignments, access.AreaRepositories, access.AreaDirectGrants,
}

// Of gives the overview of a judged snapshot. Its changes are nil where nothing
// was audited before, or where this snapshot is not the store's judgement.
func Of(ctx context.Context, s *store.Store, r audit.Result) (*report.Overview, error) {
	o := &report.Overview{Posture: counted(r.Snapshot)}
	hold(r, o)
	changes, err := changed(ctx, s, r)
	o.Changes = changes
	return o, err
}

// figure is n, a lower bound unless all the areas were read to their end. What a
// plan does not have is no gap.
func figure(s *access.Snapshot, n int, areas ...access.Area) report.Amount {
	lacks := slices.ContainsFunc(areas, func(a access.Area) bool { return !seen(s, a) })
	return report.Amount{Count: n, AtLeast: lacks}
}

func seen(s *access.Snapshot, a access.Area) bool {
	st := s.Coverage.Of(a).Status
	return st == access.Complete || st == access.Unavailable
}

// counted counts what needs no graph.
func counted(s *access.Snapshot) report.Posture {
	owners, members := 0, map[int64]bool{}
	for _, g := range s.GrantsOn(access.Ref{Kind: access.Org, ID: s.Org.ID}) {
		if g.Principal.Kind != access.User || !g.Privilege.OnOrganization() {
			continue
		}
		members[g.Principal.ID] = true
		if g.Privilege == access.Owner {
			owners++
		}
	}
	p := report.Posture{
		Owners: figure(s, owners, access.AreaMembers), Members: figure(s, len(members), access.AreaMembers),
		Outside: figure(s, len(s.Outside), access.AreaOutside), Invitations: figure(s, len(s.Invitations), access.AreaInvitations),
		Teams: figure(s, len(s.Teams), access.AreaTeams), Repositories: figure(s, len(s.Repositories), access.AreaRepositories),
		Environments: figure(s, len(s.Environments), access.AreaRepositories, access.AreaEnvironments),
	}
	for _, r := range s.Repositories {
		if r.Archived {
			p.Archived++
		}
		if r.Visibility == "public" {
			p.Public++
		}
	}
	for _, e := range s.Environments {
		switch {
		case e.Gate == nil:
			p.Unseen++
		case e.Gate.Reviewers > 0:
			p.Guarded++
		default:
			p.Unguarded++
		}
	}
	return p
}

// hold goes through the repositories once: it counts who holds what, and who can
// do what in their environments.
func hold(r audit.Result, o *report.Overview) {
	s := r.Snapshot
	holders := map[int64]*report.Holder{}
	envs := map[int64][]access.Environment{}
	for _, e := range s.Environments {
		envs[e.Repo] = append(envs[e.Repo], e)
	}
	for repo, levels := range r.Graph.Each() {
		write, admin := 0, 0
		for _, l := range levels {
			if l.Privilege < access.Write {
				continue
			}
			h := holders[l.User]
			if h == nil {
				h = &report.Holder{}
				holders[l.User] = h
			}
			write++
			switch l.Privilege {
			case access.Admin:
				admin++
				h.Admin++
			case access.Maintain:
				h.Maintain++
			default:
				h.Write++
			}
		}
		for _, e := range envs[repo] {
			o.Environments = append(o.Environments, environment(r, e, write, admin))
		}
	}
	o.Posture.Standing = standing(s, holders)
	o.People = people(r, holders)
	slices.SortFunc(o.Environments, func(a, b report.Environment) int { return cmp.Compare(a.Env.Name, b.Env.Name) })
}

func standing(s *access.Snapshot, holders map[int64]*report.Holder) []report.Standing {
	var people, pairs [3]int
	for _, h := range holders {
		first := true
		for i, n := range []int{h.Admin, h.Maintain, h.Write} {
			pairs[i] += n
			if n > 0 && first {
				people[i]++
				first = false
			}
		}
	}
	var out []report.Standing
	for i, p := range []access.Privilege{access.Admin, access.Maintain, access.Write} {
		out = append(out, report.Standing{Privilege: p, People: figure(s, people[i], holding...), Pairs: figure(s, pairs[i], holding...)})
	}
	return out
}

// environment describes one environment, on whose repository that many hold
// write or more, and admin.
func environment(r audit.Result, e access.Environment, write, admin int) report.Environment {
	s := r.Snapshot
	repo := access.Ref{Kind: access.Repo, ID: e.Repo}
	out := report.Environment{
		Repo: name(s, repo), Env: name(s, access.Ref{Kind: access.Env, ID: e.ID}), GateSeen: e.Gate != nil, Branches: branches(e.Policy),
	}
	if e.Gate != nil {
		self := !e.Gate.PreventSelfReview
		out.WaitTimer = e.Gate.WaitTimer
		if e.Gate.Reviewers > 0 {
			out.SelfReview = &self
			out.Approvers = figureFor(s, len(r.Graph.Approvers(e.ID)), e.Repo)
		}
	} else {
		out.Approvers = report.Amount{AtLeast: true}
	}
	for _, g := range s.GrantsOn(access.Ref{Kind: access.Env, ID: e.ID}) {
		if g.Source == access.Reviewer {
			out.Reviewers = append(out.Reviewers, name(s, g.Principal))
		}
	}
	out.Deployers = figureFor(s, write+keys(s, e), e.Repo, access.AreaDeployKeys)
	out.Bypassers = figureFor(s, admin, e.Repo)
	if p := e.Policy; p != nil && p.AdminBypass != nil {
		out.Bypass = p.AdminBypass
		if !*p.AdminBypass {
			out.Bypassers = report.Amount{}
		}
	}
	return out
}

// figureFor is a figure about one repository.
func figureFor(s *access.Snapshot, n int, repo int64, more ...access.Area) report.Amount {
	for _, a := range append(slices.Clone(holding), more...) {
		perRepo := a == access.AreaDirectGrants || a == access.AreaDeployKeys
		if !perRepo && !seen(s, a) || perRepo && !s.Coverage.CompleteFor(a, repo) {
			return report.Amount{Count: n, AtLeast: true}
		}
	}
	return report.Amount{Count: n}
}

// keys counts the deploy keys that can push what deploys.
func keys(s *access.Snapshot, e access.Environment) int {
	if p := e.Policy; p != nil && p.Branches == access.SelectedBranches && len(p.Patterns) == 0 {
		return 0
	}
	n := 0
	for _, g := range s.GrantsOn(access.Ref{Kind: access.Repo, ID: e.Repo}) {
		if g.Source == access.ByKey && g.Privilege >= access.Write {
			if k, ok := s.Key(g.Principal.ID); !ok || k.Enabled {
				n++
			}
		}
	}
	return n
}

// branches says which branches and tags may deploy.
func branches(p *access.Policy) string {
	if p == nil {
		return "not seen"
	}
	switch p.Branches {
	case access.AnyBranch:
		return "any"
	case access.ProtectedBranch:
		return "protected branches"
	}
	var names []string
	for _, pat := range p.Patterns {
		if pat.Type == "tag" {
			names = append(names, "tag "+pat.Name)
		} else {
			names = append(names, pat.Name)
		}
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// people lists the holders, owners first, then those with the most.
func people(r audit.Result, holders map[int64]*report.Holder) []report.Holder {
	s := r.Snapshot
	outside := map[int64]bool{}
	for _, o := range s.Outside {
		outside[o.User] = true
	}
	last := map[int64]access.Activity{}
	for _, all := range [][]access.Activity{s.AuditActivity, s.Contributions} {
		for _, a := range all {
			if a.Last.After(last[a.User].Last) {
				last[a.User] = a
			}
		}
	}
	looked := window(s)
	out := make([]report.Holder, 0, len(holders))
	for id, h := range holders {
		h.Person = name(s, access.Ref{Kind: access.User, ID: id})
		h.Owner, h.Outside = r.Graph.Owner(id), outside[id]
		h.Last, h.What, h.Looked = last[id].Last, last[id].What, looked
		out = append(out, *h)
	}
	slices.SortFunc(out, func(a, b report.Holder) int {
		return cmp.Or(-cmp.Compare(flag(a.Owner), flag(b.Owner)),
			cmp.Compare(b.Admin+b.Maintain+b.Write, a.Admin+a.Maintain+a.Write), cmp.Compare(b.Admin, a.Admin),
			cmp.Compare(b.Maintain, a.Maintain), cmp.Compare(a.Person.Name, b.Person.Name))
	})
	return out
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// window is since when signs of life were looked for in every source; zero where
// one was not read at all.
func window(s *access.Snapshot) time.Time {
	var from time.Time
	for _, a := range []access.Area{access.AreaAuditLog, access.AreaContributions} {
		c := s.Coverage.Of(a)
		if c.Status == access.Complete && c.Since.After(from) {
			from = c.Since
		}
	}
	return from
}

func name(s *access.Snapshot, r access.Ref) access.Named {
	return access.Named{Ref: r, Name: s.Name(r)}
}
