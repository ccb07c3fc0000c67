package githubsim

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

const acme = "/orgs/acme-robotics"

// demo serves the demo world at its own time to callers of every kind.
func demo(t *testing.T, change ...func(*Org)) (owner, member, stranger, app caller) {
	t.Helper()
	w := Demo()
	w.Users = append(w.Users, &User{Login: "somebody-else", ID: 1, Type: "User", CreatedAt: demoNow.AddDate(-2, 0, 0)})
	for _, f := range change {
		f(w.Orgs[0])
	}
	srv := simulate(t, w, Options{PrimaryLimit: Unlimited, Now: func() time.Time { return demoNow }, Tokens: []Token{
		{Value: "owner", Login: "mirela-okafor", Scope: OwnerScope},
		{Value: "member", Login: "greta-obuya", Scope: MemberScope}, // of team firmware
		{Value: "stranger", Login: "somebody-else", Scope: MemberScope},
		{Value: "app", Scope: AppScope},
	}})
	as := func(token string) caller { return caller{t, srv.URL, token, srv.Client()} }
	return as("owner"), as("member"), as("stranger"), as("app")
}

func TestSettingsAreLeftOutForWhoMayNotSeeThem(t *testing.T) {
	owner, member, stranger, app := demo(t)
	for _, c := range []struct {
		name           string
		who            caller
		settings, plan bool
	}{{"owner", owner, true, true}, {"app", app, true, true}, {"member", member, false, false}, {"stranger", stranger, false, false}} {
		body := c.who.get(acme).body.(map[string]any)
		if body["login"] != "acme-robotics" {
			t.Errorf("%s: login %v", c.name, body["login"])
		}
		for _, key := range []string{"default_repository_permission", "two_factor_requirement_enabled", "members_can_create_repositories"} {
			if _, there := body[key]; there != c.settings {
				t.Errorf("%s: %s there: %v, want %v", c.name, key, there, c.settings)
			}
		}
		if _, there := body["plan"]; there != c.plan {
			t.Errorf("%s: plan there: %v, want %v", c.name, there, c.plan)
		}
	}
	if got := owner.get(acme).key("default_repository_permission"); got != "read" {
		t.Errorf("the base permission is %q", got)
	}
}

func TestRefusalsSayWhatGitHubSays(t *testing.T) {
	owner, member, stranger, app := demo(t)
	for _, c := range []struct {
		name string
		who  caller
		path string
		want int
	}{
		{"workflow token, member", member, acme + "/actions/permissions/workflow", 403},
		{"workflow token, stranger", stranger, acme + "/actions/permissions/workflow", 404},
		{"second factors, member", member, acme + "/members?filter=2fa_disabled", 422},
		{"second factors, app", app, acme + "/members?filter=2fa_insecure", 422},
		{"outside collaborators, member", member, acme + "/outside_collaborators", 403},
		{"invitations, member", member, acme + "/invitations", 403},
		{"custom roles, member", member, acme + "/custom-repository-roles", 403},
		{"organization roles, stranger", stranger, acme + "/organization-roles", 404},
		{"audit log, member", member, acme + "/audit-log", 403},
		{"secret team, member", member, acme + "/teams/security", 404},
		{"teams, stranger", stranger, acme + "/teams", 404},
		{"private repository, stranger", stranger, "/repos/acme-robotics/bootloader", 404},
		{"internal repository, stranger", stranger, "/repos/acme-robotics/handbook", 404},
		{"keys, who may only push", member, "/repos/acme-robotics/arm-firmware/keys", 403},
		{"collaborators, who may only read", member, "/repos/acme-robotics/control-plane/collaborators", 403},
		{"teams of a repository, who may only push", member, "/repos/acme-robotics/arm-firmware/teams", 403},
		{"environments of what one cannot see", stranger, "/repos/acme-robotics/control-plane/environments", 404},
		{"personal access tokens, owner", owner, acme + "/personal-access-tokens", 403},
		{"whoever an app is", app, "/user", 403},
		{"no such organization", owner, "/orgs/nobody", 404},
		{"no such team", owner, acme + "/teams/nobody", 404},
		{"no such environment", owner, "/repos/acme-robotics/control-plane/environments/moon", 404},
		{"a slash at the end", owner, acme + "/", 404},
	} {
		a := c.who.get(c.path)
		if a.status != c.want {
			t.Errorf("%s: status %d, want %d", c.name, a.status, c.want)
		}
		if a.key("message") == "" || a.key("documentation_url") == "" || a.key("status") != strconv.Itoa(a.status) {
			t.Errorf("%s: body %v", c.name, a.body)
		}
	}
}

