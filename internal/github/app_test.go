package github_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

var appKey = sync.OnceValue(func() *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return k
})

// rig is a simulator with one installed app, and an app's source in front of it.
type rig struct {
	t     *testing.T
	sim   *githubsim.Server
	world *githubsim.World
	url   string
	mu    sync.Mutex
	now   time.Time     // GitHub's
	skew  time.Duration // of the machine
	told  []string
	o     github.AppOptions
}

func (r *rig) github() time.Time { r.mu.Lock(); defer r.mu.Unlock(); return r.now }
func (r *rig) here() time.Time   { return r.github().Add(r.skew) }
func (r *rig) advance(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now = r.now.Add(d)
}

func newRig(t *testing.T) *rig {
	w := githubsim.Demo()
	r := &rig{t: t, world: w, now: w.Meta.Now}
	w.Orgs[0].Installations = append(w.Orgs[0].Installations, &githubsim.Installation{ID: 77, AppID: 4711, AppSlug: "audit", RepositorySelection: "all",
		Permissions: map[string]string{"members": "read", "administration": "write", "metadata": "read", "issues": "write"}, CreatedAt: w.Meta.Now})
	r.sim = githubsim.New(w, githubsim.Options{Now: r.github, Apps: []githubsim.App{
		{ID: 4711, ClientID: "Iv1.audit", Slug: "audit", Name: "Audit", Key: &appKey().PublicKey}}})
	srv := httptest.NewServer(r.sim)
	t.Cleanup(srv.Close)
	r.url = srv.URL
	r.o = github.AppOptions{Issuer: "Iv1.audit", Key: appKey(), Organization: w.Orgs[0].Login}
	return r
}

// installation is the world's entry of the app.
func (r *rig) change(f func(*githubsim.Installation)) {
	r.sim.Mutate(func(w *githubsim.World) { f(w.Orgs[0].Installations[len(w.Orgs[0].Installations)-1]) })
}

func (r *rig) options() github.Options {
	return github.Options{APIURL: r.url, Now: r.here, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }}
}

