package store

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"slices"

	"github.com/eb661601/ajar/access"
)

const (
	movesBetween = `
		SELECT g.principal, g.resource, (g.relation << 32) + g.seen_from, coalesce(g.seen_to, 0)
		  FROM scopes s
		 CROSS JOIN grants g ON g.scope = s.id
		 WHERE +s.org = $1 AND s.changed > $2
		   AND g.seen_from <= $3 AND (g.seen_from > $2 OR g.seen_to > $2 AND g.seen_to <= $3)
		 ORDER BY s.id, g.principal, g.resource, g.relation, g.seen_from`
	finishedBetween = `
		SELECT id
		  FROM snapshots
		 WHERE org = $1 AND id > $2 AND id <= $3 AND finished_at IS NOT NULL
		 ORDER BY id`
	// Of what changed between two snapshots, all versions that either of them or one in
	// between had.
	versionsBetween = `
		SELECT s.area, s.scope, e.id, e.body, e.seen_from, coalesce(e.seen_to, 0)
		  FROM areas a
		 CROSS JOIN scopes s ON s.org = $1 AND s.area = a.id
		 CROSS JOIN entities e ON e.scope = s.id
		 WHERE a.things AND a.name = $4 AND s.changed > $2
		   AND e.seen_from <= $3 AND (e.seen_to IS NULL OR e.seen_to > $2)
		 ORDER BY s.scope, e.id, e.seen_from`
	peopleEver = `
		SELECT id, node_id, login, name, created_at, seen_from
		  FROM people
		 WHERE org = $1 AND seen_from <= $2
		 ORDER BY id, seen_from`
)

// GrantMove says at which snapshot a grant was seen for the first time, or was no
// longer there.
type GrantMove struct {
	Grant    access.Grant
	Snapshot int64 // a finished one
	Came     bool
}

// finished maps what a pass wrote to the first snapshot that shows it.
type finished []int64

func (f finished) at(pass, upTo int64) int64 {
	i, _ := slices.BinarySearch(f, pass)
	if i == len(f) {
		return upTo + 1 // later than all that is asked about
	}
	return f[i]
}

func (s *Store) finishedBetween(ctx context.Context, org, after, upTo int64) (finished, error) {
	var all finished
	err := s.read.rows(ctx, finishedBetween, []any{org, after, upTo}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		all = append(all, id)
		return err
	})
	return all, err
}

// GrantMoves gives every grant that came or went after one snapshot of an organization
// and up to a later one, by snapshot, and of each snapshot what went before what came.
// What a pass wrote that broke off is told with the next snapshot, the first to show
// it. One that went and came again between two snapshots is not among them.
func (s *Store) GrantMoves(ctx context.Context, earlier, later SnapshotInfo) ([]GrantMove, error) {
	out, err := s.grantMoves(ctx, earlier, later)
	if err != nil {
		return nil, fmt.Errorf("grants of %s between snapshots %d and %d: %w", later.Org, earlier.ID, later.ID, explain(s.path, err))
	}
	slices.SortFunc(out, func(x, y GrantMove) int {
		return cmp.Or(cmp.Compare(x.Snapshot, y.Snapshot), x.Grant.Compare(y.Grant))
	})
	out = settled(out)
	slices.SortStableFunc(out, func(x, y GrantMove) int {
		return cmp.Or(cmp.Compare(x.Snapshot, y.Snapshot), fewer(x.Came, y.Came))
	})
	return out, nil
}

func fewer(x, y bool) int {
	switch {
	case x == y:
		return 0
	case y:
		return -1
	}
	return 1
}

// settled takes out what went and came again at one snapshot.
func settled(all []GrantMove) []GrantMove {
	out := all[:0]
	for i := 0; i < len(all); {
		j, net := i, 0
		for ; j < len(all) && all[j].Snapshot == all[i].Snapshot && all[j].Grant == all[i].Grant; j++ {
			if all[j].Came {
				net++
			} else {
				net--
			}
		}
		if net != 0 {
			m := all[i]
			m.Came = net > 0
			out = append(out, m)
		}
		i = j
	}
	return out
}

