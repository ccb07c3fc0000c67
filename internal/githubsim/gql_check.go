package githubsim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// checker refuses a query that does not fit the types, in GitHub's words.
type checker struct {
	ts    types
	q     *document
	errs  []*gqlError
	used  map[string]bool // variables
	keys  map[string]*ast.Field
	frags map[string]bool // used
	open  []string        // fragments that the selection at hand stands in
}

// check lists what is wrong with a query before it runs; none if it may run.
func check(q *document, doc *ast.QueryDocument) []*gqlError {
	c := &checker{ts: schemaTypes(), q: q, used: map[string]bool{}, frags: map[string]bool{}}
	c.variables()
	root := fold(q.root())
	if q.op.Name != "" {
		root += " " + q.op.Name
	}
	c.selection(q.op.SelectionSet, q.root(), []any{root}, false)
	for _, v := range q.op.VariableDefinitions {
		if !c.used[v.Variable] {
			c.fail("variableNotUsed", []any{root}, v.Position, map[string]any{"variableName": v.Variable}, "Variable $%s is declared by %s but not used", v.Variable, anonymous(q.op.Name))
		}
	}
	for _, f := range doc.Fragments {
		if !c.frags[f.Name] {
			c.fail("useAndDefineFragment", []any{"fragment " + f.Name}, f.Position, map[string]any{"fragmentName": f.Name}, "Fragment %s was defined, but not used", f.Name)
		}
	}
	return c.errs
}

func anonymous(name string) string {
	if name == "" {
		return "anonymous query"
	}
	return name
}

func (c *checker) fail(code string, path []any, pos *ast.Position, extra map[string]any, format string, args ...any) {
	ext := map[string]any{"code": code}
	for k, v := range extra {
		ext[k] = v
	}
	c.errs = append(c.errs, &gqlError{Path: slices.Clone(path), Extensions: ext, Locations: at(pos), Message: fmt.Sprintf(format, args...)})
}

// variables checks that each variable has a type that can be given.
func (c *checker) variables() {
	for _, v := range c.q.op.VariableDefinitions {
		d := c.ts[v.Type.Name()]
		if d == nil || c.ts.composite(v.Type.Name()) {
			c.fail("variableRequiresValidType", []any{"query", "$" + v.Variable}, v.Position, map[string]any{"typeName": v.Type.Name(), "variableName": v.Variable},
				"%s isn't a defined input type (on $%s)", v.Type.Name(), v.Variable)
		}
	}
}

// selection checks the fields asked of a type. Those of a fragment share the
// keys of the selection around it.
func (c *checker) selection(set ast.SelectionSet, typ string, path []any, fragment bool) {
	outer := c.keys
	if !fragment {
		c.keys = map[string]*ast.Field{}
	}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			c.directives(s.Directives, path)
			c.conflict(s, typ, path)
			c.field(s, typ, append(path, key(s)))
		case *ast.InlineFragment:
			c.directives(s.Directives, path)
			cond := s.TypeCondition
			if cond == "" {
				cond = typ
			}
			if c.condition(cond, typ, append(path, "... on "+cond), s.Position) {
				c.selection(s.SelectionSet, cond, append(path, "... on "+cond), true)
			}
		case *ast.FragmentSpread:
			c.directives(s.Directives, path)
			c.spread(s, typ, path)
		}
	}
	c.keys = outer
}

// key is the name of a field in the answer.
func key(f *ast.Field) string {
	if f.Alias != "" {
		return f.Alias
	}
	return f.Name
}

// conflict refuses two fields that would share a key of the answer.
func (c *checker) conflict(f *ast.Field, typ string, path []any) {
	k := typ + "." + key(f)
	old := c.keys[k]
	c.keys[k] = f
	if old == nil {
		return
	}
	if old.Name != f.Name {
		c.fail("fieldConflict", path, f.Position, map[string]any{"fieldName": key(f)}, "Field '%s' has a field conflict: %s or %s?", key(f), old.Name, f.Name)
	} else if argText(old) != argText(f) {
		c.fail("fieldConflict", path, f.Position, map[string]any{"fieldName": key(f)}, "Field '%s' has an argument conflict: %s or %s?", key(f), argText(old), argText(f))
	}
}

func argText(f *ast.Field) string {
	var out []string
	for _, a := range f.Arguments {
		out = append(out, a.Name+": "+a.Value.String())
	}
	slices.Sort(out)
	return "{" + strings.Join(out, ", ") + "}"
}

