package store

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/journal"
)

func entry(kind journal.Kind, run, action string, body any) journal.Entry {
	e, err := journal.NewEntry(kind, body)
	if err != nil {
		panic(err)
	}
	e.Org, e.Run, e.Action, e.Who = acme.ID, run, action, "alice (1)"
	return e
}

func takeOver(t testing.TB, s *Store) int64 {
	t.Helper()
	epoch, err := s.TakeOver(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	return epoch
}

func journaled(t testing.TB, s *Store, epoch int64, entries ...journal.Entry) []int64 {
	t.Helper()
	seqs, err := s.Append(t.Context(), epoch, entries...)
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

func all(t testing.TB, s *Store) []journal.Entry {
	t.Helper()
	var out []journal.Entry
	for e, err := range s.Journal(t.Context(), 0, 0) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func TestWhatIsAppendedIsReadBackAsItWas(t *testing.T) {
	s := fresh(t)
	epoch := takeOver(t, s)
	seqs := journaled(t, s, epoch, entry(journal.RunBegun, "r1", "", map[string]int{"b": 1, "a": 2}), entry(journal.Intended, "r1", "x", nil))
	if len(seqs) != 2 || seqs[0] != 3 || seqs[1] != 4 {
		t.Errorf("the places are %v", seqs) // the key and the take-over come first
	}
	s = open(t, again(t, s))
	got := all(t, s)
	if len(got) != 4 || got[0].Kind != journal.KeyMade || got[1].Kind != journal.TookOver {
		t.Fatalf("the journal holds %v", got)
	}
	if got[2].Run != "r1" || string(got[2].Body) != `{"a":2,"b":1}` || !got[2].At.Equal(fixed()) || got[2].Epoch != epoch {
		t.Errorf("the entry came back as %+v", got[2])
	}
	of, err := s.JournalOf(t.Context(), "r1")
	if err != nil || len(of) != 2 {
		t.Errorf("the run has %v, %v", of, err)
	}
}

// Entries are dated by GitHub's clock or by that of the machine: what lies between the
// two is no clock that went back. One that was set back is still seen.
func TestTimesOfEntriesDoNotGoBackBetweenTwoClocks(t *testing.T) {
	s := fresh(t)
	epoch := takeOver(t, s)
	dated := func(after time.Duration) journal.Entry {
		e := entry(journal.Resume, "", "", map[string]string{"reason": "x"})
		e.At = fixed().Add(after)
		return e
	}
	journaled(t, s, epoch, dated(3*time.Second), dated(time.Second))
	journaled(t, s, epoch, dated(2*time.Second), dated(4*time.Second), dated(-time.Hour))
	var got []time.Duration
	for _, e := range all(t, s)[2:] {
		got = append(got, e.At.Sub(fixed()))
	}
	want := []time.Duration{3 * time.Second, 3 * time.Second, 3 * time.Second, 4 * time.Second, -time.Hour}
	if !slices.Equal(got, want) {
		t.Errorf("the entries are dated %v, not %v", got, want)
	}
}

func TestAFormerWriterIsFenced(t *testing.T) {
	s := fresh(t)
	old := takeOver(t, s)
	journaled(t, s, old, entry(journal.Sent, "r1", "x", nil))
	s = open(t, again(t, s))
	now := takeOver(t, s)
	if now <= old {
		t.Fatalf("the epoch went from %d to %d", old, now)
	}
	_, err := s.Append(t.Context(), old, entry(journal.Sent, "r1", "x", nil))
	if !errors.Is(err, ErrFenced) {
		t.Errorf("a former writer got %v", err)
	}
	if n := len(all(t, s)); n != 4 {
		t.Errorf("the journal holds %d entries", n)
	}
	journaled(t, s, now, entry(journal.Verified, "r1", "x", nil))
	tenure, err := s.Tenure(t.Context(), now)
	if err != nil || tenure.Former == nil || tenure.Former.Epoch != old || tenure.Former.Owner != "test" || !tenure.Former.Wrote.Equal(fixed()) {
		t.Errorf("the tenure is %+v, %v", tenure, err)
	}
}

func TestNobodyAppendsWithoutTakingOver(t *testing.T) {
	s := fresh(t)
	if _, err := s.Append(t.Context(), 0, entry(journal.Sent, "", "", nil)); !errors.Is(err, ErrFenced) {
		t.Errorf("without a journal: %v", err)
	}
	epoch := takeOver(t, s)
	s = open(t, again(t, s))
	if _, err := s.Append(t.Context(), epoch, entry(journal.Sent, "", "", nil)); err == nil {
		t.Error("another process wrote on with the epoch of the one before")
	}
}

func TestAppendTakesAllEntriesOrNone(t *testing.T) {
	s := fresh(t)
	epoch := takeOver(t, s)
	bad := entry(journal.Sent, "r", "x", nil)
	bad.Body = json.RawMessage(`[1]`)
	if _, err := s.Append(t.Context(), epoch, entry(journal.Sent, "r", "x", nil), bad); err == nil {
		t.Error("a body that is no object was taken")
	}
	if n := len(all(t, s)); n != 2 {
		t.Errorf("the journal holds %d entries", n)
	}
}

func TestEntriesAreNeverChangedNorRemovedInTheStore(t *testing.T) {
	s := fresh(t)
	journaled(t, s, takeOver(t, s), entry(journal.Sent, "r", "x", nil))
	if _, err := s.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.SavePlan(t.Context(), "h", 77, []byte("{}"), noon); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"DELETE FROM journal", "UPDATE journal SET who = 'bob' WHERE seq = 3", "UPDATE journal SET body = NULL WHERE seq = 3",
		"UPDATE journal SET body = '{\"a\":1}' WHERE seq = 3", "DELETE FROM journal_head", "UPDATE journal_head SET size = 1",
		"UPDATE journal_head SET epoch = 0", "DELETE FROM checkpoints", "UPDATE checkpoints SET note = ''", "DELETE FROM plans", "UPDATE plans SET body = '{}'",
		"INSERT INTO journal SELECT 9, at, epoch, org, kind, plan, run, action, who, digest, leaf, body FROM journal WHERE seq = 3",
		"REPLACE INTO journal SELECT 3, at, epoch, org, kind, plan, run, action, 'bob', digest, leaf, body FROM journal WHERE seq = 3",
	} {
		if _, err := s.conn.ExecContext(t.Context(), bad); err == nil {
			t.Errorf("taken: %s", bad)
		}
	}
}

func TestOpenRunsAreThoseThatHaveNotEnded(t *testing.T) {
	s := fresh(t)
	epoch := takeOver(t, s)
	other := entry(journal.RunBegun, "r4", "", nil)
	other.Org = 5
	journaled(t, s, epoch, entry(journal.RunBegun, "r1", "", nil), entry(journal.RunBegun, "r2", "", nil),
		entry(journal.RunEnded, "r1", "", nil), entry(journal.RunBegun, "r3", "", nil), other)
	for org, want := range map[int64][]string{acme.ID: {"r2", "r3"}, 0: {"r2", "r3", "r4"}, 9: nil} {
		got, err := s.OpenRuns(t.Context(), org)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "open runs", got, want)
	}
}

func TestASavedPlanStaysAsItWas(t *testing.T) {
	s := fresh(t)
	for range 2 {
		if err := s.SavePlan(t.Context(), "h1", 77, []byte(`{"a":1}`), noon); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SavePlan(t.Context(), "h1", 77, []byte(`{"a":2}`), noon); err == nil {
		t.Error("another plan took the place of the first")
	}
	p, err := s.PlanByHash(t.Context(), "h1")
	if err != nil || string(p.Body) != `{"a":1}` || !p.MadeAt.Equal(noon) || p.Org != 77 {
		t.Errorf("the plan came back as %+v, %v", p, err)
	}
	if _, err := s.PlanByHash(t.Context(), "h2"); !errors.Is(err, ErrNoPlan) {
		t.Errorf("a plan that is not there: %v", err)
	}
}

func TestCheckpointsAreCopiedOutOfTheStore(t *testing.T) {
	path, second := filepath.Join(t.TempDir(), "ajar.db"), filepath.Join(t.TempDir(), "copies")
	now := noon
	s, err := Open(t.Context(), path, Options{Now: func() time.Time { return now }, Checkpoints: []string{second}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	epoch := takeOver(t, s)
	journaled(t, s, epoch, entry(journal.Sent, "r", "x", nil))
	for range 2 { // nothing was written in between
		if _, err := s.Checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(2 * time.Hour)
	journaled(t, s, epoch, entry(journal.Sent, "r", "y", nil)) // an hour of activity is over
	for n := range publishEntries {
		journaled(t, s, epoch, entry(journal.Sent, "r", string(rune('a'+n%26)), nil))
	}
	for _, file := range []string{path + ".checkpoints", second} {
		c, err := journal.ReadCopies(file)
		if err != nil || len(c.Broken) > 0 {
			t.Fatal(c, err)
		}
		var sizes []int64
		for _, c := range c.Checkpoints {
			sizes = append(sizes, c.Size)
		}
		same(t, "sizes", sizes, []int64{3, 4, 260})
	}
}

func TestACheckpointIsPublishedAfterARunAndWhenTheWriterEnds(t *testing.T) {
	s := fresh(t)
	published := func() int64 {
		t.Helper()
		c, err := journal.ReadCopies(s.CheckpointFiles()[0])
		if err != nil || len(c.Checkpoints) == 0 {
			t.Fatal(c, err)
		}
		return c.Checkpoints[len(c.Checkpoints)-1].Size
	}
	epoch := takeOver(t, s)
	journaled(t, s, epoch, entry(journal.RunBegun, "r", "", nil)) // the first of all is published at once
	journaled(t, s, epoch, entry(journal.Intended, "r", "x", nil))
	if n := published(); n != 3 {
		t.Errorf("%d entries are published in the middle of a run", n)
	}
	journaled(t, s, epoch, entry(journal.RunEnded, "r", "", nil))
	if n := published(); n != 5 {
		t.Errorf("%d entries are published after a run of 5", n)
	}
	journaled(t, s, epoch, entry(journal.Hold, "", "", nil))
	s = open(t, again(t, s))
	if n := published(); n != 6 {
		t.Errorf("%d of 6 entries are published after the writer ended", n)
	}
}
