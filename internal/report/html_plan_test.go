package report

import (
	"strings"
	"testing"
)

func TestThePageOfAPlanShowsAllOfIt(t *testing.T) {
	text := render(t, examplePlan(), HTML, Options{All: true})
	checkPage(t, text)
	last := 0
	for _, id := range []string{"gaps", "changes", "approvers", "waiting", "notices", "refused", "by-hand", "done"} {
		at := strings.Index(text, `<section id="`+id+`"`)
		if at < last {
			t.Errorf("%s is at %d, before %d", id, at, last)
		}
		last = at
	}
	golden(t, "plan.html.golden", text)
	if stopped := render(t, stoppedPlan(), HTML, Options{}); !strings.Contains(stopped, "Stopped: the whole plan breaks a guard") {
		t.Error("the page does not say that the plan is stopped")
	}
	empty := render(t, Plan{Org: org, At: taken, MadeAt: taken}, HTML, Options{})
	checkPage(t, empty)
	if strings.Contains(empty, "<section") {
		t.Error("a plan of nothing has sections")
	}
}

func FuzzNoTextActsInThePageOfAPlan(f *testing.F) {
	for _, s := range []string{"", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "</style>", "{{.Org}}", "\u202e\u2066", "\x00\x1b[2J", "user:a user:b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		checkPage(t, render(t, everywhere(examplePlan(), s), HTML, Options{All: true}))
	})
}
