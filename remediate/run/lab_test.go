package run

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
)

const lab = `{"meta":{"source":"invented","now":"2026-09-15T09:00:00Z"},
"users":[
 {"login":"root","id":1,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"second","id":2,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"third","id":3,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"annika","id":11,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"bodil","id":12,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"guest","id":14,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"caller","id":15,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"robot","id":16,"type":"User","createdAt":"2020-01-01T00:00:00Z"}],
"orgs":[{"login":"acme","id":100,"createdAt":"2020-01-01T00:00:00Z","plan":"enterprise",
 "settings":{"defaultRepositoryPermission":"none","defaultWorkflowPermissions":"read"},
 "members":[{"login":"root","role":"admin","twoFactor":true},{"login":"second","role":"admin","twoFactor":true},{"login":"third","role":"admin","twoFactor":true},
  {"login":"annika","role":"member","twoFactor":true},{"login":"bodil","role":"member","twoFactor":true}],
 "teams":[{"slug":"crew","name":"Crew","id":31,"privacy":"closed","createdAt":"2020-01-01T00:00:00Z","members":[{"login":"annika","role":"maintainer"}]}],
 "repos":[{"name":"boat","id":41,"visibility":"private","createdAt":"2020-01-01T00:00:00Z","defaultBranch":"main",
  "collaborators":[{"login":"annika","permission":"admin"},{"login":"bodil","permission":"admin"},{"login":"guest","permission":"push"}],
  "teams":[{"slug":"crew","permission":"push"}],
  "deployKeys":[{"id":801,"title":"robot","key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtleWtleWtleWtleWtleWtleWtleWtleWtleWtleWtl","readOnly":false,"createdAt":"2020-01-01T00:00:00Z"}]},
 {"name":"ship","id":42,"visibility":"private","createdAt":"2020-01-01T00:00:00Z","defaultBranch":"main",
  "collaborators":[{"login":"annika","permission":"push"},{"login":"bodil","permission":"push"},{"login":"guest","permission":"push"}],
  "environments":[{"id":901,"name":"harbour","createdAt":"2020-01-01T00:00:00Z","reviewers":[{"type":"User","name":"bodil"}],"canAdminsBypass":true}]}]}]}`

const token = "ghp_runlabcanaryrunlabcanaryrunl0042"

func label(prefix string, id int64, name string) *remediate.Label {
	node := prefix + "_kwDO" + base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(id)))
	return &remediate.Label{ID: id, NodeID: node, Name: name}
}

var (
	acme = *label("O", 100, "acme")
	boat = label("R", 41, "boat")
	ship = label("R", 42, "ship")
	root = Person{ID: 1, Login: "root"}
)

