package store

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

// standing is a finding about one direct grant, proved by the repository's own
// scope.
func standing(u, r int64) access.Finding {
	g := direct(u, r, access.Admin)
	return access.Finding{
		Fingerprint: access.Fingerprint("standing", g.Key()), Rule: "standing", Category: "privilege",
		Severity: access.High, State: access.Open,
		Org:       access.Named{Ref: access.Ref{Kind: access.Org, ID: acme.ID}, Name: "org:acme"},
		Principal: access.Named{Ref: g.Principal, Name: "user:ann"},
		Resource:  access.Named{Ref: g.Resource, Name: "repo:acme/api"},
		Grant:     &g, Title: "ann is admin", Have: "admin", Want: "read", Affected: 1,
		Sample:   []access.Named{{Ref: g.Principal, Name: "user:ann"}},
		Evidence: []string{"seen"}, Needs: []access.Need{{Area: access.AreaDirectGrants, Scope: r}, {Area: access.AreaMembers}},
	}
}

// takeOne makes a snapshot in which the grant of standing(1, 50) is there or not, and
// repository 50 could be read or not.
func takeOne(t *testing.T, s *Store, at int, there, readable bool) *access.Snapshot {
	t.Helper()
	p := begin(t, s, hour(at))
	complete(t, p, access.Areas...)
	switch {
	case !readable:
		gap(t, p, access.AreaDirectGrants, 50)
	case there:
		put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Admin))
	default:
		put(t, p, access.AreaDirectGrants, 50)
	}
	return load(t, s, finish(t, p))
}

