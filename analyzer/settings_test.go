package analyzer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

func TestOutsideCollaboratorWrite(t *testing.T) {
	ext := func(w *world) {
		w.outside("ext")
		w.give("user:ext", "api", access.Write)
	}
	const title = "user:ext, an outside collaborator, has write on repo:acme/api"
	check(t, "outside-collaborator-write", []verdictCase{
		{"without a baseline", "", ext, []string{"medium open: " + title}, nil},
		{"waived", waived("[organization.acme]\nbase_permission = \"read\"\n", "outside-collaborator-write"), ext, []string{"medium waived: " + title}, nil},
		{"whom no entry mentions", repositories, ext, []string{"medium open: " + title + ", and no entry of the baseline mentions it"}, nil},
		{"waived where the baseline manages repositories", waived(repositories, "outside-collaborator-write"), ext,
			[]string{"medium waived: " + title + ", and no entry of the baseline mentions it"}, nil},
		{"more than an entry allows", repositories, func(w *world) {
			w.outside("dora")
			w.give("user:dora", "api", access.Admin)
		}, []string{"high open: user:dora, an outside collaborator, has admin on repo:acme/api, the baseline allows write"}, nil},
		{"what an entry allows", repositories, func(w *world) {
			w.outside("dora")
			w.give("user:dora", "api", access.Write)
		}, nil, nil},
		{"what an entry allows, but only as an elevation, is the other rule's", strings.Replace(jitRoles, "team:acme/sre", "user:dora", 1), func(w *world) {
			w.outside("dora")
			w.give("user:dora", "api", access.Admin)
		}, nil, nil},
		{"a member without an entry is the other rules'", repositories, func(w *world) {
			w.member("ann")
			w.give("user:ann", "api", access.Write)
		}, nil, nil},
		{"memberships not seen", repositories, func(w *world) {
			ext(w)
			w.blind(access.AreaTeamMembers, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: team-members: denied, needs members:read"}},
		{"neither list was read, and the baseline manages repositories", repositories, func(w *world) {
			w.give("user:ext", "api", access.Admin)
			w.blind(access.AreaOutside, 0, access.Denied, "")
			w.blind(access.AreaMembers, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: members: denied, needs members:read"}},
		{"triage is fine", "", func(w *world) {
			w.outside("ext")
			w.give("user:ext", "api", access.Triage)
		}, nil, nil},
		{"a member is none", "", func(w *world) {
			w.member("ann")
			w.give("user:ann", "api", access.Admin)
		}, nil, nil},
		{"not in the whole list of members", "", func(w *world) {
			w.give("user:ext", "api", access.Admin)
			w.blind(access.AreaOutside, 0, access.Denied, "")
		}, []string{"high open: user:ext, an outside collaborator, has admin on repo:acme/api"}, nil},
		{"neither list was read", "", func(w *world) {
			w.give("user:ext", "api", access.Admin)
			w.blind(access.AreaOutside, 0, access.Denied, "")
			w.blind(access.AreaMembers, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: members: denied, needs members:read; whether a collaborator is a member is open"}},
	})
}

func TestAnOutsideCollaboratorIsReportedOnceWhicheverRulesRun(t *testing.T) {
	for disabled, want := range map[string][]string{
		"":                           {"outside-collaborator-write"},
		"principal-not-in-baseline":  {"outside-collaborator-write"},
		"outside-collaborator-write": {"principal-not-in-baseline"},
	} {
		w := newWorld()
		w.outside("ext")
		w.give("user:ext", "api", access.Write)
		s := w.seal()
		var got []string
		for _, f := range analyzer.Analyze(analyzer.Input{Snapshot: s, At: now, Baseline: bind(t, s, repositories), Disabled: []string{disabled}}).Findings {
			if f.Principal.Name == "user:ext" {
				got = append(got, f.Rule)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("without %q: %q, want %q", disabled, got, want)
		}
	}
}

func TestBasePermissionBroad(t *testing.T) {
	base := func(p access.Privilege) func(*world) {
		return func(w *world) {
			w.member("ann")
			w.Settings.BasePermission = p
		}
	}
	none := "[organization.acme]\nbase_permission = \"none\"\n"
	check(t, "base-permission-broad", []verdictCase{
		{"write", "", base(access.Write), []string{"high open: every member of org:acme has write on every repository"}, nil},
		{"read", "", base(access.Read), nil, nil},
		{"none", "", base(access.None), nil, nil},
		{"read where the baseline wants none", none, base(access.Read), []string{"medium open: every member of org:acme has read on every repository"}, nil},
		{"waived", waived(none, "base-permission-broad"), base(access.Read), []string{"medium waived: every member of org:acme has read on every repository"}, nil},
		{"write where the baseline wants it", "[organization.acme]\nbase_permission = \"write\"\n", base(access.Write), nil, nil},
		{"not told", "", func(w *world) { w.Settings = nil }, nil, []string{"1: settings: the base permission was not told"}},
	})
}

func TestDeployKeyWrite(t *testing.T) {
	ci := func(w *world) { w.key("api", "ci", func(*access.DeployKey) {}) }
	const title = "key:acme/api#13 (ci) can write to repo:acme/api"
	const managed = "[[key]]\nrepository = [\"repo:acme/api\"]\ntitle = \"ci\"\nwrite = true\nreason = \"mirror\"\nstanding_reason = \"mirror\"\nreview_by = 2027-01-01\n"
	check(t, "deploy-key-write", []verdictCase{
		{"without a baseline", "", ci, []string{"medium open: " + title}, nil},
		{"waived", waived(repositories, "deploy-key-write"), ci, []string{"medium waived: " + title}, nil},
		{"a repository that leads to production", "", func(w *world) {
			ci(w)
			w.env("api/release", nil)
		}, []string{"high open: " + title}, nil},
		{"allowed", managed, ci, nil, nil},
		{"another key", managed, func(w *world) { w.key("api", "old", func(*access.DeployKey) {}) },
			[]string{"medium open: key:acme/api#13 (old) can write to repo:acme/api"}, nil},
		{"read-only", "", func(w *world) { w.key("api", "ci", func(k *access.DeployKey) { k.ReadOnly = true }) }, nil, nil},
		{"switched off", "", func(w *world) { w.key("api", "ci", func(k *access.DeployKey) { k.Enabled = false }) }, nil, nil},
		{"of an unlisted repository", managed, func(w *world) {
			ci(w)
			w.Repositories = nil
		}, nil, []string{"1: repositories: the repository of a key was not listed"}},
	})
}

func TestWorkflowTokenWrite(t *testing.T) {
	token := func(d string, approve *bool) func(*world) {
		return func(w *world) {
			w.WorkflowToken = &access.WorkflowToken{Default: d, CanApprovePullRequests: approve}
		}
	}
	const title = "the default workflow token of org:acme is broad: "
	check(t, "workflow-token-write", []verdictCase{
		{"write", "", token("write", new(bool)), []string{"medium open: " + title + "write"}, nil},
		{"approve", "", token("read", new(true)), []string{"medium open: " + title + "it may approve pull requests"}, nil},
		{"both", "", token("write", new(true)), []string{"high open: " + title + "write, and it may approve pull requests"}, nil},
		{"waived", waived(repositories, "workflow-token-write"), token("write", new(bool)), []string{"medium waived: " + title + "write"}, nil},
		{"read", "", token("read", new(bool)), nil, nil},
		{"write as the baseline sets it", "[organization.acme]\ndefault_workflow_permissions = \"write\"\n", token("write", new(bool)), nil, nil},
		{"approvals not told", "", token("read", nil), nil, []string{"1: workflow-token: whether workflows may approve pull requests was not told"}},
		{"not seen", "", func(w *world) {
			w.WorkflowToken = nil
			w.blind(access.AreaWorkflowToken, 0, access.Denied, "needs an owner")
		}, nil, []string{"1: workflow-token: denied, needs an owner"}},
	})
}

func TestTwoFactorMissing(t *testing.T) {
	without := func(login string, add func(*world, ...string)) func(*world) {
		return func(w *world) {
			add(w, login)
			w.TwoFactor[len(w.TwoFactor)-1].Enabled = false
		}
	}
	check(t, "two-factor-missing", []verdictCase{
		{"a member", "", without("ann", (*world).member), []string{"medium open: user:ann, a member, has no second factor"}, nil},
		{"an owner", "", without("dave", (*world).owner), []string{"high open: user:dave, an owner, has no second factor"}, nil},
		{"waived", waived(repositories, "two-factor-missing"), without("ann", (*world).member), []string{"medium waived: user:ann, a member, has no second factor"}, nil},
		{"the account of an app", "", without("bot[bot]", (*world).member), nil, nil},
		{"everybody has one", "", func(w *world) { w.member("ann") }, nil, nil},
		{"not told for anybody", "", func(w *world) {
			w.TwoFactor = nil
			w.blind(access.AreaTwoFactor, 0, access.Denied, "only owners see it")
		}, nil, []string{"2: two-factor: denied, only owners see it"}},
		{"not told for one", "", func(w *world) {
			w.member("ann")
			w.TwoFactor = w.TwoFactor[:2]
		}, nil, []string{"1: two-factor: not told for this member"}},
	})
}

func TestTwoFactorNotRequired(t *testing.T) {
	required := func(org, settings *bool) func(*world) {
		return func(w *world) { w.Org.TwoFactorRequired, w.Settings.TwoFactorRequired = org, settings }
	}
	const title = "org:acme does not require two-factor authentication"
	check(t, "two-factor-not-required", []verdictCase{
		{"not required", "", required(new(bool), nil), []string{"medium open: " + title}, nil},
		{"by the settings", "", required(nil, new(bool)), []string{"medium open: " + title}, nil},
		{"waived", waived(repositories, "two-factor-not-required"), required(new(bool), nil), []string{"medium waived: " + title}, nil},
		{"required", "", required(new(true), nil), nil, nil},
		{"the baseline says it need not be", "[organization.acme]\nrequire_two_factor = false\n", required(new(bool), nil), nil, nil},
		{"not told", "", required(nil, nil), nil, []string{"1: whether two-factor authentication is required was not told: only owners are"}},
	})
}

func TestSingleOwner(t *testing.T) {
	alone := func(w *world) { w.Grants = w.Grants[:1] }
	const title = "org:acme has one owner, user:root"
	check(t, "single-owner", []verdictCase{
		{"one", "", alone, []string{"critical open: " + title}, nil},
		{"one and an app", "", func(w *world) {
			alone(w)
			w.owner("helper[bot]")
		}, []string{"critical open: " + title}, nil},
		{"waived", waived(repositories, "single-owner"), alone, []string{"critical waived: " + title}, nil},
		{"two", "", func(*world) {}, nil, nil},
		{"members read in part", "", func(w *world) {
			alone(w)
			w.blind(access.AreaMembers, 0, access.Partial, "page 2 timed out")
		}, nil, []string{"1: members: partial, page 2 timed out"}},
		{"none at all is a listing gone wrong", "", func(w *world) { w.Grants = nil }, nil, []string{"1: members: no owner was listed, though every organization has one"}},
	})
}
