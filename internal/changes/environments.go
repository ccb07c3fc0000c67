package changes

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// matters reports whether an environment is likely to be the real thing. Only the
// order of the changes depends on it.
func matters(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"prod", "live", "release", "publish", "main"}, func(w string) bool { return strings.Contains(name, w) })
}

func (c *comparison) environments() {
	byID := func(s *access.Snapshot) []access.Environment {
		all := slices.Clone(s.Environments)
		slices.SortFunc(all, func(a, b access.Environment) int { return cmp.Compare(a.ID, b.ID) })
		return all
	}
	one := func(e access.Environment, added bool) {
		ref, repo := access.Ref{Kind: access.Env, ID: e.ID}, access.Ref{Kind: access.Repo, ID: e.Repo}
		c.fate(ref, added)
		x := Change{Class: "environments", What: word(added), Effect: Other, Subject: c.name(ref), weight: ofName + 7,
			Doubt: c.doubt(added, access.AreaEnvironments, e.Repo), With: c.along(added, repo)}
		c.add(x)
	}
	both(byID(c.was.Snapshot), byID(c.is.Snapshot), access.Environment.Key,
		func(e access.Environment) { one(e, false) }, func(e access.Environment) { one(e, true) },
		func(was, is access.Environment) {
			c.renamed("environments", access.Ref{Kind: access.Env, ID: is.ID}, was.Name, is.Name)
			c.gate(was, is)
			c.policy(was, is)
			c.secrets(was, is)
		})
}

// secrets tells which secrets, by name, came, went or were set anew. What they open is not
// known, so it is neither more nor less.
func (c *comparison) secrets(was, is access.Environment) {
	if was.Secrets == nil || is.Secrets == nil {
		return
	}
	before, after := secrets(was.Secrets.Names), secrets(is.Secrets.Names)
	gone, more := without(before, after), without(after, before)
	if len(gone)+len(more) == 0 {
		return
	}
	c.add(Change{Class: "environments", What: "changed", Effect: Other, Subject: c.name(access.Ref{Kind: access.Env, ID: is.ID}), Aspect: "secrets",
		Before: strings.Join(gone, ", "), After: strings.Join(more, ", "), weight: ofName + 6})
}

func secrets(all []access.Secret) []string {
	out := make([]string, 0, len(all))
	for _, s := range all {
		name := s.Name
		if !s.UpdatedAt.IsZero() {
			name += " set " + s.UpdatedAt.UTC().Format(time.DateOnly)
		}
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// guard tells a change of what stands before an environment.
func (c *comparison) guard(e access.Environment, aspect string, weaker bool, was, is string) {
	x := Change{Class: "environments", What: "strengthened", Effect: Less, Subject: c.name(access.Ref{Kind: access.Env, ID: e.ID}), Aspect: aspect, Before: was, After: is, weight: ofOther}
	if weaker {
		x.What, x.Effect = "weakened", More
	}
	if matters(e.Name) {
		x.weight = ofGate
	}
	c.add(x)
}

func (c *comparison) gate(was, is access.Environment) {
	w, i := was.Gate, is.Gate
	if w == nil || i == nil {
		return
	}
	if w.PreventSelfReview != i.PreventSelfReview {
		allowed := map[bool]string{true: "prevented", false: "allowed"}
		c.guard(is, "self-review", w.PreventSelfReview, allowed[w.PreventSelfReview], allowed[i.PreventSelfReview])
	}
	if w.WaitTimer != i.WaitTimer {
		c.guard(is, "wait timer", i.WaitTimer < w.WaitTimer, minutes(w.WaitTimer), minutes(i.WaitTimer))
	}
	if (w.Reviewers == 0) != (i.Reviewers == 0) {
		c.guard(is, "approval", i.Reviewers == 0, reviewers(w.Reviewers), reviewers(i.Reviewers))
	}
}

func reviewers(n int) string {
	switch n {
	case 0:
		return "not required"
	case 1:
		return "by 1 reviewer"
	}
	return "by one of " + strconv.Itoa(n) + " reviewers"
}

func (c *comparison) policy(was, is access.Environment) {
	w, i := was.Policy, is.Policy
	if w == nil || i == nil {
		return
	}
	if w.AdminBypass != nil && i.AdminBypass != nil && *w.AdminBypass != *i.AdminBypass {
		allowed := map[bool]string{true: "allowed", false: "not allowed"}
		c.guard(is, "bypass by admins", *i.AdminBypass, allowed[*w.AdminBypass], allowed[*i.AdminBypass])
	}
	if w.Branches != i.Branches {
		c.guard(is, "branches", i.Branches == access.AnyBranch || i.Branches == access.SelectedBranches && w.Branches == access.ProtectedBranch, w.Branches, i.Branches)
		return
	}
	before, after := patterns(w.Patterns), patterns(i.Patterns)
	if gone, more := without(before, after), without(after, before); len(gone)+len(more) > 0 {
		c.guard(is, "branches and tags", len(more) > 0, strings.Join(before, ", "), strings.Join(after, ", "))
	}
}

func patterns(all []access.Pattern) []string {
	out := make([]string, 0, len(all))
	for _, p := range all {
		if p.Type == "tag" {
			out = append(out, "tag "+p.Name)
			continue
		}
		out = append(out, p.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
