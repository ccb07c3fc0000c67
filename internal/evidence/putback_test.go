package evidence_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// A backup that was put back takes with it what was seen since it was made, whenever that
// is noticed: evidence of a period that it reaches into is not whole.
func TestPutBackBackupIsAGapOfThePeriodThatItTookFrom(t *testing.T) {
	const backup, lost = 10, 12 // the hours of the copy, and of what is gone with the store
	for name, c := range map[string]struct {
		noticed, from, to int // hours
		want              [2]int
	}{
		"noticed in the period":                        {noticed: 13, from: 0, to: 20, want: [2]int{9, 13}},
		"noticed at its end":                           {noticed: 13, from: 0, to: 13, want: [2]int{9, 13}},
		"noticed after it":                             {noticed: 40, from: 0, to: 11, want: [2]int{9, 11}},
		"noticed long after all of it was lost":        {noticed: 400, from: 10, to: 11, want: [2]int{9, 11}},
		"the copy was made after the period":           {noticed: 40, from: 0, to: 9},
		"the copy was made after it, and used at once": {noticed: 13, from: 0, to: 8},
		"the period began after it":                    {noticed: 13, from: 15, to: 20},
	} {
		t.Run(name, func(t *testing.T) {
			dir, now := t.TempDir(), hour(0)
			path := filepath.Join(dir, "ajar.db")
			begin := func() *store.Store {
				s, err := store.Open(t.Context(), path, store.Options{Now: func() time.Time { return now }})
				check(t, err)
				return s
			}
			look := func(s *store.Store, n, grants int) {
				now = hour(n).Add(time.Minute)
				pass(t, s, hour(n), func(p *store.Pass) { world(t, p, grants) })
			}
			s := begin()
			for n := range backup {
				look(s, n, 0)
			}
			check(t, s.Backup(t.Context(), path+".copy"))
			for n := backup; n < lost; n++ { // what is granted then is in no store
				look(s, n, 1)
			}
			check(t, s.Close())
			for _, of := range []string{path, path + "-wal", path + "-shm"} {
				check(t, os.RemoveAll(of))
			}
			check(t, os.Rename(path+".copy", path))
			now = hour(c.noticed)
			s = begin()
			defer s.Close()
			for n := c.noticed; n <= 20; n++ {
				look(s, n, 0)
			}
			e := gather(t, s, evidence.Period{From: hour(c.from), To: hour(c.to)})
			var got []evidence.Gap
			for _, g := range e.Gaps {
				if strings.Contains(g.Reason, "a backup was put in the place of the store, which was noticed at "+hour(c.noticed).Format(time.RFC3339)) {
					got = append(got, g)
				}
			}
			if c.want == [2]int{} {
				if len(got) > 0 {
					t.Errorf("there is the gap %+v", got)
				}
				return
			}
			if len(got) != 1 || !got[0].From.Equal(hour(c.want[0])) || !got[0].To.Equal(hour(c.want[1])) || e.Complete {
				t.Errorf("complete is %v, and the gap %+v", e.Complete, got)
			}
		})
	}
}

// One organization that the backup has a later snapshot of says nothing of another one.
func TestPutBackBackupIsHeldAgainstEachOrganization(t *testing.T) {
	dir, now := t.TempDir(), hour(0)
	path := filepath.Join(dir, "ajar.db")
	begin := func() *store.Store {
		s, err := store.Open(t.Context(), path, store.Options{Now: func() time.Time { return now }})
		check(t, err)
		return s
	}
	other := access.Organization{ID: 2, Login: "other"}
	s := begin()
	pass(t, s, hour(0), func(p *store.Pass) { world(t, p, 0) })
	for n := range 5 {
		now = hour(n).Add(time.Minute)
		passOf(t, s, other, hour(n))
	}
	check(t, s.Backup(t.Context(), path+".copy"))
	now = hour(5).Add(time.Minute)
	passOf(t, s, other, hour(5))
	check(t, s.Close())
	for _, of := range []string{path, path + "-wal", path + "-shm"} {
		check(t, os.RemoveAll(of))
	}
	check(t, os.Rename(path+".copy", path))
	now = hour(9)
	s = begin()
	defer s.Close()
	e := gather(t, s, evidence.Period{From: hour(0), To: hour(4)})
	for _, g := range e.Gaps {
		if strings.Contains(g.Reason, "a backup") && g.Org != "acme" {
			t.Errorf("there is the gap %+v", g)
		}
	}
	if !strings.Contains(whole(t, e), "a backup was put") {
		t.Error("the backup is no gap of the organization that it lacks snapshots of")
	}
}
