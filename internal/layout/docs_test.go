package layout

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
)

// link is the target of a Markdown link or picture; targets in angle brackets
// and titles are not used here.
var link = regexp.MustCompile(`\]\(([^()\s]+)\)`)

// code is what Markdown shows as it stands: no link in it is one.
var code = regexp.MustCompile("`[^`]*`")

func TestLinksBetweenPagesLeadSomewhere(t *testing.T) {
	pages := pages(t)
	anchors := map[string][]string{}
	for _, page := range pages {
		anchors[page] = headings(read(t, page))
	}
	for _, page := range pages {
		for n, line := range prose(read(t, page)) {
			for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(line, ""), -1) {
				if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
					continue
				}
				if why := dead(anchors, page, m[1]); why != "" {
					t.Errorf("%s:%d: %s: %s", rel(t, page), n, m[1], why)
				}
			}
		}
	}
}

// dead says why a relative link leads nowhere, "" where it leads somewhere.
func dead(anchors map[string][]string, page, target string) string {
	path, anchor, _ := strings.Cut(target, "#")
	file := page
	if path != "" {
		file = filepath.Join(filepath.Dir(page), filepath.FromSlash(path))
	}
	if _, err := os.Stat(file); err != nil {
		return "there is no such file"
	}
	if anchor != "" && !slices.Contains(anchors[file], anchor) {
		return "there is no such heading; there are " + strings.Join(anchors[file], ", ")
	}
	return ""
}

func TestEachPageOfDocsIsInTheTableOfTheReadme(t *testing.T) {
	readme := read(t, filepath.Join(root(t), "README.md"))
	for _, page := range pages(t) {
		name := rel(t, page)
		if strings.HasPrefix(name, "docs/runbooks/") && name != "docs/runbooks/README.md" {
			if !strings.Contains(read(t, filepath.Join(root(t), "docs", "runbooks", "README.md")), "("+filepath.Base(page)+")") {
				t.Errorf("docs/runbooks/README.md does not lead to %s", name)
			}
			continue
		}
		if strings.HasPrefix(name, "docs/") && !strings.Contains(readme, "("+name+")") {
			t.Errorf("README.md does not lead to %s", name)
		}
	}
}

func TestEachPackageHasItsLineInTheArchitecture(t *testing.T) {
	text := read(t, filepath.Join(root(t), "docs", "architecture.md"))
	packages := map[string]bool{}
	each(t, func(file string) { packages[filepath.ToSlash(filepath.Dir(rel(t, file)))] = true })
	for name := range packages {
		if !strings.Contains(text, "\n| `"+name+"` |") {
			t.Errorf("docs/architecture.md has no line for package %s", name)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\|").FindAllStringSubmatch(text, -1) {
		if !packages[m[1]] {
			t.Errorf("docs/architecture.md has a line for %s, where there is no package", m[1])
		}
	}
}

// widest is the longest line of prose that fits a window beside another.
const widest = 100

func TestProseFitsAHundredColumns(t *testing.T) {
	for _, page := range pages(t) {
		text := read(t, page)
		if strings.HasPrefix(text, "<!-- Made from ") || rel(t, page) == "docs/rules.md" {
			continue // written by a program
		}
		for n, line := range prose(text) {
			if wide := utf8.RuneCountInString(line); wide > widest && !strings.HasPrefix(line, "|") {
				t.Errorf("%s:%d: the line has %d columns; break it at %d", rel(t, page), n, wide, widest)
			}
		}
	}
}

// pages lists every Markdown file of the project.
func pages(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root(t), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root(t) && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".md"):
			out = append(out, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 10 {
		t.Fatalf("only %d pages were found", len(out))
	}
	return out
}

// prose gives the lines of a page by their number, without blocks of code.
func prose(text string) map[int]string {
	out, inside := map[int]string{}, false
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inside = !inside
			continue
		}
		if !inside {
			out[i+1] = line
		}
	}
	return out
}

// headings gives the anchors that GitHub makes of a page's headings: letters,
// digits, hyphens and underscores in lower case, blanks as hyphens, and a number
// behind one that comes again.
func headings(text string) []string {
	lines, seen := prose(text), map[string]int{}
	var out []string
	for n := 1; n <= strings.Count(text, "\n")+1; n++ {
		line, ok := lines[n]
		if !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		a := slug(strings.TrimSpace(strings.TrimLeft(line, "#")))
		if times := seen[a]; times > 0 {
			out = append(out, fmt.Sprintf("%s-%d", a, times))
		} else {
			out = append(out, a)
		}
		seen[a]++
	}
	return out
}

func slug(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

func TestAnchorsAreThoseThatGitHubMakes(t *testing.T) {
	text := "# One page\n\n## [roles.NAME]\n\n```\n# no heading\n```\n## `ajar demo`, and why?\n\n## One page\n"
	want := []string{"one-page", "rolesname", "ajar-demo-and-why", "one-page-1"}
	if got := headings(text); !slices.Equal(got, want) {
		t.Errorf("headings give %q, want %q", got, want)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEachAreaStandsAmongThePermissions(t *testing.T) {
	text := read(t, filepath.Join(root(t), "docs", "permissions.md"))
	for _, area := range access.Areas {
		if !strings.Contains(text, "`"+string(area)+"`") {
			t.Errorf("docs/permissions.md does not say what it takes to read %s", area)
		}
	}
}
