package notify

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// Digest puts into the outbox, for each channel, one message of all that was not told at
// once since the last digest. What came and went in between is not told at all, and
// where nothing is left there is no message.
func (n *Notifier) Digest(ctx context.Context) error {
	return n.o.Write(ctx, func(s *store.Store) error {
		held, err := s.NoticesHeld(ctx)
		if err != nil || len(held) == 0 {
			return err
		}
		at := n.o.Now().UTC()
		var digests []store.Notice
		var merged []int64
		for len(held) > 0 {
			end := slices.IndexFunc(held, func(x store.Notice) bool { return x.Channel != held[0].Channel })
			if end < 0 {
				end = len(held)
			}
			d, some, err := n.digest(held[:end], at)
			if err != nil {
				return err
			}
			if some {
				digests = append(digests, d)
			}
			for _, x := range held[:end] {
				merged = append(merged, x.ID)
			}
			held = held[end:]
		}
		return s.MergeNotices(ctx, at, digests, merged)
	})
}

// digest makes one message of those that a channel holds. One that cannot be read is
// left out, and the digest says so: it must not keep the others for ever.
func (n *Notifier) digest(held []store.Notice, at time.Time) (store.Notice, bool, error) {
	shown := n.shows(held[0].Channel)
	var all []Message
	for _, x := range held {
		_, m, err := open(x)
		if err != nil {
			n.o.Log.Warn("a notice cannot be read, and no digest tells it", "id", x.ID, "channel", x.Channel, "kind", x.Kind, "err", err)
			continue
		}
		all = append(all, m)
	}
	if len(all) == 0 {
		return store.Notice{}, false, nil
	}
	gone := cameAndWent(all)
	m := Message{ID: fmt.Sprintf("digest-%s-%d", held[0].Channel, held[0].ID), Kind: Digest, At: at, Severity: access.Info}
	var orgs []string
	total := 0
	for _, from := range all {
		for _, s := range from.Sections {
			i := slices.IndexFunc(m.Sections, func(x Section) bool { return x.Title == from.Org+": "+s.Title })
			if i < 0 {
				i = len(m.Sections)
				m.Sections = append(m.Sections, Section{Title: from.Org + ": " + s.Title, What: s.What})
			}
			to := &m.Sections[i]
			to.More += s.More
			for _, l := range s.Lines {
				if gone[from.Org+l.Kind+l.Key] {
					continue
				}
				to.Lines = append(to.Lines, l)
				m.Severity = max(m.Severity, l.Severity)
			}
		}
		orgs = append(orgs, from.Org)
	}
	m.Sections = slices.DeleteFunc(m.Sections, func(s Section) bool { return len(s.Lines)+s.More == 0 })
	for i := range m.Sections {
		s := &m.Sections[i]
		slices.SortStableFunc(s.Lines, func(a, b Line) int { return cmp.Compare(b.Severity, a.Severity) })
		total += len(s.Lines) + s.More
		if len(s.Lines) > shown {
			s.More += len(s.Lines) - shown
			s.Lines = s.Lines[:shown]
		}
	}
	slices.Sort(orgs)
	orgs = slices.Compact(orgs)
	m.Title = fmt.Sprintf("%s: %s since %s", strings.Join(orgs, ", "), plural(total, "thing", "things"), all[0].At.UTC().Format(time.DateOnly))
	m.Facts = []Fact{{"from", moment(all[0].At)}, {"to", moment(at)}}
	if unread := len(held) - len(all); unread > 0 {
		m.Facts = append(m.Facts, Fact{"could not be read", plural(unread, "message", "messages")})
	}
	if len(orgs) == 1 {
		m.Org = orgs[0]
	}
	x, err := toNotice(held[0].Channel, Digest, store.NoticeWaiting, 0, at, m, envelope{})
	return x, len(m.Sections) > 0, err
}

// cameAndWent finds what was new and is over again, by organization, kind and key.
func cameAndWent(all []Message) map[string]bool {
	came, out := map[string]bool{}, map[string]bool{}
	for _, m := range all {
		for _, s := range m.Sections {
			for _, l := range s.Lines {
				key := m.Org + l.Kind + l.Key
				switch s.What {
				case store.ToldNew, store.ToldAgain:
					came[key] = true
					delete(out, key)
				case store.ToldOver, store.ToldWaived:
					if came[key] {
						out[key] = true
					}
				}
			}
		}
	}
	return out
}
