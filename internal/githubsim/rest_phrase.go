package githubsim

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// phrase is a search of the audit log: every qualifier has to fit, and of
// several values of one qualifier any.
type phrase struct {
	words map[string][]string // actor, action, user, repo … → values
	none  map[string][]string // the same, wanted away with a leading -
	spans []span
	dated bool // says something of created
}

// span is a stretch of time; a zero end is open. to is not part of it.
type span struct{ from, to time.Time }

// readPhrase reads what stands in the phrase parameter. Of free text nothing is
// known to match.
func readPhrase(text string) (phrase, error) {
	p := phrase{words: map[string][]string{}, none: map[string][]string{}}
	for _, term := range strings.Fields(text) {
		key, value, qualified := strings.Cut(term, ":")
		key = fold(key)
		value = strings.Trim(value, `"`)
		if !qualified {
			key, value = "text", term
		}
		if key == "created" {
			s, err := readSpan(value)
			if err != nil {
				return p, err
			}
			p.spans, p.dated = append(p.spans, s), true
			continue
		}
		into := p.words
		if rest, away := strings.CutPrefix(key, "-"); away {
			key, into = rest, p.none
		}
		into[key] = append(into[key], fold(value))
	}
	return p, nil
}

// readSpan reads >=T, >T, <=T, <T, A..B or one moment; a date means its day.
func readSpan(text string) (span, error) {
	if a, b, ranged := strings.Cut(text, ".."); ranged {
		from, _, err := moment(a)
		if a == "*" {
			err = nil
		}
		_, to, err2 := moment(b)
		if b == "*" {
			err2 = nil
		}
		if err == nil {
			err = err2
		}
		return span{from, to}, err
	}
	for _, sign := range []string{">=", "<=", ">", "<"} {
		rest, found := strings.CutPrefix(text, sign)
		if !found {
			continue
		}
		from, to, err := moment(rest)
		switch sign {
		case ">=":
			return span{from: from}, err
		case "<=":
			return span{to: to}, err
		case ">":
			return span{from: to}, err
		default:
			return span{to: from}, err
		}
	}
	from, to, err := moment(text)
	return span{from, to}, err
}

// moment reads a date or time and gives its begin and end: a day for a date, a
// second for a time.
func moment(text string) (from, to time.Time, err error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, t.AddDate(0, 0, 1), nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, t.Add(time.Second), nil
		}
	}
	return from, to, fmt.Errorf("%q is not a date", text)
}

// fits reports whether the event is one that the search asks for.
func (p phrase) fits(o *orgIndex, e *AuditEvent) bool {
	for _, s := range p.spans {
		if !s.from.IsZero() && e.CreatedAt.Before(s.from) || !s.to.IsZero() && !e.CreatedAt.Before(s.to) {
			return false
		}
	}
	for key, values := range p.words {
		if !slices.ContainsFunc(values, func(v string) bool { return says(o, e, key, v) }) {
			return false
		}
	}
	for key, values := range p.none {
		if slices.ContainsFunc(values, func(v string) bool { return says(o, e, key, v) }) {
			return false
		}
	}
	return true
}

// says reports whether one qualifier fits the event. An action may be named by
// its category alone, a repository or team with its owner.
func says(o *orgIndex, e *AuditEvent, key, value string) bool {
	owned := func(name string) bool { return name != "" && (fold(o.Login+"/"+name) == value || fold(name) == value) }
	switch key {
	case "actor":
		return fold(e.Actor) == value
	case "user":
		return fold(e.User) == value
	case "action":
		return fold(e.Action) == value || strings.HasPrefix(fold(e.Action), value+".")
	case "repo":
		return owned(e.Repo)
	case "team":
		return owned(e.Team)
	case "org":
		return fold(o.Login) == value
	case "operation":
		return operation(e.Action) == value
	}
	return false
}
