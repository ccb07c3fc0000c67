package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

const eventsUntil = `
		SELECT fingerprint, at, what, why
		  FROM finding_events
		 WHERE org = $1 AND snapshot <= $2
		 ORDER BY id`

// stance is where a finding stood when a snapshot had been judged.
type stance struct {
	state    access.State
	at       sql.NullInt64
	why      string
	reopened int
}

// FindingsAt lists the findings in the states in which the judgement of a past
// snapshot left them. What they say of themselves (their names, severity and
// evidence) is as they were judged last: that alone is kept.
func (s *Store) FindingsAt(ctx context.Context, f Filter, judged SnapshotInfo) ([]access.Finding, error) {
	stood := map[string]*stance{}
	err := s.read.rows(ctx, eventsUntil, []any{judged.OrgID, judged.ID}, func(rows *sql.Rows) error {
		var fingerprint, what, why string
		var at sql.NullInt64
		if err := rows.Scan(&fingerprint, &at, &what, &why); err != nil {
			return err
		}
		st := stood[fingerprint]
		if st == nil {
			st = &stance{}
			stood[fingerprint] = st
		}
		st.turn(what, at, why)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("findings of %s: %w", judged.Org, explain(s.path, err))
	}
	states := f.States
	f.States = nil
	lives, err := s.lives(ctx, judged.OrgID, f)
	if err != nil {
		return nil, fmt.Errorf("findings of %s: %w", judged.Org, explain(s.path, err))
	}
	var out []access.Finding
	for _, l := range lives {
		st := stood[l.finding.Fingerprint]
		if st == nil || len(states) > 0 && !slices.Contains(states, st.state) {
			continue
		}
		out = append(out, l.asItStood(*st, judged))
	}
	return out, nil
}

func (st *stance) turn(what string, at sql.NullInt64, why string) {
	st.at, st.why = at, why
	switch what {
	case WaiverSet:
		st.state = access.Waived
	case Closed:
		st.state = access.Resolved
	case Reopened:
		st.reopened++
		st.state = access.Open
	default:
		st.state = access.Open
	}
}

// asItStood tells the finding as of a judgement of the past.
func (l *life) asItStood(st stance, judged SnapshotInfo) access.Finding {
	then, finding := *l, *l.finding
	then.finding = &finding
	then.reopened, then.unseen, then.why = st.reopened, "", st.why
	f := then.finding
	f.State = st.state
	if f.LastSeen.After(judged.At) {
		f.LastSeen = judged.At
	}
	f.ResolvedAt = time.Time{}
	if st.state == access.Resolved {
		f.ResolvedAt = instant(st.at)
		if f.LastSeen.After(f.ResolvedAt) {
			f.LastSeen = f.ResolvedAt
		}
	}
	waiver := ""
	if st.state == access.Waived {
		waiver = st.why
	}
	if f.Waiver != waiver { // of another waiver than the last, only the name is kept
		f.Waiver, f.WaiverEnd = waiver, time.Time{}
	}
	return then.tell()
}
