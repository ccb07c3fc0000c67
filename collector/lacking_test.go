package collector

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// edited changes the JSON of answers before the client sees it. A list is handed
// over under the key "list".
func edited(path string, change func(answer map[string]any)) func(*setup) {
	return through(func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(req)
			if err != nil || resp.StatusCode != http.StatusOK || !strings.Contains(req.URL.Path, path) {
				return resp, err
			}
			defer resp.Body.Close()
			var v any
			if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
				return nil, err
			}
			m, isObject := v.(map[string]any)
			if !isObject {
				m = map[string]any{"list": v}
			}
			change(m)
			out := httptest.NewRecorder()
			out.Header().Set("Content-Type", "application/json")
			for k, v := range resp.Header {
				if k != "Content-Length" {
					out.Header()[k] = v
				}
			}
			if v = m; !isObject {
				v = m["list"]
			}
			raw, err := json.Marshal(v)
			out.Body = bytes.NewBuffer(raw)
			return out.Result(), err
		})
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// dig walks down an answer; nil where it ends.
func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// each visits every object of an answer.
func each(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		visit(v)
		for _, e := range v {
			each(e, visit)
		}
	case []any:
		for _, e := range v {
			each(e, visit)
		}
	}
}

// without takes a key out of every object that has it.
func without(key string) func(map[string]any) {
	return func(answer map[string]any) {
		each(answer, func(m map[string]any) { delete(m, key) })
	}
}

// saying puts another value in place of a key's.
func saying(key string, to any) func(map[string]any) {
	return func(answer map[string]any) {
		each(answer, func(m map[string]any) {
			if _, ok := m[key]; ok {
				m[key] = to
			}
		})
	}
}

// refused makes a field null in every row of a connection of the organization,
// with the error that GitHub puts beside it.
func refused(list, rows, field string) func(map[string]any) {
	return func(answer map[string]any) {
		all, _ := dig(answer, "data", "organization", list, rows).([]any)
		var errs []any
		for i, row := range all {
			path := []any{"organization", list, rows, i}
			m := row.(map[string]any)
			if rows == "edges" && field != "role" {
				m, path = m["node"].(map[string]any), append(path, "node")
			}
			m[field] = nil
			errs = append(errs, map[string]any{"type": "FORBIDDEN", "message": "no", "path": append(path, field)})
		}
		if errs != nil {
			answer["errors"] = errs
		}
	}
}

// checkNothingHalfTrue: no entity is handed on other than a clean read has it.
func checkNothingHalfTrue(t *testing.T, name string, clean, s *recorder) {
	t.Helper()
	for _, from := range []map[access.Area]map[int64]access.Rows{s.put, s.added} {
		for a, scopes := range from {
			for scope, rows := range scopes {
				for _, e := range rows.Entities {
					if !slices.ContainsFunc(clean.put[a][scope].Entities, func(c access.Entity) bool { return same(c, e) }) {
						t.Errorf("%s: %s of %d holds what is half true: %+v", name, a, scope, e)
						return
					}
				}
			}
		}
	}
}

func same(a, b access.Entity) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return bytes.Equal(x, y)
}

