package audit

import "github.com/eb661601/ajar/access"

// kind is a kind of thing whose loss is doubted: who or what there is of it in a
// snapshot, by number and not by name.
type kind struct {
	name string
	area access.Area // that must have been read to its end
	each func(*access.Snapshot, func(edge))
}

// edge stands for a thing, or for a pair of them.
type edge struct{ from, to access.Ref }

// lost gives the things of the kind that one snapshot has and a later one does not,
// and how many there were.
func (k kind) lost(old, now *access.Snapshot) (lost []edge, all int) {
	there := map[edge]bool{}
	k.each(now, func(e edge) { there[e] = true })
	was := map[edge]bool{}
	k.each(old, func(e edge) {
		if was[e] {
			return
		}
		was[e] = true
		if !there[e] {
			lost = append(lost, e)
		}
	})
	return lost, len(was)
}

// kinds lists them, people first.
var kinds = []kind{
	{"owners", access.AreaMembers, grantsThat(func(g access.Grant) bool { return g.Resource.Kind == access.Org && g.Source == access.ByOwner })},
	{"members", access.AreaMembers, grantsThat(func(g access.Grant) bool {
		return g.Resource.Kind == access.Org && g.Principal.Kind == access.User && (g.Privilege == access.Member || g.Privilege == access.Owner)
	})},
	{"outside collaborators", access.AreaOutside, thingsOf(func(s *access.Snapshot) []access.Outside { return s.Outside })},
	{"teams", access.AreaTeams, thingsOf(func(s *access.Snapshot) []access.TeamInfo { return s.Teams })},
	{"team memberships", access.AreaTeamMembers, grantsThat(func(g access.Grant) bool { return g.Resource.Kind == access.Team })},
	{"grants of teams", access.AreaTeamGrants, grantsThat(func(g access.Grant) bool {
		return g.Resource.Kind == access.Repo && g.Principal.Kind == access.Team
	})},
	{"repositories", access.AreaRepositories, thingsOf(func(s *access.Snapshot) []access.Repository { return s.Repositories })},
	{"direct grants", access.AreaDirectGrants, grantsThat(func(g access.Grant) bool {
		return g.Resource.Kind == access.Repo && g.Principal.Kind == access.User
	})},
	{"environments", access.AreaEnvironments, thingsOf(func(s *access.Snapshot) []access.Environment { return s.Environments })},
	{"reviewers", access.AreaGates, grantsThat(func(g access.Grant) bool { return g.Resource.Kind == access.Env })},
	{"deploy keys", access.AreaDeployKeys, thingsOf(func(s *access.Snapshot) []access.DeployKey { return s.DeployKeys })},
	{"organization roles held", access.AreaOrgRoleAssignments, grantsThat(func(g access.Grant) bool { return g.Source == access.ByOrgRole })},
}

// grantsThat walks the grants of a kind, whatever their privilege: one that was
// lowered is not gone.
func grantsThat(of func(access.Grant) bool) func(*access.Snapshot, func(edge)) {
	return func(s *access.Snapshot, each func(edge)) {
		for _, g := range s.Grants {
			if of(g) {
				each(edge{g.Principal, g.Resource})
			}
		}
	}
}

// thingsOf walks things that have a number.
func thingsOf[T access.Entity](list func(*access.Snapshot) []T) func(*access.Snapshot, func(edge)) {
	return func(s *access.Snapshot, each func(edge)) {
		for _, t := range list(s) {
			each(edge{from: access.Ref{ID: t.Key()}})
		}
	}
}

// apart divides kinds into those that were seen to their end and the others.
func apart(kinds []kind, seen access.Coverage) (whole, rest []kind) {
	for _, k := range kinds {
		if seen.Complete(k.area) {
			whole = append(whole, k)
		} else {
			rest = append(rest, k)
		}
	}
	return whole, rest
}
