package reach_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// drawn writes a path in one line.
func drawn(p access.Path) string {
	var b strings.Builder
	b.WriteString(p[0].From.Name)
	for _, s := range p {
		b.WriteString(" -" + s.Privilege.String() + "/" + s.Source.String() + "-> " + s.To.Name)
	}
	return b.String()
}

func TestPathsNameEveryStepStrongestFirst(t *testing.T) {
	s := &access.Snapshot{
		Org:          access.Organization{ID: 1, Login: "acme"},
		Settings:     &access.Settings{BasePermission: access.Read},
		People:       []access.Person{{ID: 1, Login: "alice"}, {ID: 2, Login: "root"}},
		Teams:        []access.TeamInfo{{ID: 1, Slug: "eng"}, {ID: 2, Slug: "sre", Parent: 1}, {ID: 3, Slug: "leads", Parent: 1}},
		Repositories: []access.Repository{{ID: 1, Name: "api"}},
		CustomRoles:  []access.CustomRole{{ID: 7, Name: "releaser", Base: access.Write}},
		OrgRoles:     []access.OrgRole{{ID: 8, Name: "all_repo_triage", Base: access.Triage}, {ID: 9, Name: "all_repo_maintain", Base: access.Maintain}},
		Grants: []access.Grant{
			grant(user(1), theOrg, access.Member, access.Direct),
			grant(user(2), theOrg, access.Owner, access.ByOwner),
			grant(user(1), team(2), access.Maintain, access.Direct),
			grant(user(1), team(3), access.Member, access.Direct),
			{Principal: team(1), Resource: repo(1), Privilege: access.Write, Source: access.ByTeam, Role: 7},
			{Principal: user(1), Resource: repo(1), Privilege: access.Admin, Source: access.Direct},
			{Principal: team(3), Resource: theOrg, Privilege: access.Maintain, Source: access.ByOrgRole, Role: 9},
			{Principal: user(1), Resource: theOrg, Privilege: access.Triage, Source: access.ByOrgRole, Role: 8},
		},
	}
	sortSnapshot(s)
	want := []string{
		"user:alice -admin/direct-> repo:acme/api",
		"user:alice -member/direct-> team:acme/leads -maintain/org-role-> org:acme -maintain/org-role-> repo:acme/api",
		"user:alice -maintain/direct-> team:acme/sre -member/team-> team:acme/eng -write/team-> repo:acme/api",
		"user:alice -member/direct-> team:acme/leads -member/team-> team:acme/eng -write/team-> repo:acme/api",
		"user:alice -triage/org-role-> org:acme -triage/org-role-> repo:acme/api",
		"user:alice -member/direct-> org:acme -read/base-> repo:acme/api",
	}
	g := reach.New(s)
	got := g.Paths(1, 1)
	if len(got) != len(want) {
		t.Fatalf("%d paths, want %d", len(got), len(want))
	}
	for i := range want {
		if d := drawn(got[i]); d != want[i] {
			t.Errorf("path %d\n got %s\nwant %s", i, d, want[i])
		}
	}
	if role := got[2][2].Role; role != "releaser" {
		t.Errorf("the role of a custom grant is %q, want its own name", role)
	}
	if d := drawn(g.Paths(2, 1)[0]); d != "user:root -owner/owner-> org:acme -admin/owner-> repo:acme/api" {
		t.Errorf("an owner's path is %s", d)
	}
}

// Whoever takes the role away must see every way to it, though it is one source.
func TestAnOrganizationRoleHasAPathForEachWayToIt(t *testing.T) {
	s := &access.Snapshot{
		Org:          access.Organization{ID: 1, Login: "acme"},
		People:       []access.Person{{ID: 1, Login: "alice"}, {ID: 2, Login: "bob"}},
		Teams:        []access.TeamInfo{{ID: 1, Slug: "eng"}, {ID: 2, Slug: "sre", Parent: 1}, {ID: 3, Slug: "leads"}},
		Repositories: []access.Repository{{ID: 1, Name: "api"}},
		OrgRoles:     []access.OrgRole{{ID: 9, Name: "all_repo_admin", Base: access.Admin}},
		Grants: []access.Grant{
			grant(user(1), theOrg, access.Member, access.Direct),
			grant(user(1), team(2), access.Member, access.Direct),
			grant(user(1), team(3), access.Member, access.Direct),
			{Principal: user(1), Resource: theOrg, Privilege: access.Admin, Source: access.ByOrgRole, Role: 9},
			{Principal: user(2), Resource: theOrg, Privilege: access.Admin, Source: access.ByOrgRole, Role: 9},
			{Principal: team(1), Resource: theOrg, Privilege: access.Admin, Source: access.ByOrgRole, Role: 9},
			{Principal: team(3), Resource: theOrg, Privilege: access.Admin, Source: access.ByOrgRole, Role: 9},
		},
	}
	sortSnapshot(s)
	want := []string{
		"user:alice -admin/org-role-> org:acme -admin/org-role-> repo:acme/api",
		"user:alice -member/direct-> team:acme/leads -admin/org-role-> org:acme -admin/org-role-> repo:acme/api",
		"user:alice -member/direct-> team:acme/sre -member/team-> team:acme/eng -admin/org-role-> org:acme -admin/org-role-> repo:acme/api",
	}
	var got []string
	for _, p := range reach.New(s).Paths(1, 1) {
		got = append(got, drawn(p))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
