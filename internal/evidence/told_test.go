package evidence_test

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

// What people decided and were told in the period is in the tables, by whom and when; what
// they did before or after it, or in another organization, is not.
func TestDecisionsPlansAndNoticesOfThePeriodAreTold(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	ctx := t.Context()
	pass(t, s, hour(0), func(p *store.Pass) { world(t, p, 0) })
	epoch, err := s.TakeOver(ctx, "test")
	check(t, err)
	write := func(at time.Time, org int64, kind journal.Kind, plan, who string, body any) {
		t.Helper()
		e, err := journal.NewEntry(kind, body)
		check(t, err)
		e.At, e.Org, e.Plan, e.Who = at, org, plan, who
		_, err = s.Append(ctx, epoch, e)
		check(t, err)
	}
	ann := run.Person{ID: 1, Login: "ann"}
	for n, plan := range []string{"early", "mine", "late"} {
		at := hour(n).Add(-time.Minute)
		check(t, s.SavePlan(ctx, plan, acme.ID, []byte(`{"schema":"`+remediate.Schema+`","snapshot":1,"baseline_hash":"b`+plan+`","guards_hash":"g","ajar_version":"v1","actions":[1,2],"losers":3}`), at))
		write(at, acme.ID, journal.PlanApproved, plan, ann.String(), run.Agree(ann, at, 7, "it is time", "cli"))
	}
	at := hour(0).Add(time.Minute)
	write(at, acme.ID, journal.DecisionRefused, "mine", ann.String(), run.Declined{Decision: "apply", Code: run.OwnApproval, Why: "ann approved it", By: ann, Entrance: "cli"})
	write(at, 99, journal.PlanApproved, "theirs", ann.String(), run.Agree(ann, at, 0, "", "cli"))
	write(at, acme.ID, journal.Notice, "mine", "ajar", remediate.Notice{Finding: "f1", Action: "a1", To: []access.Named{{Ref: user(2), Name: "user:bob"}}, Date: hour(9)})
	check(t, s.AddNotices(ctx, store.Notice{Key: "k", Channel: "chat", Kind: "digest", Org: acme.ID, At: at, Body: []byte("{}"), State: store.NoticeWaiting, Since: at, Next: at},
		store.Notice{Key: "o", Channel: "chat", Kind: "digest", Org: 99, At: at, Body: []byte("{}"), State: store.NoticeWaiting, Since: at, Next: at}))
	e := gather(t, s, evidence.Period{From: hour(0), To: past(hour(1))})

	if got := rows(t, e, "plans"); len(got) != 1 || got[0]["plan"] != "mine" || got[0]["actions"] != "2" || got[0]["losers"] != "3" || got[0]["baseline"] != "bmine" || got[0]["kind"] != "plan" {
		t.Errorf("the plans are %v", got)
	}
	got := rows(t, e, "approvals")
	if len(got) != 2 || got[0]["decision"] != "approved" || got[0]["who_id"] != "1" || got[0]["allowed_changes"] != "7" || got[0]["reason"] != "it is time" || got[0]["plan"] != "mine" {
		t.Errorf("the decisions are %v", got)
	}
	if len(got) == 2 && (got[1]["decision"] != "refused" || got[1]["code"] != "own-approval" || got[1]["wanted"] != "apply" || got[1]["reason"] != "ann approved it") {
		t.Errorf("the refusal is %v", got[1])
	}
	if got := rows(t, e, "notices"); len(got) != 2 || got[0]["told_by"] != "journal" || got[0]["recipients"] != "user:bob" || got[0]["finding"] != "f1" ||
		got[1]["told_by"] != "outbox" || got[1]["channels"] != "chat" || got[1]["state"] != "waiting" {
		t.Errorf("the notices are %v", got)
	}
	for _, row := range rows(t, e, "journal") {
		if row["organization"] != "acme" && row["organization"] != "" || row["plan"] == "theirs" {
			t.Errorf("the journal tells of another organization: %v", row)
		}
	}
	named := map[string]string{}
	for _, row := range rows(t, e, "baselines") {
		named[row["kind"]+" "+row["hash"]] = row["seen_in"]
	}
	if named["baseline bmine"] != "plan mine" || named["guards g"] != "plan mine" || named["program v1"] != "plan mine" || named["baseline bearly"] != "" {
		t.Errorf("the versions are %v", named)
	}
}
