package audit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/store"
)

// A look at an organization that lost more than a fifth of something, and more
// than five, is doubted before it is believed: an outage, a token that changed or
// a fault of ajar's own looks the same as a mass removal (invariant S4). The same
// holds for findings: what calls a fifth of all members drift at once is more
// often a slip in the baseline than the truth.
const (
	doubtOver  = 5
	doubtShare = 5 // one in so many
)

// doubtful reports whether a change is large enough to be doubted.
func doubtful(lost, population int) bool { return lost > doubtOver && lost*doubtShare > population }

// lookBack is how many earlier snapshots are searched for one that saw a kind of
// data to its end.
const lookBack = 100

// doubt compares a judged result with what was known before, puts the
// organization on hold where too much is gone or newly drift, and lets a second
// collection agree with, or take back, what is on hold already.
func (p Pass) doubt(ctx context.Context, r *Result, before lives) error {
	held, err := p.Store.Holds(ctx, r.Info.OrgID)
	if err != nil {
		return err
	}
	lost, err := p.losses(ctx, r)
	if err != nil {
		return err
	}
	drift, err := p.newDrift(ctx, r, before)
	if err != nil {
		return err
	}
	fresh := append(lost, drift...)
	if err := p.second(ctx, r, held); err != nil {
		return err
	}
	if held, err = p.Store.Holds(ctx, r.Info.OrgID); err != nil {
		return err
	}
	for _, h := range fresh {
		h.OrgID, h.Since, h.Snapshot = r.Info.OrgID, r.Info.At, r.Info.ID
		at := slices.IndexFunc(held, func(old store.Hold) bool { return old.Kind == h.Kind && old.What == h.What })
		if at < 0 {
			err = p.Store.Hold(ctx, h)
		} else {
			err = p.grow(ctx, r, held[at], h)
		}
		if err != nil {
			return err
		}
	}
	if err := p.holdForeign(ctx, r); err != nil {
		return err
	}
	r.Holds, err = p.Store.Holds(ctx, r.Info.OrgID)
	return err
}

// grow lets a hold that is in force stand for what came on top. It is compared
// with what it was compared with at first: were the second wave alone taken back,
// the first would still be there.
func (p Pass) grow(ctx context.Context, r *Result, old, more store.Hold) error {
	if old.Snapshot >= r.Info.ID {
		return nil // judged again
	}
	more.Reason += ", on top of what was on hold before"
	if old.Kind != store.HeldForLoss {
		return p.Store.Grow(ctx, old.ID, more)
	}
	base, err := p.Store.Snapshot(ctx, r.Info.Org, old.Base)
	if errors.Is(err, store.ErrNoSnapshot) {
		return p.Store.Grow(ctx, old.ID, more)
	}
	if err != nil {
		return err
	}
	was, err := p.Store.Load(ctx, base)
	if err != nil {
		return fmt.Errorf("loading snapshot %d of %s: %w", base.ID, base.Org, err)
	}
	k := kinds[slices.IndexFunc(kinds, func(k kind) bool { return k.name == more.What })]
	var own int
	if more.Lost, own, more.Population, err = p.unexplained(ctx, k, base, was, r); err != nil {
		return err
	}
	more.Reason = gone(k, more.Lost, own, more.Population, base) + ", in more than one step"
	return p.Store.Grow(ctx, old.ID, more)
}

// gone says what is lost, and how much on top of it ajar took itself.
func gone(k kind, n, own, all int, since store.SnapshotInfo) string {
	s := fmt.Sprintf("%d of %d %s are gone since the snapshot of %s", n, all, k.name, since.At.UTC().Format("2006-01-02 15:04 MST"))
	if own > 0 {
		s += fmt.Sprintf(", not counting %d that ajar took", own)
	}
	return s
}

// losses finds the kinds of which too much is gone. Nothing can be gone unless
// something was closed since: by this pass, or by one before it that saw it in
// part, or that broke off.
func (p Pass) losses(ctx context.Context, r *Result) ([]store.Hold, error) {
	bases, err := p.bases(ctx, r.Info, r.Snapshot.Coverage)
	if err != nil {
		return nil, err
	}
	var out []store.Hold
	for _, b := range bases {
		closed, err := p.Store.ClosedSince(ctx, b.info, r.Info)
		if err != nil {
			return nil, err
		}
		if closed <= doubtOver {
			continue
		}
		old, err := p.Store.Load(ctx, b.info)
		if err != nil {
			return nil, fmt.Errorf("loading snapshot %d of %s: %w", b.info.ID, b.info.Org, err)
		}
		for _, k := range b.kinds {
			n, own, all, err := p.unexplained(ctx, k, b.info, old, r)
			if err != nil {
				return nil, err
			}
			if doubtful(n, all) {
				out = append(out, store.Hold{
					Kind: store.HeldForLoss, What: k.name, Base: b.info.ID, Lost: n, Population: all,
					Reason: gone(k, n, own, all, b.info),
				})
			}
		}
	}
	return out, nil
}

