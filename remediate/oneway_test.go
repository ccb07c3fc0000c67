package remediate_test

import (
	"slices"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// What GitHub or a guard lets nobody put back is said beforehand.
func TestAPlanNamesWhatNoRestoreBringsBack(t *testing.T) {
	w := house()
	w.Settings.BasePermission = access.Write
	w.give("user:ann", "web", access.Triage)
	p := w.plan(t, roles+"[organization.acme]\nbase_permission = \"read\"\n", loose())
	i := slices.IndexFunc(p.Actions, func(a remediate.Action) bool { return a.Kind == remediate.RemoveDirect })
	if i < 0 || !slices.Contains(p.Actions[i].Irreversible, remediate.BelowBase) || !remediate.OneWay(p.Actions[i].Irreversible) {
		t.Errorf("a grant below the base permission: %v", lines(p))
	}
	w = house()
	w.outside("eve") // she is listed and cannot read it
	w.reviewer("user:eve", "api/production")
	p = w.plan(t, roles+"[[environment]]\nmatch = [\"env:acme/*/production\"]\nreviewers = [\"user:kim\"]\n", loose())
	i = slices.IndexFunc(p.Actions, func(a remediate.Action) bool { return a.Kind == remediate.ProtectEnvironment })
	if i < 0 || !slices.Contains(p.Actions[i].Irreversible, remediate.StuckGate) {
		t.Errorf("a list of reviewers with somebody who cannot read the repository: %v", lines(p))
	}
}

// GitHub keeps that self-review is prevented with the list of reviewers, and knows
// it of none that is empty.
func TestSelfReviewIsPreventedOnlyWhereSomebodyReviews(t *testing.T) {
	rule := "[[environment]]\nmatch = [\"env:acme/*/production\"]\nprevent_self_review = true\nreviewers = [\"user:zoe\"]\n"
	w := house()
	w.join(access.Member, "zoe") // she cannot read it, so she reviews nothing
	w.ref("env:api/production")
	for _, a := range w.plan(t, roles+rule, loose()).Actions {
		if slices.Contains(a.Parts, "self-review") {
			t.Errorf("there is nobody to review: %s", a.Title)
		}
	}
}

func TestTooFewOwnersStopWhateverTakes(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Write)
	guards := loose()
	guards.MinOwners = 3
	p := w.plan(t, roles, guards)
	want := "min_owners: 2 owners would stay who are people and outside of this plan, and min_owners is 3: make another person an owner, or set [remediate] min_owners"
	if len(p.Actions) == 0 || !slices.Equal(p.Stopped, []string{want}) {
		t.Errorf("two owners, and three are asked for: %v, stopped %v", lines(p), p.Stopped)
	}
}

// The run refuses it, and with it the whole plan: so the plan may not hold it.
func TestNobodyIsTakenOutOfAProtectedTeam(t *testing.T) {
	w, base := guild()
	guards := loose()
	guards.Protected = []string{"team:acme/guild"}
	p := w.plan(t, base, guards)
	for _, a := range p.Actions {
		if a.Change.Team != nil && a.Change.Team.Name == "guild" {
			t.Errorf("the team is protected: %s", a.Title)
		}
	}
	if len(p.Refused) == 0 || p.Refused[0].Guard != remediate.ProtectedGuard {
		t.Errorf("%+v", p.Refused)
	}
}
