package report

import (
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
)

func exampleDiff() Diff {
	carol, sre, api := user(7, "carol"), team(31, "sre"), repo(100, "api")
	return Diff{
		Org: org, From: SnapshotMark{38, ago(7)}, To: SnapshotMark{41, taken},
		Gaps:    []HistoryGap{{Since: ago(7), Until: ago(5), Reason: "nothing was seen from 2026-03-07 to 2026-03-09, and 3 hours is the most that counts as seen: what is told of then is snapshot #38, from before it"}},
		Between: Between{4, 2, ago(6), ago(4)},
		Diff: changes.Diff{
			Changes: []changes.Change{
				{Class: "owners", What: "raised", Effect: changes.More, Subject: carol, Object: org, Before: "member", After: "owner"},
				{Class: "environments", What: "weakened", Effect: changes.More, Subject: env(501, "api/production"), Aspect: "wait timer", Before: "30 min", After: "none"},
				{Class: "outside", What: "added", Effect: changes.More, Subject: user(12, "evil\u202egnp.exe\x1b[2J")},
				{Class: "grants", What: "added", Effect: changes.More, Subject: user(12, "evil\u202egnp.exe\x1b[2J"), Object: api, After: "write", With: user(12, "evil\u202egnp.exe\x1b[2J")},
				{Class: "grants", What: "raised", Effect: changes.More, Subject: sre, Object: api, Before: "write", After: "release-manager"},
				{Class: "teams", What: "removed", Effect: changes.Less, Subject: team(33, "release")},
				{Class: "memberships", What: "removed", Effect: changes.Less, Subject: carol, Object: team(33, "release"), Before: "member", With: team(33, "release")},
				{Class: "memberships", What: "removed", Effect: changes.Less, Subject: carol, Object: sre, Before: "maintain"},
				{Class: "repositories", What: "renamed", Effect: changes.Other, Subject: api, Before: "service", After: "api"},
				{Class: "grants", What: "removed", Effect: changes.Less, Subject: carol, Object: repo(104, "docs"), Before: "admin",
					Doubt: "in the newer snapshot direct grants were not read to the end (the credential may not list who has access to it)"},
			},
			Powers: []changes.Power{
				{Person: user(12, "evil\u202egnp.exe\x1b[2J"), Outside: true, Gained: changes.Reached{Repositories: 1, First: []access.Named{api}}},
				{Person: carol, Gained: changes.Reached{Repositories: 7, Admin: 7, First: []access.Named{api, repo(104, "docs")}}, Lost: changes.Reached{Repositories: 2, Admin: 1, First: []access.Named{repo(105, "payments")}}},
			},
			Unsure:   "in the newer snapshot direct grants were not read to the end",
			Coverage: []changes.Cover{{Area: access.AreaDirectGrants, Before: access.Complete, After: access.Partial, Reason: "the credential may not list who has access to it"}},
		},
	}
}

func exampleStoreInfo() StoreInfo {
	return StoreInfo{
		Path: "/var/lib/ajar/ajar.db", Size: 41_000_000, Log: 4_000, Free: 9_000_000, Schema: 5, Generation: 812, Witness: 812, Restored: ago(2),
		Orgs: []StoredOrg{
			{Org: org, Snapshots: 38, First: &SnapshotMark{1, ago(90)}, Last: &SnapshotMark{41, taken}, LiveGrants: 4_212, PastGrants: 20_118, LiveThings: 1_950, PastThings: 801,
				Open: 12, Waived: 2, Resolved: 40, Judged: taken},
			{Org: named(access.Org, 901, "acme-labs")},
		},
		Beside:      []StoredFile{{"ajar.db.generation", 4}, {"ajar.db.lock", 9}},
		Acceptances: []StoreAcceptance{{ago(30), ago(31), "a disk failed"}},
	}
}

