package evidence

import (
	"context"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

func (g *gathering) organizations() Table {
	return build("organizations", "Organizations", "One row for each organization that the evidence is about: between which snapshots it is told, and how much there is at both ends.",
		"the store's list of snapshots; the snapshots at both ends",
		[]Column{organizationColumn,
			{"organization_id", "Organization ID", "GitHub's number of it.", Whole},
			{"first_snapshot", "First snapshot", "The newest snapshot from before the start of the period, or the first one in it.", Whole},
			{"first_at", "First at", "When it was taken.", Instant},
			{"last_snapshot", "Last snapshot", "The newest snapshot from before the end of the period.", Whole},
			{"last_at", "Last at", "When it was taken.", Instant},
			{"snapshots", "Snapshots", "How many there are of the period: from its start on, up to its end and without it.", Whole},
			{"broken_off", "Broken off", "How many passes of the period did not come to their end.", Whole},
			{"promised", "Promised", "Every how many seconds a pass was promised; empty: the evidence was made without a promise.", Whole},
			{"pause", "Longest pause", "How many seconds two passes may lie apart without the time in between being a gap.", Whole},
			{"grants_start", "Grants at the start", "How many grants the first snapshot shows.", Whole},
			{"grants_end", "Grants at the end", "How many grants the last snapshot shows.", Whole},
			{"base_permission", "Base permission", "What every member has on every repository, at the end; empty where it was not seen.", Text},
			{"two_factor_required", "Two-factor required", "Whether the organization demands a second factor, at the end; empty where it was not seen.", Yes},
			{"days_base_permission_broad", "Days with a broad base permission", "On how many days of the period, in UTC, the base permission let every member write to every repository at some time, by the snapshots; " +
				"empty where it was never seen.", Whole},
			{"days_two_factor_not_required", "Days without two-factor required", "On how many days of the period, in UTC, no second factor was demanded at some time, by the snapshots; empty where that was never seen.", Whole},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				first, err := g.look(ctx, o, o.first)
				if err != nil {
					return err
				}
				last, err := g.look(ctx, o, o.last)
				if err != nil {
					return err
				}
				if _, err := g.named(ctx, o); err != nil { // with the changes of settings
					return err
				}
				whole, broken := o.begun(g.o.Period.From)
				baseStart, factorStart := settingsOf(first.snap.Settings)
				base, factor := settingsOf(last.snap.Settings)
				demanded := Value{}
				if factor != "" {
					demanded = Is(factor == "yes")
				}
				var promised Value
				if g.o.Every > 0 {
					promised = seconds(g.o.Every)
				}
				err = emit(Of(o.Login), Count(o.ID), Count(o.First), At(o.Start), Count(o.Last), At(o.End), Count(whole), Count(broken),
					promised, seconds(o.pause), Count(len(first.snap.Grants)), Count(len(last.snap.Grants)), Of(base), demanded,
					g.exposed(o, baseAspect, baseStart, base, broad...), g.exposed(o, factorAspect, factorStart, factor, "no"))
				if err != nil {
					return err
				}
			}
			return nil
		})
}

func (g *gathering) passes() Table {
	return build("passes", "Ajar's passes", "One row for each time in the period that ajar read an organization: whether it came to its end, whether it was judged, and what it cost.",
		"the store's list of passes",
		[]Column{organizationColumn,
			{"pass", "Pass", "Its number; that of the snapshot where it came to its end.", Whole},
			{"at", "At", "The instant that it speaks of, by GitHub's clock.", Instant},
			{"finished", "Finished", "Whether it came to its end. One that did not is no snapshot: nothing is known as of it.", Yes},
			{"finished_at", "Finished at", "When it came to its end.", Instant},
			{"judged_at", "Judged at", "When the rules were held against it; empty: they were not.", Instant},
			{"doubted_at", "Doubted at", "When it was settled whether too much was gone or newly drift; empty: it was not.", Instant},
			{"apart", "Apart", "Seconds since the snapshot before, which may be from before the period; empty where there is none.", Whole},
			{"late", "Late", "Whether that is longer than what counts as seen.", Yes},
			{"areas_not_complete", "Areas not complete", "How many kinds of data it did not see to the end, without those that the plan or the server does not have.", Whole},
			{"grants_came", "Grants came", "How many grants it saw that were not there.", Whole},
			{"grants_went", "Grants went", "How many grants it saw gone.", Whole},
			{"requests", "Requests", "Requests that were sent to GitHub.", Whole},
			{"retries", "Retries", "Of these, sent again after a failure.", Whole},
			{"took_ms", "Took", "How long it took, in milliseconds.", Whole},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				if err := o.eachPass(g.o.Period.From, emit); err != nil {
					return err
				}
			}
			return nil
		})
}

// begun counts the passes of the period: those that came to their end, and those that did
// not. What was taken before it shows how it began, and is none of them.
func (o *organization) begun(from time.Time) (whole, broken int) {
	for _, p := range o.passes {
		switch {
		case p.At.Before(from):
		case p.FinishedAt.IsZero():
			broken++
		default:
			whole++
		}
	}
	return whole, broken
}

