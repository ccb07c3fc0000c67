package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

func TestRenamesKeepIdentityAndTheirHistory(t *testing.T) {
	s := fresh(t)
	g := []access.Grant{member(1, 10, access.Member), byTeam(10, 50, access.Write)}
	look := func(n int, login, slug, name string) SnapshotInfo {
		p := begin(t, s, hour(n))
		if err := p.People(t.Context(), []access.Person{{ID: 1, Login: login}}); err != nil {
			t.Fatal(err)
		}
		put(t, p, access.AreaTeams, 10, access.TeamInfo{ID: 10, Slug: slug})
		put(t, p, access.AreaRepositories, 50, access.Repository{ID: 50, Name: name})
		put(t, p, access.AreaTeamMembers, 10, g[0])
		put(t, p, access.AreaTeamGrants, 10, g[1])
		complete(t, p, access.Areas...)
		return finish(t, p)
	}
	first := look(0, "ann", "sre", "api")
	second := look(1, "ann-b", "reliability", "api-v2")
	if second.Stats.GrantsAdded+second.Stats.GrantsClosed != 0 {
		t.Errorf("renaming everything changed grants: %+v", second.Stats)
	}
	for _, tt := range []struct {
		info SnapshotInfo
		want []string
	}{
		{first, []string{"user:ann", "team:Acme/sre", "repo:Acme/api"}},
		{second, []string{"user:ann-b", "team:Acme/reliability", "repo:Acme/api-v2"}},
	} {
		snap := load(t, s, tt.info)
		same(t, "names", []string{snap.Name(user(1)), snap.Name(team(10)), snap.Name(repo(50))}, tt.want)
		same(t, "grants", snap.Grants, g)
		things, err := s.Things(t.Context(), tt.info)
		if err != nil {
			t.Fatal(err)
		}
		snap.Grants, snap.People = nil, nil // a grant is all that tells of this person
		same(t, "the snapshot without its grants", things, snap)
	}
	for r, want := range map[access.Ref][]Label{
		user(1):  {{"ann", hour(0), hour(1)}, {"ann-b", hour(1), time.Time{}}},
		team(10): {{"sre", hour(0), hour(1)}, {"reliability", hour(1), time.Time{}}},
		repo(50): {{"api", hour(0), hour(1)}, {"api-v2", hour(1), time.Time{}}},
	} {
		got, err := s.Names(t.Context(), "acme", r)
		if err != nil {
			t.Fatal(err)
		}
		same(t, r.String(), got, want)
	}
}

func TestLabelThatTellsLessChangesNothing(t *testing.T) {
	s := fresh(t)
	full := access.Person{ID: 1, NodeID: "U_1", Login: "ann", Name: "Ann", CreatedAt: noon}
	for n := range 3 {
		p := begin(t, s, hour(n))
		for _, person := range []access.Person{{ID: 1, Login: "ann"}, full, {ID: 1, Login: "ann"}, {ID: 1}, {ID: 2}} {
			if err := p.People(t.Context(), []access.Person{person}); err != nil {
				t.Fatal(err)
			}
		}
		put(t, p, access.AreaOutside, 1, access.Outside{User: 1})
		same(t, "people", load(t, s, finish(t, p)).People, []access.Person{full})
	}
	if n := count(t, s, "people"); n != 1 {
		t.Errorf("%d rows of people, want 1", n)
	}
}

func TestWhoHasLeftIsNotInTheSnapshot(t *testing.T) {
	s := fresh(t)
	for n, there := range []bool{true, false} {
		p := begin(t, s, hour(n))
		if there {
			if err := p.People(t.Context(), []access.Person{{ID: 1, Login: "ann"}}); err != nil {
				t.Fatal(err)
			}
			put(t, p, access.AreaMembers, 1, inOrg(1, access.Member))
		}
		complete(t, p, access.Areas...)
		snap := load(t, s, finish(t, p))
		if got := len(snap.People) == 1; got != there {
			t.Errorf("ann is in snapshot %d: %v, want %v", n, got, there)
		}
	}
}

func TestOrganizationIsFoundByItsFormerLogin(t *testing.T) {
	s := fresh(t)
	take := func(id int64, login string, n int) SnapshotInfo {
		p, err := s.Begin(t.Context(), access.Organization{ID: id, Login: login}, hour(n))
		if err != nil {
			t.Fatal(err)
		}
		return finish(t, p)
	}
	first := take(1, "acme", 0)
	take(1, "acme-robotics", 1)
	if got := load(t, s, first).Org.Login; got != "acme" {
		t.Errorf("it was called %q then, want acme", got)
	}
	for _, login := range []string{"acme", "ACME", "Acme-Robotics"} {
		if got, err := s.Latest(t.Context(), login); err != nil || got.OrgID != 1 || got.Org != "acme-robotics" {
			t.Errorf("%s is %+v, %v", login, got, err)
		}
	}
	take(2, "Acme", 2) // somebody else takes the name that became free
	if got, err := s.Latest(t.Context(), "acme"); err != nil || got.OrgID != 2 {
		t.Errorf("acme is %+v, %v; want its present owner", got, err)
	}
	orgs, err := s.Orgs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	same(t, "organizations", orgs, []access.Organization{{ID: 2, Login: "Acme"}, {ID: 1, Login: "acme-robotics"}})
	if _, err := s.Latest(t.Context(), "nobody"); !errors.Is(err, ErrNoSnapshot) || !strings.Contains(err.Error(), "Acme, acme-robotics") {
		t.Errorf("an unknown login: %v", err)
	}
}

