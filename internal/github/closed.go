package github

import "bytes"

// closed reports whether a JSON object or list ends where the text does: an
// answer that broke off does not. It looks at brackets and strings alone, which
// is several times faster than checking all of JSON; decoders do that later.
func closed(raw []byte) bool {
	depth := 0
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '"':
			n := stringEnd(raw[i+1:])
			if n < 0 {
				return false
			}
			i += 1 + n
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return len(bytes.TrimSpace(raw[i+1:])) == 0
			}
		}
	}
	return false
}

// stringEnd finds the quote that ends a string whose text begins at s, -1 where
// there is none. A quote behind an odd number of backslashes belongs to the text.
func stringEnd(s []byte) int {
	for from := 0; ; {
		n := bytes.IndexByte(s[from:], '"')
		if n < 0 {
			return -1
		}
		end := from + n
		slashes := 0
		for end-1-slashes >= 0 && s[end-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return end
		}
		from = end + 1
	}
}
