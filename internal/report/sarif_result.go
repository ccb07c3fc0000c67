package report

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

type sarifDriver struct {
	Name          string      `json:"name"`
	Version       string      `json:"version,omitempty"`
	Home          string      `json:"informationUri"`
	Rules         []sarifRule `json:"rules"`
	Notifications []sarifRule `json:"notifications"`
}

type sarifRule struct {
	ID            string       `json:"id"`
	Short         sarifText    `json:"shortDescription"`
	Full          *sarifText   `json:"fullDescription,omitempty"`
	Help          *sarifText   `json:"help,omitempty"`
	HelpURI       string       `json:"helpUri,omitempty"`
	Configuration *sarifLevel  `json:"defaultConfiguration,omitempty"`
	Properties    *sarifRating `json:"properties,omitempty"`
}

type sarifLevel struct {
	Level string `json:"level"`
}

type sarifRating struct {
	Category string    `json:"category"`
	Controls []Control `json:"controls"`
	// Code scanning shows a rule's alerts under critical, high, medium or low by this
	// number, and takes it from the rule alone.
	Security string   `json:"security-severity,omitempty"`
	Tags     []string `json:"tags"`
}

type sarifResult struct {
	Rule         string             `json:"ruleId"`
	Kind         string             `json:"kind"`
	Level        string             `json:"level"`
	Message      sarifText          `json:"message"`
	Locations    []sarifLocation    `json:"locations"`
	Fingerprints map[string]string  `json:"partialFingerprints"`
	Suppressions []sarifSuppression `json:"suppressions"`
	Properties   sarifBag           `json:"properties"`
}

type sarifLocation struct {
	Physical struct {
		Artifact struct {
			URI string `json:"uri"`
		} `json:"artifactLocation"`
		Region struct {
			Line int `json:"startLine"`
		} `json:"region"`
	} `json:"physicalLocation"`
	Logical []sarifPlace `json:"logicalLocations"`
}

type sarifPlace struct {
	Name string `json:"fullyQualifiedName"`
	Kind string `json:"kind"`
}

type sarifSuppression struct {
	Kind          string         `json:"kind"`
	Status        string         `json:"status"`
	Justification string         `json:"justification"`
	Properties    *sarifUntilBag `json:"properties,omitempty"`
}

type sarifUntilBag struct {
	End time.Time `json:"expires"`
}

// sarifBag holds the exact values; the message has them fit to be shown.
type sarifBag struct {
	Fingerprint string          `json:"fingerprint"`
	Severity    access.Severity `json:"severity"`
	Category    string          `json:"category"`
	State       access.State    `json:"state"`
	Controls    []string        `json:"controls"`
	Principal   *access.Named   `json:"principal"`
	Resource    *access.Named   `json:"resource"`
	Title       string          `json:"title"`
	Have        string          `json:"have"`
	Want        string          `json:"want"`
	Affected    int             `json:"affected"`
	Paths       []string        `json:"paths"`
	Evidence    []string        `json:"evidence"`
	Fixable     string          `json:"fixable,omitempty"`
	Since       time.Time       `json:"since,omitzero"`
	FirstSeen   time.Time       `json:"firstSeen,omitzero"`
	Overdue     *Overdue        `json:"overdue,omitempty"`
}

// sarifLevels and sarifScores say a severity in SARIF's words and in code
// scanning's numbers: above 9 is critical, from 7 high, from 4 medium, above 0 low.
var (
	sarifLevels = map[access.Severity]string{
		access.Critical: "error", access.High: "error", access.Medium: "warning", access.Low: "note", access.Info: "note",
	}
	sarifScores = map[access.Severity]string{
		access.Critical: "9.5", access.High: "8.0", access.Medium: "5.5", access.Low: "2.0",
	}
)

func levelOf(s access.Severity) string {
	if l, ok := sarifLevels[s]; ok {
		return l
	}
	return "none"
}

// driver describes ajar, the rules of these findings, and the kinds of notes.
func (x exported) driver(part []*access.Finding) sarifDriver {
	d := sarifDriver{Name: "ajar", Version: x.version, Home: homePage, Rules: []sarifRule{}}
	var ids []string
	for _, f := range part {
		ids = append(ids, f.Rule)
	}
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		d.Rules = append(d.Rules, x.rule(id).sarif())
	}
	for _, k := range []noteKind{notSeen, notJudged, notRun, ruleBroke, crossBroken} {
		d.Notifications = append(d.Notifications, sarifRule{ID: string(k), Short: sarifText{Text: noteTitles[k]}})
	}
	return d
}

