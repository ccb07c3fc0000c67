package baseline

import (
	"time"

	"github.com/eb661601/ajar/access"
)

// Lapsed gives the waiver that accepted the finding until it ended: the last to
// have ended at that time, if several have. What [Bound.Waive] gives is still in
// force and never among them.
func (b *Bound) Lapsed(f access.Finding, at time.Time) (Waiver, bool) {
	var found Waiver
	ok := false
	for _, w := range b.waivers {
		if at.Before(w.Expires) || !b.matches(w, f) {
			continue
		}
		if !ok || w.Expires.After(found.Expires) {
			found, ok = w.Waiver, true
		}
	}
	return found, ok
}

// matches reports whether the waiver speaks of the finding, at whatever time.
func (b *Bound) matches(w boundWaiver, f access.Finding) bool {
	return w.rule.match(f.Rule) && w.resources.matches(b.names, f.Resource) && w.principals.matches(b.names, f.Principal)
}

// AcceptedOnRepo gives the highest privilege on a repository that the principal
// itself may have as standing access with an acceptance in force; None where
// there is none. [Entitlement.Accepted] speaks of the highest privilege alone,
// and a lower one may be accepted where that is not.
func (b *Bound) AcceptedOnRepo(p access.Ref, repo int64, at time.Time) access.Privilege {
	ord := b.names.repoOf(repo)
	most := access.None
	b.of(p, func(e *entry) {
		if e.standing && e.inForce(at) && e.accepted.inForce(at) && e.repos.has(ord) {
			most = max(most, e.privilege)
		}
	})
	return most
}
