package remediate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// Guards are the limits that a plan must pass. They come from config.toml, never
// from the baseline. The zero value lets nothing through.
type Guards struct {
	MaxChanges     int              `json:"max_changes"`  // people and principals who may lose something; 0: none
	MaxFraction    float64          `json:"max_fraction"` // the same as a fraction of each kind; never rounds below 1; 0: none
	MinOwners      int              `json:"min_owners"`   // owners who are people and stay; at least 1 whatever it says
	Protected      []string         `json:"protected"`    // "user:login": never touched
	Limits         map[string]Limit `json:"limits"`       // by kind of principal: owner, member, outside_collaborator, team, key, reviewer, invitation
	AllowOwnerOnly bool             `json:"allow_owner_only"`
	// Expel allows what touches a person instead of a grant: taking ownership or
	// membership. Without it that becomes an instruction.
	Expel bool  `json:"expel"`
	Grace Grace `json:"grace"`
	// Editors are those who keep the baseline: untouched as the protected are.
	Editors []string `json:"editors"`
}

// Limit bounds the losses of one kind. A nil field uses the general limit.
type Limit struct {
	Max      *int     `json:"max,omitempty"`
	Fraction *float64 `json:"fraction,omitempty"`
}

// Guard names what refuses an action.
type Guard string

// The guards.
const (
	CoverageGuard     Guard = "coverage"        // not seen to the end
	SelfGuard         Guard = "self"            // ajar itself
	ProtectedGuard    Guard = "protected"       // a principal that no plan touches
	EditorsGuard      Guard = "editors"         // who keeps the baseline
	EntitledGuard     Guard = "entitled"        // somebody would lose what the baseline allows them
	LastAdminGuard    Guard = "last-admin"      // no administrator but the owners would be left
	LastReviewerGuard Guard = "last-reviewer"   // nobody could approve a guarded environment
	ReviewerGuard     Guard = "reviewer"        // GitHub takes no reviewer who cannot read the repository
	MinOwnersGuard    Guard = "min_owners"      // too few owners would be left
	LimitsGuard       Guard = "limits"          // people who came since lose something, and a limit breaks
	BaseGuard         Guard = "base-permission" // GitHub takes no direct grant below it
)

// refuse is why a guard forbids an action; the zero value forbids nothing.
type refuse struct {
	guard Guard
	why   string
}

// guard asks every guard about one action. Each answer depends on the snapshot
// and the baseline alone, never on which other actions are in the plan: so
// leaving one out can never let another one in, and whatever subset of the plan
// runs is as safe as all of it.
func (p *planner) guard(c *candidate) refuse {
	for _, ask := range []func(*candidate) refuse{
		func(c *candidate) refuse { return c.blocked },
		p.seen, p.self, p.protected, p.edits, p.entitled, p.lastAdmin, p.lastReviewer, p.minOwners,
	} {
		if r := ask(c); r.guard != "" {
			return r
		}
	}
	return refuse{}
}

// seen holds that everything the findings rest on was read to its end. Reasons
// whose coverage has a gap fall away; an action needs one that is left.
func (p *planner) seen(c *candidate) refuse {
	if c.gap != "" {
		return refuse{CoverageGuard, "not seen to the end: " + c.gap}
	}
	gap := "nothing says what the finding rests on"
	kept := c.findings[:0:0]
	for _, f := range c.findings {
		g := ""
		for _, n := range f.Needs {
			if !p.complete(n) && g == "" {
				g = string(n.Area)
			}
		}
		if len(f.Needs) > 0 && g == "" {
			kept = append(kept, f)
		} else if g != "" {
			gap = g
		}
	}
	if len(kept) == 0 {
		return refuse{CoverageGuard, "not seen to the end: " + gap}
	}
	c.findings = kept
	return refuse{}
}

func (p *planner) complete(n access.Need) bool {
	if n.Scope == 0 {
		return p.s.Coverage.Complete(n.Area)
	}
	return p.s.Coverage.CompleteFor(n.Area, n.Scope)
}

// entitled holds that nobody loses what the baseline lets them have, even if
// everything that it does not allow were gone.
func (p *planner) entitled(c *candidate) refuse {
	if c.row == &setBase {
		return p.baseEntitled(c.action.To)
	}
	var hurt []access.Ref
	for _, h := range c.reached {
		allowed := p.userMay(h.user, h.repo)
		if c.row == &removeMember || c.row == &convertMember {
			allowed = p.ownMay(h.user, h.repo) // who may not be a member may not have the base permission
		}
		if allowed.unknown {
			return refuse{CoverageGuard, "not seen to the end: " + string(access.AreaCustomRoles) + ", and " + p.called(user(h.user)) + " is allowed one"}
		}
		if h.worst < min(h.from, allowed.privilege) {
			hurt = append(hurt, user(h.user))
		}
	}
	if len(hurt) == 0 {
		return refuse{}
	}
	return refuse{EntitledGuard, fmt.Sprintf("%s would lose access that the baseline allows; give it to them another way first", p.some(hurt))}
}

