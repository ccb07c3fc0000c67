package githubsim

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
)

// Edit is one thing that somebody did behind everybody's back.
type Edit struct {
	Kind string // one of DriftKinds
	What string // in words, as "carla made dan an owner"
}

// drifter edits one organization.
type drifter struct {
	w   *World
	o   *Org
	x   *orgIndex
	rng *rand.Rand
	who string // the owner that the audit log names
}

// drifts are the kinds of edits. Each looks for a place where it is possible and
// gives "" where there is none.
var drifts = []struct {
	kind, action string
	edit         func(*drifter, *AuditEvent) string
}{
	{"direct grant to a member", "repo.add_member", (*drifter).grantMember},
	{"direct grant to an outsider", "repo.add_member", (*drifter).grantOutsider},
	{"raised direct grant", "repo.update_member", (*drifter).raiseGrant},
	{"team on a repository", "team.add_repository", (*drifter).grantTeam},
	{"raised team permission", "team.update_repository_permission", (*drifter).raiseTeam},
	{"new owner", "org.update_member", (*drifter).makeOwner},
	{"person in a privileged team", "team.add_member", (*drifter).joinTeam},
	{"new maintainer", "team.promote_maintainer", (*drifter).makeMaintainer},
	{"reviewers removed", protectionEdited, (*drifter).dropReviewers},
	{"reviewer added", protectionEdited, (*drifter).addReviewer},
	{"self-review allowed", protectionEdited, (*drifter).allowSelfReview},
	{"administrators' bypass allowed", protectionEdited, (*drifter).allowBypass},
	{"wait timer removed", protectionEdited, (*drifter).dropTimer},
	{"branches opened", protectionEdited, (*drifter).openBranches},
	{"branch pattern added", protectionEdited, (*drifter).addPattern},
	{"read-only deploy key", "public_key.create", (*drifter).addReadKey},
	{"writing deploy key", "public_key.create", (*drifter).addWriteKey},
	{"organization invitation", "org.invite_member", (*drifter).inviteMember},
	{"repository invitation", "repository_invitation.create", (*drifter).inviteOutsider},
	{"base permission raised", "org.update_default_repository_permission", (*drifter).raiseBase},
	{"workflow token widened", "org.set_default_workflow_permissions", (*drifter).widenToken},
	{"repository workflow token widened", "repo.set_default_workflow_permissions", (*drifter).widenRepoToken},
	{"organization role given", "role.assign_user", (*drifter).giveRole},
}

const protectionEdited = "environment.update_protection_rule"

// DriftKinds names every kind of edit that Drift makes.
func DriftKinds() []string {
	var out []string
	for _, d := range drifts {
		out = append(out, d.kind)
	}
	return out
}

// Drift widens access in an organization n times, behind the back of whoever
// looks after it, and tells what it did. With n of all [DriftKinds] or more each
// kind is among them where the organization has a place for it. The same seed
// makes the same edits. It stops early where no edit is possible any more.
func Drift(w *World, org string, seed uint64, n int) []Edit { return drift(w, org, seed, n, "") }

// drift names who did it in the audit log; "": the first owner.
func drift(w *World, org string, seed uint64, n int, who string) []Edit {
	var out []Edit
	rng := rand.New(rand.NewPCG(seed, 0xd51f7))
	for len(out) < n {
		before := len(out)
		for _, at := range rng.Perm(len(drifts)) {
			x := w.Index().org(org)
			if x == nil || len(out) == n {
				break
			}
			d := &drifter{w: w, o: x.Org, x: x, rng: rng, who: cmp.Or(who, x.anOwner())}
			e := &AuditEvent{Action: drifts[at].action, Actor: d.who, CreatedAt: w.Meta.Now}
			if what := drifts[at].edit(d, e); what != "" {
				out = append(out, Edit{drifts[at].kind, what})
				if len(d.o.AuditLog) > 0 {
					e.ID = fmt.Sprintf("drift-%d-%d", seed, w.largestID()+int64(len(d.o.AuditLog)))
					d.o.AuditLog = append(d.o.AuditLog, e)
				}
			}
		}
		if len(out) == before {
			break
		}
	}
	return out
}

