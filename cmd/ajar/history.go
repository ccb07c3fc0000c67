package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// historian tells the history of one principal.
type historian struct {
	s     *store.Store
	org   string
	all   []store.SnapshotInfo // the newest first
	newer *access.Snapshot
	names map[access.Ref]access.Named
	held  []store.Held
	told  *evidence.Account
}

// historyOf says what came to a principal and what went, since a time.
func (a *app) historyOf(ctx context.Context, principal, since string, rows bool) error {
	kind, name, err := split(principal)
	if err != nil {
		return err
	}
	if _, ok := privileges[kind]; ok {
		return withHint(usage("%s is a resource, and --since tells the history of a principal", principal), "name a user, a team or a key")
	}
	return a.consult(ctx, orgOf(kind, name), "", func(w *work, v audit.View) (report.View, error) {
		h := &historian{s: w.store, org: v.Info.Org, newer: v.Snapshot, names: map[access.Ref]access.Named{}}
		who, err := h.find(ctx, kind, name)
		if err != nil {
			return nil, err
		}
		from, err := a.sinceWhen(ctx, w.store, v.Info.Org, since)
		if err != nil {
			return nil, err
		}
		if from.After(v.Info.At) {
			return nil, withHint(usage("--since %s is after the newest snapshot, which is #%d of %s", since, v.Info.ID, instant(v.Info.At)),
				"%s audit takes a new one", a.program)
		}
		period := evidence.Period{From: from, To: v.Info.At.Add(time.Millisecond)} // the newest snapshot is in it
		every, err := exportFlags{}.promised(w.config, period)
		if err != nil {
			return nil, err
		}
		if h.told, err = evidence.AccountOf(ctx, w.store, h.org, period, every, who.Ref, v.Snapshot); err != nil {
			return nil, err
		}
		view, err := h.tell(ctx, who, from, v.Info)
		if err != nil {
			return nil, err
		}
		if view.Gaps, err = h.gaps(ctx, w.config.Collect.Without); err != nil {
			return nil, err
		}
		a.exit(status(view.Exit()))
		w.all = rows
		return view, nil
	})
}

// sinceWhen reads where a history begins: a time from its first instant on, or a
// snapshot, of which what it saw first is no news any more.
func (a *app) sinceWhen(ctx context.Context, s *store.Store, org, text string) (time.Time, error) {
	id, byNumber, err := snapshotWord("--since", text)
	if err != nil {
		return time.Time{}, err
	}
	if byNumber {
		info, err := s.Snapshot(ctx, org, id)
		if err != nil {
			return time.Time{}, a.noneBefore(ctx, s, org, text, time.Time{}, err)
		}
		return info.At.Add(time.Millisecond), nil // the store's times are in whole milliseconds
	}
	from, err := past("--since", text, a.clock.Now())
	return from.from, err
}

// find looks for the principal in the newest snapshot, then among those that left.
func (h *historian) find(ctx context.Context, kind access.Kind, name string) (access.Named, error) {
	who, err := resolve(h.newer, kind, name)
	var not absent
	if !errors.As(err, &not) {
		return who, err
	}
	bare := name[strings.LastIndexByte(name, '/')+1:]
	r, gone := h.s.Former(ctx, h.org, kind, bare)
	if errors.Is(gone, store.ErrNoName) {
		return access.Named{}, err
	}
	if gone != nil {
		return access.Named{}, gone
	}
	return h.name(ctx, r)
}

// name gives a thing the name that it has, or had last.
func (h *historian) name(ctx context.Context, r access.Ref) (access.Named, error) {
	if n, ok := h.names[r]; ok {
		return n, nil
	}
	n := access.Named{Ref: r, Name: h.newer.Name(r)}
	if strings.HasPrefix(n.Name, r.Kind.String()+":#") && (r.Kind == access.User || r.Kind == access.Team || r.Kind == access.Repo) {
		labels, err := h.s.Names(ctx, h.org, r)
		if err != nil {
			return n, err
		}
		if len(labels) > 0 {
			n.Name = labels[len(labels)-1].Name
			if r.Kind != access.User {
				n.Name = h.newer.Org.Login + "/" + n.Name
			}
			n.Name = r.Kind.String() + ":" + n.Name
		}
	}
	h.names[r] = n
	return n, nil
}

func (h *historian) tell(ctx context.Context, who access.Named, since time.Time, newest store.SnapshotInfo) (report.AccessHistory, error) {
	org := access.Ref{Kind: access.Org, ID: h.newer.Org.ID}
	v := report.AccessHistory{Org: access.Named{Ref: org, Name: h.newer.Name(org)}, Principal: who, Since: since, To: mark(newest), Snapshots: h.told.Snapshots()}
	var err error
	if v.Formerly, err = h.formerly(ctx, who); err != nil {
		return v, err
	}
	if h.held, err = h.s.HeldEver(ctx, h.org, who.Ref); err != nil {
		return v, err
	}
	if h.all, err = h.s.Snapshots(ctx, h.org); err != nil {
		return v, err
	}
	oldest := h.all[len(h.all)-1].ID
	live := false
	for _, x := range h.held {
		if v.First.ID == 0 || x.From.ID < v.First.ID {
			v.First = mark(x.From)
		}
		if x.To.ID == 0 {
			live = true
		} else if x.To.ID > v.Last.ID {
			v.Last = mark(x.To)
		}
		came, went := x.From.ID != oldest && !x.From.At.Before(since), x.To.ID != 0 && !x.To.At.Before(since)
		if !came && x.To.ID == 0 {
			v.Unchanged++
		}
		for _, turn := range []struct{ there, came bool }{{came, true}, {went, false}} {
			if !turn.there {
				continue
			}
			if err := h.note(ctx, &v, x, turn.came); err != nil {
				return v, err
			}
		}
	}
	if live {
		v.Last = report.SnapshotMark{}
	}
	if err := h.base(ctx, &v); err != nil {
		return v, err
	}
	v.Events = joined(v.Events)
	v.Judged, err = h.judged(ctx, who, since, newest)
	return v, err
}

func mark(i store.SnapshotInfo) report.SnapshotMark { return report.SnapshotMark{ID: i.ID, At: i.At} }
