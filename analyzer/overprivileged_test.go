package analyzer_test

import (
	"fmt"
	"testing"

	"github.com/eb661601/ajar/access"
)

// repositories is a baseline in which testers may read and releasers maintain.
const repositories = `
[roles.tester]
repository = "read"
[roles.writer]
repository = "write"
standing_reason = "daily work"
review_by = 2027-01-01
[[assign]]
role = "tester"
to = ["team:acme/qa"]
on = ["repo:acme/*"]
reason = "testing"
[[assign]]
role = "writer"
to = ["team:acme/dev", "user:dora"]
on = ["repo:acme/api"]
reason = "development"
`

const waiver = `
[[waiver]]
match = { rule = "%s" }
reason = "TICKET-7"
owner = "user:root"
expires = 2026-07-01
`

func waived(base, rule string) string { return base + fmt.Sprintf(waiver, rule) }

func TestAccessBeyondBaseline(t *testing.T) {
	tooMuch := func(w *world) {
		w.team("qa", "", "ann")
		w.give("team:qa", "api", access.Admin)
	}
	const title = "team:acme/qa has admin on repo:acme/api, the baseline allows read"
	check(t, "access-beyond-baseline", []verdictCase{
		{"a team above its entry", repositories, tooMuch, []string{"high open: " + title}, nil},
		{"waived", waived(repositories, "access-beyond-baseline"), tooMuch, []string{"high waived: " + title}, nil},
		{"a team at its entry", repositories, func(w *world) {
			w.team("qa", "", "ann")
			w.give("team:qa", "api", access.Read)
			w.team("dev", "", "dan")
			w.give("team:dev", "api", access.Write)
		}, nil, nil},
		{"an unmanaged class", "[organization.acme]\nbase_permission = \"read\"\n", tooMuch, nil, nil},
		{"a child by its parent's entry", repositories, func(w *world) {
			w.team("dev", "")
			w.team("dev-web", "dev", "dan")
			w.give("team:dev-web", "api", access.Write)
		}, nil, nil},
		{"a person by a team's entry", repositories, func(w *world) {
			w.team("dev", "", "dan")
			w.give("user:dan", "api", access.Write)
		}, nil, nil},
		{"a person above", repositories, func(w *world) {
			w.member("dora")
			w.give("user:dora", "api", access.Maintain)
		}, []string{"high open: user:dora has maintain on repo:acme/api, the baseline allows write"}, nil},
		{"another repository", repositories, func(w *world) {
			w.member("dora")
			w.give("user:dora", "web", access.Write)
		}, []string{"medium open: user:dora has write on repo:acme/web, the baseline allows nothing"}, nil},
		{"the base permission entitles members", "[organization.acme]\nbase_permission = \"read\"\n" + repositories, func(w *world) {
			w.member("dora")
			w.give("user:dora", "web", access.Read)
		}, nil, nil},
		{"a listed owner may everything", "[organization.acme]\nowners = [\"user:root\", \"user:boss\"]\n" + repositories, func(w *world) {
			w.give("user:root", "web", access.Admin)
		}, nil, nil},
		{"a team whose people are all entitled otherwise", repositories, func(w *world) {
			w.team("dev", "", "dan")
			w.team("qa", "", "dan", "dora")
			w.give("team:qa", "api", access.Write)
		}, nil, nil},
		{"a team nobody is in", repositories, func(w *world) {
			w.team("qa", "")
			w.give("team:qa", "api", access.Admin)
		}, []string{"low open: " + title}, nil},
	})
}

