package evidence

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate/run"
)

// Account tells of one organization why access came and went in a period, by what the
// tables of an evidence of that period rest on.
type Account struct {
	g     *gathering
	o     *organization
	n     *names
	w     *witnesses
	all   []store.PassInfo
	index map[int64]int
}

// Cause is why a change of access came about, as far as that is known.
type Cause struct {
	// Manner is planned or restored: ajar did it, by its journal; out-of-band: nothing in
	// the journal explains it; unknown: entries of that time cannot be read.
	Manner string
	Event  access.Event // what GitHub's audit log tells of it; zero: nothing
	Deed   *Deed        // what ajar did; nil: it did not do it
	After  time.Time    // until when it is known not to have happened; zero: that is not known
	Doubt  string       // why it may be older than the snapshot before; "": that one saw it all
}

// Deed is a change that ajar made, with whose word it went on.
type Deed struct {
	Plan, Run, Action string
	At                time.Time // it was sent
	Rules             []string  // whose findings it answers
	Restores          string    // the run that it puts back; "" for a plan
	By                run.Person
	Auto              bool // the daemon began it by itself
	Approvals         []run.Approval
	Reason            string // that who began it gave; "": none
}

// AccountOf opens the account of an organization for a period. Who is whose access it is
// about: what the audit log tells of other people is left aside. Snap gives things the
// names that they have; the store those of what it does not know.
func AccountOf(ctx context.Context, s *store.Store, org string, p Period, every time.Duration, who access.Ref, snap *access.Snapshot) (*Account, error) {
	a := &Account{g: &gathering{s: s, o: Options{Orgs: []string{org}, Period: p, Every: every}}}
	newest, err := s.Latest(ctx, org)
	if err != nil {
		return nil, fmt.Errorf("looking why access changed: %w", err)
	}
	if a.o, err = a.g.organization(ctx, newest.OrgID); err != nil {
		return nil, fmt.Errorf("looking why access changed: %w", err)
	}
	a.g.orgs = []*organization{a.o}
	a.n = a.g.plainNames(ctx, a.o, snap)
	a.all = a.o.snapshots()
	a.index = indexOf(a.all)
	a.w, err = a.g.heard(ctx, a.o, a.o.first.At, overBy(a.o.last), func(e access.Event) bool {
		return who.Kind != access.User || e.UserID == 0 || e.UserID == who.ID
	})
	if err != nil {
		return nil, fmt.Errorf("looking why access changed: %w", err)
	}
	return a, nil
}

// plainNames are the names that a snapshot has, and for the rest what the store says.
func (g *gathering) plainNames(ctx context.Context, o *organization, snap *access.Snapshot) *names {
	n := g.noNames(ctx, o)
	n.all = snap
	n.environments()
	return n
}

// Gaps lists what was not seen in the period: stretches without a snapshot, data that was
// not read to its end, a backup that was put in the place of the store.
func (a *Account) Gaps(ctx context.Context) ([]Gap, error) {
	if a.o.last.ID == 0 {
		return a.g.gaps(ctx, a.o)
	}
	out := append(a.g.unseen(a.o), partly(a.o, a.n)...)
	back, err := a.g.putBack(ctx, a.o)
	if err != nil {
		return nil, fmt.Errorf("looking what was not seen: %w", err)
	}
	out = append(out, back...)
	inOrder(out)
	return out, nil
}

// Pause is how far apart two passes may lie without the time in between being a gap.
func (a *Account) Pause() time.Duration { return a.o.pause }

// Snapshots is how many there are in the period, the newest from before it among them.
func (a *Account) Snapshots() int { return len(a.all) }

// Of says why a grant came or went that a snapshot is the first to show so. False: that
// snapshot is the first of the period, or not of it.
func (a *Account) Of(g access.Grant, came bool, snapshot int64) (Cause, bool) {
	i, ok := a.index[snapshot]
	if !ok || i == 0 {
		return Cause{}, false
	}
	saw := a.o.before(a.n.areaOf(g), a.all, i)
	return a.cause(a.w.ofGrant(a.n, g, came, windowOf(saw, a.all[i])), saw), true
}

// OfTeam says why one of some teams came below another one, or left it.
func (a *Account) OfTeam(teams []access.Ref, snapshot int64) (Cause, bool) {
	i, ok := a.index[snapshot]
	if !ok || i == 0 {
		return Cause{}, false
	}
	saw := a.o.before(place{access.AreaTeams, 0}, a.all, i)
	x := windowOf(saw, a.all[i])
	by := author{manner: outOfBand}
	for _, t := range teams {
		var keys []string
		for _, name := range a.n.called(t, x) {
			keys = append(keys, nameKey("team", bare(name.Name)))
		}
		if by.event, ok = a.w.find(x, func(e access.Event) bool { return e.Action == "team.change_parent_team" }, keys...); ok {
			break
		}
	}
	return a.cause(by, saw), true
}

func (a *Account) cause(by author, saw sight) Cause {
	c := Cause{Manner: by.manner, Event: by.event, After: saw.at, Doubt: saw.doubt}
	if d := by.deed; d != nil {
		b := d.of.Begun
		c.Deed = &Deed{Plan: d.plan, Run: d.run, Action: d.action, At: d.from, Rules: slices.Clone(d.rules), Restores: b.Restores,
			By: b.By, Auto: b.Auto, Approvals: slices.Clone(b.Approvals), Reason: b.Reason}
	}
	return c
}
