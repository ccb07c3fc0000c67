package report

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

func TestExitCodeOfAnAudit(t *testing.T) {
	found := func(s access.Severity, state access.State) []access.Finding {
		return []access.Finding{{Severity: s, State: state}}
	}
	missing, left := []Gap{{Area: access.AreaMembers, Expected: true}}, []Gap{{Area: access.AreaCustomRoles}}
	for _, c := range []struct {
		what string
		a    Audit
		want int
	}{
		{"nothing, all seen", Audit{FailOn: access.High}, 0},
		{"below the threshold", Audit{FailOn: access.High, Findings: found(access.Medium, access.Open)}, 0},
		{"at the threshold", Audit{FailOn: access.High, Findings: found(access.High, access.Open)}, 2},
		{"above the threshold", Audit{FailOn: access.High, Findings: found(access.Critical, access.Open)}, 2},
		{"waived", Audit{FailOn: access.High, Findings: found(access.High, access.Waived)}, 0},
		{"resolved", Audit{FailOn: access.High, Findings: found(access.High, access.Resolved)}, 0},
		{"threshold none", Audit{Findings: found(access.Critical, access.Open)}, 0},
		{"threshold none, not seen", Audit{Findings: found(access.Critical, access.Open), Gaps: missing}, 3},
		{"not seen", Audit{FailOn: access.High, Gaps: missing}, 3},
		{"not expected", Audit{FailOn: access.High, Gaps: left}, 0},
		{"found and not seen", Audit{FailOn: access.High, Findings: found(access.High, access.Open), Gaps: missing}, 2},
	} {
		if got := c.a.Exit(); got != c.want {
			t.Errorf("%s: exit %d, want %d", c.what, got, c.want)
		}
		text := render(t, c.a, Table, Options{})
		if !strings.Contains(text, fmt.Sprintf("\nexit %d  ", c.want)) {
			t.Errorf("%s: the closing line is missing:\n%s", c.what, text)
		}
	}
}

func TestExitCodeOfAPlan(t *testing.T) {
	for _, c := range []struct {
		p    Plan
		want int
	}{
		{Plan{}, 0},
		{Plan{Gaps: []Gap{{Expected: true}}}, 3},
		{Plan{Waiting: make([]PlanWaiting, 1)}, 2},
		{Plan{Actions: make([]PlanAction, 1), Gaps: []Gap{{Expected: true}}}, 2},
		{Plan{Refused: make([]PlanRefusal, 1), Instructions: make([]PlanInstruction, 1)}, 0},
	} {
		if got := c.p.Exit(); got != c.want {
			t.Errorf("exit %d, want %d for %+v", got, c.want, c.p)
		}
	}
}

func TestGapsComeBeforeEverythingElse(t *testing.T) {
	gaps := Gaps(exampleSnapshot())
	for _, v := range []View{
		exampleAudit(), Findings{Org: org, At: taken, Gaps: gaps, Findings: exampleFindings()},
		Access{Org: org, At: taken, Gaps: gaps, Rows: exampleRows()}, Matrix{Org: org, At: taken, Gaps: gaps, Rows: values(exampleRows())},
		exampleWhoCan(), examplePlan(), exampleCollect(),
	} {
		text := render(t, v, Table, Options{Width: 120})
		at := strings.Index(text, "\nNot seen  ")
		if at < 0 {
			t.Errorf("%T says nothing of its gaps", v)
			continue
		}
		for _, said := range []string{"user:carol", "user:mallory", "lower team:", "repositories  ", "overprivileged"} {
			if i := strings.Index(text, said); i >= 0 && i < at {
				t.Errorf("%T says %q before its gaps", v, said)
			}
		}
		rows := records(t, render(t, v, CSV, Options{}))
		if rows[1][0] != "gap" {
			t.Errorf("the CSV of %T begins with %q", v, rows[1])
		}
	}
}

