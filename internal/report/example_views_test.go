package report

import (
	"time"

	"github.com/eb661601/ajar/access"
)

func exampleRows() []AccessRow {
	carol := user(7, "carol")
	direct := access.Path{{From: carol, To: repo(104, "docs"), Privilege: access.Maintain, Source: access.Direct}}
	base := access.Path{
		{From: carol, To: org, Privilege: access.Member, Source: access.Direct},
		{From: org, To: repo(104, "docs"), Privilege: access.Read, Role: "read", Source: access.Base},
	}
	role := access.Path{
		{From: carol, To: org, Privilege: access.Read, Role: "all_repo_read", Source: access.ByOrgRole},
		{From: org, To: repo(103, "robot-arm-firmware"), Privilege: access.Read, Role: "all_repo_read", Source: access.ByOrgRole},
	}
	custom := access.Path{
		{From: carol, To: team(33, "release"), Privilege: access.Maintain, Source: access.Direct},
		{From: team(33, "release"), To: repo(105, "payments"), Privilege: access.Write, Role: "release-manager", Source: access.ByTeam},
	}
	return []AccessRow{
		{carol, env(501, "api/production"), access.Deploy, "", []access.Path{examplePath()}},
		{carol, repo(100, "api"), access.Write, "", []access.Path{examplePath()[:3]}},
		{carol, repo(104, "docs"), access.Maintain, "", []access.Path{direct, base}},
		{carol, repo(103, "robot-arm-firmware"), access.Read, "", []access.Path{role}},
		{carol, repo(105, "payments"), access.Write, "release-manager", []access.Path{custom}},
		{carol, org, access.Member, "", []access.Path{base[:1]}},
	}
}

func exampleWhoCan() WhoCan {
	api := env(501, "api/production")
	owner := access.Path{
		{From: user(1, "root-admin"), To: org, Privilege: access.Owner, Source: access.ByOwner},
		{From: org, To: repo(100, "api"), Privilege: access.Admin, Role: "admin", Source: access.ByOwner},
		{From: repo(100, "api"), To: api, Privilege: access.Deploy, Source: access.ByOwner},
	}
	key := access.Path{
		{From: named(access.Key, 3, "acme-robotics/api#3"), To: repo(100, "api"), Privilege: access.Write, Source: access.ByKey},
		{From: repo(100, "api"), To: api, Privilege: access.Deploy, Source: access.ByKey},
	}
	return WhoCan{
		Org: org, At: taken, Privilege: access.Deploy, Resource: api, Gaps: Gaps(exampleSnapshot())[1:2],
		Rows: []AccessRow{
			{named(access.Key, 3, "acme-robotics/api#3"), api, access.Deploy, "", []access.Path{key}},
			{user(7, "carol"), api, access.Deploy, "", []access.Path{examplePath(), examplePath()[1:]}},
			{user(1, "root-admin"), api, access.Deploy, "", []access.Path{owner}},
			{user(12, "evil\u202egnp.exe\x1b[2J"), api, access.Deploy, "", []access.Path{owner[1:]}},
		},
	}
}

func examplePlan() Plan {
	return Plan{
		Org: org, Snapshot: 41, At: taken, MadeAt: taken.Add(3 * time.Minute), Baseline: exampleAudit().Baseline,
		Hash: "91c2b3a4d5e6f708", Gaps: Gaps(exampleSnapshot())[:1],
		Actions: []PlanAction{{
			ID: "a1", Kind: "lower-team", Principal: team(30, "engineering"), Resource: repo(100, "api"),
			Title: "lower team:acme-robotics/engineering on repo:acme-robotics/api from admin to write",
			Have:  "admin", Want: "write", Why: "the baseline allows write", Rule: "overprivileged-repository", Severity: "high", Overdue: OverdueSince(ago(4), taken),
			Findings: []string{fingerprint(1)}, Risk: "low: nobody used more than write in 90 days", Losers: 14,
			Sample: exampleFinding().Sample, Loss: "admin, down to write", Inverse: "give the team admin on the repository again",
			Stays:   []string{"user:carol keeps admin on repo:acme-robotics/api by a direct grant"},
			Weighed: []PlanWeighed{{"take user:carol out of team:acme-robotics/engineering", 1, "the baseline allows what else the team gives"}},
		}, {
			ID: "a2", Kind: "remove-key", Principal: named(access.Key, 3, "acme-robotics/mirror#3"), Resource: repo(106, "mirror"),
			Title: "remove the deploy key key:acme-robotics/mirror#3 (\"mirror push\")", Have: "write", Want: "nothing",
			Why: "no entry of the baseline names it, and it was not used for 3 years", Rule: "deploy-key-write", Severity: "high",
			Findings: []string{fingerprint(4)}, Risk: "medium: what pushes with it will fail", Losers: 1,
			Sample: []access.Named{named(access.Key, 3, "acme-robotics/mirror#3")}, Inverse: "add the same public key again",
			Irreversible: []string{"its number and its last use are new"},
		}},
		Losers: 15,
		Refused: []PlanRefusal{{
			Principal: user(66, "mallory"), Resource: org, Title: "take ownership of org:acme-robotics from user:mallory",
			Guard: "min_owners = 2", Why: "one owner would be left", Finding: fingerprint(2), Overdue: OverdueSince(taken.Add(-time.Hour), taken),
		}},
		Waiting: []PlanWaiting{{
			ID: "a3", Kind: "remove-direct-grant", Principal: user(7, "carol"), Resource: repo(100, "api"), Until: taken.Add(72 * time.Hour),
			Title: "take admin on repo:acme-robotics/api from user:carol", Why: []string{"nobody has been told; the notice is 3d"}, Rule: "access-beyond-baseline", Finding: fingerprint(6),
		}},
		Notices: []PlanNotice{{fingerprint(6), "a3", []access.Named{user(7, "carol")}, "From 2026-03-05 on it is planned to take admin on repo:acme-robotics/api from user:carol.", taken.Add(72 * time.Hour)}},
		Gates:   []PlanGate{{named(access.Env, 70, "acme-robotics/api/production"), 2, 1, []access.Named{user(7, "carol")}}},
		Done:    []PlanDone{{"user:bo has no second factor", "only the person can switch it on", "two-factor-missing", fingerprint(7), ago(9), ago(1)}},
		Instructions: []PlanInstruction{{
			Who: "an owner of org:acme-robotics (user:root-admin)", Since: ago(12),
			Principal: team(32, "運用チーム"), Resource: repo(103, "robot-arm-firmware"), Rule: "standing-privileged",
			Title: "end the standing maintain of team:acme-robotics/運用チーム", Finding: fingerprint(5),
			Where: "in the identity provider: the team's members come from the group \"robot-ops\"",
		}},
		Asked: "--only severity=high --max 2", Left: PlanLeft{Actions: 17, Waiting: 19, Instructions: 427},
	}
}

