package report

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// Doctor is what was found before an audit of all that an audit needs.
type Doctor struct {
	Checks   []DoctorCheck // in the order in which things were looked at
	Requests int64         // that GitHub was asked
	Blind    bool          // an audit would not see something that it is expected to
}

// DoctorCheck is one thing that was looked at.
type DoctorCheck struct {
	About  string        `json:"about"`  // credential, store …
	Name   string        `json:"name"`   // which of them, "" where there is one only
	Mark   string        `json:"mark"`   // ok, note, warning, failed or unchecked
	Found  string        `json:"found"`  // in one sentence
	Do     string        `json:"do"`     // what to do about it, "" for nothing
	Blinds []access.Area `json:"blinds"` // kinds of data that an audit would not see because of it
}

// doctorMarks are the marks, what matters most first, with their shapes.
var doctorMarks = []struct {
	mark, shape, one, many string
	style                  style
}{
	{"failed", "✗", "thing fails", "things fail", critical},
	{"warning", "!", "warning", "warnings", warn},
	{"unchecked", "–", "thing not looked at", "things not looked at", dim},
	{"note", "·", "note", "notes", plain},
	{"ok", "✓", "in order", "in order", good},
}

func (d Doctor) count(mark string) (n int) {
	for _, c := range d.Checks {
		if c.Mark == mark {
			n++
		}
	}
	return n
}

// Exit is 1 where something fails, 3 where an audit would not see everything,
// else 0.
func (d Doctor) Exit() int {
	switch {
	case d.count("failed") > 0:
		return 1
	case d.Blind:
		return 3
	}
	return 0
}

func (d Doctor) json(w io.Writer) error {
	checks := slices.Clone(list(d.Checks))
	for i := range checks {
		checks[i].Blinds = list(checks[i].Blinds)
	}
	return encode(w, struct {
		Schema   string        `json:"schema"`
		Failed   int           `json:"failed"`
		Warnings int           `json:"warnings"`
		Blind    bool          `json:"blind"`
		Requests int64         `json:"requests"`
		Checks   []DoctorCheck `json:"checks"`
	}{"ajar.doctor/v1", d.count("failed"), d.count("warning"), d.Blind, d.Requests, checks})
}

func (d Doctor) csv(s *sheet) error {
	columns := []string{"mark", "about", "name", "found", "do", "blinds"}
	if err := s.header(columns...); err != nil {
		return err
	}
	for _, c := range d.Checks {
		row := fields{"mark": c.Mark, "about": c.About, "name": c.Name, "found": c.Found, "do": c.Do, "blinds": joined(c.Blinds)}
		if err := s.fields(columns, row); err != nil {
			return err
		}
	}
	return nil
}

func joined(areas []access.Area) string {
	out := make([]string, len(areas))
	for i, a := range areas {
		out[i] = string(a)
	}
	return strings.Join(out, " ")
}

// table lists what matters most first; within that, things stand in the order in
// which an audit comes to them.
func (d Doctor) table(p *page) error {
	p.title("Doctor", d.summary())
	for _, m := range doctorMarks {
		of := marked(d.Checks, m.mark)
		if len(of) > 0 {
			p.gap()
		}
		for _, c := range of {
			d.line(p, c, []span{m.style.of(m.shape + " " + m.mark), space(13 - columns(m.shape+" "+m.mark))})
		}
	}
	p.gap()
	p.para(0, dim, d.last())
	return p.err
}

// line writes a check, and under it what to do. On a narrow page what it is about
// has no column of its own.
func (d Doctor) line(p *page, c DoctorCheck, lead []span) {
	text := c.text()
	if p.width < 80 {
		text = strings.TrimSpace(c.About + " " + text)
	} else {
		lead = append(lead, dim.of(c.About), space(15-columns(c.About)))
	}
	p.hang(2, lead, plain, text)
	if c.Do != "" {
		p.hang(2, []span{space(total(lead)), dim.of("→ ")}, plain, c.Do)
	}
}

func (c DoctorCheck) text() string {
	if c.Name == "" {
		return c.Found
	}
	return c.Name + ": " + c.Found
}

// marked gives the checks of a mark. Those not looked at for one reason become
// one.
func marked(all []DoctorCheck, mark string) []DoctorCheck {
	var out []DoctorCheck
	for _, c := range all {
		if c.Mark != mark {
			continue
		}
		i := slices.IndexFunc(out, func(o DoctorCheck) bool { return mark == "unchecked" && o.Found == c.Found && o.Name == c.Name })
		if i < 0 {
			out = append(out, c)
			continue
		}
		out[i].Do = cmp.Or(out[i].Do, "so neither "+out[i].About)
		out[i].Do += ", " + c.About
	}
	for i := range out {
		if mark == "unchecked" && out[i].Do != "" {
			out[i].About, out[i].Found = "", strings.TrimPrefix(out[i].Do, "so neither ")+" "+out[i].Found
			out[i].Do = ""
		}
	}
	// What an audit would not see comes before what it works in spite of.
	slices.SortStableFunc(out, func(a, b DoctorCheck) int { return cmp.Compare(min(len(b.Blinds), 1), min(len(a.Blinds), 1)) })
	return out
}

func (d Doctor) summary() string {
	var parts []string
	for _, m := range doctorMarks {
		if n := d.count(m.mark); n > 0 {
			parts = append(parts, count(n, m.one, m.many))
		}
	}
	return strings.Join(parts, ", ")
}

func (d Doctor) last() string {
	s := "An audit would see all that it is expected to."
	switch {
	case d.count("failed") > 0:
		s = "An audit would fail, or not say what it should. Begin with what stands first."
	case d.Blind:
		s = "An audit works, would not see everything, and concludes nothing from what it does not see."
	}
	if d.Requests == 0 {
		return s + " GitHub was not asked, and nothing was changed."
	}
	return s + " GitHub was asked " + count(d.Requests, "time", "times") + ", and nothing was changed."
}
