package analyzer_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/reach"
)

// openWith is an environment without a gate, with some secrets.
func openWith(name string, secrets ...string) func(*world) {
	return func(w *world) {
		w.env(name, func(e *access.Environment) {
			e.Gate.Reviewers, e.Policy.Branches = 0, access.AnyBranch
			*e.Policy.AdminBypass, *e.Policy.Untouched = true, true
			for _, s := range secrets {
				e.Secrets.Names = append(e.Secrets.Names, access.Secret{Name: s})
			}
		})
	}
}

func TestSecretsBehindNoGateAreFound(t *testing.T) {
	one := openWith("api/production", "TOKEN")
	const title = "env:acme/api/production holds a secret that anybody with write can read"
	but := func(change func(*access.Environment)) func(*world) {
		return func(w *world) { one(w); w.env("api/production", change) }
	}
	check(t, "environment-secrets-unguarded", []verdictCase{
		{"production", "", one, []string{"high open: " + title}, nil},
		{"two, elsewhere", "", openWith("api/docs", "A", "B"), []string{"low open: env:acme/api/docs holds 2 secrets that anybody with write can read"}, nil},
		{"waived", waived("", "environment-secrets-unguarded"), one, []string{"high waived: " + title}, nil},
		{"no secrets", "", openWith("api/production"), nil, nil},
		{"reviewers stand guard", "", but(func(e *access.Environment) { e.Gate.Reviewers = 1 }), nil, nil},
		{"branches stand guard", "", but(func(e *access.Environment) { e.Policy.Branches = access.SelectedBranches }), nil, nil},
		{"a wait timer guards nothing", "", but(func(e *access.Environment) { e.Gate.WaitTimer = 5 }), []string{"high open: " + title}, nil},
		{"the baseline means it so", environmentRule("require_reviewers = false\nbranches = \"any\""), one, nil, nil},
		{"archived", "", func(w *world) { one(w); w.repo("api", func(r *access.Repository) { r.Archived = true }) }, nil, nil},
		{"secrets not seen", "", func(w *world) {
			one(w)
			w.blind(access.AreaSecrets, 0, access.Denied, "needs environments:read")
		}, nil, []string{"1: environment-secrets: denied, needs environments:read"}},
		{"secrets of the repository not seen", "", func(w *world) {
			one(w)
			w.blind(access.AreaSecrets, w.ref("repo:api").ID, access.Partial, "timed out")
		}, nil, []string{"1: environment-secrets: partial, timed out"}},
		{"secrets not told", "", but(func(e *access.Environment) { e.Secrets = nil }), nil, []string{"1: environment-secrets: this environment was not told"}},
		{"gate not seen", "", func(w *world) {
			one(w)
			w.blind(access.AreaGates, w.ref("repo:api").ID, access.Partial, "timed out")
		}, nil, []string{"1: environment-gates: partial, timed out"}},
		{"policy not seen", "", func(w *world) {
			one(w)
			w.blind(access.AreaPolicies, w.ref("repo:api").ID, access.Partial, "timed out")
		}, nil, []string{"1: environment-policies: partial, timed out"}},
	})
}

func TestWhoReadsTheSecretsOfAnOpenEnvironmentIsWhoCanDeployToIt(t *testing.T) {
	w := newWorld()
	openWith("api/production", "TOKEN")(w)
	w.member("ann", "bob")
	w.give("user:ann", "api", access.Write)
	w.give("user:bob", "api", access.Read)
	w.key("api", "push", func(*access.DeployKey) {})
	w.key("api", "pull", func(k *access.DeployKey) { k.ReadOnly = true })
	w.key("api", "off", func(k *access.DeployKey) { k.Enabled = false })
	res := w.analyze(t, "")
	for _, f := range res.Findings {
		if f.Rule != "environment-secrets-unguarded" {
			continue
		}
		var names []string
		for _, n := range f.Sample {
			names = append(names, n.Name)
		}
		can := reach.New(w.seal()).CanDeploy(w.ref("env:api/production").ID)
		if want := "user:ann key:acme/api#"; !strings.Contains(strings.Join(names, " "), want) || f.Affected != 4 || len(can) != f.Affected || len(names) != f.Affected {
			t.Errorf("affected are %d, %q, and %d can deploy", f.Affected, names, len(can))
		}
		return
	}
	t.Error("there is no finding")
}

