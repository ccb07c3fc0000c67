package adopt_test

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// now is when every snapshot of these tests was taken: a Wednesday.
var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func ago(days int) time.Time { return now.AddDate(0, 0, -days) }

func ref(k access.Kind, id int64) access.Ref { return access.Ref{Kind: k, ID: id} }

var org = ref(access.Org, 1)

// empty is an organization of which everything was read, with two owners.
func empty() *access.Snapshot {
	s := &access.Snapshot{
		ID: 1, TakenAt: now, Org: access.Organization{ID: 1, Login: "Acme", TwoFactorRequired: new(true)},
		Settings:      &access.Settings{Plan: "enterprise", BasePermission: access.Read},
		WorkflowToken: &access.WorkflowToken{Default: "read", CanApprovePullRequests: new(bool)},
	}
	for _, a := range access.Areas {
		s.Coverage.Set(access.Cover{Area: a, Status: access.Complete, Since: ago(180)})
	}
	for i, login := range []string{"root", "boss"} {
		person(s, int64(10+i), login, 1)
		s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, int64(10+i)), Resource: org, Privilege: access.Owner, Source: access.ByOwner})
	}
	return s
}

// person adds somebody who was last seen so many days ago.
func person(s *access.Snapshot, id int64, login string, seen int) {
	s.People = append(s.People, access.Person{ID: id, Login: login, CreatedAt: ago(1000)})
	s.TwoFactor = append(s.TwoFactor, access.TwoFactor{User: id, Enabled: id%5 != 0})
	s.AuditActivity = append(s.AuditActivity, access.Activity{User: id, Last: ago(seen), What: "git.push"})
}

// seal puts everything in order, as the store gives it.
func seal(s *access.Snapshot) *access.Snapshot {
	slices.SortFunc(s.People, func(a, b access.Person) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.TwoFactor, func(a, b access.TwoFactor) int { return cmp.Compare(a.User, b.User) })
	slices.SortFunc(s.AuditActivity, func(a, b access.Activity) int { return cmp.Compare(a.User, b.User) })
	slices.SortFunc(s.Outside, func(a, b access.Outside) int { return cmp.Compare(a.User, b.User) })
	slices.SortFunc(s.Environments, func(a, b access.Environment) int { return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.ID, b.ID)) })
	slices.SortFunc(s.Grants, access.Grant.Compare)
	return s
}

// drawn is a small organization in which everything that init knows may occur,
// with names that invite globs and teams named after repositories.
func drawn(t *rapid.T) *access.Snapshot {
	s := empty()
	pick := func(label string, n int) int { return rapid.IntRange(0, n-1).Draw(t, label) }
	s.Settings.BasePermission = []access.Privilege{access.None, access.Read, access.Write}[pick("base", 3)]
	*s.Org.TwoFactorRequired = pick("two-factor", 2) == 0
	*s.WorkflowToken.CanApprovePullRequests = pick("approves", 2) == 0
	s.CustomRoles = []access.CustomRole{{ID: 71, Name: "Release \"Op\"", Base: access.Write, Permissions: []string{"manage_webhooks"}}, {ID: 72, Name: "admin", Base: access.Triage}}
	s.OrgRoles = []access.OrgRole{{ID: 81, Name: "all_repo_admin", Base: access.Admin}, {ID: 82, Name: "all_repo_read", Base: access.Read}, {ID: 83, Name: "ci_cd_admin", Base: access.None}}
	repos := []string{"web", "web-a", "web-b", "web-c", "api", "api.io", "Lib_x", "old"}
	for i, name := range repos {
		s.Repositories = append(s.Repositories, access.Repository{ID: int64(201 + i), Name: name, Visibility: "private", Archived: name == "old"})
	}
	for i := range 8 {
		id := int64(20 + i)
		person(s, id, fmt.Sprintf("U%d", i), []int{1, 1, 170}[pick("seen", 3)])
		switch pick("is", 4) {
		case 0:
			s.Outside = append(s.Outside, access.Outside{User: id})
		default:
			s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, id), Resource: org, Privilege: access.Member, Source: access.Direct})
		}
	}
	drawTeams(t, s, repos)
	drawGrants(t, s)
	drawEnvironments(t, s)
	return seal(s)
}

func member(s *access.Snapshot, id int64) bool {
	return slices.ContainsFunc(s.Grants, func(g access.Grant) bool { return g.Principal == ref(access.User, id) && g.Resource == org })
}

func drawTeams(t *rapid.T, s *access.Snapshot, repos []string) {
	slugs := []string{"all", "ops"}
	for _, r := range repos {
		slugs = append(slugs, rapid.SampledFrom([]string{"%s-admins", "%s-writers", "team-%s"}).Draw(t, "slug"))
		slugs[len(slugs)-1] = fmt.Sprintf(slugs[len(slugs)-1], bareSlug(r))
	}
	for i, slug := range slugs {
		team := access.TeamInfo{ID: int64(101 + i), Slug: slug}
		if i > 0 && rapid.IntRange(0, 3).Draw(t, "parent") == 0 {
			team.Parent = s.Teams[i-1].ID
		}
		s.Teams = append(s.Teams, team)
		for u := int64(20); u < 28; u++ {
			if member(s, u) && rapid.IntRange(0, 2).Draw(t, "in") == 0 {
				s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, u), Resource: ref(access.Team, team.ID), Privilege: access.Member, Source: access.Direct})
			}
		}
	}
}

