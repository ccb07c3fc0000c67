package baseline

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
)

// EnvRule is how one environment must be guarded: every [[environment]] that
// matches it, merged. Nil and empty settings are not said.
type EnvRule struct {
	RequireReviewers  *bool
	ReviewersListed   bool         // the rule says who the reviewers are
	Reviewers         []access.Ref // those of them that the snapshot knows, in the order of the file
	Unknown           []string     // those that it does not
	PreventSelfReview *bool
	AllowAdminBypass  *bool
	WaitTimer         *int   // minutes
	BranchMode        string // access.AnyBranch, access.ProtectedBranch or access.SelectedBranches; "": not said
	Branches          []string
	TagsListed        bool
	Tags              []string
	Source            Position // the most specific [[environment]]
	ReviewersSource   Position // the one that lists the reviewers
}

// Environment gives the rule of an environment, false where none speaks of it.
func (b *Bound) Environment(env int64) (EnvRule, bool) {
	ord, ok := b.names.env[env]
	if !ok {
		return EnvRule{}, false
	}
	r := b.rules[ord]
	if r == nil {
		return EnvRule{}, false
	}
	return *r, true
}

// matched is one [[environment]] as it speaks of one environment.
type matched struct {
	rule   *EnvironmentRule
	number int // of the rule, in the order of the files
	weight int // of its most specific pattern
}

func (d *binder) environments() {
	d.out.rules = map[int32]*EnvRule{}
	found := map[int32][]matched{}
	for i := range d.b.Environments {
		r := &d.b.Environments[i]
		best := map[int32]int{}
		for _, p := range d.ours(r.Match) {
			ords := d.names.environments(p)
			if len(ords) == 0 {
				d.missing(p)
			}
			for _, o := range ords {
				best[o] = max(best[o], p.weight())
			}
		}
		for o, w := range best {
			found[o] = append(found[o], matched{r, i, w})
		}
	}
	told := map[string]bool{}
	reviewers := map[*EnvironmentRule]EnvRule{}
	merged := map[string]*EnvRule{} // by what matches: most environments are guarded as others are
	var key []byte
	for i := range d.names.snap.Environments {
		all := found[int32(i)]
		if len(all) == 0 {
			continue
		}
		key = key[:0]
		for _, m := range all {
			key = binary.AppendUvarint(binary.AppendUvarint(key, uint64(m.number)), uint64(m.weight))
		}
		if merged[string(key)] == nil {
			r := d.mergeRules(int32(i), all, told, reviewers)
			merged[string(key)] = &r
		}
		d.out.rules[int32(i)] = merged[string(key)]
	}
}

// mergeRules takes each setting from the rule that decides it. The matches come
// in the order of the files.
func (d *binder) mergeRules(env int32, all []matched, told map[string]bool, reviewers map[*EnvironmentRule]EnvRule) EnvRule {
	out := EnvRule{}
	top := all[0]
	winners := map[string]matched{}
	places := map[string]Position{}
	for _, m := range all {
		if m.weight > top.weight {
			top = m
		}
		for _, k := range m.rule.keys {
			w, ok := winners[k.name]
			if ok && !d.beats(env, m, w, k, told) {
				continue
			}
			winners[k.name], places[k.name] = m, k.at
			if k.name == "reviewers" {
				d.setReviewers(&out, m.rule, reviewers)
				out.ReviewersSource = k.at
			} else {
				m.rule.set(k.name, &out)
			}
		}
	}
	out.Source = top.rule.Position
	return out
}

// beats decides between two rules that set one key, and complains where neither
// says that it does. The told keep one complaint from being made for each
// environment.
func (d *binder) beats(env int32, m, w matched, k settingKey, told map[string]bool) bool {
	other := w.rule.key(k.name)
	switch {
	case k.value == other.value:
		return m.weight > w.weight
	case m.weight > w.weight && m.rule.Override:
		return true
	case w.weight > m.weight && w.rule.Override:
		return false
	}
	id := k.at.String() + "\x00" + other.at.String()
	if !told[id] {
		told[id] = true
		e := d.names.snap.Environments[env]
		d.problems.add(k.at, "keep one, or say override = true in the more specific one",
			"%s is set to another value at %s, and both speak of %s", k.name, other.at, d.names.snap.Name(access.Ref{Kind: access.Env, ID: e.ID}))
	}
	return false
}

func (r *EnvironmentRule) key(name string) settingKey {
	for _, k := range r.keys {
		if k.name == name {
			return k
		}
	}
	return settingKey{}
}

// set copies one setting of the rule.
func (r *EnvironmentRule) set(name string, out *EnvRule) {
	switch name {
	case "require_reviewers":
		out.RequireReviewers = r.RequireReviewers
	case "prevent_self_review":
		out.PreventSelfReview = r.PreventSelfReview
	case "allow_admin_bypass":
		out.AllowAdminBypass = r.AllowAdminBypass
	case "wait_timer":
		out.WaitTimer = r.WaitTimer
	case "branches":
		if r.Branches != nil {
			out.BranchMode, out.Branches = r.Branches.Mode, r.Branches.Names
		}
	case "tags":
		if r.Tags != nil {
			out.TagsListed, out.Tags = true, *r.Tags
		}
	}
}

// setReviewers resolves the reviewers of a rule, once for all its environments.
func (d *binder) setReviewers(out *EnvRule, r *EnvironmentRule, done map[*EnvironmentRule]EnvRule) {
	resolved, ok := done[r]
	if !ok {
		for _, p := range r.Reviewers {
			refs := d.principals(p)
			if len(refs) == 0 {
				resolved.Unknown = append(resolved.Unknown, p.Text)
			}
			resolved.Reviewers = append(resolved.Reviewers, refs...)
		}
		done[r] = resolved
	}
	out.ReviewersListed, out.Reviewers, out.Unknown = true, resolved.Reviewers, resolved.Unknown
}

// describe says what the rule demands, one part per setting.
func (r EnvRule) describe(name func(access.Ref) string) []string {
	var out []string
	yesNo := func(what string, b *bool) {
		if b != nil {
			out = append(out, fmt.Sprintf("%s = %t", what, *b))
		}
	}
	yesNo("require_reviewers", r.RequireReviewers)
	if r.ReviewersListed {
		var who []string
		for _, ref := range r.Reviewers {
			who = append(who, name(ref))
		}
		who = append(who, r.Unknown...)
		out = append(out, "reviewers "+strings.Join(who, ", "))
	}
	yesNo("prevent_self_review", r.PreventSelfReview)
	yesNo("allow_admin_bypass", r.AllowAdminBypass)
	if r.WaitTimer != nil {
		out = append(out, fmt.Sprintf("wait_timer = %d minutes", *r.WaitTimer))
	}
	switch r.BranchMode {
	case "":
	case access.SelectedBranches:
		out = append(out, "branches "+strings.Join(r.Branches, ", "))
	default:
		out = append(out, r.BranchMode+" branches")
	}
	if r.TagsListed {
		out = append(out, "tags "+strings.Join(r.Tags, ", "))
	}
	return out
}
