package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/changes"
	"github.com/eb661601/ajar/internal/status"
)

// flow is a table as one line, for what may be broken anywhere.
func flow(text string) string { return strings.Join(strings.Fields(text), " ") }

// member gives rows of somebody who reads n repositories by the base permission,
// and holds more on a few things.
func member(n int) Access {
	carol := user(7, "carol")
	v := Access{Org: org, At: taken, Principal: carol}
	up := access.Step{From: carol, To: org, Privilege: access.Member, Source: access.Direct}
	for i := range n {
		r := repo(int64(1000+i), fmt.Sprintf("r%03d", i))
		v.Rows = append(v.Rows, AccessRow{carol, r, access.Read, "", []access.Path{{up, {From: org, To: r, Privilege: access.Read, Source: access.Base}}}})
	}
	production := env(501, "api/production")
	into := access.Step{From: repo(100, "api"), To: production, Privilege: access.Configure}
	admin := access.Step{From: carol, To: repo(100, "api"), Privilege: access.Admin, Source: access.Direct}
	deploy := into
	deploy.Privilege = access.Deploy
	audit := access.Step{From: carol, To: org, Privilege: access.None, Role: "audit_reader", Source: access.ByOrgRole}
	v.Rows = append(v.Rows,
		AccessRow{carol, repo(100, "api"), access.Admin, "", []access.Path{{admin}}},
		AccessRow{carol, production, access.Deploy, "", []access.Path{{admin, deploy}}},
		AccessRow{carol, production, access.Configure, "", []access.Path{{admin, into}}},
		AccessRow{carol, org, access.None, "audit_reader", []access.Path{{audit}}},
		AccessRow{carol, org, access.Member, "", []access.Path{{up}}},
	)
	return v
}

func TestWhatMattersStandsFirstAndReadsThatEverybodyHasAreCounted(t *testing.T) {
	text := render(t, member(198), Table, Options{})
	at := -1
	for _, want := range []string{
		"organization  role audit_reader, member", "environments  1 configure, 1 deploy", "repositories  1 admin, 198 read",
		"\n  role audit_reader  ", "\n  configure, deploy", "\n  admin ", "read on 198 more repositories, by the base permission of org:acme-robotics",
		"ajar access user:carol --all-rows --org acme-robotics",
	} {
		i := strings.Index(text, want)
		if i <= at {
			t.Errorf("%q is missing, or too early:\n%s", want, text)
		}
		at = i
	}
	if strings.Contains(text, "r007") || strings.Contains(text, "none") {
		t.Errorf("too much is told:\n%s", text)
	}
	all := render(t, member(198), Table, Options{All: true})
	if strings.Count(all, "(member) org:… → read (base permission)") != 198 || strings.Contains(all, "--all-rows") {
		t.Errorf("not every row is listed:\n%s", all)
	}
	for _, f := range []Format{JSON, CSV} {
		if n := strings.Count(render(t, member(198), f, Options{}), "repo:acme-robotics/r"); n < 198 {
			t.Errorf("%s folds rows: %d", f, n)
		}
	}
}

// Whatever leaves ways out says how to see them.
func TestWaysThatAreLeftOutAreToldHowToSee(t *testing.T) {
	row := exampleWhoCan().Rows[1]
	row.Paths = slices.Repeat(row.Paths, 3)
	row.Resource.Name = "env:acme-robotics/api/it's production"
	for want, v := range map[string]View{
		`ajar who-can deploy 'env:acme-robotics/api/it'\''s production' --all-rows --org acme-robotics`: WhoCan{
			Org: org, At: taken, Privilege: access.Deploy, Resource: row.Resource, Rows: []AccessRow{row},
		},
		"ajar access user:carol --all-rows --org acme-robotics":            Access{Org: org, At: taken, Principal: row.Principal, Rows: []AccessRow{row}},
		"ajar access user:carol --at '#12' --all-rows --org acme-robotics": Access{Org: org, At: taken, Principal: row.Principal, Rows: []AccessRow{row}, Asked: "#12"},
		"ajar access --all --all-rows --org acme-robotics":                 Matrix{Org: org, At: taken, Rows: values([]AccessRow{row})},
	} {
		if text := render(t, v, Table, Options{}); !strings.Contains(text, "and 3 more ways") || !strings.Contains(text, want+"\n") {
			t.Errorf("%q is missing:\n%s", want, text)
		}
		if all := render(t, v, Table, Options{All: true}); strings.Contains(all, "more ways") || strings.Contains(all, "--all-rows") {
			t.Errorf("ways are left out where all are asked for:\n%s", all)
		}
	}
}

func TestFewRepositoriesAreNamed(t *testing.T) {
	if text := render(t, member(3), Table, Options{}); !strings.Contains(text, "repo:acme-robotics/r002") && !strings.Contains(text, "repo:…/r002") {
		t.Errorf("three repositories are only counted:\n%s", text)
	}
}

