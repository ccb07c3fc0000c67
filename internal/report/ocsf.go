package report

import (
	"io"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
)

// OCSF 1.8.0 (ocsf/ocsf-schema), JSON lines: one event a line. Findings are
// Compliance Findings, what somebody can do is an IAM Analysis Finding, and what
// was not seen is a Compliance Finding whose check gave no result.

const ocsfVersion = "1.8.0"

// word is a number of OCSF and its caption.
type word struct {
	id   int
	name string
}

// The mapping of ajar's words to those of OCSF.
var (
	ocsfCategory   = word{2, "Findings"}
	ocsfCompliance = word{2003, "Compliance Finding"}
	ocsfIAM        = word{2008, "IAM Analysis Finding"}

	ocsfCreate = word{1, "Create"}
	ocsfUpdate = word{2, "Update"}
	ocsfClose  = word{3, "Close"}

	ocsfSeverities = map[access.Severity]word{
		access.Info: {1, "Informational"}, access.Low: {2, "Low"}, access.Medium: {3, "Medium"},
		access.High: {4, "High"}, access.Critical: {5, "Critical"},
	}
	ocsfStates = map[access.State]word{access.Open: {1, "New"}, access.Waived: {3, "Suppressed"}, access.Resolved: {4, "Resolved"}}
	ocsfChecks = map[access.State]word{access.Open: {3, "Fail"}, access.Waived: {3, "Fail"}, access.Resolved: {1, "Pass"}}

	ocsfNoResult = word{2, "Warning"} // "did not yield a result due to missing information"
	ocsfCertain  = word{3, "High"}    // the confidence of what rests on what was seen alone
	ocsfRule     = word{1, "Rule"}
	ocsfTarget   = word{1, "Target"}
	ocsfActor    = word{2, "Actor"}
)

// ocsfHead is what every event begins with.
type ocsfHead struct {
	ActivityID  int    `json:"activity_id"`
	Activity    string `json:"activity_name"`
	CategoryUID int    `json:"category_uid"`
	Category    string `json:"category_name"`
	ClassUID    int    `json:"class_uid"`
	Class       string `json:"class_name"`
	TypeUID     int    `json:"type_uid"`
	Type        string `json:"type_name"`
	SeverityID  int    `json:"severity_id"`
	Severity    string `json:"severity"`
	StatusID    int    `json:"status_id"`
	Status      string `json:"status"`
}

type ocsfEvent struct {
	ocsfHead
	ConfidenceID int          `json:"confidence_id"`
	Confidence   string       `json:"confidence"`
	Time         int64        `json:"time"` // milliseconds since 1970, as all times of OCSF
	Offset       int          `json:"timezone_offset"`
	Start        int64        `json:"start_time,omitempty"`
	Message      string       `json:"message"`
	Comment      string       `json:"comment,omitempty"` // the reason of a waiver
	Metadata     ocsfMetadata `json:"metadata"`
	Info         ocsfInfo     `json:"finding_info"`

	Compliance  *ocsfCheckup     `json:"compliance,omitempty"`
	Remediation *ocsfText        `json:"remediation,omitempty"`
	Resources   []ocsfThing      `json:"resources,omitempty"`
	User        *ocsfThing       `json:"user,omitempty"`
	Permissions []ocsfPermission `json:"permission_analysis_results,omitempty"`
	Access      *ocsfAccess      `json:"access_analysis_result,omitempty"`
	Unmapped    any              `json:"unmapped,omitempty"`
}

type ocsfMetadata struct {
	Version string `json:"version"`
	Product struct {
		UID     string `json:"uid"`
		Name    string `json:"name"`
		Vendor  string `json:"vendor_name"`
		Version string `json:"version,omitempty"`
	} `json:"product"`
	UID    string `json:"uid"` // of the event: the same finding of the same instant in the same state has the same
	Log    string `json:"log_name"`
	Tenant string `json:"tenant_uid"`
}

type ocsfInfo struct {
	UID       string       `json:"uid"`
	Title     string       `json:"title"`
	Desc      string       `json:"desc,omitempty"`
	Types     []string     `json:"types,omitempty"`
	Analytic  ocsfAnalytic `json:"analytic"`
	FirstSeen int64        `json:"first_seen_time,omitempty"`
	LastSeen  int64        `json:"last_seen_time,omitempty"`
}

type ocsfAnalytic struct {
	UID     string `json:"uid"`
	Name    string `json:"name"`
	TypeID  int    `json:"type_id"`
	Type    string `json:"type"`
	Desc    string `json:"desc,omitempty"`
	Version string `json:"version,omitempty"`
}

