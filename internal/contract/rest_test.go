package contract

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// said runs one exchange past the judge and gives what it objects to.
func said(t *testing.T, j *Judge, method, path, body string, status int, answer string) []string {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer)
	}))
	defer srv.Close()
	var out []string
	client := &http.Client{Transport: Transport(nil, j, func(err error) { out = append(out, err.Error()) })}
	req, err := http.NewRequest(method, srv.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil || string(got) != answer {
		t.Errorf("the client read %q, %v; want the answer unchanged", got, err)
	}
	return out
}

const (
	goodKey = `{"id":1,"key":"ssh-ed25519 AAAA","url":"https://api.github.com/repos/o/r/keys/1","title":"ci",
		"verified":true,"created_at":"2026-01-02T03:04:05Z","read_only":true,"added_by":"ann","last_used":null,"enabled":true}`
	basicError = `{"message":"Not Found","documentation_url":"https://docs.github.com/rest","status":"404"}`
)

func TestJudgeObjectsToWhatDiffersFromTheDescription(t *testing.T) {
	j := REST(t)
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		answer                   string
		want                     []string // parts of the complaints, one each
	}{
		{"as described", "GET", "/repos/o/r/keys", "", 200, "[" + goodKey + "]", nil},
		{"the server's path prefix is not part of it", "GET", "/api/v3/repos/o/r/keys", "", 200, "[]", nil},
		{"graphql is not ours to judge", "POST", "/api/graphql", `{"query":""}`, 200, `{}`, nil},
		{"unknown path", "GET", "/orgs/o/everything", "", 200, `{}`, []string{"no matching operation"}},
		{"unknown method", "POST", "/orgs/o/members", `{}`, 200, `{}`, []string{"method not allowed"}},
		{"missing key", "GET", "/repos/o/r/keys", "", 200, strings.ReplaceAll("["+goodKey+"]", `"title":"ci",`, ""),
			[]string{`property "title" is missing`}},
		{"two faults give two complaints", "GET", "/repos/o/r/keys", "", 200,
			`[{"id":"x","key":"k","url":"u","title":"t","verified":true,"created_at":"c","read_only":1}]`,
			[]string{"/0/id: ", "/0/read_only: "}},
		{"undescribed status", "GET", "/repos/o/r/keys", "", 202, `{}`, []string{"status is not supported"}},
		{"excused status", "GET", "/repos/o/r/keys", "", 404, basicError, nil},
		{"excused status with a body that is not GitHub's", "GET", "/repos/o/r/keys", "", 404, `{"message":5}`, []string{"/message: "}},
		{"excused status with no JSON", "GET", "/repos/o/r/keys", "", 403, `oops`, []string{"not JSON"}},
		{"wrong enum in the query", "GET", "/orgs/o/members?role=boss", "", 200, `[]`, []string{"parameter role"}},
		{"none of the alternatives", "GET", "/user", "", 200, `{"login":7,"user_view_type":"public"}`, []string{`property "id" is missing`}},
		{"slash in a name, escaped", "GET", "/repos/o/r/environments/a%2Fb/deployment-branch-policies", "", 200,
			`{"total_count":0,"branch_policies":[]}`, nil},
		{"wrong body", "PUT", "/repos/o/r/environments/prod", `{"wait_timer":"soon"}`, 422, `{"message":"Validation Failed"}`,
			[]string{"/wait_timer: "}},
		{"excused key", "PUT", "/repos/o/r/environments/prod", `{"can_admins_bypass":false}`, 422, `{"message":"Validation Failed"}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := said(t, j, c.method, c.path, c.body, c.status, c.answer)
			if len(got) != len(c.want) {
				t.Fatalf("got %d complaints, want %d: %q", len(got), len(c.want), got)
			}
			for _, part := range c.want {
				if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, part) }) {
					t.Errorf("no complaint says %q: %q", part, got)
				}
			}
		})
	}
}

func TestTheCutDescriptionIsSound(t *testing.T) {
	j := REST(t)
	if err := j.doc.Validate(t.Context()); err != nil {
		t.Error(err)
	}
	if n := j.doc.Paths.Len(); n < 200 {
		t.Errorf("%d paths, want 200 or more", n)
	}
}

func TestJudgedListsTheOperationsSeen(t *testing.T) {
	j := REST(t)
	said(t, j, "GET", "/repos/o/r/keys", "", 200, "[]")
	said(t, j, "GET", "/repos/other/one/keys", "", 200, "[]")
	if got, want := j.Judged(), []string{"GET /repos/{owner}/{repo}/keys"}; !slices.Equal(got, want) {
		t.Errorf("judged %q, want %q", got, want)
	}
}

func TestEveryExceptionHasAReason(t *testing.T) {
	for _, e := range exceptions {
		if e.says == "" || e.why == "" {
			t.Errorf("exception %+v says nothing or has no reason", e)
		}
	}
}
