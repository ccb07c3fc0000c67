package collector

import "github.com/shurcooL/githubv4"

// Where a page of a list begins is told by a cursor, and what a cursor is, only
// GitHub knows. One that counts places leads past a row where a row before it went
// meanwhile, and where another one came at the end no number tells. So each query
// for a further page lists the page before it once more, by its ids: that has to
// end with the row that it ended with. In a query of many connections one more
// costs nothing, and a list that fits its page pays nothing at all.

// past is the page before the one that is asked for.
type past struct {
	Nodes []struct{ DatabaseID int64 } // 0: it came as null
}

// leaf is what a chain has to know of a page.
type leaf struct {
	pageInfo
	total int   // how many rows GitHub counts in the list
	rows  int   // how many came with the page
	last  int64 // the id of the last one; 0: it came as null
}

// chain follows the pages of one list, and notices those that do not join, and
// those that have no end.
type chain struct {
	after *githubv4.String // where the next page begins; nil: with the list
	from  *githubv4.String // where the one before it began
	rows  int              // how many it had
	last  int64            // its last row
	past  *past            // the same page, as it is listed with the next one
	got   int              // rows that have come, each counted once
	most  int              // how many may come
}

// spare is how many rows a list may have beyond twice of what GitHub counted first,
// and mostRows how many any list: twenty times the repositories that GitHub allows
// an organization. What goes on behind that has no end.
const (
	spare    = 1000
	mostRows = 2_000_000
)

// lookBack gives the variables by which the page before the next one is asked for:
// its rows, and where it began. Before the first page that is the first row.
func (c *chain) lookBack() (rows githubv4.Int, from *githubv4.String) {
	return githubv4.Int(min(max(c.rows, 1), perPage)), c.from
}

// ask gives the variables of a query for the next n rows of a list of the
// organization.
func (c *chain) ask(org string, n int) map[string]any {
	rows, from := c.lookBack()
	return map[string]any{"org": githubv4.String(org), "n": githubv4.Int(n), "after": c.after, "rows": rows, "from": from}
}

// joins reports whether the page that was asked for follows the one before it: no
// row went past between the two. One that ended with null shows by that already.
func (c *chain) joins() bool {
	if c.after == nil || c.last == 0 {
		return true
	}
	return c.past != nil && len(c.past.Nodes) == c.rows && c.past.Nodes[c.rows-1].DatabaseID == c.last
}

// step moves behind a page; got is how many rows have come so far, each counted
// once. ok is false where GitHub promises more and gives nothing new to ask for, a
// page of what came already, or more than the list can have.
func (c *chain) step(p leaf, got int) (more, ok bool) {
	if !p.HasNextPage {
		return false, true
	}
	if c.after == nil {
		c.most = 2*min(max(p.total, 0), mostRows/2-spare) + spare
	}
	if p.EndCursor == "" || got <= c.got || got > c.most {
		return false, false
	}
	c.got, c.rows, c.last = got, p.rows, p.last
	c.from, c.after = c.after, githubv4.NewString(githubv4.String(p.EndCursor))
	return true, true
}

// lastOf gives the id of the last row of a page, 0 where that is null.
func lastOf[N any](rows []*N, id func(*N) int64) int64 {
	if len(rows) == 0 || rows[len(rows)-1] == nil {
		return 0
	}
	return id(rows[len(rows)-1])
}
