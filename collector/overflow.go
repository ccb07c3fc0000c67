package collector

import (
	"cmp"
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/internal/github"
)

// How many lists one overflow query follows, and how much of each. Each list, with
// the page before the one that is asked for, is two of the requests of which 149
// still cost one point.
const (
	overflowLists = 50
	overflowRows  = 100
	overflowLess  = 20 // for a list that is too heavy by itself
)

// overflow follows inner lists beyond their first page, many in one query: each
// has a cursor of its own, so each is a node(id:) field with an alias. githubv4
// has no aliases made at run time, so the query's struct is.
type overflow[E any] struct {
	r    *run
	on   string // the type that has the list: Team, Repository
	list string // the connection, with $after for its cursor: "members(first:$n,after:$after,membership:IMMEDIATE)"

	// Set where lists come from batches that run side by side. Then nothing is asked
	// before drain, and in the order of ids: a pass that is taken up asks for the
	// same lists in the same queries, and finds their answers.
	gather bool

	mu      sync.Mutex
	pending []*inner[E]
}

// add takes a list that wants more, and asks for what has gathered once it
// fills a query.
func (o *overflow[E]) add(ctx context.Context, l *inner[E]) error {
	if o.gather {
		o.wait(l)
		return nil
	}
	return o.flush(ctx, overflowLists, l)
}

// drain asks until every list has come to its end.
func (o *overflow[E]) drain(ctx context.Context) error { return o.flush(ctx, 1) }

// flush asks in batches as long as at least so many lists wait.
func (o *overflow[E]) flush(ctx context.Context, least int, more ...*inner[E]) error {
	for {
		o.mu.Lock()
		o.pending = append(o.pending, more...)
		more = nil
		var batch []*inner[E]
		if len(o.pending) >= least {
			if o.gather {
				slices.SortFunc(o.pending, func(a, b *inner[E]) int { return cmp.Compare(a.node, b.node) })
			}
			n := min(len(o.pending), overflowLists)
			batch, o.pending = o.pending[:n:n], o.pending[n:]
		}
		o.mu.Unlock()
		if len(batch) == 0 {
			return nil
		}
		if err := o.ask(ctx, batch, overflowRows); err != nil {
			return err
		}
	}
}

// ask sends one query for a batch of lists. A batch that the server cannot bear
// is split; a list that it cannot bear alone is asked for in smaller pages.
func (o *overflow[E]) ask(ctx context.Context, batch []*inner[E], rows int) error {
	q := reflect.New(o.queryType(len(batch)))
	vars := map[string]any{"n": githubv4.Int(rows)}
	for i, l := range batch {
		vars[fmt.Sprintf("i%d", i)] = githubv4.ID(l.node)
		vars[fmt.Sprintf("c%d", i)] = l.pages.after
		vars[fmt.Sprintf("r%d", i)], vars[fmt.Sprintf("b%d", i)] = l.pages.lookBack()
	}
	err := o.r.query(ctx, q.Interface(), vars)
	if end := stopped(err); end != nil {
		return end
	}
	if heavy(err) && (len(batch) > 1 || rows > overflowLess) {
		o.r.o.Shrunk.Add(1)
	}
	if heavy(err) && len(batch) > 1 {
		half := len(batch) / 2
		if err := o.ask(ctx, batch[:half], rows); err != nil {
			return err
		}
		return o.ask(ctx, batch[half:], rows)
	}
	if heavy(err) && rows > overflowLess {
		return o.ask(ctx, batch, overflowLess)
	}
	t, err := sift(err)
	for i, l := range batch {
		if err := o.answer(ctx, l, q.Elem().Field(i), t, err, i); err != nil {
			return err
		}
	}
	return nil
}

// answer gives one list its page, or its gap.
func (o *overflow[E]) answer(ctx context.Context, l *inner[E], slot reflect.Value, t *troubles, err error, i int) error {
	if err == nil {
		err = t.at(fmt.Sprintf("n%d", i))
	}
	if badCursor(err) && l.before == nil {
		l.restart()
		o.wait(l)
		return nil
	}
	if err != nil || slot.IsNil() {
		return l.fail(ctx, missing(l.area, l.what, err))
	}
	c, _ := slot.Elem().FieldByName("List").Interface().(*conn[E])
	l.pages.past, _ = slot.Elem().FieldByName("Past").Interface().(*past)
	switch {
	case c == nil:
		return l.fail(ctx, missing(l.area, l.what, nil))
	case t.sso != nil:
		return l.fail(ctx, leftOut(l.what, t.sso))
	case l.take(c):
		o.wait(l)
		return nil
	}
	return l.done(ctx)
}

// wait puts a list in line again.
func (o *overflow[E]) wait(l *inner[E]) {
	o.mu.Lock()
	o.pending = append(o.pending, l)
	o.mu.Unlock()
}

// queryType makes the struct of a query for n lists:
//
//	struct {
//		N0 *struct {
//			Typename string `graphql:"__typename"`
//			On       struct{ // embedded
//				List *conn[E] `graphql:"list: members(first:$n,after:$c0)"`
//				Past *past    `graphql:"past: members(first:$r0,after:$b0)"`
//			} `graphql:"... on Team"`
//		} `graphql:"n0: node(id:$i0)"`
//		N1 …
//		RateLimit *github.RateLimit
//	}
func (o *overflow[E]) queryType(n int) reflect.Type {
	fields := make([]reflect.StructField, 0, n+1)
	for i := range n {
		list := reflect.StructOf([]reflect.StructField{
			{Name: "List", Type: reflect.TypeFor[*conn[E]](), Tag: listTag("list", o.list, "$n", "$c", i)},
			{Name: "Past", Type: reflect.TypeFor[*past](), Tag: listTag("past", o.list, "$r", "$b", i)},
		})
		slot := reflect.StructOf([]reflect.StructField{
			{Name: "Typename", Type: reflect.TypeFor[string](), Tag: `graphql:"__typename" json:"__typename"`},
			{Name: "On", Type: list, Anonymous: true, Tag: reflect.StructTag(fmt.Sprintf(`graphql:%q`, "... on "+o.on))},
		})
		fields = append(fields, reflect.StructField{
			Name: fmt.Sprintf("N%d", i), Type: reflect.PointerTo(slot),
			Tag: reflect.StructTag(fmt.Sprintf(`graphql:"n%d: node(id:$i%d)" json:"n%d"`, i, i, i)),
		})
	}
	fields = append(fields, reflect.StructField{Name: "RateLimit", Type: reflect.TypeFor[*github.RateLimit]()})
	return reflect.StructOf(fields)
}

// listTag is the tag of the i-th list under an alias, with variables of its own: for
// its cursor, and for its size where that is not the same for all.
func listTag(alias, list string, size, cursor string, i int) reflect.StructTag {
	if size != "$n" {
		size = fmt.Sprint(size, i)
	}
	list = strings.NewReplacer("$n", size, "$after", fmt.Sprint(cursor, i)).Replace(list)
	return reflect.StructTag(fmt.Sprintf(`graphql:%q json:%q`, alias+": "+list, alias))
}
