package report

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/eb661601/ajar/analyzer"
)

// htmlTile is a number with its name.
type htmlTile struct{ Figure, Label, Note string }

// htmlBars is a table of bars to one scale.
type htmlBars struct {
	Caption string
	Rows    []htmlBar
}

type htmlBar struct {
	Label, Note, Figure, Class string
	Width                      int // of 200
}

// htmlStrip is a stretch of a strip of 600.
type htmlStrip struct {
	Label, Class string
	X, Width     int
}

func (m htmlMaker) posture(p *htmlPage) {
	o := m.a.Overview
	if o == nil {
		return
	}
	s := o.Posture
	repos := number(s.Public) + " public"
	if s.Archived > 0 {
		repos += ", " + number(s.Archived) + " archived"
	}
	p.Tiles = []htmlTile{
		{s.Owners.text(), "owners", ""}, {s.Members.text(), "members", "owners included"},
		{s.Outside.text(), "outside collaborators", ""}, {s.Invitations.text(), "pending invitations", ""},
		{s.Teams.text(), "teams", ""}, {s.Repositories.text(), "repositories", repos},
	}
	p.Standing = standingBars(s.Standing)
	p.StandingNote = "People by the highest privilege that they hold on a repository at all times, however they come by it. " +
		"A pair is one person on one repository."
	p.Gates, p.GatesSaid = gateStrip(s)
}

func severityBars(c countsDoc) htmlBars {
	b := htmlBars{Caption: "Open findings by severity"}
	most := 1
	for _, n := range c.BySeverity {
		most = max(most, n)
	}
	for _, s := range severities {
		n := c.BySeverity[s.String()]
		b.Rows = append(b.Rows, htmlBar{s.String(), "", number(n), s.String(), span200(n, most)})
	}
	return b
}

// categoryWords say what a category holds.
var categoryWords = map[string]string{
	analyzer.Overprivileged: "more than is allowed", analyzer.Stale: "not used any more", analyzer.Standing: "held at all times",
	analyzer.Environment: "gates of deployments", analyzer.Hygiene: "settings and loose ends", analyzer.CriticalState: "close to a standstill",
	analyzer.Anomaly: "should not happen at all",
}

func categoryBars(c countsDoc) htmlBars {
	b := htmlBars{Caption: "Open findings by category"}
	names := slices.SortedFunc(maps.Keys(c.ByCategory), func(x, y string) int {
		return cmp.Or(cmp.Compare(c.ByCategory[y], c.ByCategory[x]), cmp.Compare(x, y))
	})
	for _, name := range names {
		n := c.ByCategory[name]
		b.Rows = append(b.Rows, htmlBar{Visible(name), categoryWords[name], number(n), "", span200(n, c.ByCategory[names[0]])})
	}
	return b
}

func standingBars(all []Standing) htmlBars {
	b := htmlBars{Caption: "People by their highest standing privilege on a repository"}
	most := 1
	for _, s := range all {
		most = max(most, s.People.Count)
	}
	for _, s := range all {
		b.Rows = append(b.Rows, htmlBar{s.Privilege.String(), s.Pairs.of("pair", "pairs"), s.People.text(), "", span200(s.People.Count, most)})
	}
	return b
}

// span200 is the length of a bar; whatever is not zero is seen.
func span200(n, most int) int {
	if n <= 0 {
		return 0
	}
	return max(2, n*200/max(most, 1))
}

// gateStrip divides a strip among environments with a guard, without one, and
// those whose gate was not seen; nothing where there are none.
func gateStrip(s Posture) ([]htmlStrip, string) {
	all := s.Guarded + s.Unguarded + s.Unseen
	if all == 0 {
		return nil, ""
	}
	var out []htmlStrip
	var said []string
	x := 0
	for _, k := range []struct {
		n           int
		class, what string
	}{{s.Guarded, "s1", "guarded by required reviewers"}, {s.Unguarded, "s2", "without required reviewers"}, {s.Unseen, "s3", "gate not seen"}} {
		if k.n == 0 {
			continue
		}
		label := number(k.n) + " " + k.what
		w := max(6, k.n*600/all)
		w = min(w, 600-x)
		out, said, x = append(out, htmlStrip{label, k.class, x, w}), append(said, label), x+w
	}
	out[len(out)-1].Width += 600 - x
	return out, strings.Join(said, ", ")
}
