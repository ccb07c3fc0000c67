package github

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// mutations are the GraphQL mutations that the write transport lets out, by name.
var mutations = []string{"updateEnvironment"}

// onlyMutation parses a document and gives the one mutation that it holds: one
// operation, with one field, which is on the list. Like [onlyQueries] it takes
// printable ASCII alone; what people named stands in the variables.
func onlyMutation(text string) (name, why string) {
	if strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && r != '\t' && (r < ' ' || r > '~') }) {
		return "", "its GraphQL document holds characters that no mutation needs"
	}
	doc, err := parser.ParseQuery(&ast.Source{Input: text})
	switch {
	case err != nil:
		return "", "its GraphQL document cannot be parsed"
	case len(doc.Operations) != 1:
		return "", "its GraphQL document holds more or less than one operation"
	case len(doc.Fragments) > 0:
		return "", "its GraphQL document holds a fragment"
	case doc.Operations[0].Operation != ast.Mutation:
		return "", "its GraphQL document holds a " + string(doc.Operations[0].Operation)
	case len(doc.Operations[0].Directives) > 0 || len(doc.Operations[0].SelectionSet) != 1:
		return "", "its GraphQL document does more or less than one thing"
	}
	f, ok := doc.Operations[0].SelectionSet[0].(*ast.Field)
	if !ok || f.Alias != f.Name || len(f.Directives) > 0 {
		return "", "its GraphQL document does not name its mutation plainly"
	}
	if !slices.Contains(mutations, f.Name) {
		return "", "no action uses the mutation " + printable(f.Name, 60)
	}
	return f.Name, ""
}