func (o *Org) anOwner() string {
	for _, m := range o.Members {
		if m.Role == "admin" {
			return m.Login
		}
	}
	return ""
}

// pick takes one of those that fit; false where none does.
func pick[T any](d *drifter, all []T, fits func(T) bool) (T, bool) {
	var zero T
	some := slices.DeleteFunc(slices.Clone(all), func(v T) bool { return !fits(v) })
	if len(some) == 0 {
		return zero, false
	}
	return some[d.rng.IntN(len(some))], true
}

// repo picks a repository that is in use and fits.
func (d *drifter) repo(fits func(*Repo) bool) (*Repo, bool) {
	return pick(d, d.o.Repos, func(r *Repo) bool { return !r.Archived && (fits == nil || fits(r)) })
}

// stranger picks an account that is no member, not invited, and nothing yet to
// the repository.
func (d *drifter) stranger(r *Repo) (*User, bool) {
	return pick(d, d.w.Users, func(u *User) bool {
		if u.Type != "User" || d.x.member(u.Login) != nil || d.o.invitationOf(u.Login) != nil {
			return false
		}
		return r == nil || r.collaborator(u.Login) == nil && !slices.ContainsFunc(r.Invitations, func(i *RepoInvitation) bool { return fold(i.Login) == fold(u.Login) })
	})
}

// member picks a plain member who fits.
func (d *drifter) member(fits func(login string) bool) (*Member, bool) {
	return pick(d, d.o.Members, func(m *Member) bool { return m.Role != "admin" && fits(m.Login) })
}

// privilege picks one of the three that matter.
func (d *drifter) privilege() string {
	return []string{"push", "maintain", "admin"}[d.rng.IntN(3)]
}

func (d *drifter) grantMember(e *AuditEvent) string {
	p := d.privilege()
	if d.x.rank(d.o.basePermission()) >= d.x.rank(p) {
		p = "admin"
	}
	gains := func(r *Repo, l string) bool {
		effective, _ := d.x.sources(r, l)
		return r.collaborator(l) == nil && d.x.rank(effective) < d.x.rank(p)
	}
	r, found := d.repo(func(r *Repo) bool {
		return slices.ContainsFunc(d.o.Members, func(m *Member) bool { return m.Role != "admin" && gains(r, m.Login) })
	})
	if !found {
		return ""
	}
	m, _ := d.member(func(l string) bool { return gains(r, l) })
	r.grant(m.Login, p)
	e.Repo, e.User = r.Name, m.Login
	return fmt.Sprintf("%s gave %s %s on %s", d.who, m.Login, p, r.Name)
}

func (d *drifter) grantOutsider(e *AuditEvent) string {
	r, _ := d.repo(nil)
	u, found := d.stranger(r)
	if r == nil || !found {
		return ""
	}
	p := d.privilege()
	r.grant(u.Login, p)
	e.Repo, e.User = r.Name, u.Login
	return fmt.Sprintf("%s gave %s, from outside, %s on %s", d.who, u.Login, p, r.Name)
}

// raised is the next permission up that is worth a finding; "" at the top.
func (d *drifter) raised(permission string) string {
	switch n := d.x.rank(permission); {
	case n >= rankAdmin:
		return ""
	case n >= rankWrite:
		return "admin"
	}
	return "push"
}

