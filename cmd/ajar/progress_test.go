package main

import (
	"bytes"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// spending is a client that has spent something.
func spending() (github.Meter, map[string]github.Budget) {
	return github.Meter{Requests: 1204, Points: 388}, map[string]github.Budget{"graphql": {Limit: 5000, Remaining: 4612}}
}

func TestWithoutATerminalProgressIsALineEveryTenSeconds(t *testing.T) {
	var out strings.Builder
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	p := &progress{w: &out, now: func() time.Time { return now }, ask: spending}
	p.begin("acme")
	for i := range 300 { // a minute of work
		p.area(access.AreaRepositories, 10*i, 6000)
		now = now.Add(200 * time.Millisecond)
	}
	p.end()
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines:\n%s", len(lines), out.String())
	}
	for _, want := range []string{"ajar: reading acme, repositories 500 of 6000", "4612 of 5000 points left", "left"} {
		if !strings.Contains(lines[0], want) {
			t.Errorf("%q lacks %q", lines[0], want)
		}
	}
	if want := "about 2 minutes left"; !strings.HasSuffix(lines[1], want) {
		t.Errorf("%q lacks %q", lines[1], want)
	}
}

func TestWaitForALimitIsSaidAtOnceAndOnce(t *testing.T) {
	var out strings.Builder
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	p := &progress{w: &out, now: func() time.Time { return now }, ask: spending}
	p.begin("acme")
	now = now.Add(time.Second)
	for range 8 { // requests that wait for the same limit
		p.waiting("GitHub's hourly limit", now.Add(40*time.Minute))
	}
	if want := "ajar: reading acme, 0 requests, 4612 of 5000 points left, waiting for GitHub's hourly limit until 12:40 UTC\n"; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

// shared is a buffer that two goroutines may use.
type shared struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *shared) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *shared) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// screen is what a terminal shows after it was sent text.
func screen(sent string) []string {
	lines, row := []string{""}, 0
	for sent = colours.ReplaceAllString(sent, ""); sent != ""; {
		switch {
		case strings.HasPrefix(sent, "\x1b[A"):
			row, sent = max(row-1, 0), sent[3:]
		case strings.HasPrefix(sent, "\x1b[K"):
			lines[row], sent = "", sent[3:]
		case sent[0] == '\n':
			if row++; row == len(lines) {
				lines = append(lines, "")
			}
			sent = sent[1:]
		default:
			i := strings.IndexAny(sent, "\x1b\n")
			if i <= 0 {
				i = len(sent)
			}
			lines[row], sent = lines[row]+sent[:i], sent[i:]
		}
	}
	return lines
}

func TestBarsShowEachKindAndLeaveNothingBehind(t *testing.T) {
	var out shared
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	p := &progress{w: &out, now: func() time.Time { return now }, ask: spending, bars: newBars(&out, 100, false)}
	p.begin("acme\x1b[2J")
	p.area(access.AreaTeams, 50, 100)
	p.area(access.AreaRepositories, 25, 100)
	for !strings.Contains(out.String(), "repositories") { // drawn by itself, ten times a second
		runtime.Gosched()
	}
	if strings.Contains(out.String(), "\x1b[2J") {
		t.Error("a name steered the terminal")
	}
	for _, want := range []string{"teams", " 50% ", " 25% ", "reading acme"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in %q", want, out.String())
		}
	}
	p.end()
	p.end() // harmless
	for i, line := range screen(out.String()) {
		if strings.TrimSpace(line) != "" {
			t.Errorf("line %d is left on the screen: %q", i, line)
		}
	}
	p.begin("acme-labs") // and the next organization begins again
	p.end()
}

func TestQuietProgressSaysNothing(t *testing.T) {
	a := &app{errs: &strings.Builder{}, now: time.Now, getenv: func(string) string { return "" }, flags: globals{quiet: true}}
	p := a.newProgress(spending)
	p.begin("acme")
	p.area(access.AreaTeams, 1, 2)
	p.waiting("GitHub's hourly limit", time.Now())
	p.end()
	if p != nil {
		t.Error("there is progress")
	}
}
