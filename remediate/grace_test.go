package remediate_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

const day = 24 * time.Hour

// patient asks for the grace that is the default of the configuration.
func patient() remediate.Guards {
	g := loose()
	g.Grace = remediate.Grace{Snapshots: 2, Age: day, Notice: 3 * day}
	return g
}

// ago gives every finding the same history.
func ago(in *remediate.Input, seen time.Duration, snapshots int, told time.Duration) {
	in.Seen, in.Told = map[string]remediate.Sight{}, map[string]time.Time{}
	for _, f := range in.Findings {
		in.Seen[f.Fingerprint] = remediate.Sight{Since: now.Add(-seen), Snapshots: snapshots}
		if told != 0 {
			in.Told[f.Fingerprint] = now.Add(-told)
		}
	}
}

func TestDriftIsTakenAwayOnlyOnceItsGraceIsOver(t *testing.T) {
	cases := map[string]struct {
		seen      time.Duration
		snapshots int
		told      time.Duration
		until     time.Duration // from now
		why       []string      // nil: it is an action
	}{
		"ripe": {4 * day, 2, 3 * day, 0, nil},
		"found once": {4 * day, 1, 3 * day, 0,
			[]string{"it was found in 1 of 2 snapshots"}},
		"too young": {23 * time.Hour, 2, 0, 3 * day,
			[]string{"it has been there since 2026-11-24 13:00 UTC, and grace.age is 24h", "nobody has been told; the notice is 3d"}},
		"told too late": {4 * day, 2, day, 2 * day,
			[]string{"those concerned were told on 2026-11-24 12:00 UTC, and the notice is 3d"}},
		"told of an earlier life": {4 * day, 2, 5 * day, 3 * day,
			[]string{"nobody has been told; the notice is 3d"}},
	}
	for name, c := range cases {
		w := house()
		w.give("team:qa", "web", access.Admin)
		in := w.input(t, roles, patient())
		ago(&in, c.seen, c.snapshots, c.told)
		p := remediate.NewPlan(in)
		if c.why == nil {
			if len(p.Actions) != 1 || len(p.Waiting)+len(p.Notices) != 0 {
				t.Errorf("%s: %d actions, waiting %+v", name, len(p.Actions), p.Waiting)
			}
			continue
		}
		if len(p.Actions) != 0 || len(p.Waiting) != 1 || !p.Waiting[0].Until.Equal(now.Add(c.until)) {
			t.Errorf("%s: %d actions, waiting %+v", name, len(p.Actions), p.Waiting)
			continue
		}
		if diff := cmp.Diff(c.why, p.Waiting[0].Why); diff != "" {
			t.Errorf("%s: want -, have +:\n%s", name, diff)
		}
		untold := slices.ContainsFunc(c.why, func(s string) bool { return strings.HasPrefix(s, "nobody") })
		if untold != (len(p.Notices) == 1) {
			t.Errorf("%s: notices %+v", name, p.Notices)
		}
	}
}

func TestANoticeSaysWhatComesWhenAndWhy(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	p := w.plan(t, roles, patient())
	if len(p.Notices) != 1 {
		t.Fatalf("%+v", p.Notices)
	}
	n := p.Notices[0]
	want := "From 2026-11-28 on it is planned to lower team:acme/qa on repo:acme/web from admin to read. " +
		"Why: team:acme/qa has admin on repo:acme/web, the baseline allows read. Who needs it asks those who keep the baseline of org:acme before that day."
	if n.Text != want || n.Action != p.Waiting[0].ID || n.Finding != p.Waiting[0].Finding {
		t.Errorf("%+v", n)
	}
	if diff := cmp.Diff([]access.Named{w.named("user:ann"), w.named("user:abe")}, n.To); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}

func TestWhatTakesFromNobodyNeedsNoNotice(t *testing.T) {
	w := house()
	w.WorkflowToken.Default = "write"
	in := w.input(t, "[organization.acme]\ndefault_workflow_permissions = \"read\"\n"+roles, patient())
	ago(&in, 2*day, 2, 0)
	if p := remediate.NewPlan(in); len(p.Actions) != 1 || len(p.Waiting) != 0 {
		t.Errorf("%v, %+v", lines(p), p.Waiting)
	}
}

func TestAnAssignmentThatEndedHasNoGrace(t *testing.T) {
	w := house()
	w.give("user:ann", "web", access.Write)
	base := roles + "[[assign]]\nrole = \"writer\"\nto = [\"user:ann\"]\non = [\"repo:acme/web\"]\nexpires = 2026-10-31\n"
	if p := w.plan(t, base, patient()); len(p.Actions) != 1 || p.Actions[0].Rule != "expired-assignment" || len(p.Notices) != 0 {
		t.Errorf("%v, %+v", lines(p), p.Waiting)
	}
}

func TestMoreGraceNeverAddsAnAction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawWorld(rt).input(t, drawBaseline(rt), drawGuards(rt))
		all := ids(remediate.NewPlan(in))
		ago(&in, time.Duration(rapid.IntRange(0, 100).Draw(rt, "hours"))*time.Hour, rapid.IntRange(0, 3).Draw(rt, "snapshots"), time.Duration(rapid.IntRange(0, 100).Draw(rt, "told"))*time.Hour)
		in.Guards.Grace = patient().Grace
		p := remediate.NewPlan(in)
		if len(p.Actions)+len(p.Waiting) < len(all) {
			rt.Fatalf("%d actions, %d wait, of %d", len(p.Actions), len(p.Waiting), len(all))
		}
		for id, title := range ids(p) {
			if _, ok := all[id]; !ok && !strings.HasPrefix(title, "guard ") && !strings.Contains(title, "env:") {
				rt.Fatalf("%q is new with grace", title)
			}
		}
	})
}

func TestNoPlanTouchesWhoKeepsTheBaseline(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	for _, who := range []string{"user:ann", "team:acme/qa"} {
		guards := loose()
		guards.Editors = []string{who}
		p := w.plan(t, roles, guards)
		if len(p.Actions) != 0 || len(p.Refused) != 1 || p.Refused[0].Guard != remediate.EditorsGuard {
			t.Errorf("%s: %q", who, lines(p))
		}
	}
	guards := loose()
	guards.Editors = []string{"user:gone"}
	want := "editors: user:gone is not in the snapshot; if it has another name now, nothing protects it"
	if p := w.plan(t, roles, guards); len(p.Stopped) != 1 || p.Stopped[0] != want {
		t.Errorf("%q", p.Stopped)
	}
}

func TestLimitsHoldForTheLastDayToo(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	in := w.input(t, roles, loose())
	in.Guards.MaxChanges = 4
	in.Recent = []remediate.Lost{
		{As: "member", Kind: access.User, IDs: []int64{w.ref("user:ann").ID, w.ref("user:dan").ID}},
		{As: "team", Kind: access.Team, IDs: []int64{w.ref("team:qa").ID}},
	}
	if p := remediate.NewPlan(in); len(p.Stopped) != 0 {
		t.Errorf("each counts once: %q", p.Stopped)
	}
	in.Guards.MaxChanges = 3
	in.Guards.MaxFraction = 0.5
	want := []string{
		"max_changes: 4 people and other principals would lose something, with the 1 of the last 24 hours, the limit is 3",
		"limits.member.fraction: 3 of 5 of kind member would lose something, with the 1 of the last 24 hours, the limit is 0.5 of them, which is 2",
	}
	if diff := cmp.Diff(want, remediate.NewPlan(in).Stopped); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}
