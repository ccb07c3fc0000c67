package analyzer_test

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// everything is a baseline that manages every class the rules look at.
const everything = `
[organization.acme]
owners = ["user:root", "user:boss"]
base_permission = "read"
members = ["user:u0", "user:u5"]
outside_collaborators = ["user:u5"]
[roles.reader]
repository = "read"
organization = "all_repo_read"
[roles.writer]
repository = "write"
standing_reason = "daily work"
review_by = 2027-01-01
[roles.admin]
repository = "admin"
standing = false
max_duration = "8h"
approvers = ["user:root"]
approvals = 1
[roles.leaver]
repository = "maintain"
expires = 2026-04-30
[roles.hooks]
repository = "hooks"
standing_reason = "hooks"
review_by = 2027-01-01
[[assign]]
role = "reader"
to = ["team:acme/t0", "user:u0"]
on = ["repo:acme/*", "org:acme"]
reason = "reading"
[[assign]]
role = "writer"
to = ["team:acme/t1", "user:u1"]
on = ["repo:acme/r0", "repo:acme/r1"]
reason = "writing"
[[assign]]
role = "admin"
to = ["team:acme/t0", "user:u2"]
on = ["repo:acme/r1"]
reason = "on call"
[[assign]]
role = "leaver"
to = ["user:u3"]
on = ["repo:acme/*"]
reason = "moved on"
[[assign]]
role = "hooks"
to = ["user:u4"]
on = ["repo:acme/r0"]
reason = "hooks"
[[key]]
repository = ["repo:acme/r0"]
write = true
reason = "mirror"
standing_reason = "mirror"
review_by = 2027-01-01
[[environment]]
match = ["env:acme/r0/production"]
require_reviewers = true
reviewers = ["team:acme/t0"]
[[team]]
match = ["team:acme/t0", "team:acme/t2"]
maintainers = ["user:u1", "user:u4"]
`

// lists is a baseline that says who may be here and nothing of repositories.
const lists = `
[organization.acme]
members = ["user:u0"]
outside_collaborators = ["user:u1"]
`

// drawWorld invents a small organization in which every rule may fire.
func drawWorld(t *rapid.T) *world {
	w := newWorld()
	drawPeople(t, w)
	drawThings(t, w)
	for range rapid.IntRange(0, 25).Draw(t, "grants") {
		drawGrant(t, w)
	}
	w.Invitations = []access.Invite{{ID: 5, Login: "carol", Role: "admin", CreatedAt: ago(rapid.IntRange(0, 20).Draw(t, "invited"))}}
	for i := range rapid.IntRange(0, 2).Draw(t, "invited to a repository") {
		w.invite(fmt.Sprintf("u%d", 5+i), fmt.Sprintf("r%d", i), access.Write, rapid.IntRange(0, 20).Draw(t, "invited"))
	}
	w.Settings.BasePermission = rapid.SampledFrom([]access.Privilege{access.None, access.Read, access.Write}).Draw(t, "base")
	w.Org.TwoFactorRequired = new(bool)
	w.Grants = dedupe(w.Grants)
	return w
}

func drawPeople(t *rapid.T, w *world) {
	for i := range 7 {
		login := fmt.Sprintf("u%d", i)
		switch rapid.IntRange(0, 5).Draw(t, "who") {
		case 0:
			w.outside(login)
		case 1:
			w.owner(login)
		case 2:
			w.ref("user:" + login)
		default:
			w.member(login)
		}
		silent(w, login, rapid.SampledFrom([]int{1, 60, 170}).Draw(t, "silent"))
	}
}

