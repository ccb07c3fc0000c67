package githubsim

import (
	_ "embed" // the type definitions below
	"fmt"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

//go:embed types.graphql
var typeText string

// types is the part of GitHub's schema that the simulator knows, by name.
type types map[string]*ast.Definition

// schemaTypes reads types.graphql and completes it: connections, edges, paging
// arguments and built-in scalars.
var schemaTypes = sync.OnceValue(func() types {
	doc, err := parser.ParseSchema(&ast.Source{Name: "types.graphql", Input: typeText})
	if err != nil {
		panic("githubsim: types.graphql: " + err.Error()) // a mistake in this package, found by every test
	}
	ts := types{}
	for _, d := range doc.Definitions {
		ts[d.Name] = d
	}
	for _, name := range []string{"Int", "Float", "String", "Boolean", "ID"} {
		ts[name] = &ast.Definition{Kind: ast.Scalar, Name: name}
	}
	for _, d := range doc.Definitions {
		for _, f := range d.Fields {
			if isConnection(f) {
				ts.connect(f)
			}
		}
	}
	return ts
})

// isConnection reports whether the field is a paged list.
func isConnection(f *ast.FieldDefinition) bool { return strings.HasSuffix(f.Type.Name(), "Connection") }

// connect gives a connection field its paging arguments, and defines the
// connection and its edge where the file does not.
func (ts types) connect(f *ast.FieldDefinition) {
	for _, name := range []string{"after", "before", "first", "last"} {
		kind := "String"
		if name == "first" || name == "last" {
			kind = "Int"
		}
		f.Arguments = append(f.Arguments, &ast.ArgumentDefinition{Name: name, Type: ast.NamedType(kind, nil)})
	}
	name := f.Type.Name()
	node := strings.TrimSuffix(name, "Connection")
	if ts[name] != nil {
		return
	}
	field := func(name string, t *ast.Type) *ast.FieldDefinition { return &ast.FieldDefinition{Name: name, Type: t} }
	ts[name] = &ast.Definition{Kind: ast.Object, Name: name, Fields: ast.FieldList{
		field("edges", ast.ListType(ast.NamedType(node+"Edge", nil), nil)),
		field("nodes", ast.ListType(ast.NamedType(node, nil), nil)),
		field("pageInfo", ast.NonNullNamedType("PageInfo", nil)),
		field("totalCount", ast.NonNullNamedType("Int", nil)),
	}}
	ts[node+"Edge"] = &ast.Definition{Kind: ast.Object, Name: node + "Edge", Fields: ast.FieldList{
		field("cursor", ast.NonNullNamedType("String", nil)), field("node", ast.NamedType(node, nil)),
	}}
}

// field finds a field of a type; __typename is a field of every type that has
// selections. Nil when there is none.
func (ts types) field(typ, name string) *ast.FieldDefinition {
	if name == "__typename" {
		return typenameField
	}
	d := ts[typ]
	if d == nil {
		return nil
	}
	return d.Fields.ForName(name)
}

var typenameField = &ast.FieldDefinition{Name: "__typename", Type: ast.NonNullNamedType("String", nil)}

// composite reports whether a type needs a selection of its fields.
func (ts types) composite(name string) bool {
	d := ts[name]
	return d != nil && (d.Kind == ast.Object || d.Kind == ast.Interface || d.Kind == ast.Union)
}

// possible lists the object types that a type can stand for.
func (ts types) possible(name string) map[string]bool {
	d, out := ts[name], map[string]bool{}
	switch d.Kind {
	case ast.Object:
		out[name] = true
	case ast.Union:
		for _, t := range d.Types {
			out[t] = true
		}
	case ast.Interface:
		for _, t := range ts {
			for _, i := range t.Interfaces {
				if i == name {
					out[t.Name] = true
				}
			}
		}
	}
	return out
}

// overlap reports whether a fragment on one type can ever fit another.
func (ts types) overlap(a, b string) bool {
	others := ts.possible(b)
	for t := range ts.possible(a) {
		if others[t] {
			return true
		}
	}
	return false
}

// is reports whether an object type fits a type condition.
func (ts types) is(object, condition string) bool {
	return object == condition || condition == "" || ts[condition] != nil && ts.possible(condition)[object]
}

// gqlError is one entry of "errors" as GitHub writes them.
type gqlError struct {
	Type       string         `json:"type,omitempty"`
	Path       []any          `json:"path,omitempty"`
	Extensions map[string]any `json:"extensions,omitempty"`
	Locations  []location     `json:"locations,omitempty"`
	Message    string         `json:"message"`
}

type location struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// at tells where in the query text something stands.
func at(p *ast.Position) []location {
	if p == nil {
		return nil
	}
	return []location{{p.Line, p.Column}}
}

// fail makes an error of a type, as resolvers return it in place of a value.
func fail(kind, format string, args ...any) *gqlError {
	return &gqlError{Type: kind, Message: fmt.Sprintf(format, args...)}
}
