package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/serve"
	daemonstate "github.com/eb661601/ajar/internal/status"
)

// daemonLab is a daemon that audits each second.
type daemonLab struct {
	t    *testing.T
	dir  string
	down atomic.Bool // GitHub does not answer
	srv  *serve.Server
	log  *lockedBuffer
	more string // of the configuration
	stop func() error
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds to the log.
func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newDaemonLab(t *testing.T, as ...func(*daemonLab)) *daemonLab {
	t.Helper()
	l := &daemonLab{t: t, dir: t.TempDir(), log: &lockedBuffer{}}
	for _, do := range as {
		do(l)
	}
	sim := simulated(githubsim.Demo())
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.down.Load() {
			panic(http.ErrAbortHandler)
		}
		sim.ServeHTTP(w, r)
	}))
	t.Cleanup(api.Close)
	conf := "[github]\norganizations = [\"acme-robotics\"]\napi_url = \"" + api.URL + "\"\n[store]\nurl = \"sqlite:ajar.db\"\n" + l.more
	if err := os.WriteFile(filepath.Join(l.dir, "config.toml"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &app{in: strings.NewReader(""), out: io.Discard, errs: l.log, now: time.Now, clock: clock.New(time.Now, nil), program: "ajar", getenv: func(name string) string {
		return map[string]string{"AJAR_GITHUB_TOKEN": ownerToken, "LAB_WRITE": "lab-write-token", "GOGC": "100"}[name]
	}}
	a.flags = globals{config: filepath.Join(l.dir, "config.toml"), output: "table", logLevel: "info"}
	ctx, cancel := context.WithCancel(t.Context())
	ready, ended := make(chan *serve.Server, 1), make(chan error, 1)
	go func() { ended <- a.serve(ctx, daemonFlags{listen: "127.0.0.1:0", every: time.Second, ready: ready}) }()
	l.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { _ = l.stop() })
	select {
	case l.srv = <-ready:
	case err := <-ended:
		t.Fatalf("it did not start: %v", err)
	}
	return l
}

// state asks the daemon.
func (l *daemonLab) state() daemonstate.Status {
	l.t.Helper()
	s, err := askAt(l.t.Context(), &http.Transport{}, "http://"+l.srv.Addr()+"/status")
	if err != nil {
		l.t.Fatalf("%v; the log says\n%s", err, l.log.text())
	}
	return s
}

// until waits until the daemon stands as is asked.
func (l *daemonLab) until(what string, ok func(daemonstate.Status) bool) daemonstate.Status {
	l.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 1500 {
		if s := l.state(); ok(s) {
			return s
		}
		<-tick.C
	}
	l.t.Fatalf("%s: it did not come to that; the log says\n%s", what, l.log.text())
	return daemonstate.Status{}
}

func (l *daemonLab) answers(path string) int {
	l.t.Helper()
	resp, err := http.Get("http://" + l.srv.Addr() + path)
	if err != nil {
		l.t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

func audited(s daemonstate.Status) bool {
	return s.Orgs[0].Last != nil && s.Orgs[0].Last.Result == "ok" && s.Orgs[0].Snapshot > 0
}

func TestDaemonOutlivesTheLossOfGitHub(t *testing.T) {
	t.Parallel()
	l := newDaemonLab(t)
	before := l.until("a first audit", audited)
	l.down.Store(true)
	lost := l.until("failing audits", func(s daemonstate.Status) bool { return s.Orgs[0].Stale })
	if lost.Orgs[0].Findings["high"] != before.Orgs[0].Findings["high"] || lost.Orgs[0].Snapshot < before.Orgs[0].Snapshot || lost.Orgs[0].Last.Reason == "" {
		t.Errorf("what was found is not kept, or why it fails is not said: %+v", lost.Orgs[0])
	}
	for path, want := range map[string]int{"/healthz": 200, "/metrics": 200} {
		if got := l.answers(path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
	l.down.Store(false)
	l.until("an audit once GitHub is back", func(s daemonstate.Status) bool {
		return audited(s) && !s.Orgs[0].Stale && s.Orgs[0].Snapshot > lost.Orgs[0].Snapshot
	})
	if err := l.stop(); err != nil {
		t.Error(err)
	}
	if strings.Contains(l.log.text(), ownerToken) {
		t.Error("the log holds the token")
	}
}

func TestDaemonWhoseStoreIsGoneSaysSoAndMakesNone(t *testing.T) {
	t.Parallel()
	l := newDaemonLab(t)
	l.until("a first audit", audited)
	db := filepath.Join(l.dir, "ajar.db")
	for _, suffix := range []string{"", ".generation", "-wal", "-shm"} {
		if err := os.Remove(db + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	s := l.until("a store that is missed", func(s daemonstate.Status) bool {
		return !s.Ready && s.Reasons[0].What == "store" && strings.Contains(s.Reasons[0].Why, "moved or removed")
	})
	if strings.Contains(s.Reasons[0].Why, "\n") {
		t.Errorf("in more than one line: %q", s.Reasons[0].Why)
	}
	l.until("audits that fail", func(s daemonstate.Status) bool { return s.Orgs[0].Stale })
	if _, err := os.Stat(db); err == nil {
		t.Error("a fresh store was made in its place")
	}
	for path, want := range map[string]int{"/healthz": 200, "/metrics": 200, "/readyz": 503} {
		if got := l.answers(path); got != want {
			t.Errorf("%s: %d", path, got)
		}
	}
}
