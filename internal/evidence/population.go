package evidence

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
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
	{"entitled", "Entitled", "Whether the baseline by which that snapshot was judged allows it: yes, no (an open finding says so), waived, unmanaged (it says nothing of such access), " +
		"unknown (the store keeps hashes and findings; without that very baseline a grant that no finding is about is unknown).", Text},
	{"ends", "Ends", "When what allows it ends: the assignment of the baseline, or the waiver. Empty: without an end, or not known.", Instant},
	{"finding", "Finding", "The finding that says it is not entitled; see findings.", Text},
	{"baseline", "Baseline", "The hash of the baseline by which that snapshot was judged; empty where the store does not know it.", Text},
}

// moment is a table of a population: at which instant, of each organization.
type moment struct {
	name, title, about string
	at                 func(*organization) (store.SnapshotInfo, bool)
}

func (g *gathering) populations() []Table {
	out := []Table{
		g.population(moment{"population-start", "Access at the start", "the start of the period: of its newest snapshot by then, else of the first in it",
			func(o *organization) (store.SnapshotInfo, bool) { return o.first, true }}),
		g.population(moment{"population-end", "Access at the end", "the end of the period: of its newest snapshot by then",
			func(o *organization) (store.SnapshotInfo, bool) { return o.last, true }}),
	}
	for _, d := range g.o.Dates {
		out = append(out, g.population(moment{"population-at-" + strings.ToLower(d.UTC().Format("20060102t150405z")), "Access on " + d.UTC().Format("2006-01-02 15:04 UTC"),
			d.UTC().Format(time.RFC3339) + ": of its newest snapshot by then",
			func(o *organization) (store.SnapshotInfo, bool) {
				if d.After(g.o.Period.To) {
					return store.SnapshotInfo{}, false
				}
				return o.by(d)
			}}))
	}
	return out
}

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

// title says whether something is entitled, and until when.
type title struct {
	is      string
	ends    time.Time
	finding string
	by      string
}

func (t title) values() []Value { return []Value{Of(t.is), At(t.ends), Of(t.finding), Of(t.by)} }

// entitled says whether the baseline of then allows a grant. What no finding is about
// is allowed by something else, or nothing says so: it is not concluded from silence.
func (v *view) entitled(x access.Grant) title {
	t := title{is: entitledUnknown, by: v.judged}
	if f, ok := v.drift[x]; ok {
		t.is, t.finding, t.ends = entitledNo, f.Fingerprint, f.Ended
		if f.State == access.Waived {
			t.is, t.ends = entitledWaived, f.WaiverEnd
		}
		return t
	}
	if v.bound == nil {
		return t
	}
	allowed, until, class := v.allowed(x)
	switch {
	case class == "" || !v.bound.Managed(class):
		t.is = unmanaged
	case allowed:
		t.is, t.ends = entitledYes, until
	}
	return t
}

// allowed asks the baseline for one grant by itself.
func (v *view) allowed(x access.Grant) (ok bool, until time.Time, class baseline.Class) {
	at, b := v.info.At, v.bound
	var e baseline.Entitlement
	switch {
	case x.Resource.Kind == access.Repo && x.Principal.Kind != access.Invitation:
		class = baseline.RepositoryAccess
		if x.Principal.Kind == access.Key {
			class = baseline.Keys
		}
		e = b.OnRepo(x.Principal, x.Resource.ID, at)
		ok = x.Privilege <= e.Privilege && (x.Role == 0 || slices.Contains(e.CustomRoles, x.Role))
	case x.Resource.Kind == access.Env:
		class = baseline.Environments
		e = b.OnEnv(x.Principal, x.Resource.ID, x.Privilege, at)
		ok = e.Privilege == x.Privilege
	case x.Resource.Kind == access.Org && x.Source == access.ByOrgRole:
		class = baseline.OrganizationRoles
		e = b.OnOrgRole(x.Principal, x.Role, at)
		ok = e.Privilege == access.Member
	case x.Resource.Kind == access.Org && x.Privilege == access.Owner && x.Principal.Kind == access.User:
		class, ok = baseline.Owners, b.Owner(x.Principal.ID)
	case x.Resource.Kind == access.Org && x.Principal.Kind == access.User:
		class, ok = baseline.Members, b.Member(x.Principal.ID)
	case x.Resource.Kind == access.Team && x.Privilege == access.Maintain:
		class = baseline.TeamMaintainers
		a := b.Answer(x.Principal, x.Resource, at)
		ok, until = slices.Contains(a.Standing, access.Maintain), a.Until
		return ok, until, class
	}
	return ok, e.Until, class
}

// judgedBy gives the hash of the baseline by which a snapshot was judged, where the
// store says so of that very snapshot.
func (g *gathering) judgedBy(ctx context.Context, o *organization, info store.SnapshotInfo) (string, error) {
	marks, err := g.s.BaselineMarks(ctx, o.ID)
	switch {
	case err != nil:
		return "", err
	case marks.JudgedAt == info.ID && marks.Judged != "":
		return marks.Judged, nil
	case marks.DoubtedAt == info.ID && marks.Doubted != "":
		return marks.Doubted, nil
	}
	var hash string
	err = g.s.PlanMarks(ctx, o.ID, info.At, endless, func(p store.PlanMark) error {
		if p.Snapshot == info.ID && p.Baseline != "" {
			hash = p.Baseline
		}
		return nil
	})
	return hash, err
}

// endless is later than anything.
var endless = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
