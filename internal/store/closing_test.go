package store

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestOnlyACompleteReadClosesAnInterval(t *testing.T) {
	all := func(t testing.TB, p *Pass, except ...access.Area) {
		for _, a := range access.Areas {
			status := access.Complete
			for _, e := range except {
				if e == a {
					status = access.Partial
				}
			}
			if err := p.Cover(t.Context(), access.Cover{Area: a, Status: status}); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept := []access.Grant{member(1, 11, access.Maintain), byTeam(11, 50, access.Write), direct(2, 51, access.Admin)}
	tests := []struct {
		name  string
		cover func(testing.TB, *Pass)
		want  int // of the kept grants
	}{
		{"everything was read", func(t testing.TB, p *Pass) { all(t, p) }, 0},
		{"nothing was said", func(testing.TB, *Pass) {}, 3},
		{"the areas were read in part", func(t testing.TB, p *Pass) {
			all(t, p, access.AreaTeamMembers, access.AreaTeamGrants, access.AreaDirectGrants)
		}, 3},
		{"the listing above was read in part", func(t testing.TB, p *Pass) {
			all(t, p, access.AreaTeams, access.AreaRepositories)
		}, 3},
		{"the listing above was not read", func(t testing.TB, p *Pass) {
			complete(t, p, access.AreaTeamMembers, access.AreaTeamGrants, access.AreaDirectGrants)
		}, 3},
		{"the scopes have gaps", func(t testing.TB, p *Pass) {
			all(t, p)
			gap(t, p, access.AreaTeamMembers, 11)
			gap(t, p, access.AreaTeamGrants, 11)
			gap(t, p, access.AreaDirectGrants, 51)
		}, 3},
		{"their parents have gaps", func(t testing.TB, p *Pass) {
			all(t, p)
			gap(t, p, access.AreaTeams, 11)
			gap(t, p, access.AreaRepositories, 51)
		}, 3},
		{"only the teams were read", func(t testing.TB, p *Pass) {
			all(t, p, access.AreaRepositories)
		}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := fresh(t)
			p := begin(t, s, hour(0))
			put(t, p, access.AreaTeamMembers, 11, kept[0])
			put(t, p, access.AreaTeamGrants, 11, kept[1])
			put(t, p, access.AreaDirectGrants, 51, kept[2])
			first := finish(t, p)

			p = begin(t, s, hour(1))
			tt.cover(t, p)
			info := finish(t, p)
			if got := len(load(t, s, info).Grants); got != tt.want {
				t.Errorf("%d grants live on, want %d", got, tt.want)
			}
			if info.Stats.GrantsClosed != int64(3-tt.want) {
				t.Errorf("%d grants were closed, want %d", info.Stats.GrantsClosed, 3-tt.want)
			}
			same(t, "the first snapshot", load(t, s, first).Grants, kept)
		})
	}
}

func TestPartOfAScopeAddsAndClosesNothing(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read), direct(2, 50, access.Admin))
	put(t, p, access.AreaRepositories, 50, access.Repository{ID: 50, Name: "api"})
	finish(t, p)

	p = begin(t, s, hour(1))
	add(t, p, access.AreaDirectGrants, 50, direct(3, 50, access.Write))
	add(t, p, access.AreaRepositories, 50, access.Repository{ID: 50, Name: "api-v2"})
	gap(t, p, access.AreaDirectGrants, 50)
	second := load(t, s, finish(t, p))
	same(t, "after a part", second.Grants, []access.Grant{direct(1, 50, access.Read), direct(2, 50, access.Admin), direct(3, 50, access.Write)})
	same(t, "the repository", second.Repositories, []access.Repository{{ID: 50, Name: "api-v2"}})

	// The first content again: its digest is that of the first pass, but no longer
	// that of what is stored.
	p = begin(t, s, hour(2))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read), direct(2, 50, access.Admin))
	same(t, "after the whole", load(t, s, finish(t, p)).Grants, []access.Grant{direct(1, 50, access.Read), direct(2, 50, access.Admin)})
}