func (c *checker) condition(cond, typ string, path []any, pos *ast.Position) bool {
	switch {
	case c.ts[cond] == nil || !c.ts.composite(cond):
		c.fail("undefinedType", path, pos, map[string]any{"typeName": cond}, "No such type %s, so it can't be a fragment condition", cond)
	case !c.ts.overlap(cond, typ):
		c.fail("cannotSpreadFragment", path, pos, map[string]any{"fragmentName": cond, "typeName": typ}, "Fragment on %s can't be spread inside %s", cond, typ)
	default:
		return true
	}
	return false
}

func (c *checker) spread(s *ast.FragmentSpread, typ string, path []any) {
	f := c.q.frags.ForName(s.Name)
	switch {
	case f == nil:
		c.fail("useAndDefineFragment", path, s.Position, map[string]any{"fragmentName": s.Name}, "Fragment %s was used, but not defined", s.Name)
	case slices.Contains(c.open, s.Name):
		c.frags[s.Name] = true
		c.fail("infiniteLoop", path, s.Position, map[string]any{"fragmentName": s.Name}, "Fragment %s contains an infinite loop", s.Name)
	default:
		c.frags[s.Name] = true
		here := []any{"fragment " + s.Name}
		if c.condition(f.TypeCondition, typ, here, f.Position) {
			c.open = append(c.open, s.Name)
			c.selection(f.SelectionSet, f.TypeCondition, here, true)
			c.open = c.open[:len(c.open)-1]
		}
	}
}

func (c *checker) field(f *ast.Field, typ string, path []any) {
	def := c.ts.field(typ, f.Name)
	if def == nil {
		c.fail("undefinedField", path, f.Position, map[string]any{"typeName": typ, "fieldName": f.Name}, "Field '%s' doesn't exist on type '%s'", f.Name, typ)
		return
	}
	c.arguments(f, def, path)
	composite := c.ts.composite(def.Type.Name())
	switch {
	case composite && len(f.SelectionSet) == 0:
		c.fail("selectionMismatch", path, f.Position, map[string]any{"nodeName": "field '" + f.Name + "'", "typeName": def.Type.String()},
			"Field must have selections (field '%s' returns %s but has no selections. Did you mean '%s { ... }'?)", f.Name, def.Type.Name(), f.Name)
	case !composite && len(f.SelectionSet) > 0:
		c.fail("selectionMismatch", path, f.Position, map[string]any{"nodeName": "field '" + f.Name + "'", "typeName": def.Type.String()},
			"Selections can't be made on scalars (field '%s' returns %s but has selections)", f.Name, def.Type.Name())
	case composite && len(path) > maxDepth:
		c.fail("tooDeep", path, f.Position, nil, "Query has depth of more than %d", maxDepth)
	case composite:
		c.selection(f.SelectionSet, def.Type.Name(), path, false)
	}
}

func (c *checker) arguments(f *ast.Field, def *ast.FieldDefinition, path []any) {
	for _, a := range f.Arguments {
		d := def.Arguments.ForName(a.Name)
		if d == nil {
			c.fail("argumentNotAccepted", append(path, a.Name), a.Position, map[string]any{"name": f.Name, "typeName": "Field", "argumentName": a.Name},
				"Field '%s' doesn't accept argument '%s'", f.Name, a.Name)
			continue
		}
		c.value(a.Value, d.Type, d.DefaultValue != nil, "Argument '"+a.Name+"' on Field '"+f.Name+"'", append(path, a.Name))
	}
	var missing []string
	for _, d := range def.Arguments {
		if d.Type.NonNull && d.DefaultValue == nil && f.Arguments.ForName(d.Name) == nil {
			missing = append(missing, d.Name)
		}
	}
	if len(missing) > 0 {
		list := strings.Join(missing, ", ")
		c.fail("missingRequiredArguments", path, f.Position, map[string]any{"className": "Field", "name": f.Name, "arguments": list}, "Field '%s' is missing required arguments: %s", f.Name, list)
	}
}

// directives accepts @include(if:) and @skip(if:) and nothing else.
func (c *checker) directives(list ast.DirectiveList, path []any) {
	for _, d := range list {
		cond := d.Arguments.ForName("if")
		if d.Name != "include" && d.Name != "skip" || cond == nil {
			c.fail("undefinedDirective", path, d.Position, map[string]any{"directiveName": d.Name}, "Directive @%s is not defined, or lacks its argument", d.Name)
			continue
		}
		c.value(cond.Value, ast.NonNullNamedType("Boolean", nil), false, "Argument 'if' on Directive '"+d.Name+"'", path)
	}
}
