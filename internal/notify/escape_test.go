package notify

import (
	"encoding/json"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// evil are names that somebody chose to be mischievous.
var evil = []string{
	"<!channel>", "<!here|here>", "@everyone", "@channel", "<@U024BE7LH>", "<https://evil.example|sign in>", "https://evil.example/x", "www.evil.example", "www.",
	"*bold* _it_ ~gone~", "`code` ``more``", "```\nblock", "a`b", "`", "``", "> quote", "&amp;lt;!channel&gt;", "x\u202etxt.exe", "\x1b[2J", "line\nbreak\r\nBcc: a@b",
	"[x](javascript:alert(1))", "![i](http://evil/x.png)", "<script>alert(1)</script>", "#general", ":skull:", "mailto:a@b.c", "tel:+123", "\u200b@here", "＠here", strings.Repeat("a", 5000),
}

var entity = regexp.MustCompile(`&(amp|lt|gt);`)

// slackActs says what in a text would act in a chat, "" where nothing does.
func slackActs(s string) string {
	rest := entity.ReplaceAllString(s, "")
	switch {
	case strings.ContainsAny(rest, "<>&"):
		return "a control sequence"
	case strings.Contains(s, "@"):
		return "a mention"
	case strings.Count(s, "`")%2 != 0:
		return "a code span that does not end"
	case !utf8.ValidString(s):
		return "no text"
	}
	for i, piece := range strings.Split(s, "`") {
		if i%2 == 1 {
			if strings.ContainsAny(piece, "\r\n") {
				return "a code span over lines"
			}
			continue
		}
		if strings.ContainsAny(rest2(piece), "*_~|[]#\\") || strings.Contains(piece, "://") || strings.Contains(piece, "www.") || regexp.MustCompile(`:[a-z]+:`).MatchString(piece) {
			return "markup in " + piece
		}
	}
	return ""
}

func rest2(s string) string { return entity.ReplaceAllString(s, "") }

func TestNoNameActsInAChat(t *testing.T) {
	for _, name := range evil {
		for _, s := range []string{slackSafe(name), slackSafe("user:"+name+" has admin on repo:acme/"+name, "user:"+name, "repo:acme/"+name)} {
			if why := slackActs(s); why != "" {
				t.Errorf("%q becomes %q: %s", name, s, why)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.SampledFrom(evil), rapid.StringMatching("[<>!@&`*_~:|a-z. \n/-]{0,40}")).Draw(t, "name")
		text := rapid.OneOf(rapid.String(), rapid.Just("user:"+name+" has admin on "+name)).Draw(t, "text")
		if why := slackActs(slackSafe(text, name, "user:"+name)); why != "" {
			t.Fatalf("%q becomes %q: %s", text, slackSafe(text, name), why)
		}
	})
}

// hostileMessage has one name wherever a name can stand.
func hostileMessage(name string) Message {
	return Message{
		ID: "id", Kind: Changes, Org: "acme", At: noon, Severity: access.High, Title: "acme: " + name, Facts: []Fact{{"organization", name}},
		Sections: []Section{{Title: name, Lines: []Line{{Severity: access.High, Kind: finding, Key: "f", Rule: "standing-admin", Principal: name, Resource: name, Text: name + " has it", Details: []string{name}}}}},
	}.visible()
}

func TestMessageToAChatIsWithinItsLimitsAndActsNowhere(t *testing.T) {
	for _, name := range evil {
		m := hostileMessage(name)
		for range 80 {
			m.Sections[0].Lines = append(m.Sections[0].Lines, m.Sections[0].Lines[0])
		}
		for range 60 {
			m.Sections = append(m.Sections, m.Sections[0])
		}
		b := slackBody(m)
		if len(b.Blocks) > slackBlocks || len(b.Text) > slackMessage {
			t.Errorf("%d blocks, %d bytes", len(b.Blocks), len(b.Text))
		}
		if h := b.Blocks[0].Text.Text; len([]rune(h)) > slackHeader || strings.ContainsAny(h, "<>@&") {
			t.Errorf("heading %q", h)
		}
		for _, x := range b.Blocks[1:] {
			if len(x.Text.Text) > slackText {
				t.Errorf("a block of %d bytes", len(x.Text.Text))
			}
			if strings.ContainsAny(entity.ReplaceAllString(x.Text.Text, ""), "<>&@") {
				t.Errorf("it acts: %q", x.Text.Text)
			}
		}
		if _, err := json.Marshal(b); err != nil {
			t.Error(err)
		}
	}
}

func TestNoNameAddsATagToAMail(t *testing.T) {
	want := strings.Count(htmlText(hostileMessage("harmless")), "<")
	for _, name := range evil {
		if got := strings.Count(htmlText(hostileMessage(name)), "<"); got != want {
			t.Errorf("%q: %d tags, want %d", name, got, want)
		}
	}
}

func FuzzSlackText(f *testing.F) {
	for _, name := range evil {
		f.Add(name, "user:"+name)
	}
	f.Fuzz(func(t *testing.T, text, name string) {
		if why := slackActs(slackSafe(text, name)); why != "" {
			t.Errorf("%q becomes %q: %s", text, slackSafe(text, name), why)
		}
	})
}

func FuzzMail(f *testing.F) {
	for _, name := range evil {
		f.Add(name)
	}
	from, to := &mail.Address{Address: "ajar@example.com"}, []*mail.Address{{Address: "you@example.com"}}
	f.Fuzz(func(t *testing.T, name string) {
		m, err := mail.ReadMessage(strings.NewReader(string(compose(hostileMessage(name), from, to, noon, ""))))
		if err != nil {
			t.Fatal(err)
		}
		if len(m.Header) != 9 {
			t.Errorf("%q makes %v", name, m.Header)
		}
	})
}

func FuzzNotice(f *testing.F) {
	if b, err := hostileMessage("x").encode(); err == nil {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := decode(body)
		if err != nil {
			return
		}
		again, err := m.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decode(again); err != nil {
			t.Error(err)
		}
	})
}