func TestGapsTellWhatWhyAndWhatWouldHelp(t *testing.T) {
	gaps := Gaps(exampleSnapshot(), access.AreaAuditLog)
	byArea := map[access.Area]Gap{}
	for _, g := range gaps {
		byArea[g.Area] = g
	}
	if len(gaps) != 4 {
		t.Fatalf("%d gaps, want 4: %+v", len(gaps), gaps)
	}
	for area, want := range map[access.Area]bool{
		access.AreaAuditLog:    false, // left out by the configuration
		access.AreaCustomRoles: false, // the plan has none
		access.AreaGates:       true, access.AreaDirectGrants: true,
	} {
		if byArea[area].Expected != want {
			t.Errorf("%s: expected %t, want %t", area, byArea[area].Expected, want)
		}
	}
	want := []Missing{{
		Status: access.Denied, Reason: "the credential may not list who has access to it", Count: 7,
		Help: "write access to the repository, or the read permission \"Administration\"",
		First: []access.Named{
			repo(100, "api"), repo(101, "web"), repo(102, "infra"), repo(103, "robot-arm-firmware"), repo(104, "docs"),
		},
	}}
	if diff := cmp.Diff(want, byArea[access.AreaDirectGrants].Missing); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAnUnreadAreaIsAGap(t *testing.T) {
	gaps := Gaps(&access.Snapshot{})
	if len(gaps) != len(access.Areas) {
		t.Fatalf("%d gaps, want %d", len(gaps), len(access.Areas))
	}
	if g := gaps[0]; g.Status != "unread" || !g.Expected || g.Reason == "" {
		t.Errorf("%+v", g)
	}
}

// An area that was not read to its end may have scopes that were not read at all:
// both are told.
func TestAGapOfTheWholeAreaIsNotHiddenByItsScopes(t *testing.T) {
	s := exampleSnapshot()
	s.Coverage.Set(access.Cover{Area: access.AreaDirectGrants, Status: access.Partial, Reason: "the list of repositories broke off"})
	v := Access{Org: org, At: taken, Gaps: Gaps(s)}
	for _, f := range []Format{Table, JSON, CSV} {
		text := render(t, v, f, Options{})
		for _, want := range []string{"the list of repositories broke off", "the credential may not list who has access to it"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %q:\n%s", f, want, text)
			}
		}
	}
}

// What only the plan lacks, for some repositories, is not missed.
func TestScopesWithoutTheFeatureAreNotExpected(t *testing.T) {
	s := &access.Snapshot{Coverage: access.NewCoverage(
		access.Cover{Area: access.AreaGates, Status: access.Complete},
		access.Cover{Area: access.AreaGates, Scope: 7, Status: access.Unavailable, Reason: "private repositories have none on this plan"},
	)}
	i := slices.IndexFunc(Gaps(s), func(g Gap) bool { return g.Area == access.AreaGates })
	if g := Gaps(s)[i]; g.Expected {
		t.Errorf("%+v", g)
	}
	s.Coverage.Set(access.Cover{Area: access.AreaGates, Scope: 8, Status: access.Denied})
	if g := Gaps(s)[i]; !g.Expected {
		t.Errorf("%+v", g)
	}
}

func TestWaiverIsTOMLThatSaysWhichFinding(t *testing.T) {
	f := exampleFindings()[5]
	f.Principal.Name = "user:evil\u202e\"\\\x1b[2J\U000e0041*"
	text := WaiverTOML(f, taken.Add(waiverDays))
	for _, r := range text {
		if r != '\n' && acts(r) {
			t.Errorf("%U in the entry", r)
		}
	}
	var got struct {
		Waiver []struct {
			Match         struct{ Rule, Resource, Principal string }
			Reason, Owner string
			Expires       time.Time
		}
	}
	if _, err := toml.Decode(text, &got); err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	w := got.Waiver[0]
	if w.Match.Rule != f.Rule || w.Match.Resource != f.Resource.Name || w.Match.Principal != f.Principal.Name {
		t.Errorf("the entry matches %+v", w.Match)
	}
	if !strings.Contains(text, "# the star") {
		t.Errorf("the star is not pointed out:\n%s", text)
	}
	if end := w.Expires.Format("2006-01-02"); end != "2026-06-11" {
		t.Errorf("ends with %s; its last instant must be within 90 days", end)
	}
}

// What is shown is what the baseline takes, once the reader has filled it in.
func TestTheBaselineTakesTheWaiverThatIsShown(t *testing.T) {
	for _, f := range exampleFindings() {
		text := WaiverTOML(f, taken.Add(waiverDays))
		text = strings.Replace(text, `reason = ""`, `reason = "known, TICKET-1"`, 1)
		text = strings.Replace(text, `owner = "user:"`, `owner = "user:cto"`, 1)
		b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(text)}})
		if err != nil {
			t.Errorf("%v in\n%s", err, text)
			continue
		}
		if b.LongestWaiver != waiverDays {
			t.Errorf("the longest waiver is %s, and %s is assumed", b.LongestWaiver, waiverDays)
		}
	}
}

func TestPathsAreWrittenWithArrows(t *testing.T) {
	rows := exampleRows()
	for _, c := range []struct {
		path      access.Path
		want, how string
	}{
		{
			examplePath(),
			"user:carol → team:acme-robotics/sre → (parent) team:acme-robotics/engineering → write → repo:acme-robotics/api" +
				" → deploy → env:acme-robotics/api/production",
			"team:acme-robotics/sre → (parent) team:acme-robotics/engineering → write (repository)",
		},
		{rows[2].Paths[0], "user:carol → maintain → repo:acme-robotics/docs", "direct"},
		{
			rows[2].Paths[1], "user:carol → (member) org:acme-robotics → read (base permission) → repo:acme-robotics/docs",
			"(member) org:acme-robotics → read (base permission)",
		},
		{
			rows[3].Paths[0],
			"user:carol → (organization role all_repo_read) org:acme-robotics → read → repo:acme-robotics/robot-arm-firmware",
			"(organization role all_repo_read) org:acme-robotics → read",
		},
		{
			access.Path{examplePath()[0], examplePath()[3]},
			"user:carol → team:acme-robotics/sre → repo:acme-robotics/api → deploy → env:acme-robotics/api/production",
			"team:acme-robotics/sre → repo:acme-robotics/api",
		},
		{nil, "", ""},
	} {
		if got := PathText(c.path); got != c.want {
			t.Errorf("path %q, want %q", got, c.want)
		}
		held := ""
		if len(c.path) > 0 {
			held = role(c.path[len(c.path)-1])
		}
		if got := how(c.path, held); got != c.how {
			t.Errorf("how %q, want %q", got, c.how)
		}
	}
}

