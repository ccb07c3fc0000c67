package report

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/status"
)

// exampleStatus is a daemon that has a little of every trouble.
func exampleStatus() Status {
	failed := &status.Pass{Began: taken.Add(-20 * time.Minute), Ended: taken.Add(-19 * time.Minute), Result: "failed", Reason: "cannot reach api.github.com: no route to host"}
	good := &status.Pass{Began: taken.Add(-3 * time.Minute), Ended: taken.Add(-time.Minute), Result: "ok"}
	return Status{From: "/var/lib/ajar/ajar.db.sock", Status: status.Status{
		State: status.Running, Version: "1.4.0", PID: 812, Started: ago(9), Now: taken, Store: "/var/lib/ajar/ajar.db", Mode: "auto",
		Reasons: []status.Check{{What: "store", OK: true}, {What: "schema", OK: true}, {What: "credential", OK: true},
			{What: "audit", Why: "other was audited last 9h0m0s ago, and every 2h20m0s it should be"}, {What: "config", Why: "config.toml:3:1: github.organisations: unknown key"}},
		Config:  status.ConfigState{Path: "/etc/ajar/config.toml", Loaded: ago(2), Problem: "config.toml:3:1: github.organisations: unknown key", Baseline: "3f9a1b2c4d5e6f70"},
		Working: &status.Working{Job: "audit", Org: "acme", Since: taken.Add(-2 * time.Minute), Waits: "the hourly limit until 2026-05-31T14:00:00Z"},
		Orgs: []status.Org{
			{Org: "acme", Last: good, Good: good.Ended, Next: taken.Add(58 * time.Minute), Snapshot: 41, Taken: taken, Complete: 22, Areas: 24, Gaps: []string{"audit-log", "two-factor"},
				Findings: map[string]int{"critical": 1, "high": 4, "medium": 0, "low": 2, "info": 0}, Waived: 3, Holds: []string{"the directory moves, TICKET-12"},
				Budgets: []status.Budget{{Credential: "owner's token", Resource: "graphql", Remaining: 4120, Limit: 5000, Reset: taken.Add(20 * time.Minute)}}},
			{Org: "other\x1b[2J", Last: failed, Good: ago(1), Next: taken.Add(90 * time.Second), Snapshot: 12, Taken: ago(1), Stale: true, Complete: 24, Areas: 24, Gaps: []string{},
				Findings: map[string]int{"critical": 0, "high": 0, "medium": 0, "low": 0, "info": 0}, Holds: []string{}, Budgets: []status.Budget{}},
			{Org: "never", Gaps: []string{}, Findings: map[string]int{}, Holds: []string{}, Budgets: []status.Budget{}},
		},
		Jobs: []status.Job{
			{Job: "audit", Org: "acme", Last: good, Next: taken.Add(58 * time.Minute), Why: "@hourly"},
			{Job: "deliver"},
			{Job: "backup", Last: failed, Next: taken.Add(time.Hour), Why: "1h after it failed once", Failures: 1},
		},
	}}
}

// healthy is one that is as it should be, and unserved is what the store says.
func healthy() Status {
	s := exampleStatus()
	s.Ready, s.Working, s.ReadOnly = true, nil, true
	s.Config.Valid, s.Config.Problem = true, ""
	for i := range s.Reasons {
		s.Reasons[i].OK, s.Reasons[i].Why = true, ""
	}
	s.Orgs, s.Jobs = s.Orgs[:1], s.Jobs[:1]
	s.Orgs[0].Gaps, s.Orgs[0].Complete, s.Orgs[0].Holds = []string{}, 24, []string{}
	return s
}

func unserved() Status {
	s := healthy()
	s.State, s.From, s.Ready, s.PID, s.Started, s.Reasons = status.NotServed, "", false, 0, time.Time{}, nil
	return s
}

func TestStateOfADaemonGivesTheExitCode(t *testing.T) {
	for want, v := range map[int]Status{0: healthy(), 3: exampleStatus(), 1: unserved()} {
		if got := v.Exit(); got != want {
			t.Errorf("%s gives %d, want %d", v.State, got, want)
		}
	}
}
