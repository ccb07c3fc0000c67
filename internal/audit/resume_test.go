package audit

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"
	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// gate lets so many requests through, and then none.
type gate struct {
	left atomic.Int64
	last func() // hears of the last one
	mu   sync.Mutex
	log  []string
}

func (g *gate) wrap(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g.left.Add(-1) < 0 {
			http.Error(w, `{"message":"Bad credentials"}`, http.StatusUnauthorized)
			return
		}
		if g.left.Load() == 0 && g.last != nil {
			g.last()
		}
		g.mu.Lock()
		g.log = append(g.log, r.Method+" "+r.URL.RequestURI())
		g.mu.Unlock()
		h.ServeHTTP(w, r)
	})
}

func (g *gate) asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.log)
}

// recorded sets a pass up with an answers file, and a gate before GitHub.
func recorded(t *testing.T) (Pass, *clock, *gate) {
	t.Helper()
	p, c, g, _ := recordedOver(t)
	return p, c, g
}

func recordedOver(t *testing.T) (Pass, *clock, *gate, *githubsim.Server) {
	t.Helper()
	g := &gate{}
	g.left.Store(1 << 40)
	p, c, sim := newPassOver(t, g.wrap)
	p.Answers, p.Resume, p.Version = filepath.Join(t.TempDir(), "ajar.db.answers"), time.Hour, "test"
	return p, c, g, sim
}

