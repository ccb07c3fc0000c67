package store

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// Findings are told in place where they can be; what comes out is what copying
// and sorting each of them gives.
func TestFindingsToldInPlaceAreThoseToldOneByOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(n int, what string) access.Finding {
			return access.Finding{
				Fingerprint: fmt.Sprintf("%s%d", what, n), Rule: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "rule"),
				Severity: access.Severity(rapid.IntRange(1, 5).Draw(t, "severity")), State: access.Open, Evidence: []string{"seen"},
			}
		}
		var found []access.Finding
		for n := range rapid.IntRange(0, 6).Draw(t, "found") {
			found = append(found, draw(n, "f"))
		}
		if rapid.Bool().Draw(t, "as the analysis gives them") {
			slices.SortFunc(found, func(x, y access.Finding) int { return byWeight(&x, &y) })
		}
		var lives []*life
		for i := range found {
			if rapid.IntRange(0, 9).Draw(t, "double") > 0 { // else another one of that fingerprint was kept
				lives = append(lives, &life{finding: &found[i], met: true, reopened: rapid.IntRange(0, 2).Draw(t, "reopened")})
			}
		}
		for n := range rapid.IntRange(0, 3).Draw(t, "missed") {
			f := draw(n, "m")
			lives = append(lives, &life{finding: &f, unseen: "not looked for again"})
		}
		lives = rapid.Permutation(lives).Draw(t, "order")
		var want []access.Finding
		for _, l := range lives {
			want = append(want, l.tell())
		}
		slices.SortFunc(want, func(x, y access.Finding) int { return byWeight(&x, &y) })
		if d := cmp.Diff(want, tellAll(found, lives), cmpopts.EquateEmpty()); d != "" {
			t.Fatalf("(-one by one +in place):\n%s", d)
		}
	})
}
