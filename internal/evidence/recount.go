package evidence

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/eb661601/ajar/analyzer"
)

// maxDistinct bounds the different values of one column that a [Recount] keeps, in bytes.
const maxDistinct = 64 << 20

// Recount counts the figures of a framework again, in tables from anywhere, as their rows
// go by. It asks the questions of this program alone: nothing is run that comes with the
// tables. A question has no answer where its table is not there, lacks a column, has one
// that holds another kind of value than the question counts, or more different values than
// are kept in memory.
type Recount struct {
	framework Framework
	questions []question
	tables    []Table
	answers   map[string]int64
}

// NewRecount begins one; the error says that there is no such framework.
func NewRecount(f Framework) (*Recount, error) {
	name, known := frameworkNames[f]
	if !known {
		return nil, fmt.Errorf("counting the figures again: no framework is called %.60q", f)
	}
	r := &Recount{framework: f, answers: map[string]int64{}}
	for _, c := range analyzer.Controls(name) {
		for _, t := range topicsOf(c) {
			for _, f := range t.figures {
				r.questions = append(r.questions, f.question)
			}
		}
	}
	return r, nil
}

// Watch gives a table back whose rows are counted the next time that they are read to
// their end. An error among them leaves the questions about it without an answer.
func (r *Recount) Watch(t Table) Table {
	counters := map[string]*counter{}
	for _, q := range r.questions {
		if q.table != t.Name || counters[q.query()] != nil || !q.suits(t) {
			continue
		}
		if c, err := newCounter(q, t); err == nil {
			counters[q.query()] = c
		}
	}
	rows := t.Rows
	t.Rows = func(ctx context.Context) iter.Seq2[[]Value, error] {
		return func(yield func([]Value, error) bool) {
			for row, err := range rows(ctx) {
				if err == nil {
					for query, c := range counters {
						if c.take(row, t.Columns); c.held > maxDistinct {
							delete(counters, query)
						}
					}
				}
				if !yield(row, err) || err != nil {
					return
				}
			}
			r.tables = append(r.tables, t)
			for query, c := range counters {
				r.answers[query] = c.value
			}
		}
	}
	return t
}

// Controls lays the matrix out by what was counted, as [Matrix] does.
func (r *Recount) Controls() []Control {
	return layOut(r.framework, r.tables, r.answers)
}

// suits reports whether the columns hold what the question counts as its query does: what
// SQL makes of a number that is a text, say, is not what is counted here.
func (q question) suits(t Table) bool {
	kind := func(column string) Kind {
		if i := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == column }); i >= 0 {
			return t.Columns[i].Kind
		}
		return ""
	}
	for _, w := range q.where {
		switch k := kind(w.column); {
		case w.holds == nonzero && k != Whole, w.holds == among && k != Whole && k != Text && k != Yes:
			return false
		}
	}
	return (q.sum == "" || kind(q.sum) == Whole) && (q.distinct == "" || kind(q.distinct) == Whole || kind(q.distinct) == Text)
}

// Layout gives the tables that evidence of any period has, in their order and without rows,
// and the populations at dates among them.
func Layout(dates []time.Time) []Table {
	g := &gathering{o: Options{Dates: dates}}
	out := append(g.tables(nil), trends{}.tables()...)
	for i := range out {
		out[i].Rows = func(context.Context) iter.Seq2[[]Value, error] { return func(func([]Value, error) bool) {} }
	}
	return out
}
