package tabular

import (
	"bufio"
	"context"
	_ "embed" // the page's template and what it adds to the style of the reports
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/report"
)

//go:embed web/evidence.tmpl
var pageSource string

//go:embed web/evidence.css
var pageStyle string

// pageTemplate is the page of the evidence: the style and the policy of the reports, with
// another frame.
var pageTemplate = template.Must(template.New("html").Parse(report.StyledPage(pageSource, pageStyle)))

// WriteHTML writes the evidence as one page that needs nothing else and prints: gaps first,
// then what needs a look, the trends drawn, the control matrix, and the tables. Of a long
// table it shows the first rows, says of how many, and names the file that has all. It keeps
// what the page shows in memory, and of each table that is drawn its points.
func WriteHTML(ctx context.Context, w io.Writer, e evidence.Evidence) error {
	p, err := newPage(ctx, e)
	if err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	b := bufio.NewWriterSize(w, 1<<16)
	if err := pageTemplate.ExecuteTemplate(b, "evidence", p); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// page is what the template shows. All its texts are visible already.
type page struct {
	Framework, Period, Word, Sentence, Footer string
	Complete                                  bool
	Facts                                     []fact
	Gaps                                      tableView
	Looks                                     []look
	LooksLead                                 string
	Tiles                                     []tile
	Trends                                    []trend
	Controls                                  []control
	Tables                                    []tableView
}

// look is a figure that needs a look.
type look struct{ Figure, Text, Controls, Link string }

// tile is how many rows a table has.
type tile struct{ Figure, Label, Link string }

// control is a row of the control matrix.
type control struct {
	ID, Title, Statement string
	Tables               []tile
	Numbers              []number
}

type number struct {
	Title, Value, Query string
	Exception           bool
}

func newPage(ctx context.Context, e evidence.Evidence) (page, error) {
	p := page{
		Framework: report.Visible(frameworkTitle(e.Framework)), Period: periodOf(e), Word: completeWord(e), Complete: e.Complete,
		Sentence: strings.ToUpper(completeSentence(e)[:1]) + completeSentence(e)[1:] + ".",
	}
	for _, f := range facts(e) {
		if f.Label != "Completeness" && f.Label != "Framework" && f.Text != "" {
			p.Facts = append(p.Facts, fact{f.Label, report.Visible(f.Text)})
		}
	}
	gaps, others := ordered(e)
	first, n, err := read(ctx, gaps, pageGaps, nil)
	if err != nil {
		return page{}, err
	}
	p.Gaps = view(gaps, first, n)
	for _, t := range others {
		if err := p.table(ctx, e, t); err != nil {
			return page{}, err
		}
	}
	p.controls(e)
	p.looks(e)
	p.Footer = report.Visible(strings.TrimSpace(e.Program + "; " + titleOf(e) + "; " + completeSentence(e) + "."))
	return p, nil
}

// table reads a table once: its first rows, its length, and its points where it is drawn.
func (p *page) table(ctx context.Context, e evidence.Evidence, t evidence.Table) error {
	s, drawn := newSeries(t)
	see := s.add
	if !drawn {
		see = nil
	}
	first, n, err := read(ctx, t, pageRows, see)
	if err != nil {
		return err
	}
	v := view(t, first, n)
	p.Tables = append(p.Tables, v)
	if drawn {
		p.Trends = append(p.Trends, s.trend(e))
		return nil
	}
	p.Tiles = append(p.Tiles, tile{v.N, v.Title, v.ID})
	return nil
}

func (p *page) controls(e evidence.Evidence) {
	for _, c := range e.Controls {
		out := control{ID: report.Visible(c.ID), Title: report.Visible(c.Title), Statement: report.Visible(c.Statement)}
		for _, name := range c.Tables {
			t := tile{Label: report.Visible(name)}
			for _, v := range append(p.Tables, p.Gaps) {
				if v.Name == name {
					t.Label, t.Link, t.Figure = v.Title, v.ID, v.N
				}
			}
			out.Tables = append(out.Tables, t)
		}
		for _, n := range c.Numbers {
			out.Numbers = append(out.Numbers, number{
				report.Visible(n.Title), report.Number(n.Value), report.Visible(strings.Join(strings.Fields(n.Query), " ")), n.Exception && n.Value != 0,
			})
		}
		p.Controls = append(p.Controls, out)
	}
}

// ofThem begins the title of a figure that counts a part of what the one before it counts.
const ofThem = "Of them, "

// looks gathers the figures that need a look and are not zero, each once with the controls
// that it bears on.
func (p *page) looks(e evidence.Evidence) {
	at := map[string]int{}
	seen, zero := map[string]bool{}, 0
	for _, c := range e.Controls {
		whole := ""
		for _, n := range c.Numbers {
			title := n.Title
			if rest, part := strings.CutPrefix(title, ofThem); !part {
				whole = title
			} else if whole != "" { // it stands alone here
				title = whole + ": " + strings.TrimSpace(rest)
			}
			key := title + "\x00" + n.Query
			i, again := at[key]
			switch {
			case !n.Exception:
			case n.Value == 0:
				if !seen[key] {
					zero++
				}
				seen[key] = true
			case again:
				if !strings.HasSuffix(p.Looks[i].Controls, report.Visible(c.ID)) {
					p.Looks[i].Controls += ", " + report.Visible(c.ID)
				}
			default:
				at[key] = len(p.Looks)
				p.Looks = append(p.Looks, look{report.Number(n.Value), report.Visible(title), report.Visible(c.ID), "c-" + report.Visible(c.ID)})
			}
		}
	}
	switch {
	case len(e.Controls) == 0:
		p.LooksLead = "There is no control matrix."
	case len(p.Looks) == 0:
		p.LooksLead = "None: every exception that is counted is zero."
	default:
		p.LooksLead = report.Count(int64(len(p.Looks)), "figure counts", "figures count") + " something that has to be explained or remedied; " +
			report.Count(int64(zero), "other one is", "others are") + " zero. An exception is no failure of a control by itself."
	}
}
