package audit

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// readings sets a pass up that reads the demo with several credentials, and
// gives how many requests each of them was for.
func readings(t *testing.T, scopes ...githubsim.Scope) (p Pass, asked []int, told *[]string) {
	t.Helper()
	c := &clock{at: now}
	w := githubsim.Demo()
	w.ShiftTo(now)
	var tokens []githubsim.Token
	for i, s := range scopes {
		login := ""
		if s.Member {
			login = "greta-obuya"
		}
		tokens = append(tokens, githubsim.Token{Value: string(rune('a' + i)), Scope: s, Login: login})
	}
	sim := githubsim.New(w, githubsim.Options{Now: c.now, Tokens: tokens})
	asked, told = make([]int, len(scopes)), &[]string{}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked[r.Header.Get("Authorization")[len("Bearer ")]-'a']++
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	p = Pass{Org: "acme-robotics", Collect: collector.Options{Now: c.now, Concurrency: 1}, Now: c.now, Tell: func(s string) { *told = append(*told, s) }}
	for i := range scopes {
		client, err := github.New(github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: string(rune('a' + i))}), Now: c.now, Unpaced: true, InFlight: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.CloseIdleConnections)
		if i == 0 {
			p.Client = client
		} else {
			p.Others = append(p.Others, Reader{Name: string(rune('A' + i)), Client: client})
		}
	}
	s := freshStore(t, c)
	p.Store = s
	return p, asked, told
}

