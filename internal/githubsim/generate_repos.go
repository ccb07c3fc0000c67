package githubsim

import "fmt"

// repositories makes the repositories with their grants, environments, keys
// and branch protection. Grants are cut from one array each: at size XL there
// are 800 000 of them.
func (g *generator) repositories() {
	repos := make([]Repo, g.size.Repositories)
	grants := make([]TeamGrant, 0, 11*g.size.Repositories)
	pointers := make([]*TeamGrant, 0, 11*g.size.Repositories)
	g.org.Repos = make([]*Repo, 0, g.size.Repositories)
	for i := range repos {
		r := &repos[i]
		*r = Repo{
			Name: fmt.Sprintf("repo-%06d", i), ID: 2_000_001 + int64(i), Visibility: "private", DefaultBranch: "main",
			CreatedAt: g.ago(300, 2500), PushedAt: g.ago(0, 290), Archived: g.chance(4),
		}
		r.UpdatedAt = r.PushedAt
		if g.chance(10) {
			r.Visibility = "public"
		}
		first := len(grants)
		grants = g.teamGrants(i, grants)
		for k := first; k < len(grants); k++ {
			pointers = append(pointers, &grants[k])
		}
		r.Teams = pointers[first:len(pointers):len(pointers)]
		g.directGrants(r)
		if g.chance(30) {
			g.environments(r)
		}
		if g.chance(20) {
			r.DeployKeys = []*DeployKey{g.deployKey()}
		}
		g.pending(i, r)
		r.BranchProtection = []*BranchProtection{{
			ID: g.id(), Pattern: "main", RequiresApprovingReviews: true, RequiredApprovingReviewCount: 1, IsAdminEnforced: g.chance(50),
		}}
		g.org.Repos = append(g.org.Repos, r)
	}
}

// permission is a role word as team and direct grants hold it.
func (g *generator) permission() string {
	n := g.rnd.IntN(100)
	switch {
	case n < 1 && len(g.org.CustomRoles) > 0:
		return some(g, g.org.CustomRoles).Name
	case n < 32:
		return "pull"
	case n < 42:
		return "triage"
	case n < 82:
		return "push"
	case n < 93:
		return "maintain"
	}
	return "admin"
}

// teamGrants appends the team grants of the i-th repository.
func (g *generator) teamGrants(i int, out []TeamGrant) []TeamGrant {
	teams := g.org.Teams
	large := -1
	if g.dense(0) && len(teams) > 0 {
		large = i % min(10, len(teams))
		out = append(out, TeamGrant{Slug: teams[large].Slug, Permission: g.permission()})
	}
	for _, t := range g.distinct(6+g.rnd.IntN(5), len(teams)) {
		if t != large {
			out = append(out, TeamGrant{Slug: teams[t].Slug, Permission: g.permission()})
		}
	}
	return out
}

// directGrants gives three repositories in ten to one to three people, one of
// ten from outside.
func (g *generator) directGrants(r *Repo) {
	if len(g.logins) == 0 || !g.chance(30) {
		return
	}
	for _, who := range g.distinct(1+g.rnd.IntN(3), len(g.logins)) {
		c := &Collaborator{Login: g.logins[who], Permission: g.permission()}
		if g.chance(10) {
			c.Login = g.outside[who%len(g.outside)]
		}
		if !r.hasCollaborator(c.Login) {
			r.Collaborators = append(r.Collaborators, c)
		}
	}
}

// hasCollaborator reports whether the login already has a direct grant.
func (r *Repo) hasCollaborator(login string) bool {
	for _, c := range r.Collaborators {
		if c.Login == login {
			return true
		}
	}
	return false
}

// environments gives the repository dev, staging and production.
func (g *generator) environments(r *Repo) {
	all := make([]Environment, 3)
	for k, name := range []string{"dev", "staging", "production"} {
		e := &all[k]
		*e = Environment{ID: g.id(), Name: name, CreatedAt: r.CreatedAt, UpdatedAt: r.PushedAt, CanAdminsBypass: name != "production" || g.chance(40)}
		if name == "production" {
			g.gate(e, r)
		}
		r.Environments = append(r.Environments, e)
	}
}

// gate guards two of three production environments with reviewers, and lets
// half of them deploy from chosen branches only.
func (g *generator) gate(e *Environment, r *Repo) {
	if g.chance(67) {
		for _, t := range r.Teams[:min(1+g.rnd.IntN(2), len(r.Teams))] {
			e.Reviewers = append(e.Reviewers, Actor{Type: "Team", Name: t.Slug})
		}
		if len(g.logins) > 0 && g.chance(30) {
			e.Reviewers = append(e.Reviewers, Actor{Type: "User", Name: some(g, g.logins)})
		}
		e.PreventSelfReview = g.chance(60)
	}
	switch n := g.rnd.IntN(4); n {
	case 0, 1:
		e.BranchPolicy = &BranchPolicy{Custom: []BranchPattern{
			{ID: g.id(), Name: "main", Type: "branch"}, {ID: g.id(), Name: "v*", Type: "tag"},
		}}
	case 2:
		e.BranchPolicy = &BranchPolicy{ProtectedBranches: true}
	}
	if g.chance(10) {
		e.WaitTimer = 30
	}
}

// deployKey makes one key: three in ten may write, one in four was never used.
func (g *generator) deployKey() *DeployKey {
	k := &DeployKey{ID: g.id(), Title: "ci", Key: g.publicKey(), ReadOnly: !g.chance(30), CreatedAt: g.ago(30, 900)}
	if len(g.logins) > 0 {
		k.AddedBy = some(g, g.logins)
	}
	if !g.chance(25) {
		k.LastUsed = g.ago(0, 200)
	}
	return k
}

// pending invites somebody to one repository in fifty, and gives the
// environments of the others secrets by name: the deployed ones one or two, dev
// none. It draws no lot, so that the rest of the organization does not hang on it.
func (g *generator) pending(i int, r *Repo) {
	if i%50 == 7 && len(g.logins) > 0 && len(g.outside) > 0 {
		r.Invitations = []*RepoInvitation{{
			ID: 8_000_001 + int64(i), Login: g.outside[i%len(g.outside)], Permission: "push", CreatedAt: r.PushedAt, Inviter: g.logins[i%len(g.logins)],
		}}
	}
	for k, e := range r.Environments {
		for n := range min(k, 1+i%2) {
			e.Secrets = append(e.Secrets, &Secret{Name: fmt.Sprintf("DEPLOY_TOKEN_%d", n+1), CreatedAt: r.CreatedAt, UpdatedAt: r.CreatedAt})
		}
	}
}
