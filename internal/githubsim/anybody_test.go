package githubsim

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestMetaIsForAnybodyAndNothingElseIs(t *testing.T) {
	srv := simulate(t, Demo(), Options{})
	for path, want := range map[string]int{"/meta": 200, "/api/v3/meta": 200, "/rate_limit": 401, "/user": 401} {
		resp, err := http.Get(srv.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s without a credential: %d, want %d", path, resp.StatusCode, want)
		}
	}
}

func TestTokenStatesItsEndAndIsRefusedAfterIt(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	clock := now
	w := Demo()
	srv := simulate(t, w, Options{Now: func() time.Time { return clock }, Tokens: []Token{{Value: "t", Scope: OwnerScope, Expires: now.Add(time.Hour)}}})
	c := caller{t: t, url: srv.URL, token: "t", client: srv.Client()}
	a := c.get("/user")
	if got := a.header.Get("GitHub-Authentication-Token-Expiration"); a.status != 200 || got != "2026-05-01 13:00:00 UTC" {
		t.Errorf("%d, end %q", a.status, got)
	}
	clock = now.Add(time.Hour)
	if a = c.get("/user"); a.status != 401 || !strings.Contains(a.key("message"), "Bad credentials") {
		t.Errorf("after its end: %d %s", a.status, a.key("message"))
	}
}
