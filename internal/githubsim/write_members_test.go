package githubsim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestWhoeverIsInvitedHasNothingBeforeTheyAccept(t *testing.T) {
	s := writable(t, village(), Options{})
	raw := s.want(201, "PUT", "/repos/village/vault/collaborators/eve", `{"permission":"maintain"}`)
	var i struct {
		ID          int64
		Permissions string
	}
	if err := json.Unmarshal(raw, &i); err != nil || i.Permissions != "maintain" {
		t.Fatalf("%v: %s", err, raw)
	}
	again := s.want(201, "PUT", "/repos/village/vault/collaborators/eve", `{"permission":"triage"}`)
	if !strings.Contains(string(again), fmt.Sprintf(`"id":%d`, i.ID)) || s.who("vault", "eve") != "none" {
		t.Errorf("invited again: %s", again)
	}
	s.want(200, "PATCH", fmt.Sprintf("/repos/village/vault/invitations/%d", i.ID), `{"permissions":"write"}`)
	s.want(422, "PATCH", fmt.Sprintf("/repos/village/vault/invitations/%d", i.ID), `{"permissions":"push"}`)
	s.accept(i.ID, "eve")
	if got := s.who("vault", "eve"); got != "write" {
		t.Errorf("accepted, eve has %s", got)
	}
	s.want(404, "DELETE", fmt.Sprintf("/repos/village/vault/invitations/%d", i.ID), "")
}

// accept accepts an invitation as login.
func (s *sim) accept(id int64, login string) {
	s.t.Helper()
	s.s.Mutate(func(w *World) {
		if err := w.Accept("village", id, login); err != nil {
			s.t.Error(err)
		}
	})
}

func TestReinstatedMemberGetsBackWhatTheyHad(t *testing.T) {
	w := village()
	w.Orgs[0].Repos[1].Forks = []string{"cy"}
	s := writable(t, w, Options{})
	before := s.s.Snapshot().Orgs[0]
	s.want(204, "DELETE", "/orgs/village/memberships/cy", "")
	raw := s.want(201, "POST", "/orgs/village/invitations", `{"invitee_id":104,"role":"reinstate"}`)
	var i struct {
		ID   int64
		Role string
	}
	if err := json.Unmarshal(raw, &i); err != nil || i.Role != "direct_member" {
		t.Fatalf("%v: %s", err, raw)
	}
	s.want(422, "POST", "/orgs/village/invitations", `{"invitee_id":104}`) // invited already
	s.accept(i.ID, "")
	after := s.s.Snapshot().Orgs[0]
	if s.who("vault", "cy") != "maintain" || after.Teams[2].membership("cy") == nil || after.Repos[1].collaborator("cy").Permission != before.Repos[1].collaborator("cy").Permission ||
		!slices.Equal(after.Repos[1].Forks, []string{"cy"}) {
		t.Errorf("something is missing: %+v", after)
	}
	s.want(422, "POST", "/orgs/village/invitations", `{"invitee_id":102,"role":"reinstate"}`) // a member
	s.want(422, "POST", "/orgs/village/invitations", `{"invitee_id":106,"role":"reinstate"}`) // never was one
	s.want(204, "DELETE", "/orgs/village/memberships/cy", "")
	s.clock.Advance(91 * 24 * time.Hour)
	s.want(422, "POST", "/orgs/village/invitations", `{"invitee_id":104,"role":"reinstate"}`) // too late
	s.want(201, "POST", "/orgs/village/invitations", `{"email":"cy@example.org","team_ids":[22]}`)
}

func TestInvitationsAreReadStrictlyAndCounted(t *testing.T) {
	w := village()
	w.Orgs[0].Plan, w.Orgs[0].CreatedAt = "free", w.Meta.Now
	s := writable(t, w, Options{})
	const at = "/orgs/village/invitations"
	for status, bodies := range map[int][]string{
		422: {`{}`, `{"invitee_id":106,"email":"a@b"}`, `{"invitee_id":106,"role":"owner"}`, `{"invitee_id":106,"team_ids":[9]}`, `{"invitee_id":107}`, `{"invitee_id":"106"}`},
		404: {`{"invitee_id":9}`},
		400: {`nonsense`},
	} {
		for _, body := range bodies {
			s.want(status, "POST", at, body)
		}
	}
	for i := range 50 {
		s.want(201, "POST", at, fmt.Sprintf(`{"email":"%d@example.org"}`, i))
	}
	s.want(422, "POST", at, `{"email":"x50@example.org"}`)
	s.want(422, "PUT", "/orgs/village/memberships/eve", `{"role":"member"}`)
	s.clock.Advance(24 * time.Hour)
	s.want(200, "PUT", "/orgs/village/memberships/eve", `{"role":"member"}`)
	s.want(204, "DELETE", "/orgs/village/memberships/eve", "") // cancels
	s.want(404, "DELETE", "/orgs/village/members/zed", "")     // invited, no member
}