type ocsfCheckup struct {
	Control      string   `json:"control"`
	Desc         string   `json:"desc,omitempty"`
	Standards    []string `json:"standards,omitempty"`
	Requirements []string `json:"requirements,omitempty"`
	StatusID     int      `json:"status_id"`
	Status       string   `json:"status"`
	Details      []string `json:"status_details,omitempty"`
}

type ocsfText struct {
	Desc       string   `json:"desc"`
	References []string `json:"references,omitempty"`
}

// ocsfThing is a resource_details or a user.
type ocsfThing struct {
	UID    string `json:"uid"`
	Name   string `json:"name"`
	Type   string `json:"type"`
	TypeID int    `json:"type_id,omitempty"` // of a user
	RoleID int    `json:"role_id,omitempty"` // of a resource
	Role   string `json:"role,omitempty"`
}

type ocsfPermission struct {
	Granted []string `json:"granted_privileges"`
}

type ocsfAccess struct {
	Level     string      `json:"access_level"`
	Accessors []ocsfThing `json:"accessors"`
	Granted   []string    `json:"granted_privileges"`
}

// ocsfRest is what OCSF has no place for, under unmapped.ajar.
type ocsfRest struct {
	State     access.State  `json:"state,omitempty"`
	Category  string        `json:"category,omitempty"`
	Org       access.Named  `json:"organization"`
	Principal *access.Named `json:"principal,omitempty"`
	Resource  *access.Named `json:"resource,omitempty"`
	Have      string        `json:"have,omitempty"`
	Want      string        `json:"want,omitempty"`
	Affected  int           `json:"affected,omitempty"`
	Role      string        `json:"role,omitempty"`
	Note      string        `json:"note,omitempty"` // what stands between all of them and the resource
	Paths     []string      `json:"paths,omitempty"`
	Evidence  []string      `json:"evidence,omitempty"`
	Fixable   string        `json:"fixable,omitempty"`
	WaiverEnd time.Time     `json:"waiver_end,omitzero"`
	Overdue   *Overdue      `json:"overdue,omitempty"`
	Area      string        `json:"area,omitempty"`
	Lacking   bool          `json:"incomplete,omitempty"` // the result is not complete for want of this
}

func (a Audit) ocsf(w io.Writer) error    { return a.exported().ocsf(w) }
func (v Findings) ocsf(w io.Writer) error { return v.exported().ocsf(w) }

// ocsf writes what was not seen first, then the findings, the worst first.
func (x exported) ocsf(w io.Writer) error {
	if err := x.ocsfNotes(w); err != nil {
		return err
	}
	for _, f := range worstFirst(x.all) {
		if err := ocsfLine(w, x.ocsfFinding(f)); err != nil {
			return err
		}
	}
	return nil
}

func (x exported) ocsfNotes(w io.Writer) error {
	seen := map[string]int{}
	for _, n := range x.notes {
		key := string(n.kind) + "\x00" + n.about
		seen[key]++
		if err := ocsfLine(w, x.ocsfNote(n, seen[key])); err != nil {
			return err
		}
	}
	return nil
}

