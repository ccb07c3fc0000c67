package githubsim

import (
	"fmt"
	"math"

	"github.com/vektah/gqlparser/v2/ast"
)

// maxNodes is GitHub's limit of nodes a query may ask for.
const maxNodes = 500_000

// measure works out what the query costs by GitHub's published formulas: each
// connection is fetched once per item of the connections around it;
//
//	requests = Σ mult(c)   points = max(1, round(requests / 100))   nodes = Σ mult(c) · first(c)
//
// nodes(ids:) counts as a connection of as many items as ids. Parts of a
// fragment count whether or not its type condition fits.
func (q *document) measure() {
	requests, nodes := 0.0, 0.0
	q.measureSet(q.op.SelectionSet, q.root(), 1, &requests, &nodes)
	q.cost = Count{Points: int(max(1, math.Round(requests/100))), Nodes: int(min(nodes, math.MaxInt32))}
	if nodes > maxNodes {
		q.errs = []*gqlError{{Type: "MAX_NODE_LIMIT_EXCEEDED", Message: fmt.Sprintf(
			"This query requests up to %s possible nodes which exceeds the maximum limit of 500,000.", thousands(int64(nodes)))}}
	}
}

// charge is what the account is charged: a dry run costs one point.
func (q *document) charge() Count {
	if q.dryRun {
		return Count{Points: 1}
	}
	return q.cost
}

func (q *document) measureSet(set ast.SelectionSet, typ string, mult float64, requests, nodes *float64) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.InlineFragment:
			cond := s.TypeCondition
			if cond == "" {
				cond = typ
			}
			if q.included(s.Directives) {
				q.measureSet(s.SelectionSet, cond, mult, requests, nodes)
			}
		case *ast.FragmentSpread:
			if f := q.frags.ForName(s.Name); q.included(s.Directives) {
				q.measureSet(f.SelectionSet, f.TypeCondition, mult, requests, nodes)
			}
		case *ast.Field:
			if q.included(s.Directives) {
				q.measureField(s, typ, mult, requests, nodes)
			}
		}
	}
}

func (q *document) measureField(f *ast.Field, typ string, mult float64, requests, nodes *float64) {
	def := schemaTypes().field(typ, f.Name)
	args := q.arguments(def, f)
	inner := mult
	switch {
	case typ == "Query" && f.Name == "nodes":
		ids, _ := args["ids"].([]any)
		*requests += mult
		inner = mult * float64(len(ids))
		*nodes += inner
	case typ == "Query" && f.Name == "rateLimit":
		q.dryRun = q.dryRun || args["dryRun"] == true
	case isConnection(def):
		size, _ := args["first"].(int64)
		if last, isSet := args["last"].(int64); isSet {
			size = max(size, last)
		}
		*requests += mult
		inner = mult * float64(max(0, size))
		*nodes += inner
	}
	q.measureSet(f.SelectionSet, def.Type.Name(), inner, requests, nodes)
}

// included evaluates @skip and @include.
func (q *document) included(list ast.DirectiveList) bool {
	for _, d := range list {
		v, _ := d.Arguments.ForName("if").Value.Value(q.vars)
		if yes, _ := v.(bool); yes == (d.Name == "skip") {
			return false
		}
	}
	return true
}

// arguments evaluates the arguments of a field; one that was not given, and
// has no default, is absent.
func (q *document) arguments(def *ast.FieldDefinition, f *ast.Field) map[string]any {
	if len(def.Arguments) == 0 {
		return nil
	}
	out := map[string]any{}
	for _, d := range def.Arguments {
		if a := f.Arguments.ForName(d.Name); a != nil {
			if v, isSet := q.evaluate(a.Value); isSet {
				out[d.Name], _ = schemaTypes().coerce(d.Type, v)
				continue
			}
		}
		if d.DefaultValue != nil {
			v, _ := d.DefaultValue.Value(nil)
			out[d.Name], _ = schemaTypes().coerce(d.Type, v)
		}
	}
	return out
}

// evaluate gives a literal or variable its value; false for a variable that
// was not given.
func (q *document) evaluate(v *ast.Value) (any, bool) {
	switch v.Kind {
	case ast.Variable:
		got, isSet := q.vars[v.Raw]
		return got, isSet
	case ast.ListValue:
		out := []any{}
		for _, child := range v.Children {
			e, _ := q.evaluate(child.Value)
			out = append(out, e)
		}
		return out, true
	case ast.ObjectValue:
		out := map[string]any{}
		for _, child := range v.Children {
			if e, isSet := q.evaluate(child.Value); isSet {
				out[child.Name] = e
			}
		}
		return out, true
	}
	got, _ := v.Value(nil)
	return got, true
}

// thousands writes a number with commas.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
