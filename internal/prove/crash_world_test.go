package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

// drifted is an organization with n pieces of drift, of every kind that an action
// mends, and the baseline that calls them so. Everything is as of now.
func drifted(n int, now time.Time) (w *githubsim.World, base string) {
	old := now.AddDate(-1, 0, 0)
	o := &githubsim.Org{
		Login: orgName, ID: 1, Name: "Acme", CreatedAt: old, Plan: "enterprise",
		Settings: githubsim.Settings{DefaultRepositoryPermission: "none", TwoFactorRequired: true, DefaultWorkflowPermissions: "read"},
	}
	w = &githubsim.World{Meta: githubsim.Meta{Source: "made up", Now: now}, Orgs: []*githubsim.Org{o}}
	id := int64(100)
	next := func() int64 { id++; return id }
	person := func(login, role string) {
		w.Users = append(w.Users, &githubsim.User{Login: login, ID: next(), Type: "User", CreatedAt: old, LastActivity: now.AddDate(0, 0, -1)})
		if role != "" {
			o.Members = append(o.Members, &githubsim.Member{Login: login, Role: role, TwoFactor: true})
		}
	}
	for i := range 4 {
		person(fmt.Sprint("boss", i), "admin")
	}
	var b strings.Builder
	b.WriteString(`[roles.read]
repository = "read"
[organization.acme]
owners = ["user:boss0", "user:boss1", "user:boss2", "user:boss3"]
members = "any"
base_permission = "none"
outside_collaborators = []
default_workflow_permissions = "read"
manage = ["repository-access", "keys"]
[[environment]]
match = ["env:acme/*/production"]
require_reviewers = true
reviewers = ["user:boss1", "user:boss2"]
prevent_self_review = true
allow_admin_bypass = false
branches = ["main"]
`)
	for i := range n {
		r := &githubsim.Repo{Name: fmt.Sprint("repo", i), ID: next(), Visibility: "private", CreatedAt: old, PushedAt: now.AddDate(0, 0, -1), DefaultBranch: "main"}
		o.Repos = append(o.Repos, r)
		dev, team := fmt.Sprint("dev", i), fmt.Sprint("team", i)
		allow := func(who string) {
			fmt.Fprintf(&b, "[[assign]]\nrole = \"read\"\nto = [%q]\non = [\"repo:acme/repo%d\"]\nreason = \"x\"\n", who, i)
		}
		switch i % 8 {
		case 0:
			person(dev, "member")
			r.Collaborators = append(r.Collaborators, &githubsim.Collaborator{Login: dev, Permission: "push"})
		case 1:
			person(dev, "member")
			r.Collaborators = append(r.Collaborators, &githubsim.Collaborator{Login: dev, Permission: "maintain"})
			allow("user:" + dev)
		case 2, 3:
			person(dev, "member")
			o.Teams = append(o.Teams, &githubsim.Team{Slug: team, Name: team, ID: next(), Privacy: "closed", CreatedAt: old, Members: []*githubsim.TeamMember{{Login: dev, Role: "member"}}})
			r.Teams = append(r.Teams, &githubsim.TeamGrant{Slug: team, Permission: "push"})
			if i%8 == 3 {
				allow("team:acme/" + team)
			}
		case 4:
			r.DeployKeys = append(r.DeployKeys, &githubsim.DeployKey{ID: next(), Title: "mirror", Key: publicKey(i), CreatedAt: old, LastUsed: now.AddDate(0, 0, -1), AddedBy: "boss1"})
		case 5:
			r.Environments = append(r.Environments, &githubsim.Environment{
				ID: next(), Name: "production", CreatedAt: old, CanAdminsBypass: true, Reviewers: []githubsim.Actor{{Type: "User", Name: "boss3"}},
			})
		case 6:
			o.Invitations = append(o.Invitations, &githubsim.OrgInvitation{ID: next(), Email: dev + "@example.org", Role: "direct_member", CreatedAt: now.AddDate(0, 0, -90), Inviter: "boss1"})
		case 7:
			person(dev, "member")
			r.Collaborators = append(r.Collaborators, &githubsim.Collaborator{Login: dev, Permission: "triage"})
		}
	}
	return w, b.String()
}
