package store

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

// outlined holds the outline of the newest snapshot against the snapshot itself.
func outlined(t *rapid.T, s *Store, info SnapshotInfo, newest bool, snap *access.Snapshot) {
	o, ok, err := s.Outline(context.Background(), info)
	must(t, err)
	if ok && !newest {
		t.Fatalf("snapshot %d is counted as if it were the newest", info.ID)
	}
	if d := cmp.Diff(snap.Coverage, o.Coverage, cmp.AllowUnexported(access.Coverage{})); d != "" || o.Org.Login != snap.Org.Login {
		t.Fatalf("organization %q instead of %q, coverage (-loaded +outlined):\n%s", o.Org.Login, snap.Org.Login, d)
	}
	if !ok { // of one since which a pass has begun nothing is counted
		return
	}
	grants := 0
	for _, n := range o.Grants {
		grants += n
	}
	for what, n := range map[string][2]int{
		"repositories": {o.Things[access.AreaRepositories], len(snap.Repositories)},
		"teams":        {o.Things[access.AreaTeams], len(snap.Teams)},
		"outside":      {o.Things[access.AreaOutside], len(snap.Outside)},
		"environments": {o.Things[access.AreaEnvironments], len(snap.Environments)},
		"keys":         {o.Things[access.AreaDeployKeys], len(snap.DeployKeys)},
		"grants":       {grants, len(snap.Grants)},
	} {
		if n[0] != n[1] {
			t.Fatalf("%d %s counted in snapshot %d, which has %d", n[0], what, info.ID, n[1])
		}
	}
}

func TestAnOutlineIsOfTheNewestSnapshotAlone(t *testing.T) {
	s := fresh(t)
	var infos []SnapshotInfo
	for n, privilege := range []access.Privilege{access.Read, access.Write} {
		p := begin(t, s, hour(n))
		put(t, p, access.AreaTeams, 1, access.TeamInfo{ID: 1, Slug: "a"})
		put(t, p, access.AreaTeamGrants, 1, byTeam(1, 1, privilege), byTeam(1, 2, access.Read))
		complete(t, p, access.AreaTeams, access.AreaTeamGrants)
		infos = append(infos, finish(t, p))
	}
	o, newest, err := s.Outline(t.Context(), infos[1])
	if err != nil || !newest || o.Grants[access.AreaTeamGrants] != 2 || o.Things[access.AreaTeams] != 1 || !o.Coverage.Complete(access.AreaTeamGrants) {
		t.Errorf("%+v, newest %v, %v", o, newest, err)
	}
	if _, newest, err := s.Outline(t.Context(), infos[0]); err != nil || newest {
		t.Errorf("an older snapshot: newest %v, %v", newest, err)
	}
	begin(t, s, hour(3))
	if _, newest, err := s.Outline(t.Context(), infos[1]); err != nil || newest {
		t.Errorf("while the next pass is under way: newest %v, %v", newest, err)
	}
}
