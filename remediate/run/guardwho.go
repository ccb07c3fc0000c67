package run

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// The guards that ask who it is that loses something, live and by number: a login
// is a label, and who is in a team changes.

// shieldLasts is how long it is believed whom the names of the configuration stand
// for. Asking before each change would take more requests than the changes do.
const shieldLasts = time.Minute

// shield is whom the configuration keeps from losing anything.
type shield struct {
	at                 time.Time
	protected, editors map[access.Ref]string // by number: the name in the configuration
	missing            string                // a name that stands for nobody now
}

// shielded holds that nobody loses anything whom [remediate] protected or [baseline]
// editors names, of a team its people too.
func (r *running) shielded(p *Past) (*Refused, error) {
	if !takes(p.Change) {
		return nil, nil
	}
	if err := r.resolveShield(); err != nil {
		return nil, err
	}
	if r.safe.missing != "" {
		return breach(remediate.ProtectedGuard, "GitHub shows no %s; if it has another name now, nothing protects it", r.safe.missing), nil
	}
	if len(r.safe.protected)+len(r.safe.editors) == 0 {
		return nil, nil
	}
	for _, who := range append(p.reached(), r.came...) {
		if name, ok := r.safe.protected[who]; ok {
			return breach(remediate.ProtectedGuard, "it would take something from whom %s protects", name), nil
		}
		if name, ok := r.safe.editors[who]; ok {
			return breach(remediate.EditorsGuard, "it would take something from whom %s among [baseline] editors stands for", name), nil
		}
	}
	return nil, nil
}

// resolveShield asks whom the names stand for, unless that was asked a moment ago.
func (r *running) resolveShield() error {
	if now := r.o.Now(); !r.safe.at.IsZero() && now.Sub(r.safe.at) < shieldLasts {
		return nil
	}
	s := shield{protected: map[access.Ref]string{}, editors: map[access.Ref]string{}}
	for _, list := range []struct {
		names []string
		into  map[access.Ref]string
	}{{r.o.Guards.Protected, s.protected}, {r.o.Guards.Editors, s.editors}} {
		for _, name := range list.names {
			who, err := tried(r.ctx, r, func() ([]access.Ref, error) { return r.o.Hands.Named(r.ctx, name) })
			if err != nil {
				return err
			}
			if len(who) == 0 && s.missing == "" {
				s.missing = name
			}
			for _, w := range who {
				list.into[w] = name
			}
		}
	}
	s.at = r.o.Now()
	r.safe = s
	return nil
}

// reached is everybody whom an action that takes something is about, or takes it from.
func (p *Past) reached() []access.Ref {
	c := p.Change
	out := []access.Ref{p.Principal.Ref}
	if c.User != nil {
		out = append(out, access.Ref{Kind: access.User, ID: c.User.ID})
	}
	if c.Team != nil {
		out = append(out, access.Ref{Kind: access.Team, ID: c.Team.ID})
	}
	if i := c.Before.Invite; i != nil && i.Invitee != 0 {
		out = append(out, access.Ref{Kind: access.User, ID: i.Invitee})
	}
	lost := Losses{}
	lost.add(p.Lost)
	return append(out, slices.SortedFunc(maps.Keys(lost.all()), access.Ref.Compare)...)
}

// arrived are the people whom GitHub has in what an action takes something from, and
// whom neither the plan names nor the newest snapshot has there. What they have
// otherwise nobody weighed: they count as losing something, unless they are owners.
// A run that puts a plan back gives, even where it is not known of a custom role which
// way that goes. One that puts back a restore takes, and the snapshot of now does not
// tell who lost nothing when it was made: of that all count whom it does not name.
func (r *running) arrived(p *Past) ([]access.Ref, error) {
	c := p.Change
	restores := r.run.Begun.Restores
	if !takes(c) || restores != "" && !strings.HasPrefix(restores, restorePrefix) {
		return nil, nil
	}
	all, err := tried(r.ctx, r, func() ([]remediate.Label, error) { return r.o.Hands.Population(r.ctx, c) })
	if err != nil || len(all) == 0 {
		return nil, err
	}
	known := map[access.Ref]bool{}
	for _, who := range p.reached() {
		known[who] = true
	}
	if r.o.Known != nil && restores == "" {
		for _, id := range r.o.Known(c) {
			known[access.Ref{Kind: access.User, ID: id}] = true
		}
	}
	var out []access.Ref
	for _, l := range all {
		if who := (access.Ref{Kind: access.User, ID: l.ID}); !known[who] {
			out = append(out, who)
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	owners, err := r.allOwners()
	for _, o := range owners {
		out = slices.DeleteFunc(out, func(who access.Ref) bool { return who.ID == o.ID })
	}
	return out, err
}

// newcomers holds that who came into a team, or into the organization, since the
// snapshot keeps the limits together with whom the plan names (S9).
func (r *running) newcomers(*Past) (*Refused, error) {
	r.more = nil
	if len(r.came) == 0 {
		return nil, nil
	}
	ids := make([]int64, 0, len(r.came))
	for _, who := range r.came {
		ids = append(ids, who.ID)
	}
	slices.Sort(ids)
	r.more = []remediate.Lost{{As: "member", Kind: access.User, IDs: ids}} // only members are in teams
	if r.caps == nil {
		return nil, nil
	}
	var before []remediate.Lost // by the actions of this run
	for _, done := range r.run.Actions {
		for _, s := range done.Sends {
			before = append(before, s.Also...)
		}
	}
	if over := r.caps(append(before, r.more...)); over != nil {
		return breach(remediate.LimitsGuard, "%d people came since the plan was made and would lose something by it too: %s", len(ids), over.Why), nil //nolint:nilerr // the refusal is told as a guard's
	}
	return nil, nil
}
