package githubsim

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/eb661601/ajar/internal/contract"
)

var mutationTexts = map[string]string{
	"environment": `mutation($in:UpdateEnvironmentInput!){updateEnvironment(input:$in){clientMutationId environment{id name protectionRules(first:5){nodes{type timeout preventSelfReview reviewers(first:6){nodes{... on User{login} ... on Team{slug}}}}}}}}`,
	"teams":       `mutation($in:UpdateTeamsRepositoryInput!){updateTeamsRepository(input:$in){repository{id name} teams{slug repositories(first:5){edges{permission node{name}}}}}}`,
	"outside":     `mutation($in:RemoveOutsideCollaboratorInput!){removeOutsideCollaborator(input:$in){removedUser{id login}}}`,
}

// in makes the input of a mutation from name, value pairs.
func in(pairs ...any) map[string]any {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	return m
}

func TestMutationsKeepToGitHubsSchemaAndTakeEffect(t *testing.T) {
	schemas := map[string]*ast.Schema{"published": contract.Schema(t), "newer": contract.NewerSchema(t)}
	env, shop := nodeID("Environment", 71), nodeID("Repository", 61)
	ada, eve, cy := nodeID("User", 102), nodeID("User", 106), nodeID("User", 104)
	eng, ops, org := nodeID("Team", 21), nodeID("Team", 24), nodeID("Organization", 11)
	many := make([]string, 11)
	for i := range many {
		many[i] = eng
	}
	for _, c := range []struct {
		name, text string
		in         map[string]any
		want, kind string // of the data, of the error
	}{
		{"all three", "environment", in("environmentId", env, "reviewers", []string{ada}, "waitTimer", 5, "preventSelfReview", true, "clientMutationId", "x"),
			`{"updateEnvironment":{"clientMutationId":"x","environment":{"id":"` + env + `","name":"production/eu","protectionRules":{"nodes":[{"type":"WAIT_TIMER","timeout":5,"preventSelfReview":null,"reviewers":{"nodes":[]}},{"type":"REQUIRED_REVIEWERS","timeout":0,"preventSelfReview":true,"reviewers":{"nodes":[{"login":"ada"}]}},{"type":"BRANCH_POLICY","timeout":0,"preventSelfReview":null,"reviewers":{"nodes":[]}}]}}}}`, ""},
		{"what is left out is off", "environment", in("environmentId", env, "waitTimer", 7),
			`{"updateEnvironment":{"clientMutationId":null,"environment":{"id":"` + env + `","name":"production/eu","protectionRules":{"nodes":[{"type":"WAIT_TIMER","timeout":7,"preventSelfReview":null,"reviewers":{"nodes":[]}},{"type":"BRANCH_POLICY","timeout":0,"preventSelfReview":null,"reviewers":{"nodes":[]}}]}}}}`, ""},
		{"no such environment", "environment", in("environmentId", shop), `{"updateEnvironment":null}`, "NOT_FOUND"},
		{"no such reviewer", "environment", in("environmentId", env, "reviewers", []string{"x"}), `{"updateEnvironment":null}`, "NOT_FOUND"},
		{"too long", "environment", in("environmentId", env, "waitTimer", 50_000), `{"updateEnvironment":null}`, "UNPROCESSABLE"},
		{"two teams", "teams", in("repositoryId", shop, "teamIds", []string{eng, ops}, "permission", "TRIAGE"),
			`{"updateTeamsRepository":{"repository":{"id":"` + shop + `","name":"shop"},"teams":[{"slug":"eng","repositories":{"edges":[{"permission":"TRIAGE","node":{"name":"shop"}}]}},{"slug":"ops","repositories":{"edges":[{"permission":"TRIAGE","node":{"name":"shop"}}]}}]}}`, ""},
		{"eleven teams", "teams", in("repositoryId", shop, "teamIds", many, "permission", "READ"), `{"updateTeamsRepository":null}`, "UNPROCESSABLE"},
		{"archived", "teams", in("repositoryId", nodeID("Repository", 63), "teamIds", []string{eng}, "permission", "READ"), `{"updateTeamsRepository":null}`, "UNPROCESSABLE"},
		{"outside", "outside", in("organizationId", org, "userId", eve), `{"removeOutsideCollaborator":{"removedUser":{"id":"` + eve + `","login":"eve"}}}`, ""},
		{"a member", "outside", in("organizationId", org, "userId", cy), `{"removeOutsideCollaborator":null}`, "UNPROCESSABLE"},
	} {
		s := writable(t, village(), Options{})
		a := s.ask(mutationTexts[c.text], "in", c.in)
		if got := compact(t, a.Data); got != c.want || (c.kind == "") != (len(a.Errors) == 0) || c.kind != "" && a.Errors[0].Type != c.kind {
			t.Errorf("%s: %s", c.name, a.Raw)
		}
		if m := s.s.Mutations(); len(m) != 1 || m[0].Changed != (c.kind == "") || !strings.HasPrefix(m[0].Route, "mutation ") {
			t.Errorf("%s: noted was %+v", c.name, m)
		}
		for version, schema := range schemas {
			doc, errs := contract.Query(schema, mutationTexts[c.text])
			if errs != nil {
				t.Fatalf("%s is no valid document by the %s schema: %v", c.text, version, errs)
			}
			for _, err := range contract.CheckAnswer(schema, doc, a.Data, nil) {
				t.Errorf("%s, by the %s schema: %v", c.name, version, err)
			}
		}
		if got := s.as("app").ask(mutationTexts[c.text], "in", c.in); len(got.Errors) == 0 {
			t.Errorf("%s: an app that may read was answered %s", c.name, got.Raw)
		}
	}
}

func TestMutationThatDoesNotFitIsRefusedBeforeItChangesAnything(t *testing.T) {
	s := writable(t, village(), Options{})
	for _, text := range []string{
		`mutation{updateEnvironment(input:{waitTimer:1}){environment{id}}}`,
		`mutation{deleteEverything(input:{}){clientMutationId}}`,
		`mutation{updateEnvironment(input:{environmentId:"x"}){nothing}}`,
	} {
		if a := s.ask(text); len(a.Errors) == 0 {
			t.Errorf("%s was answered %s", text, a.Raw)
		}
	}
	for _, m := range s.s.Mutations() {
		if m.Applied {
			t.Errorf("%+v", m)
		}
	}
}

func TestFieldsOfADocumentSeeWhatThoseBeforeDid(t *testing.T) {
	s := writable(t, village(), Options{})
	env := nodeID("Environment", 72)
	text := `mutation{a:updateEnvironment(input:{environmentId:"` + env + `",waitTimer:1}){environment{protectionRules(first:1){nodes{timeout}}}}
		b:updateEnvironment(input:{environmentId:"` + env + `",waitTimer:2}){environment{protectionRules(first:1){nodes{timeout}}}}}`
	want := `{"a":{"environment":{"protectionRules":{"nodes":[{"timeout":1}]}}},"b":{"environment":{"protectionRules":{"nodes":[{"timeout":2}]}}}}`
	if got := compact(t, json.RawMessage(s.data(text))); got != want {
		t.Errorf("got %s", got)
	}
}
