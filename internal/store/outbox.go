package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Where a notice of the outbox can stand.
const (
	NoticeWaiting    = "waiting"    // it is sent when it is due
	NoticeHeld       = "held"       // it waits for the next digest
	NoticeSent       = "sent"       //
	NoticeMerged     = "merged"     // a digest tells it
	NoticeSuperseded = "superseded" // a newer account of the same took its place
	NoticeDead       = "dead"       // nobody took it for as long as notices are tried
)

// Notice is a message to one channel, as it lies in the outbox.
type Notice struct {
	ID      int64
	Key     string // the idempotency key: the same at each try
	Channel string // by its name in the configuration
	Kind    string
	Org     int64 // 0: of no organization
	At      time.Time
	Body    []byte // JSON
	State   string
	Since   time.Time // from when on it is tried
	Next    time.Time // it is not tried before
	Tries   int
	Error   string    // of the last try
	Tried   time.Time // when that was, as far as [Store.SettleNotices] is told; it is not read back
	Ended   time.Time // zero: it waits
}

const (
	noticeColumns = `SELECT id, key, channel, kind, org, at, body, state, since, next, tries, error, ended_at FROM outbox`
	noticesDue    = noticeColumns + ` WHERE state = 'waiting' AND next <= $1 ORDER BY id LIMIT $2`
	noticesIn     = noticeColumns + ` WHERE ($1 = '' OR state = $1) AND ($2 = '' OR channel = $2) ORDER BY id DESC LIMIT $3`
	noticesHeld   = noticeColumns + ` WHERE state = 'held' ORDER BY channel, id`
	noticeLast    = noticeColumns + ` WHERE channel = $1 AND org = $2 AND kind = $3 ORDER BY id DESC LIMIT 1`
	noticeNext    = `SELECT coalesce(min(next), 0) FROM outbox WHERE state = 'waiting' ORDER BY 1`
	noticeCounts  = `SELECT state, count(*) FROM outbox GROUP BY state ORDER BY state`

	insertNotice = `
		INSERT INTO outbox (id, key, channel, kind, org, at, body, state, since, next)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM notices), $1, $2, $3, $4, $5, $6, $7, $5, $5)
		    ON CONFLICT (key, channel) DO NOTHING`
	settleNotice = `
		UPDATE outbox SET state = $2, next = $3, tries = $4, error = $5, ended_at = $6, tried = $7
		 WHERE id = $1 AND state = 'waiting'`
	mergeNotice = `UPDATE outbox SET state = 'merged', ended_at = $2 WHERE id = $1 AND state = 'held'`
	reviveOne   = `UPDATE outbox SET state = 'waiting', since = $2, next = $2, tries = 0, ended_at = NULL WHERE id = $1 AND state = 'dead'`
	hurryOne    = `UPDATE outbox SET next = $2 WHERE id = $1 AND state = 'waiting'`
	forgetSent  = `DELETE FROM outbox WHERE state IN ('sent', 'merged', 'superseded') AND ended_at < $1`
)

