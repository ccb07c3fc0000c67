package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
)

// slack writes to an incoming webhook of Slack, or of whatever takes the same: text for
// those that know text alone, blocks beside it for Slack.
type slack struct {
	name string
	call *caller
}

func newSlack(c config.Channel, o Options) (Channel, error) {
	call, err := newCaller(c, o)
	if err != nil {
		return nil, err
	}
	return &slack{c.Name, call}, nil
}

// Name is the one of the configuration.
func (s *slack) Name() string { return s.name }

// Send posts the message.
func (s *slack) Send(ctx context.Context, m Message) error {
	body, err := json.Marshal(slackBody(m))
	if err != nil {
		return fmt.Errorf("writing a message for a chat: %w", err)
	}
	return s.call.post(ctx, "", http.Header{}, body)
}

// Limits of Slack's (Slack: "Reference: blocks", "Formatting text for app surfaces"), in
// characters; a byte is never less.
const (
	slackText    = 3000 // of a section
	slackHeader  = 150
	slackBlocks  = 50
	slackMessage = 12000 // of the text beside the blocks: Slack cuts at 40,000
)

type slackObject struct {
	Type  string `json:"type"`
	Text  string `json:"text"`
	Emoji *bool  `json:"emoji,omitempty"`
}

type slackBlock struct {
	Type string       `json:"type"`
	Text *slackObject `json:"text,omitempty"`
}

type slackMessageBody struct {
	Text      string       `json:"text"`
	Blocks    []slackBlock `json:"blocks"`
	Parse     string       `json:"parse"`      // none: nothing becomes a mention or a channel
	LinkNames int          `json:"link_names"` // 0: the same, of old
	Unfurl    bool         `json:"unfurl_links"`
	Media     bool         `json:"unfurl_media"`
}

func slackBody(m Message) slackMessageBody {
	none := false
	title := slackSafe(m.Title)
	b := slackMessageBody{Parse: "none"}
	b.Blocks = append(b.Blocks, slackBlock{"header", &slackObject{"plain_text", cut(bare.Replace(m.Title), slackHeader), &none}})
	texts := []string{marks[m.Severity] + " *" + title + "*"}
	for _, t := range slackSections(m) {
		texts = append(texts, t)
		if len(b.Blocks) < slackBlocks {
			b.Blocks = append(b.Blocks, slackBlock{"section", &slackObject{"mrkdwn", t, nil}})
		}
	}
	b.Text = cut(strings.Join(texts, "\n\n"), slackMessage)
	return b
}

// slackSections writes the sections, each no longer than a block may be.
func slackSections(m Message) []string {
	var out []string
	for _, s := range m.Sections {
		t := "*" + slackSafe(s.Title) + "*"
		left := s.More
		for i, l := range s.Lines {
			line := "\n" + slackLine(l)
			if len(t)+len(line) > slackText-100 {
				left += len(s.Lines) - i
				break
			}
			t += line
		}
		if left > 0 {
			t += fmt.Sprintf("\n… and %d more", left)
		}
		out = append(out, t)
	}
	if len(m.Facts) > 0 {
		var facts []string
		for _, f := range m.Facts {
			facts = append(facts, slackSafe(f.Name)+": "+slackSafe(f.Value))
		}
		out = append(out, cut(strings.Join(facts, " · "), slackText))
	}
	return out
}

func slackLine(l Line) string {
	t := "• " + marks[l.Severity] + " " + slackSafe(l.Text, l.names()...)
	if l.Rule != "" {
		t += " (" + l.Severity.String() + ", " + slackSafe(l.Rule) + ")"
	}
	for _, d := range l.Details {
		t += "\n    " + slackSafe(d, l.names()...)
	}
	return t
}

// marks stand before a line, by severity: a shape, never a colour alone.
var marks = map[access.Severity]string{access.Critical: "▲▲", access.High: "▲", access.Medium: "■", access.Low: "●", access.Info: "○", access.NoSeverity: "○"}

// slackSafe writes a text so that nothing in it acts in a chat: no mention (`<!channel>`,
// `@here`), no link, no emphasis. Names, and every word that is not plain, become code;
// "&", "<" and ">" are written as Slack wants them, and "@" is another sign that looks
// like it, because some chats find mentions in code too.
func slackSafe(s string, known ...string) string {
	// The names are changed as the text is, or they would not be found in it.
	plain := func(s string) string { return strings.ReplaceAll(atPlain(s), "`", "'") }
	for i, k := range known {
		known[i] = plain(k)
	}
	return slackEntities.Replace(report.MarkdownText(plain(s), known...))
}

var slackEntities = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// bare is for a heading, which is plain text: what could act elsewhere is another sign
// that looks like it.
var bare = strings.NewReplacer("@", "＠", "<", "‹", ">", "›", "&", "＆")

// atPlain puts U+FF20, the wide "@", in the place of each "@".
func atPlain(s string) string { return strings.ReplaceAll(s, "@", "＠") }
