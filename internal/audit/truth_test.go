package audit

import (
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/reach"
)

// realOrganizations loads the world of real organizations; it is not part of the
// project.
func realOrganizations(t *testing.T) *githubsim.World {
	t.Helper()
	w, err := githubsim.Load(contract.WorldFile(t, "kubernetes.json"))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// What ajar collects, stores, loads and computes is, for every person and every
// repository of eight real organizations, what the server itself names as the
// sources of their access. The server works it out one person at a time and
// shares no code with ajar.
func TestAccessIsWhatTheServerItselfNamesOnEveryPair(t *testing.T) {
	if testing.Short() {
		t.Skip("short: 300 000 pairs are not compared")
	}
	w := realOrganizations(t)
	c := &clock{at: now}
	w.ShiftTo(now)
	server := httptest.NewServer(githubsim.New(w, githubsim.Options{
		Now: c.now, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}},
	}))
	defer server.Close()
	client, err := github.New(github.Options{
		APIURL: server.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: c.now, Unpaced: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer client.CloseIdleConnections()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	truth, pairs := w.Index(), 0
	for _, org := range w.Orgs {
		p := Pass{Org: org.Login, Client: client, Store: s, Collect: collector.Options{Now: c.now}, Now: c.now}
		v := opened(t, p)
		for _, r := range v.Snapshot.Repositories {
			got, want := ours(v, r), theirs(w, truth, org.Login, r.Name)
			pairs += len(want)
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s/%s (-server +ajar):\n%s", org.Login, r.Name, d)
			}
		}
		if len(v.Snapshot.Repositories) != len(org.Repos) {
			t.Errorf("%s has %d repositories, %d were read", org.Login, len(org.Repos), len(v.Snapshot.Repositories))
		}
	}
	if pairs < 300_000 {
		t.Errorf("only %d pairs were compared", pairs)
	}
}

// theirs is everybody with access to a repository, and by what, as the server
// says.
func theirs(w *githubsim.World, truth *githubsim.Index, org, repo string) map[string]string {
	out := map[string]string{}
	for _, u := range w.Users {
		effective, sources := truth.PermissionSources(org, repo, u.Login)
		if len(sources) == 0 {
			continue
		}
		var lines []string
		for _, s := range sources {
			lines = append(lines, s.String())
		}
		slices.Sort(lines)
		out[strings.ToLower(u.Login)] = effective + ": " + strings.Join(lines, " | ")
	}
	return out
}

// ours is the same out of the stored snapshot.
func ours(v View, r access.Repository) map[string]string {
	out := map[string]string{}
	for _, a := range v.Graph.Effective(r.ID) {
		var lines []string
		for _, s := range a.Sources {
			lines = append(lines, line(v.Snapshot, r, s))
		}
		slices.Sort(lines)
		p, _ := v.Snapshot.Person(a.User)
		out[strings.ToLower(p.Login)] = word(v.Snapshot, a.Privilege, a.Role) + ": " + strings.Join(lines, " | ")
	}
	return out
}

func line(s *access.Snapshot, r access.Repository, from reach.Source) string {
	where := "organization:" + s.Org.Login
	switch from.Kind {
	case access.ByTeam:
		t, _ := s.Team(from.Via)
		where = "team:" + t.Slug
	case access.Direct:
		where = "repository:" + r.Name
	case access.ByOrgRole: // the role is the organization's; its base is what it gives here
		from.Role = 0
	}
	return fmt.Sprintf("%s=%s", where, word(s, from.Privilege, from.Role))
}

func word(s *access.Snapshot, p access.Privilege, role int64) string {
	if r, ok := s.CustomRole(role); ok {
		return r.Name
	}
	return p.String()
}
