package notify

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

func TestIssueListsWhatIsOpenAndIsClosedWhenNothingIs(t *testing.T) {
	w := githubsim.Demo()
	sim := githubsim.New(w, githubsim.Options{Writable: true, Tokens: []githubsim.Token{{Value: "issues", Scope: githubsim.Scope{App: true, Permissions: []string{"metadata:read", "issues:write"}}}}})
	srv := httptest.NewServer(sim)
	defer srv.Close()
	l := newLab(t, config.Notify{Channels: []config.Channel{{Name: "issue", Kind: config.GitHubIssue, Repository: w.Orgs[0].Login + "/" + w.Orgs[0].Repos[0].Name, TokenEnv: "TOKEN"}}})
	o := l.options()
	o.Issue = func(c config.Channel, mark string) (Issue, error) {
		token, err := c.Token(func(string) string { return "issues" })
		if err != nil {
			return nil, err
		}
		return github.NewIssueKeeper(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token.Reveal()})}, c.Repository, mark)
	}
	var err error
	if l.n, err = New(o); err != nil {
		t.Fatal(err)
	}
	if err := l.n.Test(t.Context(), "issue"); err != nil {
		t.Fatal(err)
	}
	issue := func() *githubsim.Issue {
		t.Helper()
		all := sim.Snapshot().Orgs[0].Repos[0].Issues
		if len(all) != 1 {
			t.Fatalf("%d issues", len(all))
		}
		return all[0]
	}
	if n := len(sim.Mutations()); n > 0 {
		t.Errorf("a test changed something, %d times", n)
	}
	f := flaw("standing-admin", "ann", "api", access.High)
	l.pass(f)
	if i := issue(); i.Closed || i.Title != "acme: 1 thing is open" || !strings.Contains(i.Body, "**high** 1 open finding of standing-admin") || !strings.Contains(i.Body, "`user:ann`") {
		t.Errorf("it is %+v", i)
	}
	l.pass(f)
	if n := len(sim.Mutations()); n != 1 {
		t.Errorf("%d changes for an unchanged pass", n)
	}
	l.pass()
	if i := issue(); !i.Closed || i.Title != "acme: nothing is open" {
		t.Errorf("it is %+v", i)
	}
	l.pass(f)
	if i := issue(); i.Closed {
		t.Error("it is not open again")
	}
}

func TestNoNameActsInAnIssueAndItIsNeverTooLong(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.SampledFrom(evil)).Draw(t, "name")
		m := hostileMessage(name)
		m.Sections[0].What = ""
		l := m.Sections[0].Lines[0]
		l.Since, l.Count = noon.Add(-time.Hour), 40
		for range rapid.IntRange(0, 300).Draw(t, "lines") {
			m.Sections[0].Lines = append(m.Sections[0].Lines, l)
		}
		text := issueText(m)
		if len(text) > github.MaxIssueBody {
			t.Fatalf("%d bytes", len(text))
		}
		if strings.Count(text, issueMark("acme")) != 1 || !strings.HasPrefix(text, issueMark("acme")) {
			t.Fatal("the mark does not stand once, at the beginning")
		}
	})
}