// spoilt are answers that lack a part, and the area that cannot be complete
// then. Nothing may be concluded from what is not there.
func spoilt() map[string]struct {
	change func(*setup)
	area   access.Area
} {
	type spoil = struct {
		change func(*setup)
		area   access.Area
	}
	out := map[string]spoil{}
	for _, f := range []string{"id", "name", "visibility", "isArchived", "isFork", "isDisabled", "defaultBranchRef", "createdAt", "pushedAt", "databaseId"} {
		out["repository refused "+f] = spoil{edited("graphql", refused("repositories", "nodes", f)), access.AreaRepositories}
	}
	for _, f := range []string{"id", "name", "slug", "privacy", "createdAt", "parentTeam", "databaseId"} {
		out["team refused "+f] = spoil{edited("graphql", refused("teams", "nodes", f)), access.AreaTeams}
	}
	for _, f := range []string{"role", "login", "id", "createdAt", "databaseId"} {
		out["member refused "+f] = spoil{edited("graphql", refused("membersWithRole", "edges", f)), access.AreaMembers}
	}
	for f, a := range map[string]access.Area{
		"isArchived": access.AreaRepositories, "visibility": access.AreaRepositories, "isFork": access.AreaRepositories, "pushedAt": access.AreaRepositories,
		"defaultBranchRef": access.AreaRepositories, "deployKeys": access.AreaRepositories, "preventSelfReview": access.AreaGates, "timeout": access.AreaGates,
		"type": access.AreaGates, "hasAnyContributions": access.AreaContributions, "commitContributionsByRepository": access.AreaContributions,
		"totalIssueContributions": access.AreaContributions, "permissionSources": access.AreaDirectGrants, "parentTeam": access.AreaTeams, "privacy": access.AreaTeams, "slug": access.AreaTeams,
	} {
		out["missing "+f] = spoil{edited("graphql", without(f)), a}
	}
	for _, x := range []struct {
		path   string
		area   access.Area
		fields string
	}{
		{"/keys", access.AreaDeployKeys, "id title key read_only verified created_at last_used"},
		{"/audit-log", access.AreaAuditLog, "actor actor_id action"},
		{"/deployment-branch-policies", access.AreaPolicies, "id name type total_count"},
		{"/organization-roles", access.AreaOrgRoles, "id name permissions total_count"},
		{"/custom-repository-roles", access.AreaCustomRoles, "id name permissions base_role total_count"},
		{"/outside_collaborators", access.AreaOutside, "id login node_id"},
		{"/invitations", access.AreaInvitations, "id role created_at"},
		{"/failed_invitations", access.AreaFailedInvitations, "id created_at failed_at"},
		{"/permissions/workflow", access.AreaWorkflowToken, "default_workflow_permissions can_approve_pull_request_reviews"},
	} {
		for _, f := range strings.Fields(x.fields) {
			out[x.path+" without "+f] = spoil{edited(x.path, without(f)), x.area}
		}
	}
	for _, f := range []string{"id", "login"} {
		out["invitee without "+f] = spoil{edited("/invitations", func(answer map[string]any) {
			each(answer, func(m map[string]any) {
				if who, ok := m["invitee"].(map[string]any); ok {
					delete(who, f)
				}
			})
		}), access.AreaRepoInvitations}
	}
	out["unknown workflow permissions"] = spoil{edited("/permissions/workflow", saying("default_workflow_permissions", "from-the-future")), access.AreaWorkflowToken}
	out["unknown visibility"] = spoil{edited("graphql", saying("visibility", "FROM_THE_FUTURE")), access.AreaRepositories}
	out["unknown privacy"] = spoil{edited("graphql", saying("privacy", "FROM_THE_FUTURE")), access.AreaTeams}
	out["unknown type of patterns"] = spoil{edited("/deployment-branch-policies", saying("type", "planet")), access.AreaPolicies}
	return out
}

// guested is a modest organization with a guest, and an invitation that failed.
func guested() *githubsim.World {
	w := modest()
	o, guest := w.Orgs[0], w.Users[len(w.Users)-1].Login
	o.Repos[3].Collaborators = append(o.Repos[3].Collaborators, &githubsim.Collaborator{Login: guest, Permission: "pull"})
	o.FailedInvitations = append(o.FailedInvitations, &githubsim.OrgInvitation{
		ID: 670_000, Email: "late@example.org", Role: "direct_member", CreatedAt: o.CreatedAt, FailedAt: w.Meta.Now, FailedReason: "expired",
	})
	return w
}

func TestFieldThatWasNotToldIsAGapAndNeverAValue(t *testing.T) {
	clean := start(t, guested()).collect(t, "acme")
	for name, tc := range spoilt() {
		w := guested()
		s := start(t, w, tc.change).collect(t, "acme")
		checkSound(t, s, w, w.Orgs[0])
		checkNothingHalfTrue(t, name, clean, s)
		if line := s.ledger.Of(tc.area); line.Status == access.Complete || line.Reason == "" {
			t.Errorf("%s: %+v", name, line)
		}
	}
}

// What an earlier read saw of a repository must not be replaced by zeros.
func TestRepositoryWhoseDetailsFailIsNotHandedOn(t *testing.T) {
	faults := map[string]func(*setup){
		"null ids": edited("graphql", func(answer map[string]any) {
			if nodes, ok := dig(answer, "data", "nodes").([]any); ok && strings.Contains(toText(nodes), "deployKeys") {
				nodes[0] = nil
				answer["errors"] = []any{map[string]any{"type": "NOT_FOUND", "message": "no", "path": []any{"nodes", 0}}}
			}
		}),
		"a web page": faulty(githubsim.Fault{Match: "nodes(Repository)", Action: githubsim.HTMLPage}),
		"refused":    faulty(githubsim.Fault{Match: "nodes(Repository)", Action: githubsim.DataNull, Type: "FORBIDDEN"}),
	}
	for _, status := range []int{403, 404, 410, 502} {
		faults[http.StatusText(status)] = faulty(githubsim.Fault{Match: "nodes(Repository)", Action: githubsim.AnswerStatus, Status: status})
	}
	clean := start(t, modest()).collect(t, "acme")
	for name, f := range faults {
		s := start(t, modest(), f).collect(t, "acme")
		checkNothingHalfTrue(t, name, clean, s)
		if s.ledger.Complete(access.AreaRepositories) {
			t.Errorf("%s: the repositories are called complete", name)
		}
	}
}

func toText(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}
