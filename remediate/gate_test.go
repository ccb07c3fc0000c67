package remediate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/remediate"
)

func TestAWaitTimerIsPutBack(t *testing.T) {
	const rule = roles + "[[environment]]\nmatch = [\"env:acme/*/production\"]\nwait_timer = 30\n"
	w := house()
	w.reviewer("user:kim", "api/production")
	w.reviewer("user:dan", "api/production")
	w.env("api/production").Gate.WaitTimer = 5
	p := w.plan(t, rule, loose())
	if diff := cmp.Diff([]string{"medium: let deployments to env:acme/api/production wait 30 minutes"}, lines(p)); diff != "" {
		t.Fatalf("want -, have +:\n%s", diff)
	}
	if c := p.Actions[0].Change; c.Before.Gate.WaitTimer != 5 || c.After.Gate.WaitTimer != 30 || len(c.After.Gate.Reviewers) != 2 {
		t.Errorf("%+v", c)
	}
}

func TestAPartOfAGateThatIsRefusedKeepsTheOthersNotBack(t *testing.T) {
	const rule = roles + "[[environment]]\nmatch = [\"env:acme/*/production\"]\nwait_timer = 30\nprevent_self_review = true\nreviewers = [\"team:acme/empty\"]\n"
	w := house()
	w.team("empty", "")
	w.reviewer("user:kim", "api/production")
	w.env("api/production").Gate.PreventSelfReview = false
	p := w.plan(t, rule, loose())
	if len(p.Actions) != 1 || len(p.Actions[0].Parts) != 2 || len(p.Refused) != 1 {
		t.Errorf("%q", lines(p))
	}
	if to := p.Actions[0].Change.After.Gate; !to.PreventSelfReview || to.WaitTimer != 30 || len(to.Reviewers) != 1 || to.Reviewers[0].Name != "kim" {
		t.Errorf("%+v", to)
	}
}

func TestInstructionsSayWhoCanAndSinceWhenAndWhatWasDone(t *testing.T) {
	w := house()
	w.TwoFactor[2].Enabled = false
	w.env("api/production")
	in := w.input(t, roles, loose())
	in.Seen = map[string]remediate.Sight{}
	for _, f := range in.Findings {
		in.Seen[f.Fingerprint] = remediate.Sight{Since: now.Add(-48 * time.Hour), Snapshots: 3}
	}
	first := remediate.NewPlan(in)
	who := map[string]string{}
	for _, i := range first.Instructions {
		who[i.Rule] = i.Who
		if !i.Since.Equal(now.Add(-48 * time.Hour)) {
			t.Errorf("%s stands since %s", i.Title, i.Since)
		}
	}
	want := map[string]string{"two-factor-missing": "user:ann", "environment-no-reviewers": "an administrator of repo:acme/api"}
	if diff := cmp.Diff(want, who); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
	w.TwoFactor[2].Enabled = true
	in = w.input(t, roles, loose())
	in.Former, in.Ended = first.Instructions, map[string]time.Time{}
	for _, i := range first.Instructions {
		if strings.HasPrefix(i.Rule, "two-factor") {
			in.Ended[i.Finding] = now
		}
	}
	p := remediate.NewPlan(in)
	if len(p.Instructions) != 1 || len(p.Done) != 1 || p.Done[0].Rule != "two-factor-missing" || !p.Done[0].Resolved.Equal(now) {
		t.Errorf("%q, done %+v", lines(p), p.Done)
	}
}
