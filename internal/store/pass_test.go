package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

// small writes an organization of a few things, with all areas complete but those
// that skip names.
func small(t testing.TB, p *Pass) {
	t.Helper()
	put(t, p, access.AreaMembers, 1, inOrg(1, access.Owner))
	put(t, p, access.AreaMembers, 2, inOrg(2, access.Member))
	for id := int64(10); id < 13; id++ {
		put(t, p, access.AreaTeams, id, access.TeamInfo{ID: id, Slug: fmt.Sprintf("team-%d", id)})
		put(t, p, access.AreaTeamMembers, id, member(1, id, access.Maintain), member(2, id, access.Member))
		put(t, p, access.AreaTeamGrants, id, byTeam(id, 50, access.Write), byTeam(id, 51, access.Read))
	}
	for id := int64(50); id < 53; id++ {
		put(t, p, access.AreaRepositories, id, access.Repository{ID: id, Name: fmt.Sprintf("repo-%d", id), Visibility: "private"})
		put(t, p, access.AreaDirectGrants, id, direct(2, id, access.Admin))
		put(t, p, access.AreaEnvironments, id)
	}
	complete(t, p, access.Areas...)
}

// fileSize is that of the store without its log.
func fileSize(t testing.TB, s *Store) int64 {
	t.Helper()
	if _, err := s.conn.ExecContext(context.Background(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(s.path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

func TestUnchangedPassAddsNoRowAndHardlyAByte(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	small(t, p)
	finish(t, p)
	grants, entities, scopes, people := count(t, s, "grants"), count(t, s, "entities"), count(t, s, "scopes"), count(t, s, "people")
	before := fileSize(t, s)
	const passes = 100
	for n := 1; n <= passes; n++ {
		p := begin(t, s, hour(n))
		small(t, p)
		if info := finish(t, p); info.Stats != (PassStats{}) {
			t.Fatalf("pass %d changed %+v", n, info.Stats)
		}
	}
	for table, want := range map[string]int64{"grants": grants, "entities": entities, "scopes": scopes, "people": people, "snapshots": passes + 1} {
		if got := count(t, s, table); got != want {
			t.Errorf("%s has %d rows, want %d", table, got, want)
		}
	}
	if grew := (fileSize(t, s) - before) / passes; grew > 4096 {
		t.Errorf("an unchanged pass adds %d bytes, want at most 4096", grew)
	} else {
		t.Logf("an unchanged pass adds %d bytes", grew)
	}
}

func TestPartThatShowsNothingNewKeepsTheDigest(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read), direct(2, 50, access.Admin))
	finish(t, p)
	p = begin(t, s, hour(1))
	add(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	if st := p.scopes[scopeKey{16, 50}]; st.digest == (digest{}) || !st.seen || st.touched {
		t.Errorf("the scope is %+v, want its digest kept, seen and untouched", st)
	}
}

func TestPuttingTwiceInOnePassIsPuttingTheLast(t *testing.T) {
	a, b := direct(1, 50, access.Read), direct(2, 50, access.Admin)
	api, renamed := access.Environment{ID: 7, Repo: 50, Name: "a"}, access.Environment{ID: 7, Repo: 50, Name: "b"}
	s := fresh(t)
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, a)
	put(t, p, access.AreaEnvironments, 50, api)
	finish(t, p)
	p = begin(t, s, hour(1))
	for _, grants := range [][]access.Grant{{b}, {}, {a, b}, {a}} {
		put(t, p, access.AreaDirectGrants, 50, grants)
	}
	put(t, p, access.AreaEnvironments, 50, renamed)
	put(t, p, access.AreaEnvironments, 50)
	put(t, p, access.AreaEnvironments, 50, api)
	info := finish(t, p)
	snap := load(t, s, info)
	same(t, "grants", snap.Grants, []access.Grant{a})
	same(t, "environments", snap.Environments, []access.Environment{api})
	if info.Stats != (PassStats{}) {
		t.Errorf("nothing changed in the end, but the pass says %+v", info.Stats)
	}
	if g, e := count(t, s, "grants"), count(t, s, "entities"); g != 1 || e != 1 {
		t.Errorf("%d grant rows and %d entity rows, want 1 and 1: what came and went within a pass was never seen", g, e)
	}
}

func TestThingThatIsListedTwiceIsKeptAsItWasLast(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	a, b := access.Environment{ID: 7, Repo: 50, Name: "a"}, access.Environment{ID: 7, Repo: 50, Name: "b"}
	put(t, p, access.AreaEnvironments, 50, a, access.Environment{ID: 8, Repo: 50, Name: "c"}, b, b)
	same(t, "environments", load(t, s, finish(t, p)).Environments, []access.Environment{b, {ID: 8, Repo: 50, Name: "c"}})
}

func TestRowsThatDoNotBelongAreRefused(t *testing.T) {
	p := begin(t, fresh(t), noon)
	tests := []struct {
		name  string
		area  access.Area
		scope int64
		row   any
	}{
		{"unknown area", "secrets", 5, access.Outside{User: 5}},
		{"no scope", access.AreaOutside, 0, access.Outside{User: 5}},
		{"another type", access.AreaTeams, 5, access.Outside{User: 5}},
		{"no entities here", access.AreaMembers, 5, access.Outside{User: 5}},
		{"another number", access.AreaOutside, 6, access.Outside{User: 5}},
		{"no grants here", access.AreaTeams, 5, member(1, 5, access.Member)},
		{"another resource", access.AreaTeamGrants, 5, member(1, 5, access.Member)},
		{"no privilege", access.AreaDirectGrants, 5, direct(1, 5, access.NoPrivilege)},
		{"nobody", access.AreaDirectGrants, 5, direct(0, 5, access.Read)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := p.Put(t.Context(), tt.area, tt.scope, rowsOf(t, []any{tt.row})); err == nil {
				t.Error("it was taken")
			}
		})
	}
	if err := p.Put(t.Context(), access.AreaOutside, 5, access.Rows{Entities: []access.Entity{nil}}); err == nil {
		t.Error("a nil entity was taken")
	}
	if err := p.Cover(t.Context(), access.Cover{Area: "secrets"}); err == nil {
		t.Error("coverage of an unknown area was taken")
	}
}

func TestClockThatWentBackIsRefused(t *testing.T) {
	s := fresh(t)
	finish(t, begin(t, s, hour(5)))
	for _, at := range []time.Time{hour(4), hour(5), hour(5).Add(time.Microsecond)} {
		if _, err := s.Begin(t.Context(), acme, at); !errors.Is(err, ErrClock) || strings.Contains(err.Error(), "\n") {
			t.Errorf("at %s: %v, want one line of ErrClock", at, err)
		}
	}
	other := access.Organization{ID: 78, Login: "other"}
	if _, err := s.Begin(t.Context(), other, hour(4)); err != nil {
		t.Errorf("another organization: %v", err)
	}
}

func TestOnePassOverAnOrganizationAtATime(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	if _, err := s.Begin(t.Context(), acme, hour(1)); err == nil {
		t.Fatal("a second pass was opened")
	}
	if err := p.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Finish(t.Context(), PassStats{}); !errors.Is(err, errFinished) {
		t.Errorf("finishing an aborted pass: %v", err)
	}
	finish(t, begin(t, s, hour(1)))
}

func TestAbortedPassIsNoSnapshot(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	small(t, p)
	if err := p.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Latest(t.Context(), "acme"); !errors.Is(err, ErrNoSnapshot) {
		t.Errorf("latest: %v, want ErrNoSnapshot", err)
	}
	p = begin(t, s, hour(1))
	small(t, p)
	if info := finish(t, p); info.Stats != (PassStats{}) {
		t.Errorf("what the aborted pass saw was written again: %+v", info.Stats)
	}
}

func TestBatchEndsByRowsAndByAge(t *testing.T) {
	now := noon
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p := begin(t, s, noon)
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	if n := count(t, s, "grants"); n != 0 {
		t.Errorf("%d grants were committed at once, want 0", n)
	}
	now = now.Add(batchAge)
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	if n := count(t, s, "grants"); n != 1 {
		t.Errorf("%d grants were committed by an unchanged put after %s, want 1", n, batchAge)
	}
	var many []access.Grant
	for u := range int64(batchRows) {
		many = append(many, direct(u+1, 51, access.Read))
	}
	put(t, p, access.AreaDirectGrants, 51, many)
	if n := count(t, s, "grants"); n != batchRows+1 {
		t.Errorf("%d grants were committed, want %d", n, batchRows+1)
	}
}

func TestManyWritersOfOnePass(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	var wg sync.WaitGroup
	for w := range int64(8) {
		wg.Go(func() {
			for r := range int64(50) {
				id := 1 + w*50 + r
				if err := p.Put(context.Background(), access.AreaDirectGrants, id, access.Rows{Grants: []access.Grant{direct(1, id, access.Read)}}); err != nil {
					t.Error(err)
				}
				if err := p.People(context.Background(), []access.Person{{ID: 1, Login: "ann"}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := len(load(t, s, finish(t, p)).Grants); got != 400 {
		t.Errorf("%d grants, want 400", got)
	}
}

func TestCancelledPutLeavesThePassUsable(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Put(ctx, access.AreaDirectGrants, 51, access.Rows{}); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v, want context.Canceled", err)
	}
	if got := len(load(t, s, finish(t, p)).Grants); got != 1 {
		t.Errorf("%d grants, want 1", got)
	}
}

func TestTextOfStrangersIsStoredAsText(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	names := []string{"\x1b[31m", "a\x00b", "\xff\xfe", "'; DROP TABLE grants; --", strings.Repeat("long", 255), "\u202e"}
	for i, n := range names {
		put(t, p, access.AreaTeams, int64(i+1), access.TeamInfo{ID: int64(i + 1), Slug: n})
		if err := p.People(t.Context(), []access.Person{{ID: int64(i + 1), Login: "x" + n}}); err != nil {
			t.Fatal(err)
		}
		put(t, p, access.AreaOutside, int64(i+1), access.Outside{User: int64(i + 1)})
	}
	snap := load(t, s, finish(t, p))
	names[2] = "\uFFFD\uFFFD" // what is no text
	for i, n := range names {
		if got := snap.Teams[i].Slug; got != n {
			t.Errorf("slug %q, want %q", got, n)
		}
		if got := snap.People[i].Login; i != 2 && got != "x"+n {
			t.Errorf("login %q, want %q", got, "x"+n)
		}
	}
}

func TestAbortKeepsAlsoTheLastRowsThatWaited(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Read))
	finish(t, p) // so that the relation and the number of the newest scope are known
	p = begin(t, s, hour(1))
	put(t, p, access.AreaDirectGrants, 51, direct(1, 51, access.Read))
	if err := p.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := count(t, s, "grants"); got != 2 {
		t.Errorf("%d grants are stored, want 2", got)
	}
}
