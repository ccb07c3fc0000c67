package baseline

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// What a table holds beside single values: lists, tables inside it, patterns.

// words reads a list of texts; one text alone is an error, since a list that
// grows should not change its shape.
func (t *table) words(key string) []word {
	raw, ok := t.get(key)
	if !ok {
		return nil
	}
	list, ok := raw.([]any)
	if !ok {
		hint := ""
		if _, single := raw.(string); single {
			hint = "put it in brackets"
		}
		t.complain(t.valueAt(key), hint, "%s must be a list of texts, not %s", key, typeName(raw))
		return nil
	}
	out := make([]word, 0, len(list))
	n := t.node.kid(key)
	for i, v := range list {
		at := t.doc.place(n.elem(i).value)
		s, ok := v.(string)
		if !ok {
			t.complain(at, "", "%s must be a list of texts, but one is %s", key, typeName(v))
			continue
		}
		if s = strings.TrimSpace(s); s == "" {
			t.complain(at, "", "%s has an empty text", key)
			continue
		}
		out = append(out, word{s, at})
	}
	return out
}

// texts is words without their places.
func (t *table) texts(key string) []string {
	words := t.words(key)
	if words == nil {
		return nil
	}
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.text
	}
	return out
}

// sub reads a table inside this one.
func (t *table) sub(key string) (*table, bool) {
	v, ok := typed[map[string]any](t, key, "a table")
	if !ok {
		return nil, false
	}
	return &table{doc: t.doc, problems: t.problems, node: t.node.kid(key), name: key, vals: v}, true
}

// subs reads an array of tables, [[key]].
func (t *table) subs(key string) []*table {
	raw, ok := t.get(key)
	if !ok {
		return nil
	}
	n := t.node.kid(key)
	one := func(i int, v map[string]any) *table {
		return &table{doc: t.doc, problems: t.problems, node: n.elem(i), name: "[[" + key + "]]", vals: v}
	}
	var out []*table
	switch list := raw.(type) {
	case []map[string]any:
		for i, v := range list {
			out = append(out, one(i, v))
		}
	case []any:
		for i, v := range list {
			m, ok := v.(map[string]any)
			if !ok {
				t.complain(t.doc.place(n.elem(i).value), "write [["+key+"]]", "%s must be a list of tables, but one is %s", key, typeName(v))
				continue
			}
			out = append(out, one(i, m))
		}
	default:
		t.complain(t.at(key), "write [["+key+"]]", "%s must be a list of tables, not %s", key, typeName(raw))
	}
	return out
}

// names lists the keys in the order in which they stand.
func (t *table) names() []string {
	out := make([]string, 0, len(t.vals))
	for k := range t.vals {
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b string) int {
		if d := t.node.kid(a).key - t.node.kid(b).key; d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return out
}

// done complains about every key that no accessor asked for.
func (t *table) done() {
	if t.problems.full() { // a hostile file may have hundreds of thousands of keys
		return
	}
	for _, k := range t.names() {
		if t.problems.full() {
			return
		}
		if !slices.Contains(t.known, k) {
			where := ""
			if t.name != "" {
				where = " in " + t.name
			}
			t.complain(t.at(k), suggest(k, t.known), "unknown key %q%s", k, where)
		}
	}
}

// need complains about a key that is missing.
func (t *table) need(key, hint string) bool {
	if t.has(key) {
		return true
	}
	t.complain(t.place(), hint, "%s has no %s", t.name, key)
	return false
}

// patterns reads a list of principals or resources.
func (t *table) patterns(key string, kinds ...access.Kind) []Pattern {
	var out []Pattern
	for _, w := range t.words(key) {
		if p, ok := t.pattern(key, w, kinds); ok {
			out = append(out, p)
		}
	}
	return out
}

func (t *table) pattern(key string, w word, kinds []access.Kind) (Pattern, bool) {
	p, err := ParsePattern(w.text, kinds...)
	if err != nil {
		t.complain(w.at, "", "%s: %v", key, err)
		return Pattern{}, false
	}
	p.Position = w.at
	if !p.ascii() {
		t.problems.warn(w.at, "check that no look-alike letter slipped in", "%s: %+q is not plain ASCII", key, w.text)
	}
	return p, true
}

// literals reads a list of principals that may have no *.
func (t *table) literals(key string, kinds ...access.Kind) []Pattern {
	var out []Pattern
	for _, p := range t.patterns(key, kinds...) {
		if !p.Literal() {
			t.complain(p.Position, "name each one", "%s: %q has a *, which cannot stand here", key, p.Text)
			continue
		}
		out = append(out, p)
	}
	return out
}
