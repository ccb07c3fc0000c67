package collector

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// probing looks at the demo organization with a credential of some scope. Every
// request and answer is judged by GitHub's own descriptions.
func probing(t *testing.T, scope githubsim.Scope, change func(*githubsim.World)) (Sight, *githubsim.Server) {
	t.Helper()
	w := githubsim.Demo()
	if change != nil {
		change(w)
	}
	sim := githubsim.New(w, githubsim.Options{Tokens: []githubsim.Token{{Value: "t", Scope: scope}}})
	srv := httptest.NewServer(sim)
	t.Cleanup(srv.Close)
	c, err := github.New(github.Options{
		APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Unpaced: true,
		Base:  contract.Transport(http.DefaultTransport, contract.REST(t), func(err error) { t.Error(err) }),
		Sleep: func(context.Context, time.Duration) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Probe(t.Context(), c, w.Orgs[0].Login)
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for _, r := range sim.Requests() {
		if r.Query == "" {
			calls++
			continue
		}
		if _, errs := contract.Query(contract.Schema(t), r.Query); len(errs) > 0 {
			t.Errorf("the schema does not know the query: %v", errs)
		}
		if r.Count.Points != 1 {
			t.Errorf("a query of %d points, want 1", r.Count.Points)
		}
	}
	if calls > ProbeCalls {
		t.Errorf("%d REST calls, at most %d are promised", calls, ProbeCalls)
	}
	return s, sim
}

// lacking are the areas that are not complete.
func lacking(s Sight) []access.Area {
	var out []access.Area
	for _, l := range s.Areas {
		if l.Status != access.Complete {
			out = append(out, l.Area)
		}
	}
	return out
}

// whatCollectingLacks reads the same organization for real.
func whatCollectingLacks(t *testing.T, scope githubsim.Scope, change func(*githubsim.World)) []access.Area {
	t.Helper()
	w := githubsim.Demo()
	if change != nil {
		change(w)
	}
	srv := httptest.NewServer(githubsim.New(w, githubsim.Options{Tokens: []githubsim.Token{{Value: "t", Scope: scope}}}))
	t.Cleanup(srv.Close)
	c, err := github.New(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Unpaced: true})
	if err != nil {
		t.Fatal(err)
	}
	org, err := Identify(t.Context(), c, w.Orgs[0].Login)
	if err != nil {
		t.Fatal(err)
	}
	sink := newRecorder(t)
	if err := Collect(t.Context(), c, org, sink, Options{Now: func() time.Time { return w.Meta.Now }}); err != nil {
		t.Fatal(err)
	}
	var out []access.Area
	for _, g := range sink.ledger.Gaps() {
		out = append(out, g.Area)
	}
	return out
}

// What the probe foretells is what collecting finds, kind by kind.
func TestProbeForetellsWhatCollectingWouldNotSee(t *testing.T) {
	for name, tc := range map[string]struct {
		scope  githubsim.Scope
		change func(*githubsim.World)
	}{
		"owner":                    {scope: githubsim.OwnerScope},
		"member":                   {scope: githubsim.MemberScope},
		"app":                      {scope: githubsim.AppScope},
		"app without members":      {scope: githubsim.AppScope.Without("members:read")},
		"app without settings":     {scope: githubsim.AppScope.Without("organization_administration:read")},
		"app without roles":        {scope: githubsim.AppScope.Without("organization_custom_org_roles:read", "organization_custom_roles:read")},
		"app without repositories": {scope: githubsim.AppScope.Without("administration:read")},
		"app without actions":      {scope: githubsim.AppScope.Without("actions:read")},
		"app without environments": {scope: githubsim.AppScope.Without("environments:read")},
		"app on some repositories": {scope: func() githubsim.Scope { s := githubsim.AppScope; s.Repositories = []string{"fleet-api"}; return s }()},
		"owner on the team plan":   {scope: githubsim.OwnerScope, change: func(w *githubsim.World) { w.Orgs[0].Plan = "team" }},
		"owner without a second":   {scope: githubsim.OwnerScope, change: func(w *githubsim.World) { w.Orgs[0].OrgRoles = nil }},
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := probing(t, tc.scope, tc.change)
			got, want := lacking(s), whatCollectingLacks(t, tc.scope, tc.change)
			if !slices.Equal(got, want) {
				t.Errorf("foretold %v\ncollecting lacks %v", got, want)
			}
			for _, l := range s.Areas {
				if l.Status != access.Complete && l.Reason == "" {
					t.Errorf("%s: no reason", l.Area)
				}
			}
		})
	}
}

func TestPersonIsToldFromAnOrganizationThatIsNotThere(t *testing.T) {
	w := githubsim.Demo()
	srv := httptest.NewServer(githubsim.New(w, githubsim.Options{Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}}}))
	defer srv.Close()
	c, err := github.New(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Unpaced: true})
	if err != nil {
		t.Fatal(err)
	}
	for login, want := range map[string]bool{w.Users[0].Login: true, w.Orgs[0].Login: false, "nobody-at-all": false} {
		if got := IsPerson(t.Context(), c, login); got != want {
			t.Errorf("%s: a person %t, want %t", login, got, want)
		}
	}
}
