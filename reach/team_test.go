package reach_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// What a team gives is what somebody has who is new, and in this team alone, so
// long as neither ownership nor the base permission gives them more.
func TestATeamGivesWhatItGivesANewMember(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		if s.Settings != nil {
			s.Settings.BasePermission = access.None
		}
		if len(s.Teams) == 0 {
			return
		}
		on := rapid.SampledFrom(s.Teams).Draw(t, "team").ID
		const fresh = 9_999
		joined := *s
		joined.Grants = append(slices.Clone(s.Grants),
			grant(user(fresh), theOrg, access.Member, access.Direct), grant(user(fresh), team(on), access.Member, access.Direct))
		sortSnapshot(&joined)
		g := reach.New(&joined)
		theirs := map[int64]reach.Access{}
		for r, a := range g.Of(fresh) {
			theirs[r] = a
		}
		n := 0
		for r, a := range g.OfTeam(on) {
			n++
			if want := theirs[r]; a.Privilege != want.Privilege || a.Role != want.Role {
				t.Fatalf("team %d on repository %d: %v of role %d, a new member has %v of role %d", on, r, a.Privilege, a.Role, want.Privilege, want.Role)
			}
			for _, p := range a.Paths {
				if p[0].From.Kind != access.Team || p[0].From.ID != on || p[len(p)-1].To.ID != r {
					t.Fatalf("the path %s does not lead from the team to the repository", drawn(p))
				}
			}
		}
		if n != len(theirs) {
			t.Fatalf("team %d reaches %d repositories, a new member %d", on, n, len(theirs))
		}
	})
}

func TestATeamReachesTheEnvironmentsOfItsRepositories(t *testing.T) {
	s := deployable() // team 1, above team 2, can write; team 5 reviews
	s.OrgRoles = []access.OrgRole{{ID: 8, Name: "all_repo_admin", Base: access.Admin}}
	s.Teams = append(s.Teams, access.TeamInfo{ID: 6, Slug: "ops"}, access.TeamInfo{ID: 7, Slug: "ops-night", Parent: 6}, access.TeamInfo{ID: 8, Slug: "juniors", Parent: 5})
	s.Grants = append(s.Grants, access.Grant{Principal: team(6), Resource: theOrg, Privilege: access.Admin, Source: access.ByOrgRole, Role: 8},
		grant(user(4), team(8), access.Member, access.Direct))
	sortSnapshot(s)
	g := reach.New(s)
	for id, want := range map[int64][]access.Privilege{
		1: {access.Deploy}, 2: {access.Deploy}, 5: {access.Approve}, 8: nil, // user 4 cannot read the repository
		6: {access.Deploy, access.Bypass, access.Configure}, 7: {access.Deploy, access.Bypass, access.Configure},
	} {
		var got []access.Privilege
		for _, a := range g.InEnvironment(team(id), 9) {
			got = append(got, a.Privilege)
			if p := a.Paths[0]; p[0].From.ID != id || p[len(p)-1].To.ID != 9 {
				t.Errorf("team %d: the path is %s", id, drawn(p))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("team %d can %v, want %v", id, got, want)
		}
	}
	if p := g.InEnvironment(team(7), 9)[0].Paths[0]; len(p) != 4 {
		t.Errorf("%s, want the parent, the organization, the repository and the environment", drawn(p))
	}
}
