package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// organizations says what would be seen of each organization by all credentials
// together, and what an audit would cost.
func (d *doctor) organizations(ctx context.Context) {
	if len(d.Config.GitHub.Organizations) == 0 {
		d.add(Check{About: Org, Mark: Failed, Found: "none is named", Do: `add --org LOGIN, or organizations = ["LOGIN"] to the configuration`})
		d.unchecked("no organization is named", Data, Budget)
		return
	}
	for _, o := range d.orgs {
		d.organization(ctx, o)
	}
}

func (d *doctor) organization(ctx context.Context, o *patient) {
	seen := slices.DeleteFunc(slices.Clone(o.seen), func(l look) bool { return !l.ok })
	if len(seen) == 0 {
		if !o.failed {
			d.add(Check{About: Org, Name: o.login, Mark: Unchecked, Found: "not looked at: no credential works"})
		}
		for _, about := range []string{Data, Budget} {
			d.add(Check{About: about, Name: o.login, Mark: Unchecked, Found: "not looked at: no credential sees the organization"})
		}
		return
	}
	d.add(found(seen[0]))
	d.people(ctx, o.login, seen[0].client)
	d.data(o, seen)
	d.budget(ctx, o, seen[0])
}

// found says which organization it is, and as whom it is read.
func found(l look) Check {
	s := l.sight
	as := "somebody who is no member of it"
	switch {
	case s.App:
		as = "an app"
	case s.Administers:
		as = "an owner"
	case s.Member:
		as = "a member"
	}
	c := Check{About: Org, Name: s.Org.Login, Mark: OK, Found: fmt.Sprintf("organization %d, read as %s, who is shown %s", s.Org.ID, as, count(s.Repositories, "repository"))}
	if s.Plan != "" {
		c.Found += "; plan " + s.Plan
	}
	return c
}

// data says which kinds of data an audit would not see: what the first credential
// lacks and no other has. Kinds that lack for one reason are told together.
func (d *doctor) data(o *patient, seen []look) {
	var lacking []access.Cover
	var gone []access.Area
	others := make([][]access.Area, len(seen)) // what each of them makes good
	for _, l := range seen[0].sight.Areas {
		switch {
		case slices.Contains(d.Config.Collect.Without, l.Area), l.Status == access.Complete:
			continue
		case l.Status == access.Unavailable:
			gone = append(gone, l.Area)
			continue
		}
		if i := slices.IndexFunc(seen, func(k look) bool { return k.sight.Of(l.Area).Status == access.Complete }); i > 0 {
			others[i] = append(others[i], l.Area)
			continue
		}
		lacking = append(lacking, l)
	}
	for i, areas := range others {
		if len(areas) > 0 {
			d.add(Check{About: Data, Name: o.login, Mark: OK, Found: fmt.Sprintf("%s: read with %s, for %s lacks them", listed(areas, len(areas)), seen[i].by.Name, seen[0].by.Name)})
		}
	}
	if len(gone) > 0 {
		d.add(Check{About: Data, Name: o.login, Mark: Note, Found: listed(gone, len(gone)) + ": the plan has no such data, and none is expected"})
	}
	if w := d.Config.Collect.Without; len(w) > 0 {
		d.add(Check{About: Data, Name: o.login, Mark: Note, Found: listed(w, len(w)) + ": left out by [collect] without, so no rule concludes anything from them"})
	}
	if len(lacking) == 0 {
		d.add(Check{About: Data, Name: o.login, Mark: OK, Found: "every kind of data that is expected can be read"})
	}
	for _, g := range grouped(lacking) {
		d.add(g.check(o.login))
	}
}

// lack is what some kinds of data lack, all of them of the same somebody.
type lack struct {
	who     string   // whose token would see them
	scopes  []string // that it would need
	rights  []string // or the permissions of an app
	reasons []string
	partly  bool
	areas   []access.Area
	help    []string // where it cannot be taken apart
}

// grouped puts kinds together that the same credential would see.
func grouped(lines []access.Cover) []*lack {
	var out []*lack
	for _, l := range lines {
		who, scope, right := apart(l.Help)
		partly := l.Status == access.Partial
		i := slices.IndexFunc(out, func(g *lack) bool { return g.who == who && g.partly == partly })
		if i < 0 {
			out = append(out, &lack{who: who, partly: partly})
			i = len(out) - 1
		}
		g := out[i]
		g.areas = append(g.areas, l.Area)
		once(&g.scopes, scope)
		once(&g.rights, right)
		once(&g.reasons, l.Reason)
		if who == "" {
			once(&g.help, l.Help)
		}
	}
	return out
}

func once(all *[]string, s string) {
	if s != "" && !slices.Contains(*all, s) {
		*all = append(*all, s)
	}
}

// apart takes the collector's words for what would help apart: "an organization
// owner's token (scope admin:org), or an app with organization members: read".
func apart(help string) (who, scope, right string) {
	token, right, _ := strings.Cut(help, ", or an app with ")
	who, rest, ok := strings.Cut(token, " (scope")
	if !ok {
		return "", "", ""
	}
	scope, _, _ = strings.Cut(strings.TrimLeft(rest, "s "), ")")
	right, _, _ = strings.Cut(right, "; ") // what GitHub adds to it is in the reason
	return who, strings.ReplaceAll(scope, " and ", ", "), strings.TrimSuffix(right, ": read")
}

func (g *lack) check(org string) Check {
	c := Check{About: Data, Name: org, Mark: Warning, Blinds: g.areas, Found: listed(g.areas, len(g.areas)) + ": not to be seen"}
	if g.partly {
		c.Found = listed(g.areas, len(g.areas)) + ": to be seen in part"
	}
	if len(g.reasons) == 1 {
		c.Found += " (" + g.reasons[0] + ")"
	}
	switch {
	case len(g.help) > 0:
		c.Do = "what would help: " + strings.Join(g.help, "; ")
	case g.who == "":
		c.Do = "docs/permissions.md says what each kind needs"
	default:
		c.Do = fmt.Sprintf("what would help: %s with %s", g.who, strings.Join(g.scopes, ", "))
		if len(g.rights) > 0 {
			c.Do += "; or an app, or a fine-grained token of an owner, that may read " + strings.ReplaceAll(strings.Join(g.rights, ", "), ": read and", ",")
		}
	}
	return c
}
