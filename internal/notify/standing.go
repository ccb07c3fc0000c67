package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// renewAfter is how often a channel that keeps an account of what is open is told all
// of it though nothing changed: an Alertmanager forgets what nobody repeats.
const renewAfter = 6 * time.Hour

// standings gives the account of what is open to the channels that keep one, where
// something has changed or the last account is old.
func (c composer) standings(changed bool) ([]store.Notice, error) {
	var out []store.Notice
	for _, channel := range c.n.order {
		if !c.n.standing[channel] {
			continue
		}
		last, there, err := c.s.LastNotice(c.ctx, channel, c.w.OrgID, Standing)
		if err != nil {
			return nil, err
		}
		if there && !changed && c.w.At.Sub(last.At) < renewAfter {
			continue
		}
		m, err := c.account(channel)
		if err != nil {
			return nil, err
		}
		if _, was, err := open(last); there && err != nil { // what it had and is over ends by itself
			c.n.o.Log.Warn("the last account cannot be read", "channel", channel, "id", last.ID, "err", err)
		} else if there {
			ended(&m, last, was)
		}
		one, err := c.notice(channel, Standing, store.NoticeWaiting, m, envelope{})
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, nil
}

// shownOfRule is how many findings of a rule an account names.
const shownOfRule = 10

// account lists what is open: findings by rule and severity, and all else one by one.
func (c composer) account(channel string) (Message, error) {
	m := Message{ID: c.id(Standing, channel, store.NoticeWaiting), Kind: Standing, Org: c.w.Org, At: c.w.At, Severity: access.Info}
	var sec Section
	var at []int // of the lines, how many findings
	total := 0
	err := c.s.OpenFindings(c.ctx, c.w.OrgID, func(f store.OpenFinding) error {
		x := store.ToldChange{Thing: store.Thing{Kind: finding, Severity: f.Severity}, Rule: f.Rule, Resource: f.Resource}
		if c.n.soon(c.subject(x))[channel] == never {
			return nil
		}
		total++
		key := fmt.Sprintf("%s/%s", f.Rule, f.Severity)
		i := slices.IndexFunc(sec.Lines, func(l Line) bool { return l.Key == key })
		if i < 0 {
			i = len(sec.Lines)
			sec.Lines = append(sec.Lines, Line{Severity: f.Severity, Kind: kindOf(x), Key: key, Rule: f.Rule, Since: f.Since})
			at = append(at, 0)
		}
		l := &sec.Lines[i]
		if at[i]++; at[i] <= shownOfRule {
			l.Details = append(l.Details, of(f.Principal, f.Resource))
		}
		if f.Since.Before(l.Since) {
			l.Since = f.Since
		}
		m.Severity = max(m.Severity, f.Severity)
		return nil
	})
	if err != nil {
		return m, err
	}
	for i := range sec.Lines {
		l := &sec.Lines[i]
		l.Count = at[i]
		l.Text = plural(at[i], "open finding of ", "open findings of ") + l.Rule
	}
	for _, x := range c.open {
		if c.n.soon(subject{kind: x.Kind, org: c.w.Org, severity: x.Severity})[channel] == never {
			continue
		}
		total++
		sec.Lines = append(sec.Lines, Line{Severity: x.Severity, Kind: x.Kind, Key: x.Key, Text: x.Title, Since: x.Since, Count: 1})
		m.Severity = max(m.Severity, x.Severity)
	}
	sec.Title = "Open"
	m.Sections = []Section{sec}
	m.Title = fmt.Sprintf("%s: %s", c.w.Org, plural(total, "thing is open", "things are open"))
	if total == 0 {
		m.Title = c.w.Org + ": nothing is open"
	}
	m.Facts = []Fact{{"organization", c.w.Org}, {"as of", moment(c.w.At)}}
	return m, nil
}

// ended adds to an account what the last one had and this one has not. Of one that never
// arrived it also takes what that one ended.
func ended(m *Message, last store.Notice, was Message) {
	now := map[string]bool{}
	for _, l := range m.Sections[0].Lines {
		now[l.Kind+"/"+l.Key] = true
	}
	over := Section{Title: "Over", What: store.ToldOver}
	for _, s := range was.Sections {
		if s.What == store.ToldOver && last.State == store.NoticeSent {
			continue
		}
		for _, l := range s.Lines {
			if key := l.Kind + "/" + l.Key; !now[key] {
				over.Lines = append(over.Lines, l)
				now[key] = true
			}
		}
	}
	if len(over.Lines) > 0 {
		m.Sections = append(m.Sections, over)
	}
}

// of joins who and where, as far as there are any.
func of(principal, resource string) string {
	switch {
	case principal == "":
		return resource
	case resource == "" || resource == principal:
		return principal
	}
	return principal + " on " + resource
}
