package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/remediate"
)

// Whatever the whole plan has and the smaller one has not is counted, also where
// it is no change that is due.
func TestEverythingThatASmallerPlanLeavesOutIsCounted(t *testing.T) {
	whole := remediate.Plan{
		Actions: []remediate.Action{{ID: "a"}, {ID: "b"}}, Waiting: []remediate.Waiting{{ID: "c"}, {ID: "d"}, {ID: "e"}},
		Refused:      []remediate.Refusal{{ID: "f", Finding: "1"}, {ID: "f", Finding: "2"}},
		Instructions: []remediate.Instruction{{Finding: "3", Title: "x"}, {Finding: "3", Title: "y"}},
	}
	p := remediate.Plan{
		Actions: []remediate.Action{{ID: "a"}}, Waiting: []remediate.Waiting{{ID: "b"}, {ID: "e"}}, // b has to wait in it
		Refused: []remediate.Refusal{{ID: "f", Finding: "2"}}, Instructions: []remediate.Instruction{{Finding: "3", Title: "x"}},
	}
	if got, want := leftOut(whole, p), (report.PlanLeft{Actions: 1, Waiting: 2, Refused: 1, Instructions: 1}); got != want {
		t.Errorf("left out are %+v, not %+v", got, want)
	}
	if got := leftOut(whole, whole); got != (report.PlanLeft{}) {
		t.Errorf("the whole plan leaves out %+v", got)
	}
}

func TestThatPeopleCountAsToldIsSaidOnlyWhereSomebodyIs(t *testing.T) {
	for _, told := range []bool{false, true} {
		p := remediate.Plan{Waiting: []remediate.Waiting{{ID: "a"}}}
		if told {
			p.Notices = []remediate.Notice{{Action: "a"}}
		}
		var out bytes.Buffer
		(&app{errs: &out, program: "ajar"}).tellSaved("plan.json", "approve", p, false)
		if got := out.String(); !strings.Contains(got, "nothing is due yet") || strings.Contains(got, "count as told") != told {
			t.Errorf("with somebody to tell (%v) it says %q", told, got)
		}
	}
}