func TestRefusedAppIsToldThePermissionThatHelps(t *testing.T) {
	srv := simulate(t, Demo(), Options{Tokens: []Token{{Value: "app", Scope: AppScope.Without("members:read", "administration:read", "actions:read")}}})
	app := caller{t, srv.URL, "app", srv.Client()}
	for path, want := range map[string]string{
		acme + "/members": "members=read",
		acme + "/teams":   "members=read",
		"/repos/acme-robotics/control-plane/keys":         "administration=read",
		"/repos/acme-robotics/control-plane/environments": "actions=read",
	} {
		a := app.get(path)
		if got := a.header.Get("X-Accepted-GitHub-Permissions"); a.status != 403 || got != want || a.key("message") != "Resource not accessible by integration" {
			t.Errorf("%s: status %d, accepted %q, body %v; want 403 and %q", path, a.status, got, a.body, want)
		}
	}
}

func TestStrangersSeeAnEmptyListOfMembers(t *testing.T) {
	owner, _, stranger, _ := demo(t)
	if got := stranger.all(acme+"/members", ""); len(got) != 0 {
		t.Errorf("a stranger sees %d members", len(got))
	}
	if got := owner.all(acme+"/members?per_page=100", ""); len(got) != 42 {
		t.Errorf("an owner sees %d members, want 42", len(got))
	}
}

func TestListsComeInPages(t *testing.T) {
	owner, _, _, _ := demo(t)
	for _, c := range []struct {
		query string
		sizes []int
	}{{"", []int{30, 12}}, {"?per_page=20", []int{20, 20, 2}}, {"?per_page=1000", []int{42}}, {"?per_page=0", []int{30, 12}}, {"?per_page=42", []int{42}}, {"?per_page=x&page=y", []int{30, 12}}} {
		var sizes []int
		ids := map[string]bool{}
		for path := acme + "/members" + c.query; path != ""; {
			a := owner.get(path)
			part := a.body.([]any)
			sizes = append(sizes, len(part))
			for i := range part {
				ids[a.key(i, "id")] = true
			}
			path = a.next(owner.url)
		}
		if !slices.Equal(sizes, c.sizes) || len(ids) != 42 {
			t.Errorf("%q: pages of %v with %d people, want %v with 42", c.query, sizes, len(ids), c.sizes)
		}
	}
	if a := owner.get(acme + "/members?page=9"); a.status != 200 || len(a.body.([]any)) != 0 {
		t.Errorf("a page past the end: %d, %v", a.status, a.body)
	}
	link := owner.get(acme + "/members?per_page=10&page=2").header.Get("Link")
	for _, want := range []string{`page=1&per_page=10>; rel="prev"`, `page=3&per_page=10>; rel="next"`, `page=5&per_page=10>; rel="last"`, `page=1&per_page=10>; rel="first"`} {
		if !strings.Contains(link, want) {
			t.Errorf("Link %q lacks %q", link, want)
		}
	}
	if got := owner.get("/api/v3" + acme + "/members?per_page=10").next(owner.url); !strings.HasPrefix(got, "/api/v3/orgs/") {
		t.Errorf("the next page of /api/v3 is at %q", got)
	}
}

func TestCountedListsComeInPages(t *testing.T) {
	owner, _, _, _ := demo(t)
	path := "/repos/acme-robotics/control-plane/environments?per_page=2"
	a := owner.get(path)
	if a.key("total_count") != "3" || len(a.body.(map[string]any)["environments"].([]any)) != 2 {
		t.Errorf("first page: %v", a.body)
	}
	if got := owner.all(path, "environments"); len(got) != 3 {
		t.Errorf("%d environments, want 3", len(got))
	}
}

