package analyzer_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

// enough are the areas of which one alone lets a rule judge everything.
var enough = map[string][]access.Area{
	"two-factor-not-required":    {access.AreaOrganization, access.AreaSettings},
	"outside-collaborator-write": {access.AreaMembers, access.AreaOutside},
}

func undecidedOf(r analyzer.Result, rule string) []access.Undecided {
	return slices.DeleteFunc(slices.Clone(r.Undecided), func(u access.Undecided) bool { return u.Rule != rule })
}

// sleepers are people and a key without any sign of life, so that the rules on
// those have something to judge.
func sleepers(w *world) {
	w.member("sleeper")
	w.outside("stranger")
	silent(w, "sleeper", 400)
	silent(w, "stranger", 400)
}

func TestNoRuleGoesSilentWhenAnAreaItNeedsIsLost(t *testing.T) {
	for _, r := range analyzer.Rules() {
		if r.ID == analyzer.UnexplainedChange {
			continue // it speaks of history; see foreign_test.go
		}
		for _, area := range r.Needs {
			t.Run(r.ID+"/"+string(area), func(t *testing.T) {
				rapid.Check(t, func(rt *rapid.T) {
					w := drawWorld(rt)
					sleepers(w)
					for i := range w.Environments {
						*w.Environments[i].Policy.AdminBypass = true
					}
					lost := []access.Area{area}
					if slices.Contains(enough[r.ID], area) {
						lost = enough[r.ID]
					}
					status := rapid.SampledFrom([]access.Status{access.Unread, access.Partial, access.Denied}).Draw(rt, "status")
					for _, a := range lost {
						loseAll(w, a, status)
					}
					text := everything
					if !r.Baseline && rapid.Bool().Draw(rt, "no baseline") {
						text = ""
					}
					open := undecidedOf(w.analyze(t, text), r.ID)
					if len(open) == 0 {
						rt.Fatal("it says nothing")
					}
					for _, u := range open {
						if u.Count < 1 {
							rt.Fatalf("%+v counts nothing", u)
						}
					}
				})
			})
		}
	}
}

// loseAll takes an area away with everything in it.
func loseAll(w *world, area access.Area, s access.Status) {
	w.blind(area, 0, s, "lost")
	w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool {
		_, ok := areaOf(area, g)
		return ok
	})
	loseThings(w, area, func(int64) bool { return true })
}

func TestWhatWasReadInFullLeavesNothingUndecided(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool {
			return g.Principal.Kind == access.Team && g.Role != 0
		})
		for _, u := range w.analyze(t, baselineOf(rt)).Undecided {
			rt.Fatalf("%+v", u)
		}
	})
}

func TestAnUnmanagedClassLeavesNothingUndecided(t *testing.T) {
	w := newWorld()
	for _, a := range access.Areas {
		w.blind(a, 0, access.Denied, "lost")
	}
	res := w.analyze(t, lists) // manages members and outside collaborators alone
	for rule, want := range map[string]bool{"principal-not-in-baseline": true, "access-beyond-baseline": false, "standing-privileged": false, "owner-not-listed": false} {
		if got := len(undecidedOf(res, rule)) > 0; got != want {
			t.Errorf("%s: undecided %v, want %v", rule, got, want)
		}
	}
}

func TestWhatThePlanDoesNotHaveHidesNothing(t *testing.T) {
	w := newWorld()
	w.blind(access.AreaCustomRoles, 0, access.Unavailable, "custom repository roles exist on the enterprise plan only")
	if got := undecidedOf(w.analyze(t, repositories), "access-beyond-baseline"); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func TestReasonsNameNoSingleRepositorySoTheyAddUp(t *testing.T) {
	w := newWorld()
	for _, name := range []string{"api", "web", "infra"} {
		r := w.ref("repo:" + name).ID
		w.blind(access.AreaDeployKeys, r, access.Denied, "deploy keys of acme/"+name+": GitHub shows them to administrators of the repository alone")
		w.blind(access.AreaEnvironments, r, access.Denied, "environments of acme/"+name+": GitHub refused (403 Forbidden)")
		w.blind(access.AreaDirectGrants, r, access.Partial, "collaborator ann of acme/"+name+" has a role that is not known here: \"chief\"")
	}
	for rule, want := range map[string]access.Undecided{
		"deploy-key-write":       {Count: 3, Reason: "deploy-keys: partial, GitHub shows them to administrators of the repository alone; what is there was not counted"},
		"environment-any-branch": {Count: 3, Reason: "environments: denied, GitHub refused (403 Forbidden)"},
		"archived-write":         {Count: 3, Reason: "direct-grants: partial; what is there was not counted"},
	} {
		want.Rule = rule
		got := undecidedOf(w.analyze(t, ""), rule)
		if len(got) != 1 || got[0] != want {
			t.Errorf("have %+v\nwant %+v", got, want)
		}
	}
	for _, u := range w.analyze(t, "").Undecided {
		for _, name := range []string{"api", "web", "infra", "ann", "chief"} {
			if strings.Contains(u.Reason, name) {
				t.Errorf("%s names %s: %s", u.Rule, name, u.Reason)
			}
		}
	}
}
