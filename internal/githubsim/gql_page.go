package githubsim

import (
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
)

// connection is a paged list before paging: n items, made when they are asked for.
// order tells lists of the same field with other arguments apart: a cursor of
// one is no cursor of another.
type connection struct {
	n     int
	at    func(i int) any
	order string
}

// connectionOf makes a connection of what is at hand.
func connectionOf[T any](items []T, order string) *connection {
	return &connection{n: len(items), order: order, at: func(i int) any { return items[i] }}
}

// window is the part of a list that was asked for.
type window struct {
	l        *connection
	from, to int
	mark     string // of the cursors
}

// edge is one item of a page with its cursor.
type edge struct {
	item   any
	cursor string
}

// noder is an item whose node is not the item itself.
type noder interface{ node() any }

const maxPage = 100

// paginate cuts out the page that the arguments ask for. Cursors are places in
// the list, not items: when the list changes between two pages, items are
// skipped or come twice, and totalCount tells.
func (e *exec) paginate(l *connection, f *field) (*window, *gqlError) {
	p := &window{l: l, to: l.n, mark: marker(f.def.Type.Name(), l.order)}
	first, hasFirst := f.args["first"].(int64)
	last, hasLast := f.args["last"].(int64)
	switch {
	case !hasFirst && !hasLast:
		return nil, fail("MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value to properly paginate the `%s` connection.", f.name)
	case hasFirst && hasLast:
		return nil, fail("INVALID_PAGINATION_BOUNDARIES", "Passing both `first` and `last` to paginate the `%s` connection is not supported.", f.name)
	}
	size, which := first, "first"
	if hasLast {
		size, which = last, "last"
	}
	if size > maxPage {
		return nil, fail("EXCESSIVE_PAGINATION", "Requesting %d records on the `%s` connection exceeds the `%s` limit of 100 records.", size, f.name, which)
	}
	if size < 1 {
		return nil, fail("INVALID_PAGINATION_BOUNDARIES", "`%s` on the `%s` connection must be between 1 and 100.", which, f.name)
	}
	var bad *gqlError
	if p.from, bad = p.place(f.args, "after", 0); bad != nil {
		return nil, bad
	}
	if p.to, bad = p.place(f.args, "before", l.n+1); bad != nil {
		return nil, bad
	}
	p.from, p.to = min(p.from, l.n), min(p.to-1, l.n)
	p.to = max(p.from, p.to)
	if hasFirst {
		p.to = min(p.to, p.from+int(size))
	} else {
		p.from = max(p.from, p.to-int(size))
	}
	return p, nil
}

// place reads a cursor: the number of the item it stands behind, from 1.
func (p *window) place(a args, name string, otherwise int) (int, *gqlError) {
	if !a.has(name) {
		return otherwise, nil
	}
	text := a.str(name)
	raw, err := base64.StdEncoding.DecodeString(text)
	rest, mine := strings.CutPrefix(string(raw), "cursor:"+p.mark+":")
	n, numErr := strconv.Atoi(rest)
	if err != nil || !mine || numErr != nil || n < 1 {
		return 0, fail("INVALID_CURSOR_ARGUMENTS", "`%s` does not appear to be a valid cursor.", text)
	}
	return n, nil
}

func marker(connection, order string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(connection + "\n" + order)) // never fails
	return strconv.FormatUint(uint64(h.Sum32()), 36)
}

func (p *window) cursor(i int) string {
	return base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "cursor:%s:%d", p.mark, i+1))
}

// field answers a field that every connection has, and pageInfo's own.
func (p *window) field(_ *exec, name string) any {
	switch name {
	case "totalCount":
		return p.l.n
	case "pageInfo":
		return p
	case "hasNextPage":
		return p.to < p.l.n
	case "hasPreviousPage":
		return p.from > 0
	case "startCursor", "endCursor":
		if p.from == p.to {
			return nil
		}
		if name == "startCursor" {
			return p.cursor(p.from)
		}
		return p.cursor(p.to - 1)
	}
	out := make([]any, 0, p.to-p.from)
	for i := p.from; i < p.to; i++ {
		item := p.l.at(i)
		if name == "nodes" {
			out = append(out, nodeOf(item))
		} else {
			out = append(out, edge{item, p.cursor(i)})
		}
	}
	return out
}

func (e edge) field(_ *exec, name string) any {
	if name == "cursor" {
		return e.cursor
	}
	return nodeOf(e.item)
}

func nodeOf(item any) any {
	if n, wraps := item.(noder); wraps {
		return n.node()
	}
	return item
}

// argsKey writes the arguments that change what a list holds or its order.
func argsKey(a args) string {
	var out []string
	for k, v := range a {
		if k != "first" && k != "last" && k != "after" && k != "before" && v != nil {
			out = append(out, fmt.Sprintf("%s=%v", k, v))
		}
	}
	slices.Sort(out)
	return strings.Join(out, "&")
}
