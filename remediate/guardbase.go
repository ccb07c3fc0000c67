package remediate

import (
	"github.com/eb661601/ajar/access"
)

// The base permission reaches every member on every repository, so the guards do
// not ask person by person. They ask whether whoever the baseline allows more has
// a grant of their own.

// baseEntitled holds that everybody whom the baseline allows more than the new
// base permission has it by another grant.
func (p *planner) baseEntitled(to access.Privilege) refuse {
	for _, r := range p.s.Repositories {
		for _, h := range p.in.Baseline.Holders(r.ID, to+1, p.in.At) {
			if h.Kind == access.Key {
				continue
			}
			want := min(p.s.Settings.BasePermission, p.in.Baseline.OnRepo(h, r.ID, p.in.At).Privilege)
			if !p.holds(h, r.ID, want) {
				return refuse{EntitledGuard, p.called(h) + " would lose " + want.String() + " on " + p.called(repo(r.ID)) +
					", which the baseline allows; give it to them first"}
			}
		}
	}
	return refuse{}
}

// holds reports whether the principal has that much on the repository by a grant
// of its own, or of a team it is in or below.
func (p *planner) holds(h access.Ref, onto int64, want access.Privilege) bool {
	if h.Kind == access.User && (p.g.Owner(h.ID) || h.ID != 0 && !p.g.Member(h.ID)) {
		return true // the base permission is nothing to them
	}
	through := map[access.Ref]bool{h: true}
	teams := []int64{h.ID}
	if h.Kind == access.User {
		teams = p.g.TeamsOf(h.ID)
	} else if len(p.g.Members(h.ID)) == 0 && h.ID != 0 {
		return true // nobody is in it
	}
	for _, t := range teams {
		through[team(t)] = true
		for _, up := range p.g.Ancestors(t) {
			through[team(up)] = true
		}
	}
	for _, g := range p.s.GrantsOn(repo(onto)) {
		if through[g.Principal] && g.Privilege >= want {
			return true
		}
	}
	return false
}

// baseAdmins is the guard on last administrators for a base permission of admin.
func (p *planner) baseAdmins(to access.Privilege) refuse {
	if p.s.Settings.BasePermission < access.Admin || to >= access.Admin || len(p.membersOnly()) == 0 {
		return refuse{}
	}
	for _, r := range p.s.Repositories {
		if !p.otherAdmin(r.ID) {
			return refuse{LastAdminGuard, p.called(repo(r.ID)) + " would have no administrator but the owners"}
		}
	}
	return refuse{}
}

// baseReviewers is the guard on last reviewers for a base permission of none.
func (p *planner) baseReviewers(to access.Privilege) refuse {
	if to >= access.Read {
		return refuse{}
	}
	for _, r := range p.s.Repositories {
		if gap := p.gatesGap(r.ID); gap != "" {
			return refuse{CoverageGuard, "who approves deployments was not seen to the end: " + gap}
		}
		if e := p.stuck(r.ID); e != "" {
			return refuse{LastReviewerGuard, "nobody could approve a deployment to " + e}
		}
	}
	return refuse{}
}