func (r RuleText) sarif() sarifRule {
	full := r.What
	if full == "" {
		full = r.Title
	}
	out := sarifRule{
		ID: r.ID, Short: sarifText{Text: r.Title}, Full: &sarifText{Text: full}, Help: r.help(full),
		Properties: &sarifRating{r.Category, list(r.Controls), sarifScores[r.Severity], []string{"security", "access"}},
	}
	if r.Category != "" {
		out.HelpURI = rulesPage + "#" + url.PathEscape(r.ID)
		out.Properties.Tags = append(out.Properties.Tags, r.Category)
		out.Configuration = &sarifLevel{levelOf(r.Severity)}
	}
	return out
}

// help is the rule's page, as text and as Markdown. It is ajar's own text.
func (r RuleText) help(full string) *sarifText {
	var text, mark []string
	add := func(head, body string) {
		if body == "" {
			return
		}
		if head != "" {
			text, mark = append(text, head+": "+body), append(mark, "**"+head+".** "+body)
			return
		}
		text, mark = append(text, body), append(mark, body)
	}
	add("", full)
	add("Why it matters", r.Why)
	add("Severity", r.Grading)
	add("What to do", r.Remedy)
	var controls []string
	for _, c := range r.Controls {
		said := c.Framework + " " + c.ID
		if c.Name != "" {
			said += " (" + c.Name + ")"
		}
		controls = append(controls, said)
	}
	add("Supports", strings.Join(controls, "; "))
	return &sarifText{strings.Join(text, "\n\n"), strings.Join(mark, "\n\n")}
}

func (x exported) sarifResult(f *access.Finding) any {
	out := sarifResult{
		Rule: f.Rule, Kind: "fail", Level: levelOf(f.Severity), Message: sarifText{Text: message(f)},
		// Code scanning matches by primaryLocationLineHash alone.
		Fingerprints: map[string]string{"primaryLocationLineHash": f.Fingerprint + ":1", "ajar/v1": f.Fingerprint},
		Suppressions: []sarifSuppression{},
		Properties: sarifBag{
			Fingerprint: f.Fingerprint, Severity: f.Severity, Category: f.Category, State: f.State, Controls: x.rule(f.Rule).supported(),
			Principal: maybe(f.Principal), Resource: maybe(f.Resource), Title: f.Title, Have: f.Have, Want: f.Want, Affected: f.Affected,
			Paths: []string{}, Evidence: list(f.Evidence), Fixable: f.Fixable, Since: utc(f.Since), FirstSeen: utc(f.FirstSeen),
		},
	}
	for _, p := range f.Paths {
		out.Properties.Paths = append(out.Properties.Paths, PathText(p))
	}
	if f.Overdue(x.now) {
		out.Properties.Overdue = OverdueSince(f.Ended, x.now)
	}
	if f.State == access.Waived {
		s := sarifSuppression{Kind: "external", Status: "accepted", Justification: Visible(f.Waiver)}
		if !f.WaiverEnd.IsZero() {
			s.Properties = &sarifUntilBag{utc(f.WaiverEnd)}
		}
		out.Suppressions = append(out.Suppressions, s)
	}
	var at sarifLocation
	at.Physical.Artifact.URI, at.Physical.Region.Line = x.artifact(), 1
	about := f.Resource
	if about.Name == "" {
		about = x.org
	}
	at.Logical = []sarifPlace{{plainMessage(about.Name), "resource"}}
	out.Locations = []sarifLocation{at}
	return out
}

// artifact is the file that results point at, for code scanning needs one: the
// baseline's, or the README that a repository has.
func (x exported) artifact() string {
	if x.policy == "" {
		return "README.md"
	}
	return (&url.URL{Path: x.policy}).String()
}

// message is what a result says, a line for each thing.
func message(f *access.Finding) string {
	lines := []string{f.Title}
	if f.Have != "" {
		lines = append(lines, "Has: "+f.Have)
	}
	if f.Want != "" {
		lines = append(lines, "Allowed: "+f.Want)
	}
	if f.Affected > 1 {
		lines = append(lines, "Affects: "+strconv.Itoa(f.Affected))
	}
	if !f.Since.IsZero() {
		lines = append(lines, "Since: "+moment(f.Since))
	}
	for i, l := range lines {
		lines[i] = plainMessage(l)
	}
	return strings.Join(lines, "\n")
}