// base is an earlier snapshot, and the kinds that are compared with it.
type base struct {
	info  store.SnapshotInfo
	kinds []kind
}

// bases finds for each kind that was seen to its end now the newest earlier
// snapshot that was doubted and did so too: what a partial look in between did not see
// proves nothing, and what is gone from one that nobody judged is news yet. Where there is none, or where something of the kind was not seen now, it
// is the newest one at all: a gap that never closes must not blind the eye for the
// rest, and what is gone from a part that was seen is gone.
func (p Pass) bases(ctx context.Context, now store.SnapshotInfo, seen access.Coverage) ([]base, error) {
	all, err := p.Store.Bases(ctx, now)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	all = all[:min(len(all), lookBack)]
	if closed, err := p.Store.ClosedSince(ctx, all[len(all)-1], now); err != nil || closed <= doubtOver {
		return nil, err
	}
	whole, rest := apart(kinds, seen)
	var out []base
	for _, info := range all {
		if len(whole) == 0 {
			break
		}
		then, err := p.Store.Coverage(ctx, info)
		if err != nil {
			return nil, err
		}
		b := base{info: info}
		if b.kinds, whole = apart(whole, then); len(b.kinds) > 0 {
			out = append(out, b)
		}
	}
	if rest = append(rest, whole...); len(rest) > 0 {
		out = append(out, base{all[0], rest})
	}
	return out, nil
}

