package githubsim

import (
	"strings"
	"testing"
)

func TestOnlyOwnersSeeTwoFactorStates(t *testing.T) {
	s := startSim(t, village(), Options{})
	const q = `{organization(login:"village"){requiresTwoFactorAuthentication viewerCanAdminister membersWithRole(first:2){edges{role hasTwoFactorEnabled}}}}`
	for token, want := range map[string]string{
		"owner":  `{"organization":{"requiresTwoFactorAuthentication":true,"viewerCanAdminister":true,"membersWithRole":{"edges":[{"role":"ADMIN","hasTwoFactorEnabled":true},{"role":"MEMBER","hasTwoFactorEnabled":true}]}}}`,
		"app":    `{"organization":{"requiresTwoFactorAuthentication":true,"viewerCanAdminister":false,"membersWithRole":{"edges":[{"role":"ADMIN","hasTwoFactorEnabled":null},{"role":"MEMBER","hasTwoFactorEnabled":null}]}}}`,
		"member": `{"organization":{"requiresTwoFactorAuthentication":null,"viewerCanAdminister":false,"membersWithRole":{"edges":[{"role":"ADMIN","hasTwoFactorEnabled":null},{"role":"MEMBER","hasTwoFactorEnabled":null}]}}}`,
	} {
		if got := s.as(token).data(q); got != want {
			t.Errorf("%s sees %s", token, got)
		}
	}
}

// people are tokens of everybody in the village.
func people() []Token {
	var out []Token
	for _, l := range []string{"root", "ada", "ben", "cy", "dot", "eve", "zed"} {
		out = append(out, Token{Value: l, Login: l, Scope: MemberScope})
	}
	return out
}

func TestSecretTeamsAreSeenByTheirMembersOnly(t *testing.T) {
	s := startSim(t, village(), Options{Tokens: append(people(), Token{Value: "owner", Scope: OwnerScope}, Token{Value: "app", Scope: AppScope})})
	id := nodeID("Team", 24)
	for token, sees := range map[string]bool{"owner": true, "app": true, "dot": true, "ada": false, "zed": false} {
		got := s.as(token).data(`{organization(login:"village"){team(slug:"OPS"){slug} teams(first:10){nodes{slug}}}}`)
		if n := strings.Count(got, `"ops"`); sees && n != 2 || !sees && n != 0 {
			t.Errorf("%s gets %s", token, got)
		}
		if a := s.as(token).ask(`query($id:ID!){node(id:$id){id}}`, "id", id); (len(a.Errors) == 0) != sees {
			t.Errorf("%s finds by id: %s", token, a.Raw)
		}
	}
}

func TestPrivateRepositoriesAreSeenByThoseWithAccess(t *testing.T) {
	w := village()
	w.Orgs[0].Settings.DefaultRepositoryPermission = "none"
	w.Orgs[0].Repos[2].Visibility = "internal"
	s := startSim(t, w, Options{Tokens: append(people(), Token{Value: "app", Scope: AppScope}, Token{Value: "some", Scope: Scope{App: true, Permissions: AppScope.Permissions, Repositories: []string{"vault"}}})})
	for token, want := range map[string]string{
		"root": "attic shop vault", // admin by ownership, though the token has no admin scope
		"ada":  "attic shop",
		"ben":  "attic shop vault",
		"cy":   "attic shop vault", // by a parent team and by a direct grant
		"eve":  "shop",
		"zed":  "shop",
		"app":  "attic shop vault",
		"some": "vault",
	} {
		got := s.as(token).data(`{organization(login:"village"){repositories(first:10,orderBy:{field:NAME,direction:ASC}){totalCount nodes{name}}}}`)
		var names []string
		for _, n := range []string{"attic", "shop", "vault"} {
			if strings.Contains(got, `"`+n+`"`) {
				names = append(names, n)
			}
			if a := s.as(token).ask(`query($n:String!){repository(owner:"village",name:$n){id}}`, "n", n); (len(a.Errors) == 0) != strings.Contains(want, n) && token != "some" {
				t.Errorf("%s asks for %s: %s", token, n, a.Raw)
			}
		}
		if strings.Join(names, " ") != want {
			t.Errorf("%s sees %v, want %s", token, names, want)
		}
	}
}

func TestCollaboratorsNeedPushAccess(t *testing.T) {
	s := startSim(t, village(), Options{Tokens: append(people(), Token{Value: "app", Scope: AppScope}, Token{Value: "blind", Scope: AppScope.Without("administration:read")})})
	for token, allowed := range map[string]bool{"root": true, "ada": true, "ben": true, "cy": true, "dot": true, "eve": false, "zed": false, "app": true, "blind": false} {
		a := s.as(token).ask(`{repository(owner:"village",name:"shop"){name collaborators(first:5){totalCount}}}`)
		null := compact(t, a.Data) == `{"repository":{"name":"shop","collaborators":null}}`
		forbidden := len(a.Errors) == 1 && a.Errors[0].Type == "FORBIDDEN"
		if null == allowed || forbidden == allowed {
			t.Errorf("%s gets %s", token, a.Raw)
		}
	}
}

