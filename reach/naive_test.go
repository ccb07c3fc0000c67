package reach_test

import (
	"cmp"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

var theOrg = access.Ref{Kind: access.Org, ID: 1}

func user(id int64) access.Ref { return access.Ref{Kind: access.User, ID: id} }
func team(id int64) access.Ref { return access.Ref{Kind: access.Team, ID: id} }
func repo(id int64) access.Ref { return access.Ref{Kind: access.Repo, ID: id} }

// drawSnapshot invents a small organization, odd ones included: parents that
// turn in circles, teams nobody listed, people in teams who are not members.
func drawSnapshot(t *rapid.T) *access.Snapshot {
	onRepo := rapid.SampledFrom([]access.Privilege{access.Read, access.Triage, access.Write, access.Maintain, access.Admin})
	role := rapid.SampledFrom([]int64{0, 0, 71, 72})
	id := func(n int64) int64 { return rapid.Int64Range(1, n).Draw(t, "id") }
	s := &access.Snapshot{Org: access.Organization{ID: 1, Login: "acme"}}
	if rapid.Bool().Draw(t, "settings seen") {
		s.Settings = &access.Settings{BasePermission: rapid.SampledFrom([]access.Privilege{access.None, access.Read, access.Write}).Draw(t, "base")}
	}
	if rapid.Bool().Draw(t, "members seen") {
		s.Coverage.Set(access.Cover{Area: access.AreaMembers, Status: access.Complete})
	}
	for i := range id(5) {
		s.Repositories = append(s.Repositories, access.Repository{ID: i + 1, Name: "r"})
	}
	for i := range id(6) {
		s.Teams = append(s.Teams, access.TeamInfo{ID: i + 1, Slug: "t", Parent: rapid.Int64Range(0, 8).Draw(t, "parent")})
	}
	for range rapid.IntRange(0, 60).Draw(t, "grants") {
		var g access.Grant
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0, 1:
			g = access.Grant{Principal: user(id(9)), Resource: theOrg, Privilege: access.Member, Source: access.Direct}
		case 2:
			g = access.Grant{Principal: user(id(9)), Resource: theOrg, Privilege: access.Owner, Source: access.ByOwner}
		case 3, 4, 5:
			g = access.Grant{Principal: user(id(9)), Resource: team(id(7)), Privilege: access.Member, Source: access.Direct}
		case 6:
			p := rapid.SampledFrom([]access.Ref{user(id(9)), team(id(7))}).Draw(t, "holder")
			g = access.Grant{Principal: p, Resource: theOrg, Privilege: onRepo.Draw(t, "base"), Source: access.ByOrgRole}
			g.Role = 80 + int64(g.Privilege) // one base per role
		case 7:
			g = access.Grant{Principal: user(id(9)), Resource: repo(id(5)), Privilege: onRepo.Draw(t, "p"), Source: access.Direct, Role: role.Draw(t, "role")}
		default:
			g = access.Grant{Principal: team(id(7)), Resource: repo(id(5)), Privilege: onRepo.Draw(t, "p"), Source: access.ByTeam, Role: role.Draw(t, "role")}
		}
		if !slices.Contains(s.Grants, g) {
			s.Grants = append(s.Grants, g)
		}
	}
	sortSnapshot(s)
	return s
}

// naive works out effective access person by person, from the words of the
// documentation and nothing else.
type naive struct{ s *access.Snapshot }

func (n naive) has(match func(access.Grant) bool) bool { return slices.ContainsFunc(n.s.Grants, match) }

func (n naive) owner(u int64) bool {
	return n.has(func(g access.Grant) bool {
		return g.Principal == user(u) && g.Resource == theOrg && g.Privilege == access.Owner
	})
}

func (n naive) member(u int64) bool {
	inOrg := n.has(func(g access.Grant) bool {
		return g.Principal == user(u) && g.Resource == theOrg && g.Privilege.OnOrganization()
	})
	inTeam := n.has(func(g access.Grant) bool { return g.Principal == user(u) && g.Resource.Kind == access.Team })
	return inOrg || inTeam && !n.s.Coverage.Complete(access.AreaMembers)
}