func (s *Store) grantMoves(ctx context.Context, earlier, later SnapshotInfo) ([]GrantMove, error) {
	known, err := s.rankedRelations(ctx)
	if err != nil {
		return nil, err
	}
	shown, err := s.finishedBetween(ctx, later.OrgID, earlier.ID, later.ID)
	if err != nil {
		return nil, err
	}
	var out []GrantMove
	err = s.read.walk(ctx, movesBetween, []int64{later.OrgID, earlier.ID, later.ID}, func(row []driver.Value) error {
		principal, ok := row[0].(int64)
		resource, also := row[1].(int64)
		small, too := row[2].(int64)
		to, last := row[3].(int64)
		if !ok || !also || !too || !last {
			return noEdge(0)
		}
		r, err := known.of(small >> 32)
		if err != nil {
			return err
		}
		g, began, ended := r.grant(principal, resource), small&math.MaxUint32, later.ID+1
		if began > earlier.ID {
			began = shown.at(began, later.ID)
		}
		if to > earlier.ID {
			ended = shown.at(to, later.ID)
		}
		if began == ended {
			return nil // it came and went between two snapshots
		}
		if began > earlier.ID && began <= later.ID {
			out = append(out, GrantMove{g, began, true})
		}
		if ended <= later.ID {
			out = append(out, GrantMove{g, ended, false})
		}
		return nil
	})
	return out, err
}

// Version is one form that a thing had, from the first snapshot that shows it on, up
// to and without the first that does not.
type Version struct {
	Area  access.Area
	Scope int64
	Thing access.Entity
	From  int64 // of the earlier snapshot or before: it is the form that the thing had then
	To    int64 // 0: it still has it
}

// Versions calls each with the forms that the things of an area had after one snapshot
// of an organization and up to a later one, where something changed in their scope:
// thing by thing, and of each the oldest first.
func (s *Store) Versions(ctx context.Context, name access.Area, earlier, later SnapshotInfo, each func(Version) error) error {
	a, err := areaOf(name)
	if err != nil || a.thing == nil {
		return err
	}
	shown, err := s.finishedBetween(ctx, later.OrgID, earlier.ID, later.ID)
	if err == nil {
		err = s.read.rows(ctx, versionsBetween, []any{later.OrgID, earlier.ID, later.ID, string(name)}, func(rows *sql.Rows) error {
			v := Version{Area: name}
			var area, id int64
			var body sql.RawBytes
			if err := rows.Scan(&area, &v.Scope, &id, &body, &v.From, &v.To); err != nil {
				return err
			}
			if v.From > earlier.ID {
				v.From = shown.at(v.From, later.ID)
			}
			if v.To > earlier.ID {
				v.To = shown.at(v.To, later.ID)
			}
			if v.From == v.To || v.From > later.ID {
				return nil
			}
			if v.To > later.ID {
				v.To = 0
			}
			if v.Thing, err = a.thing.read(body); err != nil {
				return fmt.Errorf("reading %s, number %d: %w", name, id, err)
			}
			return each(v)
		})
	}
	if err != nil {
		return fmt.Errorf("%s of %s between snapshots %d and %d: %w", name, later.Org, earlier.ID, later.ID, explain(s.path, err))
	}
	return nil
}

// PeopleEver gives what everybody was called last who was ever seen in an organization
// up to a snapshot, by number.
func (s *Store) PeopleEver(ctx context.Context, upTo SnapshotInfo) (map[int64]access.Person, error) {
	out := map[int64]access.Person{}
	err := s.read.rows(ctx, peopleEver, []any{upTo.OrgID, upTo.ID}, func(rows *sql.Rows) error {
		p, _, err := scanPerson(rows)
		out[p.ID] = p
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading who was ever in %s: %w", upTo.Org, explain(s.path, err))
	}
	return out, nil
}

// SeenFrom gives the pass since which a grant of the snapshot that was loaded last has
// been seen without a break; false where another one was loaded since.
func (s *Store) SeenFrom(snap *access.Snapshot, g access.Grant) (pass int64, ok bool) {
	return s.dates.Load().find(snap, g)
}
