package githubsim

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
)

// document is a GraphQL request that was read: parsed, checked, and its cost
// worked out, before anything is answered.
type document struct {
	text     string
	shape    string // root field and main connection, for the meters
	mutation string // name of the first mutation field, "" for a query
	cost     Count
	dryRun   bool
	bad      string      // the request cannot be read at all: REST-like 400
	errs     []*gqlError // the query is refused as a whole
	op       *ast.OperationDefinition
	frags    ast.FragmentDefinitionList
	vars     map[string]any
}

// readQuery reads the body of a POST to /graphql.
func readQuery(body []byte) *document {
	q := &document{shape: "(unreadable)", cost: Count{Points: 1}}
	var in struct {
		Query         string         `json:"query"`
		Variables     map[string]any `json:"variables"`
		OperationName string         `json:"operationName"`
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		q.bad = "Problems parsing JSON"
		return q
	}
	if q.text = in.Query; strings.TrimSpace(q.text) == "" {
		q.bad = "A query attribute must be specified and must be a string."
		return q
	}
	doc, err := parser.ParseQuery(&ast.Source{Name: "query", Input: in.Query})
	if err != nil {
		q.errs = []*gqlError{parseError(err)}
		return q
	}
	q.frags = doc.Fragments
	if q.errs = q.choose(doc, in.OperationName); len(q.errs) > 0 {
		return q
	}
	q.shape = shapeOf(q)
	if q.op.Operation != ast.Query {
		q.mutation = q.shape
	}
	if q.errs = check(q, doc); len(q.errs) > 0 {
		return q
	}
	if q.vars, q.errs = coerceVariables(q.op, in.Variables); len(q.errs) > 0 {
		return q
	}
	q.measure()
	return q
}

// parseError words a syntax error as GitHub does.
func parseError(err error) *gqlError {
	var g *gqlerror.Error
	if !errors.As(err, &g) {
		return &gqlError{Message: "Parse error: " + err.Error()}
	}
	e := &gqlError{Message: "Parse error: " + g.Message}
	for _, l := range g.Locations {
		e.Locations = append(e.Locations, location{l.Line, l.Column})
	}
	return e
}

// choose finds the operation that is meant.
func (q *document) choose(doc *ast.QueryDocument, name string) []*gqlError {
	switch {
	case len(doc.Operations) == 0:
		return []*gqlError{{Message: "No operation named \"" + name + "\""}}
	case name != "":
		q.op = doc.Operations.ForName(name)
	case len(doc.Operations) == 1:
		q.op = doc.Operations[0]
	}
	if q.op == nil && name != "" {
		return []*gqlError{{Message: "No operation named \"" + name + "\""}}
	}
	if q.op == nil {
		return []*gqlError{{Message: "An operation name is required"}}
	}
	return nil
}

// shapeOf names a query for the meters: its first root field besides
// rateLimit, with the first connection under it, or the types that node and
// nodes are asked for.
func shapeOf(q *document) string {
	var fields []*ast.Field
	q.each(q.op.SelectionSet, "", func(f *ast.Field, _ string) { fields = append(fields, f) })
	i := slices.IndexFunc(fields, func(f *ast.Field) bool { return f.Name != "rateLimit" && f.Name != "meta" })
	if i < 0 {
		return "rateLimit"
	}
	root := fields[i]
	if root.Name == "node" || root.Name == "nodes" {
		var conds []string
		q.each(root.SelectionSet, "", func(_ *ast.Field, cond string) {
			if cond != "" && !slices.Contains(conds, cond) {
				conds = append(conds, cond)
			}
		})
		return root.Name + "(" + strings.Join(conds, ",") + ")"
	}
	def := schemaTypes().field("Query", root.Name)
	if def == nil || q.op.Operation != ast.Query {
		return root.Name
	}
	shape := root.Name
	q.each(root.SelectionSet, "", func(f *ast.Field, _ string) {
		sub := schemaTypes().field(def.Type.Name(), f.Name)
		if shape == root.Name && sub != nil && isConnection(sub) {
			shape += "." + f.Name
		}
	})
	return shape
}

// each calls visit for the fields of a selection, those of fragments included,
// with the innermost type condition around each. Spreads that go round in a
// circle are cut off.
func (q *document) each(set ast.SelectionSet, cond string, visit func(f *ast.Field, cond string)) {
	q.walk(set, cond, visit, 0)
}

func (q *document) walk(set ast.SelectionSet, cond string, visit func(f *ast.Field, cond string), depth int) {
	if depth > maxDepth {
		return
	}
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			visit(s, cond)
		case *ast.InlineFragment:
			c := cond
			if s.TypeCondition != "" {
				c = s.TypeCondition
			}
			q.walk(s.SelectionSet, c, visit, depth+1)
		case *ast.FragmentSpread:
			if f := q.frags.ForName(s.Name); f != nil {
				q.walk(f.SelectionSet, f.TypeCondition, visit, depth+1)
			}
		}
	}
}

// maxDepth bounds nesting: a query deeper than this is refused.
const maxDepth = 50
