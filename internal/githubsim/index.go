package githubsim

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// fold is how logins, slugs and names are compared: without case.
func fold(s string) string { return strings.ToLower(s) }

// Index finds things in a world by name or id. It is a frozen view: after a
// change of the world a new one must be built.
type Index struct {
	World *World
	users map[string]*User // by folded login
	orgs  map[string]*orgIndex
	byID  map[string]map[int64]any // kind (the GraphQL type name) → id → object
}

// orgIndex is one organization with its lookups.
type orgIndex struct {
	*Org
	x        *Index
	members  map[string]*Member // by folded login
	teams    map[string]*Team   // by folded slug
	children map[string][]*Team // by folded slug of the parent
	teamsOf  map[string][]*Team // immediate, by folded login, in the world's order
	repos    map[string]*Repo   // by folded name
	byName   []*Repo            // sorted by folded name
	outside  []*User            // with a direct grant and no membership, sorted by login
	granted  map[string][]grant // direct team grants, by folded slug
	direct   map[string][]grant // direct grants of people, by folded login
	sorted   sync.Map           // repositories by another order, made when first asked for
}

// grant is one grant seen from its holder.
type grant struct {
	repo       *Repo
	permission string // as in the world: pull, push …
}

// repoOf is a repository with the organization it belongs to.
type repoOf struct {
	*Repo
	org *orgIndex
}

// teamOf is a team with the organization it belongs to.
type teamOf struct {
	*Team
	org *orgIndex
}

// envOf is an environment with its repository.
type envOf struct {
	*Environment
	repo repoOf
}

// Index builds the lookups of w.
func (w *World) Index() *Index {
	x := &Index{World: w, users: map[string]*User{}, orgs: map[string]*orgIndex{}, byID: map[string]map[int64]any{}}
	for _, u := range w.Users {
		x.users[fold(u.Login)] = u
		x.put(u.Type, u.ID, u)
	}
	for _, o := range w.Orgs {
		oi := x.indexOrg(o)
		x.orgs[fold(o.Login)] = oi
		x.put("Organization", o.ID, oi)
	}
	return x
}

func (x *Index) put(kind string, id int64, v any) {
	if x.byID[kind] == nil {
		x.byID[kind] = map[int64]any{}
	}
	x.byID[kind][id] = v
}

func (x *Index) indexOrg(o *Org) *orgIndex {
	oi := &orgIndex{Org: o, x: x, members: map[string]*Member{}, teams: map[string]*Team{}, children: map[string][]*Team{},
		teamsOf: map[string][]*Team{}, repos: map[string]*Repo{}, granted: map[string][]grant{}, direct: map[string][]grant{}}
	for _, m := range o.Members {
		oi.members[fold(m.Login)] = m
	}
	for _, t := range o.Teams {
		oi.teams[fold(t.Slug)] = t
		x.put("Team", t.ID, teamOf{t, oi})
		if t.Parent != "" {
			oi.children[fold(t.Parent)] = append(oi.children[fold(t.Parent)], t)
		}
		for _, m := range t.Members {
			oi.teamsOf[fold(m.Login)] = append(oi.teamsOf[fold(m.Login)], t)
		}
	}
	for _, r := range o.Rulesets {
		x.put("RepositoryRuleset", r.ID, rulesetOf{r, oi, nil})
	}
	outside := map[string]*User{}
	for _, r := range o.Repos {
		oi.repos[fold(r.Name)] = r
		x.indexRepo(repoOf{r, oi})
		for _, g := range r.Teams {
			oi.granted[fold(g.Slug)] = append(oi.granted[fold(g.Slug)], grant{r, g.Permission})
		}
		for _, c := range r.Collaborators {
			oi.direct[fold(c.Login)] = append(oi.direct[fold(c.Login)], grant{r, c.Permission})
			if u := x.users[fold(c.Login)]; u != nil && oi.members[fold(c.Login)] == nil {
				outside[fold(c.Login)] = u
			}
		}
	}
	for _, u := range outside {
		oi.outside = append(oi.outside, u)
	}
	slices.SortFunc(oi.outside, func(a, b *User) int { return strings.Compare(fold(a.Login), fold(b.Login)) })
	oi.byName = slices.Clone(o.Repos)
	slices.SortFunc(oi.byName, func(a, b *Repo) int { return strings.Compare(fold(a.Name), fold(b.Name)) })
	return oi
}

