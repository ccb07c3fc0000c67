package githubsim

import (
	"net/http"
	"reflect"
	"slices"
	"testing"
)

// writable starts a village that its owner may change, and an app with the
// permissions to.
func writable(t testing.TB, w *World, o Options) *sim {
	t.Helper()
	o.Writable = true
	if o.Tokens == nil {
		o.Tokens = []Token{{Value: "owner", Scope: OwnerScope}, {Value: "member", Scope: MemberScope}, {Value: "app", Scope: AppScope}, {Value: "writer", Scope: writerScope}}
	}
	return startSim(t, w, o)
}

// want sends a request and holds the status.
func (s *sim) want(status int, method, path, body string) []byte {
	s.t.Helper()
	resp, raw := s.do(method, path, body)
	if resp.StatusCode != status {
		s.t.Errorf("%s %s %s: %d, not %d: %s", method, path, body, resp.StatusCode, status, raw)
	}
	return raw
}

// who is what somebody can do on a repository of the world as it is.
func (s *sim) who(repo, login string) string {
	effective, _ := s.s.Snapshot().PermissionSources("village", repo, login)
	return effective
}

func TestRemovedMemberLosesAllThatGoesWithTheMembership(t *testing.T) {
	w := village()
	o := w.Orgs[0]
	o.Repos[1].Forks = []string{"cy", "dot"}
	o.Repos[1].Invitations[0].Inviter, o.Invitations[1].Inviter = "cy", "cy"
	o.OrgRoles = []*OrgRole{{ID: 35, Name: "all_repo_write", Users: []string{"cy"}}}
	s := writable(t, w, Options{})
	s.want(204, "DELETE", "/orgs/village/memberships/cy", "")
	got := s.s.Snapshot().Orgs[0]
	if s.who("vault", "cy") != "none" || got.invitationOf("zed") == nil || len(got.Invitations) != 1 || len(got.Repos[1].Invitations) != 0 ||
		len(got.OrgRoles[0].Users) != 0 || !slices.Equal(got.Repos[1].Forks, []string{"dot"}) {
		t.Errorf("something is left: %+v", got)
	}
	s.want(404, "DELETE", "/orgs/village/memberships/cy", "")
	s.want(404, "GET", "/orgs/village/memberships/cy", "")
	former := got.FormerMembers[0]
	if former.Role != "member" || former.Teams[0].Name != "css" || former.Collaborators[0].Role != "pull" || former.Forks[0] != "vault" {
		t.Errorf("kept for a reinstatement is %+v", former)
	}
}

func TestLastOwnerIsRefused(t *testing.T) {
	s := writable(t, village(), Options{})
	s.want(403, "DELETE", "/orgs/village/memberships/root", "")
	s.want(403, "DELETE", "/orgs/village/members/root", "")
	s.want(403, "PUT", "/orgs/village/memberships/root", `{"role":"member"}`)
	s.want(403, "PUT", "/orgs/village/outside_collaborators/root", "")
	s.want(200, "PUT", "/orgs/village/memberships/ada", `{"role":"admin"}`)
	s.want(200, "PUT", "/orgs/village/memberships/root", `{"role":"member"}`)
}

func TestCollaboratorIsAddedChangedInvitedAndRemoved(t *testing.T) {
	s := writable(t, village(), Options{})
	for _, c := range []struct {
		status       int
		method, path string
		body         string
		repo, login  string
		want         string
	}{
		{204, "PUT", "shop/collaborators/ada", `{"permission":"maintain"}`, "shop", "ada", "maintain"},
		{204, "PUT", "shop/collaborators/eve", `{"permission":"pull"}`, "shop", "eve", "read"},
		{204, "PUT", "vault/collaborators/dot", ``, "vault", "dot", "write"},
		{204, "PUT", "vault/collaborators/dot", `{"permission":"Reviewer"}`, "vault", "dot", "reviewer"},
		{422, "PUT", "vault/collaborators/root", `{"permission":"push"}`, "vault", "root", "admin"},
		{422, "PUT", "vault/collaborators/dot", `{"permission":"write"}`, "vault", "dot", "reviewer"},
		{400, "PUT", "vault/collaborators/dot", `{"permission":`, "vault", "dot", "reviewer"},
		{403, "PUT", "attic/collaborators/dot", `{"permission":"push"}`, "attic", "dot", "read"},
		{404, "PUT", "vault/collaborators/nobody", `{"permission":"push"}`, "vault", "dot", "reviewer"},
		{201, "PUT", "vault/collaborators/eve", `{"permission":"push"}`, "vault", "eve", "none"},
		{204, "DELETE", "vault/collaborators/dot", ``, "vault", "dot", "read"},
		{204, "DELETE", "vault/collaborators/dot", ``, "vault", "dot", "read"},
		{204, "DELETE", "shop/collaborators/eve", ``, "shop", "eve", "none"},
		{404, "DELETE", "shop/collaborators/eve", ``, "shop", "eve", "none"},
	} {
		s.want(c.status, c.method, "/repos/village/"+c.path, c.body)
		if got := s.who(c.repo, c.login); got != c.want {
			t.Errorf("after %s %s %s: %s on %s, not %s", c.method, c.path, c.body, got, c.repo, c.want)
		}
	}
}

