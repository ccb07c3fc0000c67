package store

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

// damage changes a store behind its back, as a disk does that turns a bit.
func damage(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	res, err := db.ExecContext(t.Context(), statement)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		t.Fatalf("%s changed %d rows: %v", statement, n, err)
	}
}

// proven makes a closed store with a snapshot that has every shape of scope:
// grants alone, entities alone, both, and one that was not read to its end.
func proven(t *testing.T) string {
	t.Helper()
	path := filled(t)
	s := open(t, path)
	p := begin(t, s, hour(1))
	small(t, p)
	put(t, p, access.AreaGates, 50, access.Gate{Env: 7, Repo: 50}, access.Gate{Env: 8, Repo: 50, Reviewers: 1}, reviewer(team(10), 8))
	put(t, p, access.AreaGates, 51, access.Gate{Env: 9, Repo: 51})
	add(t, p, access.AreaDirectGrants, 60, direct(1, 60, access.Read))
	finish(t, p)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDamageInsideOfAPageIsNoticedWhenTheNewestSnapshotIsLoaded(t *testing.T) {
	const team10 = `(SELECT id FROM scopes WHERE area = (SELECT id FROM areas WHERE name = 'team-grants') AND scope = 10)`
	const gates51 = `(SELECT id FROM scopes WHERE area = (SELECT id FROM areas WHERE name = 'environment-gates') AND scope = 51)`
	for name, statement := range map[string]string{
		"another permission":     `UPDATE grants SET relation = (SELECT min(id) FROM relations WHERE id > relation) WHERE resource = 51 AND scope = ` + team10,
		"another resource":       `UPDATE grants SET resource = 52 WHERE resource = 51 AND scope = ` + team10,
		"another holder":         `UPDATE grants SET principal = 11 WHERE resource = 51 AND scope = ` + team10,
		"a grant that is over":   `UPDATE grants SET seen_to = seen_from + 1 WHERE resource = 51 AND scope = ` + team10,
		"a grant that is gone":   `DELETE FROM grants WHERE resource = 51 AND scope = ` + team10,
		"a scope that is gone":   `DELETE FROM grants WHERE scope = ` + team10,
		"a scope without rows":   `DELETE FROM entities WHERE scope = ` + gates51,
		"a row too many":         `INSERT INTO grants (scope, principal, resource, relation, seen_from) SELECT scope, principal, 99, relation, seen_from FROM grants WHERE resource = 60`,
		"another meaning":        `UPDATE relations SET privilege = privilege + 1`,
		"another body":           `UPDATE entities SET body = replace(body, 'team-1', 'team-2')`,
		"another label":          `UPDATE entities SET label = label || 'x'`,
		"a gate that is open":    `UPDATE entities SET body = replace(body, '"reviewers":1', '"reviewers":0') WHERE body LIKE '%"reviewers":1%'`,
		"another digest":         `UPDATE scopes SET digest = randomblob(16) WHERE digest IS NOT NULL`,
		"another number of rows": `UPDATE scopes SET rows = rows + 1 WHERE scope = 10`,
	} {
		path := proven(t)
		damage(t, path, statement)
		s := open(t, path)
		info, err := s.Latest(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), info); !errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "backup") {
			t.Errorf("%s: %v, want one line that says ErrDamaged and what to do", name, err)
		}
		s.Close()
	}
}

func TestSoundStoreIsLoadedWhateverHappensBesideIt(t *testing.T) {
	path := proven(t)
	s := open(t, path)
	newest, err := s.Latest(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	load(t, s, newest)
	p := begin(t, s, hour(2)) // what is live is no longer what newest saw
	put(t, p, access.AreaTeamGrants, 10, byTeam(10, 50, access.Admin))
	if err := p.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	load(t, s, newest)
	p = begin(t, s, hour(3))
	small(t, p)
	add(t, p, access.AreaTeamGrants, 11, byTeam(11, 70, access.Admin))
	load(t, s, newest)
	load(t, s, finish(t, p))
	load(t, s, newest)
}
