package evidence_test

import (
	"context"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// account opens the account of bob over some hours.
func account(t tester, s *store.Store, from, to int) *evidence.Account {
	t.Helper()
	ctx := context.Background()
	info, err := s.Latest(ctx, "acme")
	check(t, err)
	snap, err := s.Load(ctx, info)
	check(t, err)
	a, err := evidence.AccountOf(ctx, s, "acme", evidence.Period{From: hour(from), To: past(hour(to))}, 0, user(2), snap)
	check(t, err)
	return a
}

// The account of a change names the run with those on whose word it went, or who made it
// by the audit log, and since when it is known not to have happened yet.
func TestAccountOfAChangeTellsOnWhoseWordItWent(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	holding(t, s, 0, access.Write)
	holding(t, s, 1, access.Admin, access.Event{ID: "raised", At: hour(1).Add(-time.Minute), Action: "repo.update_member", Actor: "eve", ActorID: 3, UserID: 2, User: "bob", RepoID: 5, Repo: "api"})
	carried(t, s, hour(1).Add(30*time.Minute))
	holding(t, s, 2, access.Write)
	a := account(t, s, 0, 2)
	raised, ok := a.Of(direct(2, 5, access.Admin), true, 2)
	if !ok || raised.Manner != "out-of-band" || raised.Event.Actor != "eve" || raised.Deed != nil || !raised.After.Equal(hour(0)) {
		t.Errorf("what eve gave is told as %+v", raised)
	}
	lowered, ok := a.Of(direct(2, 5, access.Admin), false, 3)
	if !ok || lowered.Manner != "planned" || lowered.Deed == nil || lowered.Deed.Run != "run-1" || lowered.Deed.Plan != "beef" ||
		lowered.Deed.By.Login != "ann" || len(lowered.Deed.Approvals) != 1 || lowered.Deed.Approvals[0].By.Login != "eve" {
		t.Errorf("what the run took is told as %+v with %+v", lowered, lowered.Deed)
	}
	if _, ok := a.Of(direct(2, 5, access.Write), true, 1); ok {
		t.Error("of the first snapshot of the period it is told what changed before")
	}
	gaps, err := a.Gaps(t.Context())
	check(t, err)
	if len(gaps) != 0 || a.Snapshots() != 3 {
		t.Errorf("%d snapshots with the gaps %v", a.Snapshots(), gaps)
	}
}

// GitHub's log knows teams by their names of then: a team that was renamed since is the
// same one, and one that has the name now is not.
func TestATeamIsFoundInTheLogByTheNameThatItHadThen(t *testing.T) {
	const then, now = "sre", "site-reliability"
	joined := access.Event{ID: "joined", At: hour(1).Add(-time.Minute), Action: "team.add_member", Actor: "eve", ActorID: 3, UserID: 2, User: "bob", Team: then}
	s := open(t, t.TempDir())
	defer s.Close()
	renamed(t, s, joined, then, then, now)
	if c, ok := account(t, s, 0, 2).Of(inTeam(2, 7, access.Member), true, 2); !ok || c.Event.ID != "joined" {
		t.Errorf("who joined before the rename is told as %+v", c)
	}
	e := gather(t, s, evidence.Period{From: hour(0), To: past(hour(2))})
	for _, row := range rows(t, e, "access-changes") {
		if row["resource"] == "team:acme/"+now && row["log_entry"] != "joined" {
			t.Errorf("the change is told as %v", row)
		}
	}
	other := joined
	other.Team, other.ID = now, "another"
	s2 := open(t, t.TempDir())
	defer s2.Close()
	renamed(t, s2, other, then, then, then, now)
	if c, ok := account(t, s2, 0, 3).Of(inTeam(2, 7, access.Member), true, 2); !ok || c.Event.ID != "" {
		t.Errorf("the team that had the name then is taken for the one that has it now: %+v", c)
	}
}

// renamed makes a pass an hour in which team 7 has one name after the other, and from the
// second on a member; GitHub's log tells the event each time.
func renamed(t *testing.T, s *store.Store, told access.Event, slugs ...string) {
	t.Helper()
	for n, slug := range slugs {
		var members []any
		if n > 0 {
			members = []any{inTeam(2, 7, access.Member)}
		}
		pass(t, s, hour(n), func(x *store.Pass) {
			world(t, x, 0)
			put(t, x, access.AreaTeams, 7, access.TeamInfo{ID: 7, Slug: slug})
			put(t, x, access.AreaTeamMembers, 7, members...)
			check(t, x.Heard(t.Context(), []access.Event{told}))
		})
	}
}

// The base permission is no grant, and gives or takes access of every member.
func TestAccountTellsOfTheBasePermission(t *testing.T) {
	s := open(t, t.TempDir())
	defer s.Close()
	for n, base := range []access.Privilege{access.Read, access.Read, access.Write, access.NoPrivilege, access.Read} {
		pass(t, s, hour(n), func(x *store.Pass) {
			world(t, x, 0)
			put(t, x, access.AreaSettings, 1, access.Settings{BasePermission: base})
			check(t, x.Heard(t.Context(), []access.Event{{ID: "base", At: hour(2).Add(-time.Minute), Action: "org.update_default_repository_permission", Actor: "eve", ActorID: 3}}))
		})
	}
	all, err := account(t, s, 0, 4).BasePermission(t.Context())
	check(t, err)
	if len(all) != 1 || all[0].Snapshot != 3 || all[0].Before != access.Read || all[0].After != access.Write || all[0].Cause.Event.Actor != "eve" {
		t.Errorf("the base permission is told as %+v", all)
	}
}
