package notify

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// shownLines is how many lines of a section are told one by one; the rest is counted.
const shownLines = 20

// roomy is a channel whose receivers are machines, and that tells more lines.
type roomy interface{ shows() int }

// shows is how many lines of a section a channel tells.
func (n *Notifier) shows(channel string) int {
	if r, ok := n.channels[channel].(roomy); ok {
		return r.shows()
	}
	return shownLines
}

// envelope is what lies in the outbox: the message, and what is recorded once people
// have it.
type envelope struct {
	Message json.RawMessage    `json:"message"`
	Plan    string             `json:"plan,omitempty"`
	OrgID   int64              `json:"org_id,omitempty"`
	Notices []remediate.Notice `json:"notices,omitempty"`
}

// Consider puts into the outbox what people are not told of yet: each thing once, and
// again when it is worse or comes back. What they know from then on is kept in the same
// transaction, so a process that dies here has told either nothing or all of it. An
// unchanged organization gives no message.
func (n *Notifier) Consider(ctx context.Context, w What) error {
	if len(n.order) == 0 {
		return nil
	}
	return n.o.Write(ctx, func(s *store.Store) error {
		if err := n.consider(ctx, s, w); err != nil {
			return fmt.Errorf("considering what to tell of %s: %w", w.Org, err)
		}
		return nil
	})
}

func (n *Notifier) consider(ctx context.Context, s *store.Store, w What) error {
	w.At = w.At.UTC()
	holds, err := s.Holds(ctx, w.OrgID)
	if err != nil {
		return err
	}
	ends, err := s.EndingWaivers(ctx, w.OrgID, w.At.Add(waiverNotice))
	if err != nil {
		return err
	}
	t := store.Telling{Org: w.OrgID, At: w.At, Findings: w.Judged}
	t.Things, t.Kinds = things(w, holds, ends)
	if n.TellsGrace(w.Org) {
		for _, x := range w.Notices {
			t.Once = append(t.Once, store.Thing{Kind: Grace, Key: x.Finding, Severity: access.High, Title: x.Text})
		}
	}
	t.Compose = func(changes []store.ToldChange, open []store.Thing) (notices, standing []store.Notice, err error) {
		c := composer{n: n, ctx: ctx, s: s, w: w, open: open}
		return c.compose(changes)
	}
	return s.Tell(ctx, t)
}

// TellsGrace reports whether some channel is told what is going to be removed in an
// organization. Where none is, people tell it by themselves.
func (n *Notifier) TellsGrace(org string) bool {
	for c, how := range n.soon(subject{kind: Grace, org: org, severity: access.High}) {
		if how == atOnce && !n.standing[c] {
			return true
		}
	}
	return false
}

// composer makes the messages of one organization.
type composer struct {
	n    *Notifier
	ctx  context.Context
	s    *store.Store
	w    What
	open []store.Thing
}

// compose makes notices of the changes, for each channel those that its routes take.
func (c composer) compose(changes []store.ToldChange) (notices, standing []store.Notice, err error) {
	now, later := map[string][]store.ToldChange{}, map[string][]store.ToldChange{}
	var grace []store.ToldChange
	for _, x := range changes {
		if x.Kind == Grace {
			grace = append(grace, x)
			continue
		}
		for channel, how := range c.n.soon(c.subject(x)) {
			switch {
			case how == never || c.n.standing[channel]:
			case how == atOnce:
				now[channel] = append(now[channel], x)
			default:
				later[channel] = append(later[channel], x)
			}
		}
	}
	for _, channel := range c.n.order {
		for state, of := range map[string][]store.ToldChange{store.NoticeWaiting: now[channel], store.NoticeHeld: later[channel]} {
			if len(of) == 0 {
				continue
			}
			one, err := c.changed(channel, state, of)
			if err != nil {
				return nil, nil, err
			}
			notices = append(notices, one)
		}
	}
	extra, err := c.apart(grace)
	if err != nil {
		return nil, nil, err
	}
	standing, err = c.standings(len(changes) > 0)
	return append(notices, extra...), standing, err
}

// subject is what routes choose by.
func (c composer) subject(x store.ToldChange) subject {
	return subject{kind: kindOf(x), org: c.w.Org, rule: x.Rule, resource: x.Resource, severity: max(x.Severity, x.Was)}
}

// kindOf tells access that outlived its end from all other findings.
func kindOf(x store.ToldChange) string {
	if x.Kind == finding && x.Rule == expired {
		return overdue
	}
	return x.Kind
}

// expired is the rule of access whose assignment ended.
const expired = "expired-assignment"

