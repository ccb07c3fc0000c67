package run

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// The guards of S8, asked live before each action. When the plan was made they
// were asked about the snapshot; since then others may have acted too.

// guard asks GitHub who is left. today is the change with today's names. What
// breaks a guard refuses the rest of the plan.
func (r *running) guard(p *Past, today remediate.Change) (*Refused, error) {
	if err := r.introduce(); err != nil {
		return nil, err
	}
	if why := r.barred(today); why != nil {
		return why, nil
	}
	var err error
	if r.came, err = r.arrived(p); err != nil {
		return nil, err
	}
	for _, ask := range []func(*Past) (*Refused, error){r.myself, r.shielded, r.owners, r.admins, r.reviewers, r.newcomers} {
		if why, err := ask(p); why != nil || err != nil {
			return why, err
		}
	}
	return nil, nil
}

// introduce finds out who the run acts as.
func (r *running) introduce() error {
	if r.self != nil {
		return nil
	}
	self, err := tried(r.ctx, r, func() ([]access.Actor, error) { return r.o.Hands.Actors(r.ctx) })
	r.self = self
	return err
}

func breach(g remediate.Guard, format string, args ...any) *Refused {
	return &Refused{Guard: string(g), Why: fmt.Sprintf(format, args...)}
}

// myself holds that ajar takes nothing from who it acts as itself.
func (r *running) myself(p *Past) (*Refused, error) {
	if len(r.self) == 0 {
		return breach(remediate.SelfGuard, "it is not known whom the write credential belongs to"), nil
	}
	for _, s := range r.self {
		if p.hits(s.Ref) {
			return breach(remediate.SelfGuard, "it would take something from who makes the changes"), nil
		}
	}
	return nil, nil
}

// hits reports whether the action is about a principal, or takes something from it.
func (p *Past) hits(who access.Ref) bool {
	c := p.Change
	if p.Principal.Ref == who || c.User != nil && who == (access.Ref{Kind: access.User, ID: c.User.ID}) {
		return takes(c)
	}
	for _, l := range p.Lost {
		if l.Kind == who.Kind && slices.Contains(l.IDs, who.ID) {
			return true
		}
	}
	return false
}

// barred holds that protected principals keep what they have, by the names that
// they have now: a login is a label, and the one in the configuration is today's.
func (r *running) barred(c remediate.Change) *Refused {
	if !takes(c) {
		return nil
	}
	for _, text := range r.o.Guards.Protected {
		kind, name, _ := strings.Cut(strings.ToLower(text), ":")
		switch {
		case kind == "user" && c.User != nil && strings.ToLower(c.User.Name) == name,
			kind == "team" && c.Team != nil && strings.ToLower(c.Org.Name+"/"+c.Team.Name) == name:
			return breach(remediate.ProtectedGuard, "%s is protected", text)
		}
	}
	return nil
}

// owners holds that enough owners are left who are people and whom this run does
// not touch, whatever the action is: somebody else may be removing owners too.
func (r *running) owners(p *Past) (*Refused, error) {
	if !takes(p.Change) {
		return nil, nil
	}
	all, err := r.allOwners()
	if err != nil {
		return nil, err
	}
	stay := 0
	for _, o := range all {
		if !strings.HasSuffix(strings.ToLower(o.Name), "[bot]") && !r.touched(o.ID) {
			stay++
		}
	}
	if want := max(1, r.o.Guards.MinOwners); stay < want {
		return breach(remediate.MinOwnersGuard, "%d owners who are people and outside of this plan are left, and min_owners is %d", stay, want), nil
	}
	return nil, nil
}

func (r *running) allOwners() ([]remediate.Label, error) {
	return tried(r.ctx, r, func() ([]remediate.Label, error) { return r.o.Hands.Owners(r.ctx) })
}

// touched reports whether some action of the run takes the ownership of a person.
func (r *running) touched(user int64) bool {
	for _, p := range r.run.Actions {
		c := p.Change
		if c.Thing == remediate.Membership && c.User != nil && c.User.ID == user && takes(c) {
			return true
		}
	}
	return false
}

// reachesGates reports whether a change may decide who can approve deployments.
func reachesGates(c remediate.Change) bool {
	switch c.Thing {
	case remediate.DirectGrant, remediate.TeamGrant:
		return !c.After.There
	case remediate.Protection:
		return c.After.Gate != nil && len(c.After.Gate.Reviewers) > 0
	case remediate.TeamMembership, remediate.Membership:
		return !c.After.There || c.After.Role == "outside" || c.Before.Role == "owner"
	case remediate.BasePermission:
		return c.After.Role == "none"
	}
	return false
}

// takes reports whether a change takes something from somebody.
func takes(c remediate.Change) bool { return c.Takes() }
