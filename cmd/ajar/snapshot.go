package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// snapshot finds the stored snapshot that a question is about: the newest, the
// one of a number, or the one that was in force at a time.
func (a *app) snapshot(ctx context.Context, s *store.Store, org, at string) (store.SnapshotInfo, error) {
	return a.snapshotFor(ctx, s, org, "--at", at)
}

// snapshotFor is snapshot for a time that another flag or argument gave.
func (a *app) snapshotFor(ctx context.Context, s *store.Store, org, flag, at string) (store.SnapshotInfo, error) {
	info, _, err := a.asOf(ctx, s, org, flag, at)
	return info, err
}

// asOf is snapshotFor with the instant that was asked for, the zero time where it was the
// newest or a number.
func (a *app) asOf(ctx context.Context, s *store.Store, org, flag, at string) (store.SnapshotInfo, time.Time, error) {
	info, asked, err := a.pick(ctx, s, org, flag, at)
	if errors.Is(err, store.ErrNoSnapshot) {
		if at != "" {
			return info, asked, a.noneBefore(ctx, s, org, at, asked, err)
		}
		return info, asked, withHint(usage("no snapshot of %s is stored", org), "%s collect --org %s", a.program, org)
	}
	return info, asked, err
}

// seenAt is snapshot for a view, which says first where nothing was seen at that instant.
func (a *app) seenAt(ctx context.Context, w *work, p audit.Pass, at string) (store.SnapshotInfo, error) {
	w.unseen = nil
	info, when, err := a.asOf(ctx, p.Store, p.Org, "--at", at)
	if err != nil {
		return info, err
	}
	unseen, err := unseenThen(w.config, info, when)
	w.unseen = asGaps(unseen)
	return info, err
}

// unseenThen gives the time before an instant that was asked for in which nothing was
// seen, where that is longer than counts as seen: no more is known of that instant than
// what was there before. Nil: the snapshot is near enough, or none was asked for.
func unseenThen(c *config.Config, info store.SnapshotInfo, at time.Time) ([]report.HistoryGap, error) {
	if at.IsZero() {
		return nil, nil
	}
	every, err := exportFlags{}.promised(c, evidence.Period{From: info.At, To: at})
	if err != nil {
		return nil, err
	}
	most := evidence.Pause(every)
	if at.Sub(info.At) <= most {
		return nil, nil
	}
	return []report.HistoryGap{{Since: info.At.UTC(), Until: at.UTC(), Reason: fmt.Sprintf(
		"nothing was seen from %s to %s, and %s is the most that counts as seen: what is told of then is snapshot #%d, from before it",
		instant(info.At), instant(at), evidence.Span(most), info.ID)}}, nil
}

// areaOfTime is what stands for the kind of data where nothing at all was seen.
const areaOfTime = "snapshots"

// asGaps makes of times in which nothing was seen what reports list first.
func asGaps(all []report.HistoryGap) []report.Gap {
	var out []report.Gap
	for _, g := range all {
		out = append(out, report.Gap{Area: areaOfTime, Status: "unread", Expected: true, Reason: g.Reason, Total: -1})
	}
	return out
}

// noneBefore says that history does not reach back so far, and how far it does: to the
// second, for the first snapshot may be of the very minute that was asked for.
func (a *app) noneBefore(ctx context.Context, s *store.Store, org, at string, asked time.Time, err error) error {
	if _, byNumber, _ := snapshotWord("", at); byNumber {
		return withHint(err, "%s store info lists the first and the last", a.program)
	}
	hint := "history begins with the first collect; the newest is used without --at"
	if all, err := s.Snapshots(ctx, org); err == nil && len(all) > 0 {
		hint = "history begins with snapshot #" + strconv.FormatInt(all[len(all)-1].ID, 10) + " of " + second(all[len(all)-1].At.Add(time.Second-1))
	}
	return withHint(usage("no snapshot of %s was taken before %s (%s)", org, strings.TrimSpace(at), second(asked)), "%s", hint)
}

func (a *app) pick(ctx context.Context, s *store.Store, org, flag, at string) (info store.SnapshotInfo, asked time.Time, err error) {
	if at == "" {
		info, err = s.Latest(ctx, org)
		return info, asked, err
	}
	id, byNumber, err := snapshotWord(flag, at)
	if err != nil {
		return info, asked, err
	}
	if byNumber {
		info, err = s.Snapshot(ctx, org, id)
		return info, asked, err
	}
	when, err := past(flag, at, a.clock.Now())
	if err != nil {
		return info, asked, err
	}
	info, err = s.At(ctx, org, when.last())
	if err == nil {
		a.remark("%s as of %s: the newest snapshot before that is #%d of %s", org, instant(when.last()), info.ID, instant(info.At))
	}
	return info, when.last(), err
}