func TestStrangerInATeamIsPendingAndAnIdentityProvidersTeamRefuses(t *testing.T) {
	w := village()
	w.Orgs[0].Teams[3].ExternalGroup = "sre-all"
	s := writable(t, w, Options{})
	raw := s.want(200, "PUT", "/orgs/village/teams/web/memberships/eve", `{"role":"maintainer"}`)
	if !strings.Contains(string(raw), `"state":"pending"`) {
		t.Errorf("a stranger got %s", raw)
	}
	raw = s.want(200, "GET", "/orgs/village/teams/web/memberships/eve", "")
	if !strings.Contains(string(raw), `"state":"pending"`) {
		t.Errorf("a stranger has %s", raw)
	}
	s.want(204, "DELETE", "/orgs/village/teams/web/memberships/eve", "")
	s.want(404, "DELETE", "/orgs/village/teams/web/memberships/eve", "")
	s.want(204, "DELETE", "/orgs/village/teams/eng/memberships/cy", "") // only in css
	if s.who("shop", "cy") != "write" {
		t.Error("what was inherited is gone")
	}
	s.want(422, "PUT", "/orgs/village/teams/web/memberships/village", "")
	if raw = s.want(200, "PUT", "/orgs/village/teams/web/memberships/root", `{"role":"member"}`); !strings.Contains(string(raw), `"role":"maintainer"`) {
		t.Errorf("an owner got %s", raw)
	}
	s.want(403, "PUT", "/orgs/village/teams/ops/memberships/ben", "")
	s.want(403, "DELETE", "/orgs/village/teams/ops/memberships/dot", "")
	if raw = s.want(200, "GET", "/orgs/village/teams/ops/external-groups", ""); !strings.Contains(string(raw), "sre-all") {
		t.Errorf("groups are %s", raw)
	}
}

func TestNobodyIsInvitedWhereUsersAreManaged(t *testing.T) {
	w := village()
	w.Orgs[0].ManagedUsers = true
	s := writable(t, w, Options{})
	s.want(422, "POST", "/orgs/village/invitations", `{"invitee_id":106}`)
	s.want(422, "DELETE", "/orgs/village/invitations/51", "")
	s.want(422, "PUT", "/orgs/village/memberships/eve", "")
	s.want(422, "PUT", "/orgs/village/teams/web/memberships/eve", "")
	s.want(200, "PUT", "/orgs/village/memberships/ada", `{"role":"admin"}`)
}

func TestMemberWhoIsConvertedKeepsWhatTheTeamsGave(t *testing.T) {
	s := writable(t, village(), Options{})
	s.want(204, "PUT", "/orgs/village/outside_collaborators/cy", "")
	o := s.s.Snapshot().Orgs[0]
	if s.who("vault", "cy") != "maintain" || s.who("shop", "cy") != "write" || s.who("attic", "cy") != "none" || o.Teams[2].membership("cy") != nil {
		t.Errorf("cy has %s, %s, %s", s.who("vault", "cy"), s.who("shop", "cy"), s.who("attic", "cy"))
	}
	s.want(403, "PUT", "/orgs/village/outside_collaborators/cy", "") // no member any more
	s.want(422, "DELETE", "/orgs/village/outside_collaborators/ben", "")
	s.want(404, "DELETE", "/orgs/village/outside_collaborators/zed", "")
	s.want(204, "DELETE", "/orgs/village/outside_collaborators/cy", "")
	if s.who("vault", "cy") != "none" {
		t.Error("something is left")
	}
	s.want(202, "PUT", "/orgs/village/outside_collaborators/ben", `{"async":true}`)
}

func TestEnterpriseTeamHoldsAMemberWhoIsRemoved(t *testing.T) {
	w := village()
	w.Orgs[0].Members[2].EnterpriseTeams = []string{"all-staff"}
	s := writable(t, w, Options{})
	s.want(204, "DELETE", "/orgs/village/memberships/ben", "")
	raw := s.want(200, "GET", "/orgs/village/memberships/ben", "")
	if !strings.Contains(string(raw), `"direct_membership":false`) || s.who("vault", "ben") != "maintain" {
		t.Errorf("ben is %s", raw)
	}
}

