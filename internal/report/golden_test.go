package report

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/google/go-cmp/cmp"
	"github.com/jedib0t/go-pretty/v6/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestMain(m *testing.M) {
	flag.Parse()
	text.OverrideRuneWidthEastAsianWidth(false) // else the locale of the machine decides
	os.Exit(m.Run())
}

// examples are the views that golden files show and schemas are held against.
var examples = []struct {
	name string
	view View
}{
	{"audit", exampleAudit()},
	{"audit-bare", Audit{
		Run: exampleRun(), FailOn: access.High, Withheld: []string{"owner-unlisted"}, Failed: []RuleFailure{{"gate-stuck", "the rule broke: index out of range"}},
	}},
	{"audit-clean", Audit{Run: exampleRun(), Baseline: &BaselineUse{Files: []string{"baseline.toml"}, Hash: "3f9a1b2c4d5e6f70"}, FailOn: access.Medium}},
	{"audit-differs", Audit{Run: exampleRun(), FailOn: access.High, Cross: &CrossCheck{
		Asked: 25, Compared: 25, Equal: 24, Unseen: []access.Area{},
		Differences: []CrossDifference{{Who: user(7, "carol"), On: access.Named{Ref: access.Ref{Kind: access.Repo, ID: 3}, Name: "repo:acme/api"}, Ajar: "write", GitHub: "maintain"}},
	}}},
	{"findings", Findings{Org: org, At: taken, Filter: "severity high or worse", Findings: exampleFindings()[:6]}},
	{"finding", Finding{Finding: exampleFinding(), Rule: exampleRule(), Now: taken, History: exampleTurns(), Givers: exampleGivers()}},
	{"findings-mixed", Findings{Org: org, At: taken, Now: taken.AddDate(0, 0, 2), Findings: exampleFindings()[18:]}},
	{"findings-none", Findings{Org: org, At: taken, Filter: "rule owner-unlisted"}},
	{"access", Access{Org: org, At: taken, Principal: user(7, "carol"), Rows: exampleRows()}},
	{"access-none", Access{Org: org, At: taken, Principal: user(7, "carol"), Gaps: Gaps(exampleSnapshot())[3:]}},
	{"access-matrix", Matrix{Org: org, At: taken, Gaps: Gaps(exampleSnapshot())[2:3], Rows: values(exampleRows())}},
	{"who-can", exampleWhoCan()},
	{"diff", exampleDiff()},
	{"access-history", exampleHistory()},
	{"access-history-none", AccessHistory{Org: org, Principal: user(7, "carol"), Since: ago(30), To: SnapshotMark{41, taken}}},
	{"diff-none", Diff{Org: org, From: SnapshotMark{38, ago(7)}, To: SnapshotMark{41, taken}}},
	{"store-info", exampleStoreInfo()},
	{"store-check", StoreCheck{Path: "/var/lib/ajar/ajar.db", Looks: []StoreLook{{"pages and indexes", true, ""}, {"intervals", false, "3 intervals overlap"}}}},
	{"store-work", StoreWork{What: "compact", Path: "/var/lib/ajar/ajar.db", Before: 41_000_000, After: 32_000_000}},
	{"plan", examplePlan()},
	{"plan-stopped", stoppedPlan()},
	{"plan-empty", Plan{Org: org, Snapshot: 41, At: taken, MadeAt: taken, Hash: "91c2b3a4d5e6f708"}},
	{"collect", exampleCollect()},
	{"baseline-check", exampleBaselineCheck()},
	{"baseline-explain", exampleExplain()},
	{"config-check", exampleConfigCheck()},
	{"holds", Holds{Org: "acme", Now: taken, Holds: exampleHolds()}},
	{"holds-none", Holds{Org: "acme", Now: taken}},
	{"status", exampleStatus()},
	{"status-well", healthy()},
	{"status-unserved", unserved()},
	{"run", exampleCarried()},
	{"run-stopped", stoppedRun()},
	{"restore", examplePutBack()},
	{"restore-none", PutBack{Org: "acme", Run: "run-91c2b3a4d5e6f708", Hash: "91c2b3a4d5e6f708"}},
	{"approval", Agreed{Org: "acme", Plan: "91c2b3a4d5e6f708", By: "user:dora (number 4)", At: taken, Until: taken.Add(time.Hour), Allowed: 40}},
	{"doctor", exampleDoctor()},
	{"doctor-down", Doctor{Requests: 1, Checks: []DoctorCheck{
		{About: "configuration", Name: "config.toml", Mark: "ok", Found: "in order"},
		{About: "host", Name: "ghes.example.com", Mark: "failed", Found: "cannot reach ghes.example.com: its certificate has expired, or is not valid yet", Do: "have the certificate renewed, and check the clock of this machine"},
		{About: "clock", Mark: "unchecked", Found: "not looked at: no answer told GitHub's time"},
		{About: "credential", Mark: "unchecked", Found: "not looked at: GitHub was not reached"},
		{About: "budget", Mark: "unchecked", Found: "not looked at: GitHub was not reached"},
	}}},
	{"journal", exampleJournal()},
	{"journal-none", Journal{Path: "ajar.db"}},
	{"journal-entries", exampleEntries()},
	{"journal-verify", exampleJournalCheck()},
	{"journal-wrong", exampleJournalWrong()},
	{"journal-export", JournalWork{What: "export", Path: "ajar.db", File: "/tmp/journal.jsonl", Entries: 1204}},
	{"journal-redact", JournalWork{What: "redact", Path: "ajar.db", Seq: 17, Reason: "TICKET-12"}},
	{"keys", JournalKeys{File: "/var/lib/ajar/ajar.db.key", Keys: exampleKeys()}},
	{"pack-verify", examplePackCheck()},
	{"pack-wrong", examplePackWrong()},
	{"pack-export", examplePackWork()},
	{"keys-none", JournalKeys{File: "/var/lib/ajar/ajar.db.key"}},
	{"keys-rotate", JournalWork{What: "rotate", Path: "ajar.db", Key: exampleKey, Minisign: exampleMinisign, Reason: "a year is over"}},
	{"app-manifest", exampleApp()},
	{"notices", exampleNotices()},
	{"notices-none", Notices{Path: "ajar.db"}},
	{"notice-trials", NoticeTrials{Trials: []NoticeTrial{
		{Channel: "ops", Kind: "slack", Took: 212 * time.Millisecond},
		{Channel: "soc", Kind: "webhook", Took: time.Second, Error: "it answered 403 Forbidden"},
	}}},
	{"version", exampleVersion()},
	{"estimate", exampleEstimate()},
	{"finding-hostile", Finding{Finding: exampleFindings()[5], Now: taken, Silent: "the audit log of the last 90 days does not tell"}},
}

func render(t *testing.T, v View, f Format, o Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, v, f, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// A golden file holds every width without and with colour; ␛ stands for the
// escape character.
func TestTablesLookAsTheyShould(t *testing.T) {
	for _, e := range examples {
		var b strings.Builder
		for _, color := range []bool{false, true} {
			for _, width := range []int{60, 100, 160} {
				fmt.Fprintf(&b, "=== width %d, colour %t\n", width, color)
				b.WriteString(render(t, e.view, Table, Options{Width: width, Color: color}))
			}
		}
		golden(t, e.name+".table.golden", strings.ReplaceAll(b.String(), "\x1b", "␛"))
	}
}

func TestDocumentsLookAsTheyShould(t *testing.T) {
	for _, e := range examples {
		golden(t, e.name+".json.golden", render(t, e.view, JSON, Options{}))
		golden(t, e.name+".csv.golden", render(t, e.view, CSV, Options{}))
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}
