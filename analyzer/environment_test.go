package analyzer_test

import (
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

func environmentRule(lines string) string {
	return "[[environment]]\nmatch = [\"env:acme/*/*\"]\n" + lines + "\n"
}

func TestEnvironmentNoReviewers(t *testing.T) {
	open := func(w *world) {
		w.env("api/production", func(e *access.Environment) { e.Gate.Reviewers = 0 })
	}
	const title = "env:acme/api/production has no required reviewers"
	check(t, "environment-no-reviewers", []verdictCase{
		{"production", "", open, []string{"high open: " + title}, nil},
		{"waived", waived(environmentRule("require_reviewers = true"), "environment-no-reviewers"), open, []string{"high waived: " + title}, nil},
		{"some other", "", func(w *world) {
			w.env("api/docs", func(e *access.Environment) { e.Gate.Reviewers = 0 })
		}, []string{"low open: env:acme/api/docs has no required reviewers"}, nil},
		{"one that the baseline has a rule for", environmentRule("require_reviewers = true"), func(w *world) {
			w.env("api/docs", func(e *access.Environment) { e.Gate.Reviewers = 0 })
		}, []string{"high open: env:acme/api/docs has no required reviewers"}, nil},
		{"the baseline wants none", environmentRule("require_reviewers = false"), open, nil, nil},
		{"guarded", "", func(w *world) { w.env("api/production", nil) }, nil, nil},
		{"archived", "", func(w *world) {
			open(w)
			w.repo("api", func(r *access.Repository) { r.Archived = true })
		}, nil, nil},
		{"gates of the repository not seen", "", func(w *world) {
			open(w)
			w.blind(access.AreaGates, w.ref("repo:api").ID, access.Partial, "timed out")
		}, nil, []string{"1: environment-gates: partial, timed out"}},
		{"gate not told", "", func(w *world) {
			w.env("api/production", func(e *access.Environment) { e.Gate = nil })
		}, nil, []string{"1: environment-gates: this environment was not told"}},
		{"environments not seen", "", func(w *world) {
			w.ref("repo:api")
			w.ref("repo:web")
			w.blind(access.AreaEnvironments, 0, access.Denied, "needs actions:read")
		}, nil, []string{"2: environments: denied, needs actions:read"}},
	})
}

func TestEnvironmentSelfReview(t *testing.T) {
	self := func(w *world) {
		w.env("api/production", func(e *access.Environment) { e.Gate.PreventSelfReview = false })
	}
	const title = "env:acme/api/production lets reviewers approve their own deployments"
	check(t, "environment-self-review", []verdictCase{
		{"allowed", "", self, []string{"high open: " + title}, nil},
		{"waived", waived(environmentRule("prevent_self_review = true"), "environment-self-review"), self, []string{"high waived: " + title}, nil},
		{"prevented", "", func(w *world) { w.env("api/production", nil) }, nil, nil},
		{"the baseline allows it", environmentRule("prevent_self_review = false"), self, nil, nil},
		{"no reviewers is another rule's", "", func(w *world) {
			self(w)
			w.env("api/production", func(e *access.Environment) { e.Gate.Reviewers = 0 })
		}, nil, nil},
		{"gate not seen", "", func(w *world) {
			w.env("api/production", func(e *access.Environment) { e.Gate = nil })
			w.blind(access.AreaGates, 0, access.Denied, "needs actions:read")
		}, nil, []string{"1: environment-gates: denied, needs actions:read"}},
		{"what an earlier pass saw of the gate is no proof", "", func(w *world) {
			self(w)
			w.blind(access.AreaGates, w.ref("repo:api").ID, access.Partial, "timed out")
		}, nil, []string{"1: environment-gates: partial, timed out"}},
	})
}

func TestEnvironmentAdminBypass(t *testing.T) {
	bypass := func(w *world) {
		w.env("api/production", func(e *access.Environment) { e.Policy.AdminBypass = new(true) })
	}
	const title = "env:acme/api/production lets administrators bypass its gate"
	check(t, "environment-admin-bypass", []verdictCase{
		{"allowed", "", bypass, []string{"high open: " + title}, nil},
		{"waived", waived(environmentRule("allow_admin_bypass = false"), "environment-admin-bypass"), bypass, []string{"high waived: " + title}, nil},
		{"forbidden", "", func(w *world) { w.env("api/production", nil) }, nil, nil},
		{"nothing to bypass", "", func(w *world) {
			bypass(w)
			w.env("api/production", func(e *access.Environment) { e.Gate.Reviewers = 0 })
		}, nil, nil},
		{"nothing to bypass, but forbidden by the baseline", environmentRule("allow_admin_bypass = false"), func(w *world) {
			bypass(w)
			w.env("api/production", func(e *access.Environment) { e.Gate.Reviewers = 0 })
		}, []string{"high open: " + title}, nil},
		{"allowed by the baseline", environmentRule("allow_admin_bypass = true"), bypass, nil, nil},
		{"not told", "", func(w *world) {
			w.env("api/production", func(e *access.Environment) { e.Policy.AdminBypass = nil })
		}, nil, []string{"1: environment-policies: whether administrators may bypass was not told"}},
		{"not seen", "", func(w *world) {
			w.env("api/production", func(e *access.Environment) { e.Policy = nil })
			w.blind(access.AreaPolicies, 0, access.Denied, "needs actions:read")
		}, nil, []string{"1: environment-policies: denied, needs actions:read"}},
	})
}

func TestEnvironmentAnyBranch(t *testing.T) {
	anyBranch := func(w *world) {
		w.env("api/production", func(e *access.Environment) { e.Policy.Branches = access.AnyBranch })
	}
	selected := func(names ...string) func(*world) {
		return func(w *world) {
			w.env("api/production", func(e *access.Environment) {
				e.Policy.Branches = access.SelectedBranches
				for i, n := range names {
					e.Policy.Patterns = append(e.Policy.Patterns, access.Pattern{ID: int64(i), Name: n, Type: "branch"})
				}
			})
		}
	}
	rule := environmentRule(`branches = ["main", "release/*"]`)
	const title = "env:acme/api/production may be deployed from "
	check(t, "environment-any-branch", []verdictCase{
		{"any", "", anyBranch, []string{"high open: " + title + "any branch"}, nil},
		{"waived", waived(rule, "environment-any-branch"), anyBranch, []string{"high waived: " + title + "any branch"}, nil},
		{"protected", "", func(w *world) { w.env("api/production", nil) }, nil, nil},
		{"selected", "", selected("main", "dev"), nil, nil},
		{"those of the baseline", rule, selected("main"), nil, nil},
		{"more than those of the baseline", rule, selected("main", "dev", "wip/*"), []string{"high open: " + title + "dev, wip/*"}, nil},
		{"the baseline wants any", environmentRule(`branches = "any"`), anyBranch, nil, nil},
		{"not seen", "", func(w *world) {
			w.env("api/production", func(e *access.Environment) { e.Policy = nil })
			w.blind(access.AreaPolicies, 0, access.Denied, "needs actions:read")
		}, nil, []string{"1: environment-policies: denied, needs actions:read"}},
	})
}

func TestEnvironmentWaitTimer(t *testing.T) {
	rule := environmentRule("wait_timer = 30")
	waits := func(n int) func(*world) {
		return func(w *world) { w.env("api/production", func(e *access.Environment) { e.Gate.WaitTimer = n }) }
	}
	const title = "env:acme/api/production waits "
	check(t, "environment-wait-timer", []verdictCase{
		{"none", rule, waits(0), []string{"medium open: " + title + "0 minutes, the baseline says 30"}, nil},
		{"too short", rule, waits(1), []string{"medium open: " + title + "1 minute, the baseline says 30"}, nil},
		{"long enough", rule, waits(30), nil, nil},
		{"the baseline says nothing of it", environmentRule("prevent_self_review = true"), waits(0), nil, nil},
	})
}

func TestReviewersBeyondBaseline(t *testing.T) {
	rule := environmentRule(`reviewers = ["team:acme/leads"]`)
	eve := func(w *world) {
		w.team("leads", "", "lea")
		w.member("eve")
		w.reviewer("team:leads", "api/production")
		w.reviewer("user:eve", "api/production")
	}
	const title = "user:eve reviews deployments to env:acme/api/production, and no entry of the baseline mentions it"
	check(t, "environment-reviewers-beyond-baseline", []verdictCase{
		{"a person too many", rule, eve, []string{"high open: " + title}, nil},
		{"waived", waived(rule, "environment-reviewers-beyond-baseline"), eve, []string{"high waived: " + title}, nil},
		{"a person of a listed team", rule, func(w *world) {
			w.team("leads", "", "lea")
			w.reviewer("user:lea", "api/production")
		}, nil, nil},
		{"the rule lists nobody", environmentRule("require_reviewers = true"), eve, nil, nil},
		{"teams not seen", rule, func(w *world) {
			eve(w)
			w.blind(access.AreaTeamMembers, 0, access.Denied, "needs members:read")
		}, nil, []string{"1: team-members: denied, needs members:read"}},
	})
}

func TestNamesThatLeadToProduction(t *testing.T) {
	for name, want := range map[string]bool{
		"production": true, "Production": true, "prod": true, "eu-prod1": true, "prod_eu": true, "releaseToNpm": true, "pypi": true,
		"live": true, "publish-crates": true, "PROD": true, "release/v1": true,
		"pre-production": false, "non-prod": false, "product": false, "staging": false, "test-pypi": false, "alive": false, "": false, "docs": false,
	} {
		w := newWorld()
		w.env("api/"+name, func(e *access.Environment) { e.Gate.Reviewers = 0 })
		got := false
		for _, f := range analyzer.Analyze(analyzer.Input{Snapshot: w.seal(), At: now}).Findings {
			got = got || f.Rule == "environment-no-reviewers" && f.Severity == access.High
		}
		if got != want {
			t.Errorf("an environment named %q is production: %v, want %v", name, got, want)
		}
	}
}
