package evidence_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// judged takes a snapshot and judges it: some findings are open, and those with a reason
// are waived.
func judged(t tester, s *store.Store, n int, found map[string]string) {
	t.Helper()
	ctx := context.Background()
	info := taken(t, s, hour(n), func(p *store.Pass) { world(t, p, 0) })
	snap, err := s.Load(ctx, info)
	check(t, err)
	var all []access.Finding
	for name, waiver := range found {
		f := access.Finding{Fingerprint: access.Fingerprint("r", name), Rule: "r", Category: "overprivileged", Severity: access.High, Title: name,
			Principal: access.Named{Ref: user(2), Name: "user:bob"}, Resource: access.Named{Ref: repo(5), Name: "repo:acme/api"}}
		if waiver != "" {
			f.State, f.Waiver, f.WaiverEnd = access.Waived, waiver, hour(1000)
		}
		all = append(all, f)
	}
	_, err = s.Judge(ctx, snap, all, info.At, store.Terms{Baseline: "beef"})
	check(t, err)
}

// The life of a finding is told as it stood at the end of the period, whatever became of
// it later, and of each remedy how long it took.
func TestFindingsAreToldAsTheyStoodAtTheEndOfThePeriod(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	judged(t, s, 0, map[string]string{"old": "", "before": ""})
	judged(t, s, 1, map[string]string{"old": ""})
	judged(t, s, 2, map[string]string{"old": "", "back": "", "later": ""})
	judged(t, s, 3, map[string]string{"old": "", "later": "it is known"})
	judged(t, s, 4, map[string]string{"back": "", "later": "it is known"})
	judged(t, s, 5, map[string]string{"back": "", "later": ""})
	judged(t, s, 6, map[string]string{"new": ""}) // after the period
	e := gather(t, s, evidence.Period{From: hour(1).Add(time.Minute), To: hour(5).Add(time.Minute)})
	if !e.Complete {
		t.Errorf("gaps: %v", e.Gaps)
	}
	hours := func(n int) string { return strconv.Itoa(n * 3600) }
	want := map[string]map[string]string{
		"old": {"state_start": "open", "state": "resolved", "opened_in_period": "0", "resolved_in_period": "1", "remedy_seconds": hours(4), "open_seconds": "", "reopened": "0"},
		"back": {"state_start": "", "state": "open", "opened_in_period": "1", "resolved_in_period": "1", "remedy_seconds": "", "open_seconds": strconv.Itoa(3600 + 60), "reopened": "1",
			"opened_at": hour(4).Format(time.RFC3339)},
		"later": {"state_start": "", "state": "open", "opened_in_period": "1", "resolved_in_period": "0", "open_seconds": strconv.Itoa(3*3600 + 60)},
	}
	for _, row := range rows(t, e, "findings") {
		wanted, ok := want[row["title"]]
		if !ok {
			t.Errorf("told is %v, which was over before or came later", row)
		}
		delete(want, row["title"])
		for column, value := range wanted {
			if row[column] != value {
				t.Errorf("%s of %s is %q and not %q", column, row["title"], row[column], value)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("not told are %v", want)
	}
	waivers := rows(t, e, "waivers")
	if len(waivers) != 1 || waivers[0]["reason"] != "it is known" || waivers[0]["since"] != hour(3).Format(time.RFC3339) || waivers[0]["until"] != hour(5).Format(time.RFC3339) ||
		waivers[0]["age_seconds"] != hours(2) {
		t.Errorf("the waivers are told as %v", waivers)
	}
	if n := len(rows(t, e, "finding-events")); n != 7 {
		t.Errorf("%d events are told and not 7", n)
	}
}

// A hold is told as it stood at the end of the period: lifted later, it was in force.
func TestHoldThatWasLiftedLaterWasInForce(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	ctx := t.Context()
	pass(t, s, hour(0), func(p *store.Pass) { world(t, p, 0) })
	check(t, s.Hold(ctx, store.Hold{OrgID: acme.ID, Kind: store.HeldForLoss, What: "members", Reason: "much is gone", Since: hour(0), Snapshot: 1, Lost: 9, Population: 10}))
	check(t, s.Hold(ctx, store.Hold{OrgID: acme.ID, Kind: store.HeldByHand, Reason: "stop", Since: hour(0), Snapshot: 1, SetBy: "ann"}))
	all, err := s.Holds(ctx, acme.ID)
	check(t, err)
	check(t, s.Lift(ctx, all[0].ID, hour(1), "ann", "it was an outage"))
	check(t, s.Lift(ctx, all[1].ID, hour(5), "bob", "go on"))
	told := rows(t, gather(t, s, evidence.Period{From: hour(0), To: past(hour(2))}), "holds")
	if len(told) != 2 || told[0]["lifted_by"] != "ann" || told[0]["lifted_why"] != "it was an outage" || told[0]["lost"] != "9" ||
		told[1]["lifted_at"] != "" || told[1]["lifted_by"] != "" || told[1]["set_by"] != "ann" {
		t.Errorf("told are %v", told)
	}
	if later := rows(t, gather(t, s, evidence.Period{From: hour(2), To: past(hour(6))}), "holds"); len(later) != 1 || later[0]["lifted_by"] != "bob" {
		t.Errorf("later told are %v", later)
	}
}

// Names from GitHub are kept as they are: whoever writes them out makes them harmless.
func TestHostileNamesStayWhatTheyAre(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	const name = "=cmd|'/c calc'!A1\u202e"
	pass(t, s, hour(0), func(p *store.Pass) {
		world(t, p, 0)
		put(t, p, access.AreaRepositories, 5, access.Repository{ID: 5, Name: name, Visibility: "private"})
	})
	for _, row := range rows(t, gather(t, s, evidence.Period{From: hour(0), To: past(hour(1))}), "population-end") {
		if row["resource_kind"] == "repo" && row["resource"] != "repo:acme/"+name {
			t.Errorf("the name is %q", row["resource"])
		}
	}
}
