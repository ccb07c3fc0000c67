package notify

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/report"
)

// Schema names the form of a message, in the outbox and in a webhook's body.
const Schema = "ajar.notice/v1"

// The kinds of messages.
const (
	Changes  = "changes" // what became of findings, holds, coverage … by one pass over one organization
	Grace    = "grace"   // what is going to be removed
	Run      = "run"     // a run that ended, or stopped
	Digest   = "digest"  // what was not told at once
	Standing = "state"   // everything that is open now, for channels that keep an account of it
	Trial    = "test"    // nothing: whether the channel works
)

// Message is what is told, before any channel gives it its form. All texts are plain
// and already visible: no control characters, no hidden ones. They may hold names that
// somebody chose to be mischievous: each channel escapes them for its own form.
type Message struct {
	Schema   string          `json:"schema"`
	ID       string          `json:"id"` // the same at each try: receivers tell repetitions by it
	Kind     string          `json:"kind"`
	Org      string          `json:"organization"` // login; "": of no organization
	At       time.Time       `json:"at"`
	Severity access.Severity `json:"severity"` // the worst of it; info where nothing has one
	Title    string          `json:"title"`    // one line
	Facts    []Fact          `json:"facts"`
	Sections []Section       `json:"sections"`
	Links    []Link          `json:"links"`
	People   []access.Named  `json:"people"` // who loses something, of a grace notice
}

// Fact is a number or a date with its name.
type Fact struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Link leads to where more is.
type Link struct {
	Title string `json:"title"`
	URL   string `json:"url"`
}

// Section is a list under a heading.
type Section struct {
	Title string `json:"title"`
	What  string `json:"what"` // new, again, worse, waived, over, or "" for what is no change
	Lines []Line `json:"lines"`
	More  int    `json:"more"` // that there is no room for
}

// Line is one thing that is told.
type Line struct {
	Severity  access.Severity `json:"severity"`
	Kind      string          `json:"kind"` // finding, hold, coverage …
	Key       string          `json:"key"`  // the fingerprint of a finding
	Rule      string          `json:"rule"` // of a finding; "" otherwise
	Principal string          `json:"principal"`
	Resource  string          `json:"resource"`
	Text      string          `json:"text"`
	Count     int             `json:"count"` // of how many things it tells; 0: of one
	Since     time.Time       `json:"since,omitzero"`
	Details   []string        `json:"details"`
}

// names are those that may stand in the text of the line.
func (l Line) names() []string { return []string{l.Principal, l.Resource} }

// visible makes every text of the message plain.
func (m Message) visible() Message {
	v := func(s string) string { return cut(report.Visible(s), maxText) }
	m.Title, m.Org = v(m.Title), v(m.Org)
	for i, f := range m.Facts {
		m.Facts[i] = Fact{v(f.Name), v(f.Value)}
	}
	for i := range m.Sections {
		s := &m.Sections[i]
		s.Title = v(s.Title)
		for j := range s.Lines {
			l := &s.Lines[j]
			l.Principal, l.Resource, l.Text = v(l.Principal), v(l.Resource), v(l.Text)
			for k, d := range l.Details {
				l.Details[k] = v(d)
			}
		}
	}
	for i, p := range m.People {
		m.People[i].Name = v(p.Name)
	}
	return m
}

// maxText bounds one text of a message, in bytes; what is cut says so.
const maxText = 1000

// cut shortens a text to so many bytes and shows that it did.
func cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	end := limit - len("…")
	for end > 0 && s[end]&0xc0 == 0x80 {
		end--
	}
	return s[:end] + "…"
}

// encode gives the message as it lies in the outbox and goes to a webhook.
func (m Message) encode() ([]byte, error) {
	m.Schema, m.At = Schema, m.At.UTC().Truncate(time.Second)
	m.Facts, m.Sections, m.Links, m.People = list(m.Facts), list(m.Sections), list(m.Links), list(m.People)
	for i := range m.Sections {
		s := &m.Sections[i]
		s.Lines = list(s.Lines)
		for j := range s.Lines {
			s.Lines[j].Details = list(s.Lines[j].Details)
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	return b, nil
}

// list is the list itself, or an empty one in the place of none.
func list[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

func decode(body []byte) (Message, error) {
	var m Message
	if err := json.Unmarshal(body, &m); err != nil {
		return m, fmt.Errorf("reading a message: %w", err)
	}
	if m.Schema != Schema {
		return m, fmt.Errorf("reading a message: its form is %.40q, and this version knows %s", m.Schema, Schema)
	}
	return m, nil
}
