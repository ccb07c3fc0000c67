package audit

import (
	"errors"
	"strings"
	"testing"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

func TestBaselineThatContradictsItselfIsAnErrorThatNamesBothLines(t *testing.T) {
	p, _ := newPass(t, nil)
	info, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := "[[environment]]\nmatch = [\"env:acme-robotics/*/production\"]\nrequire_reviewers = true\n" +
		"[[environment]]\nmatch = [\"env:acme-robotics/fleet-api/*\"]\nrequire_reviewers = false\n"
	if p.Baseline, err = baseline.Parse([]baseline.File{{Name: "conf.toml", Text: []byte(text)}}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"open":   second(p.Open(t.Context(), info)),
		"review": second(p.Review(t.Context(), info)),
		"judge":  second(p.Judge(t.Context(), info)),
	} {
		var problems baseline.Problems
		if !errors.As(err, &problems) || len(problems) != 1 || !strings.Contains(problems[0].String(), "conf.toml:6:1") ||
			!strings.Contains(problems[0].Message, "conf.toml:3:1") {
			t.Errorf("%s: %v", name, err)
		}
	}
	kept, err := p.Store.Findings(t.Context(), p.Org, store.Filter{})
	if err != nil || len(kept) != 0 {
		t.Errorf("kept %d findings, %v", len(kept), err)
	}
}

func TestWaiverOfARuleThatDoesNotExistIsAWarningOfEveryAudit(t *testing.T) {
	p, _ := newPass(t, nil)
	info, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text := string(githubsim.DemoBaseline(now)) + "\n[[waiver]]\nmatch = { rule = \"deploy-key-stal\" }\nreason = \"x\"\nowner = \"user:mirela-okafor\"\nexpires = 2027-04-01\n"
	if p.Baseline, err = baseline.Parse([]baseline.File{{Name: "b.toml", Text: []byte(text)}}); err != nil {
		t.Fatal(err)
	}
	v, err := p.Open(t.Context(), info)
	if err != nil || !strings.Contains(baseline.Problems(v.Warnings).Error(), `there is no rule "deploy-key-stal" to waive (did you mean "deploy-key-stale"?)`) {
		t.Errorf("%v, %v", v.Warnings, err)
	}
}

func second[T any](_ T, err error) error { return err }
