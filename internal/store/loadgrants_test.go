package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// Numbers that lie close together, far apart, and at the ends of what there can
// be, which only a damaged store has.
func someID(t *rapid.T) int64 {
	return rapid.OneOf(
		rapid.Int64Range(1, 4), rapid.Int64Range(1_000_000_000, 1_000_000_500), rapid.Int64Range(1, 1<<40),
		rapid.SampledFrom([]int64{math.MinInt64, -1, 0, math.MaxInt64}),
	).Draw(t, "id")
}

func TestEdgesAreDealtOutInTheOrderOfGrants(t *testing.T) {
	known := relations{
		{},
		{relation{access.User, access.Repo, access.Read, access.Direct, 0}, 1},
		{relation{access.User, access.Repo, access.Admin, access.Direct, 0}, 2},
		{relation{access.Team, access.Repo, access.Write, access.ByTeam, 0}, 0},
	}
	rapid.Check(t, func(t *rapid.T) {
		all := make([]edge, rapid.IntRange(0, 2_000).Draw(t, "edges"))
		pool := make([]int64, rapid.IntRange(1, 300).Draw(t, "numbers"))
		for i := range pool {
			pool[i] = someID(t)
		}
		seed := rapid.Uint64().Draw(t, "seed")
		next := func(n int) int {
			seed = seed*6364136223846793005 + 1442695040888963407
			return int(seed>>33) % n
		}
		for i := range all {
			all[i] = edge{pool[next(len(pool))], pool[next(len(pool))], int32(1 + next(3)), int32(next(5))}
		}
		want := slices.Clone(all)
		slices.SortFunc(want, func(x, y edge) int { return x.compareDated(y, known) })
		order(all, known)
		if !slices.Equal(all, want) {
			t.Fatalf("%d edges are in another order than by comparing", len(all))
		}
	})
}

// TestOrganizationsOfOneStoreAreLoadedApart: they are of different sizes, and the
// numbers of their scopes alternate, as those of passes that run together do.
func TestOrganizationsOfOneStoreAreLoadedApart(t *testing.T) {
	s := fresh(t)
	other := access.Organization{ID: 78, Login: "other"}
	var infos [][2]SnapshotInfo
	want := map[int64][]access.Grant{}
	for n := range 3 {
		p := begin(t, s, hour(n))
		q, err := s.Begin(t.Context(), other, hour(n))
		if err != nil {
			t.Fatal(err)
		}
		var mine, theirs []access.Grant
		for r := range int64(20 + n) {
			g := direct(r%3+1, r+1, access.Read+access.Privilege(n))
			put(t, p, access.AreaDirectGrants, r+1, g)
			mine = append(mine, g)
			if r%5 == 0 {
				g := direct(r+7, r+1, access.Admin-access.Privilege(n))
				put(t, q, access.AreaDirectGrants, r+1, g)
				theirs = append(theirs, g)
			}
		}
		pair := [2]SnapshotInfo{finish(t, p), finish(t, q)}
		want[pair[0].ID], want[pair[1].ID] = mine, theirs
		infos = append(infos, pair)
	}
	for _, pair := range infos {
		for _, info := range pair {
			same(t, info.Org, load(t, s, info).Grants, want[info.ID])
		}
	}
}

func TestLoadEndsWhenItIsNoLongerWanted(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	for team := range int64(60) {
		var all []any
		for r := range int64(200) {
			all = append(all, byTeam(team+1, r+1, access.Read))
		}
		put(t, p, access.AreaTeamGrants, team+1, all...)
	}
	info := finish(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	rows := 0
	err := s.read.walk(ctx, grantsOfAllAt, []int64{info.ID}, func([]driver.Value) error {
		if rows++; rows == 10 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || rows > walkChecks {
		t.Errorf("%v after %d rows, want it to end by %d", err, rows, walkChecks)
	}
	load(t, s, info) // the connection is good for more
}

// TestPassThatBeginsWhileTheNewestIsReadChangesNothingOfIt: it closes grants, and
// opens others, after the reader has seen that there is nothing newer.
func TestPassThatBeginsWhileTheNewestIsReadChangesNothingOfIt(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, hour(0))
	put(t, p, access.AreaDirectGrants, 50, direct(1, 50, access.Admin), direct(2, 50, access.Read))
	info := finish(t, p)
	l := &loading{snap: &access.Snapshot{}, words: map[string]string{}}
	if err := s.startProof(t.Context(), info, l); err != nil {
		t.Fatal(err)
	}
	p = begin(t, s, hour(1))
	put(t, p, access.AreaDirectGrants, 50, direct(2, 50, access.Read), direct(3, 50, access.Write))
	if err := p.Abort(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, read := range []step{s.loadGrants, s.endProof} {
		if err := read(t.Context(), info, l); err != nil {
			t.Fatal(err)
		}
	}
	same(t, "grants", l.snap.Grants, []access.Grant{direct(1, 50, access.Admin), direct(2, 50, access.Read)})
}
