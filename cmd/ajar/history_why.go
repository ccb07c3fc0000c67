package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// formerly gives the names that a principal had before, the newest first.
func (h *historian) formerly(ctx context.Context, who access.Named) ([]string, error) {
	if who.Kind != access.User && who.Kind != access.Team {
		return nil, nil
	}
	labels, err := h.s.Names(ctx, h.org, who.Ref)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, l := range slices.Backward(labels) {
		name := who.Kind.String() + ":" + l.Name
		if who.Kind == access.Team {
			name = who.Kind.String() + ":" + h.newer.Org.Login + "/" + l.Name
		}
		if !strings.EqualFold(name, who.Name) && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out, nil
}

// gaps lists what was not seen of access in that time, without what nobody expects.
func (h *historian) gaps(ctx context.Context, without []access.Area) ([]report.HistoryGap, error) {
	all, err := h.told.Gaps(ctx)
	if err != nil {
		return nil, err
	}
	var out []report.HistoryGap
	for _, g := range all {
		area := access.Area(g.Area)
		if g.Area != "" && (!slices.Contains(accessAreas, area) || slices.Contains(without, area)) {
			continue
		}
		out = append(out, report.HistoryGap{Area: g.Area, Scope: g.Scope, Since: g.From, Until: g.To, Reason: g.Reason, Snapshots: g.Snapshots})
	}
	return out, nil
}

// note adds one event.
func (h *historian) note(ctx context.Context, v *report.AccessHistory, x store.Held, came bool) error {
	on, err := h.name(ctx, x.Grant.Resource)
	if err != nil {
		return err
	}
	e := report.HistoryEvent{Mark: mark(x.To), What: "went", Resource: on, Before: h.newer.RoleName(x.Grant)}
	if came {
		e.Mark, e.What, e.Before, e.After = mark(x.From), "came", "", e.Before
	}
	for _, t := range x.Teams {
		n, bad := h.name(ctx, t)
		err = errors.Join(err, bad)
		e.Teams = append(e.Teams, n)
	}
	cause, joined, ok := h.cause(x, came, e.Mark.ID)
	e.Why = why(x, e, came, joined)
	if ok {
		e.NotYet, e.Cause, e.Doubt = cause.After, told(cause), cause.Doubt
	}
	if came && on.Kind == access.Org && x.Grant.Source == access.ByOwner {
		e.Why += fmt.Sprintf(": administrator of every repository (%d in the newest snapshot)", len(h.newer.Repositories))
	}
	if !came && on.Kind != access.Org && cause.Deed == nil && h.left(x.To.ID) {
		e.Why = "went with the membership of " + v.Org.Name
	}
	v.Events = append(v.Events, e)
	return err
}

// base adds what a member got or lost by the base permission, which is no grant.
func (h *historian) base(ctx context.Context, v *report.AccessHistory) error {
	if v.Principal.Kind != access.User {
		return nil
	}
	all, err := h.told.BasePermission(ctx)
	if err != nil {
		return err
	}
	for _, b := range all {
		i := slices.IndexFunc(h.all, func(s store.SnapshotInfo) bool { return s.ID == b.Snapshot })
		member := slices.ContainsFunc(h.held, func(x store.Held) bool {
			return x.Grant.Resource.Kind == access.Org && (x.Grant.Privilege == access.Member || x.Grant.Privilege == access.Owner) &&
				x.From.ID < b.Snapshot && (x.To.ID == 0 || x.To.ID > b.Snapshot)
		})
		if i < 0 || !member || h.all[i].At.Before(v.Since) {
			continue
		}
		v.Events = append(v.Events, report.HistoryEvent{Mark: mark(h.all[i]), NotYet: b.Cause.After, What: "changed", Resource: v.Org,
			Before: b.Before.String(), After: b.After.String(), Why: "the base permission: what every member can do on every repository",
			Cause: told(b.Cause), Doubt: b.Cause.Doubt})
	}
	return nil
}

// left reports whether a snapshot is the first to show that somebody is no member any more.
func (h *historian) left(snapshot int64) bool {
	went := false
	for _, x := range h.held {
		if x.Grant.Resource.Kind != access.Org || x.Grant.Privilege != access.Member && x.Grant.Privilege != access.Owner {
			continue
		}
		if x.From.ID == snapshot {
			return false // an owner who is a member now
		}
		went = went || x.To.ID == snapshot
	}
	return went
}

// cause says what made a grant come or go: of one that was had through a team the
// membership where that began or ended with it, or the team's place below another one,
// else the grant itself. Membership is false for that of a team's place.
func (h *historian) cause(x store.Held, came bool, snapshot int64) (c evidence.Cause, membership, ok bool) {
	edge := x.Went
	if came {
		edge = x.Came
	}
	if edge.IsZero() {
		c, ok = h.told.Of(x.Grant, came, snapshot)
		return c, true, ok
	}
	for _, m := range h.held {
		if len(m.Teams) > 0 || m.Grant.Resource != edge {
			continue
		}
		if came && m.From.ID == snapshot || !came && m.To.ID == snapshot {
			c, ok = h.told.Of(m.Grant, came, snapshot)
			return c, true, ok
		}
	}
	c, ok = h.told.OfTeam(x.Teams, snapshot)
	return c, false, ok
}

// told makes of a cause what a report shows.
func told(c evidence.Cause) *report.HistoryCause {
	out := &report.HistoryCause{Manner: c.Manner, Actor: c.Event.Actor, ActorID: c.Event.ActorID, LogAction: c.Event.Action,
		Rules: []string{}, Approved: []report.Approved{}}
	at := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		t = t.UTC()
		return &t
	}
	out.LoggedAt = at(c.Event.At)
	if d := c.Deed; d != nil {
		out.Plan, out.Run, out.Action, out.SentAt, out.Restores, out.Automatic, out.BegunBy, out.Reason = d.Plan, d.Run, d.Action, at(d.At), d.Restores, d.Auto, d.By.String(), d.Reason
		out.Rules = append(out.Rules, d.Rules...)
		for _, a := range d.Approvals {
			out.Approved = append(out.Approved, report.Approved{By: a.By.String(), At: a.At.UTC(), Reason: a.Reason})
		}
	}
	return out
}

