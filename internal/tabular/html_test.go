package tabular

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

func htmlOf(t testing.TB, e evidence.Evidence) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteHTML(context.Background(), &b, e); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestPageTellsGapsFirstAndTablesLast(t *testing.T) {
	text := htmlOf(t, exampleEvidence())
	last := 0
	for _, id := range []string{"gaps", "posture", "reading", "trends", "controls", "tables"} {
		at := strings.Index(text, `<section id="`+id+`"`)
		if at < last {
			t.Errorf("%s is at %d, before %d", id, at, last)
		}
		last = at
	}
}

func TestEachSectionOfAPageSaysThatThePeriodIsIncomplete(t *testing.T) {
	e := exampleEvidence()
	if n := strings.Count(htmlOf(t, e), `<span class="tag bad">INCOMPLETE</span></h2>`); n != 5 {
		t.Errorf("it is said in %d sections", n)
	}
	if !strings.Contains(htmlOf(t, e), `<body class="incomplete">`) {
		t.Error("it is not said on each page of paper")
	}
	e.Complete, e.Gaps = true, nil
	text := htmlOf(t, e)
	_, body, _ := strings.Cut(text, "<body")
	if strings.Contains(body, "INCOMPLETE") || !strings.Contains(body, "Complete: there are no gaps.") {
		t.Error("a complete period is not called so")
	}
}

func TestPageShowsEachTableAndSaysWhatItLeavesOut(t *testing.T) {
	e := exampleEvidence()
	text := htmlOf(t, e)
	for _, table := range e.Tables {
		if !strings.Contains(text, `id="t-`+table.Name+`"`) || !strings.Contains(text, table.Name+".csv") {
			t.Errorf("table %s is missing", table.Name)
		}
	}
	for _, want := range []string{
		"Shown are 20 of 500 rows.", "All of them: <code>tables/population-end.csv</code>", "It has no rows.", "Left out here: Number.",
		"<span>Column 0: <bdi>acme-robotics</bdi></span>", "Empty in all rows shown: Column 11.", "the credential may not read it",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestPageHasEachFigureWithItsQuery(t *testing.T) {
	e := exampleEvidence()
	e.Controls = append(e.Controls, evidence.Control{ID: "CC6.2", Numbers: []evidence.Figure{e.Controls[0].Numbers[1], {Title: "none", Query: "SELECT 0", Exception: true}}})
	text := htmlOf(t, e)
	for _, c := range e.Controls {
		for _, n := range c.Numbers {
			if !strings.Contains(text, strings.ReplaceAll(n.Query, "'", "&#39;")) {
				t.Errorf("the query of %s is missing", n.Name)
			}
		}
	}
	for _, want := range []string{"(not in this evidence)", "1 figure counts something", "1 other one is zero", `<a href="#c-CC6.1">CC6.1, CC6.2</a>`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestALineIsBrokenWhereNothingIsKnown(t *testing.T) {
	day := 24 * time.Hour
	s := scale{from: from, to: from.Add(10 * day), most: 10, step: day}
	at := func(d int, v float64) point { return point{from.Add(time.Duration(d) * day), v} }
	for _, c := range []struct {
		points     []point
		path, dots string
	}{
		{[]point{at(0, 0), at(1, 10), at(2, 5)}, "M44 124L72.6 12L101.2 68", ""},
		{[]point{at(0, 0), at(1, 10), at(4, 5), at(5, 5)}, "M44 124L72.6 12M158.4 68L187 68", ""},
		{[]point{at(0, 5), at(1, 5), at(2, 5), at(3, 5)}, "M44 68L129.8 68", ""},
		{[]point{at(0, 5), at(5, 5)}, "", "M44 68h0M187 68h0"},
	} {
		if path, dots := s.drawn(c.points); path != c.path || dots != c.dots {
			t.Errorf("%v is drawn %q and %q, want %q and %q", c.points, path, dots, c.path, c.dots)
		}
	}
}

func TestScalesBeginAtZeroAndHoldEveryValue(t *testing.T) {
	for _, most := range []float64{0, 0.3, 1, 2, 3, 7, 10, 11, 24, 40, 99, 101, 250, 4_999, 1e6 + 1} {
		top, marks := axis(most, ofThings)
		if top < most || marks[0] != 0 || marks[len(marks)-1] != top || len(marks) < 2 || len(marks) > 6 {
			t.Errorf("up to %v: %v, %v", most, top, marks)
		}
		for _, m := range marks {
			if most >= 1 && m != float64(int64(m)) {
				t.Errorf("up to %v there is a mark at %v", most, m)
			}
		}
	}
	if _, marks := axis(9*dayLong, ofSeconds); !slices.Equal(marks, []float64{0, 5 * dayLong, 10 * dayLong}) {
		t.Errorf("nine days: %v", marks)
	}
}

func TestChartsAreDrawnOfTrendsAndToldInWords(t *testing.T) {
	text := htmlOf(t, exampleEvidence())
	for _, want := range []string{
		"Standing admins, 2026-01-01 to 2026-04-01. first 40, last 18, lowest 18, highest 40",
		"critical: first 1.4 d", "Time to remedy", `class="l3"`, `<rect class="hole"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestTheSameEvidenceGivesTheSamePage(t *testing.T) {
	if first := htmlOf(t, exampleEvidence()); first != htmlOf(t, exampleEvidence()) {
		t.Error("the pages differ")
	}
}

var (
	styleTag = regexp.MustCompile(`(?s)<style>.*?</style>`)
	anyTag   = regexp.MustCompile(`<(/?[a-z][a-z0-9]*)((?:\s[^<>]*)?)/?>`)
	anyAttr  = regexp.MustCompile(`([a-zA-Z:-]+)="([^"]*)"`)
)

// The elements of a page: none of them runs, loads or sends anything.
var pageTags = strings.Fields(`html head meta title style body a svg defs path pattern rect text header main footer nav section div span p b
	h1 h2 h3 h4 ul li dl dt dd table caption thead tbody tr th td details summary code bdi`)

func FuzzNoTextActsInAPage(f *testing.F) {
	for _, s := range []string{
		"", "user:alice", "<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "javascript:alert(1)", "</style><style>*{}",
		"{{.Word}}", "\u202e\u2066", "'", "&lt;b&gt;", "-->", "]]>", "\x00\x1b[2J", "\xff", strings.Repeat("長", 900),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := hostileEvidence(s)
		e.Controls[0].Title, e.Controls[0].ID, e.Controls[0].Numbers[0].Query = s, s, s
		text := styleTag.ReplaceAllString(htmlOf(t, e), "")
		for _, m := range anyTag.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(pageTags, strings.TrimPrefix(m[1], "/")) {
				t.Errorf("the element %s", m[0])
			}
			for _, a := range anyAttr.FindAllStringSubmatch(m[2], -1) {
				if strings.HasPrefix(a[1], "on") || a[1] == "src" || a[1] == "style" || a[1] == "href" && !strings.HasPrefix(a[2], "#") {
					t.Errorf("the attribute %s", a[0])
				}
			}
		}
		rest := strings.TrimPrefix(anyTag.ReplaceAllString(text, ""), "<!doctype html>")
		if i := strings.IndexAny(rest, "<>\u202e\x1b"); i >= 0 {
			t.Errorf("it reaches the reader: %q", rest[max(0, i-40):min(len(rest), i+40)])
		}
	})
}
