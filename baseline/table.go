package baseline

import (
	"slices"
	"strings"
	"time"
)

// table reads one TOML table strictly: every accessor marks its key as known and
// complains about a value of the wrong type; done complains about all other keys.
type table struct {
	doc      *Document
	problems *Problems
	node     *node
	name     string // as a person would call it, "[roles.tester]"
	vals     map[string]any
	known    []string
}

// open reads a file into its outermost table as far as it can, and says what is
// wrong with it as TOML.
func open(f File, problems *Problems) (*table, bool) {
	doc, found, err := readDocument(f.Name, f.Text)
	*problems = append(*problems, found...)
	switch {
	case err != nil:
		problems.add(Position{File: f.Name}, "", "%v", err)
	case doc == nil:
	case len(doc.Tree) == 0:
		problems.add(Position{File: f.Name}, "write at least one [[assign]] or [organization.ORG], or take the file away", "the file is empty")
	default:
		return &table{doc: doc, problems: problems, node: doc.root, vals: doc.Tree}, true
	}
	return nil, false
}

// word is one text with its place.
type word struct {
	text string
	at   Position
}

func (t *table) get(key string) (any, bool) {
	t.known = append(t.known, key)
	v, ok := t.vals[key]
	return v, ok
}

func (t *table) has(key string) bool { _, ok := t.vals[key]; return ok }

// place is where the table begins.
func (t *table) place() Position { return t.doc.place(t.node.key) }

// at is where a key stands; of a key that is missing, where the table begins.
func (t *table) at(key string) Position { return t.doc.place(t.node.kid(key).key) }

// valueAt is where a key's value stands.
func (t *table) valueAt(key string) Position { return t.doc.place(t.node.kid(key).value) }

func (t *table) complain(at Position, hint, format string, args ...any) {
	t.problems.add(at, hint, format, args...)
}

func (t *table) wrong(key, want string, got any) {
	t.complain(t.valueAt(key), "", "%s must be %s, not %s", key, want, typeName(got))
}

// typeName says what a TOML value is.
func typeName(v any) string {
	switch v := v.(type) {
	case string:
		return "text"
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case time.Time:
		if v.Location().String() == "time-local" {
			return "a time without a date"
		}
		return "a date"
	case []any, []map[string]any:
		return "a list"
	case map[string]any:
		return "a table"
	}
	return "something else"
}

func typed[T any](t *table, key, want string) (v T, ok bool) {
	raw, ok := t.get(key)
	if !ok {
		return v, false
	}
	if v, ok = raw.(T); !ok {
		t.wrong(key, want, raw)
	}
	return v, ok
}

// str reads a text that may not be empty.
func (t *table) str(key string) string {
	s, ok := typed[string](t, key, "text")
	if ok && strings.TrimSpace(s) == "" {
		t.complain(t.valueAt(key), "leave the key out instead", "%s is empty", key)
	}
	return strings.TrimSpace(s)
}

// oneOf reads a text that must be one of the allowed words.
func (t *table) oneOf(key string, allowed ...string) string {
	s := t.str(key)
	if s != "" && !slices.Contains(allowed, s) {
		t.complain(t.valueAt(key), suggest(s, allowed), "%s cannot be %q", key, s)
		return ""
	}
	return s
}

func (t *table) flag(key string) *bool {
	if b, ok := typed[bool](t, key, "true or false"); ok {
		return &b
	}
	return nil
}

// number reads a whole number within bounds.
func (t *table) number(key string, least, most int64) *int {
	n, ok := typed[int64](t, key, "a whole number")
	if !ok {
		return nil
	}
	if n < least || n > most {
		t.complain(t.valueAt(key), "", "%s is %d; it must be from %d to %d", key, n, least, most)
		return nil
	}
	i := int(n)
	return &i
}

func (t *table) duration(key string) time.Duration {
	const hint = `write it as "90d", "2w" or "72h30m"`
	raw, ok := t.get(key)
	if !ok {
		return 0
	}
	s, ok := raw.(string)
	if !ok {
		t.complain(t.valueAt(key), hint, "%s must be a length of time, not %s", key, typeName(raw))
		return 0
	}
	d, err := ParseDuration(s)
	if err != nil {
		t.complain(t.valueAt(key), hint, "%s: %v", key, err)
	}
	return d
}

// end reads a date or time after which something does not hold any more; a date
// counts to the end of its day, UTC.
func (t *table) end(key string) time.Time {
	if m, ok := t.moment(key); ok {
		return m.end()
	}
	return time.Time{}
}

// start reads a date or time from which something holds; a date counts from the
// begin of its day, UTC.
func (t *table) start(key string) time.Time {
	if m, ok := t.moment(key); ok {
		return m.at
	}
	return time.Time{}
}

func (t *table) moment(key string) (moment, bool) {
	raw, ok := t.get(key)
	if !ok {
		return moment{}, false
	}
	m, ok := asMoment(raw)
	if !ok {
		hint := "such as 2027-01-31"
		if s, quoted := raw.(string); quoted && len(s) >= len(time.DateOnly) {
			hint = "such as 2027-01-31, without quotes"
		}
		t.complain(t.valueAt(key), hint, "%s must be a date, not %s", key, typeName(raw))
		return m, false
	}
	if y := m.at.Year(); y < 2008 || y > 2200 {
		t.complain(t.valueAt(key), "", "%s is in the year %d", key, y)
		return m, false
	}
	return m, true
}
