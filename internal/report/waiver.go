package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
)

// WaiverTOML is a ready entry for the baseline that accepts the finding until
// the end of the last whole day before end. Its match names the rule, the resource and the principal; a
// star in a name, which a pattern reads as "anything", is pointed out.
func WaiverTOML(f access.Finding, end time.Time) string {
	var b strings.Builder
	b.WriteString("[[waiver]]\n")
	fmt.Fprintf(&b, "match.rule = %s\n", quoteTOML(f.Rule))
	if f.Resource.Name != "" {
		fmt.Fprintf(&b, "match.resource = %s\n", quoteTOML(f.Resource.Name))
	}
	if f.Principal.Name != "" {
		fmt.Fprintf(&b, "match.principal = %s\n", quoteTOML(f.Principal.Name))
	}
	if strings.Contains(f.Resource.Name+f.Principal.Name, "*") {
		b.WriteString("# the star in the name matches other names as well\n")
	}
	b.WriteString("reason = \"\"           # why this is accepted, and the ticket\n")
	b.WriteString("owner = \"user:\"       # who answers for it\n")
	fmt.Fprintf(&b, "expires = %s  # the end of that day, UTC; sooner is better\n", day(end.UTC().Truncate(24*time.Hour).AddDate(0, 0, -1)))
	return b.String()
}

// quoteTOML writes a basic string. What could not be seen is written as TOML's
// own escape, so the text stays exact and nothing in it acts.
func quoteTOML(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, string(utf8.RuneError)) {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case shown(r):
			b.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// lines writes text that is meant to be copied: nothing of it is cut.
func (p *page) lines(indent int, text string) {
	for l := range strings.Lines(text) {
		p.emit([]span{space(indent), plain.of(strings.TrimSuffix(l, "\n"))})
	}
}
