package analyzer

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
)

var hygiene = []rule{
	{Rule{
		ID: "two-factor-missing", Category: Hygiene, Severity: access.Medium,
		Title:    "A member has no second factor",
		What:     "A member or owner whose account has two-factor authentication switched off. Accounts of apps are left out.",
		Why:      "A password that leaks is then all it takes to act as this person. It is the cheapest way into an organization, and the cheapest one to close.",
		Grading:  "High for owners, medium for other members.",
		Remedy:   "Ask the person to switch it on under Settings → Password and authentication; require it in the organization's settings once everybody has it.",
		Example:  "user:alice, an owner, has no second factor",
		Controls: supports("CC6.1", "A.5.17", "A.8.5", "IA-2(1)", "IA-2(2)", "1.3.5"),
		Needs:    []access.Area{access.AreaMembers, access.AreaTwoFactor},
	}, twoFactorMissing},
	{Rule{
		ID: "two-factor-not-required", Category: Hygiene, Severity: access.Medium,
		Title:    "The organization does not require two-factor authentication",
		What:     "The organization lets members and outside collaborators in who have no second factor. Not reported where the baseline says require_two_factor = false.",
		Why:      "Without the requirement each new member may start with a password alone, and anybody may switch their second factor off again. What is required stays true without anybody looking.",
		Grading:  "Always medium.",
		Remedy:   "Organization settings → Authentication security → Require two-factor authentication. GitHub removes outside collaborators without it at once, so tell them before.",
		Example:  "org:acme does not require two-factor authentication",
		Controls: supports("CC6.1", "A.5.17", "A.8.5", "IA-2(1)", "IA-2(2)", "1.3.5"),
		Needs:    []access.Area{access.AreaOrganization, access.AreaSettings},
	}, twoFactorNotRequired},
}

func twoFactorMissing(c *court) {
	blind := 0
	for _, g := range c.memberships() {
		user := g.Principal.ID
		if c.machine(user) {
			continue
		}
		i, told := slices.BinarySearchFunc(c.s.TwoFactor, user, func(t access.TwoFactor, u int64) int { return cmp.Compare(t.User, u) })
		switch {
		case !told:
			blind++
			continue
		case c.s.TwoFactor[i].Enabled:
			continue
		}
		who, what, w := c.name(g.Principal), "a member", access.Medium
		if g.Privilege == access.Owner {
			what, w = "an owner", access.High
		}
		c.report(access.Finding{
			Severity: w, Principal: who, Resource: c.org(), Grant: &g, Affected: 1, Sample: c.sample([]int64{user}),
			Title: fmt.Sprintf("%s, %s, has no second factor", who.Name, what),
			Have:  "two-factor authentication is off", Want: "two-factor authentication is on",
			Evidence: []string{"GitHub lists the account without two-factor authentication."},
			Fixable:  "only the person can switch it on: Settings → Password and authentication",
		}, g.Principal.String(), need(access.AreaMembers, 0), need(access.AreaTwoFactor, 0))
	}
	if !c.s.Coverage.Complete(access.AreaTwoFactor) {
		c.undecide(blind, c.why(c.s.Coverage.Of(access.AreaTwoFactor)))
	} else {
		c.undecide(blind, "two-factor: not told for this member")
	}
}

func twoFactorNotRequired(c *court) {
	required := c.s.Org.TwoFactorRequired
	from := access.AreaOrganization
	if required == nil && c.s.Settings != nil {
		required, from = c.s.Settings.TwoFactorRequired, access.AreaSettings
	}
	if required == nil {
		c.undecide(1, "whether two-factor authentication is required was not told: only owners are")
		return
	}
	if want := c.orgRules().RequireTwoFactor; *required || want != nil && !*want {
		return
	}
	c.report(access.Finding{
		Resource: c.org(), Title: c.org().Name + " does not require two-factor authentication",
		Have: "not required", Want: "required",
		Fixable: "Organization settings → Authentication security",
	}, c.org().Ref.String(), need(from, 0))
}
