package contract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// CheckAnswer compares the data of an answer with what the schema promises for
// the query: every field that was asked and none that was not, in the order of
// the query; no null where none may be; lists, scalars, enum values and the
// types of unions as declared. doc must have passed Query with the same
// schema; vars decide @skip and @include. A data of null is no error: whether
// it may be is for the errors beside it to say.
func CheckAnswer(schema *ast.Schema, doc *ast.QueryDocument, data []byte, vars map[string]any) []error {
	c := &answerCheck{schema: schema, doc: doc, vars: vars}
	v, err := ordered(data)
	if err != nil {
		return []error{fmt.Errorf("reading the data: %w", err)}
	}
	if v != nil {
		c.object(schema.Query, []ast.SelectionSet{doc.Operations[0].SelectionSet}, v, "data")
	}
	return c.errs
}

type answerCheck struct {
	schema *ast.Schema
	doc    *ast.QueryDocument
	vars   map[string]any
	errs   []error
}

func (c *answerCheck) fail(path, format string, args ...any) {
	c.errs = append(c.errs, fmt.Errorf("%s: %s", path, fmt.Sprintf(format, args...)))
}

// asked is one key of an answer with what is asked below it.
type asked struct {
	key  string
	def  *ast.FieldDefinition
	sets []ast.SelectionSet
}

// collect lists the fields that a selection asks of an object type.
func (c *answerCheck) collect(out []asked, typ *ast.Definition, set ast.SelectionSet) []asked {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if !c.included(s.Directives) {
				continue
			}
			if i := slices.IndexFunc(out, func(a asked) bool { return a.key == s.Alias }); i >= 0 {
				out[i].sets = append(slices.Clone(out[i].sets), s.SelectionSet)
				continue
			}
			out = append(out, asked{s.Alias, s.Definition, []ast.SelectionSet{s.SelectionSet}})
		case *ast.InlineFragment:
			if c.included(s.Directives) && c.fits(typ, s.TypeCondition) {
				out = c.collect(out, typ, s.SelectionSet)
			}
		case *ast.FragmentSpread:
			if c.included(s.Directives) && c.fits(typ, s.Definition.TypeCondition) {
				out = c.collect(out, typ, s.Definition.SelectionSet)
			}
		}
	}
	return out
}

func (c *answerCheck) included(list ast.DirectiveList) bool {
	for _, d := range list {
		v, _ := d.Arguments.ForName("if").Value.Value(c.vars)
		if yes, _ := v.(bool); yes == (d.Name == "skip") {
			return false
		}
	}
	return true
}

func (c *answerCheck) fits(typ *ast.Definition, condition string) bool {
	return condition == "" || condition == typ.Name ||
		slices.ContainsFunc(c.schema.GetPossibleTypes(c.schema.Types[condition]), func(d *ast.Definition) bool { return d.Name == typ.Name })
}

func (c *answerCheck) object(typ *ast.Definition, sets []ast.SelectionSet, v any, path string) {
	o, isObject := v.(*members)
	if !isObject {
		c.fail(path, "want an object of type %s, got %v", typ.Name, v)
		return
	}
	if typ.Kind != ast.Object {
		if typ = c.concrete(typ, sets, o, path); typ == nil {
			return
		}
	}
	var want []asked
	for _, set := range sets {
		want = c.collect(want, typ, set)
	}
	var keys []string
	for _, a := range want {
		keys = append(keys, a.key)
		got, there := o.vals[a.key]
		switch {
		case !there:
			c.fail(path, "%s of type %s is missing", a.key, typ.Name)
		case a.def.Name == "__typename" && got != typ.Name:
			c.fail(path, "%s is %v, want %s", a.key, got, typ.Name)
		default:
			c.value(a.def.Type, a.sets, got, path+"."+a.key)
		}
	}
	if !slices.Equal(keys, o.keys) {
		c.fail(path, "has the keys %v, asked were %v", o.keys, keys)
	}
}

