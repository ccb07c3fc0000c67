package adopt_test

import (
	"bytes"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/adopt"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

var update = flag.Bool("update", false, "write the golden files anew")

// collected takes a snapshot of every organization of a world, as ajar does.
func collected(t *testing.T, w *githubsim.World, at time.Time) []*access.Snapshot {
	t.Helper()
	clock := func() time.Time { return at }
	w.ShiftTo(at)
	server := httptest.NewServer(githubsim.New(w, githubsim.Options{
		Now: clock, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{{Value: "t", Scope: githubsim.OwnerScope}},
	}))
	t.Cleanup(server.Close)
	client, err := github.New(github.Options{APIURL: server.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "t"}), Now: clock, Unpaced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	var out []*access.Snapshot
	for _, org := range w.Orgs {
		p := audit.Pass{Org: org.Login, Client: client, Store: s, Collect: collector.Options{Now: clock}, Now: clock}
		info, err := p.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		v, err := p.Open(t.Context(), info)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, v.Snapshot)
	}
	return out
}

// The eight organizations of Kubernetes get files that a person would read.
func TestRealOrganizationsGetFewLines(t *testing.T) {
	w, err := githubsim.Load(contract.WorldFile(t, "kubernetes.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range collected(t, w, now) {
		r := adopted(t, s)
		t.Logf("%s: %d grants of %d teams and %d people: %d entries on %d lines; %d set apart, %d not accepted",
			s.Org.Login, r.Grants, r.Teams, r.People, r.Entries, r.Lines, r.Apart, len(r.Refused))
		readable(t, s, r)
	}
}

// readable holds what makes a file one that a person reads: no team is named
// twice for one role, and no line is wider than a screen.
func readable(t *testing.T, s *access.Snapshot, r adopt.Result) {
	t.Helper()
	if len(s.Teams) > 50 && r.Entries*2 > r.Grants {
		t.Errorf("%s: %d entries for %d grants is no summary", s.Org.Login, r.Entries, r.Grants)
	}
	named := map[string]bool{}
	for _, block := range strings.Split(string(r.Text), "[[assign]]")[1:] {
		role, rest, _ := strings.Cut(block, "\n")
		if role == "" {
			role, rest, _ = strings.Cut(rest, "\n")
		}
		to, _, _ := strings.Cut(rest, "\non =")
		for _, who := range strings.Split(to, "\"") {
			if !strings.HasPrefix(who, "team:") || strings.Contains(who, "{repo}") {
				continue
			}
			if named[role+who] {
				t.Errorf("%s: %s has two entries with %s", s.Org.Login, who, role)
			}
			named[role+who] = true
		}
	}
	for line := range strings.Lines(string(r.Text)) {
		most := 101
		if strings.HasPrefix(line, "  { to = ") { // an inline table cannot go on in a second line
			most = 133
		}
		if utf8.RuneCountInString(line) > most {
			t.Errorf("%s: %d characters: %s", s.Org.Login, utf8.RuneCountInString(line), line)
		}
	}
}

func TestDemoOrganizationIsAdopted(t *testing.T) {
	s := collected(t, githubsim.Demo(), now)[0]
	r := adopted(t, s)
	path := filepath.Join("testdata", "demo.toml.golden")
	if *update {
		if err := os.WriteFile(path, r.Text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, r.Text) {
		t.Errorf("the baseline of the demo has changed (-want +got); go test ./internal/adopt -update:\n%s", cmp.Diff(string(want), string(r.Text)))
	}
	guide, err := os.ReadFile("../../docs/first-audit.md")
	if err != nil {
		t.Fatal(err)
	}
	said := fmt.Sprintf("%d entries on %d lines, comments left out, for %d grants of %d teams and %d people", r.Entries, r.Lines, r.Grants, r.Teams, r.People)
	if !strings.Contains(strings.Join(strings.Fields(string(guide)), " "), said) { // it stands on two lines there
		t.Errorf("docs/first-audit.md does not show what init says: %s", said)
	}
}
