package audit

import (
	"testing"

	"github.com/eb661601/ajar/analyzer"
)

// The demo tells a story in which every kind of finding occurs. An organization
// cannot have a single owner and one too many, its baseline asks for no wait and says
// nothing of maintainers, and nothing is done as ajar before its first run, so those
// rules are left out.
func TestTheDemoShowsEveryRule(t *testing.T) {
	p, _ := newPass(t, nil)
	r, err := p.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{
		"single-owner": true, "environment-wait-timer": true, "team-maintainer-not-listed": true, analyzer.UnexplainedChange: true,
	}
	for _, f := range r.Findings {
		shown[f.Rule] = true
	}
	for _, rule := range analyzer.Rules() {
		if !shown[rule.ID] {
			t.Errorf("the demo has no finding of %s", rule.ID)
		}
	}
}
