package remediate

import (
	"github.com/eb661601/ajar/access"
)

// partly weighs the refused action on a team's grant against lowering it no further
// than everybody keeps what the baseline allows them: less than all of the excess
// goes, what stays is said, and the whole of it stays refused. It is the last resort, after [planner.instead], and
// only where everything was seen: who holds what decides how far it goes.
func (p *planner) partly(c *candidate, r refuse) *candidate {
	g := c.action.Grant
	if g == nil || g.Principal.Kind != access.Team || g.Role != 0 || r.guard != EntitledGuard {
		return nil
	}
	need := access.None
	for _, h := range c.reached {
		if allowed := min(g.Privilege, p.userMay(h.user, h.repo).privilege); h.worst < allowed {
			need = max(need, allowed)
		}
	}
	if need >= g.Privilege || need <= c.action.To {
		return nil
	}
	x := p.cut(*g, may{privilege: need})
	x.action.Kind, x.findings = x.row.kind, c.findings
	if gap := p.membershipGap(); gap != "" {
		x.gap = gap
	}
	p.measure(x)
	if p.guard(x).guard != "" {
		return nil
	}
	x.action.Weighed = []Weighed{{Title: c.action.Title, Losers: len(c.hit), Why: r.why, Sample: p.sample(c.hit)}}
	return x
}
