package doctor

import "testing"

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
