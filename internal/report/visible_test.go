package report

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestHostileNamesAreMadeVisible(t *testing.T) {
	for _, c := range []struct{ what, in, want string }{
		{"ordinary", "user:alice-smith_0.9 (ok)", "user:alice-smith_0.9 (ok)"},
		{"umlauts and kanji", "Grüße 運用チーム", "Grüße 運用チーム"},
		{"emoji", "deploy 🚀", "deploy 🚀"},
		{"an escape sequence", "a\x1b[2Jb", `a\u001b[2Jb`},
		{"a terminal title", "\x1b]0;pwned\x07", `\u001b]0;pwned\u0007`},
		{"a hyperlink", "\x1b]8;;http://x\x1b\\y", `\u001b]8;;http://x\u001b\y`},
		{"C1 control sequence introducer", "a\u009b31m", `a\u009b31m`},
		{"C1 as one byte", "a\x9b31m", `a\x9b31m`},
		{"lines", "a\r\nb\tc", `a\r\nb\tc`},
		{"backspace, delete, NUL", "a\b\x7f\x00", `a\u0008\u007f\u0000`},
		{"right-to-left override", "exe\u202egnp", `exe\u202egnp`},
		{"isolates", "\u2066a\u2069", `\u2066a\u2069`},
		{"zero width", "a\u200bb\u200dc\ufeff", `a\u200bb\u200dc\ufeff`},
		{"line separator", "a\u2028b", `a\u2028b`},
		{"soft hyphen", "a\u00adb", `a\u00adb`},
		{"no-break and ideographic space", "a\u00a0b\u3000c", `a\u00a0b\u3000c`},
		{"Hangul filler", "a\u3164b", `a\u3164b`},
		{"braille blank", "a\u2800b", `a\u2800b`},
		{"variation selector", "a\ufe0fb", `a\ufe0fb`},
		{"tag characters", "a\U000e0041b", `a\U000e0041b`},
		{"private use", "a\ue000b", `a\ue000b`},
		{"an accent", "cafe\u0301", "cafe\u0301"},
		{"an accent on nothing", "\u0301a", `\u0301a`},
		{"a heap of accents", "a" + strings.Repeat("\u0301", 6), "a" + strings.Repeat("\u0301", 4) + `\u0301\u0301`},
		{"not UTF-8", "a\xff\xc0b", `a\xff\xc0b`},
	} {
		if got := Visible(c.in); got != c.want {
			t.Errorf("%s: Visible(%+q) = %+q, want %+q", c.what, c.in, got, c.want)
		}
	}
}

// acts reports whether a terminal could do anything but draw the character, by
// Unicode's categories alone.
func acts(r rune) bool {
	return r == utf8.RuneError || unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) || r >= 0xFE00 && r <= 0xFE0F || r == 0x3164
}

func FuzzVisible(f *testing.F) {
	for _, s := range []string{"", "alice", "\x1b[2J", "\u202egnp", "運用\u200b", "\xff\xfe", "a\u0301\u0301\u0301\u0301\u0301", "\u009b1m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Visible(s)
		for i, r := range got {
			if acts(r) && !strings.HasPrefix(got[i:], "\uFFFD") {
				t.Errorf("Visible(%+q) lets %U through", s, r)
			}
		}
		if again := Visible(got); again != got {
			t.Errorf("Visible(%+q) = %+q, and again %+q", s, got, again)
		}
		if plainASCII(s) && got != s {
			t.Errorf("Visible(%q) = %q", s, got)
		}
	})
}
