package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// In the process that TestKilledAtAnyMoment starts, the tests are not run but
// passes, until it kills itself.
func TestMain(m *testing.M) {
	if path := os.Getenv("AJAR_TEST_STORE_TO_DIE_ON"); path != "" {
		after, _ := strconv.Atoi(os.Getenv("AJAR_TEST_STORE_STEPS"))
		if err := runUntilKilled(path, after); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(1)
	}
	os.Exit(m.Run())
}

const crashRepos = 4

// crashGrant is what pass n sees on a repository: every pass changes all of them.
func crashGrant(n, r int) access.Grant { return direct(int64(n), int64(r), access.Write) }

func crashPut(ctx context.Context, p *Pass, n, r int) error {
	return p.Put(ctx, access.AreaDirectGrants, int64(r), access.Rows{Grants: []access.Grant{crashGrant(n, r)}})
}

// runUntilKilled makes pass after pass and says which are finished. Its clock
// runs so fast that every put is a commit of its own.
func runUntilKilled(path string, after int) error {
	ctx, now := context.Background(), noon
	s, err := Open(ctx, path, Options{Now: func() time.Time { now = now.Add(batchAge); return now }})
	if err != nil {
		return err
	}
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		return err
	}
	for n := 1; ; n++ {
		p, err := s.Begin(ctx, acme, hour(n))
		if err != nil {
			return err
		}
		for r := 1; r <= crashRepos; r++ {
			if after--; after < 0 {
				return self.Kill()
			}
			if err := crashPut(ctx, p, n, r); err != nil {
				return err
			}
		}
		info, err := p.Finish(ctx, PassStats{})
		if err != nil {
			return err
		}
		fmt.Println(n, info.ID)
	}
}

func TestKilledAtAnyMoment(t *testing.T) {
	for _, steps := range []int{0, 1, crashRepos - 1, crashRepos, crashRepos + 2, 3*crashRepos + 1} {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ajar.db")
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "AJAR_TEST_STORE_TO_DIE_ON="+path, fmt.Sprintf("AJAR_TEST_STORE_STEPS=%d", steps))
			out, err := cmd.Output()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.Exited() && len(exit.Stderr) > 0 {
				t.Fatalf("it was to be killed, but: %v", err)
			}
			s := open(t, path)
			if err := s.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			acknowledged := strings.Fields(string(out))
			if got := count(t, s, "snapshots WHERE finished_at IS NOT NULL"); got != int64(len(acknowledged)/2) {
				t.Errorf("%d snapshots, but %d were acknowledged", got, len(acknowledged)/2)
			}
			infos, _ := s.Snapshots(t.Context(), "acme") // none: the process died before the first
			for i, info := range infos {
				n := len(infos) - i
				var want []access.Grant
				for r := 1; r <= crashRepos; r++ {
					want = append(want, crashGrant(n, r))
				}
				same(t, fmt.Sprintf("pass %d", n), load(t, s, info).Grants, want)
			}
			p := begin(t, s, hour(99))
			for r := 1; r <= crashRepos; r++ {
				if err := crashPut(t.Context(), p, 99, r); err != nil {
					t.Fatal(err)
				}
			}
			if got := load(t, s, finish(t, p)).Grants; len(got) != crashRepos || got[0] != crashGrant(99, 1) {
				t.Errorf("the next pass holds %v", got)
			}
		})
	}
}

// TestTornLogGivesTheCommittedPart cuts the log of a store that was not closed at
// many places, as a power cut does.
func TestTornLogGivesTheCommittedPart(t *testing.T) {
	s := fresh(t)
	const passes = 3
	for n := 1; n <= passes; n++ {
		p := begin(t, s, hour(n))
		for r := 1; r <= crashRepos; r++ {
			if err := crashPut(t.Context(), p, n, r); err != nil {
				t.Fatal(err)
			}
		}
		finish(t, p)
	}
	main, log := bytesOf(t, s.path), bytesOf(t, s.path+"-wal")
	seen := map[int]bool{}
	step := 512 * 17
	if os.Getenv("AJAR_LONG") != "" { // each sector
		step = 512
	}
	for cut := 0; cut < len(log)+step; cut += step {
		cut := min(cut, len(log))
		path := filepath.Join(t.TempDir(), "ajar.db")
		write(t, path, main)
		write(t, path+"-wal", log[:cut])
		s := open(t, path)
		infos, err := s.Snapshots(t.Context(), "acme")
		if err != nil && !errors.Is(err, ErrNoSnapshot) {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		seen[len(infos)] = true
		for i, info := range infos {
			if got := load(t, s, info).Grants; len(got) != crashRepos || got[0] != crashGrant(len(infos)-i, 1) {
				t.Errorf("cut at %d: snapshot %d holds %v", cut, info.ID, got)
			}
		}
		s.Close()
	}
	if !seen[0] || !seen[passes] {
		t.Errorf("the cuts left %v snapshots, want none, some and all", seen)
	}
}

func TestFullDiskLosesThePassAndNothingElse(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	first := finish(t, p)
	limit := func(pages int) {
		if _, err := s.conn.ExecContext(t.Context(), fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil {
			t.Fatal(err)
		}
	}
	limit(1) // SQLite takes the present size
	p = begin(t, s, hour(1))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Maintain)) // a kind of grant that is new, and lost again
	var err error
	for r := int64(1); err == nil && r < 10_000; r++ {
		err = p.Put(t.Context(), access.AreaRepositories, r, access.Rows{Entities: []access.Entity{
			access.Repository{ID: r, Name: strings.Repeat("long", 200)}}})
	}
	if !errors.Is(err, ErrFull) {
		t.Fatalf("on a full disk: %v, want ErrFull", err)
	}
	if _, err := p.Finish(t.Context(), PassStats{}); !errors.Is(err, ErrFull) {
		t.Errorf("finishing: %v, want the reason", err)
	}
	same(t, "reading goes on", load(t, s, first).Grants, []access.Grant{direct(1, 50, access.Read)})
	limit(1 << 30)
	p = begin(t, s, hour(2))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Maintain))
	same(t, "and so does writing", load(t, s, finish(t, p)).Grants, []access.Grant{direct(1, 50, access.Maintain)})
}

func TestProgramThatHoldsTheFileIsNamedAsSuch(t *testing.T) {
	s := fresh(t)
	if _, err := s.conn.ExecContext(t.Context(), "PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	shell, err := sql.Open("sqlite", "file:"+s.path)
	if err != nil {
		t.Fatal(err)
	}
	defer shell.Close()
	shell.SetMaxOpenConns(1)
	if _, err := shell.Exec("BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Begin(t.Context(), acme, noon); !errors.Is(err, ErrBusy) {
		t.Errorf("begin: %v, want ErrBusy", err)
	}
	if _, err := shell.Exec("ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	finish(t, begin(t, s, noon))
}

func TestClosedStoreTakesAndGivesNothing(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing twice: %v", err)
	}
	if err := p.Put(t.Context(), access.AreaTeams, 1, access.Rows{}); !errors.Is(err, errClosed) {
		t.Errorf("put: %v", err)
	}
	if _, err := s.Begin(t.Context(), acme, noon); !errors.Is(err, errClosed) {
		t.Errorf("begin: %v", err)
	}
	if _, err := s.Orgs(t.Context()); err == nil {
		t.Error("it answers a question")
	}
}
