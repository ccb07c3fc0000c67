package report

import (
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
	Waiver      *waiverDoc      `json:"waiver,omitempty"`
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

func newFindingDoc(f access.Finding) findingDoc {
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
	if f.Waiver != "" || !f.WaiverEnd.IsZero() {
		d.Waiver = &waiverDoc{f.Waiver, utc(f.WaiverEnd)}
	}
	return d
}

func findingDocs(all []access.Finding) []findingDoc {
	docs := make([]findingDoc, 0, len(all))
	for _, f := range worstFirst(all) {
		docs = append(docs, newFindingDoc(f))
	}
	return docs
}

// findingColumns are those of every CSV of findings.
var findingColumns = append([]string{
	"row", "organization", "snapshot_at", "fingerprint", "severity", "state", "rule", "category", "resource", "resource_id",
	"principal", "principal_id", "title", "have", "want", "affected", "since", "first_seen", "last_seen", "resolved_at",
	"waiver", "waiver_end", "fixable", "paths", "evidence", "count",
}, gapColumns...)

// findingRows writes gaps first, then findings, then what was not decided; the
// first column says which a row is.
func findingRows(s *sheet, org string, at time.Time, gaps []Gap, all []access.Finding, undecided []access.Undecided) error {
	if err := s.header(findingColumns...); err != nil {
		return err
	}
	start := func(row string) {
		s.text(row)
		s.text(org)
		s.time(at)
	}
	err := s.gapRows(gaps, func() {
		start("gap")
		s.skip(len(findingColumns) - 3 - len(gapColumns))
	})
	if err != nil {
		return err
	}
	for _, f := range worstFirst(all) {
		start("finding")
		s.finding(f)
		if err := s.end(); err != nil {
			return err
		}
	}
	for _, u := range undecided {
		start("undecided")
		s.skip(3)
		s.text(u.Rule)
		s.skip(18)
		s.number(int64(u.Count))
		s.skip(2)
		s.text(u.Reason)
		s.skip(1)
		if err := s.end(); err != nil {
			return err
		}
	}
	return nil
}

func (s *sheet) finding(f access.Finding) {
	s.text(f.Fingerprint)
	s.text(f.Severity.String())
	s.text(string(f.State))
	s.text(f.Rule)
	s.text(f.Category)
	s.named(f.Resource)
	s.named(f.Principal)
	s.text(f.Title)
	s.text(f.Have)
	s.text(f.Want)
	s.number(int64(f.Affected))
	s.time(f.Since)
	s.time(f.FirstSeen)
	s.time(f.LastSeen)
	s.time(f.ResolvedAt)
	s.text(f.Waiver)
	s.time(f.WaiverEnd)
	s.text(f.Fixable)
	paths := make([]string, len(f.Paths))
	for i, p := range f.Paths {
		paths[i] = PathText(p)
	}
	s.text(strings.Join(paths, "\n"))
	s.text(strings.Join(f.Evidence, "\n"))
	s.skip(1 + len(gapColumns))
}

// named adds a name and its number.
func (s *sheet) named(n access.Named) {
	s.text(n.Name)
	s.some(n.ID)
}
