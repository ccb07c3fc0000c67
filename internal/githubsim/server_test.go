package githubsim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

func TestRoutesDecodeTheirParametersAndPreferLiterals(t *testing.T) {
	var got []string
	note := func(name string, params ...string) func(*call) *reply {
		return func(c *call) *reply {
			line := name
			for _, p := range params {
				line += " " + c.params[p]
			}
			got = append(got, line)
			return ok(nil)
		}
	}
	table := newRouteTable([]route{
		{method: "GET", template: "/repos/{owner}/{repo}/environments/{environment_name}", handle: note("environment", "repo", "environment_name")},
		{method: "GET", template: "/orgs/{org}/organization-roles/{role_id}/teams", handle: note("teams of role", "role_id")},
		{method: "GET", template: "/orgs/{org}/organization-roles/teams/{team_slug}", handle: note("roles of team", "team_slug")},
		{method: "GET", template: "/orgs/{org}", handle: note("org", "org")},
	})
	for _, tt := range []struct{ method, path, want string }{
		{"GET", "/repos/a/b/environments/production%2Feu", "environment b production/eu"},
		{"HEAD", "/repos/a/b/environments/a%20b", "environment b a b"},
		{"GET", "/orgs/a/organization-roles/7/teams", "teams of role 7"},
		{"GET", "/orgs/a/organization-roles/teams/x", "roles of team x"},
		{"GET", "/orgs/a/organization-roles/teams/teams", "roles of team teams"},
		{"GET", "/orgs/a", "org a"},
		{"GET", "/orgs/a/", ""}, {"GET", "/orgs//", ""}, {"GET", "/orgs", ""}, {"POST", "/orgs/a", ""}, {"GET", "/repos/a/b/environments/x/y", ""}, {"GET", "/orgs/%zz", ""},
	} {
		got = nil
		r, params := table.find(tt.method, tt.path)
		if r != nil {
			r.handle(&call{params: params})
		}
		if have := append(got, "")[0]; have != tt.want {
			t.Errorf("%s %s meets %q, want %q", tt.method, tt.path, have, tt.want)
		}
	}
}

func TestRequestsAreLoggedAndMeteredByShapeAndRoute(t *testing.T) {
	s := startSim(t, village(), Options{})
	s.data(`{organization(login:"village"){login teams(first:3){nodes{members(first:2){totalCount}}}} rateLimit{cost}}`)
	s.data(`query($ids:[ID!]!){nodes(ids:$ids){__typename ... on Environment{name}}}`, "ids", []string{nodeID("Environment", 71)})
	s.data(`{rateLimit{cost}}`)
	s.data(`query($id:ID!){node(id:$id){... on Team{slug} ... on User{login}}}`, "id", nodeID("Team", 21))
	s.do("GET", "/api/v3/rate_limit?x=1", "")
	s.do("GET", "/nowhere", "")
	m := s.s.Meters()
	for shape, want := range map[string]Count{"organization.teams": {Requests: 1, Points: 1, Nodes: 9}, "nodes(Environment)": {Requests: 1, Points: 1, Nodes: 1}, "rateLimit": {Requests: 1, Points: 1}, "node(Team,User)": {Requests: 1, Points: 1}} {
		got := m.GraphQL[shape]
		if got.Requests != want.Requests || got.Points != want.Points || got.Nodes != want.Nodes || got.Bytes == 0 {
			t.Errorf("%s: %+v", shape, got)
		}
	}
	if m.REST["GET /rate_limit"].Requests != 1 || m.REST["GET (no route)"].Requests != 1 || m.Total.Requests != 6 || m.Total.Nodes != 10 || m.InFlightMax != 1 {
		t.Errorf("meters %+v", m)
	}
	log := s.s.Requests()
	if len(log) != 6 || log[4].Path != "/api/v3/rate_limit?x=1" || log[4].Route != "GET /rate_limit" || log[4].Status != http.StatusOK || log[2].Query != "{rateLimit{cost}}" || log[0].Login != "root" || log[5].Status != http.StatusNotFound {
		t.Errorf("log %+v", log)
	}
	s.s.ResetMeters()
	if m := s.s.Meters(); m.Total != (Count{}) || len(s.s.Requests()) != 0 {
		t.Errorf("after a reset: %+v", m)
	}
}

func TestTheWorldMayChangeWhileItIsRead(t *testing.T) {
	s := startSim(t, crowd(20), Options{})
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 20 {
				if i == 0 {
					s.s.Mutate(func(w *World) { w.Orgs[0].Name += "!" })
					continue
				}
				s.data(`{organization(login:"village"){name repositories(first:20){nodes{name}}} rateLimit{used}}`)
				s.do("GET", "/rate_limit", "")
			}
		})
	}
	wg.Wait()
	if got := s.data(`{organization(login:"village"){name}}`); len(got) != len(`{"organization":{"name":"The Village"}}`)+20 {
		t.Errorf("got %s", got)
	}
}

func FuzzQueriesNeverBreakTheServer(f *testing.F) {
	for _, q := range auditQueries {
		f.Add(q)
	}
	f.Add(`{a:viewer{...{...{...on Node{id}}}}}`)
	f.Add(`query($a:[ID!]!=["x"]){nodes(ids:$a){id}}`)
	w := village()
	server := New(w, Options{PrimaryLimit: Unlimited, Now: func() time.Time { return w.Meta.Now }, Tokens: []Token{{Value: "owner", Scope: OwnerScope}}})
	f.Fuzz(func(t *testing.T, q string) {
		body, err := json.Marshal(map[string]string{"query": q})
		if err != nil {
			t.Skip(err)
		}
		r := httptest.NewRequest("POST", "/graphql", bytes.NewReader(body))
		r.Header.Set("Authorization", "Bearer owner")
		rec := httptest.NewRecorder()
		server.ServeHTTP(rec, r)
		server.ResetMeters()
		var a map[string]json.RawMessage
		if err := json.Unmarshal(rec.Body.Bytes(), &a); err != nil {
			t.Fatalf("%q: %v in %s", q, err, rec.Body)
		}
		if rec.Code != http.StatusOK && rec.Code != http.StatusBadRequest || rec.Code == http.StatusOK && a["data"] == nil && a["errors"] == nil {
			t.Errorf("%q: %d %s", q, rec.Code, rec.Body)
		}
	})
}
