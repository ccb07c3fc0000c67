package githubsim

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestRandomWritesKeepTheWorldConsistent sends whatever can be sent, in any order,
// and holds the world to what is always true of an organization on GitHub.
func TestRandomWritesKeepTheWorldConsistent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := village()
		w.Orgs[0].OrgRoles = []*OrgRole{{ID: 35, Name: "all_repo_read", Users: []string{"dot"}, Teams: []string{"ops"}}}
		w.Orgs[0].Repos[1].Forks = []string{"cy"}
		clock := newClock(w.Meta.Now)
		s := New(w, Options{Writable: true, Now: clock.Now, Tokens: []Token{{Value: "owner", Scope: OwnerScope}}})
		before := s.Snapshot()
		for range rapid.IntRange(1, 40).Draw(t, "requests") {
			method, path, body := draw(t)
			r := httptest.NewRequest(method, path, strings.NewReader(body))
			r.Header.Set("Authorization", "Bearer owner")
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, r)
			after, m := s.Snapshot(), s.Mutations()
			last := m[len(m)-1]
			line := fmt.Sprintf("%s %s %s (%d)", method, path, body, rec.Code)
			if rec.Code >= http.StatusInternalServerError {
				t.Fatalf("%s: %s", line, rec.Body)
			}
			if changed := !reflect.DeepEqual(before, after); changed != last.Changed || changed && !last.Applied || changed && rec.Code >= 300 {
				t.Fatalf("%s: changed is %t, noted was %+v", line, changed, last)
			}
			if err := consistent(after); err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			login := path[strings.LastIndex(path, "/")+1:]
			if was := before.Index().org("village").member(login); strings.HasPrefix(last.Route, "DELETE /orgs/{org}/member") && last.Changed && was != nil {
				if held := after.Index().org("village").held(login); len(held) > 0 {
					t.Fatalf("%s: %s still has %v", line, login, held[0])
				}
			}
			before = after
		}
	})
}

// TestWritesSideBySideAreOneAfterTheOther is for the race detector.
func TestWritesSideBySideAreOneAfterTheOther(t *testing.T) {
	s := writable(t, village(), Options{Lag: time.Second, Faults: []Fault{{Action: AppliedLater, Requests: 3, Writes: true, Probability: 0.3}}})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 10 {
				s.do("PUT", "/orgs/village/memberships/ben", `{"role":"`+[]string{"admin", "member"}[n%2]+`"}`)
				s.do("POST", "/orgs/village/invitations", fmt.Sprintf(`{"email":"%d-%d@example.org"}`, i, n))
				s.do("GET", "/orgs/village/members", "")
				s.ask(`{organization(login:"village"){membersWithRole(first:10){edges{role node{login}}}}}`)
				s.s.Snapshot()
				s.s.Mutations()
			}
		})
	}
	all.Wait()
	if err := consistent(s.s.Snapshot()); err != nil {
		t.Error(err)
	}
}

