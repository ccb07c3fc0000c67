package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/eb661601/ajar/access"
)

var (
	acme = access.Organization{ID: 77, NodeID: "O_77", Login: "Acme", Name: "Acme Robotics",
		CreatedAt: time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC)}
	noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
)

func hour(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }

// fixed is a clock that stands still, so that no batch ends by its age.
func fixed() time.Time { return hour(1000) }

func open(t testing.TB, path string) *Store {
	t.Helper()
	s, err := Open(t.Context(), path, Options{Now: fixed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func fresh(t testing.TB) *Store {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "ajar.db"))
}

func begin(t testing.TB, s *Store, at time.Time) *Pass {
	t.Helper()
	p, err := s.Begin(t.Context(), acme, at)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func finish(t testing.TB, p *Pass) SnapshotInfo {
	t.Helper()
	info, err := p.Finish(t.Context(), PassStats{})
	if err != nil {
		t.Fatal(err)
	}
	return info
}

func put(t testing.TB, p *Pass, a access.Area, scope int64, things ...any) {
	t.Helper()
	if err := p.Put(t.Context(), a, scope, rowsOf(t, things)); err != nil {
		t.Fatal(err)
	}
}

func add(t testing.TB, p *Pass, a access.Area, scope int64, things ...any) {
	t.Helper()
	if err := p.Add(t.Context(), a, scope, rowsOf(t, things)); err != nil {
		t.Fatal(err)
	}
}

func rowsOf(t testing.TB, things []any) access.Rows {
	t.Helper()
	var rows access.Rows
	for _, x := range things {
		switch x := x.(type) {
		case access.Grant:
			rows.Grants = append(rows.Grants, x)
		case []access.Grant:
			rows.Grants = append(rows.Grants, x...)
		case access.Entity:
			rows.Entities = append(rows.Entities, x)
		default:
			t.Fatalf("%T is no row", x)
		}
	}
	return rows
}

// complete says of areas that they were read to the end.
func complete(t testing.TB, p *Pass, list ...access.Area) {
	t.Helper()
	for _, a := range list {
		if err := p.Cover(t.Context(), access.Cover{Area: a, Status: access.Complete, Total: -1}); err != nil {
			t.Fatal(err)
		}
	}
}

func gap(t testing.TB, p *Pass, a access.Area, scope int64) {
	t.Helper()
	err := p.Cover(t.Context(), access.Cover{Area: a, Scope: scope, Status: access.Denied, Reason: "not allowed", Total: -1})
	if err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, s *Store, info SnapshotInfo) *access.Snapshot {
	t.Helper()
	snap, err := s.Load(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

func count(t testing.TB, s *Store, table string) int64 {
	t.Helper()
	var n int64
	if err := s.read.db.QueryRowContext(context.Background(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func same(t testing.TB, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmp.AllowUnexported(access.Coverage{})); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func user(id int64) access.Ref { return access.Ref{Kind: access.User, ID: id} }
func team(id int64) access.Ref { return access.Ref{Kind: access.Team, ID: id} }
func repo(id int64) access.Ref { return access.Ref{Kind: access.Repo, ID: id} }
func env(id int64) access.Ref  { return access.Ref{Kind: access.Env, ID: id} }

func direct(u, r int64, p access.Privilege) access.Grant {
	return access.Grant{Principal: user(u), Resource: repo(r), Privilege: p, Source: access.Direct}
}

func member(u, t int64, p access.Privilege) access.Grant {
	return access.Grant{Principal: user(u), Resource: team(t), Privilege: p, Source: access.Direct}
}

func byTeam(t, r int64, p access.Privilege) access.Grant {
	return access.Grant{Principal: team(t), Resource: repo(r), Privilege: p, Source: access.ByTeam}
}

func inOrg(u int64, p access.Privilege) access.Grant {
	src := access.Direct
	if p == access.Owner {
		src = access.ByOwner
	}
	return access.Grant{Principal: user(u), Resource: access.Ref{Kind: access.Org, ID: acme.ID}, Privilege: p, Source: src}
}

func reviewer(p access.Ref, e int64) access.Grant {
	return access.Grant{Principal: p, Resource: env(e), Privilege: access.Approve, Source: access.Reviewer}
}

func isTrue(b bool) *bool { return &b }

func TestWhatWasPutIsWhatIsLoaded(t *testing.T) {
	s := fresh(t)
	p := begin(t, s, noon)
	day := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	people := []access.Person{{ID: 1, NodeID: "U_1", Login: "ann", Name: "Ann", CreatedAt: day}, {ID: 2, Login: "bob"}, {ID: 9, Login: "gone"}}
	if err := p.People(t.Context(), people); err != nil {
		t.Fatal(err)
	}
	settings := access.Settings{Plan: "team", BasePermission: access.Read, TwoFactorRequired: isTrue(true)}
	token := access.WorkflowToken{Default: "read"}
	gate := access.Gate{Env: 71, Repo: 50, WaitTimer: 5, Reviewers: 2}
	policy := access.Policy{Env: 71, Repo: 50, Branches: access.AnyBranch, AdminBypass: isTrue(false)}
	key := access.DeployKey{ID: 90, Repo: 50, Title: "ci", Public: "ssh-ed25519 AAAA", CreatedAt: day}
	invite := access.Invite{ID: 33, Email: "x@example.com", Role: "direct_member", CreatedAt: day}
	put(t, p, access.AreaOrganization, 77, acme)
	put(t, p, access.AreaSettings, 77, settings)
	put(t, p, access.AreaWorkflowToken, 77, token)
	put(t, p, access.AreaMembers, 1, inOrg(1, access.Owner))
	put(t, p, access.AreaTwoFactor, 1, access.TwoFactor{User: 1, Enabled: true})
	put(t, p, access.AreaOutside, 2, access.Outside{User: 2})
	put(t, p, access.AreaInvitations, 33, invite)
	put(t, p, access.AreaFailedInvitations, 34, access.Invite{ID: 34, Role: "admin", FailedReason: "expired"})
	put(t, p, access.AreaTeams, 11, access.TeamInfo{ID: 11, Slug: "sre", Privacy: "visible"})
	put(t, p, access.AreaTeams, 10, access.TeamInfo{ID: 10, Slug: "eng", Privacy: "visible"})
	put(t, p, access.AreaTeamMembers, 11, member(1, 11, access.Maintain))
	put(t, p, access.AreaTeamGrants, 11, byTeam(11, 50, access.Write))
	put(t, p, access.AreaCustomRoles, 5, access.CustomRole{ID: 5, Name: "deployer", Base: access.Write, Permissions: []string{"a", "b"}})
	put(t, p, access.AreaOrgRoles, 6, access.OrgRole{ID: 6, Name: "reader", Base: access.Read})
	put(t, p, access.AreaRepositories, 50, access.Repository{ID: 50, Name: "api", Visibility: "private", DefaultBranch: "main"})
	put(t, p, access.AreaDirectGrants, 50, direct(2, 50, access.Admin), direct(2, 50, access.Admin))
	put(t, p, access.AreaEnvironments, 50, access.Environment{ID: 72, Repo: 50, Name: "stage"}, access.Environment{ID: 71, Repo: 50, Name: "production"})
	put(t, p, access.AreaGates, 50, gate, reviewer(user(1), 71), reviewer(team(11), 71))
	put(t, p, access.AreaPolicies, 50, policy)
	put(t, p, access.AreaDeployKeys, 50, key)
	put(t, p, access.AreaAuditLog, 1, access.Activity{User: 1, Last: day, What: "repo.create"})
	put(t, p, access.AreaContributions, 2, access.Activity{User: 2, Last: day, What: "commit"})
	complete(t, p, access.Areas...)
	gap(t, p, access.AreaGates, 51)
	info := finish(t, p)

	want := &access.Snapshot{
		ID: info.ID, TakenAt: noon, Org: acme, Settings: &settings, WorkflowToken: &token, People: people[:2],
		TwoFactor: []access.TwoFactor{{User: 1, Enabled: true}}, Outside: []access.Outside{{User: 2}},
		Invitations: []access.Invite{invite}, FailedInvitations: []access.Invite{{ID: 34, Role: "admin", FailedReason: "expired"}},
		Teams:        []access.TeamInfo{{ID: 10, Slug: "eng", Privacy: "visible"}, {ID: 11, Slug: "sre", Privacy: "visible"}},
		Repositories: []access.Repository{{ID: 50, Name: "api", Visibility: "private", DefaultBranch: "main"}},
		Environments: []access.Environment{{ID: 71, Repo: 50, Name: "production", Gate: &gate, Policy: &policy}, {ID: 72, Repo: 50, Name: "stage"}},
		DeployKeys:   []access.DeployKey{key},
		CustomRoles:  []access.CustomRole{{ID: 5, Name: "deployer", Base: access.Write, Permissions: []string{"a", "b"}}},
		OrgRoles:     []access.OrgRole{{ID: 6, Name: "reader", Base: access.Read}},
		Grants: []access.Grant{member(1, 11, access.Maintain), inOrg(1, access.Owner), direct(2, 50, access.Admin),
			byTeam(11, 50, access.Write), reviewer(user(1), 71), reviewer(team(11), 71)},
		AuditActivity: []access.Activity{{User: 1, Last: day, What: "repo.create"}},
		Contributions: []access.Activity{{User: 2, Last: day, What: "commit"}},
	}
	for _, a := range access.Areas {
		want.Coverage.Set(access.Cover{Area: a, Status: access.Complete, Total: -1})
	}
	want.Coverage.Set(access.Cover{Area: access.AreaGates, Scope: 51, Status: access.Denied, Reason: "not allowed", Total: -1})
	same(t, "snapshot", load(t, s, info), want)
}
