package baseline

import (
	"encoding/json"
	"reflect"
	"slices"
)

// settle finds single-valued keys that several tables of one meaning set to
// different values. One that says override = true decides; otherwise both lines
// are named. What has lost, or says the same again, is taken out, so that the
// tables can be read one after another into one thing.
func settle(name string, tables []*table) {
	for i, t := range tables {
		for _, key := range t.names() {
			if key == "override" {
				continue
			}
			for _, earlier := range tables[:i] {
				other, ok := earlier.vals[key]
				if !ok {
					continue
				}
				settleKey(name, key, earlier, t, reflect.DeepEqual(plain(other), plain(t.vals[key])))
				break
			}
		}
	}
}

// plain makes values comparable whatever Go type the TOML library chose.
func plain(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(text)
}

func settleKey(name, key string, earlier, later *table, same bool) {
	e, l := earlier.overrides(), later.overrides()
	switch {
	case same || e && !l:
		later.drop(key)
	case l && !e:
		earlier.drop(key)
	default:
		later.complain(later.at(key), "keep one, or say override = true beside the one that decides",
			"%s sets %s to another value than %s", name, key, earlier.at(key))
		later.drop(key)
	}
}

func (t *table) overrides() bool { b, _ := t.vals["override"].(bool); return b }

func (t *table) drop(key string) {
	delete(t.vals, key)
	t.known = append(t.known, key)
}

// gather takes the tables of that name out of several files and settles them.
func gather(name string, files []*table) []*table {
	var out []*table
	for _, f := range files {
		if t, ok := f.sub(name); ok {
			t.name = "[" + name + "]"
			out = append(out, t)
		}
	}
	settle("["+name+"]", out)
	return out
}

// settleRoles keeps one definition of each role: two need override = true in
// the one that decides.
func settleRoles(roles []Role, problems *Problems) []Role {
	slices.SortStableFunc(roles, func(a, b Role) int { return compareFold(a.Name, b.Name) })
	var out []Role
	for _, r := range roles {
		last := len(out) - 1
		switch {
		case last < 0 || compareFold(out[last].Name, r.Name) != 0:
			out = append(out, r)
		case r.Override && !out[last].Override:
			out[last] = r
		case out[last].Override && !r.Override:
		default:
			problems.add(r.Position, "rename one, or say override = true in the one that decides",
				"role %q is also defined at %s", r.Name, out[last].Position)
		}
	}
	return out
}