// ocsfLine writes one event.
func ocsfLine(w io.Writer, e any) error {
	line, err := compact(e)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// event fills in what every event has.
func (x exported) event(class, activity word, severity access.Severity, uid string, at time.Time) ocsfEvent {
	level := ocsfSeverities[severity]
	if level.name == "" {
		level = word{0, "Unknown"}
	}
	e := ocsfEvent{
		ocsfHead: ocsfHead{
			ActivityID: activity.id, Activity: activity.name, CategoryUID: ocsfCategory.id, Category: ocsfCategory.name,
			ClassUID: class.id, Class: class.name, TypeUID: class.id*100 + activity.id, Type: class.name + ": " + activity.name,
			SeverityID: level.id, Severity: level.name,
		},
		ConfidenceID: ocsfCertain.id, Confidence: ocsfCertain.name, Time: millis(at), Info: ocsfInfo{UID: uid},
	}
	open := ocsfStates[access.Open]
	e.StatusID, e.Status = open.id, open.name
	p := &e.Metadata.Product
	p.UID, p.Name, p.Vendor, p.Version = "ajar", "ajar", "ajar", x.version
	e.Metadata.Version, e.Metadata.Log, e.Metadata.Tenant = ocsfVersion, "ajar", x.org.String()
	e.Metadata.UID = uid + "-" + strconv.FormatInt(millis(at), 10)
	return e
}

// millis gives OCSF's time, 0 where there is none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func (x exported) ocsfFinding(f *access.Finding) ocsfEvent {
	activity, at := ocsfUpdate, x.at
	switch {
	case f.State == access.Resolved:
		activity = ocsfClose
		if !f.ResolvedAt.IsZero() {
			at = f.ResolvedAt
		}
	case !f.FirstSeen.Before(x.at):
		activity = ocsfCreate
	}
	r := x.rule(f.Rule)
	e := x.event(ocsfCompliance, activity, f.Severity, f.Fingerprint, at)
	if s, ok := ocsfStates[f.State]; ok {
		e.StatusID, e.Status = s.id, s.name
	}
	e.Metadata.UID += "-" + string(f.State) // judged anew, one snapshot may give another state
	e.Start, e.Message, e.Comment = millis(f.Since), f.Title, f.Waiver
	e.Info = ocsfInfo{
		UID: f.Fingerprint, Title: f.Title, Desc: r.Why, FirstSeen: millis(f.FirstSeen), LastSeen: millis(f.LastSeen),
		Analytic: ocsfAnalytic{UID: r.ID, Name: r.Title, TypeID: ocsfRule.id, Type: ocsfRule.name, Desc: r.What, Version: x.version},
	}
	if f.Category != "" {
		e.Info.Types = []string{f.Category}
	}
	check := ocsfChecks[f.State]
	if check.name == "" {
		check = ocsfChecks[access.Open]
	}
	e.Compliance = r.checkup(check)
	if f.Have != "" {
		e.Compliance.Details = append(e.Compliance.Details, "has: "+f.Have)
	}
	if f.Want != "" {
		e.Compliance.Details = append(e.Compliance.Details, "allowed: "+f.Want)
	}
	if r.Remedy != "" {
		e.Remediation = &ocsfText{r.Remedy, []string{rulesPage + "#" + r.ID}}
	}
	e.Resources = x.ocsfResources(f)
	rest := ocsfRest{
		State: f.State, Category: f.Category, Org: x.org, Principal: maybe(f.Principal), Resource: maybe(f.Resource), Have: f.Have, Want: f.Want,
		Affected: f.Affected, Paths: pathTexts(f.Paths), Evidence: f.Evidence, Fixable: f.Fixable, WaiverEnd: utc(f.WaiverEnd),
	}
	if f.Overdue(x.now) {
		rest.Overdue = OverdueSince(f.Ended, x.now)
	}
	e.Unmapped = map[string]ocsfRest{"ajar": rest}
	return e
}

// checkup is the rule as a control, and what it supports.
func (r RuleText) checkup(status word) *ocsfCheckup {
	c := &ocsfCheckup{Control: r.ID, Desc: r.What, Requirements: r.supported(), StatusID: status.id, Status: status.name}
	seen := map[string]bool{}
	for _, k := range r.Controls {
		if !seen[k.Framework] {
			seen[k.Framework] = true
			c.Standards = append(c.Standards, k.Framework)
		}
	}
	return c
}

// ocsfResources gives the resource and, where there is one, who holds the access.
func (x exported) ocsfResources(f *access.Finding) []ocsfThing {
	on := f.Resource
	if on.Name == "" {
		on = x.org
	}
	out := []ocsfThing{resourceThing(on, ocsfTarget)}
	if f.Principal.Name != "" {
		out = append(out, resourceThing(f.Principal, ocsfActor))
	}
	return out
}

func resourceThing(n access.Named, role word) ocsfThing {
	return ocsfThing{UID: n.String(), Name: n.Name, Type: n.Kind.String(), RoleID: role.id, Role: role.name}
}

// ocsfNote is the nth note of its kind about its rule or area.
func (x exported) ocsfNote(n note, nth int) ocsfEvent {
	severity := access.Info
	if n.lacking {
		severity = access.Medium
	}
	uid := access.Fingerprint(string(n.kind), x.org.String(), n.about, strconv.Itoa(nth))
	e := x.event(ocsfCompliance, ocsfCreate, severity, uid, x.at)
	title := noteTitles[n.kind]
	e.Message = n.text
	e.Info = ocsfInfo{
		UID: uid, Title: title, Types: []string{string(n.kind)},
		Analytic: ocsfAnalytic{UID: string(n.kind), Name: title, TypeID: ocsfRule.id, Type: ocsfRule.name, Version: x.version},
	}
	e.Compliance = &ocsfCheckup{Control: string(n.kind), StatusID: ocsfNoResult.id, Status: ocsfNoResult.name, Details: []string{n.text}}
	rest := ocsfRest{Org: x.org, Lacking: n.lacking}
	if n.kind == notSeen {
		rest.Area = n.about
	} else if n.about != "" {
		e.Compliance = x.rule(n.about).checkup(ocsfNoResult)
		e.Compliance.Details = []string{n.text}
	}
	e.Resources = []ocsfThing{resourceThing(x.org, ocsfTarget)}
	e.Unmapped = map[string]ocsfRest{"ajar": rest}
	return e
}

func pathTexts(paths []access.Path) []string {
	out := make([]string, 0, len(paths))
	for _, p := range paths {
		out = append(out, PathText(p))
	}
	return out
}
