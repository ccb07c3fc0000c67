package report

import (
	"io"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
)

// Collect is the summary of one snapshot.
type Collect struct {
	Run
	Gaps    []Gap
	Areas   []access.Cover // a line for every area; see [Areas]
	Earlier []Earlier      // see [EarlierReads]
	Added   int64          // grants that were not there before
	Removed int64          // grants that are not there any more
}

// Areas gives one line for every area of the snapshot, in report order.
func Areas(s *access.Snapshot) []access.Cover {
	lines := make([]access.Cover, 0, len(access.Areas))
	for _, a := range access.Areas {
		lines = append(lines, s.Coverage.Of(a))
	}
	return lines
}

// Exit is ExitGaps where something expected was not seen, else ExitClean.
func (v Collect) Exit() int { return exitOf(v.Gaps) }

func (v Collect) verdict() string {
	if n := unexpected(v.Gaps); n > 0 {
		return count(n, "expected kind of data was", "expected kinds of data were") + " not seen to the end."
	}
	return "everything expected was seen."
}

func (v Collect) json(w io.Writer) error {
	type areaDoc struct {
		Area   access.Area `json:"area"`
		Status string      `json:"status"`
		Seen   int         `json:"seen"`
		Total  int         `json:"total"` // -1 where GitHub states none
		Since  time.Time   `json:"since,omitzero"`
		ReadAt time.Time   `json:"read_at,omitzero"`
	}
	areas := []areaDoc{}
	for _, c := range v.Areas {
		areas = append(areas, areaDoc{c.Area, string(told(c.Status)), c.Seen, c.Total, utc(c.Since), utc(c.ReadAt)})
	}
	return encode(w, struct {
		Schema   string    `json:"schema"`
		Run      runDoc    `json:"run"`
		Complete bool      `json:"complete"`
		Gaps     []Gap     `json:"gaps"`
		Areas    []areaDoc `json:"areas"`
		Added    int64     `json:"grants_added"`
		Removed  int64     `json:"grants_removed"`
		Exit     int       `json:"exit_code"`
	}{"ajar.collect/v1", v.doc(), unexpected(v.Gaps) == 0, list(v.Gaps), areas, v.Added, v.Removed, v.Exit()})
}

var collectColumns = append([]string{"row", "organization", "snapshot_at", "seen", "total", "since", "read_at"}, gapColumns...)

// csv writes gaps first, then every area.
func (v Collect) csv(s *sheet) error {
	if err := s.header(collectColumns...); err != nil {
		return err
	}
	about := fields{"organization": v.Org.Name, "snapshot_at": rfc3339(v.At)}
	if err := s.gapRows(collectColumns, about, v.Gaps); err != nil {
		return err
	}
	for _, c := range v.Areas {
		row := fields{
			"row": "area", "area": string(c.Area), "status": string(told(c.Status)), "seen": strconv.Itoa(c.Seen), "since": rfc3339(c.Since),
			"read_at": rfc3339(c.ReadAt),
		}
		if c.Total >= 0 {
			row["total"] = strconv.Itoa(c.Total)
		}
		if err := s.fields(collectColumns, row, about); err != nil {
			return err
		}
	}
	return nil
}

func (v Collect) table(p *page) error {
	p.run("Snapshot of ", v.Run)
	if v.Added+v.Removed > 0 {
		p.field("changes", count(v.Added, "grant", "grants")+" new, "+number(v.Removed)+" gone, against what the store held before")
	}
	p.gaps(v.Gaps)
	p.earlier(v.Earlier, v.At)
	p.gap()
	var rows []gridRow
	for _, c := range v.Areas {
		s, total := good, ""
		switch c.Status {
		case access.Complete:
		case access.Unavailable:
			s = dim
		default:
			s = warn
		}
		if c.Total >= 0 && c.Total != c.Seen {
			total = "of " + number(c.Total)
		}
		if !c.Since.IsZero() {
			total = "since " + day(c.Since)
		}
		rows = append(rows, gridRow{cells: []span{plain.of(string(c.Area)), s.of(string(told(c.Status))), plain.of(number(c.Seen)), dim.of(total)}})
	}
	p.grid([]column{{head: "kind of data"}, {head: "status"}, {head: "seen", right: true}, {}}, rows)
	p.exit(v.Exit(), v.verdict())
	return p.err
}
