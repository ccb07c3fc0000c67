package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/eb661601/ajar/access"
)

// In every snapshot a principal holds what its own grants and those of the teams
// it is in, and of the teams above, say there; HeldEver tells the same of all of
// them at once.
func TestHeldEverIsWhatEachSnapshotShows(t *testing.T) {
	for seed := range uint64(12) {
		s, r := fresh(t), rand.New(rand.NewPCG(seed, 7))
		var snaps []*access.Snapshot
		for n := range 8 {
			p := begin(t, s, hour(n))
			for id := int64(1); id <= 3; id++ {
				put(t, p, access.AreaTeams, id, access.TeamInfo{ID: id, Slug: fmt.Sprint("team-", id), Parent: []int64{0, 0, r.Int64N(2), r.Int64N(3)}[id]})
				var members, grants []any
				for u := int64(11); u <= 12; u++ {
					if r.IntN(2) == 0 {
						members = append(members, member(u, id, access.Member))
					}
				}
				for repo := int64(50); repo <= 51; repo++ {
					if r.IntN(2) == 0 {
						grants = append(grants, byTeam(id, repo, access.Read+access.Privilege(r.IntN(2))))
					}
				}
				put(t, p, access.AreaTeamMembers, id, members...)
				put(t, p, access.AreaTeamGrants, id, grants...)
			}
			for repo := int64(50); repo <= 51; repo++ {
				put(t, p, access.AreaRepositories, repo, access.Repository{ID: repo, Name: fmt.Sprint("r", repo)})
				put(t, p, access.AreaDirectGrants, repo, direct(11+r.Int64N(2), repo, access.Admin))
			}
			complete(t, p, access.Areas...)
			snaps = append(snaps, load(t, s, finish(t, p)))
		}
		held, err := s.HeldEver(t.Context(), "acme", user(11))
		if err != nil {
			t.Fatal(err)
		}
		for _, snap := range snaps {
			var got []string
			for _, h := range held {
				if h.From.ID <= snap.ID && (h.To.ID == 0 || h.To.ID > snap.ID) {
					got = append(got, fmt.Sprint(h.Teams, h.Grant.Key()))
				}
			}
			want := heldIn(snap, user(11))
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Fatalf("seed %d, snapshot %d:\n got %q\nwant %q", seed, snap.ID, got, want)
			}
		}
	}
}

// heldIn is the naive way.
func heldIn(s *access.Snapshot, who access.Ref) []string {
	var out []string
	var through func(way []access.Ref, team int64)
	through = func(way []access.Ref, team int64) {
		way = append(slices.Clone(way), access.Ref{Kind: access.Team, ID: team})
		for _, g := range s.Grants {
			if g.Principal == way[len(way)-1] {
				out = append(out, fmt.Sprint(way, g.Key()))
			}
		}
		if t, _ := s.Team(team); t.Parent != 0 {
			through(way, t.Parent)
		}
	}
	for _, g := range s.Grants {
		if g.Principal == who {
			out = append(out, fmt.Sprint([]access.Ref(nil), g.Key()))
			if g.Resource.Kind == access.Team {
				through(nil, g.Resource.ID)
			}
		}
	}
	return out
}
