package adopt

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
)

// envEntry is one [[environment]].
type envEntry struct {
	match []item
	keys  string // its settings, as TOML
	envs  int
}

// environments writes down the protection that is there and sound, and groups
// what is protected alike. What lacks protection stays a finding. An environment
// that does not lead to production gets a rule only if there is nothing left to
// say about it: a rule makes it matter more.
func (w *writer) environments() {
	type alike struct{ keys string }
	found := map[alike][]access.Environment{}
	var order []alike
	reviewers := map[int64][]access.Grant{}
	for _, g := range w.s.Grants {
		if g.Source == access.Reviewer && g.Resource.Kind == access.Env {
			reviewers[g.Resource.ID] = append(reviewers[g.Resource.ID], g)
		}
	}
	for _, e := range w.s.Environments {
		r, ok := w.s.Repository(e.Repo)
		if !ok || r.Archived || e.Gate == nil {
			continue
		}
		keys, sound := w.protection(e, reviewers[e.ID])
		if keys == "" || !sound && !analyzer.LeadsToProduction(e.Name) {
			continue
		}
		if name := w.envName(r, e); !names(name, access.Env) {
			w.refuse("%s: its protection is not written down, since its name cannot be written so that it means this alone.", name)
			continue
		}
		k := alike{keys}
		if found[k] == nil {
			order = append(order, k)
		}
		found[k] = append(found[k], e)
		w.result.Grants += len(reviewers[e.ID])
	}
	total := map[string]int{}
	for _, e := range w.s.Environments {
		total[strings.ToLower(e.Name)]++
	}
	for _, k := range order {
		w.rules = append(w.rules, envEntry{match: w.matches(found[k], total), keys: k.keys, envs: len(found[k])})
	}
	slices.SortFunc(w.rules, func(a, b envEntry) int {
		return cmp.Or(cmp.Compare(b.envs, a.envs), compareNames(a.match[0].text, b.match[0].text))
	})
}

func (w *writer) envName(r access.Repository, e access.Environment) string {
	return "env:" + w.s.Org.Login + "/" + r.Name + "/" + e.Name
}

// protection writes the settings of an environment that protect it, and reports
// whether all of them do.
func (w *writer) protection(e access.Environment, reviewers []access.Grant) (keys string, sound bool) {
	var b strings.Builder
	sound = true
	if names, ok := w.reviewers(reviewers); e.Gate.Reviewers > 0 && ok && len(reviewers) == e.Gate.Reviewers {
		b.WriteString("require_reviewers = true\n" + list("reviewers", items(names)))
		if e.Gate.PreventSelfReview {
			b.WriteString("prevent_self_review = true\n")
		} else {
			sound = false
		}
	} else {
		sound = false
	}
	if e.Gate.WaitTimer > 0 && e.Gate.WaitTimer <= 43200 {
		fmt.Fprintf(&b, "wait_timer = %d\n", e.Gate.WaitTimer)
	}
	if p := e.Policy; p != nil && w.s.Coverage.CompleteFor(access.AreaPolicies, e.Repo) {
		if p.AdminBypass != nil && !*p.AdminBypass {
			b.WriteString("allow_admin_bypass = false\n")
		} else {
			sound = false
		}
		switch branches := branchNames(p); {
		case p.Branches == access.ProtectedBranch:
			b.WriteString("branches = \"protected\"\n")
		case p.Branches == access.SelectedBranches && len(branches) > 0:
			b.WriteString(list("branches", items(branches)))
		default:
			sound = false
		}
	} else {
		sound = false
	}
	return b.String(), sound
}

// branchNames lists the branches that may deploy; none where one of them cannot
// be written.
func branchNames(p *access.Policy) []string {
	var out []string
	for _, b := range p.Patterns {
		if b.Type == "tag" {
			continue
		}
		if strings.TrimSpace(b.Name) != b.Name || b.Name == "" {
			return nil
		}
		out = append(out, b.Name)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// reviewers names the reviewers of an environment; false where one has no name.
func (w *writer) reviewers(all []access.Grant) ([]string, bool) {
	var out []string
	for _, g := range all {
		name, ok := w.name(g.Principal)
		if !ok {
			return nil, false
		}
		out = append(out, name)
	}
	slices.SortFunc(out, compareNames)
	return out, len(out) > 0 && len(out) <= 6 // GitHub's limit, and a baseline's
}

// matches names environments: by a glob where all of one name in the organization
// are among them, else one by one.
func (w *writer) matches(envs []access.Environment, total map[string]int) []item {
	in := map[string]int{}
	for _, e := range envs {
		in[strings.ToLower(e.Name)]++
	}
	var out []item
	done := map[string]bool{}
	for _, e := range envs {
		name := strings.ToLower(e.Name)
		r, _ := w.s.Repository(e.Repo)
		switch {
		case done[name]:
		case in[name] == total[name] && total[name] >= minGlob:
			done[name] = true
			out = append(out, item{"env:" + w.s.Org.Login + "/*/" + e.Name, fmt.Sprintf("%d environments today", total[name])})
		default:
			out = append(out, item{text: w.envName(r, e)})
		}
	}
	slices.SortFunc(out, func(a, b item) int { return compareNames(a.text, b.text) })
	return out
}
