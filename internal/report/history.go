package report

import (
	"cmp"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// AccessHistory is what came to one principal, and what went, since a time.
type AccessHistory struct {
	Org       access.Named
	Principal access.Named
	Since     time.Time
	To        SnapshotMark // the newest snapshot
	First     SnapshotMark // the first that shows any access of it; zero: none does
	Last      SnapshotMark // the first that shows none any more; zero: it has access still
	Unchanged int          // grants and memberships that it had before Since and has still
	Events    []HistoryEvent
}

// HistoryEvent is one thing that came, went or became another.
type HistoryEvent struct {
	Mark     SnapshotMark   // the first snapshot that shows it
	What     string         // came, went or changed
	Resource access.Named   //
	Before   string         // the word for what it was, "" where it came
	After    string         // the word for what it is, "" where it went
	Teams    []access.Named // through which it came, from the one that the principal was in upwards; none: directly
	Why      string         // in words
	Doubt    string         // why it may have been there before; "" where it was not
}

// Exit is ExitGaps where something may have been there before, else ExitClean.
func (v AccessHistory) Exit() int {
	for _, e := range v.Events {
		if e.Doubt != "" {
			return ExitGaps
		}
	}
	return ExitClean
}

type historyDoc struct {
	Snapshot int64          `json:"snapshot"`
	At       time.Time      `json:"at"`
	What     string         `json:"what"`
	Resource access.Named   `json:"resource"`
	Before   string         `json:"before"`
	After    string         `json:"after"`
	Teams    []access.Named `json:"teams"`
	Why      string         `json:"why"`
	Certain  bool           `json:"certain"`
	Doubt    string         `json:"why_uncertain"`
}

func (m SnapshotMark) maybe() *SnapshotMark {
	if m.ID == 0 {
		return nil
	}
	return &SnapshotMark{m.ID, utc(m.At)}
}

func (v AccessHistory) json(w io.Writer) error {
	events := []historyDoc{}
	for _, e := range v.Events {
		events = append(events, historyDoc{
			e.Mark.ID, utc(e.Mark.At), e.What, e.Resource, e.Before, e.After, list(e.Teams), e.Why, e.Doubt == "", e.Doubt,
		})
	}
	return encode(w, struct {
		Schema    string        `json:"schema"`
		Org       access.Named  `json:"organization"`
		Principal access.Named  `json:"principal"`
		Since     time.Time     `json:"since"`
		To        SnapshotMark  `json:"to"`
		First     *SnapshotMark `json:"first_seen"`
		Last      *SnapshotMark `json:"gone_since"`
		Unchanged int           `json:"unchanged"`
		Events    []historyDoc  `json:"events"`
	}{
		"ajar.access-history/v1", v.Org, v.Principal, utc(v.Since), SnapshotMark{v.To.ID, utc(v.To.At)}, v.First.maybe(), v.Last.maybe(),
		v.Unchanged, events,
	})
}

func (v AccessHistory) csv(s *sheet) error {
	columns := []string{"organization", "principal", "principal_id", "snapshot", "at", "what", "resource", "resource_id", "before", "after", "teams", "why", "certain", "why_uncertain"}
	if err := s.header(columns...); err != nil {
		return err
	}
	for _, e := range v.Events {
		err := s.fields(columns, fields{
			"organization": v.Org.Name, "principal": v.Principal.Name, "principal_id": id(v.Principal), "snapshot": plainNumber(e.Mark.ID), "at": rfc3339(e.Mark.At),
			"what": e.What, "resource": e.Resource.Name, "resource_id": id(e.Resource), "before": e.Before, "after": e.After,
			"teams": teamWay(e.Teams), "why": e.Why, "certain": strconv.FormatBool(e.Doubt == ""), "why_uncertain": e.Doubt,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func teamWay(teams []access.Named) string {
	names := make([]string, 0, len(teams))
	for _, t := range teams {
		names = append(names, t.Name)
	}
	return strings.Join(names, " → ")
}

func (v AccessHistory) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("History of "+v.Principal.Name, "in "+orgName(v.Org)+", from "+moment(v.Since)+" to "+v.To.words())
	p.gap()
	if v.First.ID == 0 {
		p.para(2, plain, "no snapshot shows any access of it")
		return p.err
	}
	p.wide("first seen", v.First.words())
	if v.Last.ID != 0 {
		p.wide("gone since", v.Last.words())
	}
	p.wide("unchanged", count(v.Unchanged, "grant", "grants")+" held before and still")
	p.gap()
	if len(v.Events) == 0 {
		p.para(2, plain, "nothing came and nothing went that was seen")
		return p.err
	}
	rows := make([]gridRow, 0, len(v.Events))
	for _, e := range v.Events {
		words, st := cmp.Or(e.After, e.Before), plain
		mark := map[string]string{"came": "+ ", "went": "− ", "changed": "± "}[e.What]
		if e.What == "changed" {
			words = e.Before + " → " + e.After
		}
		if e.What != "went" {
			st = strong
		}
		row := gridRow{cells: []span{dim.of(moment(e.Mark.At)), st.of(mark + words), plain.of(e.Resource.Name).in(v.Org), {}}}
		row.ways = append(row.ways, briefly(dim.of(e.Why), v.Org))
		if e.Doubt != "" {
			row.ways = append(row.ways, warn.of("only newly seen, perhaps: "+e.Doubt))
		}
		rows = append(rows, row)
	}
	p.grid([]column{{head: "first shown"}, {head: "what", min: 9}, {head: "on", min: 16}, {head: "why", min: 30, wrap: true, fold: true}}, rows)
	return p.err
}
