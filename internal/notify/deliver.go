package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

const (
	patience   = 20 * time.Second // that a receiver has for one message
	lifetime   = 24 * time.Hour   // for which a message is tried
	firstWait  = 30 * time.Second // before the second try
	longestTry = time.Hour        // between two tries
	keptFor    = 30 * 24 * time.Hour
	oneRound   = 200 // messages at most
	strikes    = 3   // failures in a row after which a channel rests until the next round
)

// RetryError is an error of a receiver that says when to come back.
type RetryError struct {
	After time.Duration
	Err   error
}

// Error is that of the error in it.
func (e *RetryError) Error() string { return e.Err.Error() }

// Unwrap gives the error in it.
func (e *RetryError) Unwrap() error { return e.Err }

// Deliver sends what is due: each channel by itself, so that a slow one delays no
// other. It holds the store only while it reads and writes there. What a receiver does
// not take is tried again, later and later, for 24 hours, and then lies there as dead
// until somebody has it tried again. It gives the time when something is due next; zero:
// nothing waits. Its error is one of the store.
func (n *Notifier) Deliver(ctx context.Context) (next time.Time, err error) {
	n.sending.Lock()
	defer n.sending.Unlock()
	if err := n.settle(ctx); err != nil { // what an earlier round could not keep
		return n.o.Now().Add(firstWait), err
	}
	var due []store.Notice
	err = n.o.Read(ctx, func(s *store.Store) error {
		due, err = s.NoticesDue(ctx, n.o.Now(), oneRound)
		return err
	})
	if err != nil {
		return n.o.Now().Add(firstWait), err
	}
	n.round(ctx, due)
	if err := n.settle(context.WithoutCancel(ctx)); err != nil {
		return n.o.Now().Add(firstWait), err
	}
	err = n.o.Read(ctx, func(s *store.Store) error {
		next, err = s.NextNotice(ctx)
		return errors.Join(err, n.count(ctx, s))
	})
	return next, err
}

// round tries what is due, and leaves in n.unsettled what became of it.
func (n *Notifier) round(ctx context.Context, due []store.Notice) {
	byChannel := map[string][]store.Notice{}
	for _, x := range due {
		byChannel[x.Channel] = append(byChannel[x.Channel], x)
	}
	var wait sync.WaitGroup
	var mu sync.Mutex
	for _, all := range byChannel {
		wait.Go(func() {
			failed, until := 0, time.Time{}
			for _, x := range all {
				if ctx.Err() != nil {
					return
				}
				if failed >= strikes { // it is not asked about each message that it is down
					x.Next = until
				} else if x = n.attempt(ctx, x); x.State == store.NoticeSent {
					failed = 0
				} else {
					failed++
					until = x.Next
				}
				mu.Lock()
				n.unsettled = append(n.unsettled, x)
				mu.Unlock()
			}
		})
	}
	wait.Wait()
}

// attempt tries one notice, and says in it what came of that.
func (n *Notifier) attempt(ctx context.Context, x store.Notice) store.Notice {
	err := n.send(ctx, x)
	if ctx.Err() != nil && err != nil { // this process ends; the receiver may be well
		return x
	}
	now := n.o.Now().UTC()
	x.Tries++
	x.Tried = now
	if err == nil {
		x.State, x.Ended, x.Error = store.NoticeSent, now, ""
		n.notified(x.Channel, "sent")
		return x
	}
	x.Error = cut(report.Visible(err.Error()), 300)
	x.Next = now.Add(n.wait(x.Tries, err))
	result := "failed"
	if end := x.Since.Add(lifetime); !x.Next.Before(end) {
		x.State, x.Ended, result = store.NoticeDead, now, "dead"
	}
	n.notified(x.Channel, result)
	n.o.Log.Warn("notice not taken", "channel", x.Channel, "kind", x.Kind, "tries", x.Tries, "state", x.State, "err", x.Error)
	return x
}

