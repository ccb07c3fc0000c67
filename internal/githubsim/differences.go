package githubsim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Differences tells what is in one world and not in the other, a line for each
// entity: "gone acme/repos/api/collaborators/alice", "new …", or "changed …: id".
// Of a list the order does not count; its elements are told apart by what a person
// would name them by. What happened meanwhile, that is the audit log and dates of
// change, is left out.
func (w *World) Differences(later *World) []string {
	before, after := w.entities(), later.entities()
	all := maps.Clone(before)
	maps.Copy(all, after)
	var out []string
	for _, path := range slices.Sorted(maps.Keys(all)) {
		was, is := before[path], after[path]
		switch {
		case is == nil:
			out = append(out, "gone "+path)
		case was == nil:
			out = append(out, "new "+path)
		case !maps.Equal(was, is):
			out = append(out, "changed "+path+": "+strings.Join(unequal(was, is), ", "))
		}
	}
	return out
}

// unequal names the fields that are not the same.
func unequal(a, b map[string]string) []string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	var out []string
	for key := range all {
		x, had := a[key]
		y, has := b[key]
		if had != has || x != y {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return out
}

// entities lists everything that the world says: the fields of each object by its path.
func (w *World) entities() map[string]map[string]string {
	text, err := json.Marshal(w)
	if err != nil {
		panic(fmt.Sprintf("githubsim: a world that is no JSON: %v", err)) // it came from JSON
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // ids stay as they are
	var tree any
	if err := d.Decode(&tree); err != nil {
		panic(fmt.Sprintf("githubsim: %v", err))
	}
	out := map[string]map[string]string{}
	gather(out, nil, tree)
	return out
}

// fleeting are the keys of what happened, beside what is.
var fleeting = []string{"auditLog", "updatedAt", "meta"}

func gather(out map[string]map[string]string, path []string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, e := range v {
			if !slices.Contains(fleeting, key) {
				gather(out, append(slices.Clip(path), key), e)
			}
		}
	case []any:
		for _, e := range v {
			gather(out, append(slices.Clip(path), called(e)), e)
		}
	default:
		last := max(0, len(path)-1)
		entity := strings.Join(path[min(1, last):last], "/")
		if out[entity] == nil {
			out[entity] = map[string]string{}
		}
		out[entity][strings.Join(path[last:], "")] = fmt.Sprint(v)
	}
}

// called is what a person would tell an element of a list by.
func called(e any) string {
	fields, ok := e.(map[string]any)
	if !ok {
		return fmt.Sprint(e)
	}
	for _, key := range []string{"login", "email", "slug", "name", "title", "id"} {
		if text := fmt.Sprint(fields[key]); fields[key] != nil && text != "" {
			return text
		}
	}
	text, err := json.Marshal(e)
	if err != nil {
		return fmt.Sprint(e)
	}
	return string(text)
}
