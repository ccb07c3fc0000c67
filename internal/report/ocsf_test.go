package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

// ocsfField is an attribute of OCSF 1.8.0 that an event needs, by its place.
type ocsfField struct {
	name     string
	required bool   // else recommended
	kind     string // integer, string, object or array
	class    int    // 0: every class
}

// ocsfFields holds what the schema of OCSF 1.8.0 requires of the classes that are
// written (events/findings/finding.json, compliance_finding.json,
// iam_analysis_finding.json and the objects they use), and what ajar always gives
// besides. docs/output.md tells the same.
var ocsfFields = []ocsfField{
	{"activity_id", true, "integer", 0}, {"category_uid", true, "integer", 0}, {"class_uid", true, "integer", 0},
	{"type_uid", true, "integer", 0}, {"severity_id", true, "integer", 0}, {"time", true, "integer", 0},
	{"metadata", true, "object", 0}, {"metadata.version", true, "string", 0}, {"metadata.product", true, "object", 0},
	{"metadata.product.name", true, "string", 0}, {"finding_info", true, "object", 0}, {"finding_info.uid", true, "string", 0},
	{"finding_info.analytic.type_id", true, "integer", 0}, {"compliance", true, "object", 2003},
	{"message", false, "string", 0}, {"status_id", false, "integer", 0}, {"confidence_id", false, "integer", 0}, {"timezone_offset", false, "integer", 0},
	{"metadata.log_name", false, "string", 0}, {"metadata.tenant_uid", false, "string", 0}, {"metadata.product.vendor_name", false, "string", 0},
	{"finding_info.title", false, "string", 0}, {"compliance.control", false, "string", 2003}, {"compliance.status_id", false, "integer", 2003},
	{"resources", false, "array", 0},
}

// ocsfNames are all attributes of OCSF 1.8.0 that ajar writes; what it has
// besides is under unmapped.
var ocsfNames = map[string]string{
	"": `activity_id activity_name category_uid category_name class_uid class_name type_uid type_name severity_id severity status_id
		status confidence_id confidence time timezone_offset start_time message comment metadata finding_info compliance remediation
		resources user permission_analysis_results access_analysis_result unmapped group privileges resource`,
	"group": "uid name type", "resource": "uid name type role_id role",
	"metadata": "version product uid log_name tenant_uid", "metadata.product": "uid name vendor_name version",
	"finding_info":          "uid title desc types analytic first_seen_time last_seen_time",
	"finding_info.analytic": "uid name type_id type desc version",
	"compliance":            "control desc standards requirements status_id status status_details", "remediation": "desc references",
	"resources": "uid name type role_id role", "user": "uid name type type_id", "permission_analysis_results": "granted_privileges",
	"access_analysis_result": "access_level accessors granted_privileges", "access_analysis_result.accessors": "uid name type type_id",
}

func ocsfEvents(t *testing.T, v View) []map[string]any {
	t.Helper()
	var out []map[string]any
	for line := range strings.Lines(render(t, v, OCSF, Options{})) {
		out = append(out, parse(t, line))
	}
	return out
}

// forSIEM are the examples that have a form in OCSF.
func forSIEM() map[string]View {
	out := forOthers()
	for _, e := range examples {
		switch e.name {
		case "access", "access-none", "access-matrix", "who-can":
			out[e.name] = e.view
		}
	}
	return out
}

func TestOCSFLooksAsItShould(t *testing.T) {
	for name, v := range forSIEM() {
		golden(t, name+".ocsf.golden", render(t, v, OCSF, Options{}))
	}
}

func TestOCSFEventsHaveWhatTheirClassRequires(t *testing.T) {
	for name, v := range forSIEM() {
		for i, e := range ocsfEvents(t, v) {
			for _, problem := range ocsfProblems(e) {
				t.Errorf("%s, event %d: %s", name, i, problem)
			}
		}
	}
}

func ocsfProblems(e map[string]any) []string {
	var out []string
	class := fmt.Sprint(e["class_uid"])
	for _, f := range ocsfFields {
		if f.class != 0 && fmt.Sprint(f.class) != class {
			continue
		}
		if got := kindAt(e, strings.Split(f.name, ".")); got != f.kind {
			out = append(out, fmt.Sprintf("%s is %q, and should be %s", f.name, got, f.kind))
		}
	}
	if n := fmt.Sprintf("%s%02s", class, e["activity_id"]); fmt.Sprint(e["type_uid"]) != n {
		out = append(out, fmt.Sprintf("type_uid is %v, want %s", e["type_uid"], n))
	}
	if class == "2008" && e["permission_analysis_results"] == nil && e["access_analysis_result"] == nil {
		out = append(out, "an IAM Analysis Finding without an analysis")
	}
	return append(out, unknownNames("", e)...)
}