func (r *rig) app() *github.App {
	r.t.Helper()
	a, err := github.NewApp(r.t.Context(), r.options(), r.o, func(s string) { r.told = append(r.told, s) })
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

// members asks something with the app's tokens.
func (r *rig) members(a *github.App) error {
	o := r.options()
	o.Source = a
	c, err := github.New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	defer c.CloseIdleConnections()
	_, _, err = c.REST().Organizations.ListMembers(r.t.Context(), r.o.Organization, nil)
	return err
}

// mints is how many tokens were made.
func (r *rig) mints() int { return r.count("POST /app/installations/{installation_id}/access_tokens") }

func (r *rig) count(route string) (n int) {
	for _, q := range r.sim.Requests() {
		if q.Route == route {
			n++
		}
	}
	return n
}

func TestAppReadsAndItsTokenIsRenewedBeforeItsEnd(t *testing.T) {
	r := newRig(t)
	a := r.app()
	for _, step := range []struct {
		later time.Duration
		mints int
	}{{0, 1}, {54 * time.Minute, 1}, {2 * time.Minute, 2}, {time.Minute, 2}, {10 * time.Hour, 3}} {
		r.advance(step.later)
		if err := r.members(a); err != nil {
			t.Fatal(err)
		}
		if got := r.mints(); got != step.mints {
			t.Errorf("after %s more: %d tokens made, want %d", step.later, got, step.mints)
		}
	}
	if n := r.count("GET /orgs/{org}/installation"); n != 1 {
		t.Errorf("the installation was looked for %d times", n)
	}
	if len(r.told) != 0 {
		t.Errorf("told %q", r.told)
	}
}

func TestManyWhoWantATokenGetOne(t *testing.T) {
	r := newRig(t)
	a := r.app()
	var g errgroup.Group
	for range 20 {
		g.Go(func() error { return r.members(a) })
	}
	if err := g.Wait(); err != nil || r.mints() != 1 {
		t.Errorf("%d tokens made, %v", r.mints(), err)
	}
}

func TestTokenIsAskedForNoMoreThanAnAuditNeeds(t *testing.T) {
	r := newRig(t)
	a := r.app()
	if err := r.members(a); err != nil {
		t.Fatal(err)
	}
	in, err := a.Installation()
	if err != nil || in.ID != 77 || in.AppID != 4711 || in.Permissions["administration"] != "write" {
		t.Errorf("got %+v, %v", in, err)
	}
	// The simulator refuses as a whole what was not granted, so one token made
	// means that nothing was asked for in vain.
	if r.mints() != 1 || len(r.told) != 0 {
		t.Errorf("%d tokens made, told %q", r.mints(), r.told)
	}
}

func TestTokenThatCannotBeNarrowedIsTakenWholeAndTold(t *testing.T) {
	r := newRig(t)
	a := r.app()
	if _, err := a.Installation(); err != nil {
		t.Fatal(err)
	}
	r.change(func(in *githubsim.Installation) { delete(in.Permissions, "administration") }) // between the two requests
	if err := r.members(a); err != nil {
		t.Fatal(err)
	}
	if len(r.told) != 1 || !strings.Contains(r.told[0], "refused to narrow") {
		t.Errorf("told %q", r.told)
	}
}

func TestClockThatIsWrongIsCorrectedByGitHubs(t *testing.T) {
	for _, tc := range []struct {
		skew time.Duration
		told bool
	}{{time.Hour, true}, {-time.Hour, true}, {30 * time.Second, false}, {3 * time.Minute, true}, {-3 * time.Minute, true}} {
		r := newRig(t)
		r.skew = tc.skew
		a := r.app()
		for _, later := range []time.Duration{0, 54 * time.Minute, 2 * time.Minute} {
			r.advance(later)
			if err := r.members(a); err != nil {
				t.Fatalf("skew %s: %v", tc.skew, err)
			}
		}
		if r.mints() > 3 || len(r.told) > 1 || (len(r.told) == 1) != tc.told {
			t.Errorf("skew %s: %d tokens made, told %q", tc.skew, r.mints(), r.told)
		}
	}
}

func TestTokenThatIsRefusedIsRenewedOnceAndThenTheRunEnds(t *testing.T) {
	r := newRig(t)
	a := r.app()
	if err := r.members(a); err != nil {
		t.Fatal(err)
	}
	r.sim.RevokeInstallationTokens()
	if err := r.members(a); err != nil || r.mints() != 2 {
		t.Fatalf("%d tokens made, %v", r.mints(), err)
	}
}

func TestEachWayAnAppCanFailHasItsLineAndHint(t *testing.T) {
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		spoil      func(*rig)
		line, hint string
	}{
		"suspended": {func(r *rig) { r.change(func(in *githubsim.Installation) { in.SuspendedAt = r.now }) },
			"the installation of app Iv1.audit on acme-robotics is suspended", "Unsuspend"},
		"not installed":   {func(r *rig) { r.change(func(in *githubsim.Installation) { in.AppID = 1 }) }, "app Iv1.audit is not installed on acme-robotics", "Install App"},
		"no such org":     {func(r *rig) { r.o.Organization = "nobody" }, "is not installed on nobody, or there is no such organization", "spelling"},
		"wrong key":       {func(r *rig) { r.o.Key = other }, "GitHub does not accept the private key of app Iv1.audit", "make a new key"},
		"unknown app":     {func(r *rig) { r.o.Issuer = "99" }, "GitHub knows no app 99", "settings page"},
		"another org's":   {func(r *rig) { r.o.Installation = 77; r.o.Organization = "other" }, "installation 77 of app Iv1.audit is on acme-robotics, not on other", "leave installation_id out"},
		"no installation": {func(r *rig) { r.o.Installation = 78 }, "is not installed on acme-robotics", "Install App"},
		"unreachable":     {func(r *rig) { r.url = "http://127.0.0.1:1" }, "cannot reach 127.0.0.1:1", "network"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			tc.spoil(r)
			err := r.members(r.app())
			line, hint := github.Explain(err)
			if !strings.Contains(line, tc.line) || !strings.Contains(hint, tc.hint) {
				t.Errorf("got %v\n%s (%s)", err, line, hint)
			}
			if name != "unreachable" && !errors.Is(err, github.ErrUnauthenticated) {
				t.Errorf("the run would go on after %v", err)
			}
			if strings.Contains(line+hint, "eyJ") || strings.Contains(line+hint, "ghs_") {
				t.Errorf("a secret shows: %s", line)
			}
		})
	}
}

func TestSuspensionInTheMiddleEndsTheRun(t *testing.T) {
	r := newRig(t)
	a := r.app()
	if err := r.members(a); err != nil {
		t.Fatal(err)
	}
	r.change(func(in *githubsim.Installation) { in.SuspendedAt = r.now })
	err := r.members(a)
	if line, _ := github.Explain(err); !errors.Is(err, github.ErrUnauthenticated) || !strings.Contains(line, "suspended") {
		t.Errorf("got %v: %s", err, line)
	}
}

func TestKeysOfBothFormatsAreReadAndNothingElse(t *testing.T) {
	pkcs8, err := x509.MarshalPKCS8PrivateKey(appKey())
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"PKCS#1": {Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(appKey())},
		"PKCS#8": {Type: "PRIVATE KEY", Bytes: pkcs8},
	} {
		if k, err := github.ParseKey(string(pem.EncodeToMemory(block))); err != nil || !k.Equal(appKey()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, bad := range []string{"", "canary", "-----BEGIN RSA PRIVATE KEY-----\nY2FuYXJ5\n-----END RSA PRIVATE KEY-----"} {
		if _, err := github.ParseKey(bad); !errors.Is(err, github.ErrUnauthenticated) || strings.Contains(err.Error(), "anary") || strings.Contains(err.Error(), "Y2Fu") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestTokensOfOneAppAreOneCredentialUntilItMaySeeMore(t *testing.T) {
	r := newRig(t)
	name := func() string {
		var n github.Named = r.app()
		s, err := n.Credential()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	was := name()
	if name() != was {
		t.Error("one installation is two")
	}
	r.change(func(in *githubsim.Installation) { in.Permissions["secrets"] = "read" })
	if name() == was {
		t.Error("with another permission it is still the same")
	}
}