func TestEnvironmentsThatNobodyConfiguredAreFound(t *testing.T) {
	bare := openWith("api/prod")
	const title = "env:acme/api/prod has no rules and was never configured; a workflow may have made it"
	but := func(change func(*access.Environment)) func(*world) {
		return func(w *world) { bare(w); w.env("api/prod", change) }
	}
	check(t, "environment-never-configured", []verdictCase{
		{"production", "", bare, []string{"medium open: " + title}, nil},
		{"some other", "", openWith("api/x"), []string{"info open: env:acme/api/x has no rules and was never configured; a workflow may have made it"}, nil},
		{"it was changed", "", but(func(e *access.Environment) { *e.Policy.Untouched = false }), nil, nil},
		{"it has secrets", "", openWith("api/prod", "A"), nil, nil},
		{"a timer", "", but(func(e *access.Environment) { e.Gate.WaitTimer = 1 }), nil, nil},
		{"no bypass", "", but(func(e *access.Environment) { *e.Policy.AdminBypass = false }), nil, nil},
		{"not told", "", but(func(e *access.Environment) { e.Policy.Untouched = nil }), nil, []string{"1: environment-policies: whether it was ever changed was not told"}},
		{"secrets not seen", "", func(w *world) {
			bare(w)
			w.blind(access.AreaSecrets, 0, access.Denied, "needs environments:read")
		}, nil, []string{"1: environment-secrets: denied, needs environments:read"}},
	})
}

// gate makes an environment whose reviewers are those named.
func gate(env string, who ...string) func(*world) {
	return func(w *world) {
		w.env(env, func(e *access.Environment) { e.Gate.Reviewers = len(who) })
		for _, n := range who {
			w.grant(access.Grant{Principal: w.ref(n), Resource: w.ref("env:" + env), Privilege: access.Approve, Source: access.Reviewer})
		}
	}
}