func (o *organization) eachPass(from time.Time, emit emit) error {
	var last time.Time
	for _, p := range o.passes {
		whole := !p.FinishedAt.IsZero()
		var apart, late, missing Value
		if whole {
			if !last.IsZero() {
				apart, late = between(last, p.At), Is(p.At.Sub(last) > o.pause)
			}
			last, missing = p.At, Count(o.ledger.missing(p.ID))
		}
		if p.At.Before(from) {
			continue // it shows how the period began
		}
		err := emit(Of(o.Login), Count(p.ID), At(p.At), Is(whole), At(p.FinishedAt), At(p.JudgedAt), At(p.DoubtedAt), apart, late, missing,
			Count(p.Stats.GrantsAdded), Count(p.Stats.GrantsClosed), Count(p.Stats.Requests), Count(p.Stats.Retries), Count(p.Stats.Took.Milliseconds()))
		if err != nil {
			return err
		}
	}
	return nil
}

// missing counts the areas that a snapshot did not see to the end.
func (l *ledger) missing(snapshot int64) int {
	n := 0
	for _, a := range access.Areas {
		c, ok := l.span(place{a, 0}, snapshot)
		if !ok || gap(c.Status) || slices.ContainsFunc(l.torn[a], func(at place) bool {
			c, ok := l.span(at, snapshot)
			return ok && gap(c.Status)
		}) {
			n++
		}
	}
	return n
}

func (g *gathering) coverage() Table {
	return build("coverage", "Coverage",
		"One row for each stretch of snapshots in which a kind of data, or one part of it, was seen equally far. What is not complete or unavailable is a gap.",
		"the ledger that each pass writes of what it read, with what GitHub states of how much there is",
		[]Column{organizationColumn,
			{"area", "Area", "The kind of data.", Text},
			{"scope", "Scope", "The team, role or repository that the line is about; empty for all of it.", Text},
			{"status", "Status", "complete, partial, denied or unavailable (the plan or the server has no such thing); unread where nobody tried.", Text},
			{"from_snapshot", "From snapshot", "The first snapshot of the stretch.", Whole},
			{"since", "Since", "When that was taken.", Instant},
			{"to_snapshot", "To snapshot", "The last snapshot of the stretch.", Whole},
			{"until", "Until", "When that was taken.", Instant},
			{"snapshots", "Snapshots", "How many there are in it.", Whole},
			{"seen", "Seen", "How many rows were read, in the last of them; of what each repository or role is asked for by itself, how many of these were. Members and repositories of teams and direct collaborators count by row.", Whole},
			{"total", "Total", "How many of them GitHub states there are, then; empty where it states nothing.", Whole},
			{"disagreed", "Disagreed", "In how many snapshots of it the two were not the same.", Whole},
			{"reason", "Reason", "Why it is not complete.", Text},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				n, err := g.named(ctx, o)
				if err != nil {
					return err
				}
				for _, a := range access.Areas {
					if err := o.stretches(n, a, emit); err != nil {
						return err
					}
				}
			}
			return nil
		})
}

// stretch is one row of coverage that is being put together.
type stretch struct {
	store.CoverSpan
	first, last, snapshots, disagreed int
}

// stretches joins lines that follow each other and say the same of how far was seen.
func (o *organization) stretches(n *names, a access.Area, emit emit) error {
	all := o.snapshots()
	lines := o.ledger.area(a)
	for _, hole := range o.ledger.holes(a, all) {
		lines = append(lines, store.CoverSpan{Cover: access.Cover{Area: a, Total: -1, Reason: "it was not read"}, From: hole[0], To: hole[1]})
	}
	var open *stretch
	flush := func() error {
		if open == nil {
			return nil
		}
		x := *open
		open = nil
		var scope, total Value
		if x.Scope != 0 {
			scope = Of(n.of(scopeRef(a, x.Scope)))
		}
		if x.Total >= 0 {
			total = Count(x.Total)
		}
		status := string(x.Status)
		if x.Status == access.Unread {
			status = "unread"
		}
		return emit(Of(o.Login), Of(string(a)), scope, Of(status), Count(all[x.first].ID), At(all[x.first].At), Count(all[x.last].ID), At(all[x.last].At),
			Count(x.snapshots), Count(x.Seen), total, Count(x.disagreed), Of(x.Reason))
	}
	for _, c := range lines {
		first, end := bounds(all, c.From, c.To)
		if first >= end {
			continue
		}
		differ := 0
		if _, ok := stated[a]; ok && c.Total >= 0 && c.Total != c.Seen {
			differ = end - first
		}
		if open != nil && open.Scope == c.Scope && open.Status == c.Status && open.Reason == c.Reason && open.last+1 == first {
			open.CoverSpan, open.last, open.snapshots, open.disagreed = c, end-1, open.snapshots+end-first, open.disagreed+differ
			continue
		}
		if err := flush(); err != nil {
			return err
		}
		open = &stretch{c, first, end - 1, end - first, differ}
	}
	return flush()
}

// bounds gives the places of the snapshots from one number on, up to and without
// another, 0 for the end.
func bounds(all []store.PassInfo, from, to int64) (first, end int) {
	by := func(p store.PassInfo, id int64) int { return int(min(max(p.ID-id, -1), 1)) }
	first, _ = slices.BinarySearchFunc(all, from, by)
	if to == 0 {
		return first, len(all)
	}
	end, _ = slices.BinarySearchFunc(all, to, by)
	return first, end
}