// judged gives what the audits since then noted about access of the principal.
func (h *historian) judged(ctx context.Context, who access.Named, since time.Time, newest store.SnapshotInfo) ([]report.HistoryJudgement, error) {
	all, err := h.s.Findings(ctx, h.org, store.Filter{})
	if err != nil {
		return nil, err
	}
	of := map[string]access.Finding{}
	for _, f := range all {
		if f.Principal.Ref == who.Ref {
			of[f.Fingerprint] = f
		}
	}
	var out []report.HistoryJudgement
	err = h.s.TurnsBetween(ctx, newest.OrgID, since, newest.At.AddDate(100, 0, 0), func(t store.Turn) error {
		f, ok := of[t.Fingerprint]
		if !ok {
			return nil
		}
		j := report.HistoryJudgement{At: t.At.UTC(), Snapshot: t.Snapshot, What: t.What, Finding: t.Fingerprint, Rule: f.Rule, Resource: f.Resource, Why: t.Why}
		if !f.Ended.IsZero() {
			ended := f.Ended.UTC()
			j.Ended = &ended
		}
		out = append(out, j)
		return nil
	})
	slices.Reverse(out)
	return out, err
}

// why says in words by which way something came or went. Membership is false where a
// team on the way moved, and nobody joined or left it.
func why(x store.Held, e report.HistoryEvent, came, membership bool) string {
	edge, verb := x.Went, [2]string{"left ", "taken from "}
	if came {
		edge, verb = x.Came, [2]string{"joined ", "given to "}
	}
	if n := len(e.Teams); n > 0 {
		switch first, last := e.Teams[0].Name, e.Teams[n-1].Name; {
		case edge.IsZero() && n > 1:
			return verb[1] + last + ", above " + first
		case edge.IsZero():
			return verb[1] + last
		case !membership:
			return first + map[bool]string{true: " came below ", false: " is no longer below "}[came] + last
		case n > 1:
			return verb[0] + first + ", below " + last
		default:
			return verb[0] + first
		}
	}
	source := map[access.Source]string{access.ByOwner: map[bool]string{true: "made an owner", false: "no longer an owner"}[came], access.ByOrgRole: "by an organization role", access.Reviewer: "as a reviewer",
		access.ByTeam: "by the team's own permission", access.ByKey: "by the key itself"}
	if x.Grant.Resource.Kind == access.Team || x.Grant.Resource.Kind == access.Org && x.Grant.Source == access.Direct {
		return map[bool]string{true: "joined", false: "left"}[came]
	}
	return cmp.Or(source[x.Grant.Source], map[bool]string{true: "given directly", false: "taken away directly"}[came])
}

// changedWhy is why something became another thing, by why the one went and the other came.
func changedWhy(went, came string) string {
	if to, ok := strings.CutPrefix(came, "given "); ok {
		return "changed " + strings.Replace(to, "to ", "for ", 1) // nobody was given what is less now
	}
	switch {
	case came == "joined" && went != "left":
		return went // such as no longer an owner
	case came == "joined":
		return "changed directly"
	}
	return came
}
