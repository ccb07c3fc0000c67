package baseline

import (
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// boundWaiver is a waiver whose names are ids.
type boundWaiver struct {
	Waiver
	resources  *target // nil: any
	principals *target
}

// target is what a pattern of a waiver means: ids where the snapshot knows
// them, otherwise the pattern itself.
type target struct {
	kind    access.Kind
	ids     map[int64]bool
	repos   *set
	envs    *set
	pattern Pattern
}

func (d *binder) waivers() {
	for _, w := range d.b.Waivers {
		for _, p := range []*Pattern{w.Resource, w.Principal} {
			if p != nil && !p.of(d.names.org) {
				w.Rule = ""
			}
		}
		if w.Rule == "" {
			continue
		}
		d.answerable(w.Owner)
		d.out.waivers = append(d.out.waivers, boundWaiver{w, d.target(w.Resource), d.target(w.Principal)})
	}
}

// answerable warns where nobody answers for a waiver. To answer for one is no
// entry that mentions somebody, so the owner is not known by it.
func (d *binder) answerable(owner Pattern) {
	if !owner.of(d.names.org) {
		return
	}
	if refs, ambiguous := d.names.principals(owner); len(refs) == 0 && !ambiguous {
		d.missing(owner)
	}
}

func (d *binder) target(p *Pattern) *target {
	if p == nil {
		return nil
	}
	t := &target{kind: p.Kind, pattern: *p}
	switch p.Kind {
	case access.Repo:
		t.repos = d.names.reposIn([]Pattern{*p})
		d.checkResource(*p)
	case access.Env:
		t.envs = d.names.envsIn([]Pattern{*p})
		d.checkResource(*p)
	case access.User, access.Team, access.Key:
		refs, _ := d.names.principals(*p)
		if len(refs) == 0 {
			d.missing(*p)
		}
		t.ids = map[int64]bool{}
		for _, r := range refs {
			t.ids[r.ID] = true
		}
	case access.Workflow:
		t.repos = d.names.reposIn([]Pattern{{Text: p.Text, Kind: access.Repo, org: p.org, name: p.name}})
	}
	return t
}

func (t *target) matches(n *names, what access.Named) bool {
	if t == nil {
		return true
	}
	if what.Kind != t.kind {
		return false
	}
	switch t.kind {
	case access.Org:
		return what.ID == n.snap.Org.ID
	case access.Repo, access.Workflow:
		return t.repos.has(n.repoOf(what.ID))
	case access.Env:
		ord, ok := n.env[what.ID]
		return ok && t.envs.has(ord)
	case access.App:
		slug, ok := strings.CutPrefix(strings.ToLower(what.Name), "app:")
		return ok && t.pattern.name.match(slug)
	case access.Token, access.Credential, access.Invitation:
		return t.pattern.id == 0 || t.pattern.id == what.ID
	}
	return t.ids[what.ID]
}

// Waive gives the waiver that accepts the finding at that time: the one that
// lasts longest, if several do. A waiver without a start that reaches further
// ahead than [waivers] longest is not honoured.
func (b *Bound) Waive(f access.Finding, at time.Time) (Waiver, bool) {
	var found Waiver
	ok := false
	for _, w := range b.waivers {
		if !w.inForce(at, b.b.LongestWaiver) || !w.rule.match(f.Rule) ||
			!w.resources.matches(b.names, f.Resource) || !w.principals.matches(b.names, f.Principal) {
			continue
		}
		if !ok || w.Expires.After(found.Expires) {
			found, ok = w.Waiver, true
		}
	}
	return found, ok
}

func (w Waiver) inForce(at time.Time, longest time.Duration) bool {
	if at.Before(w.Starts) || !at.Before(w.Expires) {
		return false
	}
	return !w.Starts.IsZero() || w.Expires.Sub(at) <= longest
}
