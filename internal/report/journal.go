package report

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"
)

// JournalRow is a run, or a decision, in short.
type JournalRow struct {
	What    string         `json:"what"` // "run", or the kind of an entry
	Seq     int64          `json:"seq"`  // its first entry
	At      time.Time      `json:"at"`
	Org     string         `json:"organization"` // login, its number where that is not known; "" for none
	Run     string         `json:"run"`
	Plan    string         `json:"plan"`
	Who     string         `json:"who"`
	Ended   time.Time      `json:"ended_at,omitzero"` // of a run that has
	States  []JournalState `json:"states"`            // where the actions of a run stand
	Details []string       `json:"details"`           // of a decision, in words
}

// JournalState counts the actions of a run that stand alike.
type JournalState struct {
	State   string `json:"state"`
	Actions int    `json:"actions"`
}

// Journal lists runs and decisions, the newest first.
type Journal struct {
	Path    string
	Entries int64 // in the whole journal
	Rows    []JournalRow
}

func (v Journal) json(w io.Writer) error {
	rows := list(v.Rows)
	for i := range rows {
		rows[i].At, rows[i].Ended = utc(rows[i].At), utc(rows[i].Ended)
		rows[i].States, rows[i].Details = list(rows[i].States), list(rows[i].Details)
	}
	return encode(w, struct {
		Schema  string       `json:"schema"`
		Path    string       `json:"path"`
		Entries int64        `json:"entries"`
		Rows    []JournalRow `json:"rows"`
	}{"ajar.journal-list/v1", v.Path, v.Entries, rows})
}

var journalColumns = []string{"seq", "at", "what", "organization", "run", "plan", "who", "ended_at", "states", "details"}

