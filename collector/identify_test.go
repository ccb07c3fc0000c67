package collector

import (
	"context"
	"strings"
	"testing"
)

// Who the organization is may not be half known; an owner's setting may be.
func TestOrganizationOfWhichAPartWasNotToldIsNotIdentified(t *testing.T) {
	for _, field := range []string{"id", "databaseId", "login", "name", "createdAt"} {
		for how, change := range map[string]func(map[string]any){
			"missing": without(field),
			"refused": func(answer map[string]any) {
				answer["data"].(map[string]any)["organization"].(map[string]any)[field] = nil
				answer["errors"] = []any{map[string]any{"type": "FORBIDDEN", "message": "no", "path": []any{"organization", field}}}
			},
		} {
			org, err := Identify(context.Background(), start(t, modest(), edited("graphql", change)).client, "acme")
			if err == nil || !strings.Contains(err.Error(), "acme") {
				t.Errorf("%s %s: %+v, %v", field, how, org, err)
			}
		}
	}
	h := start(t, modest(), edited("graphql", func(answer map[string]any) {
		answer["data"].(map[string]any)["organization"].(map[string]any)["requiresTwoFactorAuthentication"] = nil
		answer["errors"] = []any{map[string]any{"type": "FORBIDDEN", "message": "no", "path": []any{"organization", "requiresTwoFactorAuthentication"}}}
	}))
	if org, err := Identify(context.Background(), h.client, "acme"); err != nil || org.TwoFactorRequired != nil {
		t.Errorf("%+v, %v", org, err)
	}
}