// draw makes a request for a change.
func draw(t *rapid.T) (method, path, body string) {
	pick := func(name string, all ...string) string { return rapid.SampledFrom(all).Draw(t, name) }
	user := pick("user", "root", "ada", "ben", "cy", "dot", "eve", "zed", "nobody")
	repo := pick("repo", "shop", "vault", "attic")
	team := pick("team", "eng", "web", "css", "ops")
	routes := writeRoutes()
	r := routes[rapid.IntRange(0, len(routes)-1).Draw(t, "route")]
	path = strings.NewReplacer("{org}", "village", "{owner}", "village", "{repo}", repo, "{username}", user, "{team_slug}", team,
		"{role_id}", "35", "{environment_name}", pick("env", "dev", "production%2Feu", "new"),
		"{invitation_id}", pick("invitation", "51", "52", "57", "202", "203"), "{key_id}", pick("key", "91", "202"),
		"{branch_policy_id}", pick("pattern", "202", "203")).Replace(r.template)
	switch {
	case strings.HasSuffix(r.template, "/keys"):
		body = `{"title":"x","key":"ssh-ed25519 ` + pick("material", "AAAA", "BBBB") + `"}`
	case strings.HasSuffix(r.template, "/invitations"):
		body = `{"invitee_id":` + pick("id", "102", "104", "106", "107") + `,"role":"` + pick("role", "admin", "direct_member", "reinstate") + `"}`
	case strings.HasSuffix(r.template, "/invitations/{invitation_id}"):
		body = `{"permissions":"` + pick("words", "read", "admin") + `"}`
	case strings.HasSuffix(r.template, "/workflow"):
		body = `{"default_workflow_permissions":"` + pick("token", "read", "write") + `"}`
	case r.method == http.MethodPatch:
		body = `{"default_repository_permission":"` + pick("base", "none", "read", "write") + `"}`
	case strings.Contains(r.template, "deployment-branch-policies"):
		body = `{"name":"` + pick("name", "main", "v*") + `"}`
	case strings.Contains(r.template, "/environments/"):
		body = pick("environment", `{}`, `{"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}`,
			`{"wait_timer":5,"reviewers":[{"type":"User","id":102},{"type":"Team","id":22}]}`)
	case strings.Contains(r.template, "membership"):
		body = `{"role":"` + pick("role", "admin", "member", "maintainer") + `"}`
	case r.method == http.MethodPut && strings.Contains(r.template, "{repo}"):
		body = `{"permission":"` + pick("permission", "pull", "triage", "push", "maintain", "admin", "reviewer") + `"}`
	}
	return r.method, path, body
}

// consistent says what could not be on GitHub.
func consistent(w *World) error {
	if err := w.Check(); err != nil {
		return err
	}
	o := w.Orgs[0]
	x := w.Index().org(o.Login)
	if x.anOwner() == "" {
		return fmt.Errorf("nobody is an owner")
	}
	ids := map[int64]string{}
	take := func(id int64, what string) error {
		if old := ids[id]; old != "" {
			return fmt.Errorf("%d is %s and %s", id, old, what)
		}
		ids[id] = what
		return nil
	}
	for _, t := range o.Teams {
		for _, m := range t.Members {
			if x.member(m.Login) == nil {
				return fmt.Errorf("%s is in %s and no member", m.Login, t.Slug)
			}
		}
	}
	for _, role := range o.OrgRoles {
		for _, l := range role.Users {
			if x.member(l) == nil {
				return fmt.Errorf("%s holds %s and is no member", l, role.Name)
			}
		}
	}
	for _, i := range o.Invitations {
		if x.member(i.Login) != nil {
			return fmt.Errorf("%s is invited and a member", i.Login)
		}
		if err := take(i.ID, "an invitation"); err != nil {
			return err
		}
	}
	return consistentRepos(x, take)
}

func consistentRepos(x *orgIndex, take func(int64, string) error) error {
	keys := map[string]bool{}
	for _, r := range x.Repos {
		seen := map[string]bool{}
		for _, g := range r.Collaborators {
			if seen[fold(g.Login)] {
				return fmt.Errorf("%s has two grants on %s", g.Login, r.Name)
			}
			seen[fold(g.Login)] = true
		}
		for _, l := range r.Forks {
			if effective, _ := x.sources(r, l); effective == "none" && r.Visibility != "public" {
				return fmt.Errorf("%s has a fork of %s and cannot read it", l, r.Name)
			}
		}
		for _, k := range r.DeployKeys {
			if keys[material(k.Key)] {
				return fmt.Errorf("the key %s is in use twice", k.Key)
			}
			keys[material(k.Key)] = true
			if err := take(k.ID, "a key"); err != nil {
				return err
			}
		}
		for _, i := range r.Invitations {
			if err := take(i.ID, "a repository invitation"); err != nil {
				return err
			}
		}
		for _, e := range r.Environments {
			if err := take(e.ID, "an environment"); err != nil {
				return err
			}
		}
	}
	return nil
}
