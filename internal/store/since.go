package store

import (
	"context"
	"database/sql"
	"slices"
	"time"
	"weak"

	"github.com/eb661601/ajar/access"
)

const snapshotTime = `SELECT at FROM snapshots WHERE id = $1`

// dates tells of the snapshot that was loaded last since when each of its grants
// has been seen. It is known when the grants are read, and to ask for each grant
// of a finding by itself costs more than the whole judgement.
type dates struct {
	of     weak.Pointer[access.Snapshot]
	grants int
	since  []int32 // snapshot, beside each of the grants
}

// find gives the snapshot since which a grant has been seen without a break; ok is
// false where the snapshot at hand is another one, or was changed since.
func (d *dates) find(snap *access.Snapshot, g access.Grant) (snapshot int64, ok bool) {
	if d == nil || d.of.Value() != snap || d.grants != len(snap.Grants) {
		return 0, false
	}
	i, ok := slices.BinarySearchFunc(snap.Grants, g, access.Grant.Compare)
	if !ok {
		return 0, false
	}
	return int64(d.since[i]), true
}

// dateCauses finds the start of the interval in which the grant of each finding
// has been seen without a break. A finding that knows by GitHub's own date since
// when its cause is there keeps that; what the first snapshot showed already is
// dated by the audit log where it tells of that very grant. How long a plan waits
// does not hang on it: that goes by when the finding was first seen ([Sight]).
func (s *Store) dateCauses(ctx context.Context, j judgement, org judgedOrg, lives []*life) error {
	times, known := map[int64]time.Time{}, s.dates.Load()
	var log logged // read once it is needed
	since := func(g access.Grant) (time.Time, error) {
		id, ok := known.find(j.snap, g)
		if !ok {
			return s.seenSince(ctx, org.id, j.snap.ID, g)
		}
		if t, ok := times[id]; ok {
			return t, nil
		}
		var at sql.NullInt64
		err := s.read.row(ctx, snapshotTime, []any{id}, &at)
		times[id] = instant(at)
		return times[id], err
	}
	for _, l := range lives {
		f := l.finding
		if f.Grant == nil || !f.Since.IsZero() {
			continue
		}
		var err error
		if f.Since, err = since(*f.Grant); err != nil {
			return err
		}
		if !f.Since.IsZero() && !f.Since.After(org.first) {
			if log == nil {
				if log, err = s.logged(ctx, org); err != nil {
					return err
				}
			}
			e, told := log.find(j.snap, *f.Grant)
			dateByLog(f, org.first, e, told)
		}
	}
	return nil
}
