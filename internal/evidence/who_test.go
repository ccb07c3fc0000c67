package evidence_test

import (
	"context"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
	"github.com/eb661601/ajar/remediate/run"
)

// holding is a snapshot in which bob holds a privilege on api.
func holding(t tester, s *store.Store, n int, p access.Privilege, heard ...access.Event) {
	pass(t, s, hour(n), func(x *store.Pass) {
		world(t, x, 0)
		put(t, x, access.AreaDirectGrants, 5, direct(2, 5, p))
		check(t, x.Heard(context.Background(), heard))
	})
}

// carried writes into the journal that a run lowered bob from admin to write.
func carried(t tester, s *store.Store, at time.Time) {
	ctx := context.Background()
	epoch, err := s.TakeOver(ctx, "test")
	check(t, err)
	change := remediate.Change{Thing: remediate.DirectGrant, Org: remediate.Label{ID: 1, Name: "acme"}, Repo: &remediate.Label{ID: 5, Name: "api"}, User: &remediate.Label{ID: 2, Name: "bob"},
		Before: remediate.State{There: true, Role: "admin"}, After: remediate.State{There: true, Role: "write"}}
	ann := run.Person{ID: 1, Login: "ann"}
	step := act.Step{Method: "PUT", Path: "/repos/acme/api/collaborators/bob"}
	for i, e := range []struct {
		kind   journal.Kind
		action string
		body   any
	}{
		{journal.RunBegun, "", run.Begun{Plan: "beef", By: ann, Approvals: []run.Approval{{By: run.Person{ID: 3, Login: "eve"}}}, Actions: 1}},
		{journal.Intended, "a1", run.Intended{Place: 1, Kind: remediate.LowerDirect, Title: "lower bob", Change: change}},
		{journal.Sent, "a1", run.Sent{Step: step, Live: change.Before, ReadAt: at}},
		{journal.Answered, "a1", run.Answered{Status: 204, At: at, RequestID: "X"}},
		{journal.Verified, "a1", run.Verified{How: run.Carried, State: change.After, At: at, Looks: 1}},
		{journal.RunEnded, "", run.Ended{How: "done", Counts: run.Counts{Actions: 1, Verified: 1}}},
	} {
		entry, err := journal.NewEntry(e.kind, e.body)
		check(t, err)
		entry.Org, entry.Run, entry.Action, entry.Who, entry.At = acme.ID, "run-1", e.action, ann.String(), at.Add(time.Duration(i)*time.Second)
		_, err = s.Append(ctx, epoch, entry)
		check(t, err)
	}
}

// Of each change it is told who made it by the audit log, and whether it was ajar by its
// journal; what neither explains is out of band.
func TestChangeSaysWhoMadeItAndWhetherItWasPlanned(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	holding(t, s, 0, access.Write)
	holding(t, s, 1, access.Admin, access.Event{ID: "raised", At: hour(1).Add(-time.Minute), Action: "repo.update_member", Actor: "eve", ActorID: 3, UserID: 2, User: "bob", RepoID: 5, Repo: "api"},
		access.Event{ID: "another", At: hour(1).Add(-time.Minute), Action: "repo.update_member", Actor: "mallory", ActorID: 4, UserID: 1, User: "ann", RepoID: 5, Repo: "api"})
	carried(t, s, hour(1).Add(30*time.Minute))
	holding(t, s, 2, access.Write)
	holding(t, s, 3, access.Read)
	e := gather(t, s, evidence.Period{From: hour(0), To: past(hour(3))})
	for _, want := range []struct{ snapshot, change, privilege, actor, entry, manner, run string }{
		{"2", "went", "write", "eve", "raised", "out-of-band", ""},
		{"2", "came", "admin", "eve", "raised", "out-of-band", ""},
		{"3", "went", "admin", "", "", "planned", "run-1"},
		{"3", "came", "write", "", "", "planned", "run-1"},
		{"4", "went", "write", "", "", "out-of-band", ""},
		{"4", "came", "read", "", "", "out-of-band", ""},
	} {
		found := false
		for _, row := range rows(t, e, "access-changes") {
			if row["snapshot"] == want.snapshot && row["change"] == want.change && row["privilege"] == want.privilege {
				found = true
				if row["actor"] != want.actor || row["log_entry"] != want.entry || row["manner"] != want.manner || row["run"] != want.run {
					t.Errorf("%+v is told as %v", want, row)
				}
			}
		}
		if !found {
			t.Errorf("%+v is not told", want)
		}
	}
	runs, actions := rows(t, e, "runs"), rows(t, e, "actions")
	if len(runs) != 1 || runs[0]["plan"] != "beef" || runs[0]["approved_by"] != "user:eve (number 3)" || runs[0]["verified"] != "1" || runs[0]["readable"] != "1" {
		t.Errorf("the run is told as %v", runs)
	}
	if len(actions) != 1 || actions[0]["before"] != "admin" || actions[0]["after"] != "write" || actions[0]["state"] != "verified" || actions[0]["request_id"] != "X" {
		t.Errorf("the action is told as %v", actions)
	}
}

// A run whose entries were redacted is listed, and explains nothing: what happened then
// is not called out of band.
func TestRunThatWasRedactedExplainsNothingAndBlamesNobody(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	holding(t, s, 0, access.Admin)
	carried(t, s, hour(0).Add(30*time.Minute))
	ctx := context.Background()
	epoch, err := s.TakeOver(ctx, "test")
	check(t, err)
	for e, err := range s.Journal(ctx, 1, 0) {
		check(t, err)
		if e.Kind == journal.Intended {
			check(t, s.Redact(ctx, epoch, e.Seq, "ann", "privacy"))
		}
	}
	holding(t, s, 1, access.Write)
	e := gather(t, s, evidence.Period{From: hour(0), To: past(hour(1))})
	for _, row := range rows(t, e, "access-changes") {
		if row["manner"] != "unknown" {
			t.Errorf("a change beside a run that cannot be read is %s", row["manner"])
		}
	}
	if runs := rows(t, e, "runs"); len(runs) != 1 || runs[0]["run"] != "run-1" || runs[0]["readable"] != "0" {
		t.Errorf("the run is told as %v", runs)
	}
}
