package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shurcooL/githubv4"
)

func TestAnswerFillsTheStructThatMadeTheQuery(t *testing.T) {
	type holder struct {
		Nodes []*struct {
			Typename string `graphql:"__typename" json:"__typename"`
			onUser   `graphql:"... on User"`
			onTeam   `graphql:"... on Team"`
		} `graphql:"nodes(ids:$ids)"`
		RateLimit *RateLimit
	}
	var sent string
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Query string }
		json.NewDecoder(r.Body).Decode(&in)
		sent = in.Query
		reply(w, 200, `{"data":{"nodes":[{"__typename":"User","userID":7,"login":"alice","unasked":1},{"__typename":"Team","teamID":9,"slug":"sre"},null],"rateLimit":null}}`)
	})
	var q holder
	if err := c.Query(context.Background(), &q, map[string]any{"ids": []githubv4.ID{"U_7"}}); err != nil {
		t.Fatal(err)
	}
	want := "query($ids:[ID!]!){nodes(ids:$ids){__typename,... on User{userID: databaseId,login},... on Team{teamID: databaseId,slug}},rateLimit{cost,remaining,resetAt}}"
	if sent != want {
		t.Errorf("sent %s\nwant %s", sent, want)
	}
	if len(q.Nodes) != 3 || q.Nodes[0].UserID != 7 || q.Nodes[0].Login != "alice" || q.Nodes[1].TeamID != 9 || q.Nodes[1].Slug != "sre" || q.Nodes[2] != nil {
		t.Errorf("decoded %+v", q.Nodes)
	}
	if p := c.Meter().Points; p != 1 {
		t.Errorf("%d points counted where the server states none, want 1", p)
	}
}

type onUser struct {
	UserID int64 `graphql:"userID: databaseId"`
	Login  string
}

type onTeam struct {
	TeamID int64 `graphql:"teamID: databaseId"`
	Slug   string
}

func TestPartialDataIsDecodedAndItsErrorsKeepTypeAndPath(t *testing.T) {
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-GitHub-SSO", "partial-results; organizations=21955855,20582480")
		reply(w, 200, `{"data":{"viewer":{"login":"octocat"},"rateLimit":null},"errors":[
			{"type":"FORBIDDEN","path":["organization","repositories","nodes",3,"collaborators"],"message":"no push access","extensions":{"saml_failure":false}},
			{"message":"Something went wrong"}]}`)
	})
	var q viewerQuery
	err := c.Query(context.Background(), &q, nil)
	g, ok := errors.AsType[*GraphQLError](err)
	if !ok || g.NoData || q.Viewer.Login != "octocat" {
		t.Fatalf("error %v, data %+v", err, q)
	}
	if !errors.Is(err, ErrForbidden) || errors.Is(err, ErrNotFound) {
		t.Errorf("%v is of the wrong class", err)
	}
	if diff := cmp.Diff([]any{"organization", "repositories", "nodes", 3.0, "collaborators"}, g.Errors[0].Path); diff != "" {
		t.Error(diff)
	}
	p, ok := errors.AsType[*PartialError](err)
	if !ok || !cmp.Equal(p.Organizations, []string{"21955855", "20582480"}) {
		t.Errorf("what single sign-on left out is not told: %v", err)
	}
	if !strings.Contains(g.Error(), "organization.repositories.nodes.3.collaborators") || !strings.Contains(g.Error(), "1 more") {
		t.Errorf("the error reads %q", g)
	}
}

func TestAnswerWithoutContentIsNeverAnEmptyList(t *testing.T) {
	for name, tc := range map[string]struct {
		status int
		kind   string
		body   string
		class  error
	}{
		"null data, no errors":  {200, "application/json", `{"data":null}`, ErrNotGitHub},
		"neither":               {200, "application/json", `{}`, ErrNotGitHub},
		"empty data":            {200, "application/json", `{"data":{}}`, ErrNotGitHub},
		"other shape":           {200, "application/json", `{"data":{"viewer":[1]}}`, ErrNotGitHub},
		"a list":                {200, "application/json", `[]`, ErrNotGitHub},
		"a number":              {200, "application/json", `7`, ErrNotGitHub},
		"empty body":            {200, "application/json", ``, ErrNotGitHub},
		"web page":              {200, "text/html", `<!DOCTYPE html><title>Sign in to CafeNet</title>`, ErrNotGitHub},
		"web page called JSON":  {200, "application/json", `<html></html>`, ErrNotGitHub},
		"plain text":            {200, "text/plain", `OK`, ErrNotGitHub},
		"JSON that breaks off":  {200, "application/json", viewerAnswer[:30], ErrServer},
		"null data, with error": {200, "application/json", `{"data":null,"errors":[{"type":"FORBIDDEN","message":"no"}]}`, ErrForbidden},
		"accepted":              {202, "application/json", `{}`, ErrNotReady},
		"no content":            {204, "", ``, ErrNotGitHub},
		"bad credentials":       {401, "application/json", `{"message":"Bad credentials"}`, ErrUnauthenticated},
		"forbidden":             {403, "application/json", `{"message":"Resource not accessible"}`, ErrForbidden},
		"forbidden by a proxy":  {403, "text/html", `<html>Blocked</html>`, ErrNotGitHub},
		"no such page":          {404, "text/html", `<html>nginx</html>`, ErrNotGitHub},
		"not found":             {404, "application/json", `{"message":"Not Found"}`, ErrNotFound},
		"gone":                  {410, "application/json", `{"message":"Gone"}`, ErrGone},
		"legal":                 {451, "application/json", `{"message":"Blocked"}`, ErrGone},
		"unicorn":               {502, "text/html", `<html>Unicorn!</html>`, ErrServer},
		"not modified":          {304, "", ``, nil},
	} {
		c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = []string{tc.kind}
			w.WriteHeader(tc.status)
			fmt.Fprint(w, tc.body)
		})
		var q viewerQuery
		err := c.Query(context.Background(), &q, nil)
		if err == nil || tc.class != nil && !errors.Is(err, tc.class) {
			t.Errorf("%s: error is %v, want one of class %v", name, err, tc.class)
		}
		if q.Viewer.Login != "" {
			t.Errorf("%s: something was decoded", name)
		}
	}
}

func TestHostileNamesStayOnOneLineInErrors(t *testing.T) {
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		reply(w, 404, `{"message":"No \u001b[31mred\r\nline \u202e"}`)
	})
	line, _ := Explain(fmt.Errorf("repository acme/x\u001b[2J: %w", get(c, "repos/acme/x")))
	var s *StatusError
	errors.As(get(c, "repos/acme/x"), &s)
	for _, text := range []string{line, s.Error()} {
		if strings.ContainsAny(text, "\x1b\r\n\u202e") {
			t.Errorf("%q reaches the terminal", text)
		}
	}
}

func FuzzGraphQLAnswer(f *testing.F) {
	f.Add([]byte(viewerAnswer))
	f.Add([]byte(`{"data":null,"errors":[{"type":"RATE_LIMITED","path":[1,"a",null,{}],"message":"x"}]}`))
	f.Add([]byte(`{"DATA":{"viewer":{"login":"a"}},"data":null}`))
	c := &Client{meter: &meter{}}
	f.Fuzz(func(t *testing.T, body []byte) {
		var q viewerQuery
		err := c.decode(answer{host: "api.github.com", body: body}, &q)
		if err == nil && q.Viewer.Login == "" && q.RateLimit == nil && strings.Contains(string(body), `"errors":[{`) {
			t.Errorf("%q was taken for an answer", body)
		}
		Explain(err)
	})
}
