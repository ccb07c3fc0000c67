package report

import (
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
)

// findingDoc is a finding as documents have it.
type findingDoc struct {
	Fingerprint string          `json:"fingerprint"`
	Rule        string          `json:"rule"`
	Category    string          `json:"category"`
	Severity    access.Severity `json:"severity"`
	State       access.State    `json:"state"`
	Org         access.Named    `json:"organization"`
	Principal   *access.Named   `json:"principal"` // null where it is about a setting
	Resource    *access.Named   `json:"resource"`
	Grant       *grantDoc       `json:"grant,omitempty"`
	Title       string          `json:"title"`
	Have        string          `json:"have"`
	Want        string          `json:"want"`
	Affected    int             `json:"affected"`
	Sample      []access.Named  `json:"sample"`
	Paths       []access.Path   `json:"paths"`
	Evidence    []string        `json:"evidence"`
	Fixable     string          `json:"fixable,omitempty"`
	Since       time.Time       `json:"since,omitzero"`
	FirstSeen   time.Time       `json:"first_seen,omitzero"`
	LastSeen    time.Time       `json:"last_seen,omitzero"`
	ResolvedAt  time.Time       `json:"resolved_at,omitzero"`
	Overdue     *Overdue        `json:"overdue,omitempty"` // null: no assignment has ended
	Waiver      *waiverDoc      `json:"waiver,omitempty"`
}

// Overdue says since when access should have ended that is still there.
type Overdue struct {
	Since   time.Time `json:"since"`
	Seconds int64     `json:"seconds"` // until the instant that was judged
}

// OverdueSince is nil for the zero time.
func OverdueSince(end, now time.Time) *Overdue {
	if end.IsZero() {
		return nil
	}
	return &Overdue{utc(end), int64(now.Sub(end) / time.Second)}
}

// words says it in a line.
func (o *Overdue) words() string {
	if o == nil {
		return ""
	}
	return "for " + age(time.Duration(o.Seconds)*time.Second) + ", since " + moment(o.Since)
}

type waiverDoc struct {
	Reason string    `json:"reason"`
	End    time.Time `json:"end,omitzero"`
}

type grantDoc struct {
	Principal access.Ref       `json:"principal"`
	Resource  access.Ref       `json:"resource"`
	Privilege access.Privilege `json:"privilege"`
	Source    access.Source    `json:"source"`
	Role      int64            `json:"role_id,omitempty"`
}

func newFindingDoc(f *access.Finding, now time.Time) findingDoc {
	d := findingDoc{
		Fingerprint: f.Fingerprint, Rule: f.Rule, Category: f.Category, Severity: f.Severity, State: f.State,
		Org: f.Org, Principal: maybe(f.Principal), Resource: maybe(f.Resource),
		Title: f.Title, Have: f.Have, Want: f.Want, Affected: f.Affected, Sample: list(f.Sample),
		Paths: list(f.Paths), Evidence: list(f.Evidence), Fixable: f.Fixable,
		Since: utc(f.Since), FirstSeen: utc(f.FirstSeen), LastSeen: utc(f.LastSeen), ResolvedAt: utc(f.ResolvedAt),
	}
	if g := f.Grant; g != nil {
		d.Grant = &grantDoc{g.Principal, g.Resource, g.Privilege, g.Source, g.Role}
	}
	if f.Overdue(now) {
		d.Overdue = OverdueSince(f.Ended, now)
	}
	if f.Waiver != "" || !f.WaiverEnd.IsZero() {
		d.Waiver = &waiverDoc{f.Waiver, utc(f.WaiverEnd)}
	}
	return d
}

// findingColumns are those of every CSV of findings.
var findingColumns = append([]string{
	"row", "organization", "snapshot_at", "fingerprint", "severity", "state", "rule", "category", "resource", "resource_id",
	"principal", "principal_id", "title", "have", "want", "affected", "since", "first_seen", "last_seen", "resolved_at", "overdue_since", "overdue_seconds",
	"waiver", "waiver_end", "fixable", "paths", "evidence", "count",
}, gapColumns...)

// findingRows writes gaps first, then findings, then what was not decided; the
// first column says which a row is. What is overdue is so at now.
func findingRows(s *sheet, org string, at, now time.Time, gaps []Gap, all []access.Finding, undecided []access.Undecided) error {
	if err := s.header(findingColumns...); err != nil {
		return err
	}
	about := fields{"organization": org, "snapshot_at": rfc3339(at)}
	if err := s.gapRows(findingColumns, about, gaps); err != nil {
		return err
	}
	for _, f := range worstFirst(all) {
		if err := s.fields(findingColumns, findingFields(f, now), about); err != nil {
			return err
		}
	}
	for _, u := range undecided {
		row := fields{"row": "undecided", "rule": u.Rule, "count": strconv.Itoa(u.Count), "reason": u.Reason}
		if err := s.fields(findingColumns, row, about); err != nil {
			return err
		}
	}
	return nil
}

func findingFields(f *access.Finding, now time.Time) fields {
	row := fields{
		"row": "finding", "fingerprint": f.Fingerprint, "severity": f.Severity.String(), "state": string(f.State),
		"rule": f.Rule, "category": f.Category, "resource": f.Resource.Name, "resource_id": id(f.Resource),
		"principal": f.Principal.Name, "principal_id": id(f.Principal), "title": f.Title, "have": f.Have, "want": f.Want,
		"affected": strconv.Itoa(f.Affected), "since": rfc3339(f.Since), "first_seen": rfc3339(f.FirstSeen),
		"last_seen": rfc3339(f.LastSeen), "resolved_at": rfc3339(f.ResolvedAt), "waiver": f.Waiver,
		"waiver_end": rfc3339(f.WaiverEnd), "fixable": f.Fixable, "paths": pathLines(f.Paths),
		"evidence": strings.Join(f.Evidence, "\n"),
	}
	if f.Overdue(now) {
		return row.overdue(OverdueSince(f.Ended, now))
	}
	return row
}

// overdue adds the two columns of what is overdue.
func (f fields) overdue(o *Overdue) fields {
	if o != nil {
		f["overdue_since"], f["overdue_seconds"] = rfc3339(o.Since), strconv.FormatInt(o.Seconds, 10)
	}
	return f
}

// pathLines writes paths for one cell, a line each.
func pathLines(paths []access.Path) string {
	var b []byte
	for i, p := range paths {
		if i > 0 {
			b = append(b, '\n')
		}
		b = appendPath(b, p)
	}
	return string(b)
}