func TestCollaboratorsByAffiliationWithTheirSources(t *testing.T) {
	s := startSim(t, village(), Options{})
	ask := func(args string) string {
		return s.data(`{repository(owner:"village",name:"shop"){collaborators(first:20,` + args + `){edges{node{login} permission permissionSources{permission roleName source{__typename ... on Team{slug}}}}}}}`)
	}
	ada := `{"node":{"login":"ada"},"permission":"WRITE","permissionSources":[{"permission":"READ","roleName":"read","source":{"__typename":"Organization"}},` +
		`{"permission":"WRITE","roleName":"write","source":{"__typename":"Team","slug":"eng"}},{"permission":"READ","roleName":"reviewer","source":{"__typename":"Repository"}}]}`
	eve := `{"node":{"login":"eve"},"permission":"TRIAGE","permissionSources":[{"permission":"READ","roleName":"triage","source":{"__typename":"Repository"}}]}`
	cy := `{"node":{"login":"cy"},"permission":"WRITE","permissionSources":[{"permission":"READ","roleName":"read","source":{"__typename":"Organization"}},{"permission":"WRITE","roleName":"write","source":{"__typename":"Team","slug":"eng"}}]}`
	wrap := func(edges ...string) string {
		return `{"repository":{"collaborators":{"edges":[` + strings.Join(edges, ",") + `]}}}`
	}
	for args, want := range map[string]string{
		`affiliation:DIRECT`:           wrap(ada, eve),
		`affiliation:OUTSIDE`:          wrap(eve),
		`affiliation:DIRECT,login:"A"`: wrap(),
		`login:"CY"`:                   wrap(cy),
		`query:"ad",affiliation:ALL`:   wrap(ada),
	} {
		if got := ask(args); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", args, got, want)
		}
	}
	if got := ask("affiliation:ALL"); strings.Count(got, `"node"`) != 6 {
		t.Errorf("ALL lists %s", got)
	}
}

func TestTeamMembersAndRepositories(t *testing.T) {
	ask := func(s *sim, field string) string {
		return s.data(`{organization(login:"village"){team(slug:"web"){` + field + `}}}`)
	}
	s := startSim(t, village(), Options{})
	for field, want := range map[string]string{
		`members(first:9){edges{role node{login}}}`:                                                           `[{"role":"MEMBER","node":{"login":"ben"}},{"role":"MEMBER","node":{"login":"cy"}}]`,
		`members(first:9,membership:IMMEDIATE){edges{role node{login}}}`:                                      `[{"role":"MEMBER","node":{"login":"ben"}}]`,
		`members(first:9,membership:CHILD_TEAM){edges{role node{login}}}`:                                     `[{"role":"MEMBER","node":{"login":"cy"}}]`,
		`members(first:9,role:MAINTAINER){edges{role node{login}}}`:                                           `[]`,
		`repositories(first:9){edges{permission node{name}}}`:                                                 `[{"permission":"MAINTAIN","node":{"name":"vault"}}]`,
		`repositories(first:9,query:"x"){edges{permission node{name}}}`:                                       `[]`,
		`invitations(first:9){edges{node{role invitee{login}}}}`:                                              `[{"node":{"role":"DIRECT_MEMBER","invitee":{"login":"zed"}}}]`,
		`childTeams(first:9){edges{node{slug}}}`:                                                              `[{"node":{"slug":"css"}}]`,
		`organization{team(slug:"eng"){members(first:9,membership:IMMEDIATE,role:MAINTAINER){nodes{login}}}}`: `[{"login":"ada"},{"login":"root"}]`,
	} {
		if got := ask(s, field); !strings.Contains(got, want) {
			t.Errorf("%s: got %s", field, got)
		}
	}
	harsh := startSim(t, village(), Options{InheritedTeamRepositories: true, LooseDirect: true})
	if got := ask(harsh, `repositories(first:9){edges{permission node{name}}}`); !strings.Contains(got, `[{"permission":"WRITE","node":{"name":"shop"}},{"permission":"MAINTAIN","node":{"name":"vault"}}]`) {
		t.Errorf("with inherited repositories: %s", got)
	}
	if got := harsh.data(`{repository(owner:"village",name:"vault"){collaborators(first:9,affiliation:DIRECT){nodes{login}}}}`); !strings.Contains(got, `[{"login":"ben"},{"login":"cy"}]`) {
		t.Errorf("with a loose DIRECT: %s", got)
	}
}