// concrete finds out which type of a union or interface an object is: by its
// __typename, which the query should ask for, or else by the keys that it has.
func (c *answerCheck) concrete(typ *ast.Definition, sets []ast.SelectionSet, o *members, path string) *ast.Definition {
	possible := c.schema.GetPossibleTypes(typ)
	for _, d := range possible {
		var want []asked
		for _, set := range sets {
			want = c.collect(want, d, set)
		}
		same, named := true, false
		for i, a := range want {
			same = same && i < len(o.keys) && o.keys[i] == a.key
			named = named || a.def.Name == "__typename" && o.vals[a.key] == d.Name
		}
		asksName := slices.ContainsFunc(want, func(a asked) bool { return a.def.Name == "__typename" })
		if named || !asksName && same && len(want) == len(o.keys) {
			return d
		}
	}
	c.fail(path, "keys %v with __typename %v fit no type of %s", o.keys, o.vals["__typename"], typ.Name)
	return nil
}

func (c *answerCheck) value(t *ast.Type, sets []ast.SelectionSet, v any, path string) {
	if v == nil {
		if t.NonNull {
			c.fail(path, "is null, which %s does not allow", t.String())
		}
		return
	}
	if t.Elem != nil {
		list, isList := v.([]any)
		if !isList {
			c.fail(path, "want a list of %s, got %v", t.Elem.String(), v)
			return
		}
		for i, e := range list {
			c.value(t.Elem, sets, e, fmt.Sprintf("%s[%d]", path, i))
		}
		return
	}
	d := c.schema.Types[t.NamedType]
	switch d.Kind {
	case ast.Scalar:
		if !scalarOK(d.Name, v) {
			c.fail(path, "%v is no %s", v, d.Name)
		}
	case ast.Enum:
		if word, _ := v.(string); d.EnumValues.ForName(word) == nil {
			c.fail(path, "%v is no value of %s", v, d.Name)
		}
	default:
		c.object(d, sets, v, path)
	}
}

// scalarOK knows the form of the scalars that GitHub declares; a scalar that
// it does not know is a string.
func scalarOK(name string, v any) bool {
	text, isText := v.(string)
	switch name {
	case "Boolean":
		_, isBool := v.(bool)
		return isBool
	case "Int":
		n, isNumber := v.(json.Number)
		i, err := n.Int64()
		return isNumber && err == nil && i >= math.MinInt32 && i <= math.MaxInt32
	case "Float":
		n, isNumber := v.(json.Number)
		_, err := n.Float64()
		return isNumber && err == nil
	case "DateTime", "PreciseDateTime":
		_, err := time.Parse(time.RFC3339, text)
		return isText && err == nil
	case "Date":
		_, err := time.Parse(time.DateOnly, text)
		return isText && err == nil
	case "URI":
		return isText && (strings.HasPrefix(text, "https://") || strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "/"))
	case "ID":
		return isText && text != ""
	}
	return isText
}

// members is a decoded JSON object that remembers the order of its keys.
type members struct {
	keys []string
	vals map[string]any
}

// ordered reads JSON with the order of keys kept; a key that stands twice is an
// error.
func ordered(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := next(d)
	if err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("something follows the value")
	}
	return v, nil
}

func next(d *json.Decoder) (any, error) {
	tok, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('['):
		out := []any{}
		for d.More() {
			v, err := next(d)
			if err != nil {
				return nil, err
			}
			out = append(out, v)
		}
		_, err := d.Token()
		return out, err
	case json.Delim('{'):
		out := &members{vals: map[string]any{}}
		for d.More() {
			k, err := d.Token()
			if err != nil {
				return nil, err
			}
			name, _ := k.(string)
			if _, twice := out.vals[name]; twice {
				return nil, fmt.Errorf("key %q stands twice", name)
			}
			if out.vals[name], err = next(d); err != nil {
				return nil, err
			}
			out.keys = append(out.keys, name)
		}
		_, err := d.Token()
		return out, err
	}
	return tok, nil
}
