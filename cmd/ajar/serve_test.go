package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/githubsim"
)

func TestServedWorldIsChangedByTheWriteTokenAlone(t *testing.T) {
	w := githubsim.Demo()
	o := w.Orgs[0]
	s, err := listen(t.Context(), w, "127.0.0.1:0", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	for _, c := range []struct {
		token string
		want  int
	}{{s.owner, http.StatusForbidden}, {s.member, http.StatusForbidden}, {s.writer, http.StatusNoContent}} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, s.url+"/orgs/"+o.Login+"/teams/"+o.Teams[0].Slug+"/memberships/"+o.Teams[0].Members[0].Login, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+c.token)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("got %d, not %d", resp.StatusCode, c.want)
		}
	}
}

func TestTheDemoSuggestsTheOrganizationWithTheMostRepositories(t *testing.T) {
	w := &githubsim.World{Orgs: []*githubsim.Org{
		{Login: "aaa", Repos: make([]*githubsim.Repo, 1)}, {Login: "big", Repos: make([]*githubsim.Repo, 3)}, {Login: "zzz", Repos: make([]*githubsim.Repo, 3)},
	}}
	if got := largestOf(w).Login; got != "big" {
		t.Errorf("it suggests %s", got)
	}
}
