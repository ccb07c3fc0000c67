package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// keyEntry is one [[key]].
type keyEntry struct {
	match []item
	why   string
}

// deployKeys sets apart the keys that can write and are in use. One that nobody
// uses is not accepted.
func (w *writer) deployKeys() {
	var used []item
	for _, k := range w.s.DeployKeys {
		if k.ReadOnly || !k.Enabled {
			continue
		}
		ref := access.Ref{Kind: access.Key, ID: k.ID}
		name := w.s.Name(ref)
		switch since := w.quiet[ref]; {
		case since != "":
			w.refuse("%s (%s) can write and %s.", name, k.Title, strings.TrimPrefix(since, "can write, "))
			continue
		case !names(name, access.Key):
			w.refuse("%s: its name cannot be written so that it means this alone.", name)
			continue
		}
		remark := k.Title
		if !k.LastUsed.IsZero() {
			remark += ", used " + k.LastUsed.UTC().Format("2006-01-02")
		}
		used = append(used, item{name, remark})
		w.result.Grants++
	}
	if len(used) == 0 {
		return
	}
	slices.SortFunc(used, func(a, b item) int { return compareNames(a.text, b.text) })
	w.keys = []keyEntry{{used, fmt.Sprintf("%s that can write: no person, no second factor, no end", number(len(used), "deploy key", "deploy keys"))}}
}
