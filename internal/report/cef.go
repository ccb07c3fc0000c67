package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
)

// CEF:0, the Common Event Format of ArcSight, one event a line:
//
//	CEF:0|ajar|ajar|VERSION|RULE|WHAT THE RULE IS|SEVERITY|key=value key=value …
//
// In the header a backslash and a bar are escaped, in a value a backslash, an
// equals sign, a line feed and a carriage return. Every line is UTF-8, and no
// character in it acts on a terminal or a log viewer.

// cefSeverities are ajar's severities in the numbers of CEF, where 7 and 8 are
// high and 9 and 10 very high.
var cefSeverities = map[access.Severity]int{access.Info: 1, access.Low: 3, access.Medium: 5, access.High: 8, access.Critical: 10}

// The severities of what is no finding: what a complete result lacks, and what
// is merely to be known.
const (
	cefLacking = 5
	cefToKnow  = 0
)

// cefLimits says how many characters CEF's own dictionary lets a field have.
var cefLimits = map[string]int{
	"msg": 1023, "suser": 1023, "suid": 1023, "cat": 1023, "reason": 1023, "outcome": 63, "externalId": 40, "deviceExternalId": 255,
	"cs1": 4000, "cs2": 4000, "cs3": 4000, "cs4": 4000, "cs5": 4000, "cs6": 4000,
}

// CEFEvent is one event of the Common Event Format. Fields are added in the order in
// which they are to stand.
type CEFEvent struct {
	id, name string
	severity int
	rest     strings.Builder
}

// NewCEFEvent begins an event: the stable word for what it is, the same for people,
// and how bad it is.
func NewCEFEvent(id, name string, severity access.Severity) *CEFEvent {
	return &CEFEvent{id: id, name: name, severity: cefSeverities[severity]}
}

// Text adds a field with its lines, made visible; nothing where they are empty.
// What is longer than CEF has room for is cut, and says so.
func (e *CEFEvent) Text(key string, lines ...string) {
	shown := make([]string, len(lines))
	for i, l := range lines {
		shown[i] = Visible(l)
	}
	value := strings.Join(shown, "\n")
	if value == "" {
		return
	}
	if limit := cefLimits[key]; limit > 0 {
		value = cefCut(value, limit)
	}
	e.put(key, value)
}

// Custom adds one of the fields that say themselves what they are, such as "cs1".
func (e *CEFEvent) Custom(key, label string, lines ...string) {
	before := e.rest.Len()
	e.Text(key, lines...)
	if e.rest.Len() > before {
		e.put(key+"Label", label)
	}
}

// Time adds an instant in milliseconds, nothing where there is none.
func (e *CEFEvent) Time(key string, t time.Time) {
	if !t.IsZero() {
		e.put(key, strconv.FormatInt(t.UnixMilli(), 10))
	}
}

func (e *CEFEvent) put(key, value string) {
	if e.rest.Len() > 0 {
		e.rest.WriteByte(' ')
	}
	e.rest.WriteString(key + "=" + cefValue(value))
}

// Line is the whole event, of this version of ajar, without an end of line.
func (e *CEFEvent) Line(version string) string {
	head := []string{"CEF:0", "ajar", "ajar", cefHeader(Visible(version)), cefHeader(Visible(e.id)), cefHeader(Visible(e.name)), strconv.Itoa(e.severity)}
	return strings.Join(head, "|") + "|" + e.rest.String()
}

var (
	cefHeaderEscapes = strings.NewReplacer(`\`, `\\`, `|`, `\|`)
	cefValueEscapes  = strings.NewReplacer(`\`, `\\`, `=`, `\=`, "\n", `\n`, "\r", `\r`)
)

// cefHeader escapes a field of the header, which has no line ends.
func cefHeader(s string) string { return cefHeaderEscapes.Replace(s) }

// cefValue escapes the value of a key.
func cefValue(s string) string { return cefValueEscapes.Replace(s) }

// cefCut leaves at most so many characters, and says how many it took.
func cefCut(s string, limit int) string {
	n := utf8.RuneCountInString(s)
	if n <= limit {
		return s
	}
	note := fmt.Sprintf("… (%d characters in all)", n)
	keep := max(limit-utf8.RuneCountInString(note), 0)
	return string([]rune(s)[:keep]) + note
}

func (a Audit) cef(w io.Writer) error    { return a.exported().cef(w) }
func (v Findings) cef(w io.Writer) error { return v.exported().cef(w) }

// cef writes what was not seen first, then the findings, the worst first.
func (x exported) cef(w io.Writer) error {
	for _, n := range x.notes {
		if _, err := io.WriteString(w, x.cefNote(n)+"\n"); err != nil {
			return err
		}
	}
	for _, f := range worstFirst(x.all) {
		if _, err := io.WriteString(w, x.cefFinding(f)+"\n"); err != nil {
			return err
		}
	}
	return nil
}

func (x exported) cefNote(n note) string {
	e := CEFEvent{id: string(n.kind), name: noteTitles[n.kind], severity: cefToKnow}
	if n.lacking {
		e.severity = cefLacking
	}
	e.Time("rt", x.at)
	e.Text("deviceExternalId", x.org.Name)
	e.Text("cat", "coverage")
	e.Text("msg", n.text)
	e.Custom("cs1", "About", n.about)
	return e.Line(x.version)
}

func (x exported) cefFinding(f *access.Finding) string {
	r := x.rule(f.Rule)
	e := NewCEFEvent(f.Rule, r.Title, f.Severity)
	at := x.at
	if f.State == access.Resolved && !f.ResolvedAt.IsZero() {
		at = f.ResolvedAt
	}
	e.Time("rt", at)
	e.Time("start", f.Since)
	e.Text("externalId", f.Fingerprint)
	e.Text("deviceExternalId", x.org.Name)
	e.Text("cat", f.Category)
	e.Text("outcome", string(f.State))
	e.Text("msg", f.Title)
	if f.Principal.Name != "" {
		e.Text("suser", f.Principal.Name)
		e.Text("suid", f.Principal.String())
	}
	e.Custom("cs1", "Resource", f.Resource.Name)
	e.Custom("cs2", "Has", f.Have)
	e.Custom("cs3", "Allowed", f.Want)
	e.Custom("cs4", "Paths", pathTexts(f.Paths)...)
	e.Custom("cs5", "Supports", strings.Join(r.supported(), ", "))
	e.Custom("cs6", "Evidence", f.Evidence...)
	e.Custom("cn1", "Affected", strconv.Itoa(f.Affected))
	e.Text("reason", f.Waiver)
	if !f.WaiverEnd.IsZero() {
		e.Time("deviceCustomDate1", f.WaiverEnd)
		e.put("deviceCustomDate1Label", "Waiver ends")
	}
	if f.Overdue(x.now) {
		e.Time("deviceCustomDate2", f.Ended)
		e.put("deviceCustomDate2Label", "Overdue since")
	}
	return e.Line(x.version)
}
