package baseline

import "github.com/eb661601/ajar/access"

// maxCompared bounds how many [[environment]] entries are compared with each
// other before a snapshot is there; [Baseline.Bind] compares them all.
const maxCompared = 1000

// checkEnvironments finds two [[environment]] entries that cannot both hold,
// without a snapshot: one speaks of everything that the other speaks of, gives
// one key another value, and nobody says override. Entries that overlap in part
// may never meet, so those are left to Bind, as is who of several overrides wins.
func checkEnvironments(b *Baseline, problems *Problems) {
	overridden := map[string]bool{}
	for _, r := range b.Environments {
		for _, k := range r.keys {
			overridden[k.name] = overridden[k.name] || r.Override
		}
	}
	all := b.Environments[:min(len(b.Environments), maxCompared)]
	for i := range all {
		for j := range i {
			compareRules(&all[j], &all[i], overridden, problems)
		}
	}
}

func compareRules(earlier, later *EnvironmentRule, overridden map[string]bool, problems *Problems) {
	shared := ""
	for _, k := range later.keys {
		other := earlier.key(k.name)
		if other.name == "" || other.value == k.value || overridden[k.name] {
			continue
		}
		if shared == "" {
			if shared = narrower(earlier.Match, later.Match); shared == "" {
				return
			}
		}
		problems.add(k.at, "keep one, or say override = true in the more specific one",
			"%s is set to another value at %s, and both speak of %s", k.name, other.at, shared)
	}
}

// narrower gives a pattern of one list that names nothing but what a pattern of
// the other list names as well; "" where there is none.
func narrower(a, b []Pattern) string {
	for _, p := range a {
		for _, q := range b {
			switch {
			case p.within(q):
				return p.Text
			case q.within(p):
				return q.Text
			}
		}
	}
	return ""
}

// within reports whether everything that p names is named by o as well. A star is
// no character of a name, so o's stars alone can take one in.
func (p Pattern) within(o Pattern) bool {
	if p.Kind != o.Kind || p.Kind != access.Env && p.Kind != access.Team {
		return false
	}
	return o.org.match(p.org.text) && o.name.match(p.name.text) && (p.Kind == access.Team || o.sub.match(p.sub.text))
}
