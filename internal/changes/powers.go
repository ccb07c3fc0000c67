package changes

import (
	"cmp"
	"maps"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// Power is what the changes together did to one person: on how many
// repositories they can write now and could not before, and the other way round.
// Repositories that only one snapshot has are not counted.
type Power struct {
	Person  access.Named
	Outside bool // still known, and neither member nor owner now
	Gained  Reached
	Lost    Reached
}

// Reached counts repositories.
type Reached struct {
	Repositories int
	Admin        int            // of them, those with admin; or those where only admin came or went
	First        []access.Named // at most five, by name
}

// firstNames is how many repositories a [Reached] names.
const firstNames = 5

// powers compares what people can do, where something changed that bears on it.
// A change of the base permission bears on everything.
func (c *comparison) powers() []Power {
	shared := map[int64]bool{}
	both(c.was.Snapshot.Repositories, c.is.Snapshot.Repositories, access.Repository.Key,
		func(access.Repository) {}, func(access.Repository) {},
		func(_, r access.Repository) { shared[r.ID] = true })
	found := map[int64]*Power{}
	if c.everywhere {
		c.repos = shared
	} else {
		for _, u := range slices.Sorted(maps.Keys(c.users)) {
			c.person(u, shared, found)
		}
	}
	for _, r := range slices.Sorted(maps.Keys(c.repos)) {
		if shared[r] {
			c.repository(r, found)
		}
	}
	out := make([]Power, 0, len(found))
	for id, p := range found {
		p.Person = c.name(access.Ref{Kind: access.User, ID: id})
		_, known := c.is.Snapshot.Person(id)
		p.Outside = known && !c.is.Graph.Member(id)
		p.Gained.cut()
		p.Lost.cut()
		out = append(out, *p)
	}
	slices.SortFunc(out, func(a, b Power) int {
		return cmp.Or(
			cmp.Compare(gains(b), gains(a)), cmp.Compare(b.Gained.Admin, a.Gained.Admin), cmp.Compare(b.Gained.Repositories, a.Gained.Repositories),
			cmp.Compare(b.Lost.Repositories, a.Lost.Repositories), cmp.Compare(a.Person.Name, b.Person.Name),
		)
	})
	return out
}

// gains puts outsiders who gain first, then others who do, then those who lose.
func gains(p Power) int {
	switch {
	case p.Gained.Repositories == 0:
		return 0
	case p.Outside:
		return 2
	}
	return 1
}

func (c *comparison) person(u int64, shared map[int64]bool, found map[int64]*Power) {
	was, is := reachedBy(c.was.Graph, u), reachedBy(c.is.Graph, u)
	repos := maps.Clone(was)
	maps.Copy(repos, is)
	for _, r := range slices.Sorted(maps.Keys(repos)) {
		if shared[r] {
			c.count(u, r, was[r], is[r], found)
		}
	}
}

func reachedBy(g *reach.Graph, u int64) map[int64]access.Privilege {
	out := map[int64]access.Privilege{}
	for r, a := range g.Of(u) {
		out[r] = a.Privilege
	}
	return out
}

func (c *comparison) repository(r int64, found map[int64]*Power) {
	both(c.was.Graph.Levels(r), c.is.Graph.Levels(r), func(l reach.Level) int64 { return l.User },
		func(l reach.Level) { c.onRepository(l.User, r, l.Privilege, access.None, found) },
		func(l reach.Level) { c.onRepository(l.User, r, access.None, l.Privilege, found) },
		func(was, is reach.Level) { c.onRepository(is.User, r, was.Privilege, is.Privilege, found) })
}

func (c *comparison) onRepository(u, r int64, was, is access.Privilege, found map[int64]*Power) {
	if c.everywhere || !c.users[u] { // those were counted person by person
		c.count(u, r, was, is, found)
	}
}

func (c *comparison) count(u, r int64, was, is access.Privilege, found map[int64]*Power) {
	if max(was, is) < access.Write || min(was, access.Admin) == min(is, access.Admin) {
		return
	}
	writes, admin := (was >= access.Write) != (is >= access.Write), (was >= access.Admin) != (is >= access.Admin)
	if !writes && !admin {
		return
	}
	p := found[u]
	if p == nil {
		p = &Power{}
		found[u] = p
	}
	to := &p.Lost
	if is > was {
		to = &p.Gained
	}
	to.Repositories++
	if admin {
		to.Admin++
	}
	to.First = append(to.First, c.name(access.Ref{Kind: access.Repo, ID: r}))
}

// cut keeps the first names.
func (r *Reached) cut() {
	slices.SortFunc(r.First, func(a, b access.Named) int { return cmp.Compare(a.Name, b.Name) })
	r.First = r.First[:min(len(r.First), firstNames)]
}