func bareSlug(repo string) string {
	out := []byte(repo)
	for i, c := range out {
		if c == '.' {
			out[i] = '-'
		} else if c >= 'A' && c <= 'Z' {
			out[i] = c + 'a' - 'A'
		}
	}
	return string(out)
}

var ladder = []access.Privilege{access.Read, access.Triage, access.Write, access.Maintain, access.Admin}

func drawGrants(t *rapid.T, s *access.Snapshot) {
	seen := map[[2]access.Ref]bool{}
	give := func(who access.Ref, repo int64, p access.Privilege, role int64) {
		k := [2]access.Ref{who, ref(access.Repo, repo)}
		if seen[k] {
			return
		}
		seen[k] = true
		src := access.Direct
		if who.Kind == access.Team {
			src = access.ByTeam
		}
		s.Grants = append(s.Grants, access.Grant{Principal: who, Resource: k[1], Privilege: p, Source: src, Role: role})
	}
	for i := range s.Teams[2:] { // teams on the repository they are named after
		if rapid.IntRange(0, 3).Draw(t, "own") > 0 {
			give(ref(access.Team, int64(103+i)), int64(201+i), rapid.SampledFrom(ladder).Draw(t, "what"), 0)
		}
	}
	for i := range 8 { // one team on many
		if rapid.IntRange(0, 4).Draw(t, "many") > 0 {
			give(ref(access.Team, 101), int64(201+i), access.Write, 0)
		}
	}
	for range rapid.IntRange(0, 20).Draw(t, "grants") {
		who := ref(access.User, int64(rapid.IntRange(18, 27).Draw(t, "user")))
		if rapid.Bool().Draw(t, "by team") || who.ID < 20 {
			who = ref(access.Team, int64(rapid.IntRange(101, 110).Draw(t, "team")))
		}
		p, role := rapid.SampledFrom(ladder).Draw(t, "what"), int64(0)
		if rapid.IntRange(0, 4).Draw(t, "custom") == 0 {
			role = []int64{71, 72}[rapid.IntRange(0, 1).Draw(t, "role")]
			p = map[int64]access.Privilege{71: access.Write, 72: access.Triage}[role]
		}
		give(who, int64(rapid.IntRange(201, 208).Draw(t, "repo")), p, role)
	}
	for _, r := range s.OrgRoles {
		if rapid.IntRange(0, 2).Draw(t, "org role") == 0 {
			who := rapid.SampledFrom([]access.Ref{ref(access.Team, 102), ref(access.User, 20), ref(access.User, 10)}).Draw(t, "holder")
			if who.Kind == access.Team || member(s, who.ID) {
				s.Grants = append(s.Grants, access.Grant{Principal: who, Resource: org, Privilege: r.Base, Source: access.ByOrgRole, Role: r.ID})
			}
		}
	}
	for i := range 3 {
		k := access.DeployKey{ID: int64(900 + i), Repo: int64(201 + i), Title: "k\"\n\u202e", Enabled: true, CreatedAt: ago(300), ReadOnly: rapid.Bool().Draw(t, "read only"),
			LastUsed: ago([]int{1, 200}[rapid.IntRange(0, 1).Draw(t, "used")])}
		s.DeployKeys = append(s.DeployKeys, k)
	}
}

func drawEnvironments(t *rapid.T, s *access.Snapshot) {
	chance := func() bool { return rapid.Bool().Draw(t, "chance") }
	for i := range 6 {
		id, repo := int64(301+i), int64(201+i)
		e := access.Environment{ID: id, Repo: repo, Name: rapid.SampledFrom([]string{"production", "prod \"1\"", "staging", "prod*", "prod\x1b[2J\u202e"}).Draw(t, "name")}
		n := rapid.IntRange(0, 2).Draw(t, "reviewers")
		e.Gate = &access.Gate{Env: id, Repo: repo, Reviewers: n, PreventSelfReview: chance()}
		e.Policy = &access.Policy{Env: id, Repo: repo, AdminBypass: new(chance()), Branches: rapid.SampledFrom([]string{access.AnyBranch, access.ProtectedBranch, access.SelectedBranches}).Draw(t, "branches")}
		if e.Policy.Branches == access.SelectedBranches {
			e.Policy.Patterns = []access.Pattern{{ID: 1, Name: "main", Type: "branch"}, {ID: 2, Name: "rel\"ease/*", Type: "branch"}}
		}
		for r := range n {
			s.Grants = append(s.Grants, access.Grant{Principal: ref(access.Team, int64(101+r)), Resource: ref(access.Env, id), Privilege: access.Approve, Source: access.Reviewer})
		}
		s.Environments = append(s.Environments, e)
	}
}
