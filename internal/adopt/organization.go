package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// fewMembers is up to how many members are listed one by one: beyond that a list
// is one more thing that nobody keeps.
const fewMembers = 25

// manyOutside is up to how many outside collaborators are listed.
const manyOutside = 200

// organization writes [organization.X]: what is sound as it is, and the sound
// value with a remark where it is not.
func (w *writer) organization() string {
	var b strings.Builder
	b.WriteString(w.memberLists())
	if set := w.s.Settings; set != nil && set.BasePermission != access.NoPrivilege {
		if p := set.BasePermission; p <= access.Read {
			fmt.Fprintf(&b, "base_permission = %q\n", p)
		} else {
			fmt.Fprintf(&b, "base_permission = \"read\"  # it is %q today: a finding\n", p)
		}
	} else {
		w.blind = append(w.blind, "settings: the base permission was not told, so it is not set here.")
	}
	if t := w.s.WorkflowToken; t != nil {
		b.WriteString("default_workflow_permissions = \"read\"")
		if t.Default != "read" {
			fmt.Fprintf(&b, "  # it is %s today: a finding", plain(quote(t.Default)))
		}
		b.WriteString("\n")
		if can := t.CanApprovePullRequests; can != nil {
			b.WriteString("workflow_can_approve_pull_requests = false")
			if *can {
				b.WriteString("  # they can today: a finding")
			}
			b.WriteString("\n")
		}
	}
	required := w.s.Org.TwoFactorRequired
	if required == nil && w.s.Settings != nil {
		required = w.s.Settings.TwoFactorRequired
	}
	if required != nil {
		b.WriteString("require_two_factor = true")
		if !*required {
			b.WriteString("  # it is not required today: a finding")
		}
		b.WriteString("\n")
	}
	if len(w.manage) > 0 {
		var words []string
		for _, c := range w.manage {
			words = append(words, string(c))
		}
		slices.Sort(words)
		b.WriteString("# No entry allows any of this: whoever comes to hold it is a finding.\n" + list("manage", items(words)))
	}
	if b.Len() == 0 {
		return ""
	}
	return title("The organization") + "\n[organization." + strings.ToLower(w.s.Org.Login) + "]\n" + b.String()
}

// memberLists writes who may be here at all.
func (w *writer) memberLists() string {
	var b strings.Builder
	if w.read(baseline.Owners, memberAreas) {
		owners, members := w.membership()
		if len(owners) > 0 {
			b.WriteString(list("owners", owners))
		}
		switch {
		case len(owners)+len(members) == 0:
		case len(members) > fewMembers:
			fmt.Fprintf(&b, "members = \"any\"  # %d today; teams and grants say what they may do\n", len(members))
		case len(members) > 0:
			b.WriteString(list("members", members))
		}
	}
	if w.read(baseline.OutsideCollaborators, outsideAreas) {
		b.WriteString(w.outside())
	}
	return b.String()
}

// membership lists owners and the other members, with what is unusual of owners.
func (w *writer) membership() (owners, members []item) {
	for _, g := range w.s.GrantsOn(access.Ref{Kind: access.Org, ID: w.s.Org.ID}) {
		if g.Principal.Kind != access.User || !g.Privilege.OnOrganization() {
			continue
		}
		name, ok := w.name(g.Principal)
		if !ok {
			w.refuse("%s is %s: the name cannot be written so that it means this account alone.", name, g.Privilege)
			continue
		}
		i := item{text: name}
		if g.Privilege == access.Member {
			members = append(members, i)
			continue
		}
		var why []string
		if since := w.quiet[g.Principal]; since != "" {
			why = append(why, since)
		}
		if w.nofac[g.Principal.ID] {
			why = append(why, "no second factor")
		}
		if len(why) > 0 {
			i.remark = strings.Join(why, "; ") + ": a finding"
		}
		owners = append(owners, i)
		w.result.Grants++
		w.holders[g.Principal] = true
	}
	byName := func(a, b item) int { return compareNames(a.text, b.text) }
	slices.SortFunc(owners, byName)
	slices.SortFunc(members, byName)
	return owners, members
}

// outside lists the outside collaborators, but for those who hold something that
// is not accepted: who is on the list may be one.
func (w *writer) outside() string {
	admin := map[int64]bool{}
	for _, g := range w.s.Grants {
		if g.Resource.Kind == access.Repo && g.Source == access.Direct && g.Privilege == access.Admin {
			admin[g.Principal.ID] = true
		}
	}
	var all []item
	for _, o := range w.s.Outside {
		ref := access.Ref{Kind: access.User, ID: o.User}
		if name, ok := w.name(ref); ok && !admin[o.User] {
			i := item{text: name}
			if since := w.quiet[ref]; since != "" {
				i.remark = since + ": a finding"
			}
			all = append(all, i)
		}
	}
	slices.SortFunc(all, func(a, b item) int { return compareNames(a.text, b.text) })
	switch {
	case len(w.s.Outside) == 0:
		w.manage = append(w.manage, baseline.OutsideCollaborators)
		return ""
	case len(all) == 0:
		w.manage = append(w.manage, baseline.OutsideCollaborators)
		return ""
	case len(all) > manyOutside:
		return fmt.Sprintf("outside_collaborators = \"any\"  # %d today, too many to list\n", len(all))
	}
	return list("outside_collaborators", all)
}
