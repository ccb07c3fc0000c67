package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

// column reads one table of words of the schema.
func column(t *testing.T, s *Store, table string) map[int64]string {
	t.Helper()
	rows, err := s.read.db.Query("SELECT id, name FROM " + table + " ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	out := map[int64]string{}
	err = drain(rows, func(rows *sql.Rows) error {
		var id int64
		var name string
		err := rows.Scan(&id, &name)
		out[id] = name
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSchemaKnowsEveryWordOfTheVocabulary(t *testing.T) {
	s := fresh(t)
	kinds, privileges, sources := map[int64]string{}, map[int64]string{}, map[int64]string{}
	for n := range int64(256) {
		if k := access.Kind(n); n > 0 && !strings.HasPrefix(k.String(), "kind(") {
			kinds[n] = k.String()
		}
		if p := access.Privilege(n); !strings.HasPrefix(p.String(), "privilege(") {
			privileges[n] = p.String()
		}
		if src := access.Source(n); n > 0 && !strings.HasPrefix(src.String(), "source(") {
			sources[n] = src.String()
		}
	}
	same(t, "kinds", column(t, s, "kinds"), kinds)
	same(t, "privileges", column(t, s, "privileges"), privileges)
	same(t, "sources", column(t, s, "sources"), sources)
}

func TestSchemaAndProgramAgreeOnTheAreas(t *testing.T) {
	s := fresh(t)
	type row struct {
		ID                  uint8
		Name                access.Area
		ScopeKind, GrantsOn access.Kind
		Things              bool
	}
	var got, want []row
	rows, err := s.read.db.Query("SELECT id, name, coalesce(scope_kind, 0), coalesce(grants_on, 0), things FROM areas ORDER BY id")
	if err != nil {
		t.Fatal(err)
	}
	err = drain(rows, func(rows *sql.Rows) error {
		var r row
		err := rows.Scan(&r.ID, &r.Name, &r.ScopeKind, &r.GrantsOn, &r.Things)
		got = append(got, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range areas {
		want = append(want, row{a.id, a.name, a.scopeKind, a.grantsOn, a.thing != nil})
	}
	same(t, "areas", got, want)
	for _, a := range access.Areas {
		if byArea[a] == nil {
			t.Errorf("the store does not know %s", a)
		}
	}
	if len(areas) != len(access.Areas) {
		t.Errorf("%d areas are stored, the vocabulary has %d", len(areas), len(access.Areas))
	}
}

func TestEveryTableIsStrict(t *testing.T) {
	s := fresh(t)
	n := count(t, s, "pragma_table_list WHERE schema = 'main' AND type = 'table' AND NOT strict AND name NOT LIKE 'sqlite_%' AND name <> 'goose_db_version'")
	if n != 0 {
		t.Errorf("%d tables are not strict", n)
	}
}

func TestSchemaRefusesWhatMakesNoSense(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	small(t, p)
	finish(t, p)
	if err := s.begin(); err != nil { // no pass is open, so links are looked up again
		t.Fatal(err)
	}
	for _, bad := range []string{
		"INSERT INTO grants (scope, principal, resource, relation, seen_from) VALUES (9999, 1, 1, 1, 1)",
		"INSERT INTO grants (scope, principal, resource, relation, seen_from) VALUES (1, 1, 1, 9999, 1)",
		"UPDATE grants SET seen_to = seen_from",
		"INSERT INTO relations (principal_kind, resource_kind, privilege, source, role) VALUES (1, 10, 0, 1, 0)",
		"UPDATE entities SET body = '{'",
		"UPDATE snapshots SET at = 'noon'",
		"INSERT INTO scopes (org, area, scope, rows) VALUES (77, 4, 0, 0)",
		"INSERT INTO coverage (org, area, scope, seen_from, status, reason, help, seen, total) VALUES (77, 4, 0, 9, 'perhaps', '', '', 0, 0)",
		"DELETE FROM orgs",
	} {
		if _, err := s.conn.ExecContext(context.Background(), bad); err == nil {
			t.Errorf("taken: %s", bad)
		}
	}
}

// TestQuestionsUseTheirIndexes reads SQLite's own plans: none may walk through a
// table that grows with the organization, nor sort what an index has in order,
// whether or not SQLite has counted the rows.
func TestQuestionsUseTheirIndexes(t *testing.T) {
	s := fresh(t)
	plans(t, s)
	for n, privilege := range []access.Privilege{access.Read, access.Write} {
		p := begin(t, s, hour(n))
		for r := range int64(200) {
			put(t, p, access.AreaDirectGrants, r+1, direct(1, r+1, privilege), direct(r+1, r+1, access.Read))
			put(t, p, access.AreaTeamGrants, r+1, byTeam(r+1, r+1, privilege), byTeam(r+1, 1, access.Read))
			put(t, p, access.AreaTeams, r+1, access.TeamInfo{ID: r + 1, Slug: privilege.String()})
			if err := p.People(t.Context(), []access.Person{{ID: r + 1, Login: privilege.String()}}); err != nil {
				t.Fatal(err)
			}
			gap(t, p, access.AreaGates, r+1)
		}
		finish(t, p)
	}
	if _, err := s.conn.ExecContext(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	plans(t, open(t, again(t, s)))
}

// again closes a store, so that it can be opened with new connections.
func again(t *testing.T, s *Store) string {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.path
}

func plans(t *testing.T, s *Store) {
	t.Helper()
	for name, query := range map[string]string{
		"liveGrants": liveGrants, "liveEntities": liveEntities, "grantsOfPrincipal": grantsOfPrincipal,
		"grantsOnResource": grantsOnResource, "grantSince": grantSince, "personNames": personNames, "entityNames": entityNames,
		"grantsAt": grantsAt, "grantsOfAllAt": grantsOfAllAt, "grantsOfAllNow": grantsOfAllNow, "entitiesAt": entitiesAt, "peopleAt": peopleAt, "coverageAt": coverageAt, "livePeople": livePeople,
		"recordsOf": recordsOf, "liveRecords": liveRecords, "readEvents": readEvents, "snapshotsUntil": snapshotsUntil, "closeGrantsOf": closeGrantsOf,
		"closeGrant": closeGrant, "closeEntity": closeEntity, "readScopes": readScopes, "thingsBesideGrants": thingsBesideGrants,
		"sightsOf": sightsOf, "noticesOf": noticesOf,
		"noticesDue": noticesDue, "noticeLast": noticeLast, "noticesOfKey": noticesOfKey, "toldThings": toldThings, "endingWaivers": endingWaivers,
	} {
		for _, step := range plan(t, s, query) {
			what, _, _ := strings.Cut(strings.TrimPrefix(step, "SCAN "), " ")
			walks := strings.HasPrefix(step, "SCAN ") &&
				slices.Contains([]string{"g", "e", "s", "m", "f", "grants", "entities", "scopes", "people", "mentions", "findings", "finding_events", "journal", "outbox", "told"}, what)
			walks = walks && !strings.HasPrefix(name, "grantsOfAll") // which are meant to
			sorts := strings.Contains(step, "TEMP B-TREE FOR ORDER BY") && slices.Contains([]string{"grantsAt", "grantsOfAllAt", "grantsOfAllNow", "entitiesAt", "peopleAt", "readScopes"}, name)
			everyScope := strings.HasPrefix(step, "SEARCH s ") && strings.HasSuffix(step, "(org=?)")
			if walks || sorts || everyScope {
				t.Errorf("%s: %s, in\n%s", name, step, strings.Join(plan(t, s, query), "\n"))
			}
		}
	}
}

func plan(t *testing.T, s *Store, query string) (steps []string) {
	t.Helper()
	args := make([]any, strings.Count(query, "$")+strings.Count(query, "?"))
	for i := range args {
		args[i] = 1
	}
	rows, err := s.read.db.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	err = drain(rows, func(rows *sql.Rows) error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		steps = append(steps, detail)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return steps
}

func TestHistoryCanBeReadByHand(t *testing.T) {
	s := fresh(t)
	for n, p := range []access.Privilege{access.Read, access.Admin} {
		pass := begin(t, s, hour(n))
		put(t, pass, access.AreaDirectGrants, 50, direct(1, 50, p))
		finish(t, pass)
	}
	rows, err := s.read.db.Query(`
		SELECT org, area, principal_kind, principal, resource_kind, resource, privilege, source, seen_from, coalesce(seen_to, '-')
		  FROM grant_history
		 ORDER BY seen_from`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	err = drain(rows, func(rows *sql.Rows) error {
		w := make([]any, 10)
		for i := range w {
			w[i] = new(string)
		}
		err := rows.Scan(w...)
		line := ""
		for _, x := range w {
			line += *x.(*string) + " "
		}
		got = append(got, strings.TrimSpace(line))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"Acme direct-grants user 1 repo 50 read direct 2026-01-02T12:00:00Z 2026-01-02T13:00:00Z",
		"Acme direct-grants user 1 repo 50 admin direct 2026-01-02T13:00:00Z -",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("history (-want +got):\n%s", d)
	}
}
