package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// ledger stands before the simulator and notes every question that was answered,
// and when; a query for nodes is a question for each of them, and the size of a
// page is no part of one.
type ledger struct {
	sim http.Handler

	mu       sync.Mutex
	asked    int // requests
	answered map[string][]time.Time
	at       int    // the request at which hook is called
	hook     func() // in the handler
}

func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	l.mu.Lock()
	if l.asked++; l.asked == l.at {
		l.hook()
	}
	l.mu.Unlock()
	l.sim.ServeHTTP(w, r)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, q := range questions(r, body) {
		l.answered[q] = append(l.answered[q], time.Now())
	}
}

func questions(r *http.Request, body []byte) []string {
	var q struct {
		Query     string
		Variables map[string]json.RawMessage
	}
	if r.Method != http.MethodPost || json.Unmarshal(body, &q) != nil {
		return []string{r.Method + " " + r.URL.RequestURI()}
	}
	var ids []string
	_ = json.Unmarshal(q.Variables["ids"], &ids)
	delete(q.Variables, "ids")
	delete(q.Variables, "n")
	base := q.Query
	for _, name := range slices.Sorted(maps.Keys(q.Variables)) {
		base += "\n" + name + "=" + string(q.Variables[name])
	}
	if len(ids) == 0 {
		return []string{base}
	}
	for i := range ids {
		ids[i] = base + "\n" + ids[i]
	}
	return ids
}

// next begins another run and gives what was asked and answered in the last one.
func (l *ledger) next(at int, hook func()) (asked int, answered map[string][]time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	asked, answered = l.asked, l.answered
	l.asked, l.answered, l.at, l.hook = 0, map[string][]time.Time{}, at, hook
	return asked, answered
}

// benchProgram builds the program with the file that lets it ask as fast as it can.
func benchProgram(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "ajar")
	if text, err := exec.Command("go", "build", "-tags", "bench", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("building ajar: %v\n%s", err, text)
	}
	return binary
}

func collecting(binary, api, store string) *exec.Cmd {
	cmd := exec.CommandContext(context.Background(), binary, "collect", "--fresh", "--org", "acme", "--api-url", api, "--store", store)
	cmd.Env = append(os.Environ(), "AJAR_GITHUB_TOKEN="+ownerToken, "AJAR_BENCH_UNPACED=1", "AJAR_CONFIG=", "HOME="+filepath.Dir(store))
	return cmd
}

// newest is the content of the newest snapshot, without what says when it was
// taken.
func newest(t *testing.T, path string) (*access.Snapshot, []access.Cover, store.SnapshotInfo) {
	t.Helper()
	s, err := store.Open(t.Context(), path, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	info, err := s.Latest(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	snapshot, err := s.Load(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	lines := snapshot.Coverage.Lines()
	for i := range lines {
		lines[i].Since = time.Time{}
	}
	snapshot.ID, snapshot.TakenAt, snapshot.Coverage = 0, time.Time{}, access.Coverage{}
	return snapshot, lines, info
}

// The tape is written every two seconds at the latest; a loaded machine may take
// a little longer.
const flushed = 2*time.Second + 1500*time.Millisecond

func TestAKilledCollectAsksNothingAgainThatItHas(t *testing.T) {
	size := githubsim.L
	if os.Getenv("AJAR_LONG") != "" {
		size = githubsim.XL
	}
	if testing.Short() {
		t.Skip("reads ten thousand repositories twice")
	}
	sim := githubsim.New(githubsim.Generate(size, githubsim.GenOptions{Seed: 1, Now: time.Now()}), githubsim.Options{
		PrimaryLimit: githubsim.Unlimited, Tokens: []githubsim.Token{{Value: ownerToken, Scope: githubsim.OwnerScope}},
		Latency: func(githubsim.Kind) time.Duration { return 2 * time.Millisecond },
	})
	l := &ledger{sim: sim}
	srv := httptest.NewServer(l)
	defer srv.Close()
	binary, dir := benchProgram(t), t.TempDir()
	run := func(store string) {
		t.Helper()
		if text, err := collecting(binary, srv.URL, store).CombinedOutput(); err != nil {
			t.Fatalf("ajar collect: %v\n%s", err, text)
		}
	}
	l.next(0, nil)
	whole := filepath.Join(dir, "whole.db")
	run(whole)

	path := filepath.Join(dir, "killed.db")
	cmd := collecting(binary, srv.URL, path)
	var killed time.Time
	all, undisturbed := l.next(0, nil)
	l.next(all*6/10, func() {
		killed = time.Now()
		_ = cmd.Process.Kill()
	})
	if err := cmd.Run(); err == nil || killed.IsZero() {
		t.Fatal("it was not killed")
	}
	before, had := l.next(0, nil)
	run(path)
	after, again := l.next(0, nil)

	kept := 0
	for q, times := range had {
		n := 0
		for _, at := range times {
			if killed.Sub(at) > flushed {
				n++
			}
		}
		kept += n
		// Who the organization is, and what the token sees of it, is asked each time, at the
		// beginning and with the names that are confirmed.
		if n+len(again[q]) > max(1, len(undisturbed[q])) && !strings.Contains(q, "requiresTwoFactorAuthentication") && !strings.Contains(q, "crew:organization") {
			t.Errorf("answered %d times, then asked %d times more: %.300s", n, len(again[q]), q)
		}
	}
	want, wantLines, _ := newest(t, whole)
	got, gotLines, info := newest(t, path)
	if !reflect.DeepEqual(want, got) || !reflect.DeepEqual(wantLines, gotLines) {
		t.Error("the store is not that of an undisturbed pass")
	}
	report := fmt.Sprintf("undisturbed %d requests; killed after %d, then %d more; %d questions were answered in time to be kept, %d answers were replayed",
		all, before, after, kept, info.Stats.Replayed)
	t.Log(report)
	if kept == 0 || info.Stats.Replayed == 0 {
		t.Error(report)
	}
}