// opened is the snapshot of a pass, ready to be asked.
func opened(t *testing.T, p Pass) View {
	t.Helper()
	info, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v, err := p.Open(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// facts is a snapshot without how it came to be.
func facts(s *access.Snapshot) access.Snapshot {
	out := *s
	out.Coverage = access.Coverage{}
	return out
}

var (
	ownerSees = githubsim.OwnerScope
	appSees   = githubsim.AppScope
	blindApp  = githubsim.AppScope.Without("members:read", "organization_administration:read")
	halfApp   = githubsim.AppScope.Without("administration:read", "actions:read", "environments:read")
	memberHas = githubsim.MemberScope
)

func TestWhatSeveralCredentialsSeeIsTheTruthInWhateverOrder(t *testing.T) {
	truth, _, _ := readings(t, ownerSees)
	want := opened(t, truth).Snapshot
	if gaps := want.Coverage.Gaps(); len(gaps) != 0 {
		t.Fatalf("an owner does not see all: %+v", gaps)
	}
	for name, scopes := range map[string][]githubsim.Scope{
		"an app that lacks the second factor, then an owner": {appSees, ownerSees},
		"an app that lacks members and settings":             {blindApp, ownerSees},
		"an app that lacks repositories' settings":           {halfApp, ownerSees},
		"the owner first":                                {ownerSees, blindApp},
		"a member, then an owner":                        {memberHas, ownerSees},
		"a member, an app, an owner":                     {memberHas, appSees, ownerSees},
		"two apps that lack other things, then an owner": {blindApp, halfApp, ownerSees},
	} {
		t.Run(name, func(t *testing.T) {
			p, _, told := readings(t, scopes...)
			got := opened(t, p).Snapshot
			if d := cmp.Diff(facts(want), facts(got), cmp.AllowUnexported(access.Coverage{})); d != "" {
				t.Errorf("(-truth +stored):\n%s", d)
			}
			for _, g := range got.Coverage.Gaps() {
				t.Errorf("%s is not complete: %s", g.Area, g.Reason)
			}
			if name != "the owner first" && (len(*told) == 0 || !strings.HasPrefix((*told)[0], "read with ")) {
				t.Errorf("told %q", *told)
			}
		})
	}
}

func TestSecondCredentialCostsNothingWhereTheFirstSuffices(t *testing.T) {
	p, asked, told := readings(t, ownerSees, appSees)
	opened(t, p)
	if asked[1] != 0 || len(*told) != 0 {
		t.Errorf("the second was asked %d times; told %q", asked[1], *told)
	}
}

func TestWeakerCredentialLowersNothing(t *testing.T) {
	alone, _, _ := readings(t, appSees)
	want := opened(t, alone).Snapshot
	p, asked, _ := readings(t, appSees, memberHas, halfApp)
	got := opened(t, p).Snapshot
	if asked[1] == 0 {
		t.Error("the second was not asked for what the first lacks")
	}
	if d := cmp.Diff(facts(want), facts(got), cmp.AllowUnexported(access.Coverage{})); d != "" {
		t.Errorf("(-first alone +both):\n%s", d)
	}
	for _, a := range access.Areas {
		if w, g := want.Coverage.Of(a), got.Coverage.Of(a); w.Status != g.Status {
			t.Errorf("%s: %s alone, %s with the weaker one", a, w.Status, g.Status)
		}
	}
}

func TestEachAreaIsAsCompleteAsTheBestCredentialReadsIt(t *testing.T) {
	rank := func(s access.Status) int { return worth(s) }
	one, _, _ := readings(t, blindApp)
	two, _, _ := readings(t, halfApp)
	a, b := opened(t, one).Snapshot.Coverage, opened(t, two).Snapshot.Coverage
	for name, scopes := range map[string][]githubsim.Scope{"blind, half": {blindApp, halfApp}, "half, blind": {halfApp, blindApp}} {
		p, _, _ := readings(t, scopes...)
		got := opened(t, p).Snapshot.Coverage
		for _, area := range access.Areas {
			if want := max(rank(a.Of(area).Status), rank(b.Of(area).Status)); rank(got.Of(area).Status) < want {
				t.Errorf("%s: %s is %s; alone they read it %q and %q", name, area, got.Of(area).Status, a.Of(area).Status, b.Of(area).Status)
			}
		}
	}
}

func TestSecondCredentialThatIsRefusedLeavesTheGapAndSaysSo(t *testing.T) {
	p, _, told := readings(t, appSees, ownerSees)
	p.Others[0].Client = stranger(t, p)
	got := opened(t, p).Snapshot
	line := got.Coverage.Of(access.AreaTwoFactor)
	if line.Status != access.Denied || !strings.Contains(line.Reason, "B cannot be used") || len(*told) == 0 {
		t.Errorf("got %+v, told %q", line, *told)
	}
}

// stranger is a client whose token no server knows.
func stranger(t *testing.T, p Pass) *github.Client {
	base := p.Client.REST().BaseURL()
	c, err := github.New(github.Options{APIURL: base, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "b0"}), Unpaced: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func TestTiersHoldWithSeveralCredentials(t *testing.T) {
	for name, scopes := range map[string][]githubsim.Scope{"the first reads them": {ownerSees, appSees}, "the second does": {halfApp, ownerSees}} {
		t.Run(name, func(t *testing.T) {
			p, _, _ := readings(t, scopes...)
			at := now
			p.Now = func() time.Time { return at }
			p.Collect.Now = p.Now
			p.Collect.Every = map[access.Area]time.Duration{access.AreaRepoInvitations: 24 * time.Hour, access.AreaDeployKeys: 24 * time.Hour,
				access.AreaPolicies: 24 * time.Hour, access.AreaSecrets: 24 * time.Hour}
			want := opened(t, p).Snapshot
			before := p.spent().Requests
			at = at.Add(time.Hour)
			got := opened(t, p).Snapshot
			if second := p.spent().Requests - before; second*2 > before {
				t.Errorf("the first pass took %d requests, the second %d", before, second)
			}
			g, w := facts(got), facts(want)
			g.ID, g.TakenAt = w.ID, w.TakenAt
			if d := cmp.Diff(w, g, cmp.AllowUnexported(access.Coverage{})); d != "" {
				t.Errorf("(-first pass +second):\n%s", d)
			}
			for _, a := range access.Areas {
				if l := got.Coverage.Of(a); l.Status != access.Complete {
					t.Errorf("%s: %s, %s", a, l.Status, l.Reason)
				}
			}
			if l := got.Coverage.Of(access.AreaRepoInvitations); !l.ReadAt.Equal(now) {
				t.Errorf("invitations are as of %s, want %s", l.ReadAt, now)
			}
		})
	}
}
