package main

import (
	"flag"
	"path/filepath"
	"testing"

	"github.com/eb661601/ajar/internal/pages"
)

var look = flag.String("look", "", "leave the page of the pack as a PDF, and as it looks on screens, in `DIR`")

// mostSheets is how many sheets of paper the page of a quarter takes at most: more nobody
// prints, and the tables are there as files.
const mostSheets = 30

// The page of the quarter keeps its promises in a browser: nothing is too wide, too pale or
// without a name on any screen, light or dark, and on paper it is short.
func TestThePageOfAQuarterIsReadOnScreensAndOnPaper(t *testing.T) {
	q := aQuarter(t)
	dir, _ := unpacked(t, q.path("soc2.zip"))
	out := *look
	if out == "" {
		out = t.TempDir()
	}
	p := pages.Page{HTML: string(read(t, dir, "report.html")), Text: "INCOMPLETE", PDF: filepath.Join(out, "report.pdf")}
	if *look != "" {
		p.Shots = filepath.Join(out, "report")
	}
	pages.Check(t, map[string]pages.Page{"report.html": p})
	n := pages.Sheets(t, p.PDF)
	t.Logf("%d sheets of paper", n)
	if n == 0 || n > mostSheets {
		t.Errorf("it takes %d sheets of paper, more than %d", n, mostSheets)
	}
}
