package evidence_test

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// What was not seen is a gap that says when and why, and evidence with a gap is never
// called complete.
func TestWhatWasNotSeenIsAGap(t *testing.T) {
	denied := access.Cover{Area: access.AreaDeployKeys, Status: access.Denied, Reason: "the token may not", Help: "administration: read", Total: -1}
	scoped := access.Cover{Area: access.AreaDirectGrants, Scope: 5, Status: access.Partial, Reason: "page 2 failed", Total: -1}
	none := access.Cover{Area: access.AreaSecrets, Status: access.Unavailable, Reason: "no such plan", Total: -1}
	for name, c := range map[string]struct {
		passes map[int][]access.Cover // by hour
		broken int                    // the hour of a pass that breaks off; 0: none does
		period [2]int
		want   string // of the gap; "": there is none
	}{
		"nothing is missing":            {passes: map[int][]access.Cover{0: nil, 1: nil, 2: nil}, period: [2]int{0, 2}},
		"no such thing":                 {passes: map[int][]access.Cover{0: {none}, 1: {none}}, period: [2]int{0, 1}},
		"an outage":                     {passes: map[int][]access.Cover{0: nil, 1: nil, 2: nil, 9: nil, 10: nil}, period: [2]int{0, 10}, want: "no snapshot was taken for 7 hours"},
		"nobody had looked yet":         {passes: map[int][]access.Cover{2: nil, 3: nil}, period: [2]int{0, 3}, want: "the first snapshot was taken 2 hours after"},
		"nobody looked before the end":  {passes: map[int][]access.Cover{0: nil, 1: nil}, period: [2]int{0, 30}, want: "1 day 5 hours before the period ended"},
		"the start is an old look":      {passes: map[int][]access.Cover{0: nil, 40: nil}, period: [2]int{30, 40}, want: "the newest snapshot at the start is 1 day 6 hours older"},
		"a pass broke off":              {passes: map[int][]access.Cover{0: nil, 2: nil}, broken: 1, period: [2]int{0, 2}, want: "pass 2 did not come to its end"},
		"the last pass broke off":       {passes: map[int][]access.Cover{0: nil, 1: nil}, broken: 2, period: [2]int{0, 2}, want: "none that did followed"},
		"an area was denied":            {passes: map[int][]access.Cover{0: nil, 1: {denied}, 2: nil}, period: [2]int{0, 2}, want: "the token may not; would help: administration: read"},
		"a repository was half read":    {passes: map[int][]access.Cover{0: {scoped}, 1: {scoped}, 2: nil}, period: [2]int{0, 2}, want: "page 2 failed"},
		"it was less before the period": {passes: map[int][]access.Cover{0: {denied}, 1: nil, 2: nil, 3: nil}, period: [2]int{2, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, t.TempDir())
			defer s.Close()
			for n := range 48 {
				if c.broken == n && n > 0 {
					p, err := s.Begin(t.Context(), acme, hour(n))
					check(t, err)
					check(t, p.Abort(t.Context()))
				}
				if gaps, ok := c.passes[n]; ok {
					pass(t, s, hour(n), func(p *store.Pass) { world(t, p, 0) }, gaps...)
				}
			}
			e := gather(t, s, evidence.Period{From: hour(c.period[0]), To: past(hour(c.period[1]))})
			if e.Complete != (c.want == "") || e.Complete != (len(e.Gaps) == 0) {
				t.Errorf("complete is %v, with the gaps %v", e.Complete, e.Gaps)
			}
			told := ""
			for _, g := range e.Gaps {
				told += g.Reason + "\n"
				if g.From.IsZero() || g.To.Before(g.From) {
					t.Errorf("the gap %v has no time", g)
				}
			}
			if !strings.Contains(told, c.want) {
				t.Errorf("the gaps say %q and not %q", told, c.want)
			}
			if n := len(rows(t, e, "gaps")); n != len(e.Gaps) {
				t.Errorf("the table has %d of %d gaps", n, len(e.Gaps))
			}
		})
	}
}

// A gap of one repository names it, and says in how many snapshots it was there.
func TestGapOfARepositoryNamesItAndCountsItsSnapshots(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	scoped := access.Cover{Area: access.AreaDirectGrants, Scope: 5, Status: access.Partial, Reason: "page 2 failed", Total: -1}
	for n := range 4 {
		var gaps []access.Cover
		if n == 1 || n == 2 {
			scoped.Seen = n // it read more of it, and not all
			gaps = append(gaps, scoped)
		}
		pass(t, s, hour(n), func(p *store.Pass) { world(t, p, 0) }, gaps...)
	}
	e := gather(t, s, evidence.Period{From: hour(0), To: past(hour(3))})
	want := evidence.Gap{Org: "acme", Area: "direct-grants", Scope: "repo:acme/api", From: hour(1), To: hour(3), Reason: "page 2 failed", Snapshots: 2}
	if len(e.Gaps) != 1 || e.Gaps[0] != want {
		t.Errorf("the gaps are %+v", e.Gaps)
	}
}

