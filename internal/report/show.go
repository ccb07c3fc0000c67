package report

import (
	"io"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// Control is one control of a framework that a rule's findings support.
type Control struct {
	Framework string `json:"framework"`
	ID        string `json:"id"`
	Name      string `json:"name,omitempty"`
}

// RuleText is what a rule says about itself.
type RuleText struct {
	ID       string          `json:"id"`
	Category string          `json:"category"`
	Severity access.Severity `json:"severity"` // unless the finding says otherwise
	Title    string          `json:"title"`
	Why      string          `json:"why"`
	Remedy   string          `json:"remedy"`
	Controls []Control       `json:"controls"`

	// For the formats of other tools.
	What    string `json:"-"` // when it fires
	Grading string `json:"-"` // what the severity depends on
}

// Finding explains one finding.
type Finding struct {
	Finding access.Finding
	Rule    RuleText
	Now     time.Time     // ages are counted from here, and the waiver's end
	Longest time.Duration // how far ahead a waiver may end; 0 means 90 days
	Gaps    []Gap         // those that touch what the finding rests on

	History []Turn  // its life, the oldest turn first
	Givers  []Giver // who gave the access, by the audit log; the newest first
	Silent  string  // why there is no giver; "" where there is one
}

// Turn is one turn in the life of a finding.
type Turn struct {
	At       time.Time `json:"at"`
	What     string    `json:"what"` // opened, waived, unwaived, resolved or reopened
	Why      string    `json:"why"`
	Snapshot int64     `json:"snapshot"`
}

// Giver is what the audit log says of one step of a path: who made it, and when.
type Giver struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`  // "user:LOGIN", or "" where the log names nobody
	Action string    `json:"action"` // in the log's word
	What   string    `json:"what"`   // the step: "user:alice on repo:acme/api"
}

// waiverDays is how long a waiver may be unless the baseline says more.
const waiverDays = 90 * 24 * time.Hour

func (v Finding) longest() time.Duration {
	if v.Longest > 0 {
		return v.Longest
	}
	return waiverDays
}

func (v Finding) json(w io.Writer) error {
	rule := v.Rule
	rule.Controls = list(rule.Controls)
	return encode(w, struct {
		Schema  string     `json:"schema"`
		Finding findingDoc `json:"finding"`
		Rule    RuleText   `json:"rule"`
		Gaps    []Gap      `json:"gaps"`
		History []Turn     `json:"history"`
		Givers  []Giver    `json:"given_by"`
		Silent  string     `json:"given_by_unknown"`
		Waiver  string     `json:"waiver_toml"`
	}{"ajar.finding/v1", newFindingDoc(&v.Finding, v.Now), rule, list(v.Gaps), v.turns(), v.givers(), v.Silent, WaiverTOML(v.Finding, v.Now.Add(v.longest()))})
}

func (v Finding) csv(s *sheet) error {
	return findingRows(s, v.Finding.Org.Name, v.Finding.LastSeen, v.Now, v.Gaps, []access.Finding{v.Finding}, nil)
}

func (v Finding) table(p *page) error {
	f := v.Finding
	p.org = orgName(f.Org)
	s := severityStyle(f.Severity)
	p.hang(0, []span{s.of(upper(f.Severity)), plain.of("  ")}, strong, f.Title)
	p.gap()
	p.field("rule", f.Rule+" ("+f.Category+")")
	p.field("id", f.Fingerprint)
	p.field("state", v.state())
	p.gaps(v.Gaps)

	p.section(strong, "What", "")
	p.gap()
	p.field("who", f.Principal.Name)
	p.field("where", f.Resource.Name)
	p.field("is", f.Have)
	p.field("should be", f.Want)
	if f.Affected > 0 {
		p.field("affects", v.affected())
	}
	v.why(p)
	v.paths(p)
	v.given(p)
	v.evidence(p)
	v.fix(p)
	v.controls(p)
	v.life(p)
	v.waive(p)
	return p.err
}

func (v Finding) state() string {
	f := v.Finding
	switch f.State {
	case access.Waived:
		return "waived until the end of " + lastDay(f.WaiverEnd) + ": " + f.Waiver
	case access.Resolved:
		return "resolved, " + since(f.ResolvedAt, v.Now)
	}
	said := string(f.State)
	if !f.Since.IsZero() {
		said += ", since " + since(f.Since, v.Now)
	}
	if f.Overdue(v.Now) {
		said += "; " + overdue(&f, v.Now)
	}
	return said
}

func (v Finding) affected() string {
	f := v.Finding
	s := number(f.Affected)
	if len(f.Sample) > 0 {
		s += ": " + names(byName(f.Sample), f.Affected, len(f.Sample))
	}
	return s
}

func (v Finding) why(p *page) {
	if v.Rule.Why != "" {
		p.section(strong, "Why it matters", "")
		p.gap()
		p.para(2, plain, v.Rule.Why)
	}
}

// pathsShown is how many paths a table draws.
const pathsShown = 5

func (v Finding) paths(p *page) {
	enough, less := waysTo(&v.Finding)
	if len(enough) > 0 {
		title := "How it is reached"
		if len(enough) > 1 {
			title += ", " + number(len(enough)) + " ways"
		}
		p.section(strong, title, "")
		p.gap()
		p.paths(2, enough, v.Finding.Fingerprint)
	}
	if len(less) > 0 {
		p.section(strong, lesserWays, "")
		p.gap()
		p.paths(2, less, v.Finding.Fingerprint)
	}
}

// lesserWays stands above the paths that give less than what a finding is about.
const lesserWays = "What else leads there, and gives less"

// paths draws paths, and says what it leaves out.
func (p *page) paths(indent int, all []access.Path, id string) {
	listed := all
	if !p.all {
		listed = all[:min(len(all), pathsShown)]
	}
	for _, path := range listed {
		p.path(indent, path)
	}
	if rest := len(all) - len(listed); rest > 0 {
		p.line(space(indent), strong.of(number(rest)+" more:"))
		p.command(indent, "findings show "+short(id)+" --output json")
	}
}

func (v Finding) evidence(p *page) {
	if len(v.Finding.Evidence) == 0 {
		return
	}
	p.section(strong, "Evidence", "")
	p.gap()
	for _, e := range v.Finding.Evidence {
		p.bullet(e)
	}
}

func (v Finding) fix(p *page) {
	if v.Rule.Remedy == "" && v.Finding.Fixable == "" {
		return
	}
	p.section(strong, "How to fix it", "")
	p.gap()
	if v.Rule.Remedy != "" {
		p.para(2, plain, v.Rule.Remedy)
	}
	if where := v.Finding.Fixable; where != "" {
		p.hang(2, []span{dim.of("where: ")}, plain, where)
	}
}

func (v Finding) controls(p *page) {
	if len(v.Rule.Controls) == 0 {
		return
	}
	p.section(strong, "Controls", "that judging this supports")
	p.gap()
	var rows []gridRow
	for _, c := range v.Rule.Controls {
		rows = append(rows, gridRow{cells: []span{dim.of(c.Framework), plain.of(c.ID), plain.of(c.Name)}})
	}
	p.grid([]column{{}, {}, {min: 10, fold: true}}, rows)
}

func (v Finding) life(p *page) {
	f := v.Finding
	if f.FirstSeen.IsZero() && f.LastSeen.IsZero() && f.ResolvedAt.IsZero() {
		return
	}
	p.section(strong, "Life", "")
	p.gap()
	there := since(f.Since, v.Now)
	if slices.ContainsFunc(v.Givers, func(g Giver) bool { return !g.At.IsZero() && g.At.Equal(f.Since) }) {
		there += ", by the audit log"
	}
	p.field("there since", there)
	p.field("first seen", since(f.FirstSeen, v.Now))
	p.field("last seen", since(f.LastSeen, v.Now))
	p.field("resolved", since(f.ResolvedAt, v.Now))
	v.history(p)
}

// waive shows how to accept the finding: lines to copy, so they are not cut.
func (v Finding) waive(p *page) {
	if v.Finding.State != access.Open {
		return
	}
	p.section(strong, "To accept it for a time", "put this in the baseline, with your reason and name")
	p.gap()
	p.lines(2, WaiverTOML(v.Finding, v.Now.Add(v.longest())))
}
