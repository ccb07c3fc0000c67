package evidence

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/store"
)

// Whether the baseline allows a grant.
const (
	entitledYes     = "yes"
	entitledNo      = "no"
	entitledWaived  = "waived"    // it does not, and a waiver accepts that
	entitledUnknown = "unknown"   // the baseline of then is not known
	unmanaged       = "unmanaged" // it says nothing about grants of that sort
)

var entitledColumns = []Column{
	{"entitled", "Entitled", "Whether the baseline that was in force then allows it: yes, no (a finding says so), waived, unmanaged (it says nothing of such access), " +
		"unknown (there was none, the store did not keep what it said, or the audit could not see enough to judge it).", Text},
	{"ends", "Ends", "When what allows it ends: the assignment of the baseline, or the waiver. Empty: without an end, or not known.", Instant},
	{"finding", "Finding", "The finding that says it is not entitled; see findings.", Text},
	{"baseline", "Baseline", "The hash of the baseline in force: that by which the snapshot was judged, else the newest one before; empty where there was none, or the store does not know it.", Text},
}

// moment is a table of a population: at which instant, of each organization.
type moment struct {
	name, title, about string
	at                 func(*organization) (store.SnapshotInfo, bool)
}

func (g *gathering) populations() []Table {
	out := []Table{
		g.population(moment{"population-start", "Access at the start", "the start of the period: of its newest snapshot from before it, else of the first in it",
			func(o *organization) (store.SnapshotInfo, bool) { return o.first, true }}),
		g.population(moment{"population-end", "Access at the end", "the end of the period: of its newest snapshot from before it",
			func(o *organization) (store.SnapshotInfo, bool) { return o.last, true }}),
	}
	for _, d := range g.o.Dates {
		out = append(out, g.population(moment{dated(d), "Access " + onDay(d),
			d.UTC().Format(time.RFC3339) + ": of its newest snapshot by then",
			func(o *organization) (store.SnapshotInfo, bool) {
				if !d.Before(g.o.Period.To) {
					return store.SnapshotInfo{}, false
				}
				return o.by(d)
			}}))
	}
	return out
}

// dated names the population at an instant: by the day where it is the last second of one,
// for which a date alone stands.
func dated(at time.Time) string {
	if lastSecond(at) {
		return "population-at-" + at.UTC().Format(time.DateOnly)
	}
	return "population-at-" + strings.ToLower(at.UTC().Format("20060102t150405z"))
}

func onDay(at time.Time) string {
	if lastSecond(at) {
		return "at the end of " + at.UTC().Format(time.DateOnly)
	}
	return "on " + at.UTC().Format("2006-01-02 15:04 UTC")
}

func lastSecond(at time.Time) bool { return at.UTC().Format(time.TimeOnly) == "23:59:59" }

// by gives the newest snapshot of an organization that is not later than an instant.
func (o *organization) by(at time.Time) (store.SnapshotInfo, bool) {
	var out store.SnapshotInfo
	for _, p := range o.snapshots() {
		if !p.At.After(at) {
			out = p.SnapshotInfo
		}
	}
	return out, out.ID != 0
}

func (g *gathering) population(m moment) Table {
	return build(m.name, m.title,
		"One row for each grant that GitHub stores, as the snapshot of each organization shows it at "+m.about+". "+
			"What somebody reaches by a team, by ownership or by the base permission follows from these rows; see privileged-access.",
		"the snapshot, loaded whole; that of the newest one is held against the digests that were stored with it",
		slices.Concat([]Column{organizationColumn,
			{"snapshot", "Snapshot", "The number of the snapshot that shows it.", Whole},
			{"as_of", "As of", "When that snapshot was taken.", Instant}},
			grantColumns,
			[]Column{{"seen_since", "Seen since", "The first snapshot since which it has been seen without a break; it may be older than that.", Instant}},
			entitledColumns),
		func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				info, ok := m.at(o)
				if !ok {
					continue
				}
				if err := g.eachGrant(ctx, o, info, emit); err != nil {
					return err
				}
			}
			return nil
		})
}

func (g *gathering) eachGrant(ctx context.Context, o *organization, info store.SnapshotInfo, emit emit) error {
	n, err := g.named(ctx, o)
	if err != nil {
		return err
	}
	v, err := g.look(ctx, o, info)
	if err != nil {
		return err
	}
	var row []Value
	for _, x := range v.snap.Grants {
		row = n.grant(append(row[:0], Of(o.Login), Count(info.ID), At(info.At)), x)
		row = append(row, At(v.times[v.since(x)]))
		row = append(row, v.entitled(x).values()...)
		if err := emit(row...); err != nil {
			return err
		}
	}
	return nil
}
