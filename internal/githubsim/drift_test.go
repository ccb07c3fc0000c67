package githubsim

import (
	"reflect"
	"testing"
)

func TestDriftIsOfEveryKindAndLeavesAWorldThatCouldBe(t *testing.T) {
	for name, make := range map[string]func() *World{
		"demo": Demo,
		"generated": func() *World {
			w := Generate(Size{60, 40, 12}, GenOptions{Seed: 3})
			o := w.Orgs[0]
			o.Repos[0].WorkflowPermissions, o.Settings.DefaultWorkflowPermissions = &WorkflowPermissions{Default: "read"}, "write"
			o.Settings.DefaultRepositoryPermission = "read"
			o.OrgRoles = append(o.OrgRoles, &OrgRole{ID: w.largestID() + 1, Name: "all_repo_admin"})
			return w
		},
	} {
		w := make()
		org := w.Orgs[0].Login
		log := len(w.Orgs[0].AuditLog)
		seen := map[string]bool{}
		for seed := range uint64(6) {
			for _, e := range Drift(w, org, seed, len(drifts)) {
				seen[e.Kind] = true
			}
		}
		for _, kind := range DriftKinds() {
			if !seen[kind] {
				t.Errorf("%s: no %s", name, kind)
			}
		}
		if err := w.Check(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := len(w.Orgs[0].AuditLog); got < log+5*len(drifts) {
			t.Errorf("%s: the audit log has %d new entries", name, got-log)
		}
	}
}

func TestDriftIsTheSameForTheSameSeedAndAlwaysADifference(t *testing.T) {
	a, b := Demo(), Demo()
	if got, again := Drift(a, "acme-robotics", 7, 40), Drift(b, "acme-robotics", 7, 40); !reflect.DeepEqual(got, again) || !reflect.DeepEqual(a, b) {
		t.Error("two runs differ")
	}
	w := Demo()
	w.Orgs[0].AuditLog = nil
	for seed := range uint64(50) {
		before := w.Clone()
		for _, e := range Drift(w, "acme-robotics", seed, 1) {
			if reflect.DeepEqual(before, w) {
				t.Errorf("%s changed nothing", e.What)
			}
		}
	}
}

func TestDriftWithoutAPlaceForItEnds(t *testing.T) {
	w := village()
	w.Orgs[0].Repos, w.Orgs[0].Teams, w.Orgs[0].Members = nil, nil, nil
	if got := Drift(w, "village", 1, 1000); len(got) > 20 {
		t.Errorf("%d edits of nearly nothing", len(got))
	}
	if got := Drift(w, "nobody", 1, 3); got != nil {
		t.Errorf("edits of an organization that is not there: %v", got)
	}
}
