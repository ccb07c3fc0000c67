package reach_test

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

func grant(p, r access.Ref, priv access.Privilege, src access.Source) access.Grant {
	return access.Grant{Principal: p, Resource: r, Privilege: priv, Source: src}
}

// chain builds n teams, each the parent of the next; member 1 is in the last,
// and the first holds write on repository 1.
func chain(n int64) *access.Snapshot {
	s := &access.Snapshot{Org: access.Organization{ID: 1, Login: "acme"}}
	for i := int64(1); i <= n; i++ {
		s.Teams = append(s.Teams, access.TeamInfo{ID: i, Parent: i - 1})
	}
	s.Grants = []access.Grant{
		grant(user(1), theOrg, access.Member, access.Direct),
		grant(user(1), team(n), access.Member, access.Direct),
		grant(team(1), repo(1), access.Write, access.ByTeam),
	}
	sortSnapshot(s)
	return s
}

func TestParentsAreFollowedToTheCapAndNoFurther(t *testing.T) {
	for _, c := range []struct {
		teams int64
		want  access.Privilege
		cut   int
	}{
		{1, access.Write, 0}, {2, access.Write, 0}, {64, access.Write, 0}, {65, access.None, 1}, {1000, access.None, 936},
	} {
		g := reach.New(chain(c.teams))
		if got := g.On(1, 1).Privilege; got != c.want {
			t.Errorf("%d teams deep: %v, want %v", c.teams, got, c.want)
		}
		if got := len(g.Cut()); got != c.cut {
			t.Errorf("%d teams deep: %d are cut, want %d", c.teams, got, c.cut)
		}
	}
}

func TestTeamsThatAreTheirOwnAncestorsAreCut(t *testing.T) {
	s := chain(3)
	s.Teams[0].Parent = 3
	g := reach.New(s)
	if got, want := g.Cut(), []int64{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("Cut() = %v, want %v", got, want)
	}
	if got := g.On(1, 1).Privilege; got != access.Write {
		t.Errorf("the grant of an ancestor in the circle gives %v, want write", got)
	}
	self := chain(1)
	self.Teams[0].Parent = 1
	if got := reach.New(self).Cut(); !slices.Equal(got, []int64{1}) {
		t.Errorf("a team that is its own parent: Cut() = %v, want [1]", got)
	}
}

func TestMembersOfATeamIncludeThoseOfTheTeamsBelow(t *testing.T) {
	s := chain(3)
	s.Grants = append(s.Grants, grant(user(2), team(1), access.Maintain, access.Direct), grant(user(3), team(2), access.Member, access.Direct))
	sortSnapshot(s)
	g := reach.New(s)
	if got, want := g.Members(1), []int64{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("Members(1) = %v, want %v", got, want)
	}
	if got, want := g.Members(3), []int64{1}; !slices.Equal(got, want) {
		t.Errorf("Members(3) = %v, want %v", got, want)
	}
	if got, want := g.Immediate(1), []int64{2}; !slices.Equal(got, want) {
		t.Errorf("Immediate(1) = %v, want %v", got, want)
	}
	if got, want := g.Ancestors(3), []int64{2, 1}; !slices.Equal(got, want) {
		t.Errorf("Ancestors(3) = %v, want %v", got, want)
	}
	if got, want := g.TeamsOf(3), []int64{2}; !slices.Equal(got, want) {
		t.Errorf("TeamsOf(3) = %v, want %v", got, want)
	}
}

func TestWhoLeftTheOrganizationKeepsNothingThroughItsTeams(t *testing.T) {
	s := chain(1)
	s.Grants = append(s.Grants, grant(user(2), team(1), access.Member, access.Direct))
	sortSnapshot(s)
	if got := reach.New(s).On(2, 1).Privilege; got != access.Write {
		t.Errorf("members not read to the end: a person in the team has %v, want write", got)
	}
	s.Coverage.Set(access.Cover{Area: access.AreaMembers, Status: access.Complete})
	if got := reach.New(s).On(2, 1).Privilege; got != access.None {
		t.Errorf("members read to the end: a person who is none has %v, want none", got)
	}
}

func TestOwnersHaveOneRowAndNoBasePermission(t *testing.T) {
	s := chain(1)
	s.Settings = &access.Settings{BasePermission: access.Read}
	s.Grants = append(s.Grants, grant(user(2), theOrg, access.Owner, access.ByOwner))
	sortSnapshot(s)
	g := reach.New(s)
	want := []reach.Access{
		{User: 1, Privilege: access.Write, Sources: []reach.Source{
			{Kind: access.ByTeam, Team: 1, Via: 1, Privilege: access.Write}, {Kind: access.Base, Privilege: access.Read},
		}},
		{User: 2, Privilege: access.Admin, Sources: []reach.Source{{Kind: access.ByOwner, Privilege: access.Admin}}},
	}
	if d := gocmp.Diff(want, g.Effective(1)); d != "" {
		t.Error(d)
	}
	if !g.Owner(2) || g.Owner(1) || !g.Member(1) || g.Member(3) {
		t.Error("Owner or Member is wrong")
	}
}

func TestWhatIsUnknownHasNoAccess(t *testing.T) {
	g := reach.New(chain(2))
	if got := g.On(99, 1); got.Privilege != access.None || got.Sources != nil {
		t.Errorf("an unknown user has %v", got)
	}
	if got := g.On(1, 99); got.Privilege != access.None {
		t.Errorf("an unknown repository gives %v", got)
	}
	if g.Effective(99) != nil || g.Levels(99) != nil || g.Members(99) != nil || g.Ancestors(99) != nil || g.Paths(99, 1) != nil || g.TeamsOf(99) != nil {
		t.Error("something unknown gives an answer")
	}
	for range g.Of(99) {
		t.Error("an unknown user reaches something")
	}
	if reach.New(&access.Snapshot{}).Cut() != nil {
		t.Error("an empty snapshot has teams")
	}
}

func TestACustomRoleRanksAboveItsBaseAndBelowTheNext(t *testing.T) {
	s := chain(1)
	give := func(u int64, p access.Privilege, role int64) {
		s.Grants = append(s.Grants, access.Grant{Principal: user(u), Resource: repo(1), Privilege: p, Source: access.Direct, Role: role})
	}
	give(1, access.Write, 7)
	give(2, access.Triage, 7)
	sortSnapshot(s)
	g := reach.New(s)
	if got := g.On(1, 1); got.Role != 7 || got.Sources[0].Kind != access.Direct {
		t.Errorf("a custom role on write beside plain write gives %v", got)
	}
	if got := g.On(2, 1); got.Privilege != access.Triage || got.Role != 7 {
		t.Errorf("a custom role on triage gives %v", got)
	}
}
