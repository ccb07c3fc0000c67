package pack_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
)

func TestAPackIsAsItsSchemasSay(t *testing.T) {
	b := year(t)
	e := proof()
	e.Complete, e.Gaps = false, []evidence.Gap{{Org: "acme-robotics", Area: "members", From: quarter, Reason: "outage", Snapshots: 3}}
	u := unpack(t, written(t, e, pack.Options{Signer: b.signer, Journal: b.journal(), Tables: []string{"owners", "gaps"}, Sample: &pack.Draw{Size: 3, Seed: "x"}}))
	for _, c := range []struct {
		schema, file string
		lines        bool
	}{
		{"ajar.pack.v1.json", "manifest.json", false},
		{"ajar.evidence-table.v1.json", "tables/owners.json", false},
		{"ajar.evidence-table.v1.json", "samples/owners.json", false},
		{"ajar.journal-part.v1.json", "journal/journal.jsonl", true},
		{"ajar.journal-proof.v1.json", "journal/proofs.jsonl", true},
	} {
		compiler := jsonschema.NewCompiler()
		own, err := jsonschema.UnmarshalJSON(bytes.NewReader(u.text["schemas/"+c.schema])) // those of the pack, as its reader has them
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(c.schema, own); err != nil {
			t.Fatal(err)
		}
		compiled, err := compiler.Compile(c.schema)
		if err != nil {
			t.Fatal(err)
		}
		docs := [][]byte{u.text[c.file]}
		if c.lines {
			docs = bytes.Split(bytes.TrimSpace(u.text[c.file]), []byte("\n"))
		}
		for _, text := range docs {
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			if err == nil {
				err = compiled.Validate(doc)
			}
			if err != nil {
				t.Errorf("%s: %v", c.file, err)
			}
		}
	}
}
