//go:build unix

package store

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// The size of P11: a million live grants, each with five past ones before it, and
// as many people as an organization of a hundred thousand repositories has: seven
// grants of their own each, and a seat in three teams. What a question costs grows
// with the places that somebody holds something in, about 6 µs each.
const (
	askedTeams   = 4_000
	askedEach    = 200 // live grants of a team
	askedMembers = 14  // of a team
	askedRepos   = 12_000
	askedDirect  = 12 // users with a grant of their own on a repository
	askedUsers   = 20_000
	askedPast    = 5
	askedPasts   = 1_000 // snapshots
)

func askedTeam(n int) access.Ref { return team(3_000_000 + int64(n)*7) }
func askedRepo(n int) access.Ref { return repo(500_000_000 + int64(n)*1009) }
func askedUser(n int) access.Ref { return user(7_000_000 + int64(n)*13) }

// askedVersion names the file that is kept between runs; a change of the schema
// or of the filling makes another.
const askedVersion = 5

const fillSnapshots = `
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
	INSERT INTO snapshots (id, org, at, finished_at) SELECT i, 1, $2 + i * 3600000, $2 + i * 3600000 FROM n`

const fillScope = `
	INSERT INTO scopes (id, org, area, scope, rows) SELECT $1, 1, id, $3, $4 FROM areas WHERE name = $2`

// Each grant changes its permission five times, at snapshots that a hash spreads.
// $1 is the scope, $2 how many grants it has, $5 and $6 the first of the relations
// they take in turn and how many these are, $7 where the row of ends begins.
const fillGrants = `
	WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $2 - 1),
	past (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM past WHERE k < $3)
	INSERT INTO grants (scope, principal, resource, relation, seen_from, seen_to)
	SELECT $1, %s, %s, $5 + (k + i) %% $6,
	       k * $4 / ($3 + 1) + 1 + ($1 * 31 + i * 17) %% ($4 / ($3 + 1)),
	       CASE WHEN k < $3 THEN (k + 1) * $4 / ($3 + 1) + 1 + ($1 * 31 + i * 17) %% ($4 / ($3 + 1)) END
	  FROM n, past ORDER BY 2, 3, 4, 5`

const fillChanged = `
	UPDATE scopes SET changed = (SELECT max(max(seen_from, coalesce(seen_to, 0))) FROM grants WHERE scope = scopes.id)`

const fillMentions = `
	INSERT INTO mentions (kind, id, scope)
	SELECT DISTINCT CASE a.name WHEN 'team-grants' THEN 10 ELSE 1 END AS kind,
	       CASE a.name WHEN 'team-grants' THEN g.resource ELSE g.principal END AS id, s.id
	  FROM grants g JOIN scopes s ON s.id = g.scope JOIN areas a ON a.id = s.area ORDER BY kind, 2, 3`

