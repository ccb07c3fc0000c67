// Package changes says what is different between two snapshots of one
// organization. It is pure. Things are matched by GitHub's number, so a rename
// is one change and no removal; and what one of the snapshots did not see to its
// end is told apart from what came or went.
package changes

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// Effect says in which direction a change moves access.
type Effect string

// The effects.
const (
	More  Effect = "more"  // somebody can do more, or a gate is weaker
	Less  Effect = "less"  // somebody can do less, or a gate is stronger
	Other Effect = "other" // neither by itself: a rename, a move
)

// Change is one difference. Its names are those of the newer snapshot, where
// that has the thing.
type Change struct {
	Class   string       // settings, owners, people, outside, two-factor, invitations, teams, memberships, organization-roles, roles, repositories, grants, environments, keys
	What    string       // added, removed, raised, lowered, renamed, moved, changed, weakened, strengthened
	Effect  Effect       //
	Subject access.Named // who or what changed
	Object  access.Named // what a grant or a membership is on; zero for none
	Aspect  string       // which part of the subject changed: "wait timer"; "" for the whole
	Before  string       // "" where there was nothing
	After   string       // "" where there is nothing
	With    access.Named // the thing that came or went and took this along; zero for none
	Doubt   string       // why this may only be newly seen or no longer seen; "" where both snapshots saw it

	weight int // how much it deserves to be read first
}

// Carries reports whether the change is of a thing that came or went itself, so
// that others can be With it.
func (c Change) Carries() bool {
	whole := c.Object.IsZero() || c.Object.Kind == access.Org && (c.Class == "people" || c.Class == "owners")
	return whole && c.With.IsZero() && (c.What == "added" || c.What == "removed")
}

// Cover is an area that one snapshot saw better than the other.
type Cover struct {
	Area          access.Area
	Before, After access.Status
	Reason        string // of the one that saw less
}

// Diff is everything that is different, the most important first.
type Diff struct {
	Changes  []Change
	Powers   []Power // who gained or lost write or more, on repositories that both have
	Unsure   string  // why Powers may be incomplete or only newly seen; "" for no reason
	Coverage []Cover
}

// Side is one of the two snapshots.
type Side struct {
	Snapshot *access.Snapshot
	Graph    *reach.Graph
}

// comparison is one run.
type comparison struct {
	was, is Side
	out     []Change

	gone, made map[access.Ref]bool // teams, repositories, environments, people that only one side has
	users      map[int64]bool      // whose access may differ anywhere
	repos      map[int64]bool      // where anybody's access may differ
	everywhere bool
}

// Compare gives the differences from one snapshot to a later one of the same
// organization.
func Compare(was, is Side) Diff {
	c := &comparison{was: was, is: is, gone: map[access.Ref]bool{}, made: map[access.Ref]bool{},
		users: map[int64]bool{}, repos: map[int64]bool{}}
	c.settings()
	c.teams()
	c.repositories()
	c.environments()
	c.people()
	c.keys()
	c.invitations()
	c.roles()
	c.grants()
	c.carry()
	slices.SortStableFunc(c.out, first)
	d := Diff{Changes: c.out, Coverage: c.coverage(), Unsure: c.unsure()}
	d.Powers = c.powers()
	return d
}

// first orders changes: what gives more access before what takes it away, and
// what matters most before the rest.
func first(a, b Change) int {
	rank := map[Effect]int{More: 0, Less: 1, Other: 2}
	return cmp.Or(
		cmp.Compare(rank[a.Effect], rank[b.Effect]), cmp.Compare(b.weight, a.weight), cmp.Compare(a.Class, b.Class),
		cmp.Compare(a.Subject.Name, b.Subject.Name), cmp.Compare(a.Object.Name, b.Object.Name), cmp.Compare(a.Aspect, b.Aspect),
	)
}

// name gives a thing the name that it has, else the one that it had.
func (c *comparison) name(r access.Ref) access.Named {
	return access.Named{Ref: r, Name: c.nameOf(r)}
}

func (c *comparison) nameOf(r access.Ref) string {
	if c.gone[r] || !knows(c.is.Snapshot, r) && knows(c.was.Snapshot, r) {
		return c.was.Snapshot.Name(r)
	}
	return c.is.Snapshot.Name(r)
}

// knows reports whether the snapshot has a name for the thing.
func knows(s *access.Snapshot, r access.Ref) (ok bool) {
	switch r.Kind {
	case access.User:
		_, ok = s.Person(r.ID)
	case access.Team:
		_, ok = s.Team(r.ID)
	case access.Repo:
		_, ok = s.Repository(r.ID)
	case access.Env:
		_, ok = s.Environment(r.ID)
	case access.Key:
		_, ok = s.Key(r.ID)
	case access.Org, access.Invitation:
		ok = true
	}
	return ok
}

func (c *comparison) add(x Change) { c.out = append(c.out, x) }

// both walks two lists of things with a number, each in ascending order.
func both[T any](was, is []T, key func(T) int64, removed, added func(T), kept func(was, is T)) {
	i, j := 0, 0
	for i < len(was) || j < len(is) {
		switch {
		case j == len(is) || i < len(was) && key(was[i]) < key(is[j]):
			removed(was[i])
			i++
		case i == len(was) || key(is[j]) < key(was[i]):
			added(is[j])
			j++
		default:
			kept(was[i], is[j])
			i, j = i+1, j+1
		}
	}
}

// carry gives a thing that came or went the weight and the direction of what it
// brought or took along.
func (c *comparison) carry() {
	at := map[access.Ref]int{}
	for i, x := range c.out {
		if x.Carries() {
			at[x.Subject.Ref] = i
		}
	}
	for _, x := range c.out {
		if i, ok := at[x.With.Ref]; ok && !x.With.IsZero() {
			if c.out[i].Effect == Other {
				c.out[i].Effect = x.Effect
			}
			c.out[i].weight = max(c.out[i].weight, x.weight+1) // it stands before them
		}
	}
}
