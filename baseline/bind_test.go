package baseline

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func allComplete() access.Coverage {
	var c access.Coverage
	for _, a := range access.Areas {
		c.Set(access.Cover{Area: a, Status: access.Complete})
	}
	return c
}

var people = []string{"root-admin", "cto", "alice", "bob", "dan", "erin", "fay", "acme-bot", "olga"}

// acme is a small organization that testdata/full.toml speaks of. Ids: people
// from 1, teams from 101, repositories from 201, environments from 301.
func acme() *access.Snapshot {
	s := &access.Snapshot{ID: 1, TakenAt: now, Coverage: allComplete(), Org: access.Organization{ID: 99, Login: "Acme"}}
	for i, login := range people {
		s.People = append(s.People, access.Person{ID: int64(i + 1), Login: login})
	}
	for i, slug := range []string{"qa", "eng", "sre", "leads"} {
		s.Teams = append(s.Teams, access.TeamInfo{ID: int64(101 + i), Slug: slug})
	}
	s.Teams[2].Parent = 102 // sre is inside eng
	for i, name := range []string{"api", "web-shop", "Web-Admin", "infra"} {
		s.Repositories = append(s.Repositories, access.Repository{ID: int64(201 + i), Name: name})
	}
	for i, e := range []struct {
		repo int64
		name string
	}{{201, "Production"}, {201, "production-eu"}, {201, "staging"}, {202, "review-12"}, {204, "production"}} {
		s.Environments = append(s.Environments, access.Environment{ID: int64(301 + i), Repo: e.repo, Name: e.name})
	}
	s.DeployKeys = []access.DeployKey{{ID: 900, Repo: 204, Title: "ci"}, {ID: 901, Repo: 201, Title: "mirror"}, {ID: 902, Repo: 202, Title: "Read by builder"}, {ID: 903, Repo: 203, Title: "other"}}
	s.CustomRoles = []access.CustomRole{{ID: 50, Name: "Security-Auditor", Base: access.Read, Permissions: []string{"view_secret_scanning_alerts"}}}
	s.OrgRoles = []access.OrgRole{{ID: 60, Name: "security_manager", Base: access.Read}}
	s.Grants = []access.Grant{{Principal: user("dan"), Resource: access.Ref{Kind: access.Team, ID: 103}, Privilege: access.Member, Source: access.Direct},
		{Principal: user("dan"), Resource: access.Ref{Kind: access.Org, ID: 99}, Privilege: access.Member, Source: access.Direct}}
	return s
}

func user(login string) access.Ref {
	return access.Ref{Kind: access.User, ID: int64(slices.Index(people, login) + 1)}
}
func team(id int64) access.Ref { return access.Ref{Kind: access.Team, ID: id} }

const (
	qa, eng, sre, leads             = 101, 102, 103, 104
	api, webShop, webAdmin, infra   = 201, 202, 203, 204
	apiProd, apiProdEU, apiStaging  = 301, 302, 303
	shopReview, infraProd, unknownE = 304, 305, 999
)

func bindFull(t *testing.T) *Bound {
	t.Helper()
	b, err := Load([]string{"testdata/full.toml"})
	if err != nil {
		t.Fatal(err)
	}
	bound, problems := b.Bind(acme())
	want := []string{"testdata/full.toml:72:24: app:deploy-bot cannot be checked: a snapshot does not hold apps"}
	if diff := cmp.Diff(want, texts(problems)); diff != "" {
		t.Fatalf("problems: want -, have +:\n%s", diff)
	}
	return bound
}

func texts(ps []Problem) []string {
	var out []string
	for _, p := range ps {
		out = append(out, p.String())
	}
	return out
}

func bind(t *testing.T, text string, s *access.Snapshot) (*Bound, []string) {
	t.Helper()
	bound, problems := parse(t, text).Bind(s)
	return bound, texts(problems)
}

