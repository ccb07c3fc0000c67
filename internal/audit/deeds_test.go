package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
	"github.com/eb661601/ajar/remediate/run"
)

// fleet is a world of eight repositories with four deploy keys each.
func fleet(t *testing.T) *githubsim.World {
	t.Helper()
	var repos []string
	for r := range 8 {
		var keys []string
		for k := range 4 {
			id := 800 + 4*r + k
			keys = append(keys, fmt.Sprintf(`{"id":%d,"title":"key %d","key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtleWtleWtleWtleWtleWtleWtleWtleWtl%04d","createdAt":"2020-01-01T00:00:00Z"}`, id, id, id))
		}
		repos = append(repos, fmt.Sprintf(`{"name":"ship-%d","id":%d,"visibility":"private","createdAt":"2020-01-01T00:00:00Z","defaultBranch":"main","deployKeys":[%s]}`,
			r, 40+r, strings.Join(keys, ",")))
	}
	w, err := githubsim.Load(strings.NewReader(`{"meta":{"source":"invented","now":"2027-03-01T12:00:00Z"},
"users":[{"login":"root","id":1,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"second","id":2,"type":"User","createdAt":"2020-01-01T00:00:00Z"}],
"orgs":[{"login":"acme","id":100,"createdAt":"2020-01-01T00:00:00Z","plan":"enterprise","settings":{"defaultRepositoryPermission":"none","defaultWorkflowPermissions":"read"},
 "members":[{"login":"root","role":"admin","twoFactor":true},{"login":"second","role":"admin","twoFactor":true}],
 "repos":[` + strings.Join(repos, ",") + `]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// harbour is a pass over the fleet, and hands that change it.
type harbour struct {
	Pass
	t    *testing.T
	c    *clock
	sim  *githubsim.Server
	url  string
	last Result
}

const fewToken = "ajar-deeds-token-that-sees-less"

func newHarbour(t *testing.T) *harbour {
	t.Helper()
	h := &harbour{t: t, c: &clock{at: now}}
	h.sim = githubsim.New(fleet(t), githubsim.Options{Now: h.c.now, Sleep: h.sleep, Writable: true, PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{
		{Value: "t", Login: "root", Scope: githubsim.OwnerScope},
		{Value: fewToken, Login: "root", Scope: githubsim.Scope{Owner: true, Repositories: []string{"ship-0", "ship-1", "ship-2", "ship-3", "ship-4", "ship-5"}}},
	}})
	srv := httptest.NewServer(h.sim)
	t.Cleanup(srv.Close)
	h.url = srv.URL
	h.Pass = Pass{Org: "acme", Client: h.client("t"), Store: freshStore(t, h.c), Collect: collector.Options{Now: h.c.now}, Now: h.c.now}
	h.look()
	return h
}

func (h *harbour) sleep(ctx context.Context, d time.Duration) error {
	h.c.move(d)
	return ctx.Err()
}

func (h *harbour) options(token string) github.Options {
	return github.Options{APIURL: h.url, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), Now: h.c.now, Sleep: h.sleep,
		Unpaced: true, Rand: func() float64 { return 0.5 }}
}

func (h *harbour) client(token string) *github.Client {
	h.t.Helper()
	c, err := github.New(h.options(token))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(c.CloseIdleConnections)
	return c
}

func (h *harbour) look() string {
	h.t.Helper()
	h.c.move(time.Hour)
	r, err := h.Run(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	h.last = r
	return held(r)
}

// scrap lets ajar remove the first n deploy keys, as a run that is journaled.
func (h *harbour) scrap(n int) *run.Run {
	h.t.Helper()
	s := h.last.Snapshot
	org := remediate.Label{ID: s.Org.ID, NodeID: s.Org.NodeID, Name: s.Org.Login}
	o := run.Order{ID: run.RunID("scrap"), Begun: run.Begun{Plan: "scrap", By: run.Person{ID: 1, Login: "root"}, Approvals: []run.Approval{}, Actions: n}}
	for _, k := range s.DeployKeys[:n] {
		repo := remediate.Label{ID: k.Repo, Name: fmt.Sprintf("ship-%d", k.Repo-40)}
		for _, r := range s.Repositories {
			if r.ID == k.Repo {
				repo.NodeID = r.NodeID
			}
		}
		o.Actions = append(o.Actions, run.Action{ID: fmt.Sprint(k.ID), Intended: run.Intended{
			Place: len(o.Actions) + 1, Kind: "test", Title: k.Title, Rules: []string{}, Irreversible: []string{}, Lost: []remediate.Lost{},
			Change: remediate.Change{Thing: remediate.DeployKey, Org: org, Repo: &repo, Key: &remediate.Label{ID: k.ID, Name: k.Title},
				Before: remediate.State{There: true, Key: &remediate.KeyState{Title: k.Title, Public: k.Public, ReadOnly: k.ReadOnly}}},
		}})
	}
	write, err := github.NewWriter(h.options("t"))
	if err != nil {
		h.t.Fatal(err)
	}
	e, err := run.New(h.t.Context(), "test", run.Options{
		Store: h.Store, Hands: act.New(act.Options{Read: h.client("t"), Write: write, Org: org, Now: h.c.now}), Org: org, Version: "test",
		Guards: remediate.Guards{MaxChanges: 100, MaxFraction: 1, MinOwners: 1}, Now: h.c.now, Sleep: h.sleep,
	})
	if err != nil {
		h.t.Fatal(err)
	}
	r, err := e.Carry(h.t.Context(), o)
	if err != nil || r.Counts().Verified != n {
		h.t.Fatalf("%+v, %v", r.Counts(), err)
	}
	return r
}

// steal removes the keys of the last n repositories behind ajar's back.
func (h *harbour) steal(n int) {
	h.sim.Mutate(func(w *githubsim.World) {
		for _, r := range w.Orgs[0].Repos[8-n:] {
			r.DeployKeys = nil
		}
	})
}

func TestWhatAjarTookItselfIsNoReasonForDoubt(t *testing.T) {
	h := newHarbour(t)
	h.scrap(16)
	if got := h.look(); got != "" {
		t.Fatalf("held: %s: %+v", got, h.last.Holds)
	}
	if len(h.last.Snapshot.DeployKeys) != 16 {
		t.Errorf("%d keys are left", len(h.last.Snapshot.DeployKeys))
	}
}

func TestWhatOthersTookBesideIsDoubted(t *testing.T) {
	h := newHarbour(t)
	h.scrap(16)
	h.steal(2)
	if got := h.look(); got != "lost deploy keys" {
		t.Fatalf("held: %q", got)
	}
	if got := h.last.Holds[0]; got.Lost != 8 || got.Population != 32 || !strings.Contains(got.Reason, ", not counting 16 that ajar took") {
		t.Errorf("%+v", got)
	}
	if got := h.look(); got != "lost deploy keys agreed" {
		t.Errorf("after a second look: %q", got)
	}
}

func TestLessThanAFifthTakenByOthersBesideARunIsNotDoubted(t *testing.T) {
	h := newHarbour(t)
	h.scrap(16)
	h.steal(1)
	if got := h.look(); got != "" {
		t.Errorf("held: %q", got)
	}
}

// What a token does not see is not gone, and what is gone from the part that it sees
// is doubted as ever.
func TestTokenThatSeesLessBesideARunHidesNoLoss(t *testing.T) {
	h := newHarbour(t)
	h.scrap(16)
	h.Client = h.client(fewToken)
	if got := h.look(); got != "" || len(h.last.Snapshot.DeployKeys) != 16 || h.last.Snapshot.Coverage.Complete(access.AreaDeployKeys) {
		t.Errorf("held: %q, %d keys, %+v", got, len(h.last.Snapshot.DeployKeys), h.last.Snapshot.Coverage.Of(access.AreaDeployKeys))
	}
	h.steal(4)
	if got := h.look(); got != "lost deploy keys" {
		t.Errorf("held: %q", got)
	}
}

// What a run took before the snapshot that the loss is measured by is no reason why
// it is gone after it.
func TestRunOfBeforeExplainsNothing(t *testing.T) {
	h := newHarbour(t)
	h.scrap(8)
	h.look()
	deeds, err := h.deeds(t.Context(), 100, h.last.Info.At, h.c.now().Add(time.Hour))
	if err != nil || len(deeds) != 0 {
		t.Errorf("%v, %v", deeds, err)
	}
	if deeds, err = h.deeds(t.Context(), 100, now, h.c.now()); err != nil || len(deeds) != 8 {
		t.Errorf("%d deeds, %v", len(deeds), err)
	}
}

func TestRunThatTheJournalDoesNotTellExplainsNothing(t *testing.T) {
	h := newHarbour(t)
	r := h.scrap(16)
	entries, err := h.Store.JournalOf(t.Context(), r.ID)
	if err != nil {
		t.Fatal(err)
	}
	epoch, err := h.Store.TakeOver(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Store.Redact(t.Context(), epoch, entries[1].Seq, "test", "a name in it"); err != nil {
		t.Fatal(err)
	}
	if got := h.look(); got != "lost deploy keys" {
		t.Errorf("held: %q", got)
	}
}

func TestDeedExplainsWhatItTookAndNothingElse(t *testing.T) {
	l := func(id int64) *remediate.Label { return &remediate.Label{ID: id} }
	u, tm, rp, en := access.Ref{Kind: access.User, ID: 1}, access.Ref{Kind: access.Team, ID: 2}, access.Ref{Kind: access.Repo, ID: 3}, access.Ref{Kind: access.Env, ID: 4}
	org := access.Ref{Kind: access.Org, ID: 9}
	there := func(role string) remediate.State { return remediate.State{There: true, Role: role} }
	gate := func(who ...remediate.Reviewer) remediate.State {
		return remediate.State{There: true, Gate: &remediate.GateState{Reviewers: who}}
	}
	me := remediate.Reviewer{Kind: "user", Label: *l(1)}
	parted := remediate.Change{Thing: remediate.Membership, User: l(1), Before: there("owner")}
	lowered := remediate.Change{Thing: remediate.Membership, User: l(1), Before: there("owner"), After: there("member")}
	outside := remediate.Change{Thing: remediate.Membership, User: l(1), Before: there("member"), After: there("outside")}
	direct := remediate.Change{Thing: remediate.DirectGrant, User: l(1), Repo: l(3), Before: there("write")}
	old := &access.Snapshot{Grants: []access.Grant{{Principal: u, Resource: rp, Privilege: access.Write}}}
	for _, c := range []struct {
		what string
		by   remediate.Change
		e    edge
		want bool
	}{
		{"owners", parted, edge{u, org}, true},
		{"owners", lowered, edge{u, org}, true},
		{"owners", outside, edge{u, org}, false},
		{"members", parted, edge{u, org}, true},
		{"members", lowered, edge{u, org}, false},
		{"members", outside, edge{u, org}, true},
		{"members", parted, edge{access.Ref{Kind: access.User, ID: 5}, org}, false},
		{"team memberships", outside, edge{u, tm}, true},
		{"team memberships", remediate.Change{Thing: remediate.TeamMembership, User: l(1), Team: l(2), Before: there("member")}, edge{u, tm}, true},
		{"team memberships", remediate.Change{Thing: remediate.TeamMembership, User: l(1), Team: l(7), Before: there("member")}, edge{u, tm}, false},
		{"direct grants", direct, edge{u, rp}, true},
		{"direct grants", parted, edge{u, rp}, true},
		{"direct grants", outside, edge{u, rp}, false},
		{"direct grants", remediate.Change{Thing: remediate.DirectGrant, User: l(1), Repo: l(3), Before: there("write"), After: there("read")}, edge{u, rp}, false},
		{"outside collaborators", direct, edge{from: access.Ref{ID: 1}}, true},
		{"outside collaborators", remediate.Change{Thing: remediate.DirectGrant, User: l(1), Repo: l(8)}, edge{from: access.Ref{ID: 1}}, false},
		{"grants of teams", remediate.Change{Thing: remediate.TeamGrant, Team: l(2), Repo: l(3)}, edge{tm, rp}, true},
		{"reviewers", remediate.Change{Thing: remediate.Protection, Env: l(4), Before: gate(me), After: gate()}, edge{u, en}, true},
		{"reviewers", remediate.Change{Thing: remediate.Protection, Env: l(4), Before: gate(me), After: gate(me)}, edge{u, en}, false},
		{"deploy keys", remediate.Change{Thing: remediate.DeployKey, Key: l(6)}, edge{from: access.Ref{ID: 6}}, true},
		{"deploy keys", remediate.Change{Thing: remediate.DeployKey, Key: l(6)}, edge{from: access.Ref{ID: 7}}, false},
		{"repositories", direct, edge{from: access.Ref{ID: 3}}, false},
	} {
		if got := explained([]deed{{Change: c.by}}, c.what, c.e, old); got != c.want {
			text, _ := json.Marshal(c.by)
			t.Errorf("%s, %v, by %s: %v", c.what, c.e, text, got)
		}
	}
}

func TestRestoreExplainsTheDriftThatItBringsBackAndNoOther(t *testing.T) {
	l := func(id int64) *remediate.Label { return &remediate.Label{ID: id} }
	named := func(k access.Kind, id int64) access.Named { return access.Named{Ref: access.Ref{Kind: k, ID: id}} }
	back := remediate.State{There: true, Role: "write"}
	member := remediate.State{There: true, Role: "member", Held: &remediate.HeldState{Repos: []remediate.HeldRole{{Label: *l(3)}}}}
	on3 := access.Finding{Principal: named(access.User, 1), Resource: named(access.Repo, 3)}
	for _, c := range []struct {
		by   deed
		f    access.Finding
		want bool
	}{
		{deed{remediate.Change{Thing: remediate.DirectGrant, User: l(1), Repo: l(3), After: back}, true}, on3, true},
		{deed{remediate.Change{Thing: remediate.DirectGrant, User: l(1), Repo: l(3), After: back}, false}, on3, false}, // a run, and no restore
		{deed{remediate.Change{Thing: remediate.DirectGrant, User: l(1), Repo: l(4), After: back}, true}, on3, false},
		{deed{remediate.Change{Thing: remediate.DirectGrant, User: l(1), Repo: l(3), Before: back}, true}, on3, false},
		{deed{remediate.Change{Thing: remediate.Membership, User: l(1), After: member}, true}, on3, true},
		{deed{remediate.Change{Thing: remediate.DeployKey, Key: l(7), After: remediate.State{There: true}}, true}, access.Finding{Principal: named(access.Key, 7)}, true},
		{deed{remediate.Change{Thing: remediate.DeployKey, Key: l(7), After: remediate.State{There: true}}, true}, access.Finding{Principal: named(access.Key, 8)}, false},
	} {
		if got := c.by.gave(c.f); got != c.want {
			t.Errorf("%+v, %v on %v: %v", c.by, c.f.Principal.Ref, c.f.Resource.Ref, got)
		}
	}
}
