package tabular

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pages"
)

// A real browser finds in the page what it finds in that of an audit: no error, no request,
// no breach of the policy and nothing too wide, pale, unnamed or folded on paper, whatever
// things are called.
func TestPageKeepsItsPromisesInABrowser(t *testing.T) {
	bare := evidence.Evidence{Framework: evidence.CISGitHub, Period: exampleEvidence().Period, Complete: true}
	all := map[string]pages.Page{
		"evidence.html": {HTML: htmlOf(t, exampleEvidence()), Text: "acme-robotics"},
		"bare.html":     {HTML: htmlOf(t, bare), Text: "There is no control matrix."},
	}
	for name, text := range map[string]string{
		"script.html": `"'><script>alert(1)</script><img src=x onerror=alert(2)>`,
		"long.html":   strings.Repeat("endless", 50),
		"right.html":  "مرحبا بالعالم: user:שלום",
	} {
		all[name] = pages.Page{HTML: htmlOf(t, hostileEvidence(text)), Text: text}
	}
	pages.Check(t, all)
}
