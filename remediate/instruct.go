package remediate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// Instruction is a change that ajar does not make: what, why not, where, and who
// can. It stands until a snapshot shows that its finding is gone.
type Instruction struct {
	Title     string       `json:"title"`
	Principal access.Named `json:"principal"`
	Resource  access.Named `json:"resource"`
	Where     string       `json:"where"`
	Who       string       `json:"who"` // who can do it, in words
	Why       string       `json:"why"`
	Rule      string       `json:"rule"`
	Finding   string       `json:"finding"`                // fingerprint: the same instruction has the same one in every plan
	Since     time.Time    `json:"since,omitzero"`         // since when it stands, where that is known
	Overdue   time.Time    `json:"overdue_since,omitzero"` // as of an action
}

// Done is an instruction of an earlier plan whose finding is gone.
type Done struct {
	Title    string    `json:"title"`
	Where    string    `json:"where"`
	Rule     string    `json:"rule"`
	Finding  string    `json:"finding"`
	Since    time.Time `json:"since,omitzero"` // as it stood
	Resolved time.Time `json:"resolved_at"`    // the snapshot that showed it
}

// instruct files what ajar does not do itself.
func (p *planner) instruct(f access.Finding, where, why string) {
	p.manual = append(p.manual, Instruction{
		Title: f.Title, Principal: f.Principal, Resource: f.Resource, Where: where, Who: p.whoCan(f, where), Why: why, Rule: f.Rule, Finding: f.Fingerprint,
		Since: p.in.Seen[f.Fingerprint].Since, Overdue: overdue([]access.Finding{f}, p.in.At),
	})
}

// whoCan says who can follow an instruction, by the place that it names.
func (p *planner) whoCan(f access.Finding, where string) string {
	switch low := strings.ToLower(where); {
	case strings.HasPrefix(low, "only the person"):
		return f.Principal.Name
	case strings.HasPrefix(low, "organization settings"):
		return "an owner of " + p.called(p.org()) + p.names(p.owners)
	case strings.HasPrefix(low, "identity provider"):
		return "who keeps the groups of the identity provider"
	case strings.HasPrefix(low, "team settings"):
		return "an owner of " + p.called(p.org()) + " or a maintainer of the team"
	case strings.HasPrefix(low, "repository settings"):
		return "an administrator of " + p.repositoryOf(f.Resource)
	}
	if len(p.in.Guards.Editors) > 0 {
		return "who keeps the baseline: " + strings.Join(p.in.Guards.Editors, ", ")
	}
	return "who keeps the baseline"
}

// repositoryOf names the repository that something is or is part of.
func (p *planner) repositoryOf(r access.Named) string {
	if e, ok := p.env[r.ID]; ok && r.Kind == access.Env {
		return p.called(repo(e.Repo))
	}
	return r.Name
}

// names lists the first few of many people, in brackets.
func (p *planner) names(ids []int64) string {
	if len(ids) == 0 {
		return ""
	}
	refs := make([]access.Ref, len(ids))
	for i, id := range ids {
		refs[i] = user(id)
	}
	return " (" + p.some(refs) + ")"
}

// done lists the instructions of an earlier plan that were followed.
func (p *planner) done() []Done {
	out := []Done{}
	for _, i := range p.in.Former {
		at, ended := p.in.Ended[i.Finding]
		stands := slices.ContainsFunc(p.manual, func(x Instruction) bool { return x.Finding == i.Finding })
		if ended && !stands {
			out = append(out, Done{i.Title, i.Where, i.Rule, i.Finding, i.Since, at.UTC()})
		}
	}
	slices.SortFunc(out, func(a, b Done) int { return cmp.Or(b.Resolved.Compare(a.Resolved), cmp.Compare(a.Finding, b.Finding)) })
	return out
}

// elsewhere is for what has no action: access that is managed in another place,
// and everything that only a person can mend.
func (p *planner) elsewhere(f access.Finding) {
	where, why := f.Fixable, "no change of a grant mends it"
	if f.Grant != nil && f.Grant.Source == access.ByOrgRole {
		where, why = "Organization settings → Organization roles → Role assignments", "an organization role is given to a person or team as a whole"
	}
	if where == "" {
		where = "see what the rule says: ajar findings show " + f.Fingerprint
	}
	p.instruct(f, where, why)
}