// above reports whether the team is the top one or below it.
func (n naive) above(t, top int64) bool {
	for range 64 {
		if t == top {
			return true
		}
		i := slices.IndexFunc(n.s.Teams, func(x access.TeamInfo) bool { return x.ID == t })
		if i < 0 || n.s.Teams[i].Parent == 0 {
			return false
		}
		t = n.s.Teams[i].Parent
	}
	return false
}

// in reports whether the user is in the team or in one below it.
func (n naive) in(u, t int64) bool {
	return n.member(u) && n.has(func(g access.Grant) bool {
		return g.Principal == user(u) && g.Resource.Kind == access.Team && n.above(g.Resource.ID, t)
	})
}

func (n naive) sources(u, r int64) []reach.Source {
	var out []reach.Source
	if n.owner(u) {
		out = append(out, reach.Source{Kind: access.ByOwner, Privilege: access.Admin})
	} else if s := n.s.Settings; n.member(u) && s != nil && s.BasePermission >= access.Read {
		out = append(out, reach.Source{Kind: access.Base, Privilege: s.BasePermission})
	}
	for _, g := range n.s.Grants {
		holds := g.Principal == user(u) || g.Principal.Kind == access.Team && n.in(u, g.Principal.ID)
		switch {
		case !holds:
		case g.Source == access.ByOrgRole && g.Privilege >= access.Read:
			row := reach.Source{Kind: g.Source, Privilege: g.Privilege, Role: g.Role}
			if !slices.Contains(out, row) {
				out = append(out, row)
			}
		case g.Resource == repo(r):
			row := reach.Source{Kind: g.Source, Privilege: g.Privilege, Role: g.Role}
			if g.Source == access.ByTeam {
				row.Via = g.Principal.ID
			}
			same := func(o reach.Source) bool { return o.Kind == row.Kind && o.Via == row.Via }
			if i := slices.IndexFunc(out, same); i < 0 {
				out = append(out, row)
			} else if stronger(row, out[i]) {
				out[i] = row
			}
		}
	}
	return out
}

// stronger compares two grants on a repository; a custom role adds to its base.
func stronger(a, b reach.Source) bool {
	return rank(a) > rank(b) || rank(a) == rank(b) && a.Role < b.Role
}

func rank(s reach.Source) int {
	r := int(s.Privilege) * 2
	if s.Role != 0 && s.Kind != access.ByOrgRole {
		r++
	}
	return r
}

func (n naive) on(u, r int64) reach.Access {
	a := reach.Access{User: u, Privilege: access.None, Sources: n.sources(u, r)}
	var best reach.Source
	for _, s := range a.Sources {
		if s.Kind == access.ByOrgRole {
			s.Role = 0
		}
		if best.Privilege == 0 || stronger(s, best) {
			best = s
		}
	}
	if best.Privilege != 0 {
		a.Privilege, a.Role = best.Privilege, best.Role
	}
	return a
}

// plain drops what the naive method does not choose: the order of the sources,
// and through which of several own teams a source is said to come.
func plain(a reach.Access) reach.Access {
	a.Sources = slices.Clone(a.Sources)
	for i := range a.Sources {
		a.Sources[i].Team = 0
		if a.Sources[i].Kind == access.ByOrgRole {
			a.Sources[i].Via = 0
		}
	}
	slices.SortFunc(a.Sources, func(x, y reach.Source) int {
		return cmp.Or(cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Via, y.Via), cmp.Compare(x.Role, y.Role), cmp.Compare(x.Privilege, y.Privilege))
	})
	return a
}

func TestReachEqualsTheNaiveMethod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		g, n := reach.New(s), naive{s}
		for r := int64(1); r <= 5; r++ {
			var want []reach.Access
			for u := int64(1); u <= 9; u++ {
				a := n.on(u, r)
				if d := gocmp.Diff(plain(a), plain(g.On(u, r)), cmpopts.EquateEmpty()); d != "" && known(g, r) {
					t.Fatalf("On(%d, %d):\n%s", u, r, d)
				}
				if len(a.Sources) > 0 {
					want = append(want, plain(a))
				}
			}
			if !known(g, r) {
				continue
			}
			got := g.Effective(r)
			for i, a := range got {
				if d := gocmp.Diff(g.On(a.User, r), a); d != "" {
					t.Fatalf("On and Effective differ:\n%s", d)
				}
				got[i] = plain(a)
			}
			if d := gocmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
				t.Fatalf("Effective(%d):\n%s", r, d)
			}
		}
	})
}

