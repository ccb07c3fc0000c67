package report

import (
	"encoding/json"
	"io"
	"iter"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
)

// Matrix is who can do what everywhere, row by row. It is written as the rows
// come and never held in memory; an error among them ends the report, which is
// then not whole.
type Matrix struct {
	Org     access.Named
	At      time.Time
	Gaps    []Gap
	Rows    iter.Seq2[AccessRow, error]
	Version string // of ajar; in OCSF alone
}

// Exit is ExitGaps where something expected was not seen, else ExitClean.
func (v Matrix) Exit() int { return exitOf(v.Gaps) }

// values gives rows that are in memory the shape of a stream.
func values(rows []AccessRow) iter.Seq2[AccessRow, error] {
	return func(yield func(AccessRow, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

var accessColumns = append([]string{
	"row", "organization", "snapshot_at", "principal", "principal_id", "resource", "resource_id", "privilege", "role",
	"sources", "paths",
}, gapColumns...)

// accessRows writes gaps first, then the rows.
func accessRows(s *sheet, org access.Named, at time.Time, gaps []Gap, rows iter.Seq2[AccessRow, error]) error {
	if err := s.header(accessColumns...); err != nil {
		return err
	}
	when := rfc3339(at)
	about := fields{"organization": org.Name, "snapshot_at": when}
	if err := s.gapRows(accessColumns, about, gaps); err != nil {
		return err
	}
	var scratch []byte
	for r, err := range rows {
		if err != nil {
			return err
		}
		s.text("access")
		s.text(org.Name)
		s.text(when)
		s.text(r.Principal.Name)
		s.number(r.Principal.ID)
		s.text(r.Resource.Name)
		s.number(r.Resource.ID)
		s.text(r.Privilege.String())
		s.text(r.role())
		scratch = appendSources(scratch[:0], r.Paths)
		s.text(string(scratch))
		scratch = scratch[:0]
		for i, p := range r.Paths {
			if i > 0 {
				scratch = append(scratch, '\n')
			}
			scratch = appendPath(scratch, p)
		}
		s.text(string(scratch))
		s.skip(len(gapColumns))
		if err := s.end(); err != nil {
			return err
		}
	}
	return nil
}

func (v Matrix) csv(s *sheet) error { return accessRows(s, v.Org, v.At, v.Gaps, v.Rows) }

// json writes one object with a row on each line, and the number of rows at its
// end: a document that was cut off does not parse.
func (v Matrix) json(w io.Writer) error {
	head, err := compact(struct {
		Schema   string       `json:"schema"`
		Org      access.Named `json:"organization"`
		At       time.Time    `json:"snapshot_at"`
		Complete bool         `json:"complete"`
		Gaps     []Gap        `json:"gaps"`
	}{"ajar.access-matrix/v1", v.Org, utc(v.At), unexpected(v.Gaps) == 0, list(v.Gaps)})
	if err != nil {
		return err
	}
	if _, err := w.Write(append(head[:len(head)-1], ",\"rows\":["...)); err != nil {
		return err
	}
	e := json.NewEncoder(escaper{w})
	e.SetEscapeHTML(false)
	n, between := 0, "\n"
	for r, err := range v.Rows {
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, between); err != nil {
			return err
		}
		if err := e.Encode(r.doc(true, true)); err != nil { // ends its line
			return err
		}
		n, between = n+1, ","
	}
	_, err = io.WriteString(w, "],\"count\":"+strconv.Itoa(n)+"}\n")
	return err
}

// table lays the columns out beforehand, since the widest row is not known.
func (v Matrix) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("Access in "+orgName(v.Org), "as of "+moment(v.At))
	p.gaps(v.Gaps)
	p.gap()
	l := layout{indent: 2, folded: make([]bool, 4), brief: true, cols: []column{
		{head: "principal", min: 16}, {head: "resource", min: 16}, {head: "privilege", min: 9}, {head: "how", min: 36, wrap: true, fold: true},
	}}
	l.shrink([]int{26, 36, 15, 100}, p.width)
	l.heading(p)
	n := 0
	for r, err := range v.Rows {
		if err != nil {
			return err
		}
		l.row(p, gridRow{cells: []span{
			plain.of(r.Principal.Name).in(v.Org), plain.of(r.Resource.Name).in(v.Org), privilegeStyle(r.Privilege).of(r.role()), {},
		}, ways: p.ways(r, v.Org)})
		if p.err != nil {
			return p.err
		}
		n++
	}
	p.gap()
	p.line(strong.of(count(n, "pair", "pairs")), plain.of(" of a principal and a resource"))
	if p.cutWays {
		p.line(dim.of("every way:"))
		p.command(0, "access --all --all-rows")
	}
	return p.err
}