func TestABrokenStreamIsAnErrorAndNoDocument(t *testing.T) {
	broken := errors.New("the store went away")
	rows := func(yield func(AccessRow, error) bool) {
		_ = yield(exampleRows()[0], nil) && yield(AccessRow{}, broken)
	}
	for _, f := range []Format{Table, JSON, CSV} {
		var b bytes.Buffer
		if err := Write(&b, Matrix{Org: org, At: taken, Rows: rows}, f, Options{}); !errors.Is(err, broken) {
			t.Errorf("%s: %v", f, err)
		}
		if strings.Contains(b.String(), "count") {
			t.Errorf("%s looks whole: %s", f, b.String())
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAFullDiskIsAnError(t *testing.T) {
	for _, e := range examples {
		for _, f := range []Format{Table, JSON, CSV} {
			if err := Write(full{}, e.view, f, Options{}); err == nil {
				t.Errorf("%s as %s: no error", e.name, f)
			}
		}
	}
	if err := Write(full{}, exampleVersion(), "yaml", Options{}); err == nil {
		t.Error("yaml is not a format")
	}
}

func TestLongListsAreCutOnlyOpenly(t *testing.T) {
	a := exampleAudit()
	cut := render(t, a, Table, Options{Program: "gh ajar"})
	if !strings.Contains(cut, "4 more: 4 redundant-grant") || !strings.Contains(cut, "gh ajar findings --severity medium") {
		t.Errorf("the cut is not told:\n%s", cut)
	}
	if all := render(t, a, Table, Options{All: true}); strings.Contains(all, "4 more: ") || strings.Count(all, "the direct write of") != 14 {
		t.Errorf("not everything is listed:\n%s", all)
	}
}

func TestOutputDoesNotDependOnTheOrderOfItsInput(t *testing.T) {
	a, b := exampleAudit(), exampleAudit()
	slices.Reverse(b.Findings)
	for _, f := range []Format{Table, JSON, CSV} {
		if diff := cmp.Diff(render(t, a, f, Options{}), render(t, b, f, Options{})); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
	}
}

func TestTimesAreUTCWhateverTheZone(t *testing.T) {
	zone := time.FixedZone("east", 5*3600+1800)
	v := Findings{Org: org, At: taken.In(zone), Findings: []access.Finding{{State: access.Open, Severity: access.Low, Since: taken.In(zone)}}}
	for _, f := range []Format{JSON, CSV} {
		text := render(t, v, f, Options{})
		if strings.Count(text, "2026-03-14T09:26:00Z") != 2 || strings.Contains(text, "+05:30") {
			t.Errorf("%s", text)
		}
	}
}

func TestWords(t *testing.T) {
	hours := func(n int) time.Duration { return time.Duration(n) * time.Hour }
	for got, want := range map[string]string{
		number(0): "0", number(999): "999", number(1000): "1,000", number(1234567): "1,234,567", number(-1000): "-1,000", number(-100): "-100",
		age(0): "moments", age(time.Minute): "1 minute", age(hours(1)): "60 minutes", age(hours(47)): "47 hours",
		age(hours(48)): "2 days", age(hours(24 * 119)): "119 days", age(hours(24 * 120)): "4 months", age(hours(24 * 800)): "2 years",
		size(1): "1 byte", size(999): "999 bytes", size(1000): "1.0 kB", size(1_900_000): "1.9 MB", size(3e15): "3000.0 TB",
		took(0): "0 ms", took(1500 * time.Millisecond): "1.5 s", took(72 * time.Second): "1 min 12 s", took(hours(2)): "2 h 0 min",
		since(time.Time{}, taken): "", since(taken.Add(time.Hour), taken): "2026-03-14", since(taken, taken): "2026-03-14 (now)",
		short("0123456789"): "01234567", short("abc"): "abc",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for in, want := range map[string]Format{"": Table, "table": Table, "json": JSON, "csv": CSV} {
		if got, err := ParseFormat(in); err != nil || got != want {
			t.Errorf("ParseFormat(%q) = %q, %v", in, got, err)
		}
	}
	if _, err := ParseFormat("yaml"); err == nil || !strings.Contains(err.Error(), "table, json, csv") {
		t.Errorf("yaml: %v", err)
	}
}
