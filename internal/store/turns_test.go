package store

import (
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestTurnsOfASnapshotAreThoseItBrought(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	var infos []SnapshotInfo
	for i, there := range []bool{true, false, true} {
		snap := takeOne(t, s, i, there, true)
		if there {
			judge(t, s, snap, f)
		} else {
			judge(t, s, snap)
		}
		info, err := s.Latest(t.Context(), "acme")
		if err != nil {
			t.Fatal(err)
		}
		infos = append(infos, info)
	}
	for i, want := range []string{Opened, Closed, Reopened} {
		got, err := s.Turns(t.Context(), infos[i])
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || got[0].What != want || got[0].Fingerprint != f.Fingerprint || got[0].Snapshot != infos[i].ID {
			t.Errorf("snapshot %d: %+v, want %s", i, got, want)
		}
		before, ok, err := s.JudgedBefore(t.Context(), infos[i])
		if err != nil || ok != (i > 0) || ok && before.ID != infos[i-1].ID {
			t.Errorf("before snapshot %d: %+v, %v, %v", i, before, ok, err)
		}
	}
}

func TestGrantsMovedAreTheDifferenceOfTwoSnapshots(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Admin), direct(2, 50, access.Read))
	first := finish(t, p)
	p = begin(t, s, hour(1)) // comes and goes between the two that are compared
	put(t, p, access.AreaDirectGrants, 50, direct(3, 50, access.Write), direct(2, 50, access.Read))
	finish(t, p)
	p = begin(t, s, hour(2))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Write), direct(2, 50, access.Read))
	last := finish(t, p)
	p = begin(t, s, hour(3)) // later than what is asked for
	put(t, p, access.AreaDirectGrants, 50)
	finish(t, p)

	came, went, err := s.GrantsMoved(t.Context(), first, last)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "came", came, []access.Grant{direct(1, 50, access.Write)})
	same(t, "went", went, []access.Grant{direct(1, 50, access.Admin)})
}

func TestGrantThatWentAndCameAgainHasNotMoved(t *testing.T) {
	s := fresh(t)
	var infos []SnapshotInfo
	for n, there := range []bool{true, false, true} {
		p := begin(t, s, hour(n))
		put(t, p, access.AreaDirectGrants, 51, direct(1, 51, access.Read))
		if there {
			put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Admin))
		} else {
			put(t, p, access.AreaDirectGrants, 50)
		}
		infos = append(infos, finish(t, p))
	}
	came, went, err := s.GrantsMoved(t.Context(), infos[0], infos[2])
	if err != nil || len(came)+len(went) > 0 {
		t.Errorf("came %v, went %v, %v; want nothing", came, went, err)
	}
}

func TestWhatChangedIsKnownOfAnOlderStoreToo(t *testing.T) {
	s := fresh(t)
	var infos []SnapshotInfo
	for n := range 3 {
		p := begin(t, s, hour(n))
		small(t, p)
		put(t, p, access.AreaDirectGrants, 50, direct(int64(n+1), 50, access.Admin), direct(9, 50, access.Read))
		infos = append(infos, finish(t, p))
	}
	path := again(t, s)
	damage(t, path, before17+`ALTER TABLE scopes DROP COLUMN changed; DROP TABLE readings; DROP TABLE redactions; DROP TABLE journal; DROP TABLE journal_head; DROP TABLE checkpoints; DROP TABLE plans; DROP TABLE clock; DROP TABLE rollback; DROP TABLE unexplained; DROP TABLE job_passes; DROP TABLE outbox; DROP TABLE told; DROP INDEX findings_waived; DROP TABLE doubted_by; ALTER TABLE snapshots DROP COLUMN doubted_at; DELETE FROM goose_db_version WHERE version_id >= 8`)
	s = open(t, path)
	for i := range infos {
		for j := range i {
			came, went, err := s.GrantsMoved(t.Context(), infos[j], infos[i])
			if err != nil {
				t.Fatal(err)
			}
			same(t, "came", came, []access.Grant{direct(int64(i+1), 50, access.Admin)})
			same(t, "went", went, []access.Grant{direct(int64(j+1), 50, access.Admin)})
		}
	}
	if n := count(t, s, "scopes WHERE changed > 1"); n != 1 {
		t.Errorf("%d scopes have changed since the first snapshot, want 1", n)
	}
}

// TestTwoSnapshotsAreLoadedAsEachByItself where little moved between them, and
// where a grant stands in two scopes, so that what went is still there.
func TestTwoSnapshotsAreLoadedAsEachByItself(t *testing.T) {
	s := fresh(t)
	put50 := []any{}
	for u := range int64(40) {
		put50 = append(put50, direct(u+1, 50, access.Read))
	}
	twice := direct(99, 50, access.Admin)
	var infos []SnapshotInfo
	for n, elsewhere := range [][]any{{}, {direct(7, 60, access.Write)}, {twice}, {twice}, {}} {
		p := begin(t, s, hour(n))
		own := put50
		if n == 3 {
			own = append(own[:len(own):len(own)], twice)
		}
		if n == 4 {
			own = append(own[:len(own):len(own)], direct(8, 60, access.Write), twice)
		}
		put(t, p, access.AreaRepositories, 50, access.Repository{ID: 50, Name: "api", Visibility: "private"})
		put(t, p, access.AreaDirectGrants, 50, own...)
		put(t, p, access.AreaDirectGrants, 60, elsewhere...)
		infos = append(infos, finish(t, p))
	}
	for i := range infos {
		for j := range infos {
			was, is, err := s.LoadTwo(t.Context(), infos[i], infos[j])
			if err != nil {
				t.Fatal(err)
			}
			same(t, "the earlier", was, load(t, s, infos[i]))
			same(t, "the later", is, load(t, s, infos[j]))
		}
	}
}
