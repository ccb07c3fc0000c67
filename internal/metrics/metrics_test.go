package metrics_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/metrics"
)

var at = time.Date(2026, 3, 3, 12, 0, 0, 0, time.UTC)

func sample() *access.Snapshot {
	org, repo := access.Ref{Kind: access.Org, ID: 1}, access.Ref{Kind: access.Repo, ID: 7}
	user := func(id int64) access.Ref { return access.Ref{Kind: access.User, ID: id} }
	return &access.Snapshot{
		Org: access.Organization{ID: 1, Login: "acme"}, TakenAt: at,
		Coverage:     access.NewCoverage(access.Cover{Area: access.AreaTwoFactor, Status: access.Complete}),
		TwoFactor:    []access.TwoFactor{{User: 10, Enabled: true}, {User: 11}},
		Repositories: []access.Repository{{ID: 7, Name: "api", Visibility: "private"}},
		Grants: []access.Grant{
			{Principal: user(10), Resource: org, Privilege: access.Owner, Source: access.ByOwner},
			{Principal: user(11), Resource: org, Privilege: access.Member, Source: access.Direct},
			{Principal: user(11), Resource: repo, Privilege: access.Write, Source: access.Direct},
		},
	}
}

func record() *metrics.Registry {
	p := metrics.New(metrics.Known{})
	p.Record(sample(), []access.Finding{
		{Rule: "a", Severity: access.High, State: access.Open, FirstSeen: at.Add(-time.Hour)},
		{Rule: "a", Severity: access.High, State: access.Waived},
	}, []metrics.RuleLabel{{ID: "a", Severity: access.High}, {ID: "b", Severity: access.Low}}, at)
	return p
}

func TestEveryRuleStartsAtZeroAndOpenFindingsCount(t *testing.T) {
	want := `
# HELP ajar_findings Open findings.
# TYPE ajar_findings gauge
ajar_findings{org="acme",rule="a",severity="high"} 1
ajar_findings{org="acme",rule="b",severity="low"} 0
# HELP ajar_org_owners Owners of the organization.
# TYPE ajar_org_owners gauge
ajar_org_owners{org="acme"} 1
# HELP ajar_org_members_without_two_factor Members without a second factor; absent where it could not be read.
# TYPE ajar_org_members_without_two_factor gauge
ajar_org_members_without_two_factor{org="acme"} 1
`
	err := testutil.GatherAndCompare(record().Gatherer(), strings.NewReader(want),
		"ajar_findings", "ajar_org_owners", "ajar_org_members_without_two_factor")
	if err != nil {
		t.Error(err)
	}
}

func TestOverdueCountsFromTheEndItself(t *testing.T) {
	p := metrics.New(metrics.Known{})
	p.Record(sample(), []access.Finding{
		{Rule: "expired-assignment", Severity: access.High, State: access.Open, FirstSeen: at, Ended: at},
		{Rule: "expired-assignment", Severity: access.High, State: access.Open, FirstSeen: at, Ended: at.Add(-90 * time.Second)},
		{Rule: "expired-assignment", Severity: access.High, State: access.Waived, FirstSeen: at, Ended: at.Add(-time.Hour)},
		{Rule: "expired-assignment", Severity: access.High, State: access.Resolved, FirstSeen: at, Ended: at.Add(-time.Hour)},
	}, nil, at)
	err := testutil.GatherAndCompare(p.Gatherer(), strings.NewReader(`
# HELP ajar_expired_overdue Assignments that have ended while their access is still there.
# TYPE ajar_expired_overdue gauge
ajar_expired_overdue{org="acme"} 2
# HELP ajar_expired_overdue_oldest_seconds For how long the first of them is overdue, 0 where there is none.
# TYPE ajar_expired_overdue_oldest_seconds gauge
ajar_expired_overdue_oldest_seconds{org="acme"} 90
`), "ajar_expired_overdue", "ajar_expired_overdue_oldest_seconds")
	if err != nil {
		t.Error(err)
	}
}

func TestUnseenTwoFactorIsAbsentNotZero(t *testing.T) {
	s := sample()
	s.Coverage = access.Coverage{}
	p := metrics.New(metrics.Known{})
	p.Record(s, nil, nil, at)
	n, err := testutil.GatherAndCount(p.Gatherer(), "ajar_org_members_without_two_factor")
	if err != nil || n != 0 {
		t.Errorf("series = %d (%v), want none: it was not read", n, err)
	}
}

func TestMetricNamesAreClean(t *testing.T) {
	problems, err := testutil.GatherAndLint(record().Gatherer())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

func TestTextfileIsWrittenWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.prom")
	if err := record().WriteFile(path); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), `ajar_audit_last_success_timestamp_seconds{kind="full",org="acme"} 1.7725392e+09`) {
		t.Errorf("the file lacks the time of the audit:\n%s", text)
	}
}
