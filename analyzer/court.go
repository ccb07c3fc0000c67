package analyzer

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// court is one rule at work.
type court struct {
	*facts
	rule *rule
}

// report adds a finding. cause is what makes it the same finding in the next run,
// in ids alone; needs is the coverage that proves it.
func (c *court) report(f access.Finding, cause string, needs ...access.Need) {
	f.Rule, f.Category, f.Org, f.State = c.rule.ID, c.rule.Category, c.org(), access.Open
	f.Fingerprint = access.Fingerprint(c.rule.ID, cause)
	f.Needs = needs
	if f.Severity == access.NoSeverity {
		f.Severity = c.rule.Severity
	}
	if f.Since.IsZero() {
		f.Since = c.made(f.Principal.Ref)
	}
	c.waive(&f)
	c.found = append(c.found, &f)
}

// made gives when GitHub says that something was made which is access by itself
// and never changes: a deploy key, an invitation. Zero where it does not say.
func (f *facts) made(r access.Ref) time.Time {
	switch r.Kind {
	case access.Key:
		k, _ := f.s.Key(r.ID)
		return k.CreatedAt
	case access.Invitation:
		i, ok := slices.BinarySearchFunc(f.s.Invitations, r.ID, func(i access.Invite, id int64) int { return cmp.Compare(i.ID, id) })
		if ok {
			return f.s.Invitations[i].CreatedAt
		}
	}
	return time.Time{}
}

// undecide counts n things that the rule could not judge.
func (c *court) undecide(n int, reason string) {
	if n > 0 {
		c.undecided[access.Undecided{Rule: c.rule.ID, Reason: reason}] += n
	}
}

// asOf gives the instant up to which an area is known: the one that is judged at,
// or the earlier one at which the area was read.
func (f *facts) asOf(a access.Area) time.Time {
	if at := f.s.Coverage.AsOf(a, f.s.TakenAt); at.Before(f.s.TakenAt) && at.Before(f.at) {
		return at
	}
	return f.at
}

// saw reports whether the areas were read to their end; where one was not, n
// things stay undecided.
func (c *court) saw(n int, areas ...access.Area) bool {
	for _, a := range areas {
		if l := c.s.Coverage.Of(a); l.Status != access.Complete {
			c.undecide(n, c.why(l))
			return false
		}
	}
	return true
}

// sawFor is saw for one scope of an area.
func (c *court) sawFor(n int, a access.Area, scope int64) bool {
	l := c.s.Coverage.For(a, scope)
	if l.Status != access.Complete {
		c.undecide(n, c.why(l))
	}
	return l.Status == access.Complete
}

func need(a access.Area, scope int64) access.Need { return access.Need{Area: a, Scope: scope} }

// causeOf is the identity of a grant as a cause: who, on what, whence. What is
// granted is left out, so that a finding lives on when it grows worse.
func causeOf(g access.Grant) string {
	cause := g.Principal.String() + ">" + g.Resource.String() + "/" + g.Source.String()
	if g.Source == access.ByOrgRole {
		cause += fmt.Sprintf("@%d", g.Role)
	}
	return cause
}
