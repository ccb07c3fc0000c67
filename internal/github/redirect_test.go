package github

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
)

// away is a server that must never be asked.
func away(t *testing.T) string {
	var asked atomic.Bool
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked.Store(true); reply(w, 200, `[]`) }))
	t.Cleanup(func() {
		srv.Close()
		if asked.Load() {
			t.Error("the other server was asked")
		}
	})
	return srv.URL
}

func TestRedirectIsFollowedOnlyFromARepositoryToTheSameThingOfOne(t *testing.T) {
	const keys = "/repos/acme/old/keys"
	away := away(t)
	for _, root := range []string{"", "/api/v3"} {
		var to string
		var got []string
		c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
			if got = append(got, strings.TrimPrefix(r.URL.Path, root)); len(got) > 1 {
				reply(w, 200, `[]`)
				return
			}
			http.Redirect(w, r, to, http.StatusMovedPermanently)
		}, func(o *Options) { o.APIURL += root })
		for _, tc := range []struct {
			from, to string
			fine     bool
		}{
			{keys, root + "/repositories/42/keys", true},
			{keys, root + "/repositories/42/keys?page=2", true},
			{keys, root + "/repos/acme/new/keys", true},
			{"/repos/acme/old", root + "/repositories/42", true},
			{keys, away + root + "/repositories/42/keys", false},
			{keys, "https://" + strings.TrimPrefix(away, "http://") + root + "/repositories/42/keys", false},
			{keys, root + "/repositories/42/environments", false},
			{keys, root + "/repositories/42", false},
			{keys, root + "/repositories/acme/keys", false},
			{keys, root + "/repositories/42/keys/../teams", false},
			{keys, root + "/orgs/acme/teams", false},
			{keys, root + "/organizations/7/keys", false},
			{keys, "/elsewhere" + root + "/repositories/42/keys", false},
			{"/orgs/acme/outside_collaborators", root + "/orgs/acme/teams", false},
			{"/orgs/acme/outside_collaborators", root + "/organizations/7/outside_collaborators", false},
			{"/orgs/acme/outside_collaborators", root + "/repositories/42/outside_collaborators", false},
			{"/orgs/acme", root + "/organizations/7", false},
			{"/user", root + "/repositories/42", false},
		} {
			to, got = tc.to, nil
			err := get(c, strings.TrimPrefix(tc.from, "/"))
			if tc.fine && (err != nil || len(got) != 2) {
				t.Errorf("%s to %s: %v after asking %q", tc.from, tc.to, err, got)
			}
			if !tc.fine && (!errors.Is(err, ErrMoved) || errors.Is(err, ErrNotFound) || !slices.Equal(got, []string{tc.from})) {
				t.Errorf("%s to %s: %v after asking %q, want ErrMoved and nothing else asked", tc.from, tc.to, err, got)
			}
		}
	}
}

func TestRedirectThatIsNotFollowedIsExplained(t *testing.T) {
	c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/organizations/7/invitations", http.StatusMovedPermanently)
	})
	line, hint := Explain(get(c, "orgs/acme/invitations?per_page=100"))
	want := "GitHub redirects /orgs/acme/invitations to /organizations/7/invitations, which is not followed: only that of a repository is followed"
	if line != want || !strings.Contains(hint, "renamed") {
		t.Errorf("explained as %q (%s)", line, hint)
	}
}

func TestRedirectsOfAnotherKindAreNotFollowed(t *testing.T) {
	for _, status := range []int{300, 301, 302, 303, 304, 305, 306, 307, 308} {
		var n int
		c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
			n++
			to := "/repositories/42/keys"
			if n > 20 {
				t.Fatal("the loop has no end")
			}
			w.Header().Set("Location", to)
			w.WriteHeader(status)
		})
		if err := get(c, "repos/acme/api/keys"); err == nil {
			t.Errorf("%d for ever: no error after %d requests", status, n)
		}
		n = 0
		var q viewerQuery
		if err := c.Query(context.Background(), &q, nil); err == nil || n != 1 {
			t.Errorf("a query that got %d: %v after %d requests", status, err, n)
		}
		n = 0
		head, err := http.NewRequest(http.MethodHead, c.REST().BaseURL()+"repos/acme/api/keys", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := c.REST().Client().Do(head); err == nil || n != 1 {
			t.Errorf("HEAD that got %d: %v after %d requests", status, resp, n)
		}
	}
}
