package evidence

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/internal/store"
)

// place is one scope of an area; scope 0 is all of it.
type place struct {
	area  access.Area
	scope int64
}

// ledger is the coverage of all snapshots of the period: which line held when.
type ledger struct {
	spans  map[place][]store.CoverSpan // of each place by when they begin
	scoped map[access.Area][]place     // of those, what is less than an area
	torn   map[access.Area][]place     // of those, what was not whole at some time
	words  map[string]string           // one copy of what many lines say
}

func newLedger() ledger {
	return ledger{map[place][]store.CoverSpan{}, map[access.Area][]place{}, map[access.Area][]place{}, map[string]string{}}
}

func (l *ledger) word(s string) string {
	if known, ok := l.words[s]; ok {
		return known
	}
	l.words[s] = s
	return s
}

func (l *ledger) add(c store.CoverSpan) {
	c.Reason, c.Help = l.word(c.Reason), l.word(c.Help)
	at := place{c.Area, c.Scope}
	if c.Scope != 0 && len(l.spans[at]) == 0 {
		l.scoped[c.Area] = append(l.scoped[c.Area], at)
	}
	if c.Scope != 0 && gap(c.Status) && !slices.Contains(l.torn[c.Area], at) {
		l.torn[c.Area] = append(l.torn[c.Area], at)
	}
	l.spans[at] = append(l.spans[at], c)
}

// area gives every line of an area, by scope and by when it began.
func (l *ledger) area(a access.Area) []store.CoverSpan {
	scopes := append([]place{{a, 0}}, l.scoped[a]...)
	slices.SortFunc(scopes, byArea)
	var out []store.CoverSpan
	for _, at := range scopes {
		out = append(out, l.spans[at]...)
	}
	return out
}

// holes gives the stretches of snapshots in which an area has no line at all: from
// one on, up to and without another, 0 for the end.
func (l *ledger) holes(a access.Area, all []store.PassInfo) [][2]int64 {
	var out [][2]int64
	open := false
	for _, p := range all {
		_, ok := l.span(place{a, 0}, p.ID)
		switch {
		case !ok && !open:
			out, open = append(out, [2]int64{p.ID, 0}), true
		case ok && open:
			out[len(out)-1][1], open = p.ID, false
		}
	}
	return out
}

// span gives the line of a place that holds for a snapshot.
func (l *ledger) span(at place, snapshot int64) (store.CoverSpan, bool) {
	all := l.spans[at]
	i := sort.Search(len(all), func(i int) bool { return all[i].From > snapshot })
	if i == 0 || all[i-1].To != 0 && all[i-1].To <= snapshot {
		return store.CoverSpan{}, false
	}
	return all[i-1], true
}

// line gives the one that holds for a scope of an area, which is that of the whole
// area where the scope has none of its own.
func (l *ledger) line(at place, snapshot int64) (store.CoverSpan, bool) {
	if at.scope != 0 {
		if c, ok := l.span(at, snapshot); ok {
			return c, true
		}
	}
	return l.span(place{at.area, 0}, snapshot)
}

// sight is how far back before a snapshot it is known that a place was seen whole.
type sight struct {
	at    time.Time // what was seen whole is known as of then; zero: never in the period
	doubt string    // why the snapshot just before is no proof; "" where it is one
}

// before says when a place was last seen whole before one of the snapshots.
func (o *organization) before(at place, all []store.PassInfo, index int) sight {
	var x sight
	for i := index - 1; i >= 0; i-- {
		c, ok := o.ledger.line(at, all[i].ID)
		if ok && c.Status == access.Complete {
			x.at = all[i].At
			if !c.ReadAt.IsZero() && c.ReadAt.Before(x.at) {
				x.at = c.ReadAt
			}
			return x
		}
		if x.doubt == "" {
			x.doubt = "the snapshot before did not see all of it"
			if c.Reason != "" {
				x.doubt += ": " + c.Reason
			}
		}
		if ok && c.From < all[i].ID { // no other line until then
			i = sort.Search(len(all), func(j int) bool { return all[j].ID >= c.From })
		}
	}
	return x
}

// areaOf says where a grant is read.
func (n *names) areaOf(g access.Grant) place {
	switch {
	case g.Principal.Kind == access.Key:
		return place{access.AreaDeployKeys, g.Resource.ID}
	case g.Principal.Kind == access.Invitation && g.Resource.Kind == access.Repo:
		return place{access.AreaRepoInvitations, g.Resource.ID}
	case g.Principal.Kind == access.Invitation:
		return place{access.AreaInvitations, 0}
	case g.Resource.Kind == access.Env:
		return place{access.AreaGates, n.repoOf[g.Resource.ID]}
	}
	a, scope := changes.AreaOf(g)
	return place{a, scope}
}

// byArea orders places as reports do.
func byArea(a, b place) int {
	return cmp.Or(cmp.Compare(slices.Index(access.Areas, a.area), slices.Index(access.Areas, b.area)), cmp.Compare(a.scope, b.scope))
}

// gap reports whether a status says that something is missing. What the plan or the
// server does not have is nothing to miss.
func gap(s access.Status) bool { return s != access.Complete && s != access.Unavailable }
