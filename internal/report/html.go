package report

import (
	"crypto/sha256"
	_ "embed" // the page's template and style
	"encoding/base64"
	"html/template"
	"io"
	"strings"
)

//go:embed web/page.tmpl
var pageSource string

//go:embed web/style.css
var pageStyle string

// pageTemplate is the page of an audit. The style stands in the template itself,
// and the policy of the page allows that style by its hash and nothing else: no
// script, no image, nothing from anywhere.
var pageTemplate = template.Must(template.New("html").Parse(withStyle(pageSource, pageStyle)))

func withStyle(source, style string) string {
	style = strings.TrimSpace(style)
	sum := sha256.Sum256([]byte(style))
	source = strings.Replace(source, "STYLEHASH", base64.StdEncoding.EncodeToString(sum[:]), 1)
	return strings.Replace(source, "STYLESHEET", style, 1)
}

// html writes the audit as one page that needs nothing else. Every text goes
// through [Visible] where the page's data are made, and through html/template.
func (a Audit) html(w io.Writer, o Options) error {
	return pageTemplate.ExecuteTemplate(w, "page", newHTMLPage(a, o))
}

// labelled is a fact with its label.
type labelled struct{ Label, Text string }

// rest says what a list leaves out, and how to see it.
type rest struct {
	Said, Command string
	Paper         string // what is left out on paper besides; follows Said, or stands alone
}

// htmlPage is what the template shows. All its texts are visible already.
type htmlPage struct {
	Org, Day, ExitMeaning, Footer string
	Exit                          int
	Verdict                       []part
	Facts                         []labelled

	GapsLead string
	Helps    []htmlHelp
	Gaps     []htmlGap
	Cross    string
	Failed   []RuleFailure
	Holds    []string // why no plan may run, a sentence each

	Differences [][]part

	StandingNote, GatesSaid          string
	Tiles                            []htmlTile
	BySeverity, ByCategory, Standing htmlBars
	Gates                            []htmlStrip

	ChangesLead     string
	ChangedFindings []htmlChangedFindings
	ChangedGrants   []htmlChangedGrants

	FindingsLead, SinceLast, WaivedN, Unmanaged, Withheld string
	Severities                                            []htmlSeverity
	Waived                                                []htmlRule

	EnvironmentsLead string
	Environments     []htmlEnvironment
	EnvironmentsRest *rest

	PeopleLead string
	People     []htmlPerson
	PeopleRest *rest

	Undecided     []htmlUndecided
	UndecidedRest *rest

	EarlierLead string
	Earlier     []labelled
}

// htmlMaker makes the data of a page from an audit.
type htmlMaker struct {
	a   Audit
	o   Options
	org string // the login
}

func newHTMLPage(a Audit, o Options) htmlPage {
	if o.Program == "" {
		o.Program = "ajar"
	}
	m := htmlMaker{a: a, o: o, org: orgName(a.Org)}
	var p htmlPage
	m.head(&p)
	m.gaps(&p)
	m.posture(&p)
	m.changes(&p)
	m.findings(&p)
	m.environments(&p)
	m.people(&p)
	m.undecided(&p)
	return p
}

func (m htmlMaker) head(p *htmlPage) {
	a := m.a
	p.Org, p.Day, p.Exit = Visible(m.org), day(a.At), a.Exit()
	said := a.verdict()
	p.Verdict = parts(strings.ToUpper(said[:1])+said[1:], a.Org.Name)
	p.ExitMeaning = map[int]string{
		ExitClean:    "nothing at or above the threshold, and everything expected was seen.",
		ExitFindings: "open findings at or above the threshold (--fail-on " + a.FailOn.String() + ").",
		ExitError:    "the cross-check found a defect of ajar.",
		ExitGaps:     "nothing at the threshold, but not everything expected was seen.",
	}[p.Exit]
	fact := func(label, text string) {
		if text != "" {
			p.Facts = append(p.Facts, labelled{label, Visible(text)})
		}
	}
	fact("Taken", moment(a.At))
	if !a.now().Equal(a.At) {
		fact("Judged as of", moment(a.now()))
	}
	if b := a.Baseline; b != nil {
		fact("Baseline", strings.Join(b.Files, ", ")+" ("+short(b.Hash)+")")
	} else {
		fact("Baseline", "none: rules that need one were not run")
	}
	if a.Snapshot != 0 {
		fact("Snapshot", number(a.Snapshot))
	}
	version := strings.TrimSpace("ajar " + a.Version)
	fact("Made by", version)
	read := "read from the store; GitHub was not asked"
	if !a.Stored {
		read = "read in " + took(a.Took) + ": " + cost(a.Run)
	}
	c := counts(a.Findings, a.now())
	p.Footer = Visible(version + "; snapshot " + number(a.Snapshot) + " of " + m.org + ", taken " + moment(a.At) + ", " + read + "; " +
		count(c.Open, "open finding", "open findings") + ", " + number(c.Waived) + " waived, " + number(c.Resolved) + " resolved, " +
		count(len(a.Undecided), "undecided reason", "undecided reasons") + ", " + count(len(a.Gaps), "gap", "gaps") + ".")
	for _, f := range a.Failed {
		p.Failed = append(p.Failed, RuleFailure{Visible(f.Rule), Visible(f.Reason)})
	}
}

// limit is how many of n things are listed, of which a page lists most.
func (m htmlMaker) limit(n, most int) int {
	if m.o.All || n <= most+1 { // one more costs no more room than saying that there is one
		return n
	}
	return most
}

// rest says that a list shows that many of n things; nil where it shows all.
func (m htmlMaker) rest(shown, n int, command string) *rest {
	if shown >= n {
		return nil
	}
	return &rest{Said: "Shown are " + number(shown) + " of " + number(n), Command: m.command(command)}
}

// whole is the command that writes this page with nothing left out.
const whole = "audit --offline --all --output html --out audit.html"

// command is what to type for more.
func (m htmlMaker) command(words string) string {
	return Visible(m.o.Program + " " + words + " --org " + argument(m.org))
}