// wait is how long the next try is put off: twice as long each time, at most an hour,
// by chance up to half of it less, and never less than the receiver asks for.
func (n *Notifier) wait(tries int, err error) time.Duration {
	d := longestTry
	if tries < 8 {
		d = min(firstWait<<(tries-1), longestTry)
	}
	d -= time.Duration(n.o.Random() * float64(d) / 2)
	var asked *RetryError
	if errors.As(err, &asked) {
		d = max(d, min(asked.After, longestTry))
	}
	return d
}

func (n *Notifier) send(ctx context.Context, x store.Notice) (err error) {
	ch, ok := n.channels[x.Channel]
	if !ok {
		return fmt.Errorf("no channel of that name is configured any more")
	}
	e, m, err := open(x)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if each, ok := ch.(personal); ok && len(e.Notices) > 0 {
		return each.sendEach(ctx, m, e.Notices)
	}
	return ch.Send(ctx, m)
}

func open(x store.Notice) (envelope, Message, error) {
	var e envelope
	if err := json.Unmarshal(x.Body, &e); err != nil {
		return e, Message{}, fmt.Errorf("reading a notice: %w", err)
	}
	m, err := decode(e.Message)
	return e, m, err
}

// settle keeps what became of what was tried. Until that works it stays in memory: the
// store may be somebody else's for a while.
func (n *Notifier) settle(ctx context.Context) error {
	if len(n.unsettled) == 0 {
		return nil
	}
	err := n.o.Write(ctx, func(s *store.Store) error {
		for _, x := range n.unsettled {
			if err := n.told(ctx, s, x); err != nil {
				return err
			}
			if err := s.SettleNotices(ctx, x); err != nil {
				return err
			}
		}
		n.unsettled = nil
		return s.ForgetNotices(ctx, n.o.Now().Add(-keptFor))
	})
	if err != nil {
		return fmt.Errorf("keeping what was sent: %w", err)
	}
	return nil
}

// told records in the journal that people were told what is going to be removed, once
// the last of the channels has taken it: the notice runs from then on.
func (n *Notifier) told(ctx context.Context, s *store.Store, x store.Notice) error {
	if x.State != store.NoticeSent || x.Kind != Grace || n.o.Record == nil {
		return nil
	}
	others, err := s.NoticesOf(ctx, x.Key)
	if err != nil {
		return err
	}
	var by []string
	for _, o := range others {
		switch {
		case o.ID == x.ID && o.State == store.NoticeSent:
			return nil // recorded by an earlier round
		case o.ID != x.ID && o.State != store.NoticeSent:
			return nil // not everybody has it yet
		}
		by = append(by, o.Channel)
	}
	e, _, err := open(x)
	if err != nil {
		return err
	}
	var entries []journal.Entry
	for _, notice := range e.Notices {
		entry, err := journal.NewEntry(journal.Notice, toldBody{notice, by})
		if err != nil {
			return err
		}
		entry.Org, entry.Plan, entry.Action, entry.Who = e.OrgID, e.Plan, notice.Action, "ajar, by its channels"
		entries = append(entries, entry)
	}
	return n.o.Record(ctx, s, entries...)
}

func (n *Notifier) notified(channel, result string) {
	if n.o.Meter != nil {
		n.o.Meter.Notified(channel, result)
	}
}

// count tells the metrics what lies in the outbox.
func (n *Notifier) count(ctx context.Context, s *store.Store) error {
	if n.o.Meter == nil {
		return nil
	}
	counts, err := s.CountNotices(ctx)
	for _, state := range []string{store.NoticeWaiting, store.NoticeHeld, store.NoticeDead} {
		n.o.Meter.Outbox(state, counts[state])
	}
	return err
}

// Title is the line that a notice begins with; of one that cannot be read it says so.
func Title(x store.Notice) string {
	_, m, err := open(x)
	if err != nil {
		return "(it cannot be read)"
	}
	return m.Title
}
