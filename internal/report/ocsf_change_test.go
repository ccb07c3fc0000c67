package report

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// ocsfChangeFields holds what the schema of OCSF 1.8.0 requires of the classes of
// changes (events/iam/user_access.json, group_management.json and what they extend),
// and what ajar always gives besides. docs/output.md tells the same.
var ocsfChangeFields = []ocsfField{
	{"activity_id", true, "integer", 0}, {"category_uid", true, "integer", 0}, {"class_uid", true, "integer", 0},
	{"type_uid", true, "integer", 0}, {"severity_id", true, "integer", 0}, {"time", true, "integer", 0},
	{"metadata", true, "object", 0}, {"metadata.version", true, "string", 0}, {"metadata.product", true, "object", 0},
	{"metadata.product.name", true, "string", 0}, {"user", true, "object", 3005}, {"group", true, "object", 3006}, {"privileges", true, "array", 3005},
	{"privileges", false, "array", 3006}, {"resources", false, "array", 3005}, {"status_id", false, "integer", 0}, {"message", false, "string", 0},
}

// exampleChanges is one of each sort of change, with a text for all names.
func exampleChanges(text string) []AccessChange {
	named := func(k access.Kind, id int64) access.Named {
		return access.Named{Ref: access.Ref{Kind: k, ID: id}, Name: k.String() + ":" + text}
	}
	var out []AccessChange
	for i, pair := range [][2]access.Kind{{access.User, access.Repo}, {access.User, access.Org}, {access.User, access.Env}, {access.User, access.Team},
		{access.Team, access.Repo}, {access.Team, access.Org}, {access.Team, access.Env}, {access.Key, access.Repo}, {access.Invitation, access.Org}} {
		for _, came := range []bool{true, false} {
			out = append(out, AccessChange{Org: named(access.Org, 1), Principal: named(pair[0], 7), Resource: named(pair[1], 9), Privilege: "admin", Source: "direct",
				Came: came, Snapshot: int64(i), SeenAt: taken, NotBefore: taken.Add(-time.Hour), Actor: text, Manner: "out-of-band", Doubt: text})
		}
	}
	return out
}

func changeEvents(t *testing.T, text string) (events []map[string]any, lines string, left int) {
	t.Helper()
	var b bytes.Buffer
	w := NewChangeEvents(&b, "1.2.3")
	for _, c := range exampleChanges(text) {
		written, err := w.Change(c)
		if err != nil {
			t.Fatal(err)
		}
		if !written {
			left++
		}
	}
	for line := range strings.Lines(b.String()) {
		events = append(events, parse(t, line))
	}
	return events, b.String(), left
}

func TestEventsOfChangesHaveWhatTheirClassRequires(t *testing.T) {
	events, _, left := changeEvents(t, "acme/x")
	if left != 2 || len(events) != 16 {
		t.Fatalf("%d events, %d without a class; want 16 and the two of the invitation", len(events), left)
	}
	seen, classes := map[any]bool{}, map[string]int{}
	for i, e := range events {
		class := fmt.Sprint(e["class_uid"])
		classes[class+" "+fmt.Sprint(e["activity_name"])]++
		for _, f := range ocsfChangeFields {
			if got := kindAt(e, strings.Split(f.name, ".")); got != f.kind && (f.class == 0 || fmt.Sprint(f.class) == class) {
				t.Errorf("event %d: %s is %q, and should be %s", i, f.name, got, f.kind)
			}
		}
		if want := fmt.Sprintf("%s%02s", class, e["activity_id"]); fmt.Sprint(e["type_uid"]) != want {
			t.Errorf("event %d: type_uid is %v, want %s", i, e["type_uid"], want)
		}
		for _, name := range unknownNames("", e) {
			t.Errorf("event %d: %s", i, name)
		}
		uid := e["metadata"].(map[string]any)["uid"]
		if seen[uid] {
			t.Errorf("event %d has the uid of another", i)
		}
		seen[uid] = true
	}
	want := map[string]int{"3005 Assign Privileges": 4, "3005 Revoke Privileges": 4, "3006 Assign Privileges": 3, "3006 Revoke Privileges": 3, "3006 Add User": 1, "3006 Remove User": 1}
	for k, n := range want {
		if classes[k] != n {
			t.Errorf("%s: %d events, want %d", k, classes[k], n)
		}
	}
}

func TestNamesInEventsOfChangesAreSafeToShowAndKept(t *testing.T) {
	const evil = "\x1b[2J \u202e \"<&>\u2028 \x7f\n{\"class_uid\":1}"
	events, lines, _ := changeEvents(t, evil)
	for _, r := range lines {
		if r != '\n' && acts(r) {
			t.Fatalf("%U reaches the terminal", r)
		}
	}
	if len(events) != 16 {
		t.Errorf("%d lines: a name became an event", len(events))
	}
	if !strings.Contains(fmt.Sprint(events[0]["user"]), evil) {
		t.Errorf("the name is not kept: %v", events[0]["user"])
	}
}

func TestGapsOfAnEvidenceAreEventsOfTheirOwn(t *testing.T) {
	var b bytes.Buffer
	w := NewChangeEvents(&b, "1.2.3")
	acme := access.Named{Ref: access.Ref{Kind: access.Org, ID: 1}, Name: "org:acme"}
	for range 2 {
		if err := w.Gap(acme, taken, "members", "forbidden"); err != nil {
			t.Fatal(err)
		}
	}
	uids := map[any]bool{}
	for line := range strings.Lines(b.String()) {
		e := parse(t, line)
		for _, problem := range ocsfProblems(e) {
			t.Error(problem)
		}
		uids[e["metadata"].(map[string]any)["uid"]] = true
	}
	if len(uids) != 2 {
		t.Errorf("%d uids for two gaps", len(uids))
	}
}

func TestTheDocsTellEveryFieldOfAChange(t *testing.T) {
	b, err := os.ReadFile("../../docs/output.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"3005 User Access Management", "3006 Group Management", "| `user` | 3005 | required |", "| `group` | 3006 | required |",
		"| `privileges` | 3005, 3006 | required, recommended |"} {
		if !strings.Contains(string(b), name) {
			t.Errorf("docs/output.md does not say %q", name)
		}
	}
}
