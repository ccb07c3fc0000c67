package act

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// lab is an organization with one thing of each kind. Names are unlike any other
// text in it, so that a test can rename by replacing.
const lab = `{"meta":{"source":"invented","now":"2026-09-15T09:00:00Z"},
"users":[
 {"login":"root","id":1,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"second","id":2,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"annika","id":11,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"bodil","id":12,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"stranger","id":13,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"guest","id":14,"type":"User","createdAt":"2020-01-01T00:00:00Z"},
 {"login":"waiting","id":15,"type":"User","createdAt":"2020-01-01T00:00:00Z"},{"login":"visitor","id":16,"type":"User","createdAt":"2020-01-01T00:00:00Z"}],
"orgs":[{"login":"acme","id":100,"createdAt":"2020-01-01T00:00:00Z","plan":"enterprise",
 "settings":{"defaultRepositoryPermission":"read","defaultWorkflowPermissions":"write","canApprovePullRequestReviews":true},
 "members":[{"login":"root","role":"admin","twoFactor":true},{"login":"second","role":"admin","twoFactor":true},{"login":"annika","role":"member","twoFactor":true},{"login":"bodil","role":"member","twoFactor":true}],
 "customRoles":[{"id":70,"name":"careful","baseRole":"write"}],
 "invitations":[{"id":501,"login":"waiting","role":"direct_member","createdAt":"2026-09-10T00:00:00Z","inviter":"root","teams":["crew"]},
  {"id":502,"email":"post@example.com","role":"admin","createdAt":"2026-09-10T00:00:00Z","inviter":"root"}],
 "teams":[{"slug":"crew","name":"Crew","id":31,"privacy":"closed","createdAt":"2020-01-01T00:00:00Z","members":[{"login":"annika","role":"maintainer"},{"login":"root","role":"maintainer"}]},
  {"slug":"deck","name":"Deck","id":32,"parent":"crew","privacy":"closed","createdAt":"2020-01-01T00:00:00Z","members":[{"login":"bodil","role":"member"}]}],
 "repos":[{"name":"boat","id":41,"visibility":"private","createdAt":"2020-01-01T00:00:00Z","defaultBranch":"main",
  "collaborators":[{"login":"annika","permission":"admin"},{"login":"guest","permission":"push"},{"login":"bodil","permission":"careful"}],
  "invitations":[{"id":601,"login":"visitor","permission":"push","createdAt":"2026-09-10T00:00:00Z","inviter":"root"}],
  "teams":[{"slug":"crew","permission":"push"},{"slug":"deck","permission":"maintain"}],
  "deployKeys":[{"id":801,"title":"robot","key":"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtleWtleWtleWtleWtleWtleWtleWtleWtleWtleWtleWtl","readOnly":false,"createdAt":"2020-01-01T00:00:00Z"}],
  "workflowPermissions":{"default":"write","canApprove":true},
  "environments":[{"id":901,"name":"harbour/east","createdAt":"2020-01-01T00:00:00Z","waitTimer":5,"reviewers":[{"type":"User","name":"annika"},{"type":"Team","name":"deck"}],
    "preventSelfReview":false,"canAdminsBypass":true,"branchPolicy":{"protectedBranches":false,"custom":[{"id":951,"name":"main","type":"branch"},{"id":952,"name":"dev*","type":"branch"}]}},
   {"id":902,"name":"beach","createdAt":"2020-01-01T00:00:00Z","canAdminsBypass":true}]},
  {"name":"shed","id":42,"visibility":"private","archived":true,"createdAt":"2020-01-01T00:00:00Z","collaborators":[{"login":"annika","permission":"push"}]}]}]}`

const token = "ghp_labcanarylabcanarylabcanary0042"

func world(t testing.TB, replace ...string) *githubsim.World {
	t.Helper()
	w, err := githubsim.Load(strings.NewReader(strings.NewReplacer(replace...).Replace(lab)))
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// node is the node id of something in the simulator.
func nodeOf(prefix string, id int64) string {
	return prefix + "_kwDO" + base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, uint64(id)))
}

func label(prefix string, id int64, name string) *remediate.Label {
	return &remediate.Label{ID: id, NodeID: nodeOf(prefix, id), Name: name}
}

var (
	acme = *label("O", 100, "acme")
	boat = label("R", 41, "boat")
	crew = label("T", 31, "crew")
	deck = label("T", 32, "deck")
	east = label("EN", 901, "harbour/east")
)

func user(id int64, login string) *remediate.Label { return label("U", id, login) }

// bench is a simulator with hands on it, and a clock that moves when they wait.
type bench struct {
	t     testing.TB
	sim   *githubsim.Server
	url   string
	hands *Hands
	mu    sync.Mutex
	at    time.Time
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.at
}

func (b *bench) sleep(ctx context.Context, d time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
	return ctx.Err()
}

// start has a lab with hands. base is the wire; nil: the usual one.
func start(t testing.TB, w *githubsim.World, o githubsim.Options, base http.RoundTripper) *bench {
	t.Helper()
	b := &bench{t: t, at: w.Meta.Now}
	o.Now, o.Writable = b.now, true
	if o.Tokens == nil {
		o.Tokens = []githubsim.Token{{Value: token, Login: "root", Scope: githubsim.OwnerScope}}
	}
	b.sim = githubsim.New(w, o)
	srv := httptest.NewServer(b.sim)
	t.Cleanup(srv.Close)
	b.url = srv.URL
	opts := github.Options{APIURL: srv.URL, Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}),
		Now: b.now, Sleep: b.sleep, Base: base, Unpaced: true, Rand: func() float64 { return 0.5 }, Timeout: 5 * time.Second}
	read, err := github.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	write, err := github.NewWriter(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(read.CloseIdleConnections)
	b.hands = New(Options{Read: read, Write: write, Org: acme, Now: b.now})
	return b
}

func (b *bench) read(c remediate.Change) Live {
	b.t.Helper()
	l, err := b.hands.Read(context.Background(), c)
	if err != nil {
		b.t.Fatal(err)
	}
	return l
}

// carry reads, and sends the steps that lead to c.After.
func (b *bench) carry(c remediate.Change) (Live, []Answer) {
	b.t.Helper()
	l := b.read(c)
	if l.Moved != "" {
		b.t.Fatalf("%s: %s", c.Thing, l.Moved)
	}
	steps, err := Steps(l.Change, l.State)
	if err != nil {
		b.t.Fatal(err)
	}
	var answers []Answer
	for _, s := range steps {
		if err := b.hands.Ready(context.Background()); err != nil {
			b.t.Fatal(err)
		}
		a, err := b.hands.Send(context.Background(), s)
		if err != nil {
			b.t.Fatalf("%s %s: %v", s.Method, s.Path, err)
		}
		answers = append(answers, a)
	}
	return l, answers
}

// sameWorld compares two worlds but for the log and the numbers of what was made
// anew.
func worldText(t testing.TB, w *githubsim.World) string {
	t.Helper()
	one := w.Clone()
	for _, o := range one.Orgs {
		o.AuditLog, o.FormerMembers = nil, nil
	}
	raw, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", " "); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