// askedStore gives a store of that size, which takes a minute to make once.
func askedStore(b *testing.B) *Store {
	b.Helper()
	path := filepath.Join(os.TempDir(), fmt.Sprintf("ajar-bench-questions-%d-%d.db", askedVersion, newest(embedded())))
	if _, err := os.Stat(path); err != nil {
		makeAsked(b, path)
	}
	s, err := Open(b.Context(), path, Options{ReadOnly: true, Now: fixed})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

func makeAsked(b *testing.B, path string) {
	b.Helper()
	made := path + ".making"
	for _, name := range []string{made, made + "-wal", made + "-shm", made + ".generation", made + ".lock"} {
		_ = os.Remove(name)
	}
	s, err := Open(b.Context(), made, Options{Now: fixed})
	if err != nil {
		b.Fatal(err)
	}
	p := begin(b, s, hour(-1)) // for the organization and the relations
	for r := access.Read; r <= access.Maintain; r++ {
		put(b, p, access.AreaTeamGrants, 1, byTeam(1, 1, r))
	}
	for r := access.Read; r <= access.Maintain; r++ {
		put(b, p, access.AreaDirectGrants, 1, direct(1, 1, r))
	}
	put(b, p, access.AreaTeamMembers, 1, member(1, 1, access.Member))
	put(b, p, access.AreaTeamMembers, 1, member(1, 1, access.Maintain))
	if err := p.Abort(b.Context()); err != nil {
		b.Fatal(err)
	}
	do := func(query string, args ...any) {
		if _, err := s.conn.ExecContext(context.Background(), query, args...); err != nil {
			b.Fatal(err)
		}
	}
	var org int64
	if err := s.conn.QueryRowContext(b.Context(), "SELECT id FROM orgs").Scan(&org); err != nil {
		b.Fatal(err)
	}
	for _, table := range []string{"grants", "mentions", "scopes", "snapshots", "org_logins"} {
		do("DELETE FROM " + table)
	}
	do("PRAGMA foreign_keys = 0")
	do("UPDATE orgs SET id = 1")
	do("INSERT INTO org_logins (org, seen_from, login) VALUES (1, 1, 'acme')")
	do("BEGIN IMMEDIATE")
	do(fillSnapshots, askedPasts, hour(0).UnixMilli())
	scope := 0
	fill := func(area access.Area, of access.Ref, each, firstRelation, relations int, principals, resources string, first int) {
		scope++
		do(fillScope, scope, string(area), of.ID, each)
		do(fmt.Sprintf(fillGrants, principals, resources), scope, each, askedPast, askedPasts, firstRelation, relations, first)
	}
	const repos, users = "500000000 + (($7 + i) % 125000) * 1009", "7000000 + (($7 + i) % 20000) * 13"
	for n := range askedTeams {
		fill(access.AreaTeamGrants, askedTeam(n), askedEach, 1, 4, fmt.Sprint(askedTeam(n).ID), repos, n*25)
		fill(access.AreaTeamMembers, askedTeam(n), askedMembers, 9, 2, users, fmt.Sprint(askedTeam(n).ID), n*askedMembers)
	}
	for n := range askedRepos {
		fill(access.AreaDirectGrants, askedRepo(n), askedDirect, 5, 4, users, fmt.Sprint(askedRepo(n).ID), n*askedDirect)
	}
	do(fillChanged)
	do(fillMentions)
	do("COMMIT")
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	for _, name := range []string{".generation", ".lock"} { // what is read needs neither
		_ = os.Remove(made + name)
	}
	if err := os.Rename(made, path); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkQuestions is P11: who holds what at an instant of a long history.
func BenchmarkQuestions(b *testing.B) {
	s := askedStore(b)
	r := rand.New(rand.NewPCG(1, 2))
	at := func() time.Time { return hour(1 + r.IntN(askedPasts)).Add(time.Minute) }
	for _, q := range []struct {
		name string
		ask  func() (int, error)
	}{
		{"on", func() (int, error) {
			g, err := s.GrantsOn(b.Context(), "acme", askedRepo(r.IntN(askedRepos)), at())
			return len(g), err
		}},
		{"of-team", func() (int, error) {
			g, err := s.GrantsOf(b.Context(), "acme", askedTeam(r.IntN(askedTeams)), at())
			return len(g), err
		}},
		{"of-user", func() (int, error) {
			g, err := s.GrantsOf(b.Context(), "acme", askedUser(r.IntN(askedUsers)), at())
			return len(g), err
		}},
	} {
		b.Run(q.name, func(b *testing.B) {
			var took []time.Duration
			rows := 0
			for range 3 { // the first questions prepare
				if _, err := q.ask(); err != nil {
					b.Fatal(err)
				}
			}
			for range 1_000 {
				start := cpu()
				n, err := q.ask()
				if err != nil {
					b.Fatal(err)
				}
				rows += n
				took = append(took, cpu()-start)
			}
			for b.Loop() { // the figures are of the questions above
				continue
			}
			b.ReportMetric(worst(took), "p99-cpu-ms")
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-cpu-ms")
			b.ReportMetric(float64(rows)/float64(len(took)), "rows/question")
		})
	}
	for name, at := range map[string]func() time.Time{
		"organization": at,
		"newest":       func() time.Time { return hour(askedPasts + 1) },
	} {
		b.Run(name, func(b *testing.B) {
			start := cpu()
			for b.Loop() {
				info, err := s.At(b.Context(), "acme", at())
				if err != nil {
					b.Fatal(err)
				}
				snap, err := s.Load(b.Context(), info)
				if err != nil || len(snap.Grants) == 0 {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((cpu()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
	b.Run("moved", func(b *testing.B) { // what each audit asks, where nothing changed since the last
		before, last := lastTwo(b, s)
		start := cpu()
		for b.Loop() {
			if _, _, err := s.GrantsMoved(b.Context(), before, last); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64((cpu()-start).Microseconds())/1000/float64(b.N), "cpu-ms/op")
	})
	b.Run("two", func(b *testing.B) { // what ajar diff reads
		before, last := lastTwo(b, s)
		start := cpu()
		for b.Loop() {
			if _, _, err := s.LoadTwo(b.Context(), before, last); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64((cpu()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
	})
}

// lastTwo gives the newest snapshot and the one before it.
func lastTwo(b *testing.B, s *Store) (before, last SnapshotInfo) {
	b.Helper()
	last, err := s.Latest(b.Context(), "acme")
	if err != nil {
		b.Fatal(err)
	}
	if before, err = s.At(b.Context(), "acme", last.At.Add(-time.Second)); err != nil {
		b.Fatal(err)
	}
	return before, last
}
