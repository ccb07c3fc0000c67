package contract

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// Schema gives GitHub's published GraphQL schema, as npm has it: the file that
// AJAR_GRAPHQL_SCHEMA names, else the one that scripts/contract-setup.sh leaves
// in .cache/npm. Where it is missing the test is skipped, or with CI=true in
// the environment failed.
func Schema(t testing.TB) *ast.Schema {
	t.Helper()
	return want(t, published, "GitHub's GraphQL schema is not here; run scripts/contract-setup.sh, or set AJAR_GRAPHQL_SCHEMA")
}

// NewerSchema gives a snapshot of the schema that is closer to production
// (July 2026), from the folder that AJAR_SCHEMA names. Missing as in Schema.
func NewerSchema(t testing.TB) *ast.Schema {
	t.Helper()
	return want(t, newer, "the newer GraphQL schema is not here; set AJAR_SCHEMA to the folder of schema-2026-07-24.graphql")
}

func want(t testing.TB, load func() (*ast.Schema, error), missing string) *ast.Schema {
	t.Helper()
	schema, err := load()
	if errors.Is(err, os.ErrNotExist) {
		if os.Getenv("CI") == "true" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// published and newer load each schema once per test binary.
var (
	published = sync.OnceValues(func() (*ast.Schema, error) {
		return loadSchema(os.Getenv("AJAR_GRAPHQL_SCHEMA"), ".cache", "npm", "graphql-schema", "schema.graphql")
	})
	newer = sync.OnceValues(func() (*ast.Schema, error) {
		const file = "schema-2026-07-24.graphql"
		if dir := os.Getenv("AJAR_SCHEMA"); dir != "" {
			return loadSchema(filepath.Join(dir, file))
		}
		return loadSchema("", "..", "shared", "github", file)
	})
)

// loadSchema reads a schema file, by default one below the module's root. Both
// files define some fields twice, which no loader accepts, so repeated names
// are dropped first.
func loadSchema(path string, otherwise ...string) (*ast.Schema, error) {
	if path == "" {
		root, err := moduleRoot()
		if err != nil {
			return nil, err
		}
		path = filepath.Join(append([]string{root}, otherwise...)...)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading GitHub's GraphQL schema: %w", err)
	}
	doc, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: path, Input: string(text)})
	if err != nil {
		return nil, fmt.Errorf("parsing GitHub's GraphQL schema: %w", err)
	}
	for _, d := range doc.Definitions {
		seen, kept := map[string]bool{}, d.Fields[:0]
		for _, f := range d.Fields {
			if !seen[f.Name] {
				seen[f.Name], kept = true, append(kept, f)
			}
		}
		d.Fields = kept
	}
	schema, err := validator.ValidateSchemaDocument(doc)
	if err != nil {
		return nil, fmt.Errorf("checking GitHub's GraphQL schema: %w", err)
	}
	return schema, nil
}

// Query parses a query and checks it by the schema. The errors say line and
// column; the document is nil when there are any.
func Query(schema *ast.Schema, text string) (*ast.QueryDocument, []error) {
	doc, errs := gqlparser.LoadQueryWithRules(schema, text, rules.NewDefaultRules())
	if len(errs) == 0 {
		return doc, nil
	}
	out := make([]error, len(errs))
	for i, e := range errs {
		out[i] = e
	}
	return nil, out
}
