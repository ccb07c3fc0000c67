package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// part is a piece of a text: a name, which a page keeps apart from what stands
// around it, or what stands between names.
type part struct {
	Text string // visible
	Kind string // of a name: its prefix, as in "user:", where it has one
	Name bool
}

// written matches a name as ajar writes it, at the start of a text. Names with a
// blank in them are found only where they are known.
var written = regexp.MustCompile(`^(user|team|repo|env|key|org|invitation|app|pat|workflow|credential):[^\s,;"()]*[^\s,;"().:]`)

// parts takes a text apart into names and what stands between them. Known are the
// names that may stand in it.
func parts(text string, known ...string) []part {
	known = slices.DeleteFunc(slices.Clone(known), func(k string) bool { return k == "" })
	slices.SortFunc(known, func(a, b string) int { return len(b) - len(a) })
	var out []part
	start := 0
	for i := 0; i < len(text); {
		name := nameAt(text, i, known)
		if name == "" {
			i++
			continue
		}
		if i > start {
			out = append(out, part{Text: Visible(text[start:i])})
		}
		out = append(out, namePart(name))
		i += len(name)
		start = i
	}
	if start < len(text) {
		out = append(out, part{Text: Visible(text[start:])})
	}
	return out
}

// nameAt gives the name that begins at i, "" where none does.
func nameAt(text string, i int, known []string) string {
	if i > 0 && wordByte(text[i-1]) {
		return ""
	}
	for _, k := range known {
		if strings.HasPrefix(text[i:], k) {
			return k
		}
	}
	if text[i] < 'a' || text[i] > 'z' {
		return ""
	}
	return written.FindString(text[i:])
}

func wordByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b >= 0x80
}

func namePart(name string) part {
	if kind, _, ok := strings.Cut(name, ":"); ok {
		if k, err := access.ParseKind(kind); err == nil {
			prefix := k.String() + ":"
			return part{Text: Visible(strings.TrimPrefix(name, prefix)), Kind: prefix, Name: true}
		}
	}
	return part{Text: Visible(name), Name: true}
}

// nameParts lists names with commas between them, at most limit of them, and says
// how many more there are in all.
func nameParts(all []access.Named, total, limit int) []part {
	var out []part
	for i, n := range all[:min(limit, len(all))] {
		if i > 0 {
			out = append(out, part{Text: ", "})
		}
		if n.Name != "" {
			out = append(out, namePart(n.Name))
		}
	}
	if left := max(total, len(all)) - min(limit, len(all)); left > 0 && len(out) > 0 {
		out = append(out, part{Text: " and " + number(left) + " more"})
	}
	return out
}