func (x *Index) indexRepo(r repoOf) {
	x.put("Repository", r.ID, r)
	for _, e := range r.Environments {
		x.put("Environment", e.ID, envOf{e, r})
	}
	for _, k := range r.DeployKeys {
		x.put("DeployKey", k.ID, keyOf{k, r})
	}
	for _, d := range r.Deployments {
		x.put("Deployment", d.ID, deploymentOf{d, r})
	}
	for _, p := range r.BranchProtection {
		x.put("BranchProtectionRule", p.ID, protectionOf{p, r})
	}
	for _, s := range r.Rulesets {
		x.put("RepositoryRuleset", s.ID, rulesetOf{s, r.org, &r})
	}
}

// keyOf is a deploy key with its repository.
type keyOf struct {
	*DeployKey
	repo repoOf
}

// deploymentOf is a deployment with its repository.
type deploymentOf struct {
	*Deployment
	repo repoOf
}

// app is a GitHub App by its slug.
type app struct {
	id   int64
	slug string
}

// protectionOf is a branch protection rule with its repository.
type protectionOf struct {
	*BranchProtection
	repo repoOf
}

// rulesetOf is a ruleset with its organization, and its repository if it has one.
type rulesetOf struct {
	*Ruleset
	org  *orgIndex
	repo *repoOf
}

// user finds somebody by login; nil when there is nobody.
func (x *Index) user(login string) *User { return x.users[fold(login)] }

// org finds an organization by login; nil when there is none.
func (x *Index) org(login string) *orgIndex { return x.orgs[fold(login)] }

// team finds a team by slug; nil when there is none.
func (o *orgIndex) team(slug string) *Team { return o.teams[fold(slug)] }

// repo finds a repository by name; nil when there is none.
func (o *orgIndex) repo(name string) *Repo { return o.repos[fold(name)] }

// member finds a membership by login; nil when there is none.
func (o *orgIndex) member(login string) *Member { return o.members[fold(login)] }

// owner reports whether login is an owner.
func (o *orgIndex) owner(login string) bool {
	m := o.member(login)
	return m != nil && m.Role == "admin"
}

// parents lists the team and its ancestors, the team first and none twice: a
// world that a test changed after it was checked may have parents in a circle.
func (o *orgIndex) parents(t *Team) []*Team {
	out := []*Team{t}
	for t = o.team(t.Parent); t != nil && !slices.Contains(out, t); t = o.team(t.Parent) {
		out = append(out, t)
	}
	return out
}

// below lists the team and all its descendants, the team first and none twice.
func (o *orgIndex) below(t *Team) []*Team {
	out, listed := []*Team{t}, map[*Team]bool{t: true}
	for i := 0; i < len(out); i++ {
		for _, kid := range o.children[fold(out[i].Slug)] {
			if !listed[kid] {
				listed[kid] = true
				out = append(out, kid)
			}
		}
	}
	return out
}

// in reports whether login is an immediate member of the team.
func (o *orgIndex) in(login string, t *Team) bool {
	return slices.Contains(o.teamsOf[fold(login)], t)
}

// customRole finds a custom repository role by name; nil when there is none.
func (o *orgIndex) customRole(name string) *CustomRole {
	for _, r := range o.CustomRoles {
		if fold(r.Name) == fold(name) {
			return r
		}
	}
	return nil
}

// app finds an App by slug among those of the organization; the id is 0 for
// one that is not installed.
func (o *orgIndex) app(slug string) app {
	for _, i := range o.Installations {
		if fold(i.AppSlug) == fold(slug) {
			return app{i.AppID, i.AppSlug}
		}
	}
	return app{0, slug}
}

// ghost is who GitHub shows in place of a deleted account.
var ghost = &User{Login: "ghost", ID: 10137, Name: "Deleted user", Type: "User", CreatedAt: time.Date(2008, 5, 13, 6, 14, 25, 0, time.UTC)}

// userOrGhost finds somebody by login, or the ghost.
func (x *Index) userOrGhost(login string) *User {
	if u := x.user(login); u != nil {
		return u
	}
	return ghost
}
