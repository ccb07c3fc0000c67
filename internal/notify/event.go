package notify

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/report"
)

// event is one thing that a message tells, for receivers that want one at a time.
type event struct {
	m       Message // without its sections
	section Section // without its lines
	line    Line
	cut     bool // something was left out, for want of room
}

// events takes a message apart. What has no room in it is counted in an event of its
// own, and a message that tells nothing else gives one of its title.
func events(m Message) []event {
	var out []event
	sections := m.Sections
	m.Sections, m.People = nil, nil
	add := func(s Section, l Line) {
		s.Lines, s.More = nil, 0
		e := event{m: m, section: s, line: l}
		e.m.ID = m.ID + "/" + strconv.Itoa(len(out)+1)
		out = append(out, e)
	}
	for _, s := range sections {
		for _, l := range s.Lines {
			add(s, l)
		}
		if s.More > 0 {
			add(s, Line{Severity: access.Info, Kind: "more", Count: s.More, Text: fmt.Sprintf("%s: %d more that are not listed; ajar findings lists them", s.Title, s.More)})
		}
	}
	if len(out) == 0 {
		add(Section{}, Line{Severity: m.Severity, Kind: m.Kind, Text: m.Title})
	}
	return out
}

// message is the event as a message of one line.
func (e event) message() Message {
	m := e.m
	m.Severity = e.line.Severity
	s := e.section
	s.Lines = []Line{e.line}
	m.Sections = []Section{s}
	return m
}

// shorter takes a detail away, then the facts, then half of a text: a name that somebody
// made long must not keep the rest from being told.
func (e event) shorter() (event, bool) {
	const least = 40 // bytes of a text: five of them, each byte written as six, have room
	switch n := len(e.line.Details); {
	case n > 0 && e.cut:
		e.line.Details = append(slices.Clone(e.line.Details[:max(n-2, 0)]), leftOut)
		if n == 1 {
			e.line.Details = nil
		}
	case n > 0:
		e.line.Details = append(slices.Clone(e.line.Details[:n-1]), leftOut)
	case len(e.m.Facts)+len(e.m.Links) > 0:
		e.m.Facts, e.m.Links = nil, nil
	case len(e.line.Text) > least:
		e.line.Text = cut(e.line.Text, len(e.line.Text)/2)
	case len(e.m.Title) > least:
		e.m.Title = cut(e.m.Title, len(e.m.Title)/2)
	case len(e.line.Resource) > least:
		e.line.Resource = cut(e.line.Resource, len(e.line.Resource)/2)
	case len(e.line.Principal) > least:
		e.line.Principal = cut(e.line.Principal, len(e.line.Principal)/2)
	default:
		return e, false
	}
	e.cut = true
	return e, true
}

const leftOut = "more was left out, for want of room"

// cef is the event as a line of the Common Event Format. The fields are those of
// `ajar audit -o cef` as far as a notice has them.
func (e event) cef(version string) string {
	l := e.line
	id, name := l.Rule, e.section.Title
	if id == "" {
		id = l.Kind
	}
	if name == "" {
		name = e.m.Title
	}
	c := report.NewCEFEvent(id, name, l.Severity)
	c.Time("rt", e.m.At)
	c.Time("start", l.Since)
	c.Text("externalId", l.Key)
	if e.m.Org != "" {
		c.Text("deviceExternalId", "org:"+e.m.Org)
	}
	c.Text("cat", l.Kind)
	c.Text("outcome", e.section.What)
	c.Text("msg", l.Text)
	c.Text("suser", l.Principal)
	c.Custom("cs1", "Resource", l.Resource)
	c.Custom("cs2", "Details", l.Details...)
	c.Custom("cs3", "Message", e.m.ID)
	return c.Line(version)
}
