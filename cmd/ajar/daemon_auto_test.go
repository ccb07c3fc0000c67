package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
)

// autoLab is what a daemon in mode auto works on, and what can be made of it.
type autoLab struct {
	t      *testing.T
	dir    string
	github *served
	now    func() time.Time // begins well after the audit that is due each hour, and well before the next
}

func newAutoLab(t *testing.T) *autoLab {
	t.Helper()
	begun, start := time.Date(2026, 5, 6, 9, 30, 0, 0, time.UTC), time.Now()
	now := func() time.Time { return begun.Add(time.Since(start)) }
	world := githubsim.Demo()
	world.ShiftTo(now())
	github, err := listen(t.Context(), world, "127.0.0.1:0", now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(github.stop)
	l := &autoLab{t: t, dir: t.TempDir(), github: github, now: now}
	if err := stageDaemon(l.dir, world.Orgs[0].Login, github, now()); err != nil {
		t.Fatal(err)
	}
	return l
}

// edit replaces a text of a file.
func (l *autoLab) edit(name, from, to string) {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	b, err := os.ReadFile(path)
	if err != nil {
		l.t.Fatal(err)
	}
	if !strings.Contains(string(b), from) {
		l.t.Fatalf("%s has no %q", name, from)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(b), from, to)), 0o600); err != nil {
		l.t.Fatal(err)
	}
}

func (l *autoLab) app(late time.Duration) (*app, *lockedBuffer) {
	log := &lockedBuffer{}
	now := func() time.Time { return l.now().Add(late) }
	a := &app{in: strings.NewReader(""), out: io.Discard, errs: log, now: now, clock: clock.New(now, nil), program: "ajar", getenv: func(name string) string {
		return map[string]string{"GOGC": "100"}[name]
	}}
	a.flags = globals{config: filepath.Join(l.dir, "config.toml"), output: "table", logLevel: "info"}
	return a, log
}

// once is a daemon that was started anew, so much later, and does what is due.
func (l *autoLab) once(late time.Duration) string {
	l.t.Helper()
	a, log := l.app(late)
	if err := a.serve(l.t.Context(), daemonFlags{once: true}); err != nil {
		l.t.Fatalf("%v\n%s", err, log.text())
	}
	return log.text()
}

// What a slip in the baseline does is caught by the audit that judges by it: it puts the
// organization on hold. A daemon that acted before one would act on the slip.
func TestAutoWaitsForAnAuditByTheBaselineOfNow(t *testing.T) {
	t.Parallel()
	l := newAutoLab(t)
	l.edit("config.toml", `mode = "auto"`, `mode = "approve"`)
	if log := l.once(0); !strings.Contains(log, `"msg":"audited"`) {
		t.Fatalf("it did not audit:\n%s", log)
	}
	l.edit("config.toml", `mode = "approve"`, `mode = "auto"`)
	l.edit("baseline.toml", "[roles.tester]", "[roles.slip]\ndescription = \"new\"\nrepository = \"read\"\n\n[roles.tester]")
	log := l.once(time.Minute)
	if strings.Contains(log, `"msg":"audited"`) {
		t.Fatalf("an audit was due, so this shows nothing:\n%s", log)
	}
	if strings.Contains(log, "verified") || !strings.Contains(log, "the next audit") {
		t.Errorf("it acted on what no audit has judged, or does not say why it did not:\n%s", log)
	}
	if log := l.once(2 * time.Minute); strings.Contains(log, "verified") {
		t.Errorf("it acted at the next start:\n%s", log)
	}
	if log := l.once(2 * time.Hour); !strings.Contains(log, `"msg":"audited"`) || !strings.Contains(log, "verified") {
		t.Errorf("after an audit by it nothing was carried out:\n%s", log)
	}
}

// What a guard refuses the daemon is in the journal, as the daemon's and nobody else's.
func TestWhatAutoIsRefusedIsKeptAsTheDaemons(t *testing.T) {
	t.Parallel()
	l := newAutoLab(t)
	l.edit("config.toml", "max_fraction = 0.2\n", "max_fraction = 0.2\nmax_changes = 0\n")
	log := l.once(0)
	s, err := store.Open(t.Context(), filepath.Join(l.dir, "ajar.db"), store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for e, err := range s.Journal(t.Context(), 1, 100) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Kind == journal.DecisionRefused {
			if !strings.Contains(string(e.Body), `"entrance":"daemon"`) || e.Who != "ajar" {
				t.Errorf("%q: %s", e.Who, e.Body)
			}
			return
		}
	}
	t.Errorf("no refusal is kept:\n%s", log)
}