func TestPrivateForkGoesWithTheLastWayToRead(t *testing.T) {
	w := village()
	w.Orgs[0].Settings.DefaultRepositoryPermission = "none"
	w.Orgs[0].Repos[1].Forks = []string{"ben", "cy"}
	s := writable(t, w, Options{})
	s.want(204, "DELETE", "/orgs/village/teams/css/memberships/cy", "") // cy has a grant by name
	s.want(204, "DELETE", "/orgs/village/teams/web/repos/village/vault", "")
	if got := s.s.Snapshot().Orgs[0].Repos[1].Forks; !slices.Equal(got, []string{"cy"}) {
		t.Errorf("forks of %v are left", got)
	}
	s.want(204, "DELETE", "/repos/village/vault/collaborators/cy", "")
	if got := s.s.Snapshot().Orgs[0].Repos[1].Forks; len(got) != 0 {
		t.Errorf("forks of %v are left", got)
	}
}

func TestClassicTokenWritesAsFarAsItsScopesGo(t *testing.T) {
	repo, org := OwnerScope, OwnerScope
	repo.Classic, org.Classic = []string{"repo", "read:org"}, []string{"admin:org"}
	s := writable(t, village(), Options{Tokens: []Token{{Value: "repo", Scope: repo}, {Value: "org", Scope: org}, {Value: "fine", Login: "root", Scope: Scope{Permissions: []string{"metadata:read", "members:write"}}}}})
	const key, member = "/repos/village/shop/keys/91", "/orgs/village/memberships/dot"
	s.as("repo").want(403, "DELETE", member, "")
	s.as("org").want(403, "DELETE", key, "")
	resp, _ := s.as("fine").do("DELETE", key, "")
	if resp.StatusCode != 403 || resp.Header.Get("X-Accepted-GitHub-Permissions") != "administration=write" {
		t.Errorf("a fine-grained token got %d, %v", resp.StatusCode, resp.Header)
	}
	s.as("fine").want(204, "DELETE", member, "")
	s.as("repo").want(204, "DELETE", key, "")
}

func TestEveryChangeStandsInTheAuditLog(t *testing.T) {
	w := village()
	o := w.Orgs[0]
	o.AuditLog = []*AuditEvent{{ID: "first", Action: "org.create", Actor: "root", CreatedAt: o.CreatedAt}}
	o.OrgRoles = []*OrgRole{{ID: 35, Name: "all_repo_read", Users: []string{"dot"}}}
	o.Repos[0].Environments[1].BranchPolicy = &BranchPolicy{Custom: []BranchPattern{{ID: 75, Name: "main", Type: "branch"}}}
	s := writable(t, w, Options{})
	for _, line := range strings.Split(strings.TrimSpace(everyWrite), "\n") {
		before := len(s.s.Snapshot().Orgs[0].AuditLog)
		method, rest, _ := strings.Cut(line, " ")
		path, body, _ := strings.Cut(rest, " ")
		s.do(method, path, body)
		all := s.s.Mutations()
		log := s.s.Snapshot().Orgs[0].AuditLog
		if quiet := strings.HasPrefix(line, "PATCH /repos") || strings.Contains(line, "/issues "); all[len(all)-1].Changed && !quiet && (len(log) != before+1 || log[before].Actor != "root") {
			t.Errorf("%s left %d entries", line, len(log)-before)
		}
	}
}

func TestInstallationWritesAsFarAsItWasGrantedAndAsItsBot(t *testing.T) {
	w := village()
	w.Orgs[0].AuditLog = []*AuditEvent{{ID: "first", Action: "org.create", Actor: "root", CreatedAt: w.Orgs[0].CreatedAt}}
	app := auditApp(w) // administration:write, members:read
	now := w.Meta.Now
	s := writable(t, w, Options{Apps: []App{app}})
	s = s.as(signed(t, appKey(), "4711", now.Add(-time.Minute), now.Add(time.Minute)))
	var issued struct{ Token string }
	if err := json.Unmarshal(s.want(201, "POST", "/app/installations/77/access_tokens", ""), &issued); err != nil {
		t.Fatal(err)
	}
	s = s.as(issued.Token)
	s.want(403, "DELETE", "/orgs/village/memberships/cy", "")
	s.want(204, "DELETE", "/repos/village/shop/keys/91", "")
	log := s.s.Snapshot().Orgs[0].AuditLog
	if e := log[len(log)-1]; e.Actor != "audit[bot]" || e.Action != "public_key.delete" {
		t.Errorf("the log says %+v", e)
	}
	if m := s.s.Mutations(); len(m) != 2 {
		t.Errorf("that a token was issued is noted as a change: %+v", m)
	}
}
