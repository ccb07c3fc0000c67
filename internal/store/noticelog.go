package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// What was written before an instant and, after another one, was written or changed its
// state, as it stood at the former.
const noticesDuring = `
	SELECT n.id, n.channel, n.kind, n.org, n.at, coalesce(t.state, n.began), coalesce(t.tries, 0), t.at,
	       (SELECT min(at) FROM notice_turns WHERE notice = n.id AND at < $3 AND tries > 0),
	       coalesce((SELECT error FROM notice_turns WHERE notice = n.id AND at < $3 AND error <> '' ORDER BY id DESC LIMIT 1), '')
	  FROM notices n
	  LEFT JOIN notice_turns t ON t.id = (SELECT max(id) FROM notice_turns WHERE notice = n.id AND at < $3)
	 WHERE n.id IN (SELECT id FROM notices WHERE at >= $2 AND at < $3 UNION SELECT notice FROM notice_turns WHERE at >= $2 AND at < $3)
	   AND (n.org = $1 OR n.org = 0) AND n.at < $3
	 ORDER BY n.id`

// PastNotice is what became of a message to one channel, up to an instant: what is kept
// of a [Notice] for as long as the store.
type PastNotice struct {
	ID      int64
	Channel string // by its name in the configuration
	Kind    string
	Org     int64 // 0: of no organization
	At      time.Time
	State   string    // NoticeWaiting, NoticeHeld, …
	Tries   int       // since it was written, or somebody had it tried anew
	First   time.Time // it was tried first; zero: it was not
	Error   string    // of the last try; "": there was none, or it was taken
	Ended   time.Time // zero: it was not over
}

// NoticesDuring gives the messages about an organization, or about none, that were
// written or changed their state from an instant on, up to another one, as they stood at
// the latter. Nothing that becomes of them later changes it, nor does it when the outbox
// forgets them.
func (s *Store) NoticesDuring(ctx context.Context, org int64, from, to time.Time) ([]PastNotice, error) {
	var out []PastNotice
	err := s.read.rows(ctx, noticesDuring, []any{org, from.UnixMilli(), to.UnixMilli()}, func(rows *sql.Rows) error {
		var n PastNotice
		var at, last, first sql.NullInt64
		err := rows.Scan(&n.ID, &n.Channel, &n.Kind, &n.Org, &at, &n.State, &n.Tries, &last, &first, &n.Error)
		n.At, n.First = instant(at), instant(first)
		if n.State != NoticeWaiting && n.State != NoticeHeld {
			n.Ended = instant(last)
		}
		if n.State == NoticeSent {
			n.Error = ""
		}
		out = append(out, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what became of notices: %w", explain(s.path, err))
	}
	return out, nil
}
