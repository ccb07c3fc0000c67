package report

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
)

// mdCode writes a text as a code span of GitHub's Markdown, in which nothing acts:
// no mention, no link, no tag, no emphasis. The fence is longer than any run of
// backticks in the text. A vertical bar is written as its code, for in a table it
// would end the cell.
func mdCode(s string) string {
	s = strings.ReplaceAll(Visible(s), "|", `\u007c`)
	if strings.Trim(s, " ") == "" {
		return "(empty)"
	}
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 || s[0] == ' ' || s[len(s)-1] == ' ' {
		s = " " + s + " " // one blank at each end is not shown
	}
	return fence + s + fence
}

// mdText writes a text in which names or anything else may have come from GitHub
// or a file: names, and every word that Markdown or GitHub could take for
// something, become code spans; plain words stay.
func mdText(text string, known ...string) string {
	var b strings.Builder
	for _, p := range parts(text, known...) {
		if p.Name {
			mdJoin(&b, mdCode(p.Kind+p.Text))
			continue
		}
		for i, word := range strings.Split(p.Text, " ") {
			if i > 0 {
				b.WriteByte(' ')
			}
			mdJoin(&b, mdWord(word))
		}
	}
	return strings.TrimSpace(b.String())
}

// mdJoin appends a piece; between two code spans there must be something, else
// their fences would be one.
func mdJoin(b *strings.Builder, piece string) {
	if strings.HasSuffix(b.String(), "`") && strings.HasPrefix(piece, "`") {
		b.WriteByte(' ')
	}
	b.WriteString(piece)
}

// mdWord writes one word: as it is where it is plain, else as a code span, with
// the punctuation around it outside.
func mdWord(w string) string {
	core := strings.TrimLeft(w, `("'`)
	lead := w[:len(w)-len(core)]
	body := strings.TrimRight(core, `)"',.;:?`)
	tail := core[len(body):]
	if body == "" {
		if strings.Trim(w, `("'),;?`) == "" {
			return w
		}
		return mdCode(w)
	}
	if strings.ContainsAny(tail, ".:)") && strings.Trim(body, "0123456789") == "" {
		return lead + mdCode(body) + tail // "1." would begin a list
	}
	if mdPlain(body) {
		return w
	}
	return lead + mdCode(body) + tail
}

// mdPlain reports whether a word is one that nothing is made of: letters and
// digits, with hyphens, apostrophes and commas inside. Seven hexadecimal digits could be a
// commit, a hyphen before a digit an issue ("GH-12"), and what looks like the
// start of an address a link, as does "www" wherever it stands.
func mdPlain(w string) bool {
	if strings.Contains(strings.ToLower(w), "www") {
		return false
	}
	hex := len(w) >= 7
	for i := 0; i < len(w); {
		r, n := utf8.DecodeRuneInString(w[i:])
		switch {
		case r == '-' || r == '\'' || r == ',':
			if i == 0 || i+n == len(w) || w[i+n] >= '0' && w[i+n] <= '9' && r == '-' {
				return false
			}
		case r == '→' || r == '≥' || r == '…' || r == '–' || r == '%' && i > 0:
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			return false
		}
		if !strings.ContainsRune("0123456789abcdefABCDEF", r) {
			hex = false
		}
		i += n
	}
	return !hex
}

// mdNames lists names as code spans.
func mdNames(all []access.Named, total, limit int) string {
	var out []string
	for _, n := range all[:min(limit, len(all))] {
		if n.Name != "" {
			out = append(out, mdCode(n.Name))
		}
	}
	s := strings.Join(out, ", ")
	if left := max(total, len(all)) - len(out); left > 0 && s != "" {
		s += " and " + number(left) + " more"
	}
	return s
}
