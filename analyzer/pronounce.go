package analyzer

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// pronounce reports the verdicts that are this rule's, and counts those that are
// open because not enough was seen.
func (c *court) pronounce() {
	for _, v := range c.verdicts() {
		switch {
		case v.outcome == unknown && c.mayRule(v):
			c.undecide(1, v.gap)
		case v.rule() != c.rule.ID:
		case v.class == baseline.Keys && c.rule.ID == "deploy-key-write":
			c.key(v.grant, c.want(v), nil)
		default:
			c.report(c.finding(v), causeOf(v.grant), v.needs...)
		}
	}
}

// mayRule reports whether the rule could be the one for a verdict that is open.
func (c *court) mayRule(v *verdict) bool {
	for _, o := range []outcome{unaccepted, expired, beyond} {
		maybe := *v
		maybe.outcome = o
		if maybe.rule() == c.rule.ID {
			return true
		}
		maybe.outside = v.outside && !v.perhaps
		if maybe.rule() == c.rule.ID {
			return true
		}
	}
	return false
}

// finding puts a verdict into words.
func (c *court) finding(v *verdict) access.Finding {
	g := v.grant
	f := access.Finding{
		Severity: c.weight(v), Principal: c.name(g.Principal), Resource: c.name(g.Resource), Grant: &g, Have: c.have(v), Want: c.want(v),
		Title: c.fact(v) + ", " + c.reproach(v), Affected: len(v.people), Sample: c.sample(v.people), Fixable: fixable(v),
	}
	if v.outcome == expired {
		f.Ended = v.ended.Ended
	}
	if v.class == baseline.OutsideCollaborators {
		f.Grant = nil // they are that by all their grants together
	}
	if v.nobody {
		f.Evidence = append(f.Evidence, "The team reaches nobody today; whoever joins it gets the access.")
	}
	if v.repo != 0 {
		f.Evidence = append(f.Evidence, fmt.Sprintf("The role holds on every repository, for example on %s.", c.name(access.Ref{Kind: access.Repo, ID: v.repo}).Name))
	}
	if v.rightly > 0 {
		f.Evidence = append(f.Evidence, fmt.Sprintf("%d more of the team's people may have it by another entry.", v.rightly))
	}
	if g.Principal.Kind == access.User && g.Resource.Kind == access.Repo {
		c.draw(&f, g.Principal.ID, g.Resource.ID, access.Read)
	}
	return f
}

// fact is the beginning of a title: what there is.
func (c *court) fact(v *verdict) string {
	who, what := c.name(v.grant.Principal).Name, c.name(v.grant.Resource).Name
	switch {
	case v.class == baseline.Members || v.class == baseline.OutsideCollaborators:
		return fmt.Sprintf("%s is %s of %s", who, c.have(v), what)
	case v.rule() == "outside-collaborator-write":
		return fmt.Sprintf("%s, an outside collaborator, has %s on %s", who, c.have(v), what)
	case v.class == baseline.Owners:
		return fmt.Sprintf("%s owns %s", who, what)
	case v.class == baseline.Environments:
		return fmt.Sprintf("%s reviews deployments to %s", who, what)
	case v.class == baseline.OrganizationRoles:
		return fmt.Sprintf("%s has the organization role %s in %s", who, c.have(v), what)
	}
	return fmt.Sprintf("%s has %s on %s", who, c.have(v), what)
}

// have is the word for what is held.
func (c *court) have(v *verdict) string {
	switch v.class {
	case baseline.Owners:
		return "ownership"
	case baseline.Members:
		return "a member"
	case baseline.OutsideCollaborators:
		return "an outside collaborator"
	case baseline.Environments:
		return "approve"
	}
	return c.s.RoleName(v.grant)
}

// reproach is the end of a title: what is wrong.
func (c *court) reproach(v *verdict) string {
	switch v.outcome {
	case unaccepted:
		return v.lacking.unaccepted()
	case elevated:
		return "which the baseline allows only as an elevation"
	case expired:
		return "though the assignment ended " + moment(v.ended.Ended)
	}
	switch {
	case v.class == baseline.Owners:
		return "and is not listed as an owner"
	case v.class == baseline.Members || v.class == baseline.OutsideCollaborators:
		return "and is neither listed as one nor in any entry of the baseline"
	case v.stranger:
		return "and no entry of the baseline mentions it"
	case len(v.extras) > 0:
		return "whose " + strings.Join(v.extras, ", ") + " the baseline does not allow"
	case v.class != baseline.RepositoryAccess:
		return "which the baseline does not allow"
	case v.allowed.privilege <= access.None:
		return "the baseline allows nothing"
	}
	return "the baseline allows " + v.allowed.privilege.String()
}

