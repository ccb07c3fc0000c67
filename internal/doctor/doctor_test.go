package doctor

import (
	"context"
	"database/sql"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

const (
	demo   = "acme-robotics"
	secret = "ghp_canary0123456789"
)

// ward is what a test changes before the doctor comes.
type ward struct {
	scope  githubsim.Scope
	sim    githubsim.Options
	off    time.Duration // of the clock of this machine
	env    Env
	second string // login of one more organization, with the same people
}

// visit lets the doctor look at the demo organization.
func visit(t *testing.T, change func(*ward)) Report {
	t.Helper()
	w := ward{scope: githubsim.OwnerScope}
	now := time.Now().Truncate(time.Second)
	c := config.Default()
	c.GitHub.Organizations = []string{demo}
	w.env = Env{
		Program: "ajar", Config: &c, StorePath: filepath.Join(t.TempDir(), "ajar.db"),
		Baseline: func() (*baseline.Baseline, error) { return nil, nil },
		Explain:  github.Explain,
	}
	change(&w)
	w.sim.Tokens = []githubsim.Token{{Value: secret, Scope: w.scope}}
	w.sim.Now = func() time.Time { return now }
	world := githubsim.Demo()
	world.ShiftTo(now)
	if w.second != "" {
		o := *world.Orgs[0]
		o.Login, o.ID, o.Repos, o.Teams = w.second, o.ID+1, nil, nil
		world.Orgs = append(world.Orgs, &o)
	}
	srv := httptest.NewServer(githubsim.New(world, w.sim))
	t.Cleanup(srv.Close)
	w.env.Now = func() time.Time { return now.Add(w.off) }
	w.env.Collect.Now = w.env.Now
	o := github.Options{APIURL: srv.URL, Now: w.env.Now, MaxWait: -1, Unpaced: true}
	c.GitHub.APIURL = srv.URL
	w.env.Connection = func() (github.Options, error) { return o, nil }
	if w.env.CredErr == nil && w.env.Credentials == nil {
		w.env.Credentials = []Credential{{Name: "$TOKEN", Kind: github.KindOf(secret), Client: func(string) (*github.Client, error) {
			o.Source = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: secret})
			return github.New(o)
		}}}
	}
	r := Run(t.Context(), w.env)
	for _, c := range r.Checks {
		if strings.Contains(c.Found+c.Do+c.Name, "canary") {
			t.Errorf("a secret is shown: %+v", c)
		}
		if c.Found == "" || c.Mark == Failed && c.Do == "" {
			t.Errorf("says nothing, or not what to do: %+v", c)
		}
	}
	return r
}

// has reports whether a check came out so, and says so.
func has(r Report, about string, m Mark, words string) bool {
	return slices.ContainsFunc(r.Checks, func(c Check) bool {
		return c.About == about && c.Mark == m && strings.Contains(c.Found+" → "+c.Do, words)
	})
}

func TestEachTroubleIsFoundAndTheRestIsLookedAtAllTheSame(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*ward)
		about  string
		mark   Mark
		words  string
	}{
		"nothing":                    {func(*ward) {}, Data, OK, "every kind of data"},
		"no credential":              {func(w *ward) { w.env.CredErr = github.ErrUnauthenticated }, Token, Failed, "no token was given"},
		"a clock three minutes on":   {func(w *ward) { w.off = 3 * time.Minute }, Clock, Warning, "3m0s ahead of GitHub's"},
		"a clock an hour behind":     {func(w *ward) { w.off = -time.Hour }, Clock, Failed, "1h0m0s behind GitHub's: here it is"},
		"a server without limits":    {func(w *ward) { w.sim.PrimaryLimit = githubsim.Unlimited }, Budget, OK, "states no limit"},
		"a small limit":              {func(w *ward) { w.sim.PrimaryLimit = 60 }, Budget, Note, "does not fit into this hour"},
		"what the token could write": {func(*ward) {}, Token, Warning, `accept_write = ["admin:org"`},
		"an area that is left out":   {func(w *ward) { w.env.Config.Collect.Without = []access.Area{access.AreaAuditLog} }, Data, Note, "audit-log: left out"},
		"no organization":            {func(w *ward) { w.env.Config.GitHub.Organizations = nil }, Org, Failed, "none is named"},
		"a store that is older":      {func(w *ward) { old(t, w.env.StorePath) }, Store, Note, "made by an older ajar"},
		"a store in use":             {func(w *ward) { using(t, w.env.StorePath) }, Store, Note, "another ajar is writing to it (pid "},
		"an organization on hold":    {func(w *ward) { held(t, w.env.StorePath) }, Store, Warning, "on hold since"},
		"waivers that ended":         {func(w *ward) { w.env.Baseline, w.env.Config.Baseline = waived(t) }, Baseline, Warning, "1 waiver ended"},
		"waivers that end":           {func(w *ward) { w.env.Baseline, w.env.Config.Baseline = waived(t) }, Baseline, Note, "1 waiver ends within 14 days"},
	} {
		t.Run(name, func(t *testing.T) {
			r := visit(t, tc.change)
			if !has(r, tc.about, tc.mark, tc.words) {
				t.Errorf("no %s of %s says %q in\n%v", tc.mark, tc.about, tc.words, r.Checks)
			}
			for _, about := range []string{Configuration, Host, Clock, Token, Org, Data, Budget, Store, Baseline} {
				if !slices.ContainsFunc(r.Checks, func(c Check) bool { return c.About == about }) {
					t.Errorf("nothing is said of the %s", about)
				}
			}
		})
	}
}

