package collector

import (
	"slices"
	"strconv"
	"testing"

	"github.com/shurcooL/githubv4"
	"pgregory.net/rapid"
)

// moving is a list whose cursors are places, and in which rows come and go before
// each page that is asked for.
type moving struct {
	rows  []*int64
	last  int64
	there map[int64]bool // since the beginning, and never gone
}

func (m *moving) come(at int) {
	m.last++
	id := m.last
	m.rows = slices.Insert(m.rows, at, &id)
}

func (m *moving) leave(at int) {
	delete(m.there, *m.rows[at])
	m.rows = slices.Delete(m.rows, at, at+1)
}

// page gives n rows behind a cursor.
func (m *moving) page(n int, after *githubv4.String) ([]*int64, pageInfo) {
	from := 0
	if after != nil {
		from, _ = strconv.Atoi(string(*after))
	}
	from = min(from, len(m.rows))
	to := min(from+n, len(m.rows))
	return m.rows[from:to], pageInfo{HasNextPage: to < len(m.rows), EndCursor: strconv.Itoa(to)}
}

// walk reads the list once.
func (m *moving) walk(n int, change func()) *listing {
	l := newListing()
	for more := true; more; {
		change()
		rows, info := m.page(n, l.pages.after)
		size, from := l.pages.lookBack()
		before, _ := m.page(int(size), from)
		l.pages.past = &past{}
		for _, id := range before {
			l.pages.past.Nodes = append(l.pages.past.Nodes, struct{ DatabaseID int64 }{*id})
		}
		for _, id := range rows {
			l.ids[*id] = struct{}{}
		}
		more = l.turn(leaf{info, len(m.rows), len(rows), lastOf(rows, func(id *int64) int64 { return *id })})
	}
	return l
}

func TestListThatIsCalledWholeHasEveryRowThatWasThereAllAlong(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &moving{there: map[int64]bool{}}
		for n := range rapid.IntRange(1, 20).Draw(rt, "rows") {
			m.come(n)
			m.there[m.last] = true
		}
		size, left := rapid.IntRange(1, 6).Draw(rt, "rows of a page"), rapid.IntRange(0, 8).Draw(rt, "changes")
		change := func() {
			if left == 0 || !rapid.Bool().Draw(rt, "now") {
				return
			}
			left--
			if len(m.rows) > 0 {
				m.leave(rapid.IntRange(0, len(m.rows)-1).Draw(rt, "goes"))
			}
			m.come(rapid.IntRange(0, len(m.rows)).Draw(rt, "comes"))
		}
		l, g, err := settle("rows", func() (*listing, error) { return m.walk(size, change), nil })
		if err != nil {
			rt.Fatal(err)
		}
		for id := range m.there {
			if _, ok := l.ids[id]; !ok && g == nil {
				rt.Errorf("row %d is not listed, and the list is called whole", id)
			}
		}
	})
}

func TestListThatChangesOnceWhileItIsReadIsWholeByTheSecondReading(t *testing.T) {
	for gone := range 12 {
		for at := range 3 {
			m := &moving{there: map[int64]bool{}}
			for n := range 12 {
				m.come(n)
			}
			asked := 0
			l, g, _ := settle("rows", func() (*listing, error) {
				return m.walk(4, func() {
					if asked++; asked == at+1 {
						m.leave(gone)
						m.come(len(m.rows))
					}
				}), nil
			})
			if g != nil || len(l.ids) != 12 {
				t.Errorf("row %d goes before page %d: %v", gone, at+1, g)
			}
		}
	}
}
