package report

import (
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
)

// An invented organization with something of everything: the golden files show
// how it looks.

var (
	taken = time.Date(2026, 3, 14, 9, 26, 0, 0, time.UTC)
	org   = access.Named{Ref: access.Ref{Kind: access.Org, ID: 900}, Name: "org:acme-robotics"}
)

func named(k access.Kind, id int64, name string) access.Named {
	return access.Named{Ref: access.Ref{Kind: k, ID: id}, Name: k.String() + ":" + name}
}

func user(id int64, login string) access.Named { return named(access.User, id, login) }
func team(id int64, slug string) access.Named  { return named(access.Team, id, "acme-robotics/"+slug) }
func repo(id int64, name string) access.Named  { return named(access.Repo, id, "acme-robotics/"+name) }
func env(id int64, name string) access.Named   { return named(access.Env, id, "acme-robotics/"+name) }

func ago(days int) time.Time { return taken.AddDate(0, 0, -days).Truncate(24 * time.Hour) }

func fingerprint(n int) string { return access.Fingerprint("example", fmt.Sprint(n)) }

func exampleRun() Run {
	return Run{
		Org: org, Snapshot: 41, At: taken, Took: 4200 * time.Millisecond,
		Requests: 212, Points: 1318, Bytes: 1_900_000, Waited: 800 * time.Millisecond,
		NotModified: 31, Retries: 2, Shrunk: 1,
		Read: Reading{Repositories: 7, Teams: 12, People: 41, Environments: 9, Keys: 3, Grants: 214, Kinds: 24, Complete: 21},
	}
}

func exampleSnapshot() *access.Snapshot {
	s := &access.Snapshot{ID: 41, TakenAt: taken, Org: access.Organization{ID: 900, Login: "acme-robotics"}}
	for i, name := range []string{"api", "web", "infra", "robot-arm-firmware", "docs", "payments", "mirror"} {
		s.Repositories = append(s.Repositories, access.Repository{ID: int64(100 + i), Name: name})
	}
	for _, a := range access.Areas {
		s.Coverage.Set(access.Cover{Area: a, Status: access.Complete, Seen: 12, Total: 12})
	}
	s.Coverage.Set(access.Cover{
		Area: access.AreaAuditLog, Status: access.Denied, Reason: "the credential may not read the audit log", Total: -1,
		Help: "the fine-grained permission \"Administration: read\" of the organization",
	})
	s.Coverage.Set(access.Cover{
		Area: access.AreaCustomRoles, Status: access.Unavailable, Reason: "the plan has no custom repository roles", Total: -1,
	})
	for i := range 7 {
		s.Coverage.Set(access.Cover{
			Area: access.AreaDirectGrants, Scope: int64(100 + i), Status: access.Denied,
			Reason: "the credential may not list who has access to it",
			Help:   "write access to the repository, or the read permission \"Administration\"",
		})
	}
	s.Coverage.Set(access.Cover{
		Area: access.AreaGates, Scope: 103, Status: access.Partial,
		Reason: "GitHub gave a page without its reviewers twice",
	})
	s.Coverage.Set(access.Cover{
		Area: access.AreaGates, Scope: 105, Status: access.Denied, Reason: "the credential may not see the environments",
		Help: "the read permission \"Environments\"",
	})
	return s
}

func examplePath() access.Path {
	return access.Path{
		{From: user(7, "carol"), To: team(31, "sre"), Privilege: access.Member, Source: access.Direct},
		{From: team(31, "sre"), To: team(30, "engineering"), Privilege: access.Member, Source: access.ByTeam},
		{From: team(30, "engineering"), To: repo(100, "api"), Privilege: access.Write, Source: access.ByTeam},
		{From: repo(100, "api"), To: env(501, "api/production"), Privilege: access.Deploy, Source: access.ByTeam},
	}
}

func exampleFinding() access.Finding {
	return access.Finding{
		Fingerprint: fingerprint(1), Rule: "overprivileged-repository", Category: "overprivileged", Severity: access.High, State: access.Open,
		Org: org, Principal: team(30, "engineering"), Resource: repo(100, "api"),
		Grant: &access.Grant{Principal: team(30, "").Ref, Resource: repo(100, "").Ref, Privilege: access.Admin, Source: access.ByTeam},
		Title: "team:acme-robotics/engineering has admin on repo:acme-robotics/api, and the baseline allows write",
		Have:  "admin, given to the team", Want: "write, by the role developer (baseline.toml:31)", Affected: 14,
		Sample: []access.Named{user(7, "carol"), user(8, "dave"), user(9, "erin"), user(10, "frank"), user(11, "grace")},
		Paths: []access.Path{
			{
				{From: user(7, "carol"), To: team(31, "sre"), Privilege: access.Member, Source: access.Direct},
				{From: team(31, "sre"), To: team(30, "engineering"), Privilege: access.Member, Source: access.ByTeam},
				{From: team(30, "engineering"), To: repo(100, "api"), Privilege: access.Admin, Source: access.ByTeam},
			},
			{
				{From: user(8, "dave"), To: team(30, "engineering"), Privilege: access.Maintain, Source: access.Direct},
				{From: team(30, "engineering"), To: repo(100, "api"), Privilege: access.Admin, Source: access.ByTeam},
			},
		},
		Evidence: []string{
			"the team's permission on the repository was admin in each of the last 12 snapshots, since 2025-11-02",
			"nobody of the team used more than write in the 90 days that the audit log covers",
		},
		Fixable: "in the settings of the team, or by `ajar plan`",
		Since:   ago(132), FirstSeen: ago(132), LastSeen: taken,
	}
}

