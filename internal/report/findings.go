package report

import (
	"io"
	"slices"
	"strings"
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

	// For the formats of other tools; the others do not show them.
	Rules    []RuleText // what the rules of the findings say about themselves, in any order
	Baseline []string   // the files of the baseline
	Version  string     // of ajar
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
	return encodeFindings(w, struct {
		Schema   string        `json:"schema"`
		Org      access.Named  `json:"organization"`
		At       time.Time     `json:"snapshot_at"`
		Filter   string        `json:"filter"`
		Complete bool          `json:"complete"`
		Gaps     []Gap         `json:"gaps"`
		Counts   countsDoc     `json:"counts"`
		Findings laterFindings `json:"findings"`
	}{
		"ajar.findings/v1", v.Org, utc(v.At), v.Filter, unexpected(v.Gaps) == 0, list(v.Gaps), counts(v.Findings, v.now()),
		laterFindings{},
	}, v.Findings, v.now())
}

func (v Findings) csv(s *sheet) error {
	return findingRows(s, v.Org.Name, v.At, v.now(), v.Gaps, v.Findings, nil)
}

func (v Findings) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("Findings of "+orgName(v.Org), v.what())
	p.gaps(v.Gaps)
	p.gap()
	if len(v.Findings) == 0 {
		p.para(2, plain, "none that match")
		return p.err
	}
	all := forReading(v.Findings)
	rows := entries(all, v.Org, v.now())
	for i, f := range all {
		state := span{}
		if v.mixed() {
			state = plain.of(string(f.State))
		}
		cells := rows[i].cells
		rows[i].cells = append([]span{cells[0], severityStyle(f.Severity).of(f.Severity.String()), state}, cells[1:]...)
	}
	columns := append([]column{entryColumns[0], {}, {}}, entryColumns[1:]...)
	l := p.layout(4, columns, rows)
	l.write(p, rows)
	p.gap()
	p.hang(0, []span{dim.of("one in full: ")}, plain, p.program+" findings show "+short(all[0].Fingerprint)+p.inOrg())
	return p.err
}

// what says how many there are, in which state, and what was asked for.
func (v Findings) what() string {
	n := len(v.Findings)
	what := count(n, "finding", "findings")
	switch {
	case n == 0:
	case v.mixed():
		var parts []string
		for _, s := range []access.State{access.Open, access.Waived, access.Resolved} {
			if of := len(inState(v.Findings, s)); of > 0 {
				parts = append(parts, number(of)+" "+string(s))
			}
		}
		what += ": " + strings.Join(parts, ", ")
	default:
		what = number(n) + " " + string(v.Findings[0].State)
	}
	if !v.At.IsZero() {
		what += ", as of " + moment(v.At)
	}
	if v.Filter != "" {
		what += "; asked for: " + v.Filter
	}
	return what
}

// mixed reports whether the findings are in more than one state.
func (v Findings) mixed() bool {
	return slices.ContainsFunc(v.Findings, func(f access.Finding) bool { return f.State != v.Findings[0].State })
}