// An organization that was deleted keeps its login in the store; whoever took it over is
// seen later, whatever the numbers of the two are.
func TestLoginOfTwoOrganizationsIsThatOfTheOneSeenLast(t *testing.T) {
	s := fresh(t)
	take := func(id int64, n int) {
		p, err := s.Begin(t.Context(), access.Organization{ID: id, Login: "acme"}, hour(n))
		if err != nil {
			t.Fatal(err)
		}
		finish(t, p)
	}
	for n, id := range []int64{7, 90, 3} {
		take(id, n)
		if got, err := s.Latest(t.Context(), "Acme"); err != nil || got.OrgID != id {
			t.Errorf("acme is %+v, %v; want organization %d", got, err, id)
		}
	}
}

func TestSnapshotOfAnInstantIsTheNewestNotLater(t *testing.T) {
	s := fresh(t)
	var infos []SnapshotInfo
	for n := range 3 {
		infos = append(infos, finish(t, begin(t, s, hour(n))))
	}
	begin(t, s, hour(3)) // not finished, so not there
	for _, tt := range []struct {
		at   time.Time
		want int
	}{{hour(0), 0}, {hour(1).Add(-time.Millisecond), 0}, {hour(1), 1}, {hour(1).Add(time.Minute), 1}, {hour(99), 2}} {
		if got, err := s.At(t.Context(), "acme", tt.at); err != nil || got.ID != infos[tt.want].ID {
			t.Errorf("at %s: %+v, %v; want snapshot %d", tt.at, got, err, infos[tt.want].ID)
		}
	}
	if _, err := s.At(t.Context(), "acme", hour(-1)); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("before the first: %v", err)
	}
	all, err := s.Snapshots(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	same(t, "all, newest first", all, []SnapshotInfo{infos[2], infos[1], infos[0]})
}

func TestGrantsOfAndOnAreThoseOfTheInstant(t *testing.T) {
	s := fresh(t)
	orgRole := access.Grant{Principal: team(10), Resource: access.Ref{Kind: access.Org, ID: acme.ID}, Privilege: access.Read, Source: access.ByOrgRole, Role: 6}
	key := access.Grant{Principal: access.Ref{Kind: access.Key, ID: 90}, Resource: repo(50), Privilege: access.Write, Source: access.ByKey}
	invited := access.Grant{Principal: access.Ref{Kind: access.Invitation, ID: 33}, Resource: orgRole.Resource, Privilege: access.Member, Source: access.Invited}
	p := begin(t, s, hour(0))
	put(t, p, access.AreaMembers, 1, inOrg(1, access.Owner))
	put(t, p, access.AreaInvitations, 33, access.Invite{ID: 33}, invited)
	put(t, p, access.AreaTeamMembers, 10, member(1, 10, access.Member), member(2, 10, access.Member))
	put(t, p, access.AreaTeamGrants, 10, byTeam(10, 50, access.Write), byTeam(10, 51, access.Read))
	put(t, p, access.AreaOrgRoleAssignments, 6, orgRole)
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Admin), direct(10, 50, access.Read))
	put(t, p, access.AreaGates, 50, reviewer(user(1), 71), reviewer(team(10), 71))
	put(t, p, access.AreaDeployKeys, 50, access.DeployKey{ID: 90, Repo: 50}, key)
	finish(t, p)
	p = begin(t, s, hour(1))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	put(t, p, access.AreaTeamGrants, 10, byTeam(10, 51, access.Read))
	last := load(t, s, finish(t, p))

	of := func(r access.Ref, at time.Time, want ...access.Grant) {
		t.Helper()
		got, err := s.GrantsOf(t.Context(), "acme", r, at)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "grants of "+r.String(), got, want)
	}
	on := func(r access.Ref, at time.Time, want ...access.Grant) {
		t.Helper()
		got, err := s.GrantsOn(t.Context(), "acme", r, at)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "grants on "+r.String(), got, want)
	}
	of(user(1), hour(0), member(1, 10, access.Member), inOrg(1, access.Owner), direct(1, 50, access.Admin), reviewer(user(1), 71))
	of(user(1), hour(1), member(1, 10, access.Member), inOrg(1, access.Owner), direct(1, 50, access.Read), reviewer(user(1), 71))
	of(team(10), hour(0), orgRole, byTeam(10, 50, access.Write), byTeam(10, 51, access.Read), reviewer(team(10), 71))
	of(user(10), hour(0), direct(10, 50, access.Read)) // a user with a team's number
	of(user(10), hour(1))
	of(key.Principal, hour(1), key)
	of(invited.Principal, hour(1), invited)
	on(repo(50), hour(0), direct(1, 50, access.Admin), direct(10, 50, access.Read), byTeam(10, 50, access.Write), key)
	on(repo(50), hour(1), direct(1, 50, access.Read), key)
	on(repo(51), hour(1), byTeam(10, 51, access.Read))
	on(team(10), hour(1), member(1, 10, access.Member), member(2, 10, access.Member))
	on(env(71), hour(1), reviewer(user(1), 71), reviewer(team(10), 71))
	on(orgRole.Resource, hour(1), inOrg(1, access.Owner), orgRole, invited)
	for _, r := range []access.Ref{repo(50), repo(51), team(10), env(71), orgRole.Resource} {
		on(r, hour(1), last.GrantsOn(r)...)
	}
	for _, g := range last.Grants { // of every sort that there is
		want := hour(0)
		if g == direct(1, 50, access.Read) {
			want = hour(1)
		}
		if got, err := s.seenSince(t.Context(), acme.ID, last.ID, g); err != nil || !got.Equal(want) {
			t.Errorf("%s is seen since %s, %v; want %s", g.Key(), got, err, want)
		}
	}
}
