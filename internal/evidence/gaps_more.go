package evidence

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

// howJudged says what would have helped, and what helps the next time.
const howJudged = " (ajar audit and ajar serve judge what they collect, ajar collect does not; afterwards, ajar audit --offline judges the newest snapshot alone)"

// unjudged lists the stretches in which nobody held the rules against what was seen: what
// they would have found then is not known, and no finding is no sign that all was well.
func (g *gathering) unjudged(_ context.Context, o *organization) ([]Gap, error) {
	var out []Gap
	since, looks := o.first.At, 0
	gap := func(to time.Time) {
		if looks > 0 && to.Sub(since) > o.pause {
			out = append(out, Gap{Org: o.Login, From: since, To: to, Snapshots: looks,
				Reason: "no snapshot was audited for " + span(to.Sub(since)) + ": findings of that time are not known" + howJudged})
		}
	}
	judged := false
	for _, p := range o.snapshots() {
		if p.JudgedAt.IsZero() {
			looks++
			continue
		}
		gap(p.At)
		since, looks, judged = p.At, 0, true
	}
	if !judged {
		return []Gap{{Org: o.Login, From: o.first.At, To: o.last.At, Snapshots: looks, Reason: "no snapshot was audited: findings are not known, and none are listed" + howJudged}}, nil
	}
	gap(g.o.Period.To)
	return out, nil
}

// undated lists the dates at which a population was asked for that is not known.
func (g *gathering) undated(_ context.Context, o *organization) ([]Gap, error) {
	var out []Gap
	for _, d := range g.o.Dates {
		switch {
		case d.Before(o.first.At):
			out = append(out, Gap{Org: o.Login, From: d, To: o.first.At, Reason: "the population of " + d.Format(time.RFC3339) + " is not known: there is no snapshot of then in the evidence"})
		case !d.Before(g.o.Period.To):
			out = append(out, Gap{Org: o.Login, From: g.o.Period.To, To: d, Reason: "the population of " + d.Format(time.RFC3339) + " is not told: the period ends before it"})
		}
	}
	return out, nil
}

// putBack lists each time that a backup was put in the place of the store: what had been
// stored since it was made is lost.
func (g *gathering) putBack(ctx context.Context, o *organization) ([]Gap, error) {
	all, err := g.s.PutBack(ctx)
	if err != nil {
		return nil, err
	}
	var out []Gap
	for _, at := range all {
		if at.Before(o.first.At) {
			continue
		}
		from, err := g.storedBefore(ctx, o, at)
		if err != nil {
			return nil, err
		}
		if !from.Before(g.o.Period.To) {
			continue // the backup is of after the period
		}
		to := at
		if to.After(g.o.Period.To) {
			to = g.o.Period.To
		}
		out = append(out, Gap{Org: o.Login, From: from, To: to, Reason: "a backup was put in the place of the store, which was noticed at " + at.UTC().Format(time.RFC3339) +
			": what was stored, decided and done since it was made is lost"})
	}
	return out, nil
}

// storedBefore gives when the newest snapshot was taken that the store had at an instant
// of its own clock. Snapshots of after the period count: a backup with one of them lacks
// nothing of the period.
func (g *gathering) storedBefore(ctx context.Context, o *organization, at time.Time) (time.Time, error) {
	newest := o.first.At
	err := g.s.Passes(ctx, o.ID, o.first.ID, at, func(p store.PassInfo) error {
		if !p.FinishedAt.IsZero() && !p.FinishedAt.After(at) && p.At.After(newest) {
			newest = p.At
		}
		return nil
	})
	return newest, err
}

// redacted lists what the journal no longer says of the period.
func (g *gathering) redacted(ctx context.Context, o *organization) ([]Gap, error) {
	var out []Gap
	err := g.s.JournalBetween(ctx, g.o.Period.From, g.o.Period.To, func(e journal.Entry) error {
		if e.Body == nil && (e.Org == o.ID || e.Org == 0) {
			out = append(out, Gap{Org: o.Login, From: e.At, To: e.At, Reason: fmt.Sprintf("entry %d of the journal (%s) was redacted: what it said is not shown", e.Seq, e.Kind)})
		}
		return nil
	})
	if errors.Is(err, store.ErrTampered) {
		return nil, fmt.Errorf("evidence rests on the journal: %w", err)
	}
	return out, err
}

// namesakes lists the organizations that have the login of another one: the tables name
// them by it, so nobody can tell their rows apart.
func (g *gathering) namesakes(_ context.Context, o *organization) ([]Gap, error) {
	var out []Gap
	for _, other := range g.orgs {
		if other.ID != o.ID && strings.EqualFold(other.Login, o.Login) {
			out = append(out, Gap{Org: o.Login, From: g.o.Period.From, To: g.o.Period.To, Reason: fmt.Sprintf(
				"organization %d has the login of organization %d: one of them took it over, and rows that name it may be of either", o.ID, other.ID)})
		}
	}
	return out, nil
}