// What changed besides grants is told too, with what it was before.
func TestChangesOfSettingsAndGatesAreTold(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	for n := range 3 {
		pass(t, s, hour(n), func(p *store.Pass) {
			world(t, p, n)
			base := access.Read
			if n == 2 {
				base = access.Write
			}
			put(t, p, access.AreaSettings, 1, access.Settings{BasePermission: base})
			if n > 0 {
				put(t, p, access.AreaTeams, 8, access.TeamInfo{ID: 8, Slug: "leads", Parent: 7})
			}
		})
	}
	e := gather(t, s, evidence.Period{From: hour(0), To: past(hour(2))})
	var got []string
	for _, row := range rows(t, e, "setting-changes") {
		got = append(got, strings.Join([]string{row["snapshot"], row["class"], row["change"], row["subject"], row["aspect"], row["before"], row["after"], row["effect"]}, " "))
	}
	want := []string{
		"2 teams added team:acme/leads    other",
		"2 environments weakened env:acme/api/production wait timer 1 h 30 min 1 h more",
		"3 settings changed org:acme base permission read write more",
		"3 environments weakened env:acme/api/production wait timer 1 h 30 min more",
	}
	for i := range want {
		want[i] = strings.NewReplacer("1 h 30 min 1 h", "90 min 60 min", "1 h 30 min", "60 min 30 min").Replace(want[i])
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("told are\n%s\nand not\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The same store and period give the same rows, and later snapshots change nothing.
func TestSameStoreAndPeriodGiveTheSameRows(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	for n := range 3 {
		pass(t, s, hour(n), func(p *store.Pass) { world(t, p, n) })
	}
	period := evidence.Period{From: hour(0), To: past(hour(2))}
	read := func() map[string][]map[string]string {
		e, out := gather(t, s, period), map[string][]map[string]string{}
		for _, table := range e.Tables {
			out[table.Name] = rows(t, e, table.Name)
		}
		return out
	}
	first := read()
	pass(t, s, hour(5), func(p *store.Pass) { world(t, p, 0) })
	if second := read(); !reflect.DeepEqual(first, second) {
		t.Error("the rows are not the same")
	}
}

// A population of another date is that of the newest snapshot by then.
func TestPopulationOnAnyDate(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	for n := range 3 {
		pass(t, s, hour(n), func(p *store.Pass) { world(t, p, n) })
	}
	e, err := evidence.Gather(t.Context(), s, evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: hour(0), To: past(hour(2))},
		Dates: []time.Time{hour(1).Add(time.Minute)}})
	check(t, err)
	for _, row := range rows(t, e, "population-at-20260301t130100z") {
		if row["snapshot"] != "2" || row["source"] == "direct" && row["resource"] == "repo:acme/api" && row["privilege"] != "write" {
			t.Errorf("told is %v", row)
		}
	}
}

func TestPeriodWithoutLengthIsRefused(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	_, err := evidence.Gather(context.Background(), s, evidence.Options{Framework: evidence.SOC2, Period: evidence.Period{From: hour(1), To: hour(1)}})
	if !errors.Is(err, evidence.ErrPeriod) {
		t.Errorf("got %v", err)
	}
}

// Where two sources count the same thing, both numbers are told, and what is between them.
func TestTwoSourcesThatDisagreeAreToldWithTheirNumbers(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	pass(t, s, hour(0), func(p *store.Pass) {
		world(t, p, 0)
		put(t, p, access.AreaRepositories, 5, access.Repository{ID: 5, Name: "api", Visibility: "private", Environments: 3})
		put(t, p, access.AreaTwoFactor, 2)
	}, access.Cover{Area: access.AreaTeams, Status: access.Complete, Seen: 1, Total: 4},
		access.Cover{Area: access.AreaTeamMembers, Status: access.Complete, Seen: 6, Total: 7},
		access.Cover{Area: access.AreaContributions, Status: access.Complete, Seen: 1, Total: 9}) // those who were asked, by an older ajar
	e := gather(t, s, evidence.Period{From: hour(0), To: past(hour(1))})
	want := map[string]string{"environments of repositories": "1 3 2", "members and owners": "2 1 -1", "teams": "1 4 3", "members of teams": "6 7 1",
		"required reviewers": "1 1 0"}
	for _, row := range rows(t, e, "completeness") {
		if strings.Contains(row["what"], "contributions") {
			t.Errorf("who contributed nothing is missed: %v", row)
		}
		if numbers, ok := want[row["what"]]; ok && row["moment"] == "end" {
			if got := row["read"] + " " + row["stated"] + " " + row["difference"]; got != numbers {
				t.Errorf("%s: %s and not %s", row["what"], got, numbers)
			}
			delete(want, row["what"])
		}
	}
	if len(want) > 0 {
		t.Errorf("not told are %v", want)
	}
	for _, row := range rows(t, e, "coverage") {
		if row["area"] == "teams" && row["disagreed"] != "1" || row["area"] == "contributions" && row["disagreed"] != "0" {
			t.Errorf("the ledger is told as %v", row)
		}
	}
}
