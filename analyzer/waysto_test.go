package analyzer_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestOnlyWaysThatGiveAdminAreDrawnOfTheLastAdministrator(t *testing.T) {
	w := newWorld()
	w.team("sre", "", "ann")
	w.team("dev", "", "ann")
	w.give("team:sre", "api", access.Admin)
	w.give("team:dev", "api", access.Write)
	w.give("user:ann", "api", access.Admin)
	f := found(t, w, "last-repository-admin")
	if len(f.Paths) != 2 {
		t.Errorf("%d ways: %v", len(f.Paths), f.Paths)
	}
	for _, p := range f.Paths {
		if p.Gives() != access.Admin {
			t.Errorf("a way gives %s: %v", p.Gives(), p)
		}
	}
}

func TestAFindingSaysHowManyWaysThereAreBesidesThoseListed(t *testing.T) {
	w := newWorld()
	for i := range 5 {
		team := fmt.Sprintf("t%d", i)
		w.team(team, "", "ann")
		w.give("team:"+team, "api", access.Admin)
	}
	f := found(t, w, "last-repository-admin")
	if len(f.Paths) != 3 || len(f.Evidence) != 1 || !strings.HasPrefix(f.Evidence[0], "5 ways lead there; the strongest 3 are listed") {
		t.Errorf("%d ways, %q", len(f.Paths), f.Evidence)
	}
}

// found gives the one finding of a rule that needs no baseline.
func found(t *testing.T, w *world, rule string) access.Finding {
	t.Helper()
	var out []access.Finding
	for _, f := range w.analyze(t, "").Findings {
		if f.Rule == rule {
			out = append(out, f)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%d findings of %s", len(out), rule)
	}
	return out[0]
}