// A name may lose its middle; a title and a path are broken, never cut.
func TestTitlesAndPathsAreNeverShortened(t *testing.T) {
	role := "a_role_of_the_organization_with_a_very_long_name_indeed"
	long := strings.Repeat("long-", 18) + "end"
	v := member(0)
	v.Principal.Name = "user:" + long
	v.Rows = []AccessRow{{v.Principal, repo(1, "api"), access.Read, "", []access.Path{{
		{From: v.Principal, To: team(3, "sre"), Privilege: access.Member, Source: access.Direct},
		{From: team(3, "sre"), To: org, Privilege: access.Read, Role: role, Source: access.ByOrgRole},
		{From: org, To: repo(1, "api"), Privilege: access.Read, Role: role, Source: access.ByOrgRole},
	}}}}
	for _, width := range []int{60, 80, 100, 160} {
		text := render(t, v, Table, Options{Width: width})
		if flat := strings.Join(strings.Fields(text), ""); !strings.Contains(flat, role+")") || !strings.HasPrefix(flat, "Accessofuser:"+long) {
			t.Errorf("%d: a title or a path is cut:\n%s", width, text)
		}
		if strings.Count(text, "(") != strings.Count(text, ")") {
			t.Errorf("%d: a bracket stays open:\n%s", width, text)
		}
	}
}

func TestAListOfFindingsTellsTheWholeTitle(t *testing.T) {
	v := Findings{Org: org, At: taken, Findings: exampleFindings()[:8], Filter: "open or waived"}
	for _, width := range []int{60, 100, 160} {
		text := flow(render(t, v, Table, Options{Width: width}))
		for _, f := range v.Findings {
			if title := flow(Visible(f.Title)); !strings.Contains(text, "● "+title) || !strings.Contains(text, f.Fingerprint[:8]+" "+f.Severity.String()+" "+f.Rule) {
				t.Errorf("%d: %q is not told in full:\n%s", width, title, text)
			}
		}
		if !strings.Contains(text, "8 open, as of 2026-03-14 09:26 UTC; asked for: open or waived") {
			t.Errorf("%d: %s", width, text)
		}
	}
}

func TestWhatIsUndecidedIsSummedUp(t *testing.T) {
	a := exampleAudit()
	a.Undecided = nil
	for i := range 40 {
		a.Undecided = append(a.Undecided, access.Undecided{
			Rule: "gate-open", Count: 2, Reason: fmt.Sprintf("gates: denied, environments of acme-robotics/r%d: GitHub refused", i),
		})
	}
	for i := range 13 {
		a.Undecided = append(a.Undecided, access.Undecided{Rule: fmt.Sprintf("rule-%02d", i), Count: 1, Reason: "not seen"})
	}
	slices.Reverse(a.Undecided)
	text := render(t, a, Table, Options{})
	_, text, _ = strings.Cut(text, "Undecided")
	for _, want := range []string{"80  gate-open", "environments of acme-robotics/…: GitHub refused", "4 more reasons, for 4 cases:", "--output json"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "gate-open"); n != 1 {
		t.Errorf("one rule and reason has %d lines", n)
	}
	if all := render(t, a, Table, Options{All: true}); !strings.Contains(all, "rule-12") {
		t.Error("not everything is listed where all is asked for")
	}
}

func TestReasonsThatNameTheirOwnScopeAreOne(t *testing.T) {
	s := exampleSnapshot()
	for i := range 7 {
		s.Coverage.Set(access.Cover{
			Area: access.AreaDeployKeys, Scope: int64(100 + i), Status: access.Denied,
			Reason: "keys of acme-robotics/" + s.Repositories[i].Name + ": GitHub refused",
		})
	}
	i := slices.IndexFunc(Gaps(s), func(g Gap) bool { return g.Area == access.AreaDeployKeys })
	if m := Gaps(s)[i].Missing; len(m) != 1 || m[0].Count != 7 || m[0].Reason != "keys of acme-robotics/…: GitHub refused" {
		t.Errorf("%+v", m)
	}
}

