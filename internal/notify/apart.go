package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// apart makes the messages that go by themselves: what is going to be removed, and runs.
func (c composer) apart(grace []store.ToldChange) ([]store.Notice, error) {
	var out []store.Notice
	if len(grace) > 0 {
		m, e := c.grace(grace)
		of, err := c.toAll(subject{kind: Grace, org: c.w.Org, severity: access.High}, m, e)
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	for _, r := range c.w.Runs {
		m := c.run(r)
		of, err := c.toAll(subject{kind: runKind, org: c.w.Org, severity: m.Severity}, m, envelope{})
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	return out, nil
}

// toAll addresses one message to each channel that is told of its subject.
func (c composer) toAll(s subject, m Message, e envelope) ([]store.Notice, error) {
	var out []store.Notice
	soon := c.n.soon(s)
	for _, channel := range c.n.order {
		state := store.NoticeWaiting
		switch {
		case soon[channel] == never || c.n.standing[channel]:
			continue
		case soon[channel] == inDigest:
			state = store.NoticeHeld
		}
		one, err := c.notice(channel, m.Kind, state, m, e)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// grace is the message of what is going to be removed: who loses what, when, why, and
// how to keep it.
func (c composer) grace(changes []store.ToldChange) (Message, envelope) {
	told := map[string]bool{}
	for _, x := range changes {
		told[x.Key] = true
	}
	e := envelope{Plan: c.w.Plan, OrgID: c.w.OrgID}
	sec := Section{Title: "What is planned"}
	first := time.Time{}
	people := map[access.Ref]access.Named{}
	for _, x := range c.w.Notices {
		if !told[x.Finding] {
			continue
		}
		e.Notices = append(e.Notices, x)
		l := Line{Severity: access.High, Kind: Grace, Key: x.Finding, Text: x.Text}
		var names []string
		for _, p := range x.To {
			people[p.Ref] = p
			names = append(names, p.Name)
		}
		if len(x.To) > 0 {
			l.Principal = x.To[0].Name
			l.Details = append(l.Details, "who loses something: "+some(names, 10))
		}
		if first.IsZero() || x.Date.Before(first) {
			first = x.Date
		}
		if len(sec.Lines) < shownGrace {
			sec.Lines = append(sec.Lines, l)
		} else {
			sec.More++
		}
	}
	m := Message{
		ID: c.id(Grace, "all", store.NoticeWaiting), Kind: Grace, Org: c.w.Org, At: c.w.At, Severity: access.High,
		Title:    fmt.Sprintf("%s: %s going to be removed, the first on %s", c.w.Org, plural(len(e.Notices), "access is", "accesses are"), first.UTC().Format(time.DateOnly)),
		Facts:    []Fact{{"organization", c.w.Org}, {"plan", short(c.w.Plan)}, {"not before", moment(first)}},
		Sections: []Section{sec, {Title: "How to keep it", Lines: []Line{{Severity: access.Info, Kind: Grace, Text: keepIt}}}},
	}
	for _, p := range people {
		m.People = append(m.People, p)
	}
	slices.SortFunc(m.People, func(a, b access.Named) int { return a.Compare(b.Ref) })
	return m, e
}

// shownGrace is how many removals a grace notice tells one by one: each is somebody's.
const shownGrace = 200

const keepIt = "Whoever needs what is named here asks those who keep the baseline of the organization before that day. Whoever does not need it has nothing to do."

// for one person: what of a grace notice is about them.
func about(m Message, notices []remediate.Notice, who access.Ref) Message {
	mine := map[string]bool{}
	for _, x := range notices {
		if slices.ContainsFunc(x.To, func(p access.Named) bool { return p.Ref == who }) {
			mine[x.Finding] = true
		}
	}
	m.Sections = slices.Clone(m.Sections)
	for i, s := range m.Sections {
		s.Lines = slices.DeleteFunc(slices.Clone(s.Lines), func(l Line) bool { return l.Key != "" && !mine[l.Key] })
		m.Sections[i] = s
	}
	return m
}

// run is the message of a run that ended, or stopped.
func (c composer) run(r RunNote) Message {
	m := Message{ID: fmt.Sprintf("run-%s-ended", r.ID), Kind: Run, Org: c.w.Org, At: c.w.At, Severity: access.Medium, Title: fmt.Sprintf("%s: run %s ended", c.w.Org, r.ID)}
	l := Line{Severity: access.Medium, Kind: runKind, Key: r.ID, Text: r.Counts}
	if r.Stopped {
		m.ID, m.Severity, l.Severity = fmt.Sprintf("run-%s-stopped", r.ID), access.High, access.High
		m.Title = fmt.Sprintf("%s: run %s stopped", c.w.Org, r.ID)
		l.Details = []string{r.Why}
	}
	m.Facts = []Fact{{"organization", c.w.Org}, {"run", r.ID}}
	m.Sections = []Section{{Title: "What it did", Lines: []Line{l}}}
	return m
}

// some lists at most limit names, and says how many more there are.
func some(names []string, limit int) string {
	if len(names) <= limit {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], ", "), len(names)-limit)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func short(hash string) string { return hash[:min(len(hash), 12)] }
