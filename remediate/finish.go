package remediate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// maxSample bounds how many of many are named.
const maxSample = 10

// risk says how likely an action is to hurt somebody's work, and why.
func (p *planner) risk(c *candidate) {
	a := &c.action
	a.Risk, a.RiskWhy = LowRisk, "little is taken, and it can be given back"
	set := func(r Risk, why string) {
		if rank(r) > rank(a.Risk) {
			a.Risk, a.RiskWhy = r, why
		}
	}
	out, writers, admins := 0, 0, 0
	for _, h := range c.reached {
		switch {
		case h.cut(access.Read):
			out++
		case h.cut(access.Admin):
			admins++
		case h.cut(access.Write):
			writers++
		}
	}
	if c.row.risk != "" {
		set(c.row.risk, c.row.riskWhy)
	}
	if c.part.risk != "" {
		set(c.part.risk, c.part.riskWhy)
	}
	if len(c.hit) > maxSample {
		set(HighRisk, count(len(c.hit), "principal", "principals")+" may lose something")
	}
	if out > 0 {
		set(MediumRisk, count(out, "person may lose", "people may lose")+" all access")
	}
	if admins > 0 {
		set(MediumRisk, count(admins, "person may lose", "people may lose")+" admin")
	}
	if writers > 0 {
		set(MediumRisk, count(writers, "person may lose", "people may lose")+" write")
	}
}

// finish writes down what an action of the final plan says.
func (p *planner) finish(c *candidate) {
	a := &c.action
	row := c.row
	slices.SortFunc(c.losers, access.Ref.Compare)
	c.losers = slices.Compact(c.losers)
	a.ID = a.id()
	a.Losers, a.Lost = len(c.losers), p.lost(c)
	a.Sample = p.sample(c.losers)
	a.Reasons = []Reason{}
	for _, f := range c.findings {
		a.Reasons = append(a.Reasons, Reason{f.Rule, f.Fingerprint, f.Title, f.Severity})
	}
	a.Rule, a.Severity = a.Reasons[0].Rule, a.Reasons[0].Severity
	a.Overdue = overdue(c.findings, p.in.At)
	a.Precondition, a.Inverse = row.precheck, row.inverse
	a.Irreversible = append([]string{}, slices.Concat(row.lost, c.lost, p.forks(c))...)
	a.Loss = p.loss(c)
	p.after(c)
}

// sample names the first of many.
func (p *planner) sample(all []access.Ref) []access.Named {
	out := []access.Named{}
	for _, l := range all[:min(maxSample, len(all))] {
		out = append(out, p.name(l))
	}
	return out
}

// forks names what goes with the last access to a repository that is not public.
func (p *planner) forks(c *candidate) []string {
	n := 0
	for _, h := range c.reached {
		r, _ := p.s.Repository(h.repo)
		if h.before >= access.Read && h.end < access.Read && r.Visibility != "public" {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []string{"private forks of the repository, if " + pick(n == 1, "the person has one", fmt.Sprintf("any of %d people has one", n))}
}

// loss says in words what is lost.
func (p *planner) loss(c *candidate) string {
	a := c.action
	if c.row.loss != nil {
		return c.row.loss(p, c)
	}
	if len(c.reached) == 0 {
		return a.Have
	}
	most, least := access.None, access.Owner
	for _, h := range c.reached {
		if h.end < h.before {
			most, least = max(most, h.before), min(least, h.end)
		}
	}
	switch {
	case most == access.None && a.Grant != nil && a.Grant.Role != 0:
		return "what the custom role " + a.Have + " adds"
	case most == access.None:
		return "nobody's access shrinks: other paths give as much"
	}
	return fmt.Sprintf("%s, down to %s", most, pick(least == access.None, "nothing", least.String()))
}

// after works out what stays once the whole plan has run: by which path, and
// where it is still more than the baseline allows.
func (p *planner) after(c *candidate) {
	a := &c.action
	a.Remaining, a.Residual = []Remaining{}, []string{}
	more := 0
	for _, h := range c.reached {
		level, from := p.under(p.effect, h.user, h.repo)
		who := p.name(user(h.user))
		through := ""
		if level > access.None && from.Source != access.NoSource {
			through = p.through(from)
		}
		if len(a.Remaining) < maxSample && c.row != &removeMember {
			a.Remaining = append(a.Remaining, Remaining{who, h.before, level, through})
		}
		if level <= p.userMay(h.user, h.repo).privilege || p.g.Owner(h.user) {
			continue
		}
		if len(a.Residual) < maxSample {
			a.Residual = append(a.Residual, fmt.Sprintf("%s keeps %s on %s %s", who.Name, level, p.called(repo(h.repo)), through))
		} else {
			more++
		}
	}
	if more > 0 {
		a.Residual = append(a.Residual, fmt.Sprintf("and %d more", more))
	}
}

// through says by which source somebody has something.
func (p *planner) through(g access.Grant) string {
	switch g.Source {
	case access.ByTeam:
		return "through " + p.called(g.Principal)
	case access.Direct:
		return "by a direct grant"
	case access.Base:
		return "by the base permission"
	case access.ByOwner:
		return "as an owner"
	case access.ByOrgRole:
		return "by the organization role " + strings.TrimSpace(p.s.RoleName(g))
	}
	return "by " + g.Source.String()
}
