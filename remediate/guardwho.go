package remediate

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// The guards that ask who it is.

// shield resolves the principals that no plan touches: the protected, and those
// who keep the baseline, of a team its people too. One that is not found may have
// another name now, and then nothing guards it: the plan is stopped.
func (p *planner) shield() {
	p.safe = p.withPeople(p.resolve("protected", p.in.Guards.Protected))
	p.editors = p.withPeople(p.resolve("editors", p.in.Guards.Editors))
}

// withPeople adds to teams who is in them.
func (p *planner) withPeople(all []access.Ref) []access.Ref {
	for _, t := range slices.Clone(all) {
		if t.Kind == access.Team {
			for _, u := range p.g.Members(t.ID) {
				all = append(all, user(u))
			}
		}
	}
	slices.SortFunc(all, access.Ref.Compare)
	return slices.Compact(all)
}

func (p *planner) resolve(what string, names []string) []access.Ref {
	var out []access.Ref
	for _, text := range names {
		kind, name, _ := strings.Cut(strings.ToLower(text), ":")
		n := len(out)
		switch kind {
		case "user":
			for _, person := range p.s.People {
				if strings.ToLower(person.Login) == name {
					out = append(out, user(person.ID))
				}
			}
		case "team":
			for _, t := range p.s.Teams {
				if strings.ToLower(p.s.Org.Login+"/"+t.Slug) == name {
					out = append(out, team(t.ID))
				}
			}
		}
		if len(out) == n {
			p.unsafe = append(p.unsafe, what+": "+text)
		}
	}
	slices.SortFunc(out, access.Ref.Compare)
	return out
}

// self holds that ajar never takes its own access away.
func (p *planner) self(c *candidate) refuse {
	if !c.row.takes {
		return refuse{}
	}
	if len(p.in.Self) == 0 {
		return refuse{SelfGuard, "it is not known which principal ajar itself is"}
	}
	for _, s := range p.in.Self {
		if c.touches(s) {
			return refuse{SelfGuard, p.called(s) + " is who ajar itself acts as"}
		}
	}
	return refuse{}
}

// protected holds that break-glass principals keep what they have.
func (p *planner) protected(c *candidate) refuse {
	for _, r := range p.safe {
		if c.touches(r) {
			return refuse{ProtectedGuard, p.called(r) + " is protected"}
		}
	}
	return refuse{}
}

// edits holds that those who keep the baseline can go on keeping it.
func (p *planner) edits(c *candidate) refuse {
	for _, r := range p.editors {
		if c.touches(r) {
			return refuse{EditorsGuard, p.called(r) + " is among [baseline] editors"}
		}
	}
	return refuse{}
}

// touches reports whether the principal holds what is changed, or might lose by it,
// or is the team that somebody would be taken out of: the run asks that too.
func (c *candidate) touches(r access.Ref) bool {
	if t := c.action.Change.Team; t != nil && r == team(t.ID) {
		return true
	}
	return c.action.Principal.Ref == r || slices.Contains(c.hit, r) || slices.Contains(c.near, r)
}