// changed is the message of what changed.
func (c composer) changed(channel, state string, changes []store.ToldChange) (store.Notice, error) {
	m := Message{ID: c.id(Changes, channel, state), Kind: Changes, Org: c.w.Org, At: c.w.At, Severity: access.Info}
	for _, what := range order {
		var of []store.ToldChange
		for _, x := range changes {
			if x.What == what.what {
				of = append(of, x)
				if what.counts {
					m.Severity = max(m.Severity, x.Severity)
				}
			}
		}
		if len(of) == 0 {
			continue
		}
		sec, err := c.section(what.what, what.title, of, c.n.shows(channel))
		if err != nil {
			return store.Notice{}, err
		}
		m.Sections = append(m.Sections, sec)
	}
	m.Title = headline(c.w.Org, changes)
	if len(changes) == 1 { // the one thing itself says more than a number
		x := changes[0]
		said := word(x.What)
		if x.What != store.ToldOver && x.What != store.ToldWaived {
			said += ", " + x.Severity.String()
		}
		m.Title = fmt.Sprintf("%s: %s (%s)", c.w.Org, m.Sections[0].Lines[0].Text, said)
	}
	m.Facts = append(m.Facts, Fact{"organization", c.w.Org}, Fact{"seen", moment(c.w.At)})
	return c.notice(channel, Changes, state, m, envelope{})
}

// order is how sections follow each other, with what a heading calls them.
var order = []struct {
	what, title, one, many string
	counts                 bool
}{
	{store.ToldNew, "New", "new", "new", true},
	{store.ToldAgain, "Came back", "came back", "came back", true},
	{store.ToldWorse, "Worse", "worse", "worse", true},
	{store.ToldWaived, "Waived", "waived", "waived", false},
	{store.ToldOver, "Over", "over", "over", false},
}

// word is what one change is called.
func word(what string) string {
	for _, o := range order {
		if o.what == what {
			return o.one
		}
	}
	return what
}

// headline says in one line how much became of what.
func headline(org string, changes []store.ToldChange) string {
	var parts []string
	for _, what := range order {
		n, worst := 0, access.NoSeverity
		for _, x := range changes {
			if x.What == what.what {
				n++
				worst = max(worst, x.Severity)
			}
		}
		if n == 0 {
			continue
		}
		said := fmt.Sprintf("%d %s", n, what.many)
		if what.counts {
			said += fmt.Sprintf(" (%s)", worst)
		}
		parts = append(parts, said)
	}
	return org + ": " + strings.Join(parts, ", ")
}

func (c composer) section(what, title string, of []store.ToldChange, shown int) (Section, error) {
	slices.SortStableFunc(of, func(a, b store.ToldChange) int { return cmp.Compare(b.Severity, a.Severity) })
	sec := Section{Title: title, What: what, More: max(len(of)-shown, 0)}
	for _, x := range of[:min(len(of), shown)] {
		l, err := c.line(x)
		if err != nil {
			return sec, err
		}
		sec.Lines = append(sec.Lines, l)
	}
	return sec, nil
}

func (c composer) line(x store.ToldChange) (Line, error) {
	l := Line{Severity: x.Severity, Kind: kindOf(x), Key: x.Key, Rule: x.Rule, Principal: x.Principal, Resource: x.Resource, Text: x.Title}
	if x.What == store.ToldWorse {
		l.Details = append(l.Details, fmt.Sprintf("it was %s", x.Was))
	}
	if x.Kind != finding {
		return l, nil
	}
	f, err := c.s.Finding(c.ctx, c.w.Org, x.Key)
	if err != nil {
		return l, err
	}
	l.Text = f.Title
	switch {
	case x.What == store.ToldWaived && f.Waiver != "":
		l.Details = append(l.Details, "waived: "+f.Waiver)
	case x.What == store.ToldNew || x.What == store.ToldAgain:
		if f.Want != "" {
			l.Details = append(l.Details, "should be: "+f.Want)
		}
	}
	return l, nil
}

// id names a message for good.
func (c composer) id(kind, channel, state string) string {
	return fmt.Sprintf("%s-%d-%d-%s-%s", kind, c.w.OrgID, c.w.At.UnixMilli(), channel, state)
}

func (c composer) notice(channel, kind, state string, m Message, e envelope) (store.Notice, error) {
	return toNotice(channel, kind, state, c.w.OrgID, c.w.At, m, e)
}

func toNotice(channel, kind, state string, org int64, at time.Time, m Message, e envelope) (store.Notice, error) {
	text, err := m.visible().encode()
	if err != nil {
		return store.Notice{}, err
	}
	e.Message = text
	body, err := json.Marshal(e)
	if err != nil {
		return store.Notice{}, fmt.Errorf("writing a notice: %w", err)
	}
	return store.Notice{Key: m.ID, Channel: channel, Kind: kind, Org: org, At: at, Body: body, State: state}, nil
}
