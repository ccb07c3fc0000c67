package adopt

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
	"pgregory.net/rapid"
)

func TestAnyTextComesBackOutOfTOMLAndSteersNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.SampledFrom([]rune("\"\\'\n\r\t\x00\x1b\x7f\u202e\u2028\u00a0\u200b#]")))).Draw(rt, "text")
		q := quote(text)
		for _, r := range q {
			if !visible(r) {
				rt.Fatalf("%q shows %U", q, r)
			}
		}
		var back struct{ X string }
		if _, err := toml.Decode("x = "+q, &back); err != nil || back.X != strings.ToValidUTF8(text, "\ufffd") {
			rt.Fatalf("%q came back as %q (%v)", text, back.X, err)
		}
	})
}

func TestListComesBackOutOfTOMLWhateverItsShape(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var all []item
		var want []string
		for range rapid.IntRange(1, 12).Draw(rt, "n") {
			i := item{text: rapid.String().Draw(rt, "text"), remark: rapid.SampledFrom([]string{"", "", "two words\nx = 1"}).Draw(rt, "remark")}
			all, want = append(all, i), append(want, strings.ToValidUTF8(i.text, "\ufffd"))
		}
		text := list("x", all)
		var back map[string]any
		if _, err := toml.Decode(text, &back); err != nil || len(back) != 1 {
			rt.Fatalf("%v:\n%s", err, text)
		}
		for i, v := range back["x"].([]any) {
			if v != want[i] {
				rt.Fatalf("%q came back as %q:\n%s", want[i], v, text)
			}
		}
		for line := range strings.Lines(text) {
			if strings.TrimRight(line, "\n") != strings.TrimRight(line, " \n") {
				rt.Fatalf("a line ends in blanks: %q", line)
			}
		}
	})
}

func TestCommentStaysAComment(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.String().Draw(rt, "text")
		for _, c := range []string{comment(text), point(text)} {
			for line := range strings.Lines(c) {
				if !strings.HasPrefix(line, "#") || strings.ContainsAny(line, "\r\x1b\u202e") {
					rt.Fatalf("%q is no comment", line)
				}
			}
		}
	})
	long := comment(strings.Repeat("word ", 100))
	for line := range strings.Lines(long) {
		if utf8.RuneCountInString(line) > width+1 {
			t.Errorf("%d characters: %s", utf8.RuneCountInString(line), line)
		}
	}
}