func exampleHistory() AccessHistory {
	logged, sent := ago(9).Add(-time.Hour), ago(1).Add(-2*time.Hour)
	ended := ago(11)
	return AccessHistory{
		Org: org, Principal: user(7, "carol"), Formerly: []string{"user:carol-b"}, Since: ago(30), To: SnapshotMark{41, taken}, Snapshots: 20, First: SnapshotMark{1, ago(90)}, Last: SnapshotMark{40, ago(1)}, Unchanged: 3,
		Gaps: []HistoryGap{
			{Since: ago(20), Until: ago(16), Reason: "no snapshot was taken for 4 days, and 3 hours is the most that counts as seen: what came and went in between is not known"},
			{Area: "direct-grants", Scope: "repo:acme-robotics/api", Since: ago(15), Until: ago(14), Reason: "page 2 failed", Snapshots: 3},
			{Area: "direct-grants", Scope: "repo:acme-robotics/docs\u202e", Since: ago(15), Until: ago(13), Reason: "page 2 failed", Snapshots: 4},
		},
		Events: []HistoryEvent{
			{Mark: SnapshotMark{40, ago(1)}, NotYet: ago(2), What: "went", Resource: repo(100, "api"), Before: "write", Teams: []access.Named{team(33, "release")}, Why: "left team:acme-robotics/release",
				Cause: &HistoryCause{Manner: "planned", Plan: "3f9a1b2c4d5e6f70", Run: "run-3f9a1b2c4d5e6f70", Action: "a1", SentAt: &sent, Rules: []string{"access-beyond-baseline"}, BegunBy: "user:dora (number 4)",
					Approved: []Approved{{By: "user:cto (number 2)", At: sent, Reason: "TICKET-9 \x1b[2J"}}}},
			{Mark: SnapshotMark{30, ago(5)}, NotYet: ago(6), What: "came", Resource: repo(100, "api"), After: "write", Teams: []access.Named{team(33, "release")}, Why: "joined team:acme-robotics/release",
				Cause: &HistoryCause{Manner: "out-of-band", Rules: []string{}, Approved: []Approved{}}},
			{Mark: SnapshotMark{22, ago(9)}, NotYet: ago(10), What: "changed", Resource: repo(104, "docs"), Before: "read", After: "admin", Why: "given directly",
				Cause: &HistoryCause{Manner: "out-of-band", Actor: "mallory", ActorID: 9, LogAction: "repo.update_member", LoggedAt: &logged, Rules: []string{}, Approved: []Approved{}}},
			{Mark: SnapshotMark{21, ago(10)}, What: "came", Resource: org, After: "member", Why: "joined",
				Cause: &HistoryCause{Manner: "restored", Plan: "91c2b3a4d5e6f708", Run: "run-91c2b3a4d5e6f708", SentAt: &ended, Restores: "run-3f9a1b2c4d5e6f70", BegunBy: "ajar", Automatic: true, Rules: []string{}, Approved: []Approved{}}},
			{Mark: SnapshotMark{20, ago(12)}, What: "came", Resource: env(501, "api/production\u202e"), After: "approve", Why: "as a reviewer",
				Cause: &HistoryCause{Manner: "unknown", Rules: []string{}, Approved: []Approved{}}, Doubt: "the snapshot before did not see all of it: page 2 failed"},
		},
		Judged: []HistoryJudgement{
			{At: ago(3), Snapshot: 35, What: "unwaived", Finding: "3f9a1b2c3f9a1b2c", Rule: "access-beyond-baseline", Resource: repo(100, "api"), Why: "the waiver ended"},
			{At: ago(8), Snapshot: 24, What: "waived", Finding: "3f9a1b2c3f9a1b2c", Rule: "access-beyond-baseline", Resource: repo(100, "api"), Why: "TICKET-7"},
			{At: ago(10), Snapshot: 21, What: "opened", Finding: "91c2b3a491c2b3a4", Rule: "expired-assignment", Resource: repo(104, "docs"), Ended: &ended},
		},
	}
}