func TestEntitlementsOnRepositories(t *testing.T) {
	b := bindFull(t)
	cases := []struct {
		name      string
		principal access.Ref
		repo      int64
		at        time.Time
		privilege access.Privilege
		jit       access.Privilege
		accepted  bool
		expired   int
	}{
		{"a team's role on every repository", team(qa), webAdmin, now, access.Read, access.None, false, 0},
		{"everybody's role", user("olga"), infra, now, access.Read, access.None, false, 0},
		{"the highest of two roles", team(eng), webAdmin, now, access.Write, access.None, true, 0},
		{"nothing where no entry matches", team(eng), infra, now, access.None, access.None, false, 0},
		{"within its window", user("dan"), infra, now, access.Write, access.None, true, 0},
		{"before its start", user("dan"), infra, now.AddDate(0, -1, 0), access.Read, access.None, false, 0},
		{"on its last day", user("dan"), infra, time.Date(2027, 1, 31, 23, 59, 59, 0, time.UTC), access.Write, access.None, true, 0},
		{"after its end", user("dan"), infra, time.Date(2027, 2, 1, 0, 0, 0, 0, time.UTC), access.Read, access.None, false, 1},
		{"an assignment that has ended", user("erin"), api, now, access.Read, access.None, false, 1},
		{"a review that is due", team(eng), api, time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC), access.Write, access.None, false, 0},
		{"a role that is no standing access", team(sre), infra, now, access.None, access.Maintain, false, 0},
		{"a deploy key by number", access.Ref{Kind: access.Key, ID: 901}, api, now, access.Write, access.None, true, 0},
		{"a deploy key by title", access.Ref{Kind: access.Key, ID: 902}, webShop, now, access.Read, access.None, false, 0},
		{"a deploy key of another title", access.Ref{Kind: access.Key, ID: 903}, webAdmin, now, access.None, access.None, false, 0},
		{"a deploy key by assignment", access.Ref{Kind: access.Key, ID: 900}, infra, now, access.Write, access.None, true, 0},
		{"a repository that does not exist", team(qa), 9999, now, access.None, access.None, false, 0},
	}
	for _, c := range cases {
		e := b.OnRepo(c.principal, c.repo, c.at)
		if e.Privilege != c.privilege || e.JITOnly != c.jit || e.Accepted != c.accepted || len(e.Expired) != c.expired || e.Standing != (c.privilege > access.None) {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func TestExpiredLineNamesWhereAndWhen(t *testing.T) {
	e := bindFull(t).OnRepo(user("erin"), api, now)
	want := []Line{{Position{"testdata/full.toml", 63, 1}, "developer", access.Write, "helped out", time.Date(2026, 10, 31, 18, 0, 0, 0, time.UTC)}}
	if diff := cmp.Diff(want, e.Expired); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}

func TestCustomRolesAndExtrasAreEntitled(t *testing.T) {
	b := bindFull(t)
	e := b.OnRepo(user("fay"), infra, now)
	if e.Privilege != access.Read || !slices.Equal(e.CustomRoles, []int64{50}) || !slices.Equal(e.Extras, []string{"view_secret_scanning_alerts"}) {
		t.Errorf("%+v", e)
	}
	if e := b.OnRepo(team(eng), api, now); !slices.Equal(e.Extras, []string{"delete_alerts_code_scanning"}) {
		t.Errorf("%+v", e)
	}
}

func TestCustomRoleThatWasNotSeenLeavesTheEntryUnresolved(t *testing.T) {
	text := "[roles.x]\nrepository = \"wizard\"\n[[assign]]\nrole = \"x\"\nto = [\"team:acme/qa\"]\non = [\"repo:acme/*\"]\n"
	s := acme()
	if bound, got := bind(t, text, s); bound != nil || got[0] != `b.toml:1:1: "wizard" is neither a privilege nor a custom role of Acme (allowed: admin, maintain, read, security-auditor, triage, write)` {
		t.Errorf("seen to the end: %v", got)
	}
	s.Coverage.Set(access.Cover{Area: access.AreaCustomRoles, Status: access.Denied, Reason: "no permission"})
	bound, got := bind(t, text, s)
	if len(got) != 1 || got[0] != `b.toml:1:1: custom role "wizard" was not seen; the snapshot does not hold all custom roles: no permission` {
		t.Errorf("denied: %v", got)
	}
	if e := bound.OnRepo(team(qa), api, now); len(e.Unresolved) != 1 || e.Privilege != access.None {
		t.Errorf("%+v, want one unresolved entry", e)
	}
}

func TestEntitlementsOnEnvironments(t *testing.T) {
	b := bindFull(t)
	cases := []struct {
		name      string
		principal access.Ref
		env       int64
		priv      access.Privilege
		standing  bool
		jit       bool
		accepted  bool
	}{
		{"by the environments of a role", team(eng), apiStaging, access.Deploy, true, false, true},
		{"by a pattern of names", team(eng), shopReview, access.Deploy, true, false, true},
		{"not on another name", team(eng), apiProd, access.Deploy, false, false, false},
		{"not another privilege", team(eng), apiStaging, access.Approve, false, false, false},
		{"case does not matter", user("acme-bot"), apiProd, access.Deploy, true, false, true},
		{"on an environment named itself, as an elevation", team(sre), apiProdEU, access.Approve, false, true, false},
		{"but not on others of that repository", team(sre), apiStaging, access.Approve, false, false, false},
		{"a listed reviewer", team(leads), apiProd, access.Approve, true, false, true},
		{"a reviewer whom a more specific rule replaced", team(leads), infraProd, access.Approve, false, false, false},
		{"a reviewer of the more specific rule", user("cto"), infraProd, access.Approve, true, false, true},
		{"an environment that does not exist", team(leads), unknownE, access.Approve, false, false, false},
	}
	for _, c := range cases {
		e := b.OnEnv(c.principal, c.env, c.priv, now)
		if e.Standing != c.standing || (e.Privilege == c.priv) != c.standing || (e.JITOnly == c.priv) != c.jit || e.Accepted != c.accepted {
			t.Errorf("%s: %+v", c.name, e)
		}
	}
}

func TestEnvironmentRulesMerge(t *testing.T) {
	b := bindFull(t)
	r, ok := b.Environment(infraProd)
	if !ok || *r.AllowAdminBypass || r.BranchMode != access.ProtectedBranch || len(r.Branches) != 0 || !slices.Equal(r.Tags, []string{"v*"}) || r.Source.Line != 126 {
		t.Errorf("%v %+v", ok, r)
	}
	if diff := cmp.Diff([]access.Ref{team(sre), user("cto")}, r.Reviewers); diff != "" {
		t.Error(diff)
	}
	r, _ = b.Environment(apiProd)
	if !slices.Equal(r.Branches, []string{"main", "release/*"}) || r.BranchMode != access.SelectedBranches {
		t.Errorf("%+v", r)
	}
	if _, ok := b.Environment(apiStaging); ok {
		t.Error("staging has a rule")
	}
}

func TestEnvironmentRulesThatDifferConflict(t *testing.T) {
	rules := "[[environment]]\nmatch = [\"env:acme/*/production*\"]\nprevent_self_review = true\nwait_timer = 5\n" +
		"[[environment]]\nmatch = [\"env:acme/api/*\"]\nprevent_self_review = false\nwait_timer = 5\n"
	bound, got := bind(t, rules, acme())
	want := []string{"b.toml:7:1: prevent_self_review is set to another value at b.toml:3:1, and both speak of env:Acme/api/Production (keep one, or say override = true in the more specific one)"}
	if diff := cmp.Diff(want, got); diff != "" || bound != nil {
		t.Errorf("bound %v, want -, have +:\n%s", bound != nil, diff)
	}
	// The less specific one cannot decide; the more specific one can.
	if bound, _ := bind(t, strings.Replace(rules, "wait_timer = 5\n[", "wait_timer = 5\noverride = true\n[", 1), acme()); bound != nil {
		t.Error("the less specific rule decided")
	}
	bound, got = bind(t, rules+"override = true\n", acme())
	if bound == nil {
		t.Fatal(got)
	}
	if r, _ := bound.Environment(apiProd); *r.PreventSelfReview {
		t.Errorf("%+v", r)
	}
}

func TestOwnersMembersAndOrganizationRoles(t *testing.T) {
	b := bindFull(t)
	if !b.Owner(user("cto").ID) || b.Owner(user("dan").ID) || !b.Member(user("cto").ID) || !b.Member(user("dan").ID) || b.Member(user("olga").ID) || !b.Outside(user("olga").ID) {
		t.Error("the lists are not read as written")
	}
	if e := b.OnOrg(user("dan"), now); e.Privilege != access.Member || e.JITOnly != access.Owner {
		t.Errorf("dan: %+v", e)
	}
	if e := b.OnOrg(user("cto"), now); e.Privilege != access.Owner || !e.Accepted {
		t.Errorf("cto: %+v", e)
	}
	if e := b.OnOrgRole(team(leads), 60, now); !e.Standing {
		t.Errorf("leads: %+v", e)
	}
	if e := b.OnOrgRole(team(sre), 60, now); e.Standing {
		t.Errorf("sre: %+v", e)
	}
	if p, ok := b.BasePermission(); !ok || p != access.Read {
		t.Error("base permission is not read")
	}
}

func TestManagedClassesAreThoseWithAnEntry(t *testing.T) {
	cases := map[string]struct {
		text string
		want []Class
	}{
		"everything":                   {"", Classes},
		"settings alone":               {"[organization.acme]\nbase_permission = \"read\"\n", nil},
		"named":                        {"[organization.acme]\nmanage = [\"tokens\", \"owners\"]\n", []Class{Owners, Tokens}},
		"an assignment":                {okRole + okAssign, []Class{RepositoryAccess}},
		"an assignment elsewhere":      {okRole + strings.ReplaceAll(okAssign, "acme", "other") + "[organization.acme]\nmembers = \"any\"\n", []Class{Members}},
		"a role with environments":     {"[roles.x]\nenvironments = { \"*\" = [\"deploy\"] }\n[[assign]]\nrole = \"x\"\nto = [\"user:dan\"]\non = [\"repo:acme/api\"]\n", []Class{Environments}},
		"a rule for an environment":    {"[[environment]]\nmatch = [\"env:acme/*/*\"]\nwait_timer = 1\n", []Class{Environments}},
		"an environment of other orgs": {"[[environment]]\nmatch = [\"env:other/*/*\"]\nwait_timer = 1\n[organization.acme]\nmembers = []\n", []Class{Members}},
		"an elevation to owner":        {"[roles.x]\norganization = \"owner\"\nstanding = false\n[[assign]]\nrole = \"x\"\nto = [\"user:dan\"]\non = [\"org:acme\"]\n", nil},
		"a deploy key":                 {"[[key]]\nrepository = [\"repo:acme/*\"]\nreason = \"x\"\n", []Class{Keys}},
	}
	for name, c := range cases {
		var b *Bound
		if c.text == "" {
			b = bindFull(t)
		} else if b, _ = bind(t, c.text, acme()); b == nil {
			t.Fatal(name)
		}
		if diff := cmp.Diff(c.want, b.Managing()); diff != "" {
			t.Errorf("%s: want -, have +:\n%s", name, diff)
		}
	}
}

func TestWhatMatchesNothingIsAWarning(t *testing.T) {
	text := okRole + `[[assign]]
role = "tester"
to = ["team:acme/qaa", "user:alcie", "user:x*", "team:acme/q*", "key:acme/api#77", "team:other/x"]
on = ["repo:acme/apii", "repo:acme/zzz*", "repo:other/x", "repo:acme/api"]
[[environment]]
match = ["env:acme/api/prodution", "env:acme/*/nope*", "env:acme/*/prod*"]
reviewers = ["user:bbo"]
`
	_, got := bind(t, text, acme())
	want := []string{
		`b.toml:5:7: team:acme/qaa does not exist (did you mean "qa"?)`,
		`b.toml:5:24: user:alcie does not exist (did you mean "alice"?)`,
		`b.toml:5:38: user:x* matches no person`,
		`b.toml:5:65: key:acme/api#77 does not exist`,
		`b.toml:6:7: repo:acme/apii does not exist (did you mean "api"?)`,
		`b.toml:6:25: repo:acme/zzz* matches no repository`,
		`b.toml:8:10: env:acme/api/prodution does not exist (did you mean "production"?)`,
		`b.toml:8:36: env:acme/*/nope* matches no environment`,
		`b.toml:9:14: user:bbo does not exist (did you mean "bob"?)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}

func TestWhatWasNotSeenIsNotCalledMissing(t *testing.T) {
	s := acme()
	s.Coverage.Set(access.Cover{Area: access.AreaTeams, Status: access.Denied, Reason: "secret teams are hidden"})
	s.Coverage.Set(access.Cover{Area: access.AreaEnvironments, Scope: 204, Status: access.Partial, Reason: "the page failed"})
	text := okRole + strings.Replace(okAssign, "qa", "ghosts", 1) +
		"[[environment]]\nmatch = [\"env:acme/infra/ghost\", \"env:acme/api/ghost\", \"env:acme/*/ghost\"]\nwait_timer = 1\n"
	_, got := bind(t, text, s)
	want := []string{
		"b.toml:5:7: team:acme/ghosts was not seen; the snapshot does not hold all teams: secret teams are hidden",
		"b.toml:8:10: env:acme/infra/ghost was not seen; the snapshot does not hold all environments: the page failed",
		"b.toml:8:34: env:acme/api/ghost does not exist",
		"b.toml:8:56: env:acme/*/ghost was not seen; the snapshot does not hold all environments: the page failed",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}

func TestALoginThatTwoAccountsShowIsNoMatch(t *testing.T) {
	s := acme()
	s.People = append(s.People, access.Person{ID: 77, Login: "DAN"})
	bound, got := bind(t, okRole+strings.Replace(okAssign, "team:acme/qa", "user:dan", 1), s)
	if len(got) != 1 || !strings.Contains(got[0], "names two accounts") {
		t.Errorf("%v", got)
	}
	for _, id := range []int64{77, user("dan").ID} {
		if e := bound.OnRepo(access.Ref{Kind: access.User, ID: id}, api, now); e.Standing {
			t.Errorf("account %d was matched", id)
		}
	}
}

func TestAnotherOrganizationsEntriesAreSilent(t *testing.T) {
	bound, got := bind(t, okRole+strings.ReplaceAll(okAssign, "acme", "other")+"[organization.other]\nowners = [\"user:nobody\"]\n", acme())
	want := []string{"b.toml:3:1: nothing in the baseline speaks of org:Acme"}
	if len(got) != 1 || !strings.HasSuffix(got[0], "nothing in the baseline speaks of org:Acme") {
		t.Errorf("have %v, want %v", got, want)
	}
	if bound.Managed(RepositoryAccess) || bound.Knows(team(qa)) {
		t.Error("an entry for another organization counts")
	}
}

func TestKnowsWhoeverIsMentioned(t *testing.T) {
	b, _ := bind(t, okRole+okAssign+"[organization.acme]\nowners = [\"user:cto\"]\n[[environment]]\nmatch = [\"env:acme/*/*\"]\nreviewers = [\"team:acme/leads\"]\n", acme())
	for ref, want := range map[access.Ref]bool{team(qa): true, user("cto"): true, team(leads): true, team(sre): false, user("bob"): false} {
		if b.Knows(ref) != want {
			t.Errorf("knows %v: %v", ref, !want)
		}
	}
}

func TestExplainNamesTheLines(t *testing.T) {
	b := bindFull(t)
	cases := []struct {
		principal, resource access.Ref
		want                string
	}{
		{user("dan"), access.Ref{Kind: access.Repo, ID: infra}, `testdata/full.toml:41:1: role tester gives read (regression testing)
testdata/full.toml:55:1: role developer gives write until 2027-01-31 (migration, TICKET-12)
as member of team:Acme/sre: testdata/full.toml:80:1: role release-approver gives maintain, only as an elevation
testdata/full.toml:95:1: the base permission gives every member read
so user:dan may have write as standing access, and maintain as an elevation
testdata/full.toml:41:1: class repository-access is managed in Acme, so what goes beyond this is drift`},
		{team(leads), access.Ref{Kind: access.Env, ID: apiProd}, `no entry gives team:Acme/leads anything on env:Acme/api/Production
so team:Acme/leads may have approve as standing access
testdata/full.toml:115:1: require_reviewers = true; reviewers team:Acme/leads; prevent_self_review = true; allow_admin_bypass = false; wait_timer = 0 minutes; branches main, release/*; tags v*
testdata/full.toml:47:1: class environments is managed in Acme, so what goes beyond this is drift`},
		{user("erin"), access.Ref{Kind: access.Repo, ID: api}, `testdata/full.toml:41:1: role tester gives read (regression testing)
testdata/full.toml:63:1: role developer gave write until 2026-10-31T18:00:00Z; it has ended (helped out)
so user:erin may have read as standing access
testdata/full.toml:41:1: class repository-access is managed in Acme, so what goes beyond this is drift`},
	}
	for _, c := range cases {
		if diff := cmp.Diff(c.want, strings.Join(b.Explain(c.principal, c.resource, now), "\n")); diff != "" {
			t.Errorf("want -, have +:\n%s", diff)
		}
	}
	if got := fmt.Sprint(b.Explain(user("dan"), access.Ref{Kind: access.Org, ID: 99}, now)); !strings.Contains(got, "gives owner, only as an elevation") || !strings.Contains(got, "listed as member") {
		t.Error(got)
	}
}