// unaccepted says what the acceptance of something privileged lacks.
func (a *allowed) unaccepted() string {
	switch {
	case !a.overdue.IsZero():
		return "which is privileged and whose review was due by " + by(a.overdue)
	case !a.until.IsZero():
		return "which is privileged and whose end, " + by(a.until) + ", is more than 365 days ahead"
	}
	return "which is privileged and has neither an end nor an acceptance"
}

// want says what the baseline allows, and on which line.
func (c *court) want(v *verdict) string {
	a := v.allowed
	most := "nothing"
	if a.privilege > access.None {
		most = a.privilege.String()
		if v.class == baseline.OrganizationRoles && v.repo == 0 {
			most = "the role"
		}
		if a.source.File != "" {
			most += " (" + place(a.source) + ")"
		}
	}
	switch {
	case v.class == baseline.Owners && a.privilege < access.Owner:
		most = "no ownership"
	case v.class == baseline.Members:
		most = "no membership, or an entry for it"
	case v.class == baseline.OutsideCollaborators:
		most = "no access, or an entry for it"
	}
	switch v.outcome {
	case unaccepted:
		switch a := v.lacking; {
		case !a.overdue.IsZero():
			return most + ", reviewed again, with a new review_by"
		case !a.until.IsZero():
			return most + " with expires at most 365 days ahead, or standing_reason and review_by"
		}
		return most + " with expires, or standing_reason and review_by"
	case elevated:
		return "an elevation of at most " + a.elevation.String() + ", standing: " + most
	case expired:
		return fmt.Sprintf("%s; the assignment (%s) ended %s", most, place(v.ended.Position), moment(v.ended.Ended))
	}
	return most
}

// weight is the severity of a verdict.
func (c *court) weight(v *verdict) access.Severity {
	g := v.grant
	w := access.High
	switch {
	case v.nobody:
		return access.Low
	case v.class == baseline.Members || v.class == baseline.OutsideCollaborators:
		return c.personWeight(g.Principal.ID, v.class == baseline.OutsideCollaborators)
	case g.Source == access.Reviewer:
		e, _ := c.environment(g.Resource.ID)
		w = c.environmentWeight(e)
	case g.Source == access.ByOrgRole && (g.Privilege == access.Read || g.Privilege == access.Triage):
		w = access.Medium
	case g.Resource.Kind == access.Repo:
		w = c.repositoryWeight(g.Privilege, g.Resource.ID)
	}
	if v.outcome == unaccepted { // somebody decided it, and only the date is missing
		w = max(w-1, access.Low)
	}
	return w
}

// fixable says where access is changed that no change to a repository takes away.
func fixable(v *verdict) string {
	switch v.class {
	case baseline.Owners:
		return "Organization settings → People → Change role"
	case baseline.Members:
		return "Organization settings → People → Remove from organization"
	case baseline.OutsideCollaborators:
		return "Organization settings → People → Outside collaborators"
	case baseline.OrganizationRoles:
		return "Organization settings → Organization roles → Role assignments"
	}
	return ""
}

// reached says whom a grant on a repository reaches, and how.
func (c *court) reached(f *access.Finding, g access.Grant) {
	people := []int64{g.Principal.ID}
	if g.Principal.Kind == access.Team {
		people = c.people(g.Principal.ID)
	} else {
		c.draw(f, g.Principal.ID, g.Resource.ID, access.Read)
	}
	f.Affected, f.Sample = len(people), c.sample(people)
}

// drawn is how many ways a finding has.
const drawn = 3

// draw gives the finding the strongest ways of a person to a repository, of those
// that give at least that much. How many more there are is evidence: whoever closes
// the ones that are listed has not closed all.
func (c *court) draw(f *access.Finding, user, repo int64, least access.Privilege) {
	all := slices.DeleteFunc(c.g.Paths(user, repo), func(p access.Path) bool { return p.Gives() < least })
	f.Paths = all[:min(drawn, len(all))]
	if more := len(all) - drawn; more > 0 {
		f.Evidence = append(f.Evidence, fmt.Sprintf("%d ways lead there; the strongest %d are listed here, and ajar access has all.", len(all), drawn))
	}
}