func TestReviewersWhoCannotApproveAreFound(t *testing.T) {
	both := func(a, b func(*world)) func(*world) { return func(w *world) { a(w); b(w) } }
	members := func(w *world) { w.member("ann", "bob") }
	const none = "env:acme/api/production has reviewers, and none of them can approve"
	check(t, "environment-reviewers-cannot-act", []verdictCase{
		{"all of them left", "", gate("api/production", "user:gone"), []string{"high open: " + none}, nil},
		{"elsewhere", "", gate("api/docs", "user:gone"), []string{"low open: env:acme/api/docs has reviewers, and none of them can approve"}, nil},
		{"an empty team", "", gate("api/production", "team:empty"), []string{"high open: " + none}, nil},
		{"members can", "", both(members, gate("api/production", "user:ann", "user:bob")), nil, nil},
		{"members without a base permission cannot", "", func(w *world) {
			members(w)
			w.Settings.BasePermission = access.None
			gate("api/production", "user:ann", "user:bob")(w)
		}, []string{"high open: " + none}, nil},
		{"one alone, and no self-review", "", both(members, gate("api/production", "user:ann")), []string{"medium open: env:acme/api/production can be approved by user:ann alone"}, nil},
		{"one alone, with self-review", "", both(members, both(gate("api/production", "user:ann"), func(w *world) {
			w.env("api/production", func(e *access.Environment) { e.Gate.PreventSelfReview = false })
		})), nil, nil},
		{"one of three is gone", "", both(members, gate("api/production", "user:ann", "user:bob", "user:gone")),
			[]string{"info open: env:acme/api/production lists 1 of 3 reviewers who cannot approve"}, nil},
		{"public: everybody can read", "", both(gate("api/production", "user:gone", "user:gone2"), func(w *world) {
			w.repo("api", func(r *access.Repository) { r.Visibility = "public" })
		}), nil, nil},
		{"internal: a stranger may be of the enterprise", "", both(gate("api/production", "user:gone"), func(w *world) {
			w.repo("api", func(r *access.Repository) { r.Visibility = "internal" })
		}), nil, nil},
		{"members not seen", "", func(w *world) {
			gate("api/production", "user:gone")(w)
			w.blind(access.AreaMembers, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: members: denied, needs members:read"}},
		{"direct grants not seen", "", func(w *world) {
			gate("api/production", "user:gone")(w)
			w.blind(access.AreaDirectGrants, w.ref("repo:api").ID, access.Partial, "timed out")
		}, nil, []string{"1: direct-grants: partial, timed out"}},
		{"settings not seen", "", func(w *world) {
			gate("api/production", "user:gone")(w)
			w.blind(access.AreaSettings, 0, access.Denied, "owners alone")
		}, nil, []string{"1: settings: denied, owners alone"}},
	})
}

func TestRepositoriesThatHangOnOnePersonAreFound(t *testing.T) {
	lone := func(w *world) { w.member("ann", "bob"); w.give("user:ann", "api", access.Admin) }
	const title = "user:ann alone administers repo:acme/api, beside the owners"
	check(t, "last-repository-admin", []verdictCase{
		{"one", "", lone, []string{"info open: " + title}, nil},
		{"one, with production", "", func(w *world) { lone(w); w.env("api/production", nil) }, []string{"low open: " + title}, nil},
		{"two", "", func(w *world) { lone(w); w.give("user:bob", "api", access.Admin) }, nil, nil},
		{"a team of one", "", func(w *world) { w.team("sre", "", "ann"); w.give("team:sre", "api", access.Admin) }, []string{"info open: " + title}, nil},
		{"the owners alone", "", func(w *world) { w.ref("repo:api") }, nil, nil},
		{"an owner", "", func(w *world) { w.give("user:root", "api", access.Admin) }, nil, nil},
		{"who administers everything", "", func(w *world) {
			lone(w)
			w.OrgRoles = []access.OrgRole{{ID: 9, Name: "all_repo_admin", Base: access.Admin}}
			w.grant(access.Grant{Principal: w.ref("user:ann"), Resource: w.ids["org"], Privilege: access.Admin, Source: access.ByOrgRole, Role: 9})
		}, nil, nil},
		{"archived", "", func(w *world) { lone(w); w.repo("api", func(r *access.Repository) { r.Archived = true }) }, nil, nil},
		{"teams not seen", "", func(w *world) {
			lone(w)
			w.blind(access.AreaTeamGrants, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: team-grants: denied, needs members:read"}},
		{"direct grants not seen", "", func(w *world) {
			lone(w)
			w.blind(access.AreaDirectGrants, w.ref("repo:api").ID, access.Partial, "timed out")
		}, nil, []string{"1: direct-grants: partial, timed out"}},
	})
}

const allowsAnn = `
[roles.writer]
repository = "write"
standing_reason = "work"
review_by = 2027-01-01
[[assign]]
role = "writer"
to = ["user:ann"]
on = ["repo:acme/api"]
reason = "work"
`

func TestInvitationsThatWouldGiveTooMuchAreFound(t *testing.T) {
	invited := func(p access.Privilege) func(*world) {
		return func(w *world) { w.invite("ann", "api", p, 1) }
	}
	check(t, "repository-invitation-privileged", []verdictCase{
		{"write", "", invited(access.Write), []string{"medium open: the invitation of user:ann to repo:acme/api would give write, to somebody who is no member"}, nil},
		{"admin", "", invited(access.Admin), []string{"high open: the invitation of user:ann to repo:acme/api would give admin, to somebody who is no member"}, nil},
		{"read", "", invited(access.Read), nil, nil},
		{"a member", "", func(w *world) { w.member("ann"); invited(access.Write)(w) }, nil, nil},
		{"lapsed", "", func(w *world) { w.invite("ann", "api", access.Write, 9).Expired = true }, nil, nil},
		{"as the baseline allows", allowsAnn, invited(access.Write), nil, nil},
		{"more than the baseline allows", allowsAnn, invited(access.Admin), []string{"high open: the invitation of user:ann to repo:acme/api would give admin, the baseline allows write"}, nil},
		{"not in the baseline", allowsAnn, func(w *world) {
			w.ref("user:ann")
			w.invite("eve", "api", access.Write, 1)
		}, []string{"medium open: the invitation of user:eve to repo:acme/api would give write, the baseline allows nothing"}, nil},
		{"to read, not in the baseline: seen when it is accepted", allowsAnn, func(w *world) {
			w.ref("user:ann")
			w.invite("eve", "api", access.Read, 1)
		}, nil, nil},
		{"whom it is for was not told", allowsAnn, func(w *world) {
			w.ref("user:ann")
			w.invite("", "api", access.Write, 1).Invitee = 0
		}, nil, []string{"1: repository-invitations: whom it is for was not told"}},
		{"invitations not seen", "", func(w *world) {
			invited(access.Write)(w)
			w.blind(access.AreaRepoInvitations, 0, access.Denied, "administrators alone")
		}, nil, []string{"1: repository-invitations: denied, administrators alone"}},
		{"members not seen", "", func(w *world) {
			invited(access.Write)(w)
			w.blind(access.AreaMembers, 0, access.Denied, "needs members:read")
			w.blind(access.AreaOutside, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: members: denied, needs members:read; what is there was not counted", "1: repository-invitations: whether it is for a member was not seen"}},
	})
}

func TestInvitationsToRepositoriesThatWaitTooLongAreFound(t *testing.T) {
	readAt := func(w *world, hours int) {
		w.Coverage.Set(access.Cover{Area: access.AreaRepoInvitations, Status: access.Complete, ReadAt: now.Add(-time.Duration(hours) * time.Hour)})
	}
	const waits = "low open: the invitation of user:ann to repo:acme/api waits since 2026-05-24"
	check(t, "repository-invitation-stale", []verdictCase{
		{"eight days", "", func(w *world) { w.invite("ann", "api", access.Read, 8) }, []string{waits}, nil},
		{"six days", "", func(w *world) { w.invite("ann", "api", access.Read, 6) }, nil, nil},
		{"eight days, read a day ago", "", func(w *world) { w.invite("ann", "api", access.Read, 8); readAt(w, 20) }, []string{waits}, nil},
		{"eight days, read two days ago: it may have been accepted since", "", func(w *world) { w.invite("ann", "api", access.Read, 8); readAt(w, 48) }, nil, nil},
		{"one that would give too much is another rule's", "", func(w *world) { w.invite("ann", "api", access.Write, 8) }, nil, nil},
		{"lapsed", "", func(w *world) { w.invite("ann", "api", access.Read, 8).Expired = true },
			[]string{"info open: the invitation of user:ann to repo:acme/api of 2026-05-24 has lapsed and is still listed"}, nil},
		{"of an account that is gone", "", func(w *world) { w.invite("", "api", access.Write, 8).Invitee = 0 },
			[]string{"low open: the invitation of an account that is gone to repo:acme/api waits since 2026-05-24"}, nil},
		{"not seen", "", func(w *world) {
			w.invite("ann", "api", access.Read, 8)
			w.blind(access.AreaRepoInvitations, w.ref("repo:api").ID, access.Denied, "administrators alone")
		}, nil, []string{"1: repository-invitations: denied, administrators alone"}},
	})
}

func TestAKeyIsStaleOnlyAsOfWhenItsUseWasRead(t *testing.T) {
	used := func(hours int) func(*world) {
		return func(w *world) {
			w.repo("api", func(r *access.Repository) { r.DeployKeys = 1 })
			w.key("api", "ci", func(k *access.DeployKey) { k.LastUsed = ago(92).Truncate(24 * time.Hour) })
			w.Coverage.Set(access.Cover{Area: access.AreaDeployKeys, Status: access.Complete, ReadAt: now.Add(-time.Duration(hours) * time.Hour)})
		}
	}
	check(t, "deploy-key-stale", []verdictCase{
		{"read two hours ago", "", used(2), []string{"medium open: key:acme/api#14 (ci) was last used on 2026-03-01"}, nil},
		{"read three days ago: it may have been used since", "", used(72), nil, nil},
	})
}
