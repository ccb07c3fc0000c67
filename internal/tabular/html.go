package tabular

import (
	"bufio"
	"context"
	_ "embed" // the page's template and what it adds to the style of the reports
	"fmt"
	"html/template"
	"io"
	"slices"
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
	Framework, Subject, Period, Word, Sentence, Footer string

	Complete  bool
	Facts     []fact
	Glossary  []fact
	named     []*named // the lines that name what needs a look, while tables are read
	Named     []namedLine
	Gaps      tableView
	Looks     []look
	LooksLead string
	Tiles     []tile
	Trends    []trend
	Shared    []number // the figures that stand under every control
	Controls  []control
	Tables    []tableView
}

// look is a figure that needs a look.
type look struct {
	Figure, Text, Controls, Link string
	Parts                        []tile // its values, where each control has one of its own
}

// tile is how many rows a table has.
type tile struct{ Figure, Label, Link string }

// control is a row of the control matrix.
type control struct {
	ID, Title, Statement, Rules string
	Tables                      []tile
	Numbers                     []number
}

type number struct {
	Title, Value, Query string
	Exception           bool
}

func newPage(ctx context.Context, e evidence.Evidence) (page, error) {
	p := page{
		Framework: report.Visible(frameworkTitle(e.Framework)), Subject: report.Visible(subjectOf(e)), Period: periodOf(e), Word: completeWord(e),
		Complete: e.Complete, Glossary: glossary,
		Sentence: strings.ToUpper(completeSentence(e)[:1]) + completeSentence(e)[1:] + ".",
	}
	p.facts(e)
	gaps, others := ordered(e)
	first, n, err := read(ctx, gaps, pageGaps, nil)
	if err != nil {
		return page{}, err
	}
	lines := together(gaps, first)
	p.Gaps = view(gaps, lines, int64(len(lines)))
	p.Gaps.N = report.Number(n)
	if len(lines) < len(first) {
		p.Gaps.Joined = "What lasted as long, to the minute, for the same reason in several organizations stands in one line."
	}
	if int64(len(first)) < n {
		p.Gaps.Rest = "Shown are the first " + report.Number(int64(len(first))) + " of " + report.Number(n) + " gaps."
	}
	for _, t := range others {
		if err := p.table(ctx, e, t); err != nil {
			return page{}, err
		}
	}
	p.controls(e)
	p.looks(e)
	p.names()
	p.Footer = report.Visible(strings.TrimSpace(e.Program + "; " + titleOf(e) + "; " + completeSentence(e) + "."))
	return p, nil
}

// facts are what stands on top: how much there is, as far as figures count it.
func (p *page) facts(e evidence.Evidence) {
	for _, f := range []struct {
		label, one, many string
		names            []string
	}{
		{"Organizations", "", "", nil},
		{"At the end", "grant", "grants", []string{"grants-end"}},
		{"People", "with a grant", "with a grant", []string{"people-end"}},
		{"Owners", "at the end", "at the end", []string{"owners-end"}},
		{"Passes", "to the end", "to the end", []string{"passes-finished"}},
	} {
		if f.names == nil {
			if n := len(e.Orgs); n > 1 {
				p.Facts = append(p.Facts, fact{f.label, report.Number(int64(n))})
			}
			continue
		}
		if n, ok := figureOf(e, f.names[0]); ok {
			p.Facts = append(p.Facts, fact{f.label, report.Count(n, f.one, f.many)})
		}
	}
}

// table reads a table once: its first rows, its length, and its points where it is drawn.
func (p *page) table(ctx context.Context, e evidence.Evidence, t evidence.Table) error {
	s, drawn := newSeries(t)
	named := watching(t)
	first, looks, n, err := foremostOf(ctx, e, t, func(row []evidence.Value) {
		if drawn {
			s.add(row)
		}
		for _, line := range named {
			line.add(row)
		}
	})
	if err != nil {
		return err
	}
	p.named = append(p.named, named...)
	v := view(t, first, n)
	if drawn {
		v.shorten(0)
	} else {
		v.shorten(max(paperRows, min(looks, 2*paperRows)))
		v.leads(looks, n)
	}
	p.Tables = append(p.Tables, v)
	if drawn {
		p.Trends = append(p.Trends, s.trend(e))
		return nil
	}
	p.Tiles = append(p.Tiles, tile{v.N, v.Title, v.ID})
	return nil
}

func (p *page) controls(e evidence.Evidence) {
	shared := everywhere(e.Controls)
	for _, c := range e.Controls {
		out := control{
			ID: report.Visible(c.ID), Title: report.Visible(c.Title), Statement: report.Visible(c.Statement), Rules: report.Visible(strings.Join(c.Rules, ", ")),
		}
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
			shown := number{
				report.Visible(n.Title), report.Number(n.Value), report.Visible(strings.Join(strings.Fields(n.Query), " ")), n.Exception && n.Value != 0,
			}
			switch {
			case !shared[n.Query]:
				out.Numbers = append(out.Numbers, shown)
			case len(p.Controls) == 0:
				p.Shared = append(p.Shared, shown)
			}
		}
		p.Controls = append(p.Controls, out)
	}
}

// everywhere gives the queries of the figures that stand under each of several controls:
// they are shown once.
func everywhere(all []evidence.Control) map[string]bool {
	out := map[string]bool{}
	if len(all) < 3 {
		return out
	}
	for _, n := range all[0].Numbers {
		out[n.Query] = !slices.ContainsFunc(all, func(c evidence.Control) bool {
			return !slices.ContainsFunc(c.Numbers, func(x evidence.Figure) bool { return x.Query == n.Query })
		})
	}
	return out
}
