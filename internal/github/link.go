package github

import "strings"

// NextLink finds the target of rel="next" in a Link header (RFC 8288), "" where
// there is none. It never fails: what it cannot read has no next.
func NextLink(header string) string {
	for header != "" {
		open := strings.IndexByte(header, '<')
		if open < 0 {
			return ""
		}
		header = header[open+1:]
		end := strings.IndexByte(header, '>')
		if end < 0 {
			return ""
		}
		target, rest := header[:end], header[end+1:]
		params, more := cutParams(rest)
		if relNext(params) {
			return target
		}
		header = more
	}
	return ""
}

// cutParams splits what follows a target at the comma that begins the next
// link; a comma inside quotes does not.
func cutParams(s string) (params, more string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				return s[:i], s[i+1:]
			}
		}
	}
	return s, ""
}

func relNext(params string) bool {
	for p := range strings.SplitSeq(params, ";") {
		name, value, ok := strings.Cut(strings.TrimSpace(p), "=")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for word := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(word, "next") {
				return true
			}
		}
	}
	return false
}
