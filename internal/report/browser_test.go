package report

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/pages"
)

// A real browser finds no error, no request, no breach of the policy and nothing
// too wide, pale, unnamed or folded on paper, whatever the organization is called.
func TestPageKeepsItsPromisesInABrowser(t *testing.T) {
	page := func(a Audit, text string) pages.Page {
		return pages.Page{HTML: pageOf(t, a, Options{All: true}), Text: text}
	}
	all := map[string]pages.Page{
		"audit.html": page(exampleAudit(), "acme-robotics"),
		"bare.html":  page(Audit{Run: exampleRun(), Failed: []RuleFailure{{"gate-stuck", "it broke"}}}, "gate-stuck"),
	}
	plan := func(p Plan, text string) pages.Page {
		return pages.Page{HTML: render(t, p, HTML, Options{}), Text: text}
	}
	all["plan.html"] = plan(examplePlan(), "To be told")
	long := strings.Repeat("endless", 60)
	all["longplan.html"] = plan(everywhere(examplePlan(), long).(Plan), long)
	for name, text := range map[string]string{
		"script.html": `"'><script>alert(1)</script><img src=x onerror=alert(2)>`,
		"long.html":   long,
		"right.html":  "مرحبا بالعالم: user:שלום",
		"style.html":  `</style></svg></details>{{.}} javascript:alert(1) url(http://192.0.2.1/x)`,
	} {
		all[name] = page(everywhere(exampleAudit(), text).(Audit), text)
	}
	pages.Check(t, all)
}
