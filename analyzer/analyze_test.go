package analyzer

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestOneBrokenRuleLosesItsOwnFindingsAndNoOthers(t *testing.T) {
	kept := rules
	t.Cleanup(func() { rules = kept })
	says := func(id string, breaks bool) rule {
		return rule{Rule: Rule{ID: id, Severity: access.High}, judge: func(c *court) {
			c.report(access.Finding{Title: id}, "cause")
			if breaks {
				panic("no such index")
			}
		}}
	}
	rules = []rule{says("first", false), says("broken", true), says("last", false)}
	got := Analyze(Input{Snapshot: &access.Snapshot{}})
	if len(got.Findings) != 2 || got.Findings[0].Rule != "first" || got.Findings[1].Rule != "last" {
		t.Errorf("findings are %v, want those of the first and the last rule", got.Findings)
	}
	if len(got.Failed) != 1 || got.Failed[0] != (Failure{"broken", "the rule broke: no such index"}) {
		t.Errorf("failed are %v, want the broken rule", got.Failed)
	}
}