func exampleRule() RuleText {
	return RuleText{
		ID: "overprivileged-repository", Category: "overprivileged", Severity: access.High,
		Title: "access to a repository beyond the baseline",
		Why: "Admin lets everybody in the team delete the repository, switch off branch protection and add deploy keys. " +
			"One stolen laptop of one of them is enough. What the baseline allows is what their work needs.",
		Remedy: "Lower the team's permission to write. Who needs admin for an hour can ask for it with `ajar request`. " +
			"If admin is right, say so in the baseline, with a reason and an end.",
		Controls: []Control{
			{Framework: "SOC 2", ID: "CC6.3", Name: "access is authorized, modified and removed by role, with least privilege"},
			{Framework: "ISO 27001:2022", ID: "A.8.2", Name: "privileged access rights"},
			{Framework: "NIST 800-53", ID: "AC-6", Name: "least privilege"},
			{Framework: "CIS GitHub", ID: "1.3.3"},
		},
	}
}

func exampleFindings() []access.Finding {
	f := []access.Finding{exampleFinding(), {
		Rule: "owner-unlisted", Category: "overprivileged", Severity: access.Critical, Principal: user(66, "mallory"), Resource: org,
		Title: "user:mallory owns org:acme-robotics, and the baseline does not list them", Affected: 1, Since: ago(3),
	}, {
		Rule: "environment-no-reviewers", Category: "environment", Severity: access.Critical, Resource: env(501, "api/production"),
		Title: "anyone with write can deploy to env:acme-robotics/api/production: it has no required reviewers", Affected: 17, Since: ago(410),
	}, {
		Rule: "deploy-key-write", Category: "overprivileged", Severity: access.High, Principal: named(access.Key, 3, "acme-robotics/mirror#3"),
		Resource: repo(106, "mirror"), Title: "a deploy key that no baseline entry names can write to repo:acme-robotics/mirror", Since: ago(1200),
	}, {
		Rule: "standing-privileged", Category: "standing", Severity: access.High, Principal: team(32, "運用チーム"),
		Resource: repo(103, "robot-arm-firmware"),
		Title:    "team:acme-robotics/運用チーム has standing maintain on repo:acme-robotics/robot-arm-firmware", Affected: 6, Since: ago(61),
	}, {
		Rule: "hygiene-two-factor", Category: "hygiene", Severity: access.High, Principal: user(12, "evil\u202egnp.exe\x1b[2J"), Resource: org,
		Title: "user:evil\u202egnp.exe\x1b[2J has no two-factor authentication", Affected: 1, Since: ago(20),
	}}
	for i := range 14 {
		f = append(f, access.Finding{
			Rule: "redundant-grant", Category: "overprivileged", Severity: access.Medium, Principal: user(int64(200+i), fmt.Sprintf("contractor-%02d", i)),
			Resource: repo(int64(100+i%7), exampleSnapshot().Repositories[i%7].Name), Affected: 1, Since: ago(30 + i),
			Title: fmt.Sprintf("the direct write of user:contractor-%02d is also given by a team", i),
		})
	}
	f = append(f, access.Finding{
		Rule: "stale-member", Category: "stale", Severity: access.Low, Principal: user(40, "a-login-of-thirty-nine-characters-in-all"), Resource: org,
		Title: "user:a-login-of-thirty-nine-characters-in-all has shown no activity for 203 days", Affected: 1, Since: ago(113),
	}, access.Finding{
		Rule: "expired-assignment", Category: "standing", Severity: access.High, Principal: user(42, "ivan"), Resource: repo(105, "payments"), Ended: ago(4),
		Title: "user:ivan has write on repo:acme-robotics/payments, though the assignment ended", Affected: 1, Since: ago(200),
	}, access.Finding{
		Rule: "expired-assignment", Category: "standing", Severity: access.Medium, State: access.Waived, Ended: ago(9), Principal: user(41, "heidi"),
		Resource: repo(105, "payments"), Title: "user:heidi still has write on repo:acme-robotics/payments after the end of the assignment",
		Waiver: "hand-over, TICKET-77", WaiverEnd: taken.AddDate(0, 0, 6), Since: ago(9),
	}, access.Finding{
		Rule: "stale-invitation", Category: "stale", Severity: access.Low, State: access.Resolved, Resource: org,
		Principal: named(access.Invitation, 3, "acme-robotics#3"), ResolvedAt: taken,
		Title: "invitation:acme-robotics#3 has been pending for 34 days", Since: ago(34),
	})
	for i := range f {
		if i > 0 {
			f[i].Fingerprint, f[i].Org = fingerprint(i+1), org
			f[i].FirstSeen, f[i].LastSeen = f[i].Since, taken
		}
		if f[i].State == "" {
			f[i].State = access.Open
		}
	}
	return f
}

func exampleAudit() Audit {
	return Audit{
		Run: exampleRun(), Baseline: &BaselineUse{Files: []string{"baseline.toml", "teams/payments.toml"}, Hash: "3f9a1b2c4d5e6f708192a3b4c5d6e7f8"},
		Gaps: Gaps(exampleSnapshot(), access.AreaContributions), Findings: exampleFindings(),
		Undecided: []access.Undecided{
			{Rule: "stale-member", Count: 23, Reason: "the audit log was not read, so no sign of life is no proof"},
			{Rule: "standing-privileged", Count: 1204, Reason: "who has direct access to 7 repositories was not read"},
		},
		Unmanaged: []string{"apps", "keys", "tokens", "webhooks"}, FailOn: access.High, Holds: exampleHolds(),
		Cross: &CrossCheck{Asked: 25, Compared: 24, Equal: 24, Unanswered: 1, Unseen: []access.Area{}, Differences: []CrossDifference{}},
		Rules: []RuleText{exampleRule()}, Overview: exampleOverview(), Version: "v0.1.0",
	}
}
