package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// step is one thing to do that would let ajar see more: whose token it would
// take, and what it would let ajar see. Where nothing is known to help, it is one
// reason instead.
type step struct {
	who     string   // "an organization owner's token"; a text that cannot be taken apart stands here whole
	scopes  []string // that this token needs
	where   string   // what else is asked of it: "of an administrator of the repository"
	rights  []string // what an app would have to read
	whole   bool     // the app would have to be installed on all repositories
	noApp   []string // areas of which no app is told
	reason  string   // where nothing helps
	known   bool     // it is known to be lacking, and not counted as missing
	lacking []lacking
}

// lacking is how much of an area a step would open.
type lacking struct {
	area   access.Area
	status access.Status
	count  int // scopes; 0: the area as a whole
	first  []access.Named
}

// steps puts together what the same step would let ajar see, the step that opens
// the most first; then what nothing is known to help with, and at the end what is
// not counted as missing. An area that lacks for several reasons is in several.
func steps(all []Gap) []step {
	var out []step
	add := func(g Gap, m Missing) {
		s := stepOf(g, m)
		i := slices.IndexFunc(out, func(x step) bool {
			return x.who == s.who && x.where == s.where && x.reason == s.reason && x.known == s.known
		})
		if i < 0 {
			i, out = len(out), append(out, step{who: s.who, where: s.where, reason: s.reason, known: s.known})
		}
		out[i].join(s, lacking{g.Area, m.Status, m.Count, m.First})
	}
	for _, g := range all {
		if g.own || len(g.Missing) == 0 {
			add(g, Missing{Status: g.Status, Reason: g.Reason, Help: g.Help})
		}
		for _, m := range g.Missing {
			add(g, m)
		}
	}
	slices.SortStableFunc(out, func(x, y step) int {
		return cmp.Or(cmp.Compare(x.rank(), y.rank()), cmp.Compare(len(y.lacking), len(x.lacking)))
	})
	return out
}

// rank is where a step stands in a list.
func (s step) rank() int {
	switch {
	case s.known:
		return 2
	case s.reason != "":
		return 1
	}
	return 0
}

// stepOf takes the words for what would help apart: "an organization owner's
// token (scope admin:org), or an app with organization members: read". What is
// written otherwise stays as it is.
func stepOf(g Gap, m Missing) step {
	if m.Help == "" || !g.Expected {
		return step{reason: m.Reason, known: !g.Expected}
	}
	token, app, orApp := strings.Cut(m.Help, ", or an app ")
	who, rest, ok := strings.Cut(token, " (scope")
	if !ok && !orApp {
		return step{who: m.Help}
	}
	s := step{who: who}
	scopes, where, _ := strings.Cut(rest, ")")
	if scopes = strings.TrimSpace(strings.TrimPrefix(scopes, "s")); scopes != "" {
		s.scopes = strings.Split(scopes, " and ")
	}
	s.where, _, _ = strings.Cut(strings.TrimSpace(where), ";")
	if strings.Contains(m.Help, "; apps are not told") {
		s.noApp = []string{string(g.Area)}
	}
	app, _, _ = strings.Cut(app, "; ") // what GitHub asks for on top is told with the reason
	app, s.whole = strings.CutPrefix(app, "installed on all repositories")
	for _, r := range strings.Split(strings.TrimPrefix(strings.TrimSpace(app), "with "), " and ") {
		if r = strings.TrimSuffix(r, ": read"); r != "" {
			s.rights = append(s.rights, r)
		}
	}
	return s
}

// join adds what another gap needs, and what it is.
func (s *step) join(o step, l lacking) {
	union := func(to *[]string, from []string) {
		for _, x := range from {
			if !slices.Contains(*to, x) {
				*to = append(*to, x)
			}
		}
	}
	union(&s.scopes, o.scopes)
	union(&s.rights, o.rights)
	union(&s.noApp, o.noApp)
	s.whole = s.whole || o.whole
	i := slices.IndexFunc(s.lacking, func(x lacking) bool {
		return x.area == l.area && x.status == l.status && (x.count > 0) == (l.count > 0)
	})
	if i < 0 {
		s.lacking = append(s.lacking, l)
		return
	}
	s.lacking[i].count += l.count
}

// text says what to do.
func (s step) text() string {
	said := s.who
	if len(s.scopes) > 0 {
		said += " (" + map[bool]string{true: "scopes ", false: "scope "}[len(s.scopes) > 1] + strings.Join(s.scopes, ", ") + ")"
	}
	if s.where != "" {
		said += " " + s.where
	}
	var app []string
	if s.whole {
		app = append(app, "is installed on all repositories")
	}
	if len(s.rights) > 0 {
		app = append(app, "may read "+strings.Join(s.rights, ", "))
	}
	if len(app) > 0 {
		said += "; or an app that " + strings.Join(app, " and ")
	}
	if len(s.noApp) > 0 {
		said += "; no app is told of " + strings.Join(s.noApp, ", ")
	}
	return said
}

// areas names what lacks in one status, and of how much.
func (s step) areas(status access.Status) []string {
	var out []string
	for _, l := range s.lacking {
		if l.status != status {
			continue
		}
		name := string(l.area)
		if l.count > 0 {
			name += " (" + amount(l.count, l.first) + ")"
		}
		out = append(out, name)
	}
	return out
}

// statuses are those of what lacks, what was not seen at all first.
func (s step) statuses() []access.Status {
	var out []access.Status
	part := false
	for _, l := range s.lacking {
		part = part || l.status == access.Partial
		if l.status != access.Partial && !slices.Contains(out, l.status) {
			out = append(out, l.status)
		}
	}
	if part {
		out = append(out, access.Partial)
	}
	return out
}

// crowded reports whether so many kinds of data lack that they are told by what
// would help.
func crowded(all []Gap) bool { return unexpected(all) > gapsOpen }

// steps writes many gaps by what would help.
func (p *page) steps(all []Gap) {
	rank := 0
	for i, s := range steps(all) {
		if i > 0 && (s.rank() == 0 || s.rank() != rank) {
			p.gap()
		}
		rank = s.rank()
		indent, mark := 2, warn
		if rank == 0 {
			p.hang(2, []span{dim.of("would help: ")}, plain, s.text())
			indent = 4
		}
		for _, status := range s.statuses() {
			text := strings.Join(s.areas(status), ", ")
			if s.reason != "" {
				text += ": " + s.reason
			}
			if s.known {
				mark, text = dim, text+" (not counted as missing)"
			}
			lead := mark.of(string(status))
			p.hang(indent, []span{lead, space(statusWidth - columns(lead.text) + gutter)}, plain, text)
		}
	}
	p.gap()
	p.para(2, dim, "each with its reason:")
	p.command(4, "audit --offline --all")
}