// bench is a simulator, a store, and a clock that moves when somebody waits.
type bench struct {
	t     *testing.T
	sim   *githubsim.Server
	store *store.Store
	hands Hands
	url   string
	told  []Event

	mu sync.Mutex
	at time.Time
	// onSleep is called with each wait, before the clock moves.
	onSleep func(time.Duration)
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) pass(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

func (b *bench) sleep(ctx context.Context, d time.Duration) error {
	if b.onSleep != nil {
		b.onSleep(d)
	}
	b.pass(d)
	return ctx.Err()
}

func world(t *testing.T, replace ...string) *githubsim.World {
	t.Helper()
	w, err := githubsim.Load(strings.NewReader(strings.NewReplacer(replace...).Replace(lab)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func start(t *testing.T, w *githubsim.World, o githubsim.Options) *bench {
	t.Helper()
	b := &bench{t: t, at: w.Meta.Now}
	o.Now, o.Sleep, o.Writable = b.now, b.sleep, true
	if o.Tokens == nil {
		o.Tokens = []githubsim.Token{{Value: token, Login: "root", Scope: githubsim.OwnerScope}}
	}
	b.sim = githubsim.New(w, o)
	srv := httptest.NewServer(b.sim)
	t.Cleanup(srv.Close)
	b.url = srv.URL
	b.open(filepath.Join(t.TempDir(), "ajar.db"))
	b.hands = b.newHands(nil)
	return b
}

func (b *bench) newHands(base http.RoundTripper) *act.Hands {
	b.t.Helper()
	o := github.Options{APIURL: b.url, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}),
		Now: b.now, Sleep: b.sleep, Base: base, Unpaced: true, Rand: func() float64 { return 0.5 }, Timeout: 5 * time.Second}
	read, err := github.New(o)
	if err != nil {
		b.t.Fatal(err)
	}
	write, err := github.NewWriter(o)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(read.CloseIdleConnections)
	return act.New(act.Options{Read: read, Write: write, Org: acme, Now: b.now})
}

func (b *bench) open(path string) {
	b.t.Helper()
	s, err := store.Open(b.t.Context(), path, store.Options{Now: b.now})
	if err != nil {
		b.t.Fatal(err)
	}
	b.store = s
	b.t.Cleanup(func() { _ = s.Close() })
}

func (b *bench) options() Options {
	return Options{Store: b.store, Hands: b.hands, Org: acme, Guards: remediate.Guards{MaxChanges: 25, MaxFraction: 1, MinOwners: 2},
		Version: "test", Now: b.now, Sleep: b.sleep, Tell: func(e Event) { b.told = append(b.told, e) }}
}

func (b *bench) engine() *Engine {
	b.t.Helper()
	e, err := New(b.t.Context(), "test", b.options())
	if err != nil {
		b.t.Fatal(err)
	}
	return e
}

// carry carries the changes out as one run.
func (b *bench) carry(changes ...remediate.Change) *Run {
	b.t.Helper()
	r, err := b.engine().Carry(b.t.Context(), order("plan", changes...))
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

// order makes an order of changes, each called by what it changes.
func order(plan string, changes ...remediate.Change) Order {
	o := Order{ID: RunID(plan), Begun: Begun{Plan: plan, By: root, Approvals: []Approval{}, Actions: len(changes)}}
	for i, c := range changes {
		in := Intended{Place: i + 1, Kind: "test", Title: title(c), Rules: []string{}, Change: c, Irreversible: []string{}, Lost: []remediate.Lost{}}
		if c.User != nil {
			in.Principal = access.Named{Ref: access.Ref{Kind: access.User, ID: c.User.ID}, Name: "user:" + c.User.Name}
			in.Lost = append(in.Lost, remediate.Lost{As: "member", Kind: access.User, IDs: []int64{c.User.ID}})
		}
		o.Actions = append(o.Actions, Action{title(c), in})
	}
	return o
}

func title(c remediate.Change) string {
	out := string(c.Thing)
	for _, l := range []*remediate.Label{c.User, c.Team, c.Key, c.Repo} {
		if l != nil {
			out += " " + l.Name
		}
	}
	return out
}

func user(id int64, login string) *remediate.Label { return label("U", id, login) }

func has(role string) remediate.State {
	if role == "" {
		return remediate.State{}
	}
	return remediate.State{There: true, Role: role}
}

// direct is a change of somebody's direct grant.
func direct(who, repo *remediate.Label, before, after string) remediate.Change {
	return remediate.Change{Thing: remediate.DirectGrant, Org: acme, User: who, Repo: repo, Before: has(before), After: has(after)}
}

func guestOff(repo *remediate.Label) remediate.Change {
	return direct(user(14, "guest"), repo, "write", "")
}

// states says in one line how the actions of a run stand.
func states(r *Run) string {
	var out []string
	for _, p := range r.Actions {
		s := string(p.State)
		if p.How != "" {
			s += "/" + p.How
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

func ended(r *Run) string {
	if r.Ended == nil {
		return "open"
	}
	return r.Ended.How
}

// writes lists what was sent and changed something, or all that was sent.
func (b *bench) writes(changedOnly bool) []string {
	var out []string
	for _, m := range b.sim.Mutations() {
		if m.Changed || !changedOnly {
			out = append(out, m.Method+" "+m.Path)
		}
	}
	return out
}

// kinds lists the kinds of the run's entries.
func (b *bench) kinds(run string) []journal.Kind {
	b.t.Helper()
	entries, err := b.store.JournalOf(b.t.Context(), run)
	if err != nil {
		b.t.Fatal(err)
	}
	var out []journal.Kind
	for _, e := range entries {
		out = append(out, e.Kind)
	}
	return out
}

func (b *bench) expect(r *Run, how, want string) {
	b.t.Helper()
	if ended(r) != how || states(r) != want {
		why := ""
		if r.Ended != nil {
			why = r.Ended.Why
		}
		for _, p := range r.Actions {
			why += "; " + p.Title + ": " + p.Why
		}
		b.t.Fatalf("the run is %s with %q, not %s with %q: %s", ended(r), states(r), how, want, why)
	}
	again, err := Load(b.t.Context(), b.store, r.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	if states(again) != states(r) || ended(again) != ended(r) {
		b.t.Errorf("the journal says %s %q, and memory %s %q", ended(again), states(again), ended(r), states(r))
	}
}