func (s *Store) notices(ctx context.Context, query string, args ...any) ([]Notice, error) {
	var out []Notice
	err := s.read.rows(ctx, query, args, func(rows *sql.Rows) error {
		n, err := scanNotice(rows)
		out = append(out, n)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the outbox: %w", explain(s.path, err))
	}
	return out, nil
}

func scanNotice(rows *sql.Rows) (n Notice, err error) {
	var at, since, next, ended sql.NullInt64
	err = rows.Scan(&n.ID, &n.Key, &n.Channel, &n.Kind, &n.Org, &at, &n.Body, &n.State, &since, &next, &n.Tries, &n.Error, &ended)
	n.At, n.Since, n.Next, n.Ended = instant(at), instant(since), instant(next), instant(ended)
	return n, err
}

// NoticesDue gives the notices to send at an instant, the oldest first, at most limit.
func (s *Store) NoticesDue(ctx context.Context, at time.Time, limit int) ([]Notice, error) {
	return s.notices(ctx, noticesDue, at.UnixMilli(), limit)
}

// Notices lists notices of a state and a channel ("": of all), the newest first, at
// most limit.
func (s *Store) Notices(ctx context.Context, state, channel string, limit int) ([]Notice, error) {
	return s.notices(ctx, noticesIn, state, channel, limit)
}

// NoticesHeld gives what waits for a digest, by channel, the oldest first.
func (s *Store) NoticesHeld(ctx context.Context) ([]Notice, error) {
	return s.notices(ctx, noticesHeld)
}

// LastNotice gives the newest notice of a kind to a channel about an organization, and
// whether there is one.
func (s *Store) LastNotice(ctx context.Context, channel string, org int64, kind string) (Notice, bool, error) {
	all, err := s.notices(ctx, noticeLast, channel, org, kind)
	if err != nil || len(all) == 0 {
		return Notice{}, false, err
	}
	return all[0], true, nil
}

// NextNotice is when the next notice is due; zero: none waits.
func (s *Store) NextNotice(ctx context.Context) (time.Time, error) {
	var next int64
	if err := s.read.row(ctx, noticeNext, nil, &next); err != nil {
		return time.Time{}, fmt.Errorf("reading the outbox: %w", explain(s.path, err))
	}
	if next == 0 {
		return time.Time{}, nil
	}
	return time.UnixMilli(next).UTC(), nil
}

// CountNotices counts the notices of each state.
func (s *Store) CountNotices(ctx context.Context) (map[string]int, error) {
	out := map[string]int{}
	err := s.read.rows(ctx, noticeCounts, nil, func(rows *sql.Rows) error {
		var state string
		var n int
		err := rows.Scan(&state, &n)
		out[state] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("counting the outbox: %w", explain(s.path, err))
	}
	return out, nil
}

// SettleNotices keeps what became of notices that were tried: State, Next, Tries,
// Error, Tried and Ended of each. One that is not waiting any more stays as it is.
func (s *Store) SettleNotices(ctx context.Context, all ...Notice) error {
	return s.posting(ctx, func() error {
		for _, n := range all {
			if _, err := s.exec(settleNotice, n.ID, n.State, n.Next.UnixMilli(), n.Tries, text(n.Error), ms(n.Ended), ms(n.Tried)); err != nil {
				return err
			}
		}
		return nil
	})
}

// MergeNotices puts notices in the place of those that wait for a digest.
func (s *Store) MergeNotices(ctx context.Context, at time.Time, digests []Notice, merged []int64) error {
	return s.posting(ctx, func() error {
		for _, n := range digests {
			if err := s.addNotice(n); err != nil {
				return err
			}
		}
		for _, id := range merged {
			if _, err := s.exec(mergeNotice, id, at.UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
}

// ReviveNotice has a notice tried at an instant: a dead one anew, one that waits
// before its time. It reports whether there was one to try.
func (s *Store) ReviveNotice(ctx context.Context, id int64, at time.Time) (bool, error) {
	var met int64
	err := s.posting(ctx, func() error {
		for _, q := range []string{hurryOne, reviveOne} {
			n, err := s.changes(q, id, at.UnixMilli())
			if err != nil {
				return err
			}
			met += n
		}
		return nil
	})
	return met > 0, err
}

// ForgetNotices removes what was sent, or went into another notice, before an instant
// from the outbox. That there was such a notice stays ([Store.NoticesDuring]).
func (s *Store) ForgetNotices(ctx context.Context, before time.Time) error {
	return s.posting(ctx, func() error {
		_, err := s.exec(forgetSent, before.UnixMilli())
		return err
	})
}

// AddNotices puts notices in the outbox. One whose key its channel has already is not
// put in again.
func (s *Store) AddNotices(ctx context.Context, all ...Notice) error {
	return s.posting(ctx, func() error {
		for _, n := range all {
			if err := s.addNotice(n); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) addNotice(n Notice) error {
	_, err := s.exec(insertNotice, n.Key, n.Channel, n.Kind, n.Org, n.At.UnixMilli(), string(n.Body), n.State)
	return err
}

// posting runs statements about the outbox in a transaction of their own.
func (s *Store) posting(ctx context.Context, do func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(ctx.Err(), s.writable(), s.commit()); err != nil {
		return fmt.Errorf("keeping the outbox: %w", err)
	}
	if err := do(); err != nil {
		return fmt.Errorf("keeping the outbox: %w", s.undo(err))
	}
	return s.commit()
}

const noticesOfKey = noticeColumns + ` WHERE key = $1 ORDER BY id`

// NoticesOf gives one message as it lies there for each of its channels.
func (s *Store) NoticesOf(ctx context.Context, key string) ([]Notice, error) {
	return s.notices(ctx, noticesOfKey, key)
}
