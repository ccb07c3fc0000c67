package store

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/eb661601/ajar/access"
)

func judgeWith(t *testing.T, s *Store, snap *access.Snapshot, with Terms, found ...access.Finding) []access.Finding {
	t.Helper()
	out, err := s.Judge(t.Context(), snap, found, snap.TakenAt, with)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func judgedBy(t *testing.T, s *Store) string {
	t.Helper()
	by, err := s.JudgedBy(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	return by
}

func TestMissingBaselineChangesNoLifeThatWasJudgedWithOne(t *testing.T) {
	s := fresh(t)
	waived := standing(1, 50)
	waived.State, waived.Waiver = access.Waived, "agreed"
	judgeWith(t, s, takeOne(t, s, 0, true, true), Terms{Baseline: "b1"}, waived, standing(2, 50))
	// Without it one is no longer waived, one is gone and one is new.
	got := judgeWith(t, s, takeOne(t, s, 1, true, true), Terms{}, standing(1, 50), standing(3, 50))
	if len(got) != 2 || got[0].State != access.Open || got[1].State != access.Open {
		t.Errorf("shown: %+v", got)
	}
	if by := judgedBy(t, s); by != "b1" {
		t.Errorf("judged by %q", by)
	}
	for f, want := range map[string]string{waived.Fingerprint: "opened waived", standing(2, 50).Fingerprint: "opened", standing(3, 50).Fingerprint: ""} {
		if got := events(t, s, access.Finding{Fingerprint: f}); got != want {
			t.Errorf("%s: its life is %q, want %q", f, got, want)
		}
	}
	judgeWith(t, s, takeOne(t, s, 2, true, true), Terms{Baseline: "b1"}, waived, standing(2, 50))
	if got, want := events(t, s, waived), "opened waived"; got != want {
		t.Errorf("with the baseline again its life is %q, want %q", got, want)
	}
}

func TestJudgingWithoutABaselineKeepsLivesUntilThereIsOne(t *testing.T) {
	s := fresh(t)
	judgeWith(t, s, takeOne(t, s, 0, true, true), Terms{}, standing(1, 50))
	if by := judgedBy(t, s); by != "" {
		t.Errorf("judged by %q", by)
	}
	only(t, judgeWith(t, s, takeOne(t, s, 1, false, true), Terms{}), access.Resolved, 0, 0)
	judgeWith(t, s, takeOne(t, s, 2, true, true), Terms{Baseline: "b1"}, standing(1, 50))
	if by := judgedBy(t, s); by != "b1" {
		t.Errorf("judged by %q", by)
	}
}

func TestResolvedFindingSaysThatTheBaselineChanged(t *testing.T) {
	setting := standing(1, 50)
	setting.Grant = nil
	for _, c := range []struct {
		name  string
		f     access.Finding
		there bool
		by    string
		want  string
	}{
		{"a grant that another baseline allows", standing(1, 50), true, "b2", "the baseline changed"},
		{"a grant that is gone", standing(1, 50), false, "b2", "the grant is gone"},
		{"a grant, the baseline as before", standing(1, 50), true, "b1", "the grant is still there, but nothing objects"},
		{"no grant", setting, true, "b2", "no longer there; the baseline changed in between"},
		{"no grant, the baseline as before", setting, true, "b1", "it was looked for and is no longer there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := fresh(t)
			judgeWith(t, s, takeOne(t, s, 0, true, true), Terms{Baseline: "b1"}, c.f)
			f := only(t, judgeWith(t, s, takeOne(t, s, 1, c.there, true), Terms{Baseline: c.by}), access.Resolved, 0, 0)
			if last := f.Evidence[len(f.Evidence)-1]; !strings.Contains(last, c.want) {
				t.Errorf("it says %q, want %q", last, c.want)
			}
		})
	}
}

func TestStoreOfTheFirstSchemaIsJudgedAsBefore(t *testing.T) {
	first, err := fs.ReadFile(embedded(), "00001_first.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ajar.db")
	old, err := Open(t.Context(), path, Options{migrations: fstest.MapFS{"00001_first.sql": {Data: first}}})
	if err != nil {
		t.Fatal(err)
	}
	// Finish writes columns that came later.
	old.mu.Lock()
	_, err = old.exec(upsertOrg, acme.ID, acme.NodeID, acme.Login, acme.Name, nil)
	if err == nil {
		_, err = old.exec(`INSERT INTO snapshots (org, at, finished_at) VALUES ($1, $2, $2)`, acme.ID, hour(0).UnixMilli())
	}
	if err == nil {
		err = old.commit()
	}
	old.mu.Unlock()
	if err := errors.Join(err, old.Close()); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if info, err := s.Latest(t.Context(), acme.Login); err != nil || !info.At.Equal(hour(0)) {
		t.Errorf("the newest snapshot: %+v, %v", info, err)
	}
	if by := judgedBy(t, s); by != "" {
		t.Errorf("judged by %q", by)
	}
	only(t, judgeWith(t, s, takeOne(t, s, 1, true, true), Terms{Baseline: "b1"}, standing(1, 50)), access.Open, 1, 1)
}

func TestADateThatGitHubTellsIsNotReplacedByThatOfTheFirstSnapshot(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	f.Since = hour(-500)
	got := only(t, judge(t, s, takeOne(t, s, 0, true, true), f), access.Open, 0, 0)
	if !got.Since.Equal(f.Since) || strings.Contains(strings.Join(got.Evidence, " "), "not known") {
		t.Errorf("since %s, %q", got.Since, got.Evidence)
	}
}
