package report

import (
	"github.com/eb661601/ajar/access"
)

func amountOf(n int) Amount { return Amount{Count: n} }

func exampleOverview() *Overview {
	yes, no := true, false
	return &Overview{
		Posture: Posture{
			Owners: amountOf(3), Members: amountOf(41), Outside: amountOf(4), Invitations: amountOf(2), Teams: amountOf(9),
			Repositories: Amount{19, true}, Archived: 2, Public: 5,
			Standing: []Standing{
				{access.Admin, Amount{6, true}, Amount{71, true}}, {access.Maintain, Amount{9, true}, Amount{22, true}},
				{access.Write, Amount{24, true}, Amount{310, true}},
			},
			Environments: amountOf(3), Guarded: 1, Unguarded: 1, Unseen: 1,
		},
		Changes: &Changes{
			Snapshot: 40, At: ago(1), New: []FindingName{nameOf(1), nameOf(5)}, Back: []FindingName{nameOf(3)}, Resolved: []FindingName{nameOf(22)},
			Gained: []GrantName{{user(66, "mallory"), org, access.Owner, "owner", access.ByOwner}, {team(33, "release"), repo(105, "payments"), access.Write, "release-manager", access.ByTeam}},
			Lost:   []GrantName{{user(41, "heidi"), repo(104, "docs"), access.Maintain, "maintain", access.Direct}},
		},
		Environments: []Environment{{
			Repo: repo(100, "api"), Env: env(501, "api/production"), GateSeen: true, Branches: "main, tag v*",
			Bypass: &yes, Deployers: amountOf(17), Bypassers: amountOf(6),
		}, {
			Repo: repo(101, "web"), Env: env(502, "web/production"), GateSeen: true, Branches: "protected branches", WaitTimer: 15,
			Reviewers: []access.Named{team(31, "sre"), user(7, "carol")}, SelfReview: &no, Bypass: &no, Deployers: amountOf(9), Approvers: amountOf(5),
		}, {
			Repo: repo(105, "payments"), Env: env(503, "payments/live"), Branches: "not seen",
			Deployers: Amount{4, true}, Approvers: Amount{0, true}, Bypassers: Amount{3, true},
		}},
		People: []Holder{
			{Person: user(1, "root-admin"), Owner: true, Admin: 19, Last: ago(2), What: "org.update_member", Looked: ago(90)},
			{Person: user(66, "mallory"), Owner: true, Admin: 19, Looked: ago(90)},
			{Person: user(7, "carol"), Admin: 1, Maintain: 2, Write: 9, Last: ago(0), What: "commit", Looked: ago(90)},
			{Person: user(200, "contractor-00"), Outside: true, Write: 2, Looked: ago(90)},
		},
	}
}

func nameOf(n int) FindingName {
	f := exampleFindings()[n-1]
	return FindingName{f.Fingerprint, f.Rule, f.Severity, f.Title}
}
