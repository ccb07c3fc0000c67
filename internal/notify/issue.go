package notify

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// Issue is one issue that is kept up to date; *github.IssueKeeper is one.
type Issue interface {
	// Keep makes it say this, and be open or closed.
	Keep(ctx context.Context, title, body string, open bool) error
	// Look gives its number, 0 where there is none.
	Look(ctx context.Context) (int, error)
}

// issues keeps one issue for each organization.
type issues struct {
	name string
	make func(mark string) (Issue, error)

	mu  sync.Mutex
	all map[string]Issue // by organization
}

func newIssues(c config.Channel, o Options) (Channel, error) {
	if o.Issue == nil {
		return nil, errors.New("issues cannot be kept here")
	}
	i := &issues{name: c.Name, all: map[string]Issue{}, make: func(mark string) (Issue, error) { return o.Issue(c, mark) }}
	_, err := i.of("") // what is wrong with the credential is better said now
	return i, err
}

// Name is the one of the configuration.
func (i *issues) Name() string { return i.name }

// issueMark is the line by which the issue of an organization is found.
func issueMark(org string) string {
	return fmt.Sprintf("<!-- ajar keeps this issue: the account of %s -->", strings.ToLower(org))
}

func (i *issues) of(org string) (Issue, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if one, ok := i.all[org]; ok {
		return one, nil
	}
	one, err := i.make(issueMark(org))
	if err == nil {
		i.all[org] = one
	}
	return one, err
}

// Send brings the issue of the organization up to date. A test only looks whether the
// repository's issues can be read.
func (i *issues) Send(ctx context.Context, m Message) error {
	one, err := i.of(m.Org)
	if err != nil {
		return err
	}
	if m.Kind == Trial {
		_, err := one.Look(ctx)
		return err
	}
	return one.Keep(ctx, cut(bare.Replace(m.Title), 200), issueText(m), somethingOpen(m))
}

// somethingOpen reports whether something is open.
func somethingOpen(m Message) bool {
	for _, s := range m.Sections {
		if s.What != store.ToldOver && len(s.Lines)+s.More > 0 {
			return true
		}
	}
	return false
}

// maxIssue is how long the text of an issue gets, in bytes, which are never fewer than
// the characters that GitHub counts.
const maxIssue = 60_000

// issueText writes an account in GitHub's Markdown: names stand in code spans, so that
// nobody is mentioned and nothing is linked.
func issueText(m Message) string {
	var b strings.Builder
	b.WriteString(issueMark(m.Org) + "\n\n")
	for _, f := range m.Facts {
		fmt.Fprintf(&b, "%s: %s  \n", report.MarkdownText(f.Name), report.MarkdownText(f.Value))
	}
	left := 0
	for _, s := range m.Sections {
		if s.What == store.ToldOver {
			continue
		}
		left += s.More
		fmt.Fprintf(&b, "\n## %s\n\n", report.MarkdownText(s.Title))
		for _, l := range s.Lines {
			text := issueLine(l)
			if b.Len()+len(text) > maxIssue {
				left++
				continue
			}
			b.WriteString(text)
		}
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n… and %d more\n", left)
	}
	if !somethingOpen(m) {
		b.WriteString("\nNothing is open.\n")
	}
	b.WriteString("\nThis text is written anew whenever something changes. What is done about it is told by the next audit.\n")
	return b.String()
}

func issueLine(l Line) string {
	text := fmt.Sprintf("- **%s** %s", l.Severity, report.MarkdownText(l.Text, l.names()...))
	if !l.Since.IsZero() {
		text += ", since " + report.MarkdownText(l.Since.UTC().Format("2006-01-02"))
	}
	text += "\n"
	for _, d := range l.Details {
		text += "  - " + report.MarkdownText(d) + "\n"
	}
	if more := l.Count - len(l.Details); len(l.Details) > 0 && more > 0 {
		text += fmt.Sprintf("  - … and %d more\n", more)
	}
	return text
}