func known(g *reach.Graph, r int64) bool { return slices.Contains(slices.Collect(g.Repositories()), r) }

func TestEveryWayOfAskingGivesTheSameAnswer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		g := reach.New(s)
		byUser := map[int64][]reach.Access{}
		for r, levels := range g.Each() {
			full := g.Effective(r)
			if len(full) != len(levels) {
				t.Fatalf("repository %d: %d levels, %d accesses", r, len(levels), len(full))
			}
			for i, a := range full {
				if levels[i] != (reach.Level{User: a.User, Privilege: a.Privilege, Role: a.Role}) {
					t.Fatalf("repository %d: level %v, access %v", r, levels[i], a)
				}
				byUser[a.User] = append(byUser[a.User], a)
				checkPaths(t, g, a, r)
			}
		}
		for u := int64(1); u <= 9; u++ {
			var got []reach.Access
			highest := access.None
			for _, a := range g.Of(u) {
				got = append(got, a)
				highest = max(highest, a.Privilege)
			}
			if h := g.Highest(u); h != highest {
				t.Fatalf("Highest(%d) = %v, want %v", u, h, highest)
			}
			if d := gocmp.Diff(byUser[u], got); d != "" {
				t.Fatalf("Of(%d):\n%s", u, d)
			}
		}
	})
}

// checkPaths holds the paths of one pair against its sources.
func checkPaths(t *rapid.T, g *reach.Graph, a reach.Access, r int64) {
	paths := g.Paths(a.User, r)
	if len(paths) < len(a.Sources) {
		t.Fatalf("user %d on %d: %d paths for %d sources", a.User, r, len(paths), len(a.Sources))
	}
	last := access.Admin
	for _, p := range paths {
		if p[0].From.Ref != user(a.User) || p[len(p)-1].To.Ref != repo(r) {
			t.Fatalf("path does not lead from user %d to repository %d: %v", a.User, r, p)
		}
		for i := range p[1:] {
			if p[i].To.Ref != p[i+1].From.Ref {
				t.Fatalf("path is broken: %v", p)
			}
		}
		end := p[len(p)-1].Privilege
		if end > last {
			t.Fatalf("paths are not strongest first: %v", paths)
		}
		last = end
	}
	if got := paths[0][len(paths[0])-1].Privilege; got != a.Privilege {
		t.Fatalf("strongest path gives %v, effective access is %v", got, a.Privilege)
	}
}

func TestOrderOfTheRowsChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		mixed := *s
		mixed.Grants = rapid.Permutation(s.Grants).Draw(t, "grants")
		mixed.Teams = rapid.Permutation(s.Teams).Draw(t, "teams")
		mixed.Repositories = rapid.Permutation(s.Repositories).Draw(t, "repositories")
		a, b := reach.New(s), reach.New(&mixed)
		for r := range a.Repositories() {
			if d := gocmp.Diff(a.Effective(r), b.Effective(r)); d != "" {
				t.Fatalf("repository %d:\n%s", r, d)
			}
		}
	})
}

func TestOneMoreGrantNeverLowersAnybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawSnapshot(t)
		if len(s.Grants) == 0 {
			return
		}
		less := *s
		i := rapid.IntRange(0, len(s.Grants)-1).Draw(t, "left out")
		less.Grants = slices.Delete(slices.Clone(s.Grants), i, i+1)
		before, after := reach.New(&less), reach.New(s)
		for r := range before.Repositories() {
			for _, l := range before.Levels(r) {
				if got := after.On(l.User, r); got.Privilege < l.Privilege {
					t.Fatalf("user %d on repository %d fell from %v to %v when %v was added", l.User, r, l.Privilege, got.Privilege, s.Grants[i])
				}
			}
		}
	})
}