// lastAdmin holds that a repository keeps an administrator who is no owner, where
// it has one: somebody whose admin the baseline allows.
func (p *planner) lastAdmin(c *candidate) refuse {
	if p.in.Guards.AllowOwnerOnly {
		return refuse{}
	}
	if c.row == &setBase {
		return p.baseAdmins(c.action.To)
	}
	asked := map[int64]bool{}
	for _, h := range c.reached {
		if !h.cut(access.Admin) || p.g.Owner(h.user) || asked[h.repo] {
			continue
		}
		asked[h.repo] = true
		if !p.otherAdmin(h.repo) {
			return refuse{LastAdminGuard, p.called(repo(h.repo)) + " would have no administrator but the owners"}
		}
	}
	return refuse{}
}

// cut reports whether somebody might not have that privilege any more.
func (h held) cut(level access.Privilege) bool { return h.from >= level && h.worst < level }

// otherAdmin reports whether the baseline lists an administrator, or somebody who
// is no owner keeps admin whatever the plan does.
func (p *planner) otherAdmin(id int64) bool {
	for _, h := range p.in.Baseline.Holders(id, access.Admin, p.in.At) {
		if h.Kind == access.User || h.Kind == access.Team && len(p.g.Members(h.ID)) > 0 {
			return true
		}
	}
	for _, l := range p.g.Levels(id) {
		if l.Privilege == access.Admin && !p.g.Owner(l.User) && p.stays(l.User, id) == access.Admin {
			return true
		}
	}
	return false
}

// lastReviewer holds that every environment with reviewers keeps somebody who can
// approve: listed, and able to read the repository.
func (p *planner) lastReviewer(c *candidate) refuse {
	if c.reviewers != nil {
		if p.approvers(c.env.Repo, c.reviewers) > 0 {
			return refuse{}
		}
		return refuse{LastReviewerGuard, "nobody of those the baseline names could approve a deployment"}
	}
	switch c.row {
	case &setBase:
		return p.baseReviewers(c.action.To)
	case &removeMember, &convertMember:
		return p.leaverReviews(c.action.Principal.ID)
	}
	asked := map[int64]bool{}
	for _, h := range c.reached {
		if !h.cut(access.Read) || asked[h.repo] {
			continue
		}
		asked[h.repo] = true
		if gap := p.gatesGap(h.repo); gap != "" {
			return refuse{CoverageGuard, "who approves deployments was not seen to the end: " + gap}
		}
		if env := p.stuck(h.repo); env != "" {
			return refuse{LastReviewerGuard, "nobody could approve a deployment to " + env}
		}
	}
	return refuse{}
}

// leaverReviews is lastReviewer for somebody who leaves, and every team with it:
// also where a repository is public and no grant of theirs is cut.
func (p *planner) leaverReviews(id int64) refuse {
	for _, r := range p.s.Repositories {
		if gap := p.gatesGap(r.ID); gap != "" {
			return refuse{CoverageGuard, "who approves deployments was not seen to the end: " + gap}
		}
		for _, e := range p.envs[r.ID] {
			listed := p.listed(e.ID)
			isOne := slices.ContainsFunc(listed, func(l access.Ref) bool {
				return l == user(id) || l.Kind == access.Team && slices.Contains(p.g.Members(l.ID), id)
			})
			if isOne && p.approvers(r.ID, listed) == 0 {
				return refuse{LastReviewerGuard, "nobody could approve a deployment to " + p.called(env(e.ID))}
			}
		}
	}
	return refuse{}
}

// gatesGap says what is not known of the repository's environments.
func (p *planner) gatesGap(id int64) string {
	for _, a := range []access.Area{access.AreaEnvironments, access.AreaGates} {
		if l := p.s.Coverage.For(a, id); l.Status != access.Complete && l.Status != access.Unavailable {
			return string(a)
		}
	}
	return ""
}

// stuck names an environment of the repository whose reviewers would all be
// unable to approve.
func (p *planner) stuck(id int64) string {
	for _, e := range p.envs[id] {
		listed := p.listed(e.ID)
		if len(listed) > 0 && p.approvers(id, listed) == 0 {
			return p.called(env(e.ID))
		}
	}
	return ""
}

// approvers counts the people behind a list of reviewers who can read the
// repository whatever the plan does.
func (p *planner) approvers(id int64, listed []access.Ref) int {
	can := map[int64]bool{}
	r, _ := p.s.Repository(id)
	for _, l := range listed {
		people := []int64{l.ID}
		if l.Kind == access.Team {
			people = p.g.Members(l.ID)
		}
		for _, u := range people {
			if p.stays(u, id) >= access.Read || r.Visibility == "public" && !p.mayGo(u) {
				can[u] = true
			}
		}
	}
	return len(can)
}

// minOwners holds that enough owners stay who are people and whom the baseline
// lists; those are never in a plan.
func (p *planner) minOwners(c *candidate) refuse {
	if c.row != &demoteOwner && c.row != &removeMember || !p.g.Owner(c.action.Principal.ID) {
		return refuse{}
	}
	want := max(1, p.in.Guards.MinOwners)
	stay := 0
	for _, u := range p.owners {
		if p.in.Baseline.Owner(u) && !p.machine(u) && u != c.action.Principal.ID {
			stay++
		}
	}
	if stay < want {
		return refuse{MinOwnersGuard, fmt.Sprintf("%d listed owners who are people would stay, and min_owners is %d", stay, want)}
	}
	return refuse{}
}

// machine reports whether the account belongs to an app: GitHub writes those with
// [bot] at the end, which no person's login can have.
func (p *planner) machine(user int64) bool {
	person, ok := p.s.Person(user)
	return ok && strings.HasSuffix(strings.ToLower(person.Login), "[bot]")
}