func TestALossIsToldOnce(t *testing.T) {
	carol := []access.Named{user(7, "carol")}
	for _, c := range []struct {
		a    PlanAction
		want string
	}{
		{PlanAction{}, ""},
		{PlanAction{Loss: "nobody loses anything"}, "nobody loses anything"},
		{PlanAction{Losers: 1, Sample: carol, Loss: "user:carol cannot approve any more"}, "user:carol cannot approve any more"},
		{PlanAction{Losers: 1, Sample: carol, Loss: "write, down to read"}, "user:carol; write, down to read"},
		{PlanAction{Losers: 3, Sample: carol, Loss: "user:carol and others"}, "3: user:carol and 2 more; user:carol and others"},
		{PlanAction{Losers: 1, Sample: carol}, "user:carol"},
	} {
		if got := c.a.loses(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// A list of names is no name: on a narrow terminal it wraps, and none of them loses its middle.
func TestWhatWasReadEarlierIsNamedInFull(t *testing.T) {
	var all []Earlier
	for _, area := range []access.Area{access.AreaTeamGrants, access.AreaPolicies, access.AreaSecrets, access.AreaDeployKeys, access.AreaRepoInvitations} {
		all = append(all, Earlier{Area: area, ReadAt: taken.Add(-time.Hour), Every: "24 hours"})
	}
	for _, width := range []int{40, 60, 80, 100, 140} {
		text := render(t, Audit{Run: Run{Org: org, At: taken}, Earlier: all}, Table, Options{Width: width})
		for _, e := range all {
			if !strings.Contains(text, string(e.Area)) {
				t.Errorf("at %d columns %s is not named:\n%s", width, e.Area, text)
			}
		}
		if !strings.Contains(flow(text), "repository-invitations read 60 minutes earlier, every 24 hours") {
			t.Errorf("at %d columns it is not said when:\n%s", width, text)
		}
	}
}

// Who is affected is looked up by name; whose number is lowest tells a reader nothing.
func TestWhatIsOverdueStandsFirstWithinItsSeverity(t *testing.T) {
	finding := func(title string, s access.Severity, ended time.Time, state access.State) access.Finding {
		return access.Finding{Fingerprint: title, Title: title, Rule: title, Severity: s, State: state, Ended: ended, Category: map[bool]string{true: "stale", false: "anomaly"}[title > "m"]}
	}
	past := taken.Add(-time.Hour)
	all := []access.Finding{
		finding("a", access.Low, past, access.Open), finding("b", access.High, time.Time{}, access.Open), finding("w", access.High, past, access.Waived),
		finding("z", access.High, past, access.Open), finding("c", access.Critical, time.Time{}, access.Open),
	}
	for name, listed := range map[string][]*access.Finding{"tables": forReading(all), "documents": worstFirst(all)} {
		got := ""
		for _, f := range listed {
			got += f.Title
		}
		if got != "czbwa" {
			t.Errorf("%s list them as %q", name, got)
		}
	}
}

func TestThoseAffectedAreNamedInOrder(t *testing.T) {
	f := Finding{Finding: access.Finding{Affected: 5, Sample: []access.Named{user(1, "Zoe"), user(2, "bob"), user(3, "Ann")}}}
	if got, want := f.affected(), "5: user:Ann, user:bob, user:Zoe and 2 more"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if f.Finding.Sample[0].ID != 1 {
		t.Error("what was found is in another order than before")
	}
}

// Audits by hand are no passes of a daemon, and "never" beside a snapshot would be wrong.
func TestAStatusWithASnapshotDoesNotSayThatThereWasNoAudit(t *testing.T) {
	v := Status{Status: status.Status{State: status.NotServed, Now: taken, Orgs: []status.Org{{Org: "acme", Snapshot: 3, Taken: taken}, {Org: "new"}}}}
	text := flow(render(t, v, Table, Options{Width: 100}))
	for _, want := range []string{"acme audit none by a daemon yet snapshot #3", "new audit never yet"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in: %s", want, text)
		}
	}
}

// What gives everybody the same is one row, and not one for each of them.
func TestPeopleWhoGainedAlikeAreOneRowOfADiff(t *testing.T) {
	v := Diff{Org: org, From: SnapshotMark{1, ago(2)}, To: SnapshotMark{2, ago(1)}}
	api := changes.Reached{Repositories: 78, First: []access.Named{repo(100, "api")}}
	for n := range int64(1200) {
		v.Diff.Powers = append(v.Diff.Powers, changes.Power{Person: user(1000+n, fmt.Sprintf("member-%04d", n)), Gained: api})
	}
	v.Diff.Powers = append(v.Diff.Powers, changes.Power{Person: user(7, "carol"), Lost: api})
	text := render(t, v, Table, Options{Width: 100})
	for _, want := range []string{"1,200 people alike", "user:member-0000, user:member-0001", "and 1,195 more", "user:carol", "− write on 78 repositories"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
	if n := strings.Count(text, "+ write"); n != 1 {
		t.Errorf("%d rows say the same", n)
	}
	if all := render(t, v, Table, Options{Width: 100, All: true}); strings.Count(all, "+ write") != 1200 {
		t.Error("--all-rows does not list each of them")
	}
}

// A long history says how long it is, shows the newest of it, and how to see all.
func TestALongHistorySaysWhatItLeavesOut(t *testing.T) {
	v := AccessHistory{Org: org, Principal: user(7, "carol"), Since: ago(30), To: SnapshotMark{41, taken}, First: SnapshotMark{1, ago(90)}}
	for n := range int64(100) {
		v.Events = append(v.Events, HistoryEvent{Mark: SnapshotMark{41 - n/3, ago(1)}, What: "came", Resource: repo(100+n, fmt.Sprintf("repo-%03d", n)), After: "write", Why: "given directly"})
	}
	text := render(t, v, Table, Options{Width: 120, Program: "ajar"})
	for _, want := range []string{"100 events: 100 came, 0 went, 0 changed; the newest 40:", "repo-039", "ajar access user:carol --since 2026-02-12T00:00:00Z --all-rows"} {
		if !strings.Contains(text, want) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "repo-040") {
		t.Error("more are listed than it says")
	}
	if all := render(t, v, Table, Options{Width: 120, All: true}); !strings.Contains(all, "repo-099") || strings.Contains(all, "the newest 40") {
		t.Error("--all-rows does not list all of them")
	}
}