func (v Journal) csv(s *sheet) error {
	if err := s.header(journalColumns...); err != nil {
		return err
	}
	for _, r := range v.Rows {
		err := s.fields(journalColumns, fields{
			"seq": plainNumber(r.Seq), "at": rfc3339(r.At), "what": r.What, "organization": r.Org, "run": r.Run, "plan": r.Plan, "who": r.Who,
			"ended_at": rfc3339(r.Ended), "states": r.states(), "details": strings.Join(r.Details, "\n"),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// states says where the actions of a run stand: "3 verified, 1 failed".
func (r JournalRow) states() string {
	out := ""
	for _, s := range r.States {
		if out != "" {
			out += ", "
		}
		out += number(s.Actions) + " " + s.State
	}
	return out
}

func (v Journal) table(p *page) error {
	p.title("Journal", v.Path)
	p.field("entries", number(v.Entries))
	if len(v.Rows) == 0 {
		p.gap()
		p.para(2, plain, "no run and no decision")
		return p.err
	}
	for i := 0; i < len(v.Rows); i++ {
		r := v.Rows[i]
		p.section(strong, r.title(), moment(r.At))
		more := v.noticesFrom(i)
		if more > 0 { // the newest first
			p.field("entry", number(v.Rows[i+more].Seq)+" to "+number(r.Seq))
			r.Details = []string{count(more+1, "notice", "notices") + " of changes that this plan would make"}
			i += more
		} else {
			p.field("entry", number(r.Seq))
		}
		p.field("of", r.Org)
		p.field("by", r.Who)
		p.field("plan", r.Plan)
		if r.What == "run" {
			p.field("actions", r.states())
			if r.Ended.IsZero() {
				p.styled("state", warn, "not ended")
			} else {
				p.field("ended", moment(r.Ended))
			}
		}
		for _, d := range r.Details {
			p.bullet(d)
		}
	}
	p.gap()
	p.emit([]span{space(2), plain.of(p.program + " journal show SEQ")})
	return p.err
}

// noticesFrom counts the notices of one plan that follow the one at i: they are made
// together, and are told together.
func (v Journal) noticesFrom(i int) int {
	n := 0
	for r := v.Rows[i]; r.What == "notice" && i+n+1 < len(v.Rows); n++ {
		if next := v.Rows[i+n+1]; next.What != r.What || next.Plan != r.Plan || next.Who != r.Who {
			break
		}
	}
	return n
}

func (r JournalRow) title() string {
	if r.What == "run" {
		return "Run " + r.Run
	}
	return r.What
}

// JournalEntry is one entry of the journal.
type JournalEntry struct {
	Seq    int64           `json:"seq"`
	At     time.Time       `json:"at"`
	Epoch  int64           `json:"epoch"`
	Org    string          `json:"organization"`
	OrgID  int64           `json:"organization_id"` // 0: of none
	Kind   string          `json:"kind"`
	Plan   string          `json:"plan"`
	Run    string          `json:"run"`
	Action string          `json:"action"`
	Who    string          `json:"who"`
	Body   json.RawMessage `json:"-"` // nil: it was redacted
	Digest string          `json:"body_sha256"`
	Leaf   string          `json:"leaf"`
}

// JournalEntries shows entries in full, the oldest first.
type JournalEntries struct {
	Title   string // "Run r1", "Entry 12"
	Entries []JournalEntry
}

func (v JournalEntries) json(w io.Writer) error {
	type doc struct {
		JournalEntry
		Body  *string  `json:"body"` // a text, so that it stays byte for byte what was hashed
		Words []string `json:"words"`
	}
	docs := []doc{}
	for _, e := range v.Entries {
		d := doc{e, nil, list(e.Words())}
		d.At = utc(d.At)
		if e.Body != nil {
			body := string(e.Body)
			d.Body = &body
		}
		docs = append(docs, d)
	}
	return encode(w, struct {
		Schema  string `json:"schema"`
		Entries []doc  `json:"entries"`
	}{"ajar.journal-entries/v1", docs})
}

var journalEntryColumns = []string{"seq", "at", "epoch", "organization", "organization_id", "kind", "plan", "run", "action", "who", "words", "redacted", "body_sha256", "leaf"}

func (v JournalEntries) csv(s *sheet) error {
	if err := s.header(journalEntryColumns...); err != nil {
		return err
	}
	for _, e := range v.Entries {
		err := s.fields(journalEntryColumns, fields{
			"seq": plainNumber(e.Seq), "at": rfc3339(e.At), "epoch": plainNumber(e.Epoch), "organization": e.Org, "organization_id": plainNumber(e.OrgID),
			"kind": e.Kind, "plan": e.Plan, "run": e.Run, "action": e.Action, "who": e.Who, "words": strings.Join(e.Words(), "\n"),
			"redacted": strconv.FormatBool(e.Body == nil), "body_sha256": e.Digest, "leaf": e.Leaf,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (v JournalEntries) table(p *page) error {
	p.title(v.Title, count(len(v.Entries), "entry", "entries"))
	var before JournalEntry // what an entry shares with the one before is not said again
	for _, e := range v.Entries {
		p.section(styleOf(e.Kind), e.Kind, "entry "+number(e.Seq)+", "+e.At.UTC().Format("2006-01-02 15:04:05.000 UTC"))
		for _, f := range []struct{ label, value, was string }{
			{"of", e.Org, before.Org}, {"by", e.Who, before.Who}, {"run", e.Run, before.Run}, {"action", e.Action, before.Action}, {"plan", e.Plan, before.Plan},
		} {
			if f.value != f.was {
				p.field(f.label, f.value)
			}
		}
		before = e
		for _, words := range e.Words() {
			p.bullet(words)
		}
	}
	return p.err
}

// styleOf is how a kind of entry is shown: what needs a look stands out.
func styleOf(kind string) style {
	switch kind {
	case "failed", "in-doubt", "decision-refused", "overdue":
		return critical
	case "refused", "hold", "not-tried", "redacted", "rollback-accepted", "key-changed":
		return warn
	case "verified", "run-ended":
		return good
	}
	return strong
}
