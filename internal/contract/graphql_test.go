package contract

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
)

func both(t *testing.T) map[string]*ast.Schema {
	t.Helper()
	return map[string]*ast.Schema{"published": Schema(t), "newer": NewerSchema(t)}
}

const memberQuery = `query($org:String!,$names:Boolean!){organization(login:$org){id databaseId createdAt
	membersWithRole(first:2){totalCount edges{role node{login n:name @include(if:$names)}}}
	repository(name:"x"){visibility owner{__typename login ... on Organization{name}}}}}`

func TestAnswerIsHeldToTheTypesOfTheSchema(t *testing.T) {
	good := `{"organization":{"id":"O_1","databaseId":7,"createdAt":"2026-01-02T03:04:05Z",
		"membersWithRole":{"totalCount":1,"edges":[{"role":"ADMIN","node":{"login":"ada"}},null]},
		"repository":{"visibility":"PUBLIC","owner":{"__typename":"Organization","login":"x","name":null}}}}`
	tests := []struct{ name, old, new, complaint string }{
		{"fits", "", "", ""},
		{"null where it may be", `"databaseId":7`, `"databaseId":null`, ""},
		{"null where it may not be", `"id":"O_1"`, `"id":null`, "is null"},
		{"text for a number", `"databaseId":7`, `"databaseId":"7"`, "is no Int"},
		{"number beyond 32 bits", `"databaseId":7`, `"databaseId":3000000000`, "is no Int"},
		{"unknown enum value", `"PUBLIC"`, `"SHARED"`, "is no value of RepositoryVisibility"},
		{"no time", `"2026-01-02T03:04:05Z"`, `"yesterday"`, "is no DateTime"},
		{"field unasked", `"login":"ada"`, `"login":"ada","n":"Ada"`, "asked were"},
		{"field missing", `,"name":null`, ``, "name of type Organization is missing"},
		{"other order", `"id":"O_1","databaseId":7`, `"databaseId":7,"id":"O_1"`, "asked were"},
		{"unknown type", `"__typename":"Organization"`, `"__typename":"Enterprise"`, "fit no type of RepositoryOwner"},
		{"object for a list", `[{"role":"ADMIN","node":{"login":"ada"}},null]`, `{}`, "want a list"},
		{"key twice", `"id":"O_1"`, `"id":"O_1","id":"O_2"`, "stands twice"},
	}
	for version, schema := range both(t) {
		doc, errs := Query(schema, memberQuery)
		if errs != nil {
			t.Fatal(version, errs)
		}
		for _, tt := range tests {
			t.Run(version+"/"+tt.name, func(t *testing.T) {
				data := strings.Replace(good, tt.old, tt.new, 1)
				errs := CheckAnswer(schema, doc, []byte(data), map[string]any{"names": false})
				if tt.complaint == "" && len(errs) > 0 {
					t.Errorf("complains: %v", errs)
				}
				if tt.complaint != "" && (len(errs) == 0 || !strings.Contains(errs[0].Error(), tt.complaint)) {
					t.Errorf("got %v, want %q", errs, tt.complaint)
				}
			})
		}
	}
}

func TestQueryNamesTheBogusField(t *testing.T) {
	for version, schema := range both(t) {
		_, errs := Query(schema, `{organization(login:"x"){nope}}`)
		if len(errs) != 1 || !strings.Contains(errs[0].Error(), "nope") {
			t.Errorf("%s: got %v", version, errs)
		}
	}
}
