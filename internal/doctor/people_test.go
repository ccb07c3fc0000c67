package doctor

import (
	"slices"
	"strings"
	"testing"
)

func TestWhoApprovesAndWhoIsProtectedIsLookedUp(t *testing.T) {
	const boss, other = "user:mirela-okafor", "user:tendai-lindqvist"
	for name, c := range map[string]struct {
		mode                          string
		approvers, protected, editors []string
		mark                          Mark
		words                         string
	}{
		"two people":               {"approve", []string{boss, other}, nil, nil, OK, "2 people can approve plans"},
		"a team":                   {"approve", []string{"team:acme-robotics/sre"}, nil, nil, OK, "people can approve plans"},
		"one person":               {"approve", []string{boss}, nil, nil, Warning, "one person alone can approve"},
		"nobody":                   {"approve", nil, nil, nil, Warning, "approvers names nobody, so no plan is approved and no hold is lifted"},
		"somebody unknown":         {"dry-run", []string{boss, other, "user:nobody-at-all"}, nil, nil, Warning, "user:nobody-at-all, who approves nothing: GitHub shows no such member"},
		"a team that is not there": {"approve", []string{"team:acme-robotics/none"}, nil, nil, Warning, "GitHub shows no such team"},
		"only somebody unknown":    {"approve", []string{"user:nobody-at-all"}, nil, nil, Warning, "nobody can approve a plan"},
		"protected":                {"dry-run", nil, []string{boss}, nil, OK, "protected: 1 name, known to GitHub"},
		"protected and unknown":    {"dry-run", nil, []string{boss, "user:nobody-at-all"}, nil, Warning, "protected names user:nobody-at-all, which GitHub does not show"},
		"editors and unknown":      {"dry-run", nil, nil, []string{"team:acme-robotics/none"}, Warning, "editors names team:acme-robotics/none, which GitHub does not show"},
	} {
		r := visit(t, func(w *ward) {
			m := &w.env.Config.Remediate
			m.Mode, m.Approvers, m.Protected, m.Editors = c.mode, c.approvers, c.protected, c.editors
		})
		if !has(r, Org, c.mark, c.words) {
			t.Errorf("%s: no %s says %q in\n%v", name, c.mark, c.words, r.Checks)
		}
	}
	quiet := visit(t, func(*ward) {})
	if has(quiet, Org, Warning, "") {
		t.Errorf("nobody approves in mode dry-run, which is told as wrong: %v", quiet.Checks)
	}
}

func TestPeopleOfEachOrganizationAreLookedUpWithOneToken(t *testing.T) {
	const second = "acme-archive"
	one := visit(t, func(w *ward) { w.env.Config.Remediate.Approvers = []string{"user:mirela-okafor"} })
	r := visit(t, func(w *ward) {
		w.second = second
		w.env.Config.GitHub.Organizations = []string{demo, second}
		w.env.Config.Remediate.Approvers = []string{"user:mirela-okafor"}
	})
	for _, org := range []string{demo, second} {
		for about, words := range map[string]string{Org: "approve", Data: "", Budget: "an audit takes about"} {
			if !slices.ContainsFunc(r.Checks, func(c Check) bool {
				return c.About == about && c.Name == org && c.Mark != Unchecked && strings.Contains(c.Found, words)
			}) {
				t.Errorf("nothing is said of %s of %s in\n%v", about, org, r.Checks)
			}
		}
	}
	if r.Requests <= one.Requests || r.Requests > 2*one.Requests {
		t.Errorf("%d requests for two organizations, and %d for one", r.Requests, one.Requests)
	}
}