// Kinds that are left out on purpose, and those of another plan, are no blindness.
func TestOnlyWhatIsExpectedAndNotSeenIsBlindness(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*ward)
		blind  bool
	}{
		"owner":  {func(*ward) {}, false},
		"member": {func(w *ward) { w.scope = githubsim.MemberScope }, true},
		"app":    {func(w *ward) { w.scope = githubsim.AppScope }, true},
		"app, left out": {func(w *ward) {
			w.scope = githubsim.AppScope
			w.env.Config.Collect.Without = []access.Area{access.AreaTwoFactor}
		}, false},
	} {
		if r := visit(t, tc.change); r.Blind != tc.blind || r.Failing() {
			t.Errorf("%s: blind %t, want %t; failing %t\n%v", name, r.Blind, tc.blind, r.Failing(), r.Checks)
		}
	}
}

func TestDoctorAsksLittle(t *testing.T) {
	if r := visit(t, func(*ward) {}); r.Requests > 20 || r.Requests < 10 {
		t.Errorf("%d requests, want some twenty", r.Requests)
	}
}

func TestWritesThatAreAcceptedGiveNoWarning(t *testing.T) {
	c := config.Default()
	c.GitHub.AcceptWrite = []string{"repo", "administration"}
	d := &doctor{Env: Env{Config: &c}}
	d.writes("x", []string{"repo", "administration:write"}, "do so")
	if len(d.Checks) != 0 {
		t.Errorf("%v", d.Checks)
	}
	d.writes("x", []string{"admin:org", "repo"}, "do so")
	if len(d.Checks) != 1 || !strings.Contains(d.Checks[0].Do, `["admin:org"]`) {
		t.Errorf("%v", d.Checks)
	}
}

func made(t *testing.T, path string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func using(t *testing.T, path string) { made(t, path) }

func held(t *testing.T, path string) {
	s := made(t, path)
	ctx := context.WithoutCancel(t.Context())
	p, err := s.Begin(ctx, access.Organization{ID: 7, NodeID: "O_7", Login: "acme"}, time.Now())
	if err == nil {
		_, err = p.Finish(ctx, store.PassStats{})
	}
	if err == nil {
		err = s.Hold(ctx, store.Hold{OrgID: 7, Kind: store.HeldByHand, Reason: "somebody looks", Since: time.Now(), SetBy: "a test"})
	}
	if err = errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
}

// waived is a baseline with one waiver that ended and one that soon will.
func waived(t *testing.T) (func() (*baseline.Baseline, error), *config.Baseline) {
	t.Helper()
	day := func(n int) string { return time.Now().AddDate(0, 0, n).UTC().Format(time.DateOnly) }
	waiver := func(until string) string {
		return "[[waiver]]\nmatch = { rule = \"deploy-key-write\", resource = \"repo:" + demo + "/fleet-api\" }\nreason = \"being replaced\"\nowner = \"user:x\"\nexpires = " + until + "\n"
	}
	b, err := baseline.Parse([]baseline.File{{Name: "baseline.toml", Text: []byte(waiver(day(-3)) + waiver(day(5)))}})
	if err != nil {
		t.Fatal(err)
	}
	return func() (*baseline.Baseline, error) { return b, nil }, &config.Baseline{Paths: []string{"baseline.toml"}}
}

// old makes a store of an earlier schema.
func old(t *testing.T, path string) {
	if err := made(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Exec("DELETE FROM goose_db_version WHERE version_id > 1")
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