func TestRoleBelowTheBasePermissionIsRefused(t *testing.T) {
	w := village()
	w.Orgs[0].Settings.DefaultRepositoryPermission = "write"
	s := writable(t, w, Options{})
	s.want(422, "PUT", "/repos/village/vault/collaborators/dot", `{"permission":"triage"}`)
	s.want(204, "PUT", "/repos/village/vault/collaborators/dot", `{"permission":"push"}`)
}

func TestTeamGrantIsItsOwnAndInheritedOnesStay(t *testing.T) {
	s := writable(t, village(), Options{})
	at := "/orgs/village/teams/"
	s.want(204, "DELETE", at+"css/repos/village/shop", "") // it has eng's
	s.want(204, "GET", at+"css/repos/village/shop", "")
	s.want(404, "DELETE", at+"ops/repos/village/vault", "")
	s.want(204, "PUT", at+"css/repos/village/vault", "")
	if got := s.s.Snapshot().Orgs[0].Repos[1].teamGrant("css"); got == nil || got.Permission != "pull" {
		t.Errorf("without a permission the team got %+v", got)
	}
	s.want(204, "DELETE", at+"eng/repos/village/shop", "")
	s.want(404, "GET", at+"css/repos/village/shop", "")
	s.want(422, "PUT", at+"css/repos/village/vault", `{"permission":"owner"}`)
}

func TestDeployKeyIsInUseOnceAndComesBackWithAnotherNumber(t *testing.T) {
	s := writable(t, village(), Options{})
	key := `{"title":"ci","key":"ssh-ed25519 AAAA again@home","read_only":true}`
	s.want(422, "POST", "/repos/village/vault/keys", key)
	s.want(204, "DELETE", "/repos/village/shop/keys/91", "")
	s.want(404, "DELETE", "/repos/village/shop/keys/91", "")
	s.want(201, "POST", "/repos/village/vault/keys", key)
	s.want(422, "POST", "/repos/village/vault/keys", `{"key":"no key"}`)
	if k := s.s.Snapshot().Orgs[0].Repos[1].DeployKeys[0]; k.ID <= 91 || !k.ReadOnly || k.AddedBy != "root" {
		t.Errorf("added was %+v", k)
	}
}

func TestMutationsTellWhatTookEffectAndWhatChangedAnything(t *testing.T) {
	s := writable(t, village(), Options{})
	s.do("GET", "/orgs/village/teams", "")
	s.want(204, "DELETE", "/repos/village/shop/collaborators/eve", "")
	s.want(204, "DELETE", "/repos/village/shop/collaborators/ben", "")
	s.want(404, "DELETE", "/repos/village/shop/collaborators/eve", "")
	s.as("app").want(403, "DELETE", "/repos/village/shop/collaborators/ada", "")
	type seen struct {
		status           int
		applied, changed bool
	}
	var got []seen
	for _, m := range s.s.Mutations() {
		got = append(got, seen{m.Status, m.Applied, m.Changed})
	}
	want := []seen{{204, true, true}, {204, true, false}, {404, false, false}, {403, false, false}}
	if !slices.Equal(got, want) {
		t.Errorf("noted were %v, not %v", got, want)
	}
}

func TestSnapshotSharesNothingWithTheWorld(t *testing.T) {
	w := Demo()
	c := w.Clone()
	if !reflect.DeepEqual(w, c) {
		t.Error("the copy differs")
	}
	c.Orgs[0].Repos[0].Name, c.Orgs[0].Settings.DefaultRepositoryPermission = "other", "admin"
	if reflect.DeepEqual(w, c) {
		t.Error("a change of the copy changed the world")
	}
}

func TestTokenThatIsReadOnlyNeverWrites(t *testing.T) {
	readOnly := OwnerScope
	readOnly.ReadOnly = true
	s := writable(t, village(), Options{Tokens: []Token{{Value: "owner", Scope: readOnly}}})
	before := s.s.Snapshot()
	s.want(http.StatusForbidden, "DELETE", "/orgs/village/memberships/cy", "")
	if !reflect.DeepEqual(before, s.s.Snapshot()) {
		t.Error("it did")
	}
}
