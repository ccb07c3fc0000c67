package githubsim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

func TestAnswerHoldsExactlyWhatWasAskedInOrder(t *testing.T) {
	s := startSim(t, village(), Options{})
	tests := []struct{ name, query, want string }{
		{"order and alias", `{organization(login:"VILLAGE"){n:name login __typename}}`, `{"organization":{"n":"The Village","login":"Village","__typename":"Organization"}}`},
		{"one field twice is one key", `{organization(login:"village"){login repositories(first:1){totalCount} repositories(first:1){pageInfo{hasNextPage}} login}}`,
			`{"organization":{"login":"Village","repositories":{"totalCount":3,"pageInfo":{"hasNextPage":true}}}}`},
		{"one field under two names", `{a:organization(login:"village"){login} b:organization(login:"village"){databaseId}}`, `{"a":{"login":"Village"},"b":{"databaseId":11}}`},
		{"skip and include", `{organization(login:"village"){login @skip(if:true) name @include(if:true) ... @include(if:false){id}}}`, `{"organization":{"name":"The Village"}}`},
		{"fragments", `{organization(login:"village"){...A ... on Actor{login}}} fragment A on Node{... on Organization{databaseId} ... on User{name}}`, `{"organization":{"databaseId":11,"login":"Village"}}`},
		{"interface", `{repositoryOwner(login:"ada"){__typename login ... on User{databaseId}}}`, `{"repositoryOwner":{"__typename":"User","login":"ada","databaseId":102}}`},
		{"parent and ancestors", `{organization(login:"village"){team(slug:"css"){parentTeam{slug} ancestors(first:5){nodes{slug}}}}}`,
			`{"organization":{"team":{"parentTeam":{"slug":"web"},"ancestors":{"nodes":[{"slug":"web"},{"slug":"eng"}]}}}}`},
		{"bot without its suffix", `{repository(owner:"village",name:"shop"){deployments(first:1){nodes{creator{__typename login}}}}}`, `{"repository":{"deployments":{"nodes":[{"creator":{"__typename":"Bot","login":"ship"}}]}}}`},
		{"rules that are there", `{repository(owner:"village",name:"shop"){environments(first:5){nodes{name protectionRules(first:5){nodes{type timeout preventSelfReview reviewers(first:6){nodes{__typename}}}}}}}}`,
			`{"repository":{"environments":{"nodes":[{"name":"dev","protectionRules":{"nodes":[]}},{"name":"production/eu","protectionRules":{"nodes":[` +
				`{"type":"WAIT_TIMER","timeout":30,"preventSelfReview":null,"reviewers":{"nodes":[]}},` +
				`{"type":"REQUIRED_REVIEWERS","timeout":0,"preventSelfReview":true,"reviewers":{"nodes":[{"__typename":"User"},{"__typename":"Team"}]}},` +
				`{"type":"BRANCH_POLICY","timeout":0,"preventSelfReview":null,"reviewers":{"nodes":[]}}]}}]}}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := s.data(tt.query); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestVariablesAndTheirDefaults(t *testing.T) {
	s := startSim(t, village(), Options{})
	const q = `query($org:String!,$n:Int=1,$order:RepositoryOrder={field:NAME,direction:DESC},$after:String){organization(login:$org){repositories(first:$n,orderBy:$order,after:$after){nodes{name}}}}`
	for _, tt := range []struct {
		vars []any
		want string
	}{
		{[]any{"org", "village"}, `[{"name":"vault"}]`},
		{[]any{"org", "village", "n", 2, "after", nil}, `[{"name":"vault"},{"name":"shop"}]`},
		{[]any{"org", "village", "n", 2, "order", map[string]string{"field": "CREATED_AT", "direction": "ASC"}}, `[{"name":"attic"},{"name":"shop"}]`},
	} {
		if got := s.data(q, tt.vars...); !strings.Contains(got, tt.want) {
			t.Errorf("%v: got %s", tt.vars, got)
		}
	}
	for _, vars := range [][]any{{}, {"org", nil}, {"org", 7}, {"org", "village", "n", "2"}, {"org", "village", "n", 3000000000}, {"org", "village", "order", map[string]string{"field": "SIZE", "direction": "ASC"}}} {
		a := s.ask(q, vars...)
		if a.Data != nil || len(a.Errors) == 0 || !strings.Contains(a.Errors[0].Message, "was provided invalid value") {
			t.Errorf("%v: %s", vars, a.Raw)
		}
	}
}

func TestQueriesAreRefusedInGitHubsWords(t *testing.T) {
	s := startSim(t, village(), Options{})
	tests := []struct{ query, code, message string }{
		{`{organization(login:"x"){nope}}`, "undefinedField", "Field 'nope' doesn't exist on type 'Organization'"},
		{`{organization(login:"x"){id(first:1)}}`, "argumentNotAccepted", "Field 'id' doesn't accept argument 'first'"},
		{`{organization{id}}`, "missingRequiredArguments", "Field 'organization' is missing required arguments: login"},
		{`{organization(login:"x")}`, "selectionMismatch", "Field must have selections (field 'organization' returns Organization but has no selections. Did you mean 'organization { ... }'?)"},
		{`{organization(login:"x"){id{x}}}`, "selectionMismatch", "Selections can't be made on scalars (field 'id' returns ID but has selections)"},
		{`{organization(login:7){id}}`, "argumentLiteralsIncompatible", "Argument 'login' on Field 'organization' has an invalid value (7). Expected type 'String!'."},
		{`{organization(login:"x"){repositories(first:1,orderBy:{field:SIZE,direction:ASC}){totalCount}}}`, "argumentLiteralsIncompatible", "invalid value (SIZE)"},
		{`query($a:Int){organization(login:$a){id}}`, "variableMismatch", "Type mismatch on variable $a"},
		{`query($a:String){organization(login:$a){id}}`, "variableMismatch", "(String / String!)"},
		{`{organization(login:$a){id}}`, "variableNotDefined", "Variable $a is used by anonymous query but not declared"},
		{`query($a:String!){viewer{id}}`, "variableNotUsed", "Variable $a is declared by anonymous query but not used"},
		{`query($a:Organization){organization(login:$a){id}}`, "variableRequiresValidType", "Organization isn't a defined input type (on $a)"},
		{`{viewer{...on Repository{id}}}`, "cannotSpreadFragment", "Fragment on Repository can't be spread inside User"},
		{`{viewer{...on Nope{id}}}`, "undefinedType", "No such type Nope, so it can't be a fragment condition"},
		{`{viewer{...F}}`, "useAndDefineFragment", "Fragment F was used, but not defined"},
		{`{viewer{id}} fragment F on User{id}`, "useAndDefineFragment", "Fragment F was defined, but not used"},
		{`{viewer{...F}} fragment F on User{id ...F}`, "infiniteLoop", "Fragment F contains an infinite loop"},
		{`{viewer{...F}} fragment F on User{organization(login:"x"){team(slug:"y"){members(first:1){nodes{...F}}}}}`, "infiniteLoop", "Fragment F contains an infinite loop"},
		{`{viewer{id @deprecated}}`, "undefinedDirective", "Directive @deprecated is not defined, or lacks its argument"},
		{`{viewer{a:id a:login}}`, "fieldConflict", "Field 'a' has a field conflict: id or login?"},
		{`{organization(login:"a"){id} organization(login:"b"){id}}`, "fieldConflict", `Field 'organization' has an argument conflict: {login: "a"} or {login: "b"}?`},
	}
	for _, tt := range tests {
		a := s.ask(tt.query)
		if a.Status != http.StatusOK || a.Data != nil || len(a.Errors) == 0 {
			t.Errorf("%s: status %d %s", tt.query, a.Status, a.Raw)
			continue
		}
		e := a.Errors[0]
		if e.Extensions["code"] != tt.code || !strings.Contains(e.Message, tt.message) || len(e.Locations) != 1 || len(e.Path) == 0 {
			t.Errorf("%s: got %v %q at %v %v", tt.query, e.Extensions["code"], e.Message, e.Path, e.Locations)
		}
	}
	e := s.ask("{organization(login:\"x\"){\n  nope}}").Errors[0]
	if got, _ := json.Marshal(e.Path); string(got) != `["query","organization","nope"]` || e.Locations[0] != (location{2, 3}) {
		t.Errorf("the error stands at %s %v", got, e.Locations)
	}
}

func TestUnreadableRequestsGetRESTErrors(t *testing.T) {
	s := startSim(t, village(), Options{})
	for body, want := range map[string]string{`{`: "Problems parsing JSON", `[]`: "Problems parsing JSON", `{}`: "A query attribute must be specified", `{"query":7}`: "Problems parsing JSON"} {
		resp, raw := s.do("POST", "/graphql", body)
		if resp.StatusCode != http.StatusBadRequest || !strings.Contains(string(raw), want) {
			t.Errorf("%s: %d %s", body, resp.StatusCode, raw)
		}
	}
	if a := s.ask("{viewer{"); a.Data != nil || !strings.HasPrefix(a.Errors[0].Message, "Parse error") {
		t.Errorf("a syntax error: %s", a.Raw)
	}
	if resp, _ := s.do("GET", "/graphql", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("GET /graphql: %d", resp.StatusCode)
	}
	two := `{"query":"query A{viewer{login}} query B{viewer{id}}","operationName":"A"}`
	if _, raw := s.do("POST", "/api/graphql", two); string(raw) != `{"data":{"viewer":{"login":"root"}}}` {
		t.Errorf("choosing an operation: %s", raw)
	}
}

func TestAbsentThingsAreNullWithAnError(t *testing.T) {
	s := startSim(t, village(), Options{})
	tests := []struct{ query, data, kind, path, message string }{
		{`{organization(login:"x"){id}}`, `{"organization":null}`, "NOT_FOUND", `["organization"]`, "Could not resolve to an Organization with the login of 'x'."},
		{`{repository(owner:"village",name:"x"){id}}`, `{"repository":null}`, "NOT_FOUND", `["repository"]`, "Could not resolve to a Repository with the name 'village/x'."},
		{`{user(login:"x"){id}}`, `{"user":null}`, "NOT_FOUND", `["user"]`, "Could not resolve to a User with the login of 'x'."},
		{`{node(id:"x"){id}}`, `{"node":null}`, "NOT_FOUND", `["node"]`, "Could not resolve to a node with the global id of 'x'"},
		{`{nodes(ids:["` + nodeID("User", 102) + `","x"]){... on User{login}}}`, `{"nodes":[{"login":"ada"},null]}`, "NOT_FOUND", `["nodes",1]`, "Could not resolve to a node with the global id of 'x'"},
	}
	for _, tt := range tests {
		a := s.ask(tt.query)
		path := ""
		if len(a.Errors) == 1 {
			raw, _ := json.Marshal(a.Errors[0].Path)
			path = string(raw)
		}
		if len(a.Errors) != 1 || compact(t, a.Data) != tt.data || a.Errors[0].Type != tt.kind || path != tt.path || a.Errors[0].Message != tt.message {
			t.Errorf("%s: %s", tt.query, a.Raw)
		}
	}
}

func TestNodeIDsAreUniqueAndLeadBack(t *testing.T) {
	w := Demo()
	s := startSim(t, w, Options{})
	seen := map[string]bool{}
	for _, kind := range []string{"Organization", "User", "Team", "Repository", "Environment", "BranchProtectionRule", "RepositoryRuleset", "DeployKey"} {
		for _, id := range idsOf(w, kind) {
			if seen[id] {
				t.Errorf("%s stands for two things", id)
			}
			seen[id] = true
			if got := s.data(`query($id:ID!){node(id:$id){__typename id}}`, "id", id); got != `{"node":{"__typename":"`+kind+`","id":"`+id+`"}}` {
				t.Errorf("%s %s leads to %s", kind, id, got)
			}
		}
	}
}

func TestMutationsAreRefusedAndNoted(t *testing.T) {
	s := startSim(t, village(), Options{})
	a := s.ask(`mutation{removeOutsideCollaborator(input:{userId:"x",organizationId:"y"}){clientMutationId}}`)
	if len(a.Errors) != 1 || a.Errors[0].Type != "FORBIDDEN" {
		t.Errorf("a mutation got %s", a.Raw)
	}
	if resp, _ := s.do("DELETE", "/orgs/village/members/ada", ""); resp.StatusCode != http.StatusForbidden {
		t.Errorf("a DELETE got %d", resp.StatusCode)
	}
	got := s.s.Meters().Mutations
	if len(got) != 2 || got[0] != "mutation removeOutsideCollaborator" || got[1] != "DELETE /orgs/village/members/ada" {
		t.Errorf("noted were %q", got)
	}
}