// content is what a snapshot holds, without the instant that it speaks of.
func content(t *testing.T, p Pass, info store.SnapshotInfo) *access.Snapshot {
	t.Helper()
	s, err := p.Store.Load(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	s.ID, s.TakenAt = 0, time.Time{}
	return s
}

func take(t *testing.T, p Pass) store.SnapshotInfo {
	t.Helper()
	info, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// breakOff lets a pass end after so many requests.
func breakOff(t *testing.T, p Pass, g *gate, after int64) {
	t.Helper()
	g.left.Store(after)
	if _, err := p.Take(t.Context()); err == nil {
		t.Fatalf("a pass that is let ask %d times ended well", after)
	}
	g.left.Store(1 << 40)
}

func TestAPassThatBrokeOffIsGoneOnWith(t *testing.T) {
	whole, _, all := recorded(t)
	want := content(t, whole, take(t, whole))
	p, c, g := recorded(t)
	breakOff(t, p, g, int64(all.asked())/2)
	before := g.asked()
	began := c.now()
	c.move(50 * time.Minute)
	info := take(t, p)
	if diff := cmp.Diff(want, content(t, p, info), cmp.AllowUnexported(access.Coverage{})); diff != "" {
		t.Errorf("it is not what an undisturbed pass sees (-want +got):\n%s", diff)
	}
	if !info.At.Equal(began) {
		t.Errorf("the snapshot speaks of %s, and the first of it was seen %s", info.At, began)
	}
	again := g.asked() - before
	if info.Stats.Replayed == 0 || int64(again) != info.Stats.Requests || before+again > all.asked()+8 {
		t.Errorf("asked %d times before and %d after, undisturbed %d; %+v", before, again, all.asked(), info.Stats)
	}
}

func TestNoPassIsGoneOnWithThatShouldNotBe(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(t *testing.T, p *Pass, c *clock)
	}{
		{"too old", func(_ *testing.T, _ *Pass, c *clock) { c.move(61 * time.Minute) }},
		{"switched off", func(_ *testing.T, p *Pass, _ *clock) { p.Resume = 0 }},
		{"of the future", func(_ *testing.T, _ *Pass, c *clock) { c.move(-time.Minute) }},
		{"another credential", func(t *testing.T, p *Pass, _ *clock) { p.Client = withToken(t, p.Client, "another-token") }},
		{"newer snapshot", func(t *testing.T, p *Pass, c *clock) {
			c.move(time.Minute)
			q := *p
			q.Answers = ""
			take(t, q)
		}},
		{"damaged from the start", func(t *testing.T, p *Pass, _ *clock) { damage(t, tapeOf(t, *p)) }},
		{"deleted", func(t *testing.T, p *Pass, _ *clock) {
			if err := os.Remove(tapeOf(t, *p)); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole, _, all := recorded(t)
			take(t, whole)
			want := all.asked()
			p, clock, g := recorded(t)
			breakOff(t, p, g, int64(want)/2)
			c.change(t, &p, clock)
			clock.move(time.Second)
			before := g.asked()
			info := take(t, p)
			if n := g.asked() - before; info.Stats.Replayed != 0 || n < want-8 {
				t.Errorf("%d answers were replayed, %d requests sent of %d", info.Stats.Replayed, n, want)
			}
			if !info.At.Equal(clock.now()) {
				t.Errorf("the snapshot speaks of %s at %s", info.At, clock.now())
			}
		})
	}
}

// withToken is the same client with another token.
func withToken(t *testing.T, c *github.Client, token string) *github.Client {
	t.Helper()
	client, err := github.New(github.Options{
		APIURL: c.REST().BaseURL(), Source: oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token}), Unpaced: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func tapeOf(t *testing.T, p Pass) string {
	t.Helper()
	files, err := filepath.Glob(p.Answers + "-*")
	if err != nil || len(files) != 1 {
		t.Fatalf("answers files: %v, %v", files, err)
	}
	return files[0]
}

func damage(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	raw[40] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestTheNextPassAsksWhetherAnswersStillHold(t *testing.T) {
	p, c, _ := recorded(t)
	first := take(t, p)
	want := content(t, p, first)
	c.move(30 * time.Minute)
	second := take(t, p)
	if diff := cmp.Diff(want, content(t, p, second), cmp.AllowUnexported(access.Coverage{})); diff != "" {
		t.Errorf("the second pass sees something else:\n%s", diff)
	}
	if n := second.Stats; n.NotModified == 0 || n.Requests != first.Stats.Requests || n.Bytes >= first.Stats.Bytes || n.Replayed != 0 {
		t.Errorf("first %+v, second %+v", first.Stats, n)
	}
	c.move(61 * time.Minute)
	if n := take(t, p).Stats; n.NotModified != 0 {
		t.Errorf("%d answers were confirmed that are older than an hour", n.NotModified)
	}
}

func TestATapeCutAnywhereGivesTheStateOfAnUndisturbedPass(t *testing.T) {
	whole, _, all := recorded(t)
	want := content(t, whole, take(t, whole))
	p, c, g := recorded(t)
	breakOff(t, p, g, int64(all.asked())-2)
	tape, err := os.ReadFile(tapeOf(t, p))
	if err != nil {
		t.Fatal(err)
	}
	path := tapeOf(t, p)
	rapid.Check(t, func(rt *rapid.T) {
		if err := os.WriteFile(path, tape[:rapid.IntRange(0, len(tape)).Draw(rt, "cut")], 0o600); err != nil {
			rt.Fatal(err)
		}
		q := p
		q.Store = freshStore(t, c)
		info, err := q.Take(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(want, content(t, q, info), cmp.AllowUnexported(access.Coverage{})); diff != "" {
			rt.Fatalf("not what an undisturbed pass sees (-want +got):\n%s", diff)
		}
	})
}

func freshStore(t *testing.T, c *clock) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "ajar.db"), store.Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestAnInterruptedPassLeavesItsAnswers(t *testing.T) {
	p, c, g := recorded(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	g.left.Store(10)
	g.last = stop
	_, err := p.Take(ctx)
	if err == nil {
		t.Fatal("it ended well")
	}
	g.left.Store(1 << 40)
	c.move(time.Minute)
	if n := take(t, p).Stats.Replayed; n == 0 {
		t.Error("nothing was replayed")
	}
}

func TestNoTokenStandsInTheAnswersFile(t *testing.T) {
	p, _, _ := recorded(t)
	p.Client = withToken(t, p.Client, "another-token")
	take(t, p)
	raw, err := os.ReadFile(tapeOf(t, p))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("another-token")) || bytes.Contains(raw, []byte("Bearer")) {
		t.Error("the token stands in the file")
	}
	info, err := os.Stat(tapeOf(t, p))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}
