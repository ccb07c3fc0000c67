package report

import (
	"io"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// Findings is a list of findings, as `ajar findings` asks for it.
type Findings struct {
	Org      access.Named
	At       time.Time // the snapshot that they come from
	Now      time.Time // ages are counted from here; zero: At
	Gaps     []Gap
	Filter   string // what was asked for, in words; "" for everything
	Findings []access.Finding
}

func (v Findings) now() time.Time {
	if v.Now.IsZero() {
		return v.At
	}
	return v.Now
}

// Exit is ExitGaps where something expected was not seen, so that the list may
// lack something, else ExitClean.
func (v Findings) Exit() int { return exitOf(v.Gaps) }

func (v Findings) json(w io.Writer) error {
	return encode(w, struct {
		Schema   string       `json:"schema"`
		Org      access.Named `json:"organization"`
		At       time.Time    `json:"snapshot_at"`
		Filter   string       `json:"filter"`
		Complete bool         `json:"complete"`
		Gaps     []Gap        `json:"gaps"`
		Counts   countsDoc    `json:"counts"`
		Findings []findingDoc `json:"findings"`
	}{
		"ajar.findings/v1", v.Org, utc(v.At), v.Filter, unexpected(v.Gaps) == 0, list(v.Gaps), counts(v.Findings),
		findingDocs(v.Findings),
	})
}

func (v Findings) csv(s *sheet) error {
	return findingRows(s, v.Org.Name, v.At, v.Gaps, v.Findings, nil)
}

// findingsGrid are the columns of a list; the state only where it differs.
func findingsGrid(states bool) []column {
	cols := []column{{head: "id"}, {head: "severity"}}
	if states {
		cols = append(cols, column{head: "state"})
	}
	return append(cols,
		column{head: "rule"}, column{head: "resource", min: 12, fold: true}, column{head: "principal", min: 10, fold: true},
		column{head: "affected", right: true, fold: true, tell: true}, column{head: "since", fold: true, tell: true},
	)
}

func (v Findings) table(p *page) error {
	what := count(len(v.Findings), "finding", "findings")
	if len(v.Findings) > 0 && !v.mixed() {
		what = number(len(v.Findings)) + " " + string(v.Findings[0].State)
	}
	if v.Filter != "" {
		what += ": " + v.Filter
	}
	p.title("Findings of "+orgName(v.Org), what)
	p.gaps(v.Gaps)
	p.gap()
	if len(v.Findings) == 0 {
		p.para(2, plain, "none that match")
		return p.err
	}
	all := forReading(v.Findings)
	states := v.mixed()
	var rows []gridRow
	for _, f := range all {
		rows = append(rows, v.row(f, states))
	}
	p.grid(findingsGrid(states), rows)
	p.gap()
	p.hang(0, []span{dim.of("one in full: ")}, plain, p.program+" findings show "+short(all[0].Fingerprint))
	return p.err
}

// mixed reports whether the findings are in more than one state.
func (v Findings) mixed() bool {
	return slices.ContainsFunc(v.Findings, func(f access.Finding) bool { return f.State != v.Findings[0].State })
}

func (v Findings) row(f access.Finding, states bool) gridRow {
	affected := ""
	if f.Affected > 0 {
		affected = number(f.Affected)
	}
	cells := []span{dim.of(short(f.Fingerprint)), severityStyle(f.Severity).of(f.Severity.String())}
	if states {
		cells = append(cells, plain.of(string(f.State)))
	}
	return gridRow{cells: append(cells,
		plain.of(f.Rule), plain.of(orDash(f.Resource.Name)).in(v.Org), plain.of(orDash(f.Principal.Name)).in(v.Org), plain.of(affected),
		sinceSpan(f.Since, v.now()),
	)}
}
