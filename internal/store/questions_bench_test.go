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

// The size of P11: a million live grants, each with five past ones before it.
const (
	askedTeams = 5_000
	askedEach  = 200 // live grants of a team
	askedPast  = 5
	askedPasts = 1_000 // snapshots
)

// askedVersion names the file that is kept between runs; a change of the schema
// or of the filling makes another.
const askedVersion = 1

const fillSnapshots = `
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
	INSERT INTO snapshots (id, org, at, finished_at) SELECT i, 1, $2 + i * 3600000, $2 + i * 3600000 FROM n`

const fillScopes = `
	WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1)
	INSERT INTO scopes (id, org, area, scope, rows) SELECT i, 1, 11, 3000000 + i * 7, $2 FROM n`

// Each grant changes its permission five times, at snapshots that a hash spreads.
const fillGrants = `
	WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < $2 - 1),
	past (k) AS (SELECT 0 UNION ALL SELECT k + 1 FROM past WHERE k < $3)
	INSERT INTO grants (scope, principal, resource, relation, seen_from, seen_to)
	SELECT $1, 3000000 + $1 * 7, 500000000 + (($1 * 25 + i) % 125000) * 1009, 1 + (k + i) % 4,
	       k * $4 / ($3 + 1) + 1 + ($1 * 31 + i * 17) % ($4 / ($3 + 1)),
	       CASE WHEN k < $3 THEN (k + 1) * $4 / ($3 + 1) + 1 + ($1 * 31 + i * 17) % ($4 / ($3 + 1)) END
	  FROM n, past ORDER BY 3, 4, 5`

const fillMentions = `
	INSERT OR IGNORE INTO mentions (kind, id, scope) SELECT DISTINCT 10, resource, scope FROM grants ORDER BY 2, 3`

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
	do(fillScopes, askedTeams, askedEach)
	for team := 1; team <= askedTeams; team++ {
		do(fillGrants, team, askedEach, askedPast, askedPasts)
	}
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
			g, err := s.GrantsOn(b.Context(), "acme", repo(500000000+int64(r.IntN(125000))*1009), at())
			return len(g), err
		}},
		{"of", func() (int, error) {
			g, err := s.GrantsOf(b.Context(), "acme", team(3000000+int64(1+r.IntN(askedTeams))*7), at())
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
			b.ReportMetric(float64(rows)/float64(len(took)), "rows/question")
		})
	}
	b.Run("organization", func(b *testing.B) {
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