func TestUnchangedAnswerCostsNothing(t *testing.T) {
	srv := simulate(t, Demo(), Options{PrimaryLimit: 100, Tokens: []Token{{Value: "one", Scope: OwnerScope}, {Value: "two", Scope: OwnerScope}}})
	one, two := caller{t, srv.URL, "one", srv.Client()}, caller{t, srv.URL, "two", srv.Client()}
	first := one.get(acme + "/members")
	tag := first.header.Get("ETag")
	again := one.get(acme+"/members", "If-None-Match", tag)
	if again.status != http.StatusNotModified || again.body != nil || again.header.Get("ETag") != tag {
		t.Errorf("the same answer again: status %d, body %v, tag %q", again.status, again.body, again.header.Get("ETag"))
	}
	if used := one.get("/rate_limit").key("resources", "core", "used"); used != "1" {
		t.Errorf("%s requests were counted, want 1", used)
	}
	if other := one.get(acme+"/members?role=admin", "If-None-Match", tag); other.status != 200 {
		t.Errorf("another answer: status %d", other.status)
	}
	if other := two.get(acme+"/members", "If-None-Match", tag); other.status != 200 {
		t.Errorf("with another token: status %d; a tag is void with a new token", other.status)
	}
}

func TestNamesInPathsHaveNoCase(t *testing.T) {
	owner, _, _, _ := demo(t)
	for _, path := range []string{
		"/orgs/ACME-Robotics", "/orgs/Acme-Robotics/teams/SRE", "/orgs/acme-robotics/memberships/Greta-Obuya",
		"/repos/Acme-Robotics/Control-Plane", "/repos/acme-robotics/CONTROL-PLANE/environments/Production",
		"/repos/acme-robotics/control-plane/collaborators/KOFI-brandvold/permission",
	} {
		if a := owner.get(path); a.status != 200 {
			t.Errorf("%s: status %d", path, a.status)
		}
	}
}

func TestEnvironmentNamesMayHoldASlash(t *testing.T) {
	owner, _, _, _ := demo(t, func(o *Org) { o.Repos[0].Environments[0].Name = "eu/staging 1" })
	a := owner.get("/repos/acme-robotics/control-plane/environments/eu%2Fstaging%201")
	if a.status != 200 || a.key("name") != "eu/staging 1" {
		t.Errorf("status %d, %v", a.status, a.body)
	}
	if a := owner.get("/repos/acme-robotics/control-plane/environments/eu/staging%201"); a.status != 404 {
		t.Errorf("unescaped: status %d", a.status)
	}
}

func TestPlansDecideWhatThereIs(t *testing.T) {
	owner, _, _, app := demo(t, func(o *Org) { o.Plan = "team" })
	for _, path := range []string{"/audit-log", "/custom-repository-roles", "/credential-authorizations"} {
		for _, who := range []caller{owner, app} {
			if a := who.get(acme + path); a.status != 404 {
				t.Errorf("%s on the team plan: status %d, want 404", path, a.status)
			}
		}
	}
	if a := owner.get(acme + "/organization-roles"); a.status != 200 {
		t.Errorf("organization roles on the team plan: status %d", a.status)
	}
	if _, there := owner.get(acme).body.(map[string]any)["members_can_create_internal_repositories"]; there {
		t.Error("the team plan has no internal repositories")
	}
}

// logins of a list of people, sorted.
func logins(list []any) []string {
	var out []string
	for _, v := range list {
		out = append(out, fmt.Sprint(v.(map[string]any)["login"]))
	}
	slices.Sort(out)
	return out
}

func TestSingleSignOnIsAskedFor(t *testing.T) {
	srv := simulate(t, Demo(), Options{Tokens: []Token{{Value: "sso", Login: "greta-obuya", Scope: Scope{Member: true, SSO: []string{"acme-robotics"}}}}})
	c := caller{t, srv.URL, "sso", srv.Client()}
	for _, path := range []string{acme, acme + "/members", "/repos/acme-robotics/bootloader"} {
		if a := c.get(path); a.status != 403 || !strings.HasPrefix(a.header.Get("X-GitHub-SSO"), "required; url=") {
			t.Errorf("%s: status %d, X-GitHub-SSO %q", path, a.status, a.header.Get("X-GitHub-SSO"))
		}
	}
	if a := c.get("/repos/acme-robotics/website"); a.status != 200 {
		t.Errorf("a public repository: status %d", a.status)
	}
}
