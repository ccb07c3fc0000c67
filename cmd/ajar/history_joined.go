package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/report"
)

// joined makes one event of what went and came at once on the same thing by the
// same way, and puts the newest first. Where the two are one and the same role, nothing
// changed in what the principal can do, and there is no event.
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
			e.Why = changedWhy(all[j].Why, e.Why)
			drop[j] = true
			drop[i] = e.Before == e.After
		}
	}
	out := make([]report.HistoryEvent, 0, len(all))
	for i, e := range all {
		if !drop[i] {
			out = append(out, e)
		}
	}
	owning(out)
	slices.SortStableFunc(out, func(x, y report.HistoryEvent) int {
		first := func(e report.HistoryEvent) int { // what hangs on a membership comes after it
			if e.Resource.Kind == access.Org {
				return 0
			}
			return 1
		}
		return cmp.Or(happened(y).Compare(happened(x)), cmp.Compare(y.Mark.ID, x.Mark.ID), cmp.Compare(first(x), first(y)), cmp.Compare(x.What, y.What),
			cmp.Compare(x.Resource.Kind, y.Resource.Kind), cmp.Compare(x.Resource.Name, y.Resource.Name))
	})
	return out
}

// happened is when an event was: by the audit log, else when ajar sent it, else when it
// was seen first.
func happened(e report.HistoryEvent) time.Time {
	switch c := e.Cause; {
	case c != nil && c.LoggedAt != nil:
		return *c.LoggedAt
	case c != nil && c.SentAt != nil:
		return *c.SentAt
	}
	return e.Mark.At
}

// owning explains what follows from becoming an owner: GitHub calls an owner a maintainer
// of every team that they are in, and nobody else did that.
func owning(all []report.HistoryEvent) {
	of := map[int64]*report.HistoryEvent{}
	for i := range all {
		if e := &all[i]; e.Resource.Kind == access.Org && e.After == access.Owner.String() {
			of[e.Mark.ID] = e
		}
	}
	for i := range all {
		e := &all[i]
		by := of[e.Mark.ID]
		if by == nil || e.What != "changed" || e.Resource.Kind != access.Team || e.After != access.Maintain.String() || e.Cause != nil && e.Cause.Actor != "" {
			continue
		}
		e.Why, e.Cause = "as an owner, who maintains each of their teams", by.Cause
	}
}
