package main

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/githubsim"
)

// noon is when the worlds of the proofs that make up time begin.
var noon = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// The names of a random organization. Owners are boss0 …; guests are no members.
const (
	orgName = "acme"
	botName = "boss0" // whom ajar's tokens belong to
)

var (
	permissions = []string{"pull", "triage", "push", "maintain", "admin", "releaser"}
	teamNames   = []string{"core", "ops", "web"}
	repoNames   = []string{"api", "site", "infra"}
)

// drawing makes one organization at random, with all that an action can change.
type drawing struct {
	t  *rapid.T
	w  *githubsim.World
	o  *githubsim.Org
	id int64

	owners, members, guests []string
}

func (d *drawing) next() int64 { d.id++; return d.id }

func (d *drawing) chance(of int, what string) bool { return rapid.IntRange(1, of).Draw(d.t, what) == 1 }

// pick draws up to most of the names, none twice.
func (d *drawing) pick(names []string, most int, what string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(names), 0, min(most, len(names)), rapid.ID).Draw(d.t, what)
}

func (d *drawing) one(names []string, what string) string {
	return rapid.SampledFrom(names).Draw(d.t, what)
}

func (d *drawing) people(prefix string, n int) (logins []string) {
	for i := range n {
		login := fmt.Sprint(prefix, i)
		seen := noon.AddDate(0, 0, -3)
		if d.chance(5, "idle "+login) {
			seen = noon.AddDate(0, 0, -200)
		}
		d.w.Users = append(d.w.Users, &githubsim.User{Login: login, ID: d.next(), Type: "User", CreatedAt: noon.AddDate(-3, 0, 0), LastActivity: seen})
		logins = append(logins, login)
	}
	return logins
}

// drawWorld makes an organization of about a dozen people, three teams and three
// repositories.
func drawWorld(t *rapid.T) *githubsim.World {
	d := &drawing{t: t, id: 1000}
	d.w = &githubsim.World{Meta: githubsim.Meta{Source: "drawn", Now: noon}}
	d.o = &githubsim.Org{
		Login: orgName, ID: 1, Name: "Acme", CreatedAt: noon.AddDate(-5, 0, 0), Plan: "enterprise",
		Settings: githubsim.Settings{
			DefaultRepositoryPermission: d.one([]string{"none", "none", "read", "write"}, "base"), TwoFactorRequired: true,
			DefaultWorkflowPermissions: d.one([]string{"read", "write"}, "workflow token"), CanApprovePullRequestReviews: d.chance(3, "workflow approves"),
		},
		CustomRoles: []*githubsim.CustomRole{{ID: d.next(), Name: "releaser", BaseRole: "write", Permissions: []string{"manage_deploy_keys"}}},
	}
	d.w.Orgs = []*githubsim.Org{d.o}
	d.owners = d.people("boss", rapid.IntRange(2, 4).Draw(t, "owners"))
	d.members = d.people("dev", rapid.IntRange(3, 6).Draw(t, "members"))
	d.guests = d.people("guest", 2)
	for _, l := range d.owners {
		d.o.Members = append(d.o.Members, &githubsim.Member{Login: l, Role: "admin", TwoFactor: true})
	}
	for _, l := range d.members {
		d.o.Members = append(d.o.Members, &githubsim.Member{Login: l, Role: "member", TwoFactor: true})
	}
	d.teams()
	for _, name := range repoNames {
		d.repository(name)
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "invitations") {
		d.invite(i)
	}
	return d.w
}

func (d *drawing) teams() {
	for i, slug := range teamNames {
		x := &githubsim.Team{Slug: slug, Name: slug, ID: d.next(), Privacy: "closed", CreatedAt: noon.AddDate(-2, 0, 0)}
		if i > 0 && d.chance(3, "nested "+slug) {
			x.Parent = d.one(teamNames[:i], "parent")
		}
		for _, l := range d.pick(slices.Concat(d.members, d.owners), 4, "people of "+slug) {
			role := "member"
			if slices.Contains(d.owners, l) || d.chance(4, "maintains") {
				role = "maintainer"
			}
			x.Members = append(x.Members, &githubsim.TeamMember{Login: l, Role: role})
		}
		d.o.Teams = append(d.o.Teams, x)
	}
}

