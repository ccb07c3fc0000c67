package faults

import (
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // reads the store without the store's own code

	"github.com/eb661601/ajar/access"
)

// rows are those of one scope: an entity is "thing ID" with its body, a grant
// is all key.
type rows map[string]string

// state is what a store shows at one snapshot: rows by area and scope.
type state map[access.Area]map[int64]rows

// read takes the state out of the file, past the store's code.
func read(t testing.TB, path string, snapshot int64) state {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", OmitHost: true, Path: path, RawQuery: "mode=ro"}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	out := state{}
	for _, query := range []string{
		`SELECT a.name, s.scope, 'thing ' || e.id, e.label || ' ' || e.body
		   FROM entities e JOIN scopes s ON s.id = e.scope JOIN areas a ON a.id = s.area
		  WHERE e.seen_from <= $1 AND (e.seen_to IS NULL OR e.seen_to > $1)`,
		`SELECT a.name, s.scope, r.principal_kind || ':' || g.principal || ' ' || r.privilege || ' ' || r.resource_kind || ':' || g.resource
		        || ' by ' || r.source || ' role ' || r.role, ''
		   FROM grants g JOIN relations r ON r.id = g.relation JOIN scopes s ON s.id = g.scope JOIN areas a ON a.id = s.area
		  WHERE g.seen_from <= $1 AND (g.seen_to IS NULL OR g.seen_to > $1)`,
	} {
		out.take(t, db, query, snapshot)
	}
	return out
}

func (s state) take(t testing.TB, db *sql.DB, query string, snapshot int64) {
	t.Helper()
	found, err := db.QueryContext(t.Context(), query, snapshot)
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var area access.Area
		var scope int64
		var key, body string
		if err := found.Scan(&area, &scope, &key, &body); err != nil {
			t.Fatal(err)
		}
		s.of(area, scope)[key] = body
	}
	if err := found.Err(); err != nil {
		t.Fatal(err)
	}
}

func (s state) of(a access.Area, scope int64) rows {
	if s[a] == nil {
		s[a] = map[int64]rows{}
	}
	if s[a][scope] == nil {
		s[a][scope] = rows{}
	}
	return s[a][scope]
}

// truth is what a store may hold after a pass: what it held before, and what an
// undisturbed pass would have seen at its start and at its end. The two differ
// where the organization changed meanwhile.
type truth struct{ old, start, end state }

// complaints lists every row that the stored state has wrong, under what the
// ledger says of its scope.
func (w truth) complaints(got state, ledger access.Coverage) (out []string) {
	for _, a := range access.Areas {
		for _, scope := range scopes(a, got, w.old, w.start, w.end) {
			had, have := w.old[a][scope], got[a][scope]
			start, end := w.start[a][scope], w.end[a][scope]
			complain := func(what, row string) {
				out = append(out, fmt.Sprintf("%s of %d, called %+v: %s %s", a, scope, ledger.For(a, scope), what, row))
			}
			if ledger.CompleteFor(a, scope) {
				missing(start, have, func(row string) bool { _, stays := end[row]; return stays }, complain)
				for row, body := range have {
					if !holds(start, row, body) && !holds(end, row, body) {
						complain("there is no", row+" "+body)
					}
				}
				continue
			}
			for row, body := range have {
				raw := strings.Contains(body, "from-the-future") // a word that nobody knows may be kept as it came
				if !holds(start, row, body) && !holds(end, row, body) && !holds(had, row, body) && !raw {
					complain("nothing ever was like", row+" "+body)
				}
			}
			if !maps.Equal(have, start) && !maps.Equal(have, end) { // it was read to its end all the same
				missing(had, have, nil, complain)
			}
		}
	}
	return out
}

// missing complains of each wanted row that is not there.
func missing(want, have rows, only func(string) bool, complain func(what, row string)) {
	for row := range want {
		if _, ok := have[row]; !ok && (only == nil || only(row)) {
			complain("it lacks", row)
		}
	}
}

func holds(all rows, row, body string) bool {
	b, ok := all[row]
	return ok && b == body
}

func scopes(a access.Area, states ...state) []int64 {
	seen := map[int64]bool{}
	for _, s := range states {
		for scope := range s[a] {
			seen[scope] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// check fails the test for each complaint, a few of them in words.
func (w truth) check(t *testing.T, got state, ledger access.Coverage) {
	t.Helper()
	all := w.complaints(got, ledger)
	if len(all) > 5 {
		all = append(all[:5], fmt.Sprintf("and %d more", len(all)-5))
	}
	if len(all) > 0 {
		t.Error(strings.Join(all, "\n"))
	}
}
