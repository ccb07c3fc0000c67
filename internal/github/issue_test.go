package github

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/githubsim"
)

const testMark = "<!-- kept here -->"

// issueLab is a simulator with a repository, judged by GitHub's description, and a keeper.
func issueLab(t *testing.T, change func(*githubsim.Repo)) (*IssueKeeper, *githubsim.Server) {
	t.Helper()
	w := githubsim.Demo()
	r := w.Orgs[0].Repos[0]
	if change != nil {
		change(r)
	}
	sim := githubsim.New(w, githubsim.Options{Writable: true, Tokens: []githubsim.Token{{Value: "issues", Login: "ajar[bot]", Scope: githubsim.Scope{App: true, Permissions: []string{"metadata:read", "issues:write"}}}}})
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	judge := contract.REST(t)
	k, err := NewIssueKeeper(Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "issues"}),
		Base: contract.Transport(nil, judge, func(err error) { t.Error(err) })}, w.Orgs[0].Login+"/"+r.Name, testMark)
	if err != nil {
		t.Fatal(err)
	}
	return k, sim
}

func issuesOf(s *githubsim.Server) string {
	var out []string
	for _, i := range s.Snapshot().Orgs[0].Repos[0].Issues {
		out = append(out, fmt.Sprintf("#%d %s closed=%t %s", i.Number, i.Title, i.Closed, i.Body))
	}
	return strings.Join(out, "\n")
}

func TestIssueIsMadeOnceChangedInPlaceClosedAndOpenedAgain(t *testing.T) {
	k, s := issueLab(t, nil)
	for _, step := range []struct {
		title, body string
		open        bool
		want        string
		writes      int
	}{
		{"none", "", false, "", 0}, // nothing has to be open: none is made
		{"two", "a", true, "#1 two closed=false a" + testMark, 1},
		{"two", "a", true, "#1 two closed=false a" + testMark, 1}, // it says so already
		{"one", "b", true, "#1 one closed=false b" + testMark, 2},
		{"none", "c", false, "#1 none closed=true c" + testMark, 3},
		{"one", "d", true, "#1 one closed=false d" + testMark, 4},
	} {
		if err := k.Keep(t.Context(), step.title, step.body+testMark, step.open); err != nil {
			t.Fatal(err)
		}
		if got := issuesOf(s); got != step.want || len(s.Mutations()) != step.writes {
			t.Errorf("after %s: %s, %d writes", step.title, got, len(s.Mutations()))
		}
	}
}

func TestIssueIsFoundAgainByItsMarkAmongManyAndTheOldestIsIt(t *testing.T) {
	k, s := issueLab(t, func(r *githubsim.Repo) {
		for n := 1; n <= 250; n++ {
			i := &githubsim.Issue{ID: int64(n), Number: n, Title: "other", CreatedAt: r.CreatedAt, UpdatedAt: r.CreatedAt}
			switch n {
			case 7:
				i.PullRequest, i.Body = true, testMark // a pull request is none
			case 203, 240:
				i.Title, i.Body, i.Closed, i.ClosedAt = "it", "old "+testMark, true, r.CreatedAt
			}
			r.Issues = append(r.Issues, i)
		}
	})
	if n, err := k.Look(t.Context()); n != 203 || err != nil {
		t.Errorf("found #%d, %v", n, err)
	}
	if err := k.Keep(t.Context(), "again", testMark, true); err != nil {
		t.Fatal(err)
	}
	if got := issuesOf(s); strings.Count(got, "\n") != 249 || !strings.Contains(got, "#203 again closed=false") || !strings.Contains(got, "#240 it closed=true") {
		t.Errorf("it is not the one that was changed")
	}
}

func TestIssueThatWasDeletedIsMadeAnew(t *testing.T) {
	k, _ := issueLab(t, nil)
	if err := k.Keep(t.Context(), "one", testMark, true); err != nil {
		t.Fatal(err)
	}
	k.known.Number, k.known.Title = 99, "another" // as if it had gone meanwhile
	k.gate.found(99)
	if err := k.Keep(t.Context(), "two", testMark, true); !errors.Is(err, ErrNotFound) {
		t.Errorf("%v", err)
	}
	if err := k.Keep(t.Context(), "two", testMark, true); err != nil {
		t.Error(err)
	}
}

func TestIssueKeeperSendsNothingButItsThreeRequests(t *testing.T) {
	k, s := issueLab(t, nil)
	if err := k.Keep(t.Context(), "one", testMark, true); err != nil {
		t.Fatal(err)
	}
	root := strings.TrimSuffix(k.at, "/issues")
	for _, line := range []string{
		"POST " + k.at + ` {"title":"x","body":"` + testMark + `"}`,
		"PATCH " + k.at + `/2 {"body":"` + testMark + `","title":"x"}`,
		"PATCH " + k.at + `/1 {"body":"no mark","title":"x"}`,
		"PATCH " + k.at + `/1 {"body":"` + testMark + `","title":"x","assignees":"me"}`,
		"PATCH " + k.at + `/1 {"body":"` + testMark + `","title":"x","labels":["me"]}`,
		"PATCH " + k.at + `/1?x=y {"body":"` + testMark + `","title":"x"}`,
		"PATCH " + k.at + `/1/../2 {"body":"` + testMark + `","title":"x"}`,
		"PUT " + k.at + "/1/lock {}", "POST " + k.at + `/1/comments {"body":"x"}`, "DELETE " + k.at + "/1 ",
		"GET " + root + " ", "GET " + root + "/contents/x ", "GET " + k.at + " ", "GET " + k.at + "?" + issueQuery + "1&x=y ",
		"PUT " + root + `/collaborators/eve {"permission":"admin"}`, "PATCH " + root + ` {"private":false}`, "DELETE " + root + " ",
		"POST " + strings.TrimSuffix(root, "/repos/acme-robotics/") + `/graphql {"query":"{viewer{login}}"}`,
		"GET https://example.com/repos/acme-robotics/x/issues?" + issueQuery + "1 ",
	} {
		method, rest, _ := strings.Cut(line, " ")
		address, body, _ := strings.Cut(rest, " ")
		req, err := http.NewRequest(method, address, bytes.NewReader([]byte(body)))
		if err != nil {
			t.Fatal(err)
		}
		if body == "" {
			req.Body = nil
		}
		req.Header.Set("Content-Type", "application/json")
		resp, err := k.http.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		if !errors.Is(err, ErrWrite) {
			t.Errorf("%s: %v", line, err)
		}
	}
	req, _ := http.NewRequest(http.MethodGet, k.at+"?"+issueQuery+"1", nil)
	req.Header.Set("X-HTTP-Method-Override", "DELETE")
	if resp, err := k.http.Do(req); !errors.Is(err, ErrWrite) {
		resp.Body.Close()
		t.Errorf("an override: %v", err)
	}
	if n := len(s.Mutations()); n != 1 {
		t.Errorf("%d changes arrived", n)
	}
}
