package githubsim

import (
	"fmt"

	"github.com/vektah/gqlparser/v2/ast"
)

// fieldFunc gives the value of one field of v. A *gqlError in place of a value
// makes the field null and adds the error.
type fieldFunc func(e *exec, v any, a args) any

// args are the arguments of a field, fitted to their types.
type args map[string]any

func (a args) str(name string) string { s, _ := a[name].(string); return s }
func (a args) flag(name string) bool  { b, _ := a[name].(bool); return b }
func (a args) has(name string) bool   { return a[name] != nil }
func (a args) words(name string) []string {
	list, _ := a[name].([]any)
	out := make([]string, 0, len(list))
	for _, v := range list {
		s, _ := v.(string)
		out = append(out, s)
	}
	return out
}

// order is the field and direction of an orderBy argument; "" without one.
func (a args) order() (field string, desc bool) {
	o, _ := a["orderBy"].(map[string]any)
	field, _ = o["field"].(string)
	return field, o["direction"] == "DESC"
}

// exec answers one query.
type exec struct {
	c          *call
	q          *document
	ts         types
	x          *Index
	v          *viewer
	path       []any
	errs       []*gqlError
	partialSSO string // ids of organizations that were left out for want of single sign-on
}

// field is one key of an answer: where it comes from, with its arguments, and
// what is asked below it for each object type.
type field struct {
	key    string
	name   string
	def    *ast.FieldDefinition
	args   args
	pos    *ast.Position
	sets   []ast.SelectionSet
	byType map[string][]*field
}

// nothing stands for a null that a non-null type does not allow: the object
// around it becomes null.
type nothing struct{}

// run answers the whole query: its data, nil when even that must be null.
func (e *exec) run() any {
	root := &field{sets: []ast.SelectionSet{e.q.op.SelectionSet}, byType: map[string][]*field{}}
	data := e.object(root, e.q.root(), e.c)
	if _, bad := data.(nothing); bad {
		return nil
	}
	return data
}

// fields collects what is asked of an object type, in the order of the query;
// fields with the same key become one.
func (e *exec) fields(f *field, typ string) []*field {
	if got, known := f.byType[typ]; known {
		return got
	}
	var out []*field
	byKey := map[string]*field{}
	var collect func(set ast.SelectionSet)
	collect = func(set ast.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *ast.Field:
				if e.q.included(s.Directives) {
					out = e.merge(out, byKey, s, typ)
				}
			case *ast.InlineFragment:
				if e.ts.is(typ, s.TypeCondition) && e.q.included(s.Directives) {
					collect(s.SelectionSet)
				}
			case *ast.FragmentSpread:
				if fr := e.q.frags.ForName(s.Name); e.ts.is(typ, fr.TypeCondition) && e.q.included(s.Directives) {
					collect(fr.SelectionSet)
				}
			}
		}
	}
	for _, set := range f.sets {
		collect(set)
	}
	f.byType[typ] = out
	return out
}

func (e *exec) merge(out []*field, byKey map[string]*field, s *ast.Field, typ string) []*field {
	if old := byKey[key(s)]; old != nil {
		old.sets = append(old.sets, s.SelectionSet)
		return out
	}
	def := e.ts.field(typ, s.Name)
	f := &field{key: key(s), name: s.Name, def: def, args: e.q.arguments(def, s), pos: s.Position,
		sets: []ast.SelectionSet{s.SelectionSet}, byType: map[string][]*field{}}
	byKey[f.key] = f
	return append(out, f)
}

// object answers the fields asked of v, which has the object type typ.
func (e *exec) object(parent *field, typ string, v any) any {
	fields := e.fields(parent, typ)
	out := &tree{typ: typ, fields: fields, vals: make([]any, 0, len(fields)), after: parent.args["after"]}
	for _, f := range fields {
		e.path = append(e.path, f.key)
		got := e.complete(f, f.def.Type, e.resolve(typ, f, v))
		e.path = e.path[:len(e.path)-1]
		if _, bad := got.(nothing); bad {
			return nothing{}
		}
		out.vals = append(out.vals, got)
	}
	return out
}

// resolve finds the raw value of a field.
func (e *exec) resolve(typ string, f *field, v any) any {
	switch {
	case f.name == "__typename":
		return typ
	case typ == "Query" && e.q.dryRun && f.name != "rateLimit":
		return nil
	}
	if r := resolvers[typ][f.name]; r != nil {
		return r(e, v, f.args)
	}
	if p, isPage := v.(*window); isPage {
		return p.field(e, f.name)
	}
	if edge, isEdge := v.(edge); isEdge {
		return edge.field(e, f.name)
	}
	panic(fmt.Sprintf("githubsim: no resolver for %s.%s", typ, f.name)) // a mistake in this package, found by a test
}

// complete turns a raw value into the answer of the field's type.
func (e *exec) complete(f *field, t *ast.Type, v any) any {
	if bad, failed := v.(*gqlError); failed {
		e.fail(f, bad)
		v = nil
	}
	if l, isList := v.(*connection); isList {
		p, bad := e.paginate(l, f)
		if bad != nil {
			e.fail(f, bad)
			v = nil
		} else {
			v = p
		}
	}
	if isNull(v) {
		if t.NonNull {
			return e.mustNot(t)
		}
		return nil
	}
	if t.Elem != nil {
		return e.list(f, t, v)
	}
	if !e.ts.composite(t.NamedType) {
		return leaf(v)
	}
	typ := t.NamedType
	if e.ts[typ].Kind != ast.Object {
		typ = typeOf(v)
	}
	got := e.object(f, typ, v)
	if _, bad := got.(nothing); bad && !t.NonNull {
		return nil
	}
	return got
}

// mustNot hands a null on to the object around it. In a dry run the root field
// itself stays null.
func (e *exec) mustNot(*ast.Type) any {
	if e.q.dryRun && len(e.path) == 1 {
		return nil
	}
	return nothing{}
}

func (e *exec) list(f *field, t *ast.Type, v any) any {
	in, _ := v.([]any)
	out := make([]any, len(in))
	for i := range in {
		e.path = append(e.path, i)
		out[i] = e.complete(f, t.Elem, in[i])
		e.path = e.path[:len(e.path)-1]
		if _, bad := out[i].(nothing); bad {
			if t.NonNull {
				return nothing{}
			}
			return nil
		}
	}
	return out
}

// fail notes an error at the place where the query stands.
func (e *exec) fail(f *field, bad *gqlError) {
	own := *bad
	if own.Path == nil {
		own.Path = append([]any{}, e.path...)
	}
	own.Locations = at(f.pos)
	e.errs = append(e.errs, &own)
}
