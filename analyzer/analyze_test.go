package analyzer

import (
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
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

func TestGrantsAreJudgedOnceForAllRules(t *testing.T) {
	text := "[organization.acme]\nmanage = [\"keys\"]\n[roles.reader]\nrepository = \"read\"\n" +
		"[[assign]]\nrole = \"reader\"\nto = [\"user:ann\"]\non = [\"repo:acme/*\"]\nreason = \"work\"\n"
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	ann, api := access.Ref{Kind: access.User, ID: 2}, access.Ref{Kind: access.Repo, ID: 3}
	s := &access.Snapshot{
		Org: access.Organization{ID: 1, Login: "acme"}, People: []access.Person{{ID: 2, Login: "ann"}},
		Repositories: []access.Repository{{ID: 3, Name: "api"}},
		Grants:       []access.Grant{{Principal: ann, Resource: api, Privilege: access.Admin, Source: access.Direct}},
	}
	for _, a := range access.Areas {
		s.Coverage.Set(access.Cover{Area: a, Status: access.Complete})
	}
	bound, problems := b.Bind(s)
	if bound == nil {
		t.Fatal(problems)
	}
	in := Input{Snapshot: s, Baseline: bound}
	f := newFacts(in)
	f.judgeBy(in, true)
	if len(f.judgements) == 0 {
		t.Fatal("nothing was judged, so this shows nothing")
	}
	f.forgetVerdicts()
	f.judgeBy(in, false)
	if len(f.judgements) > 0 {
		t.Error("a rule had all grants judged anew: it belongs to those that pronounce")
	}
}