func TestAccessThatCannotBeJudgedIsLeftOpen(t *testing.T) {
	tooMuch := func(w *world) {
		w.team("qa", "", "ann")
		w.team("others", "", "ann")
		w.give("team:qa", "api", access.Admin)
	}
	check(t, "access-beyond-baseline", []verdictCase{
		{"memberships of all teams", repositories, func(w *world) {
			tooMuch(w)
			w.blind(access.AreaTeamMembers, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: team-members: denied, needs members:read"}},
		{"memberships of a team that entitles", repositories, func(w *world) {
			tooMuch(w)
			w.team("dev", "")
			w.blind(access.AreaTeamMembers, w.ref("team:dev").ID, access.Partial, "page 2 timed out")
		}, nil, []string{"1: team-members: partial, page 2 timed out"}},
		{"memberships of a team that entitles nobody", repositories, func(w *world) {
			tooMuch(w)
			w.blind(access.AreaTeamMembers, w.ref("team:others").ID, access.Partial, "page 2 timed out")
		}, []string{"high open: team:acme/qa has admin on repo:acme/api, the baseline allows read"}, nil},
		{"members", repositories, func(w *world) {
			tooMuch(w)
			w.blind(access.AreaMembers, 0, access.Partial, "page 9 timed out")
		}, nil, []string{"1: members: partial, page 9 timed out"}},
		{"a repository without a name", repositories, func(w *world) {
			w.team("qa", "", "ann")
			w.grant(access.Grant{Principal: w.ref("team:qa"), Resource: access.Ref{Kind: access.Repo, ID: 999}, Privilege: access.Admin, Source: access.ByTeam})
		}, nil, []string{"1: repositories: the repository of a grant was not listed"}},
	})
}

func TestCustomRoleExtrasCount(t *testing.T) {
	role := func(w *world) access.Grant {
		w.member("dora")
		w.CustomRoles = []access.CustomRole{{ID: 7, Name: "releaser", Base: access.Write, Permissions: []string{"manage_webhooks"}}}
		return access.Grant{Principal: w.ref("user:dora"), Resource: w.ref("repo:api"), Privilege: access.Write, Source: access.Direct, Role: 7}
	}
	const named = `
[roles.releaser]
repository = "releaser"
standing_reason = "releases"
review_by = 2027-01-01
[[assign]]
role = "releaser"
to = ["user:dora"]
on = ["repo:acme/api"]
reason = "releases"
`
	check(t, "access-beyond-baseline", []verdictCase{
		{"what an entry's own role allows is unknown", named, func(w *world) {
			g := role(w)
			g.Role, g.Privilege = 0, access.Admin
			w.grant(g)
			w.CustomRoles = nil
			w.blind(access.AreaCustomRoles, 0, access.Denied, "needs custom-roles:read")
		}, nil, []string{"1: custom-roles: what a custom role allows was not seen"}},
		{"not allowed", repositories, func(w *world) { w.grant(role(w)) },
			[]string{"medium open: user:dora has releaser on repo:acme/api, whose manage_webhooks the baseline does not allow"}, nil},
		{"allowed by the role's name", named, func(w *world) { w.grant(role(w)) }, nil, nil},
		{"what the role adds is unknown", repositories, func(w *world) {
			w.grant(role(w))
			w.CustomRoles = nil
		}, nil, []string{"1: custom-roles: what a custom role allows was not seen"}},
	})
}

func TestPrincipalNotInBaseline(t *testing.T) {
	stranger := func(w *world) {
		w.team("ops", "", "eve")
		w.give("team:ops", "api", access.Write)
	}
	const title = "team:acme/ops has write on repo:acme/api, and no entry of the baseline mentions it"
	check(t, "principal-not-in-baseline", []verdictCase{
		{"a team", repositories, stranger, []string{"medium open: " + title}, nil},
		{"waived", waived(repositories, "principal-not-in-baseline"), stranger, []string{"medium waived: " + title}, nil},
		{"write that leads to production", repositories, func(w *world) {
			stranger(w)
			w.env("api/production", nil)
		}, []string{"high open: " + title}, nil},
		{"reading what is public", repositories, func(w *world) {
			w.team("ops", "", "eve")
			w.give("team:ops", "api", access.Read)
			w.repo("api", func(r *access.Repository) { r.Visibility = "public" })
		}, []string{"info open: team:acme/ops has read on repo:acme/api, and no entry of the baseline mentions it"}, nil},
		{"a person in a team that is mentioned", repositories, func(w *world) {
			w.team("qa", "", "ann")
			w.give("user:ann", "api", access.Write)
		}, nil, nil},
		{"an outside collaborator's write is the other rule's", repositories, func(w *world) {
			w.outside("ext")
			w.give("user:ext", "api", access.Admin)
			w.give("user:ext", "web", access.Triage)
		}, []string{"low open: user:ext has triage on repo:acme/web, and no entry of the baseline mentions it"}, nil},
		{"memberships below a team whose people so far are all entitled", repositories, func(w *world) {
			w.team("qa", "", "dora")
			w.team("qa-eu", "qa")
			w.team("ops", "", "dora")
			w.team("ops-eu", "ops")
			w.give("team:ops", "api", access.Write)
			w.blind(access.AreaTeamMembers, w.ref("team:ops-eu").ID, access.Denied, "a secret team")
		}, nil, []string{"1: team-members: denied, a secret team"}},
		{"teams not seen", repositories, func(w *world) {
			stranger(w)
			w.blind(access.AreaTeams, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: teams: denied, needs members:read"}},
	})
}

func TestOneCauseIsOneFinding(t *testing.T) {
	w := newWorld()
	var logins []string
	for i := range 200 {
		logins = append(logins, fmt.Sprintf("u%03d", i))
	}
	w.team("qa", "", logins...)
	w.give("team:qa", "api", access.Admin)
	res := w.analyze(t, repositories)
	var of []access.Finding
	for _, f := range res.Findings {
		if f.Resource.Name == "repo:acme/api" {
			of = append(of, f)
		}
	}
	if len(of) != 1 {
		t.Fatalf("%d findings about one grant, want 1", len(of))
	}
	f := of[0]
	if f.Affected != 200 || len(f.Sample) != 10 || f.Sample[0].Name != "user:u000" {
		t.Errorf("affected %d, sample %v; want 200 and the first ten", f.Affected, f.Sample)
	}
	if f.Have != "admin" || f.Want != "read (baseline.toml:8)" {
		t.Errorf("have %q, want %q: the nearest entry should be named", f.Have, f.Want)
	}
}

func TestPeopleWhoAreEntitledOtherwiseAreNotCounted(t *testing.T) {
	w := newWorld()
	w.team("dev", "", "dan")
	w.team("qa", "", "ann", "dan", "dora")
	w.give("team:qa", "api", access.Write)
	f := w.analyze(t, repositories).Findings[0]
	if f.Affected != 1 || f.Sample[0].Name != "user:ann" {
		t.Errorf("affected %d, %v: only ann may not write", f.Affected, f.Sample)
	}
	if want := "2 more of the team's people may have it by another entry."; len(f.Evidence) != 1 || f.Evidence[0] != want {
		t.Errorf("evidence %q, want %q", f.Evidence, want)
	}
}

func TestAFindingAboutAPersonDrawsThePath(t *testing.T) {
	w := newWorld()
	w.member("dora")
	w.give("user:dora", "web", access.Admin)
	f := w.analyze(t, repositories).Findings[0]
	if len(f.Paths) != 2 || f.Paths[0][0].To.Name != "repo:acme/web" || f.Paths[0][0].Privilege != access.Admin {
		t.Errorf("paths %v: want the direct grant first, then the base permission", f.Paths)
	}
}

func TestOrganizationRolesAreChangedInTheOrganization(t *testing.T) {
	const roles = `
[roles.auditor]
organization = "all_repo_read"
[[assign]]
role = "auditor"
to = ["user:ann"]
on = ["org:acme"]
reason = "audit"
`
	check(t, "access-beyond-baseline", []verdictCase{
		{"another role than the entry's", roles, func(w *world) {
			w.member("ann")
			w.orgRole("user:ann", "all_repo_read", access.Read)
			w.orgRole("user:ann", "all_repo_admin", access.Admin)
		}, []string{"high open: user:ann has the organization role all_repo_admin in org:acme, which the baseline does not allow"}, nil},
		{"the class is not managed, repositories are", repositories, func(w *world) {
			w.ref("repo:api")
			w.team("dev", "", "dan")
			w.orgRole("team:dev", "all_repo_write", access.Write)
			w.ref("repo:web")
		}, []string{"high open: team:acme/dev has the organization role all_repo_write in org:acme, which the baseline does not allow"}, nil},
		{"the name of the role was not seen", roles, func(w *world) {
			w.member("ann")
			w.orgRole("user:ann", "all_repo_read", access.Read)
			w.OrgRoles = nil
			w.blind(access.AreaOrgRoles, 0, access.Denied, "needs roles:read")
		}, nil, []string{"1: organization-roles: the name of a role was not seen"}},
		{"not every repository was listed", repositories, func(w *world) {
			w.ref("repo:api")
			w.team("qa", "", "ann")
			w.orgRole("team:qa", "all_repo_read", access.Read)
			w.blind(access.AreaRepositories, 0, access.Partial, "page 3 timed out")
		}, nil, []string{"1: repositories: partial, page 3 timed out"}},
		{"what the role gives is allowed everywhere", repositories, func(w *world) {
			w.ref("repo:api")
			w.team("qa", "", "ann")
			w.orgRole("team:qa", "all_repo_read", access.Read)
		}, nil, nil},
	})
	w := newWorld()
	w.ref("repo:api")
	w.team("dev", "", "dan")
	w.orgRole("team:dev", "all_repo_admin", access.Admin)
	for _, f := range w.analyze(t, repositories).Findings {
		if f.Resource.Kind == access.Repo {
			t.Errorf("a role of the organization became a finding on a repository: %s", f.Title)
		}
		if f.Grant != nil && f.Grant.Source == access.ByOrgRole && f.Fixable == "" {
			t.Errorf("%s: it does not say where it is changed", f.Title)
		}
	}
}

func TestOwnerNotListed(t *testing.T) {
	const owners = "[organization.acme]\nowners = [\"user:root\", \"user:boss\"]\n"
	const title = "user:dave owns org:acme, and is not listed as an owner"
	dave := func(w *world) { w.owner("dave") }
	check(t, "owner-not-listed", []verdictCase{
		{"one too many", owners, dave, []string{"high open: " + title}, nil},
		{"waived", waived(owners, "owner-not-listed"), dave, []string{"high waived: " + title}, nil},
		{"all are listed", owners, func(*world) {}, nil, nil},
		{"owners are not managed", repositories, dave, nil, nil},
		{"seen in part is still seen", owners, func(w *world) {
			w.owner("dave")
			w.blind(access.AreaMembers, 0, access.Partial, "page 2 timed out")
		}, []string{"high open: " + title}, []string{"1: members: partial, page 2 timed out; what is there was not counted"}},
		{"an owner without a name", owners, func(w *world) {
			w.grant(access.Grant{Principal: access.Ref{Kind: access.User, ID: 999}, Resource: w.ids["org"], Privilege: access.Owner, Source: access.ByOwner})
		}, nil, []string{"1: members: the name of a person was not seen"}},
	})
	w := newWorld()
	w.owner("dave")
	for _, f := range w.analyze(t, owners).Findings {
		if f.Rule == "owner-not-listed" && (f.Fixable == "" || f.Want != "no ownership") {
			t.Errorf("want %q, changed at %q: it should say what is wanted and where ownership is changed", f.Want, f.Fixable)
		}
	}
}
