package collector

import (
	"context"
	"errors"
	"maps"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// pageInfo is where a page of a connection ends.
type pageInfo struct {
	HasNextPage bool
	EndCursor   string
}

// troubles are the errors that came beside the data of an answer.
type troubles struct {
	items []github.GraphQLErrorItem
	sso   *github.PartialError
	apart bool // the inner lists were not asked for yet
}

// at gives the error that touches the field at a path: one at the field itself,
// above it or below it. Paths are names and positions. Where nothing was answered,
// since the run ended, t is nil.
func (t *troubles) at(path ...any) error {
	if t == nil {
		return nil
	}
	for _, item := range t.items {
		if touches(item.Path, path) {
			return &github.GraphQLError{Errors: []github.GraphQLErrorItem{item}}
		}
	}
	if t.apart {
		return errApart
	}
	return nil
}

// errApart stands for a list that is to be asked for by itself: it is heavy.
var errApart = &github.GraphQLError{Errors: []github.GraphQLErrorItem{{Message: "not asked for yet"}}}

// touches reports whether one path is the beginning of the other. An error
// without a path touches everything.
func touches(a, b []any) bool {
	for i := range min(len(a), len(b)) {
		n, isNumber := a[i].(float64)
		if at, ok := b[i].(int); ok {
			if !isNumber || int(n) != at {
				return false
			}
		} else if a[i] != b[i] {
			return false
		}
	}
	return true
}

// heavy reports whether a smaller query may fare better: a gateway that gave
// up, no answer in time, or a GraphQL error that says neither who may see it
// nor what is wrong with the query (GitHub cuts answers that cost too much, with
// a part of the data and an error without a type).
func heavy(err error) bool {
	if g, ok := errors.AsType[*github.GraphQLError](err); ok {
		if badCursor(err) {
			return false
		}
		for _, item := range g.Errors {
			if _, static := item.Extensions["code"]; item.Class() == nil && !static {
				return true
			}
		}
		return false
	}
	return errors.Is(err, github.ErrServer) || errors.Is(err, github.ErrUnreachable)
}

// badCursor reports whether GitHub does not know a cursor any more; then the list
// has to begin anew.
func badCursor(err error) bool {
	g, ok := errors.AsType[*github.GraphQLError](err)
	return ok && g.Errors[0].Type == "INVALID_CURSOR_ARGUMENTS"
}

// fetch asks for one page of a listing, smaller each time the server cannot bear
// it. The error is nil when there is data to look at; troubles say what of it is
// missing.
func fetch[Q any](ctx context.Context, r *run, s *sizer, vars func(n int) map[string]any) (*Q, *troubles, error) {
	for {
		n := s.size()
		q := new(Q)
		err := r.query(ctx, q, vars(n))
		if end := stopped(err); end != nil {
			return nil, nil, end
		}
		if heavy(err) && n > 1 {
			s.shrink(n)
			r.o.Shrunk.Add(1)
			continue
		}
		t, err := sift(err)
		if err == nil && len(t.items) == 0 {
			s.grow()
		}
		return q, t, err
	}
}

// sift parts the errors that came beside data from those that came instead.
func sift(err error) (*troubles, error) {
	t := &troubles{}
	if err == nil {
		return t, nil
	}
	g, isGraphQL := errors.AsType[*github.GraphQLError](err)
	p, isPartial := errors.AsType[*github.PartialError](err)
	if isPartial {
		t.sso = p
	}
	switch {
	case isGraphQL && g.NoData:
		return t, g
	case isGraphQL:
		t.items = g.Errors
		return t, nil
	case isPartial:
		return t, nil
	}
	return t, err
}

// hollow reports whether a row came as null with an error that explains it: a
// field of it that may not be null was refused.
func hollow[N any](rows []*N, t *troubles, path ...any) bool {
	for i, n := range rows {
		if n == nil && t.at(append(path[:len(path):len(path)], i)...) != nil {
			return true
		}
	}
	return false
}

// alone marks that every inner list is to be asked for by itself.
func alone(t *troubles) *troubles {
	return &troubles{sso: t.sso, items: t.items, apart: true}
}

// listing is what one walk over a list of the organization found.
type listing struct {
	ids   map[int64]struct{} // distinct
	holes int                // rows that came as null
	total int                // what GitHub stated last; -1: nothing yet
	pages chain
	moved bool // the list changed under the walk: another total, or pages that do not join
	same  bool // the walk before this one found the same
	loop  bool // the pages went in circles, or a cursor was refused
	gap   *gap // the walk ended before the list did
}

func newListing() *listing { return &listing{ids: map[int64]struct{}{}, total: -1} }

// end notes that the walk ended before the list did. One whose cursor was
// refused may be walked again.
func (l *listing) end(g gap, err error) {
	if badCursor(err) {
		l.loop = true
		return
	}
	l.gap = &g
}

// turn takes what a page says of the list, once its rows are noted, and tells
// whether there is another one. What GitHub counts, each page says anew: a list that
// shrinks before a cursor hides a row behind it, and the numbers may agree all the
// same.
func (l *listing) turn(p leaf) (more bool) {
	l.moved = l.moved || l.total >= 0 && l.total != p.total || !l.pages.joins()
	l.total = p.total
	more, ok := l.pages.step(p, len(l.ids)+l.holes)
	l.loop = !ok
	return more
}

// whole reports whether the list was read to its end: what came is what GitHub
// counts, and nothing moved meanwhile, or it did not matter.
func (l *listing) whole() bool {
	return l.gap == nil && !l.loop && (!l.moved || l.same) && l.holes == 0 && len(l.ids) == l.total
}

// words say what is wrong with a listing that is not whole.
func (l *listing) words(what string) gap {
	switch {
	case l.gap != nil:
		return *l.gap
	case l.loop:
		return partial("%s: the pages do not lead on after %d of %d", what, len(l.ids), l.total)
	case l.holes > 0:
		return partial("%s: %d of %d came as null, or without an id, a login or a name", what, l.holes, l.total)
	case l.moved:
		return partial("%s: the list changed while it was read, twice", what)
	}
	return partial("%s: GitHub counts %d and lists %d", what, l.total, len(l.ids))
}

// settle walks a list, and once more if it was not whole: lists change while
// they are read. Where both walks found the same rows, as many as GitHub counts, it
// is whole however its pages joined: an order may be another one each time. A walk
// that failed is not repeated, since each of its requests was already.
func settle(what string, walk func() (*listing, error)) (*listing, *gap, error) {
	l, err := walk()
	if err == nil && !l.whole() && l.gap == nil {
		first := l
		if l, err = walk(); err == nil {
			l.same = l.total == first.total && maps.Equal(l.ids, first.ids)
		}
	}
	if err != nil || l.whole() {
		return l, nil, err
	}
	g := l.words(what)
	return l, &g, nil
}

// viewer is who asks, as far as it decides what is shown.
type viewer struct {
	ViewerCanAdminister bool
	ViewerIsAMember     bool
}

// asked is the account behind the token; the answer to it may be refused.
type asked struct {
	Login string
}

// app reports whether the token is that of a GitHub App, whose account is a bot.
func (a *asked) app() bool {
	const bot = "[bot]"
	return a != nil && len(a.Login) > len(bot) && a.Login[len(a.Login)-len(bot):] == bot
}

// listed are the entities and grants that make one row.
func one(e access.Entity, grants ...access.Grant) access.Rows {
	rows := access.Rows{Grants: grants}
	if e != nil {
		rows.Entities = []access.Entity{e}
	}
	return rows
}