func kindAt(v any, path []string) string {
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return "nothing"
		}
		v = m[key]
	}
	switch v := v.(type) {
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return "integer"
		}
		return "number"
	case string:
		return "string"
	case map[string]any:
		return "object"
	case []any:
		if len(v) > 0 {
			return "array"
		}
	}
	return "nothing"
}

// unknownNames finds attributes that the schema does not have.
func unknownNames(at string, v any) []string {
	var out []string
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			out = append(out, unknownNames(at, x)...)
		}
	case map[string]any:
		if at == "unmapped" {
			return nil
		}
		known := strings.Fields(ocsfNames[at])
		for key, x := range v {
			if !slices.Contains(known, key) {
				out = append(out, fmt.Sprintf("%s.%s is no attribute", at, key))
			}
			out = append(out, unknownNames(strings.TrimPrefix(at+"."+key, "."), x)...)
		}
	}
	return out
}

func TestTheDocsTellEveryFieldOfOCSFThatIsAlwaysThere(t *testing.T) {
	b, err := os.ReadFile("../../docs/output.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range ocsfFields {
		requirement := "recommended"
		if f.required {
			requirement = "required"
		}
		where := "all"
		if f.class != 0 {
			where = fmt.Sprint(f.class)
		}
		if row := fmt.Sprintf("| `%s` | %s | %s |", f.name, where, requirement); !strings.Contains(string(b), row) {
			t.Errorf("docs/output.md has no row %s", row)
		}
	}
}

func TestOCSFSaysWhatWasNotSeenFirstAndWhatBecameOfAFinding(t *testing.T) {
	events := ocsfEvents(t, exampleAudit())
	var notes, findings int
	states := map[string]string{}
	for _, e := range events {
		rest := e["unmapped"].(map[string]any)["ajar"].(map[string]any)
		if fmt.Sprint(e["compliance"].(map[string]any)["status"]) == "Warning" {
			if notes++; findings > 0 {
				t.Error("a gap comes after a finding")
			}
			continue
		}
		findings++
		states[fmt.Sprint(rest["state"])] = fmt.Sprint(e["activity_name"], " ", e["status"], " ", e["compliance"].(map[string]any)["status"])
	}
	if findings != len(exampleFindings()) || notes != 7 {
		t.Errorf("%d findings, %d notes", findings, notes)
	}
	want := map[string]string{"open": "Update New Fail", "waived": "Update Suppressed Fail", "resolved": "Close Resolved Pass"}
	for state, said := range want {
		if states[state] != said {
			t.Errorf("%s is told as %q, want %q", state, states[state], said)
		}
	}
	f := exampleFinding()
	f.FirstSeen = taken
	if e := ocsfEvents(t, Findings{Org: org, At: taken, Findings: []access.Finding{f}})[0]; e["activity_name"] != "Create" {
		t.Errorf("a new finding is told as %v", e["activity_name"])
	}
}

func TestNoTwoEventsOfOCSFAreTheSame(t *testing.T) {
	for name, v := range forSIEM() {
		seen := map[any]bool{}
		for _, e := range ocsfEvents(t, v) {
			uid := e["metadata"].(map[string]any)["uid"]
			if seen[uid] {
				t.Errorf("%s: %v twice", name, uid)
			}
			seen[uid] = true
		}
	}
}

func TestOCSFIsExactAndSafeToShow(t *testing.T) {
	const evil = "\x1b[2J \u202e \"<&>\u2028 \x7f\n{\"class_uid\":1}"
	for _, v := range hostile(evil) {
		if _, ok := v.(ocsfView); !ok {
			continue
		}
		text := render(t, v, OCSF, Options{})
		for _, r := range text {
			if r != '\n' && acts(r) {
				t.Errorf("%T: %U reaches the terminal", v, r)
			}
		}
		kept := 0
		for _, e := range ocsfEvents(t, v) {
			if fmt.Sprint(e["class_uid"]) == "1" {
				t.Errorf("%T: a name became an event", v)
			}
			each(e, func(s string) {
				if strings.Contains(s, evil) {
					kept++
				}
			})
		}
		if kept == 0 && text != "" {
			t.Errorf("%T keeps the text nowhere", v)
		}
	}
}
