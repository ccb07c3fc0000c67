package collector

import (
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/decode"
	"github.com/eb661601/ajar/internal/github"
)

// given is a field that may well be null, but may not be missing: null is an
// answer, a key that is not there is none.
type given[T any] struct {
	told  bool
	value *T // nil: null, or not told
}

// UnmarshalJSON is called for a key that is there, null or not.
func (g *given[T]) UnmarshalJSON(raw []byte) error {
	g.told = true
	return decode.Into(raw, &g.value)
}

// lacks gathers the fields of an answer that were not told, or that say what is
// not known here, for a reason that people can use.
type lacks []string

// unless notes the field if it was not told.
func (l *lacks) unless(told bool, field string) {
	if !told {
		*l = append(*l, "GitHub did not tell "+field)
	}
}

// among notes a word that is not one of those known.
func (l *lacks) among(word *string, field string, known ...string) {
	if word == nil {
		l.unless(false, field)
		return
	}
	for _, k := range known {
		if *word == k {
			return
		}
	}
	*l = append(*l, fmt.Sprintf("%s is not known here: %q", field, *word))
}

// date notes a time that was not told, or that is none; a time may well be zero,
// which stands for one that GitHub does not have.
func (l *lacks) date(t *time.Time, field string) {
	l.unless(t != nil, field)
	l.sane(t, field)
}

// sane notes a time that is none, where nil is an answer.
func (l *lacks) sane(t *time.Time, field string) {
	if t != nil && !sane(*t) {
		*l = append(*l, fmt.Sprintf("%s is no time at which anything happened: the year is %d", field, t.UTC().Year()))
	}
}

// Years in which something on GitHub may have happened, by a generous measure:
// outside of them a time is not one that can be written down, or would keep
// somebody awake for ever.
const firstYear, lastYear = 1970, 2999

func sane(t time.Time) bool {
	y := t.UTC().Year()
	return t.IsZero() || y >= firstYear && y <= lastYear
}

// ahead is how far the clocks of GitHub and of this machine may be apart, and how
// long a pass may last.
const ahead = 48 * time.Hour

// happened reports whether something can have happened by the end of the pass.
func (r *run) happened(t time.Time) bool { return sane(t) && !t.After(r.o.At.Add(ahead)) }

// gap is nil where nothing lacks.
func (l lacks) gap(what string) *gap {
	if len(l) == 0 {
		return nil
	}
	g := partial("%s: %s", what, strings.Join(l, ", "))
	return &g
}

// text tells whether a text that is never empty was told.
func text(p *string) bool { return p != nil && *p != "" }

// inside gives the error that touches anything of a node, but for what lies in
// the named lists of it, which are looked at by themselves. A field beside an
// error is null or zero, and neither is what GitHub has there.
func (t *troubles) inside(path []any, lists ...string) error {
	for _, item := range t.items {
		if touches(item.Path, path) && !under(item.Path, path, lists) {
			return &github.GraphQLError{Errors: []github.GraphQLErrorItem{item}}
		}
	}
	return nil
}

// under reports whether an error lies in one of the lists of a node.
func under(at, node []any, lists []string) bool {
	if len(at) <= len(node) {
		return false
	}
	for _, l := range lists {
		if at[len(node)] == l {
			return true
		}
	}
	return false
}
