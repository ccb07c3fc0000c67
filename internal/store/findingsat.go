package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
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

// FindingsAt lists the findings as the judgement of a past snapshot left them: their
// states, and what they said (their severity, names, title and grant), from
// [Store.FindingsKeptFrom] on. What they rest on (their evidence, samples and ways) is as
// they were judged last: that alone is kept.
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
	said, err := s.formsAt(ctx, judged.OrgID, judged.ID)
	if err != nil {
		return nil, fmt.Errorf("findings of %s: %w", judged.Org, explain(s.path, err))
	}
	lives, err := s.lives(ctx, judged.OrgID, Filter{Rule: f.Rule})
	if err != nil {
		return nil, fmt.Errorf("findings of %s: %w", judged.Org, explain(s.path, err))
	}
	var out []access.Finding
	for _, l := range lives {
		st := stood[l.finding.Fingerprint]
		if st == nil || len(f.States) > 0 && !slices.Contains(f.States, st.state) {
			continue
		}
		if then, ok := said[l.finding.Fingerprint]; ok {
			saidThen(l.finding, then)
		}
		if f.wants(l.finding) {
			out = append(out, l.asItStood(*st, judged))
		}
	}
	slices.SortStableFunc(out, func(a, b access.Finding) int { return byWeight(&a, &b) })
	return out, nil
}

// wants is what the question findingsBy asks, but for the rule and the state.
func (f Filter) wants(x *access.Finding) bool {
	named := func(name, wanted string) bool {
		name, wanted = strings.ToLower(name), strings.ToLower(wanted)
		return name == wanted || !strings.Contains(wanted, ":") && strings.Contains(name, wanted)
	}
	return (f.Category == "" || x.Category == f.Category) && x.Severity >= f.Severity && named(x.Principal.Name, f.Principal) && named(x.Resource.Name, f.Resource)
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
