package evidence

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// question is what a figure asks of one table. It is counted here, row by row, and told
// as SQL, so that somebody else can count it again.
type question struct {
	table    string
	distinct string // not rows are counted, but the different values of this column that are there
	sum      string // not rows are counted, but this column is added up
	where    []condition
}

// condition holds for a row, or does not.
type condition struct {
	column string
	holds  predicate
	values []string // of among
}

type predicate int

const (
	among   predicate = iota // the cell is one of the values
	there                    // it is not empty
	missing                  // it is empty
	nonzero                  // it is a number, and not 0
)

func oneOf(column string, values ...string) condition { return condition{column, among, values} }
func filled(column string) condition                  { return condition{column, there, nil} }
func empty(column string) condition                   { return condition{column, missing, nil} }
func notZero(column string) condition                 { return condition{column, nonzero, nil} }

// rowsOf counts the rows of a table for which all conditions hold.
func rowsOf(table string, where ...condition) question { return question{table: table, where: where} }

// tableName is the name of a table in SQL.
func tableName(name string) string { return strings.ReplaceAll(name, "-", "_") }

// query tells the question as SQL that gives one row with one integer. It holds on tables
// that were read from CSV, whether an empty cell came in as an empty text or as NULL, and
// numbers as numbers or as texts.
func (q question) query() string {
	what := "count(*)"
	where := q.where
	switch {
	case q.distinct != "":
		what = "count(DISTINCT " + quoted(q.distinct) + ")"
		where = append(slices.Clone(where), filled(q.distinct))
	case q.sum != "":
		what = "coalesce(sum(CAST(" + quoted(q.sum) + " AS INTEGER)), 0)"
	}
	var b strings.Builder
	b.WriteString("SELECT " + what + " FROM " + tableName(q.table))
	for i, c := range where {
		b.WriteString(map[bool]string{true: " WHERE ", false: " AND "}[i == 0] + c.query())
	}
	return b.String()
}

// quoted is a column in SQL: some are called as words of the language are.
func quoted(column string) string { return `"` + column + `"` }

func (c condition) query() string {
	switch c.holds {
	case there:
		return "coalesce(" + quoted(c.column) + ", '') <> ''"
	case missing:
		return "coalesce(" + quoted(c.column) + ", '') = ''"
	case nonzero:
		return "CAST(" + quoted(c.column) + " AS INTEGER) <> 0"
	}
	values := make([]string, len(c.values))
	for i, v := range c.values {
		values[i] = "'" + strings.ReplaceAll(v, "'", "''") + "'"
	}
	if len(values) == 1 {
		return quoted(c.column) + " = " + values[0]
	}
	return quoted(c.column) + " IN (" + strings.Join(values, ", ") + ")"
}

// counter counts one question while the rows of its table go by.
type counter struct {
	question
	at    []int // the columns of the conditions
	on    int   // that of distinct or sum
	seen  map[string]bool
	held  int // bytes of what was seen
	value int64
}

func newCounter(q question, t Table) (*counter, error) {
	find := func(name string) (int, error) {
		i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
		if i < 0 {
			return 0, fmt.Errorf("table %s has no column %s", t.Name, name)
		}
		return i, nil
	}
	c := &counter{question: q}
	for _, w := range q.where {
		i, err := find(w.column)
		if err != nil {
			return nil, err
		}
		c.at = append(c.at, i)
	}
	if q.distinct+q.sum == "" {
		return c, nil
	}
	c.seen = map[string]bool{}
	var err error
	c.on, err = find(q.distinct + q.sum)
	return c, err
}

func (c *counter) take(row []Value, columns []Column) {
	if !c.counts(row, columns) {
		return
	}
	switch v := row[c.on]; {
	case c.sum != "":
		c.value += v.Whole
	case c.distinct == "":
		c.value++
	case v.Set:
		if key := v.plain(columns[c.on].Kind); !c.seen[key] {
			c.seen[key] = true
			c.held += len(key) + 64
			c.value++
		}
	}
}

func (c condition) hold(v Value, k Kind) bool {
	switch c.holds {
	case there:
		return v.Set
	case missing:
		return !v.Set
	case nonzero:
		return v.Set && v.Whole != 0
	}
	return v.Set && slices.Contains(c.values, v.plain(k))
}

// plain is a cell as the conditions compare it.
func (v Value) plain(k Kind) string {
	switch k {
	case Whole:
		return strconv.FormatInt(v.Whole, 10)
	case Yes:
		if v.Whole != 0 {
			return "yes"
		}
		return "no"
	}
	return v.Text
}

// answer answers questions with one walk through each table that they are about. What is
// asked of a table that is not there has no answer.
func answer(ctx context.Context, tables []Table, all []question) (map[string]int64, error) {
	answers := map[string]int64{}
	for _, t := range tables {
		counters := map[string]*counter{}
		for _, q := range all {
			if q.table != t.Name || counters[q.query()] != nil {
				continue
			}
			c, err := newCounter(q, t)
			if err != nil {
				return nil, err
			}
			counters[q.query()] = c
		}
		if len(counters) == 0 {
			continue
		}
		for row, err := range t.Rows(ctx) {
			if err != nil {
				return nil, fmt.Errorf("counting in table %s: %w", t.Name, err)
			}
			for _, c := range counters {
				c.take(row, t.Columns)
			}
		}
		for query, c := range counters {
			answers[query] = c.value
		}
	}
	return answers, nil
}
