package report

import (
	"bytes"
	"testing"

	"github.com/eb661601/ajar/access"
)

// The findings are written one after the other; the document is the one that is
// written in one piece.
func TestFindingsWrittenOneByOneAreTheSameDocument(t *testing.T) {
	hostile := exampleFinding()
	hostile.Title = "x\n  \"findings\": \"later\" <&> \x1b[2J \u202e é"
	for name, all := range map[string][]access.Finding{
		"none": nil, "one": {exampleFinding()}, "hostile": {hostile, exampleFinding()}, "many": exampleFindings(),
	} {
		type doc struct {
			Before   string `json:"before"`
			Findings any    `json:"findings"`
			After    []int  `json:"after"`
		}
		docs := []findingDoc{}
		for _, f := range worstFirst(all) {
			docs = append(docs, newFindingDoc(f, taken))
		}
		var whole, parts bytes.Buffer
		if err := encode(&whole, doc{hostile.Title, docs, []int{1}}); err != nil {
			t.Fatal(err)
		}
		if err := encodeFindings(&parts, doc{hostile.Title, laterFindings{}, []int{1}}, all, taken); err != nil {
			t.Fatal(err)
		}
		if whole.String() != parts.String() {
			t.Errorf("%s:\n%s\ninstead of\n%s", name, parts.String(), whole.String())
		}
	}
}
