package main

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/changes"
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
	cover map[int64]access.Coverage
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
		h := &historian{s: w.store, org: v.Info.Org, newer: v.Snapshot, names: map[access.Ref]access.Named{}, cover: map[int64]access.Coverage{}}
		who, err := h.find(ctx, kind, name)
		if err != nil {
			return nil, err
		}
		from, err := a.sinceWhen(ctx, w.store, v.Info.Org, since)
		if err != nil {
			return nil, err
		}
		view, err := h.tell(ctx, who, from)
		if err != nil {
			return nil, err
		}
		view.To = report.SnapshotMark{ID: v.Info.ID, At: v.Info.At}
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
			return time.Time{}, a.noneBefore(ctx, s, org, text, err)
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

func (h *historian) tell(ctx context.Context, who access.Named, since time.Time) (report.AccessHistory, error) {
	org := access.Ref{Kind: access.Org, ID: h.newer.Org.ID}
	v := report.AccessHistory{Org: access.Named{Ref: org, Name: h.newer.Name(org)}, Principal: who, Since: since}
	held, err := h.s.HeldEver(ctx, h.org, who.Ref)
	if err != nil {
		return v, err
	}
	if h.all, err = h.s.Snapshots(ctx, h.org); err != nil {
		return v, err
	}
	oldest := h.all[len(h.all)-1].ID
	live := false
	for _, x := range held {
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
		if came {
			if err := h.note(ctx, &v, x, true); err != nil {
				return v, err
			}
		}
		if went {
			if err := h.note(ctx, &v, x, false); err != nil {
				return v, err
			}
		}
	}
	if live {
		v.Last = report.SnapshotMark{}
	}
	v.Events = joined(v.Events)
	return v, nil
}

func mark(i store.SnapshotInfo) report.SnapshotMark { return report.SnapshotMark{ID: i.ID, At: i.At} }

// note adds one event.
func (h *historian) note(ctx context.Context, v *report.AccessHistory, x store.Held, came bool) error {
	on, err := h.name(ctx, x.Grant.Resource)
	if err != nil {
		return err
	}
	e := report.HistoryEvent{Mark: mark(x.To), What: "went", Resource: on, Before: h.newer.RoleName(x.Grant)}
	if came {
		e.Mark, e.What, e.Before, e.After = mark(x.From), "came", "", e.Before
		e.Doubt, err = h.doubt(ctx, x)
	}
	for _, t := range x.Teams {
		n, bad := h.name(ctx, t)
		err = errors.Join(err, bad)
		e.Teams = append(e.Teams, n)
	}
	e.Why = why(x, e, came)
	v.Events = append(v.Events, e)
	return err
}

// doubt says why something may have been there before a snapshot first showed it.
func (h *historian) doubt(ctx context.Context, x store.Held) (string, error) {
	i := slices.IndexFunc(h.all, func(s store.SnapshotInfo) bool { return s.ID < x.From.ID })
	if i < 0 {
		return "", nil
	}
	c, ok := h.cover[h.all[i].ID]
	if !ok {
		var err error
		if c, err = h.s.Coverage(ctx, h.all[i]); err != nil {
			return "", err
		}
		h.cover[h.all[i].ID] = c
	}
	area, scope := changes.AreaOf(x.Grant)
	line := c.Of(area)
	if scope != 0 {
		line = c.For(area, scope)
	}
	if line.Status == access.Complete {
		return "", nil
	}
	return "the snapshot before it did not see all " + strings.ReplaceAll(string(area), "-", " "), nil
}

// why says in words what made something come or go.
func why(x store.Held, e report.HistoryEvent, came bool) string {
	edge, verb := x.Went, [2]string{"left ", "taken from "}
	if came {
		edge, verb = x.Came, [2]string{"joined ", "given to "}
	}
	if n := len(e.Teams); n > 0 {
		if edge.IsZero() {
			s := verb[1] + e.Teams[n-1].Name
			if n > 1 {
				s += ", above " + e.Teams[0].Name
			}
			return s
		}
		s := verb[0] + e.Teams[0].Name
		if n > 1 {
			s += ", below " + e.Teams[n-1].Name
		}
		return s
	}
	source := map[access.Source]string{access.ByOwner: map[bool]string{true: "made an owner", false: "no longer an owner"}[came], access.ByOrgRole: "by an organization role", access.Reviewer: "as a reviewer",
		access.ByTeam: "by the team's own permission", access.ByKey: "by the key itself"}
	if x.Grant.Resource.Kind == access.Team || x.Grant.Resource.Kind == access.Org && x.Grant.Source == access.Direct {
		return map[bool]string{true: "joined", false: "left"}[came]
	}
	return cmp.Or(source[x.Grant.Source], map[bool]string{true: "given directly", false: "taken away directly"}[came])
}

// joined makes one event of what went and came at once on the same thing by the
// same way, and puts the newest first.
func joined(all []report.HistoryEvent) []report.HistoryEvent {
	type key struct {
		snapshot int64
		on       access.Ref
		way      string
	}
	of := func(e report.HistoryEvent) key {
		way := ""
		for _, t := range e.Teams {
			way += t.Ref.String() + " "
		}
		return key{e.Mark.ID, e.Resource.Ref, way}
	}
	went := map[key]int{}
	for i, e := range all {
		if e.What == "went" {
			went[of(e)] = i
		}
	}
	drop := map[int]bool{}
	for i := range all {
		e := &all[i]
		if e.What != "came" {
			continue
		}
		if j, ok := went[of(*e)]; ok && !drop[j] {
			e.What, e.Before, e.Doubt = "changed", all[j].Before, ""
			drop[j] = true
		}
	}
	out := make([]report.HistoryEvent, 0, len(all))
	for i, e := range all {
		if !drop[i] {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(x, y report.HistoryEvent) int {
		return cmp.Or(cmp.Compare(y.Mark.ID, x.Mark.ID), cmp.Compare(x.What, y.What), cmp.Compare(x.Resource.Kind, y.Resource.Kind), cmp.Compare(x.Resource.Name, y.Resource.Name))
	})
	return out
}
