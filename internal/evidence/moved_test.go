package evidence_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// A grant that came and went in the period stands in neither population. Taken out of the
// store, it is missed by what the passes counted that saw it.
func TestGrantThatCameAndWentCannotBeTakenOutOfTheStoreWithoutAGap(t *testing.T) {
	for name, c := range map[string]struct {
		statement string
		gaps      []int // the snapshots that say something else than is stored
	}{
		"nothing was taken":     {},
		"all of it":             {`DELETE FROM grants WHERE principal = 77`, []int{2, 4}},
		"it went earlier":       {`UPDATE grants SET seen_to = 3 WHERE principal = 77`, []int{3, 4}},
		"it came later":         {`UPDATE grants SET seen_from = 3 WHERE principal = 77`, []int{2, 3}},
		"one more was put in":   {`INSERT INTO grants (scope, principal, resource, relation, seen_from, seen_to) SELECT scope, 78, resource, relation, seen_from, seen_to FROM grants WHERE principal = 77`, []int{2, 4}},
		"before the period too": {`UPDATE grants SET seen_from = 1 WHERE principal = 77`, []int{2}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			for n := range 6 {
				if n == 5 {
					p, err := s.Begin(t.Context(), acme, hour(n).Add(-1)) // one that breaks off
					check(t, err)
					check(t, p.Abort(t.Context()))
				}
				pass(t, s, hour(n), func(p *store.Pass) {
					world(t, p, 0)
					if n == 1 || n == 2 {
						put(t, p, access.AreaDirectGrants, 6, direct(77, 6, access.Admin))
					} else {
						put(t, p, access.AreaDirectGrants, 6)
					}
				})
			}
			check(t, s.Close())
			if c.statement != "" {
				db, err := sql.Open("sqlite", filepath.Join(dir, "ajar.db"))
				check(t, err)
				res, err := db.ExecContext(t.Context(), c.statement)
				check(t, err)
				if n, err := res.RowsAffected(); err != nil || n == 0 {
					t.Fatalf("%d rows were changed: %v", n, err)
				}
				check(t, db.Close())
			}
			s = open(t, dir)
			defer s.Close()
			e := gather(t, s, evidence.Period{From: hour(0).Add(1), To: hour(5).Add(1)})
			var got []string
			for _, g := range e.Gaps {
				if strings.Contains(g.Reason, "somebody changed the store") {
					got = append(got, g.Reason)
				}
			}
			if len(got) != len(c.gaps) {
				t.Fatalf("the gaps are %q", got)
			}
			for i, n := range c.gaps {
				if !strings.Contains(got[i], fmt.Sprintf("snapshot %d stored that", n)) {
					t.Errorf("gap %d is %q, and not of snapshot %d", i, got[i], n)
				}
			}
		})
	}
}