func TestAppsWithoutAPermissionLoseTheObjectAround(t *testing.T) {
	s := startSim(t, village(), Options{Tokens: []Token{{Value: "app", Scope: AppScope.Without("members:read", "actions:read", "administration:read")}}}).as("app")
	for query, data := range map[string]string{
		`{organization(login:"village"){id teams(first:1){totalCount}}}`:                                                                           `{"organization":null}`,
		`{organization(login:"village"){id membersWithRole(first:1){totalCount}}}`:                                                                 `{"organization":null}`,
		`{organization(login:"village"){repositories(first:3,orderBy:{field:NAME,direction:ASC}){nodes{name environments(first:1){totalCount}}}}}`: `{"organization":{"repositories":{"nodes":[null,null,null]}}}`,
	} {
		a := s.ask(query)
		if compact(t, a.Data) != data || len(a.Errors) == 0 || a.Errors[0].Type != "FORBIDDEN" {
			t.Errorf("%s: %s", query, a.Raw)
		}
	}
	got := s.data(`{repository(owner:"village",name:"shop"){deployKeys(first:5){totalCount} branchProtectionRules(first:5){totalCount} rulesets(first:5){nodes{bypassActors(first:5){totalCount}}} viewerPermission}}`)
	if got != `{"repository":{"deployKeys":{"totalCount":0},"branchProtectionRules":{"totalCount":0},"rulesets":{"nodes":[{"bypassActors":null}]},"viewerPermission":null}}` {
		t.Errorf("what is kept back in silence: %s", got)
	}
}

func TestFineGrainedTokensNeedThePermissionAndThePerson(t *testing.T) {
	pat := func(login string, permissions ...string) Token {
		return Token{Value: login + strings.Join(permissions, ""), Login: login, Scope: Scope{Permissions: permissions}}
	}
	tokens := []Token{pat("root", "members:read", "administration:read", "organization_administration:read"), pat("root", "metadata:read"), pat("eve", "members:read", "administration:read")}
	s := startSim(t, village(), Options{Tokens: tokens})
	const q = `{organization(login:"village"){requiresTwoFactorAuthentication membersWithRole(first:1){totalCount edges{hasTwoFactorEnabled}}} repository(owner:"village",name:"shop"){deployKeys(first:1){totalCount}}}`
	for i, want := range []string{
		`{"organization":{"requiresTwoFactorAuthentication":true,"membersWithRole":{"totalCount":5,"edges":[{"hasTwoFactorEnabled":true}]}},"repository":{"deployKeys":{"totalCount":1}}}`,
		`{"organization":null,"repository":{"deployKeys":{"totalCount":0}}}`,
		`{"organization":{"requiresTwoFactorAuthentication":null,"membersWithRole":{"totalCount":0,"edges":[]}},"repository":{"deployKeys":{"totalCount":0}}}`,
	} {
		if a := s.as(tokens[i].Value).ask(q); compact(t, a.Data) != want {
			t.Errorf("%s: %s", tokens[i].Value, a.Raw)
		}
	}
}

func TestSingleSignOnHidesTheOrganization(t *testing.T) {
	scope := OwnerScope
	scope.SSO = []string{"village"}
	s := startSim(t, village(), Options{Tokens: []Token{{Value: "pat", Scope: scope}}}).as("pat")
	a := s.ask(`{organization(login:"village"){id} repository(owner:"village",name:"vault"){id}}`)
	if compact(t, a.Data) != `{"organization":null,"repository":null}` || a.Errors[0].Type != "FORBIDDEN" || a.Errors[0].Extensions["saml_failure"] != true {
		t.Errorf("got %s", a.Raw)
	}
}

func TestContributionsFollowTheLastActivity(t *testing.T) {
	s := startSim(t, village(), Options{})
	org := nodeID("Organization", 11)
	ask := func(login, more string) string {
		return s.data(`query($l:String!){user(login:$l){contributionsCollection(organizationID:"`+org+`"`+more+`){hasAnyContributions totalCommitContributions totalIssueContributions commitContributionsByRepository{repository{name} contributions(first:1){nodes{occurredAt}}}}}}`, "l", login)
	}
	at := func(day string) string {
		return `[{"repository":{"name":"shop"},"contributions":{"nodes":[{"occurredAt":"` + day + `T12:00:00Z"}]}}]`
	}
	for _, tt := range []struct{ login, more, want string }{
		{"ada", "", `{"hasAnyContributions":true,"totalCommitContributions":1,"totalIssueContributions":0,"commitContributionsByRepository":` + at("2026-05-22") + `}`},
		{"root", "", `"totalCommitContributions":1`}, // an owner can write everywhere
		{"eve", "", `{"hasAnyContributions":true,"totalCommitContributions":0,"totalIssueContributions":1,"commitContributionsByRepository":[]}`},
		{"zed", "", `{"hasAnyContributions":false,"totalCommitContributions":0,"totalIssueContributions":0,"commitContributionsByRepository":[]}`},
		{"ada", `,from:"2026-05-25T00:00:00Z"`, `"hasAnyContributions":false`},
		{"ada", `,to:"2026-05-21T00:00:00Z"`, `"hasAnyContributions":false`},
	} {
		if got := ask(tt.login, tt.more); !strings.Contains(got, tt.want) {
			t.Errorf("%s%s: got %s", tt.login, tt.more, got)
		}
	}
	a := s.ask(`{user(login:"ada"){contributionsCollection(from:"2024-01-01T00:00:00Z",to:"2026-01-01T00:00:00Z"){totalCommitContributions}}}`)
	if compact(t, a.Data) != `{"user":null}` || !strings.Contains(a.Errors[0].Message, "must not exceed 1 year") {
		t.Errorf("two years: %s", a.Raw)
	}
}
