package store

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// putBack fills a store and puts an older copy in its place.
func putBack(t *testing.T) string {
	t.Helper()
	path := filled(t)
	s := open(t, path)
	if err := s.Backup(t.Context(), path+".copy"); err != nil {
		t.Fatal(err)
	}
	finish(t, begin(t, s, hour(1)))
	s.Close()
	if err := os.Rename(path+".copy", path); err != nil {
		t.Fatal(err)
	}
	return path
}

// looked takes a snapshot that saw these areas to their end.
func looked(t *testing.T, s *Store, n int, areas ...access.Area) SnapshotInfo {
	t.Helper()
	p := begin(t, s, hour(n))
	for _, a := range areas {
		if err := p.Cover(t.Context(), access.Cover{Area: a, Status: access.Complete}); err != nil {
			t.Fatal(err)
		}
	}
	return finish(t, p)
}

func TestStoreThatWasPutBackHoldsEveryOrganization(t *testing.T) {
	path := putBack(t)
	reader, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	for name, s := range map[string]*Store{"a reader": reader, "a writer": open(t, path)} {
		held, err := s.Holds(t.Context(), acme.ID)
		if err != nil || len(held) != 1 || held[0].Kind != HeldForRollback || held[0].Agreed != 0 || held[0].Since.IsZero() {
			t.Errorf("%s: held by %+v, %v", name, held, err)
		}
	}
}

func TestRollbackIsAcceptedAfterACollectionThatSawAsMuch(t *testing.T) {
	path := putBack(t)
	s := open(t, path)
	all, err := s.Snapshots(t.Context(), acme.Login)
	if err != nil || len(all) == 0 {
		t.Fatal(all, err)
	}
	before, err := s.Coverage(t.Context(), all[0])
	if err != nil {
		t.Fatal(err)
	}
	var seen []access.Area
	for _, a := range access.Areas {
		if before.Complete(a) {
			seen = append(seen, a)
		}
	}
	if len(seen) < 2 {
		t.Fatalf("the snapshot of the backup saw %v to the end: too little to prove anything", seen)
	}
	refused := func(want string) {
		t.Helper()
		err := s.AcceptRestored(t.Context(), "a disk failed", acme.Login)
		if !errors.Is(err, ErrNotFresh) || !strings.Contains(err.Error(), want) {
			t.Errorf("accepted: %v, want a refusal that says %q", err, want)
		}
	}
	refused("it was not collected since")
	looked(t, s, 2, seen[1:]...)
	refused("did not see " + string(seen[0]) + " to the end")
	whole := looked(t, s, 3, seen...)
	held, err := s.Holds(t.Context(), acme.ID)
	if err != nil || len(held) != 1 || held[0].Agreed != whole.ID {
		t.Errorf("held by %+v, %v; want one that snapshot %d answers", held, err, whole.ID)
	}
	s.Close()
	s = open(t, path) // another start of the program changes nothing
	if err := s.AcceptRestored(t.Context(), "a disk failed", acme.Login); err != nil {
		t.Fatal(err)
	}
	if held, err := s.Holds(t.Context(), acme.ID); err != nil || len(held) > 0 {
		t.Errorf("held by %+v, %v after it was accepted", held, err)
	}
}

func TestHighestTimeNeverGoesBack(t *testing.T) {
	path := filled(t)
	s := open(t, path)
	if at, err := s.HighestTime(t.Context()); err != nil || !at.IsZero() {
		t.Errorf("a store that heard nothing gives %s, %v", at, err)
	}
	at := noon.Add(1234567 * time.Microsecond)
	for _, x := range []time.Time{at, at.Add(-time.Hour), noon} {
		if err := s.KeepTime(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	r, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := r.HighestTime(t.Context()); err != nil || !got.Equal(at.Truncate(time.Millisecond)) {
		t.Errorf("got %s, %v, want %s", got, err, at)
	}
}
