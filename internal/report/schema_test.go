package report

import (
	"encoding/json"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaDir = "../../docs/schemas"

// schemas compiles every schema file, by the name of the document it describes.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	files, err := fs.Glob(os.DirFS(schemaDir), "*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schemas in %s: %v", schemaDir, err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, name := range files {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(read(t, name)))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := c.AddResource(name, doc); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	out := map[string]*jsonschema.Schema{}
	for _, name := range files {
		s, err := c.Compile(name)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[strings.TrimSuffix(name, ".v1.json")+"/v1"] = s
	}
	return out
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(schemaDir + "/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return doc.(map[string]any)
}

func TestEveryDocumentIsAsItsSchemaSays(t *testing.T) {
	all := schemas(t)
	// What others share, what webhooks get (internal/notify shows that), tables of the evidence (internal/tabular), and the saved plan and proof, which are no views: the scripts of
	// cmd/ajar hold those against their schemas.
	used := map[string]bool{"ajar.common/v1": true, "ajar.notice/v1": true, "ajar.plan-file/v1": true, "ajar.journal-proof/v1": true,
		"ajar.evidence-table/v1": true, "ajar.pack/v1": true, "ajar.journal-part/v1": true} // internal/pack shows the last two
	for _, e := range examples {
		doc := parse(t, render(t, e.view, JSON, Options{}))
		name, _ := doc["schema"].(string)
		used[name] = true
		s := all[name]
		if s == nil {
			t.Errorf("%s: no schema for %q", e.name, name)
			continue
		}
		if err := s.Validate(doc); err != nil {
			t.Errorf("%s: %v", e.name, err)
		}
	}
	for name := range all {
		if !used[name] {
			t.Errorf("no document shows what %s describes", name)
		}
	}
}

// Whatever is changed in a document (a key that nobody knows, a value of another
// sort, a missing part), its schema notices.
func TestSchemasNoticeEveryChange(t *testing.T) {
	all := schemas(t)
	for _, e := range examples {
		text := render(t, e.view, JSON, Options{})
		doc := parse(t, text)
		s := all[doc["schema"].(string)]
		seen := map[string]bool{}
		mutate(doc, "", seen, func(what string) {
			if s.Validate(doc) == nil {
				t.Errorf("%s: nobody noticed: %s", e.name, what)
			}
		})
		if err := s.Validate(doc); err != nil {
			t.Fatalf("%s: the document was not put back: %v", e.name, err)
		}
		for key := range doc {
			kept := doc[key]
			delete(doc, key)
			if s.Validate(doc) == nil && key != "commit_time" {
				t.Errorf("%s: nobody noticed that %s is missing", e.name, key)
			}
			doc[key] = kept
		}
	}
}

// mutate changes one thing at a time, calls check, and puts it back. Each place
// is visited once, whatever its index in an array.
func mutate(v any, at string, seen map[string]bool, check func(string)) {
	switch v := v.(type) {
	case map[string]any:
		if !seen[at+"{}"] {
			seen[at+"{}"] = true
			v["nobody-knows"] = "this"
			check("an unknown key in " + at)
			delete(v, "nobody-knows")
		}
		for key, kept := range v {
			place := at + "." + key
			if !seen[place] {
				seen[place] = true
				v[key] = []any{[]any{json.Number("1.5")}}
				check("another sort of value in " + place)
				v[key] = kept
			}
			mutate(kept, place, seen, check)
		}
	case []any:
		for i, kept := range v {
			if !seen[at+"[]"] {
				seen[at+"[]"] = true
				v[i] = json.Number("1.5")
				check("another sort of value in the list " + at)
				v[i] = kept
			}
			mutate(kept, at+"[]", seen, check)
		}
	}
}

// A schema is documentation as well: every property says what it means.
func TestEveryPropertyIsDescribed(t *testing.T) {
	for name := range schemas(t) {
		file := strings.TrimSuffix(name, "/v1") + ".v1.json"
		var walk func(at string, v any)
		walk = func(at string, v any) {
			m, ok := v.(map[string]any)
			if !ok {
				if list, ok := v.([]any); ok {
					for _, x := range list {
						walk(at, x)
					}
				}
				return
			}
			props, _ := m["properties"].(map[string]any)
			for key, p := range props {
				p := p.(map[string]any)
				if p["$ref"] == nil && p["description"] == nil {
					t.Errorf("%s: %s.%s is not described", file, at, key)
				}
			}
			if m["type"] == "object" && m["additionalProperties"] == nil {
				t.Errorf("%s: %s lets any property in", file, at)
			}
			for key, x := range m {
				walk(at+"."+key, x)
			}
		}
		walk("", parse(t, read(t, file)))
	}
}
