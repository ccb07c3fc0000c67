package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestErrorsWinOverFindingsWinOverGaps(t *testing.T) {
	for _, tc := range []struct {
		seen []status
		want status
	}{
		{[]status{clean, clean}, clean},
		{[]status{clean, incomplete, clean}, incomplete},
		{[]status{found, incomplete}, found},
		{[]status{incomplete, found}, found},
		{[]status{found, failed, incomplete}, failed},
		{[]status{failed, interrupted, found}, interrupted},
	} {
		a := &app{}
		for _, s := range tc.seen {
			a.exit(s)
		}
		if a.status != tc.want {
			t.Errorf("%v gives %d, want %d", tc.seen, a.status, tc.want)
		}
	}
}

func TestFileAppearsWholeAndIsNotReplacedUnasked(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "plan.json")
	if err := writeFile(path, []byte("one"), true); err != nil {
		t.Fatal(err)
	}
	if err := writeFile(path, []byte("two"), true); err == nil {
		t.Error("a fresh file replaced one that was there")
	}
	if err := writeFile(path, []byte("three"), false); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || string(text) != "three" {
		t.Errorf("got %q, %v", text, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFileIsNotFollowedThroughALink(t *testing.T) {
	dir := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "plan.json")); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := writeFile(filepath.Join(dir, "plan.json"), []byte("x"), true); err == nil {
		t.Error("wrote through a dangling link")
	}
}

func TestMessagesCannotSteerTheTerminal(t *testing.T) {
	var errs bytes.Buffer
	a := &app{errs: &errs}
	a.fail(context.Background(), withHint(fmt.Errorf("reading \x1b[2J\u202e: %w", errors.New("no\nluck")), "try \x07 again"))
	got := errs.String()
	if strings.ContainsAny(got, "\x1b\x07\u202e") || strings.Count(got, "\n") != 2 {
		t.Errorf("got %q", got)
	}
	if a.status != failed {
		t.Errorf("status %d", a.status)
	}
}

func TestProgramIsCalledAsItWasStarted(t *testing.T) {
	for argv0, want := range map[string]string{"/usr/bin/ajar": "ajar", "gh-ajar": "gh ajar", "./main.test": "ajar"} {
		if got := program(argv0); got != want {
			t.Errorf("%s gives %s", argv0, got)
		}
	}
}

func TestSavedPlanIsPlainASCIIAndStillTheSame(t *testing.T) {
	want := []string{"a\u202eb", "\u009b2J", "日本", "😀 \"quoted\" \\"}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	got := ascii(text)
	if i := bytes.IndexFunc(got, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
		t.Errorf("byte %d of %q is not plain", i, got)
	}
	var back []string
	if err := json.Unmarshal(got, &back); err != nil || !slices.Equal(back, want) {
		t.Errorf("got %q, %v, want %q", back, err, want)
	}
}

func TestHostThatGhIsAskedFor(t *testing.T) {
	for api, want := range map[string]string{
		"https://api.github.com": "github.com", "https://ghes.example.com/api/v3": "ghes.example.com", "https://ghes.example.com:8443/api/v3": "ghes.example.com:8443",
		"https://api.acme.ghe.com": "acme.ghe.com", "https://api.ACME.ghe.com/": "acme.ghe.com", "http://127.0.0.1:80": "127.0.0.1:80",
	} {
		if got := ghHost(api); got != want {
			t.Errorf("%s: got %s, want %s", api, got, want)
		}
	}
}

func TestWhatBecameAnotherThingWasNeitherGivenNorJoined(t *testing.T) {
	for _, c := range []struct{ went, came, want string }{
		{"taken away directly", "given directly", "changed directly"},
		{"taken from team:acme/sre", "given to team:acme/sre", "changed for team:acme/sre"},
		{"no longer an owner", "joined", "no longer an owner"},
		{"left", "made an owner", "made an owner"},
		{"left", "joined", "changed directly"},
	} {
		if got := changedWhy(c.went, c.came); got != c.want {
			t.Errorf("%q and %q make %q, want %q", c.went, c.came, got, c.want)
		}
	}
}