func stoppedPlan() Plan {
	p := examplePlan()
	p.Stopped = []string{"15 principals would lose something, and max_changes allows 10 in one run"}
	p.Gaps, p.Refused, p.Instructions, p.Asked, p.Left = nil, nil, nil, "", PlanLeft{}
	p.Waiting, p.Notices, p.Gates, p.Done = nil, nil, nil, nil
	return p
}

func exampleCollect() Collect {
	s := exampleSnapshot()
	s.Coverage.Set(access.Cover{
		Area: access.AreaContributions, Status: access.Complete, Seen: 9, Total: -1, Since: ago(90),
	})
	return Collect{Run: exampleRun(), Gaps: Gaps(s), Areas: Areas(s), Added: 3, Removed: 1}
}

func exampleBaselineCheck() BaselineCheck {
	return BaselineCheck{
		Check: Check{
			Files: []string{"baseline.toml", "teams/payments.toml"},
			Warnings: []Problem{{
				File: "teams/payments.toml", Line: 14, Column: 6, Message: "team:acme-robotics/paymants matches nothing",
				Hint: "did you mean team:acme-robotics/payments?",
			}},
		},
		Hash: "3f9a1b2c4d5e6f708192a3b4c5d6e7f8", Managed: []string{"owners", "repository-access", "environments"}, Bound: []access.Named{org},
		Figures: []Figure{{"roles", 5}, {"assignments", 31}, {"environments", 2}, {"waivers", 1}},
	}
}

func exampleConfigCheck() ConfigCheck {
	return ConfigCheck{Check{Files: []string{"config.toml"}, Problems: []Problem{
		{File: "config.toml", Line: 31, Column: 1, Message: "unknown key \"max_chnages\" in [remediate]", Hint: "did you mean \"max_changes\"?"},
		{File: "config.toml", Message: "no organization is named"},
	}}}
}

func exampleExplain() BaselineExplain {
	return BaselineExplain{
		Principal: team(30, "engineering"), Resource: repo(100, "api"), At: taken,
		Allowed: Allowed{
			Words: "write, standing until 2026-12-31; maintain, as an elevation only", Standing: []access.Privilege{access.Write},
			Until: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC), Elevation: []access.Privilege{access.Maintain}, Class: "repository-access", Managed: true,
		},
		Lines: []string{
			"baseline.toml:31: role developer to team:acme-robotics/engineering on repo:acme-robotics/*: write",
			"baseline.toml:12: base_permission: read",
		},
	}
}

func exampleVersion() Version {
	return Version{
		Version: "v0.1.0", Commit: "6346e29d0c5b", Time: taken, Modified: true, Go: "go1.26.8", Platform: "linux/amd64",
	}
}

func exampleApp() AppManifest {
	at := "https://github.com/organizations/acme/settings/apps/new"
	return AppManifest{
		Kind: "write", Org: "acme", Name: "ajar write acme", URL: "https://example.com", Description: "ajar makes changes as it.", Redirect: "http://127.0.0.1:4/",
		Permissions: []AppPermission{
			{"administration", "write", "direct-grant, team-grant, repository-invitation, deploy-key, protection"},
			{"members", "write", "team-membership"}, {"metadata", "read", "every app has it"},
		},
		Register: at + "?name=ajar+write+acme&administration=write", Post: at,
	}
}