// second lets a later collection speak about what is on hold: it shows the same,
// or it does not, and then there was nothing to hold for.
func (p Pass) second(ctx context.Context, r *Result, held []store.Hold) error {
	for _, h := range held {
		if !h.Doubt() || h.Agreed != 0 || h.Snapshot >= r.Info.ID {
			continue
		}
		still, known, err := p.still(ctx, r, h)
		if err != nil {
			return err
		}
		switch {
		case !known:
		case still:
			err = p.Store.Agree(ctx, h.ID, r.Info.ID)
		default:
			err = p.Store.Lift(ctx, h.ID, r.Info.At, "ajar", fmt.Sprintf("snapshot %d does not show it any more", r.Info.ID))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// still reports whether what is held shows in this result too; known is false
// where it did not see enough to tell.
func (p Pass) still(ctx context.Context, r *Result, h store.Hold) (still, known bool, err error) {
	if h.Kind == store.HeldForDrift {
		still, known = r.stillDrift(h.What)
		return still, known, nil
	}
	i := slices.IndexFunc(kinds, func(k kind) bool { return k.name == h.What })
	if i < 0 {
		return false, false, nil
	}
	all, err := p.Store.Snapshots(ctx, r.Info.Org)
	if err != nil {
		return false, false, err
	}
	if known, err = p.sawAsMuch(ctx, r, kinds[i].area, all, h.Snapshot); err != nil || !known {
		return false, false, err
	}
	at := slices.IndexFunc(all, func(s store.SnapshotInfo) bool { return s.ID == h.Base })
	if at < 0 {
		return true, true, nil // what it was compared with is gone; a person decides
	}
	old, err := p.Store.Load(ctx, all[at])
	if err != nil {
		return false, false, fmt.Errorf("loading snapshot %d of %s: %w", h.Base, r.Info.Org, err)
	}
	n, _, population, err := p.unexplained(ctx, kinds[i], all[at], old, r)
	return doubtful(n, population), err == nil, err
}

// sawAsMuch reports whether an area was seen to its end, or about as far as in the
// snapshot that gave the reason for a hold: a tenth of it may be gone for good.
func (p Pass) sawAsMuch(ctx context.Context, r *Result, a access.Area, all []store.SnapshotInfo, snapshot int64) (bool, error) {
	now := r.Snapshot.Coverage
	if now.Complete(a) {
		return true, nil
	}
	at := slices.IndexFunc(all, func(s store.SnapshotInfo) bool { return s.ID == snapshot })
	if at < 0 {
		return false, nil
	}
	then, err := p.Store.Coverage(ctx, all[at])
	if err != nil {
		return false, err
	}
	x, y := now.Of(a), then.Of(a)
	return worth(x.Status) >= worth(y.Status) && asked(now, a)*10 >= asked(then, a)*9 && len(now.Exceptions(a)) <= len(then.Exceptions(a)), nil
}

// asked is of how many things an area was read: where each team or repository is asked for
// a list of rows, how many of them were, and not how many rows they gave. Those are what may
// be lost.
func asked(c access.Coverage, a access.Area) int {
	switch a {
	case access.AreaTeamMembers, access.AreaTeamGrants:
		a = access.AreaTeams
	case access.AreaDirectGrants:
		a = access.AreaRepositories
	}
	return c.Of(a).Seen
}

// stillDrift reports whether as much of a kind is drift by what this very snapshot
// saw to its end; known is false where it is so only with what an earlier one saw.
func (r *Result) stillDrift(what string) (still, known bool) {
	all := r.populations()[what]
	found := countDrift(r, func(f access.Finding) bool {
		return !f.LastSeen.Before(r.At) && !slices.ContainsFunc(f.Needs, func(n access.Need) bool {
			return !r.Snapshot.Coverage.CompleteFor(n.Area, n.Scope)
		})
	})[what]
	kept := countDrift(r, func(access.Finding) bool { return true })[what]
	if doubtful(found, all) {
		return true, r.held
	}
	return false, r.held && !doubtful(kept, all)
}

// lives is what was drift before a judgement, by fingerprint; nil where nothing
// was judged before, or not by a baseline.
type lives map[string]bool

// before gives the lives of an organization that was judged with a baseline, and
// doubted.
func (p Pass) before(ctx context.Context, org int64) (lives, error) {
	if p.Baseline == nil {
		return nil, nil
	}
	return p.Store.Known(ctx, org)
}

// drift finds the kinds of which too much is newly called drift, but for what some
// deeds explain.
func (l lives) drift(r *Result, by []deed) []store.Hold {
	if l == nil {
		return nil
	}
	all := r.populations()
	var out []store.Hold
	fresh := func(f access.Finding) bool {
		return !l[f.Fingerprint] && !slices.ContainsFunc(by, func(d deed) bool { return d.gave(f) })
	}
	for what, n := range countDrift(r, fresh) {
		if doubtful(n, all[what]) {
			out = append(out, store.Hold{
				Kind: store.HeldForDrift, What: what, Lost: n, Population: all[what],
				Reason: fmt.Sprintf("%d of %d %s are newly called drift", n, all[what], what),
			})
		}
	}
	slices.SortFunc(out, func(x, y store.Hold) int { return y.Lost - x.Lost })
	return out
}

// byBaseline are the rules that call something drift.
var byBaseline = func() map[string]bool {
	out := map[string]bool{}
	for _, r := range analyzer.Rules() {
		out[r.ID] = r.Baseline
	}
	return out
}()

// countDrift counts the principals, by kind, that findings of a baseline's rules
// are open about.
func countDrift(r *Result, wanted func(access.Finding) bool) map[string]int {
	seen, out := map[access.Ref]bool{}, map[string]int{}
	for _, f := range r.Findings {
		about := f.Principal.Ref
		if about.IsZero() {
			about = f.Resource.Ref
		}
		if f.State != access.Open || !byBaseline[f.Rule] || seen[about] || !wanted(f) {
			continue
		}
		if word := r.kindOf(about); word != "" {
			seen[about] = true
			out[word]++
		}
	}
	return out
}

// kindOf is the word for what can be drift.
func (r *Result) kindOf(about access.Ref) string {
	switch about.Kind {
	case access.User:
		switch {
		case r.roster.owners[about.ID]:
			return "owners"
		case r.roster.members[about.ID]:
			return "members"
		}
		return "outside collaborators"
	case access.Team:
		return "teams"
	case access.Key:
		return "deploy keys"
	case access.Invitation:
		return "invitations"
	case access.Env:
		return "environments"
	}
	return ""
}

// populations counts all there is of each of them.
func (r *Result) populations() map[string]int {
	out := map[string]int{
		"outside collaborators": len(r.Snapshot.Outside), "teams": len(r.Snapshot.Teams), "deploy keys": len(r.Snapshot.DeployKeys),
		"invitations": len(r.Snapshot.Invitations), "environments": len(r.Snapshot.Environments),
		"owners": len(r.roster.owners), "members": len(r.roster.members) - len(r.roster.owners),
	}
	return out
}
