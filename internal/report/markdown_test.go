package report

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// spansOut takes the code spans out of a line as CommonMark finds them: a run of
// backticks opens one, the next run of the same length closes it. Backslashes
// mean nothing in them.
func spansOut(line string) (outside string, inside []string) {
	var b strings.Builder
	for i := 0; i < len(line); {
		if line[i] != '`' {
			b.WriteByte(line[i])
			i++
			continue
		}
		n := run(line, i)
		end := -1
		for j := i + n; j < len(line); {
			if line[j] != '`' {
				j++
				continue
			}
			if k := run(line, j); k == n {
				end = j
				break
			} else {
				j += k
			}
		}
		if end < 0 {
			b.WriteString(line[i : i+n])
			i += n
			continue
		}
		text := line[i+n : end]
		if len(text) > 2 && text[0] == ' ' && text[len(text)-1] == ' ' && strings.Trim(text, " ") != "" {
			text = text[1 : len(text)-1]
		}
		inside = append(inside, text)
		b.WriteString("\x00")
		i = end + n
	}
	return b.String(), inside
}

func run(s string, i int) int {
	n := 0
	for i+n < len(s) && s[i+n] == '`' {
		n++
	}
	return n
}

// ours are the pieces of Markdown and HTML that reports write themselves.
var ours = regexp.MustCompile(`^(#{2,3} |> |\*\*|\|(---\|)+|</?details>|<summary>[a-zA-Z0-9,;' -]*</summary>)|</?details>|<summary>[a-zA-Z0-9,;' -]*</summary>|\*\*`)

// shortcode matches what GitHub makes a picture or a link to an issue of.
var shortcode = regexp.MustCompile(`^:\S+:$|[a-zA-Z]-\d`)

// checkMarkdown holds a text against the promise that nothing in it acts but what
// the report wrote itself.
func checkMarkdown(t interface{ Errorf(string, ...any) }, text string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		outside, inside := spansOut(line)
		for _, s := range inside {
			if strings.ContainsAny(s, "|\n\r") {
				t.Errorf("a bar or a line's end in a span: %q", s)
			}
		}
		bare := ours.ReplaceAllString(outside, "")
		if strings.HasPrefix(line, "|") {
			bare = strings.ReplaceAll(bare, "|", "")
			bare = strings.ReplaceAll(bare, " # ", " ") // the heading of a column
		}
		if i := strings.IndexAny(bare, "`@<>&|*_~[]{}\\#!$^=\r"); i >= 0 {
			t.Errorf("%q stands in %q", bare[i], line)
		}
		for _, w := range strings.Fields(bare) {
			if strings.Contains(w, "://") || strings.HasPrefix(strings.ToLower(w), "www.") || shortcode.MatchString(w) {
				t.Errorf("%q could act in %q", w, line)
			}
		}
		for _, r := range line {
			if acts(r) {
				t.Errorf("%U in %q", r, line)
			}
		}
	}
}

// tricky are texts that Markdown, or GitHub on top of it, makes something of.
var tricky = []string{
	"", "user:alice", "@acme/owners", "<!channel>", "<img src=x>", "a|b", `a\|b`, "`", "```x``", "`a", "a`", " a ", "#12", "GH-12", "deadbeef0",
	"https://evil.example/x", "www.evil.example", "[x](javascript:1)", "![x](y)", "**b**", "a\nb", "\u202e", "&amp;", "1. x", "- x", "~~~", ":+1:", "user:a`b @x",
	"\\", "a\\", "(`", "me@evil.example", "</details>", "| --- |",
}

func FuzzNoTextActsInMarkdown(f *testing.F) {
	for _, s := range tricky {
		f.Add(s, "user:alice")
	}
	f.Fuzz(func(t *testing.T, s, name string) {
		checkMarkdown(t, mdRow([]string{mdText(s, name), mdCode(s), mdText(name+s+name, name)}))
		checkMarkdown(t, mdText("it says "+s)+"\n")
	})
}

func TestNoTextActsAnywhereInMarkdown(t *testing.T) {
	for _, s := range tricky {
		for _, v := range []View{exampleAudit(), examplePlan(), stoppedPlan()} {
			checkMarkdown(t, render(t, everywhere(v, s), Markdown, Options{}))
		}
	}
}

// What a code span shows is the text itself, as visible text, but for the bar.
func TestCodeSpansReadBackAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.StringMatching("[`a |]{1,12}")).Draw(t, "text")
		outside, inside := spansOut(mdCode(s))
		want := strings.ReplaceAll(Visible(s), "|", `\u007c`)
		if strings.Trim(want, " ") == "" {
			return
		}
		if outside != "\x00" || len(inside) != 1 || inside[0] != want {
			t.Fatalf("%q reads back as %q, with %q around", s, inside, outside)
		}
	})
}

func TestMarkdownLooksAsItShould(t *testing.T) {
	for _, e := range examples {
		if _, ok := e.view.(markdownView); ok {
			text := render(t, e.view, Markdown, Options{})
			checkMarkdown(t, text)
			golden(t, e.name+".md.golden", text)
		}
	}
}

func TestMarkdownFitsACommentAndSaysWhatItCuts(t *testing.T) {
	a, p := exampleAudit(), examplePlan()
	f, x := a.Findings[6], p.Actions[0]
	for i := range 3000 {
		f.Fingerprint, f.Severity, f.Title = fingerprint(1000+i), access.Low, fmt.Sprintf("low thing %d of team:acme-robotics/運用チーム", i)
		a.Findings = append(a.Findings, f)
		p.Actions = append(p.Actions, x)
	}
	for _, v := range []View{a, p} {
		text := render(t, v, Markdown, Options{})
		checkMarkdown(t, text)
		if len(text) > 65_536 || len(text) < 60_000 || !strings.Contains(text, "**Cut here**") {
			t.Errorf("%T: %d bytes", v, len(text))
		}
		if a, b := strings.Count(text, "<details>"), strings.Count(text, "</details>"); a != b {
			t.Errorf("%T: %d folds begin and %d end", v, a, b)
		}
		full := render(t, v, Markdown, Options{All: true})
		if strings.Contains(full, "Cut here") || len(full) < 200_000 {
			t.Errorf("%T: with All it is %d bytes", v, len(full))
		}
	}
}

// A login in a title is a name whatever its letters are.
func TestInvitedLoginsAreNamesInMarkdownAndHTML(t *testing.T) {
	for _, login := range []string{"user:ext-pending-o2xpa", "user:ext-pending-1re6t", "user:dan"} {
		title := "the invitation of " + login + " to repo:acme/api waits since 2026-02-01"
		if got := mdText(title); !strings.Contains(got, "`"+login+"`") {
			t.Errorf("Markdown has %q", got)
		}
		if got := parts(title); len(got) < 2 || !got[1].Name || got[1].Kind+got[1].Text != login {
			t.Errorf("HTML has %+v", got)
		}
	}
}