func drawThings(t *rapid.T, w *world) {
	chance := func() bool { return rapid.Bool().Draw(t, "chance") }
	for i := range 4 {
		w.ref(fmt.Sprintf("team:t%d", i))
		w.repo(fmt.Sprintf("r%d", i), func(r *access.Repository) {
			r.Archived, r.DeployKeys = i == 3, 1
			r.Visibility = rapid.SampledFrom([]string{"public", "private"}).Draw(t, "visibility")
		})
	}
	for i := range 3 {
		w.Teams[i+1].Parent = rapid.SampledFrom([]int64{0, w.Teams[i].ID}).Draw(t, "parent")
	}
	w.CustomRoles = []access.CustomRole{{ID: 7, Name: "hooks", Base: access.Write, Permissions: []string{"manage_webhooks"}}}
	w.OrgRoles = []access.OrgRole{{ID: 8, Name: "all_repo_read", Base: access.Read}, {ID: 9, Name: "all_repo_admin", Base: access.Admin}}
	w.ids["role:all_repo_read"], w.ids["role:all_repo_admin"] = access.Ref{ID: 8}, access.Ref{ID: 9}
	for i, name := range []string{"r0/production", "r1/docs", "r2/release"} {
		w.env(name, func(e *access.Environment) {
			e.Gate.Reviewers, e.Gate.PreventSelfReview = rapid.IntRange(0, 1).Draw(t, "reviewers"), chance()
			*e.Policy.AdminBypass = chance()
			*e.Policy.Untouched = chance()
			for i := range rapid.IntRange(0, 2).Draw(t, "secrets") {
				e.Secrets.Names = append(e.Secrets.Names, access.Secret{Name: fmt.Sprint("TOKEN_", i)})
			}
			e.Policy.Branches = rapid.SampledFrom([]string{access.AnyBranch, access.ProtectedBranch}).Draw(t, "branches")
		})
		w.key(fmt.Sprintf("r%d", i), fmt.Sprintf("k%d", i), func(k *access.DeployKey) {
			k.ReadOnly, k.LastUsed = chance(), ago(rapid.SampledFrom([]int{1, 200}).Draw(t, "used"))
		})
	}
}

func drawGrant(t *rapid.T, w *world) {
	user := fmt.Sprintf("user:u%d", rapid.IntRange(0, 6).Draw(t, "user"))
	team := fmt.Sprintf("team:t%d", rapid.IntRange(0, 3).Draw(t, "team"))
	repo := fmt.Sprintf("r%d", rapid.IntRange(0, 3).Draw(t, "repo"))
	either := rapid.SampledFrom([]string{user, team}).Draw(t, "holder")
	p := rapid.SampledFrom([]access.Privilege{access.Read, access.Triage, access.Write, access.Maintain, access.Admin}).Draw(t, "privilege")
	switch rapid.IntRange(0, 6).Draw(t, "what") {
	case 0, 1:
		g := access.Grant{Principal: w.ref(user), Resource: w.ref(team), Source: access.Direct,
			Privilege: rapid.SampledFrom([]access.Privilege{access.Member, access.Maintain}).Draw(t, "in the team as")}
		if slices.ContainsFunc(w.Grants, func(m access.Grant) bool {
			return m.Principal == g.Principal && m.Privilege.OnOrganization() && m.Resource == w.ids["org"]
		}) {
			w.grant(g) // GitHub takes only members into teams
		}
	case 2, 3:
		w.give(team, repo, p)
	case 4:
		g := w.give(user, repo, p)
		if g.Privilege == access.Write {
			w.Grants[len(w.Grants)-1].Role = rapid.SampledFrom([]int64{0, 7}).Draw(t, "role")
		}
	case 5:
		if p == access.Read {
			w.orgRole(either, "all_repo_read", access.Read)
		} else {
			w.orgRole(either, "all_repo_admin", access.Admin)
		}
	case 6:
		w.reviewer(either, "r0/production")
	}
}

func dedupe(grants []access.Grant) []access.Grant {
	var out []access.Grant
	for _, g := range grants {
		same := func(o access.Grant) bool {
			return o.Principal == g.Principal && o.Resource == g.Resource && o.Source == g.Source && (g.Source != access.ByOrgRole || o.Role == g.Role)
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, g)
		}
	}
	return out
}
