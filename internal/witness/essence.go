package witness

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/githubsim"
)

// Essence is all access that a world gives, a line for each fact, sorted: a key by
// its material, an invitation by whom it offers what, since both have another
// number once they were put back. Times and numbers are left out.
func Essence(w *githubsim.World) []string {
	e := &essay{}
	for _, o := range w.Orgs {
		e.org(o)
	}
	slices.Sort(e.lines)
	return e.lines
}

type essay struct{ lines []string }

func (e *essay) add(format string, args ...any) {
	e.lines = append(e.lines, fmt.Sprintf(format, args...))
}

func (e *essay) org(o *githubsim.Org) {
	e.add("%s base-permission %s", o.Login, o.Settings.DefaultRepositoryPermission)
	e.add("%s workflow-token %s approves=%t", o.Login, o.Settings.DefaultWorkflowPermissions, o.Settings.CanApprovePullRequestReviews)
	for _, m := range o.Members {
		e.add("%s member %s %s", o.Login, m.Login, m.Role)
	}
	for _, i := range o.Invitations {
		e.add("%s invitation %s%s %s teams=%v", o.Login, i.Login, i.Email, i.Role, sorted(i.Teams))
	}
	for _, t := range o.Teams {
		for _, m := range t.Members {
			e.add("%s team %s member %s %s", o.Login, t.Slug, m.Login, m.Role)
		}
	}
	for _, r := range o.Repos {
		e.repo(o.Login+"/"+r.Name, r)
	}
}

func (e *essay) repo(name string, r *githubsim.Repo) {
	for _, c := range r.Collaborators {
		e.add("%s collaborator %s %s", name, c.Login, word(c.Permission))
	}
	for _, g := range r.Teams {
		e.add("%s team-grant %s %s", name, g.Slug, word(g.Permission))
	}
	for _, i := range r.Invitations {
		e.add("%s invitation %s %s", name, i.Login, word(i.Permission))
	}
	for _, k := range r.DeployKeys {
		e.add("%s key %s %q read-only=%t", name, k.Key, k.Title, k.ReadOnly)
	}
	if p := r.WorkflowPermissions; p != nil {
		e.add("%s workflow-token %s approves=%t", name, p.Default, p.CanApprove)
	}
	for _, v := range r.Environments {
		var who []string
		for _, a := range v.Reviewers {
			who = append(who, a.Type+":"+a.Name)
		}
		branches := "any"
		if b := v.BranchPolicy; b != nil && b.ProtectedBranches {
			branches = "protected"
		} else if b != nil {
			var names []string
			for _, p := range b.Custom {
				names = append(names, p.Type+":"+p.Name)
			}
			branches = "selected " + strings.Join(sorted(names), ",")
		}
		e.add("%s environment %s reviewers=%v wait=%d self=%t bypass=%t branches=%s", name, v.Name, sorted(who), v.WaitTimer, !v.PreventSelfReview || len(who) == 0, v.CanAdminsBypass, branches)
	}
}

// word is the one word for a role that GitHub writes in two ways.
func word(permission string) string {
	switch permission {
	case "pull":
		return "read"
	case "push":
		return "write"
	}
	return permission
}

func sorted(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return out
}

// Apart gives the lines that only one of two essences has, with - and +.
func Apart(a, b []string) (out []string) {
	count := map[string]int{}
	for _, l := range a {
		count[l]--
	}
	for _, l := range b {
		count[l]++
	}
	for l, n := range count {
		for ; n < 0; n++ {
			out = append(out, "- "+l)
		}
		for ; n > 0; n-- {
			out = append(out, "+ "+l)
		}
	}
	slices.SortFunc(out, func(x, y string) int { return strings.Compare(x[2:]+x[:1], y[2:]+y[:1]) })
	return out
}
