package notify

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

var (
	acme = access.Organization{ID: 77, NodeID: "O_77", Login: "acme", Name: "Acme", CreatedAt: time.Date(2019, 3, 1, 0, 0, 0, 0, time.UTC)}
	noon = time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
)

// got is one request that a receiver got.
type got struct {
	path   string
	header http.Header
	body   string
}

// receiver is a real server with a certificate of its own, that answers what it is told.
type receiver struct {
	*httptest.Server
	ca string // file of its certificate

	mu     sync.Mutex
	all    []got
	answer func(w http.ResponseWriter, n int) // n: how many came before; nil: 200
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, _ := io.ReadAll(q.Body)
		r.mu.Lock()
		n, answer := len(r.all), r.answer
		r.all = append(r.all, got{q.URL.Path, q.Header.Clone(), string(body)})
		r.mu.Unlock()
		if answer != nil {
			answer(w, n)
		}
	}))
	t.Cleanup(r.Close)
	r.ca = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: r.Certificate().Raw})
	if err := os.WriteFile(r.ca, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return r
}

func (r *receiver) answers(with func(w http.ResponseWriter, n int)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer = with
}

func (r *receiver) requests() []got {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]got(nil), r.all...)
}

// lab is a store with an organization, a clock that is set by hand, and people who are told.
type lab struct {
	t       *testing.T
	store   *store.Store
	at      time.Time
	env     map[string]string
	config  config.Notify
	n       *Notifier
	entries []journal.Entry

	mu      sync.Mutex
	counted map[string]int
}

const signingSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func newLab(t *testing.T, c config.Notify) *lab {
	t.Helper()
	l := &lab{t: t, at: noon, env: map[string]string{"SECRET": signingSecret}, config: c, counted: map[string]int{}}
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: func() time.Time { return l.at }})
	if err != nil {
		t.Fatal(err)
	}
	l.store = s
	t.Cleanup(func() { _ = s.Close() })
	return l
}

func (l *lab) start() {
	l.t.Helper()
	n, err := New(l.options())
	if err != nil {
		l.t.Fatal(err)
	}
	l.n = n
}

func (l *lab) options() Options {
	return Options{
		Config: l.config, Read: Open(l.store), Write: Open(l.store), Getenv: func(k string) string { return l.env[k] },
		Now: func() time.Time { return l.at }, Program: "ajar", Version: "test", Random: func() float64 { return 0 }, Meter: l,
		Record: func(_ context.Context, _ *store.Store, all ...journal.Entry) error {
			l.entries = append(l.entries, all...)
			return nil
		},
	}
}

func (l *lab) Notified(channel, result string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counted[channel+" "+result]++
}

func (l *lab) Outbox(state string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.counted["outbox "+state] = n
}

func flaw(rule, login, repo string, s access.Severity) access.Finding {
	return access.Finding{
		Fingerprint: access.Fingerprint(rule, login, repo), Rule: rule, Category: "standing", Severity: s,
		Org:       access.Named{Ref: access.Ref{Kind: access.Org, ID: acme.ID}, Name: "org:acme"},
		Principal: access.Named{Ref: access.Ref{Kind: access.User, ID: 5}, Name: "user:" + login},
		Resource:  access.Named{Ref: access.Ref{Kind: access.Repo, ID: 9}, Name: "repo:acme/" + repo},
		Title:     "user:" + login + " has admin on repo:acme/" + repo, Want: "read",
	}
}

// judge takes a snapshot in which these flaws are found.
func (l *lab) judge(found ...access.Finding) {
	l.t.Helper()
	ctx := l.t.Context()
	p, err := l.store.Begin(ctx, acme, l.at)
	if err != nil {
		l.t.Fatal(err)
	}
	info, err := p.Finish(ctx, store.PassStats{})
	if err != nil {
		l.t.Fatal(err)
	}
	snap, err := l.store.Load(ctx, info)
	if err != nil {
		l.t.Fatal(err)
	}
	if _, err := l.store.Judge(ctx, snap, found, l.at, store.Terms{Baseline: "b1"}); err != nil {
		l.t.Fatal(err)
	}
}

// pass judges, considers and delivers, an hour after the last time.
func (l *lab) pass(found ...access.Finding) {
	l.t.Helper()
	l.judge(found...)
	l.consider(What{Judged: true})
	l.deliver()
	l.at = l.at.Add(time.Hour)
}

func (l *lab) consider(w What) {
	l.t.Helper()
	w.OrgID, w.Org, w.At = acme.ID, acme.Login, l.at
	if err := l.n.Consider(l.t.Context(), w); err != nil {
		l.t.Fatal(err)
	}
}

func (l *lab) deliver() time.Time {
	l.t.Helper()
	next, err := l.n.Deliver(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return next
}

func (l *lab) states() map[string]int {
	l.t.Helper()
	c, err := l.store.CountNotices(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	return c
}

// hook is a webhook channel to a receiver.
func (r *receiver) hook(name string) config.Channel {
	return config.Channel{Name: name, Kind: config.Webhook, URL: r.URL + "/hook", SecretEnv: "SECRET", CAFile: r.ca}
}

var here = []string{"127.0.0.0/8"}

func messages(t *testing.T, all []got) []Message {
	t.Helper()
	var out []Message
	for _, g := range all {
		var m Message
		if err := json.Unmarshal([]byte(g.body), &m); err != nil {
			t.Fatalf("%v in %s", err, g.body)
		}
		out = append(out, m)
	}
	return out
}

func titles(all []Message) string {
	var out []string
	for _, m := range all {
		out = append(out, m.Title)
	}
	return strings.Join(out, "\n")
}