func judge(t *testing.T, s *Store, snap *access.Snapshot, found ...access.Finding) []access.Finding {
	t.Helper()
	out, err := s.Judge(t.Context(), snap, found, snap.TakenAt, Terms{})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestManyFindingsAreKeptAsAFewAre(t *testing.T) {
	s := fresh(t)
	snap := takeOne(t, s, 1, true, true)
	var found []access.Finding
	for n := range int64(3 * wide) { // enough for statements of many rows
		found = append(found, standing(1, 50+n))
	}
	judge(t, s, snap, found...)
	if again := judge(t, s, takeOne(t, s, 2, true, true), found...); len(again) != len(found) {
		t.Errorf("%d findings are told of %d", len(again), len(found))
	}
}

// events gives the events of a finding as words.
func events(t *testing.T, s *Store, f access.Finding) string {
	t.Helper()
	all, err := s.Events(t.Context(), "acme", f.Fingerprint)
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, e := range all {
		words = append(words, e.What)
	}
	return strings.Join(words, " ")
}

func only(t *testing.T, got []access.Finding, state access.State, first, last int) access.Finding {
	t.Helper()
	if len(got) != 1 {
		t.Fatalf("%d findings, want 1: %+v", len(got), got)
	}
	f := got[0]
	if f.State != state || !f.FirstSeen.Equal(hour(first)) || !f.LastSeen.Equal(hour(last)) {
		t.Fatalf("it is %s, seen from %s to %s; want %s from %s to %s", f.State, f.FirstSeen, f.LastSeen, state, hour(first), hour(last))
	}
	return f
}

func TestFindingLivesFromOpenToReopened(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	only(t, judge(t, s, takeOne(t, s, 0, true, true), f), access.Open, 0, 0)
	only(t, judge(t, s, takeOne(t, s, 1, true, true), f), access.Open, 0, 1)

	waived := f
	waived.State, waived.Waiver, waived.WaiverEnd = access.Waived, "migration", hour(48)
	if got := only(t, judge(t, s, takeOne(t, s, 2, true, true), waived), access.Waived, 0, 2); got.Waiver != "migration" {
		t.Errorf("the waiver is %q", got.Waiver)
	}
	gone := only(t, judge(t, s, takeOne(t, s, 3, false, true)), access.Resolved, 0, 2)
	if !gone.ResolvedAt.Equal(hour(3)) || !strings.Contains(strings.Join(gone.Evidence, "; "), "the grant is gone") {
		t.Errorf("resolved at %s, with %q", gone.ResolvedAt, gone.Evidence)
	}
	if got := judge(t, s, takeOne(t, s, 4, false, true)); len(got) != 0 {
		t.Errorf("it is resolved again: %+v", got)
	}
	back := only(t, judge(t, s, takeOne(t, s, 5, true, true), f), access.Open, 0, 5)
	if !back.ResolvedAt.IsZero() || !strings.Contains(strings.Join(back.Evidence, "; "), "came back") {
		t.Errorf("reopened: resolved at %s, with %q", back.ResolvedAt, back.Evidence)
	}
	if got, want := events(t, s, f), "opened waived resolved reopened"; got != want {
		t.Errorf("its life is %q, want %q", got, want)
	}
}

func TestFindingDoesNotFlapOnGaps(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	judge(t, s, takeOne(t, s, 0, true, true), f)
	for n := 1; n < 4; n++ {
		got := only(t, judge(t, s, takeOne(t, s, n, true, false)), access.Open, 0, 0)
		if last := got.Evidence[len(got.Evidence)-1]; !strings.Contains(last, "direct-grants was not read to the end (not allowed)") {
			t.Errorf("it does not say why it stays: %q", last)
		}
	}
	stored, err := s.Findings(t.Context(), "acme", Filter{})
	if err != nil {
		t.Fatal(err)
	}
	only(t, stored, access.Open, 0, 0)
	got := only(t, judge(t, s, takeOne(t, s, 4, true, true), f), access.Open, 0, 4)
	if strings.Contains(strings.Join(got.Evidence, "; "), "not looked for") {
		t.Errorf("it still says that it was not seen: %q", got.Evidence)
	}
	if got := events(t, s, f); got != "opened" {
		t.Errorf("its life is %q, want only opened", got)
	}
}

func TestWaiverEndsAlsoBehindAGap(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	f.State, f.Waiver, f.WaiverEnd = access.Waived, "until noon", hour(2)
	judge(t, s, takeOne(t, s, 0, true, true), f)
	only(t, judge(t, s, takeOne(t, s, 1, true, false)), access.Waived, 0, 0)
	only(t, judge(t, s, takeOne(t, s, 2, true, false)), access.Open, 0, 0)
	if got, want := events(t, s, f), "opened waived unwaived"; got != want {
		t.Errorf("its life is %q, want %q", got, want)
	}
}

func TestFindingThatNothingObjectsToAnyMoreIsResolved(t *testing.T) {
	s := fresh(t)
	judge(t, s, takeOne(t, s, 0, true, true), standing(1, 50))
	got := only(t, judge(t, s, takeOne(t, s, 1, true, true)), access.Resolved, 0, 0)
	if last := got.Evidence[len(got.Evidence)-1]; !strings.Contains(last, "still there") {
		t.Errorf("it is resolved because %q", last)
	}
}

func TestJudgingAgainChangesNothing(t *testing.T) {
	s := fresh(t)
	snap := takeOne(t, s, 0, true, true)
	first := judge(t, s, snap, standing(1, 50))
	same(t, "the second time", judge(t, s, snap, standing(1, 50)), first)
	if n := count(t, s, "finding_events"); n != 1 {
		t.Errorf("%d events, want 1", n)
	}
}

func TestJudgingThePastRewritesNothing(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	old := takeOne(t, s, 0, true, true)
	judge(t, s, takeOne(t, s, 1, true, true), f)
	judge(t, s, takeOne(t, s, 2, false, true), standing(2, 51)) // and another one is open now
	before, err := s.Findings(t.Context(), "acme", Filter{})
	if err != nil {
		t.Fatal(err)
	}
	got := only(t, judge(t, s, old, f), access.Open, 0, 0)
	if !got.ResolvedAt.IsZero() || !got.Since.Equal(hour(0)) {
		t.Errorf("it knows what came later: %+v", got)
	}
	if got := judge(t, s, old); len(got) != 0 {
		t.Errorf("a finding of the future is told: %+v", got)
	}
	after, err := s.Findings(t.Context(), "acme", Filter{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "what is stored", after, before)
}

func TestReadOnlyJudgesWithoutSaving(t *testing.T) {
	s := fresh(t)
	judge(t, s, takeOne(t, s, 0, true, true), standing(1, 50))
	snap := takeOne(t, s, 1, false, true)
	r, err := Open(t.Context(), s.path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	only(t, judge(t, r, snap), access.Resolved, 0, 0)
	stored, err := r.Findings(t.Context(), "acme", Filter{})
	if err != nil {
		t.Fatal(err)
	}
	only(t, stored, access.Open, 0, 0)
}

func TestSinceIsWhenTheGrantCame(t *testing.T) {
	s := fresh(t)
	takeOne(t, s, 0, false, true)
	takeOne(t, s, 1, true, true)
	got := only(t, judge(t, s, takeOne(t, s, 2, true, true), standing(1, 50)), access.Open, 2, 2)
	if !got.Since.Equal(hour(1)) || len(got.Evidence) != 1 {
		t.Errorf("since %s with %q, want since %s", got.Since, got.Evidence, hour(1))
	}
	takeOne(t, s, 3, false, true)
	got = only(t, judge(t, s, takeOne(t, s, 4, true, true), standing(1, 50)), access.Open, 2, 4)
	if !got.Since.Equal(hour(4)) {
		t.Errorf("since %s, want %s: the grant was away in between, though nobody judged that", got.Since, hour(4))
	}
}

func TestSinceTheFirstSnapshotSaysThatItMayBeOlder(t *testing.T) {
	s := fresh(t)
	got := only(t, judge(t, s, takeOne(t, s, 0, true, true), standing(1, 50)), access.Open, 0, 0)
	if !got.Since.Equal(hour(0)) || !strings.Contains(strings.Join(got.Evidence, "; "), "no snapshot says how long before") {
		t.Errorf("since %s with %q", got.Since, got.Evidence)
	}
}

func TestFindingComesBackWhole(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	f.Paths = []access.Path{{{From: f.Principal, To: f.Resource, Privilege: access.Admin, Role: "admin", Source: access.Direct}}}
	f.Fixable = "the directory"
	want := judge(t, s, takeOne(t, s, 0, true, true), f)
	got, err := s.Findings(t.Context(), "ACME", Filter{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "findings", got, want)
	same(t, "needs", got[0].Needs, f.Needs)
}

func TestTwoFindingsWithOneFingerprintKeepTheWorse(t *testing.T) {
	s := fresh(t)
	mild, bad := standing(1, 50), standing(1, 50)
	mild.Severity = access.Low
	got := judge(t, s, takeOne(t, s, 0, true, true), mild, bad)
	if only(t, got, access.Open, 0, 0).Severity != access.High {
		t.Errorf("kept the one of severity %s", got[0].Severity)
	}
}

func TestFindingsAreFiltered(t *testing.T) {
	s := fresh(t)
	a, b, c := standing(1, 50), standing(2, 51), standing(3, 52)
	b.Severity, b.Rule, b.Category = access.Low, "stale", "activity"
	b.Principal.Name, b.Resource.Name = "user:Annette", "repo:acme/api-docs"
	c.State, c.Severity, c.Principal = access.Waived, access.Critical, access.Named{}
	judge(t, s, takeOne(t, s, 0, true, true), a, b, c)
	tests := []struct {
		name string
		f    Filter
		want []access.Finding // in order
	}{
		{"none", Filter{}, []access.Finding{c, a, b}},
		{"rule", Filter{Rule: "stale"}, []access.Finding{b}},
		{"category", Filter{Category: "privilege"}, []access.Finding{c, a}},
		{"severity", Filter{Severity: access.High}, []access.Finding{c, a}},
		{"part of a principal", Filter{Principal: "ANN"}, []access.Finding{a, b}},
		{"whole principal", Filter{Principal: "user:ann"}, []access.Finding{a}},
		{"part of a resource", Filter{Resource: "docs"}, []access.Finding{b}},
		{"whole resource", Filter{Resource: "repo:acme/API"}, []access.Finding{c, a}},
		{"not a pattern", Filter{Resource: "%"}, nil},
		{"state", Filter{States: []access.State{access.Waived}}, []access.Finding{c}},
		{"two states", Filter{States: []access.State{access.Open, access.Resolved}}, []access.Finding{a, b}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := s.Findings(t.Context(), "acme", tt.f)
			if err != nil {
				t.Fatal(err)
			}
			var ids, want []string
			for _, f := range got {
				ids = append(ids, f.Fingerprint)
			}
			for _, f := range tt.want {
				want = append(want, f.Fingerprint)
			}
			same(t, "fingerprints", ids, want)
		})
	}
}

func TestWhatIsOverdueComesFirstWithinItsSeverity(t *testing.T) {
	s := fresh(t)
	worst, plain, over, waived, low := standing(1, 50), standing(2, 51), standing(3, 52), standing(4, 53), standing(5, 54)
	worst.Severity, low.Severity, waived.State = access.Critical, access.Low, access.Waived
	over.Rule, waived.Rule = "zz", "zz" // by its rule it would be the last of them
	over.Ended, waived.Ended, low.Ended = hour(-5), hour(-5), hour(-9)
	want := []string{worst.Fingerprint, over.Fingerprint, plain.Fingerprint, waived.Fingerprint, low.Fingerprint}
	snap := takeOne(t, s, 0, true, true)
	judged := judge(t, s, snap, low, waived, plain, over, worst)
	stored, err := s.Findings(t.Context(), "acme", Filter{})
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range map[string][]access.Finding{"judged": judged, "stored": stored} {
		var got []string
		for _, f := range all {
			got = append(got, f.Fingerprint)
		}
		same(t, name, got, want)
	}
	var open []string
	err = s.OpenFindings(t.Context(), snap.Org.ID, func(f OpenFinding) error {
		open = append(open, f.Fingerprint)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "open", open, slices.Delete(slices.Clone(want), 3, 4))
}

func TestFindingIsFoundByTheBeginningOfItsFingerprint(t *testing.T) {
	s := fresh(t)
	var all []access.Finding
	for u := int64(1); u < 40; u++ {
		all = append(all, standing(u, 50))
	}
	judge(t, s, takeOne(t, s, 0, true, true), all...)
	f := all[7]
	for _, prefix := range []string{f.Fingerprint, strings.ToUpper(f.Fingerprint), f.Fingerprint[:8]} {
		if got, err := s.Finding(t.Context(), "acme", prefix); err != nil || got.Fingerprint != f.Fingerprint {
			t.Errorf("%s: %v, %v", prefix, got.Fingerprint, err)
		}
	}
	if _, err := s.Finding(t.Context(), "acme", f.Fingerprint[:1]); !errors.Is(err, ErrManyFound) || !strings.Contains(err.Error(), "could be any of") {
		t.Errorf("one letter of 39 findings: %v", err)
	}
	for _, prefix := range []string{"", "zz", "%"} {
		if _, err := s.Finding(t.Context(), "acme", prefix); !errors.Is(err, ErrNoFinding) {
			t.Errorf("%q: %v", prefix, err)
		}
	}
}

func TestJudgingWhatIsNoSnapshot(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "ajar.db"))
	begin(t, s, noon)
	if _, err := s.Judge(t.Context(), &access.Snapshot{ID: 1}, nil, noon, Terms{}); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("judging an open pass: %v", err)
	}
}