func (d *drawing) repository(name string) {
	r := &githubsim.Repo{
		Name: name, ID: d.next(), Visibility: d.one([]string{"private", "private", "public"}, "visibility"), CreatedAt: noon.AddDate(-2, 0, 0),
		PushedAt: noon.AddDate(0, 0, -1), DefaultBranch: "main",
	}
	d.o.Repos = append(d.o.Repos, r)
	for _, l := range d.pick(slices.Concat(d.members, d.guests), 3, "collaborators of "+name) {
		r.Collaborators = append(r.Collaborators, &githubsim.Collaborator{Login: l, Permission: d.one(permissions, "permission")})
	}
	for _, slug := range d.pick(teamNames, 2, "teams of "+name) {
		r.Teams = append(r.Teams, &githubsim.TeamGrant{Slug: slug, Permission: d.one(permissions, "team permission")})
	}
	if d.chance(2, "key of "+name) {
		id := d.next()
		r.DeployKeys = append(r.DeployKeys, &githubsim.DeployKey{
			ID: id, Title: "mirror", Key: publicKey(int(id)), ReadOnly: d.chance(2, "reads only"), CreatedAt: noon.AddDate(-1, 0, 0), LastUsed: noon.AddDate(0, 0, -1),
		})
	}
	if d.chance(2, "gate of "+name) {
		d.environment(r)
	}
	guests := slices.DeleteFunc(slices.Clone(d.guests), func(l string) bool { // GitHub invites nobody who is in
		return slices.ContainsFunc(r.Collaborators, func(c *githubsim.Collaborator) bool { return c.Login == l })
	})
	if len(guests) > 0 && d.chance(3, "guest invited to "+name) {
		r.Invitations = append(r.Invitations, &githubsim.RepoInvitation{
			ID: d.next(), Login: d.one(guests, "invitee"), Permission: d.one([]string{"read", "write", "admin"}, "invited as"),
			CreatedAt: noon.AddDate(0, 0, -rapid.IntRange(0, 6).Draw(d.t, "invited days ago")), Inviter: d.owners[0],
		})
	}
}

func (d *drawing) environment(r *githubsim.Repo) {
	e := &githubsim.Environment{
		ID: d.next(), Name: "production", CreatedAt: noon.AddDate(-1, 0, 0), PreventSelfReview: d.chance(2, "no self-review"), CanAdminsBypass: d.chance(2, "bypass"),
		WaitTimer: rapid.IntRange(0, 2).Draw(d.t, "wait"),
	}
	for _, l := range d.pick(slices.Concat(d.members, d.owners), 2, "reviewers") {
		e.Reviewers = append(e.Reviewers, githubsim.Actor{Type: "User", Name: l})
	}
	for _, s := range d.pick(teamNames, 1, "reviewing team") {
		e.Reviewers = append(e.Reviewers, githubsim.Actor{Type: "Team", Name: s})
	}
	switch rapid.IntRange(0, 2).Draw(d.t, "branches") {
	case 1:
		e.BranchPolicy = &githubsim.BranchPolicy{ProtectedBranches: true}
	case 2:
		e.BranchPolicy = &githubsim.BranchPolicy{Custom: []githubsim.BranchPattern{{ID: d.next(), Name: "main", Type: "branch"}, {ID: d.next(), Name: "dev/*", Type: "branch"}}}
	}
	r.Environments = append(r.Environments, e)
}

func (d *drawing) invite(i int) {
	in := &githubsim.OrgInvitation{
		ID: d.next(), Role: d.one([]string{"direct_member", "admin"}, "invited role"), Inviter: d.owners[0],
		CreatedAt: noon.AddDate(0, 0, -rapid.IntRange(0, 20).Draw(d.t, "invited days ago")),
	}
	if i == 0 {
		login := d.people("candidate", 1)[0]
		in.Login = login
	} else {
		in.Email = fmt.Sprintf("somebody%d@example.org", i)
	}
	if in.Role == "direct_member" {
		in.Teams = d.pick(teamNames, 1, "invited to")
	}
	d.o.Invitations = append(d.o.Invitations, in)
}