func (d *drifter) raiseGrant(e *AuditEvent) string {
	r, found := d.repo(func(r *Repo) bool {
		return slices.ContainsFunc(r.Collaborators, func(g *Collaborator) bool { return d.raised(g.Permission) != "" })
	})
	if !found {
		return ""
	}
	g, _ := pick(d, r.Collaborators, func(g *Collaborator) bool { return d.raised(g.Permission) != "" })
	was := g.Permission
	g.Permission = d.raised(was)
	e.Repo, e.User = r.Name, g.Login
	return fmt.Sprintf("%s raised %s on %s from %s to %s", d.who, g.Login, r.Name, was, g.Permission)
}

func (d *drifter) grantTeam(e *AuditEvent) string {
	r, _ := d.repo(nil)
	if r == nil {
		return ""
	}
	t, found := pick(d, d.o.Teams, func(t *Team) bool { return r.teamGrant(t.Slug) == nil })
	if !found {
		return ""
	}
	p := d.privilege()
	r.Teams = append(r.Teams, &TeamGrant{t.Slug, p})
	e.Repo, e.Team = r.Name, t.Slug
	return fmt.Sprintf("%s gave the team %s %s on %s", d.who, t.Slug, p, r.Name)
}

func (d *drifter) raiseTeam(e *AuditEvent) string {
	r, found := d.repo(func(r *Repo) bool {
		return slices.ContainsFunc(r.Teams, func(g *TeamGrant) bool { return d.raised(g.Permission) != "" })
	})
	if !found {
		return ""
	}
	g, _ := pick(d, r.Teams, func(g *TeamGrant) bool { return d.raised(g.Permission) != "" })
	was := g.Permission
	g.Permission = d.raised(was)
	e.Repo, e.Team = r.Name, g.Slug
	return fmt.Sprintf("%s raised the team %s on %s from %s to %s", d.who, g.Slug, r.Name, was, g.Permission)
}

func (d *drifter) makeOwner(e *AuditEvent) string {
	m, found := d.member(func(string) bool { return true })
	if !found {
		return ""
	}
	m.Role, e.User = "admin", m.Login
	return fmt.Sprintf("%s made %s an owner", d.who, m.Login)
}

// joinTeam picks a team that can write somewhere.
func (d *drifter) joinTeam(e *AuditEvent) string {
	t, found := pick(d, d.o.Teams, func(t *Team) bool {
		return t.ExternalGroup == "" && t.SyncedGroup == "" && slices.ContainsFunc(d.x.reposOf(d.x.parents(t)...), func(g teamRepo) bool { return d.x.rank(g.privilege) >= rankWrite })
	})
	if !found {
		return ""
	}
	m, found := d.member(func(l string) bool { return t.membership(l) == nil })
	if !found {
		return ""
	}
	t.join(m.Login, "member")
	e.Team, e.User = t.Slug, m.Login
	return fmt.Sprintf("%s added %s to the team %s", d.who, m.Login, t.Slug)
}

func (d *drifter) makeMaintainer(e *AuditEvent) string {
	plain := func(m *TeamMember) bool { return m.Role == "member" && !d.x.owner(m.Login) }
	t, found := pick(d, d.o.Teams, func(t *Team) bool {
		return t.ExternalGroup == "" && t.SyncedGroup == "" && slices.ContainsFunc(t.Members, plain)
	})
	if !found {
		return ""
	}
	m, _ := pick(d, t.Members, plain)
	m.Role = "maintainer"
	e.Team, e.User = t.Slug, m.Login
	return fmt.Sprintf("%s made %s a maintainer of the team %s", d.who, m.Login, t.Slug)
}

func (d *drifter) giveRole(e *AuditEvent) string {
	role, found := pick(d, d.o.OrgRoles, func(r *OrgRole) bool { return r.Grants() != "" || strings.Contains(r.Name, "admin") })
	if !found {
		return ""
	}
	m, found := d.member(func(l string) bool { return !d.x.holds(role, l) })
	if !found {
		return ""
	}
	role.Users = append(role.Users, m.Login)
	e.User = m.Login
	return fmt.Sprintf("%s gave %s the organization role %s", d.who, m.Login, role.Name)
}
