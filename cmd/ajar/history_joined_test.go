package main

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/report"
)

// What only came by another way is no event; what follows from being made an owner is told
// so; and the newest comes first, by when it was and not by when it was seen.
func TestHistoryTellsWhatChangedAndInOrderOfTime(t *testing.T) {
	at := time.Date(2026, 3, 30, 15, 0, 0, 0, time.UTC)
	seen := report.SnapshotMark{ID: 7, At: at.Add(9 * time.Hour)}
	thing := func(k access.Kind, id int64, name string) access.Named {
		return access.Named{Ref: access.Ref{Kind: k, ID: id}, Name: name}
	}
	org, team, repo := thing(access.Org, 1, "org:acme"), thing(access.Team, 2, "team:acme/sre"), thing(access.Repo, 3, "repo:acme/api")
	made := &report.HistoryCause{Manner: "out-of-band", Actor: "ann", LoggedAt: &at}
	got := joined([]report.HistoryEvent{
		{Mark: seen, What: "went", Resource: repo, Before: "maintain", Teams: []access.Named{team}, Why: "left team:acme/sre"},
		{Mark: seen, What: "came", Resource: repo, After: "maintain", Teams: []access.Named{team}, Why: "joined team:acme/sre"},
		{Mark: seen, What: "came", Resource: thing(access.Repo, 4, "repo:acme/new"), After: "read", Why: "given directly"},
		{Mark: seen, What: "went", Resource: team, Before: "member", Why: "left"},
		{Mark: seen, What: "came", Resource: team, After: "maintain", Why: "joined"},
		{Mark: seen, What: "went", Resource: org, Before: "member", Why: "left"},
		{Mark: seen, What: "came", Resource: org, After: "owner", Why: "made an owner", Cause: made},
	})
	want := []struct{ on, before, after, why string }{
		{"repo:acme/new", "", "read", "given directly"},
		{"org:acme", "member", "owner", "made an owner"},
		{"team:acme/sre", "member", "maintain", "as an owner, who maintains each of their teams"},
	}
	if len(got) != len(want) {
		t.Fatalf("the events are %v", got)
	}
	for i, w := range want {
		if e := got[i]; e.Resource.Name != w.on || e.Before != w.before || e.After != w.after || e.Why != w.why {
			t.Errorf("event %d is %v, want %v", i, e, w)
		}
	}
	if got[2].Cause != made {
		t.Error("what follows from being made an owner has not its cause")
	}
}
