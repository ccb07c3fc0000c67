// Package evidence turns what the store knows of a period into tables that an auditor
// can count: populations, changes, decisions, and how complete each of them is. It reads
// the store and changes nothing; it knows neither files nor signatures.
package evidence

import (
	"context"
	"iter"
	"strings"
	"time"
)

// Kind is the type of a column.
type Kind string

// The kinds of columns.
const (
	Text    Kind = "text"
	Whole   Kind = "whole"   // an integer
	Number  Kind = "number"  // with a fraction
	Instant Kind = "instant" // UTC, to the second
	Yes     Kind = "yes"     // yes or no
)

// Column is one column of a table.
type Column struct {
	Name  string // snake_case: in CSV, JSON and queries
	Title string // for people
	About string // one sentence: what it says, its unit, where it is from
	Kind  Kind
}

// Value is a cell. The zero Value is an empty one: not known, or none; the column says
// which.
type Value struct {
	Set     bool
	Text    string // of Text
	Whole   int64  // of Whole; 0 or 1 of Yes
	Number  float64
	Instant time.Time
}

// Of makes the cell of a text; the empty text is an empty cell. Bytes that are not UTF-8
// are replaced, so that every form of the table says the same.
func Of(s string) Value { return Value{Set: s != "", Text: strings.ToValidUTF8(s, "\uFFFD")} }

// Count makes the cell of an integer.
func Count[N ~int | ~int64](n N) Value { return Value{Set: true, Whole: int64(n)} }

// Fraction makes the cell of a number.
func Fraction(f float64) Value { return Value{Set: true, Number: f} }

// At makes the cell of an instant, to the second; the zero time is an empty cell.
func At(t time.Time) Value {
	return Value{Set: !t.IsZero(), Instant: t.UTC().Truncate(time.Second)}
}

// Is makes the cell of a yes or no.
func Is(yes bool) Value {
	v := Value{Set: true}
	if yes {
		v.Whole = 1
	}
	return v
}

// Table is one table of the evidence. Its rows are in an order that the same store and
// period always give.
type Table struct {
	Name    string // kebab-case: the name of its file
	Title   string // for people
	About   string // what a row is, and what the table is for
	Source  string // what it is made from
	Columns []Column
	// Rows gives the rows, each as long as Columns and valid until the next one. It may
	// be called several times. An error ends it.
	Rows func(ctx context.Context) iter.Seq2[[]Value, error]
}

// Period is what the evidence is about: from an instant on, up to another one, which is
// the first of the next period. What is the case at its start and at its end is what the
// newest snapshots from before these instants show, so that a period begins with what the
// one before it ended with; where there is none yet, it begins with its first snapshot.
type Period struct{ From, To time.Time }

// Gap is something that the evidence does not show, and why. Gaps come first wherever
// the evidence is shown.
type Gap struct {
	Org       string
	Area      string // of [access.Area], "" for all of them
	Scope     string // such as a repository; "" for all of the area
	From, To  time.Time
	Reason    string
	Snapshots int // in which it is so
}
