package store

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var whenAsked = time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)

func TestRequestToStopIsReadAsItWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ajar.db")
	want := Stop{Org: 100, Login: "acme", Reason: "migration\x1b[2J", Who: "account erin on host", At: whenAsked}
	for range 2 { // the same request has one file
		if _, err := AskToStop("sqlite:"+path, want); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := AskToStop(path, Stop{Reason: strings.Repeat("ü", 4000), Who: strings.Repeat("w", 999), At: whenAsked}); err != nil {
		t.Fatal(err)
	}
	all, err := Stops(path)
	if err != nil || len(all) != 2 {
		t.Fatalf("%v %+v", err, all)
	}
	for _, got := range all {
		if got.Broken != "" || !got.For(100) || got.For(7) != (got.Org == 0) {
			t.Errorf("%+v", got)
		}
		if got.Org == 100 && (got.Login != want.Login || got.Reason != want.Reason || got.Who != want.Who || !got.At.Equal(whenAsked)) {
			t.Errorf("%+v, not %+v", got, want)
		}
		if info, err := os.Stat(got.File); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v %v", info.Mode(), err)
		}
		if err := got.Done(); err != nil {
			t.Error(err)
		}
	}
	if all, err := Stops(path); err != nil || len(all) != 0 {
		t.Errorf("%v %+v", err, all)
	}
}

func TestRequestToStopThatCannotBeReadStopsEverything(t *testing.T) {
	good := `{"schema":"ajar.stop/v1","organization":100,"login":"acme","reason":"r","who":"w","at":"2026-09-15T09:00:00Z"}`
	for name, text := range map[string]string{
		"empty": "", "no JSON": "stop!", "cut short": good[:40], "two of them": good + good, "another schema": strings.Replace(good, "v1", "v2", 1),
		"no reason": strings.Replace(good, `"r"`, `" "`, 1), "an unknown field": strings.Replace(good, `"login"`, `"logon"`, 1),
		"below zero": strings.Replace(good, "100", "-100", 1), "a zero byte": strings.Replace(good, `"r"`, `"a\u0000b"`, 1),
		"too long": strings.Replace(good, `"r"`, `"`+strings.Repeat("r", mostStop)+`"`, 1), "no time": strings.Replace(good, "2026", "0001", 1),
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "ajar.db")
			if err := os.WriteFile(path+".stop-x", []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			expectBroken(t, path)
		})
	}
	t.Run("a folder", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ajar.db")
		if err := os.Mkdir(path+".stop-x", 0o700); err != nil {
			t.Fatal(err)
		}
		expectBroken(t, path)
	})
	t.Run("a link", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "ajar.db")
		if err := os.Symlink("/dev/zero", path+".stop-x"); err != nil {
			t.Skip(err)
		}
		expectBroken(t, path)
	})
	t.Run("no folder to look into", func(t *testing.T) {
		if all, err := Stops(filepath.Join(t.TempDir(), "none", "ajar.db")); err == nil {
			t.Errorf("%+v", all)
		}
	})
}

func expectBroken(t *testing.T, path string) {
	t.Helper()
	all, err := Stops(path)
	if err != nil || len(all) != 1 || all[0].Broken == "" || !all[0].For(100) || !all[0].For(7) {
		t.Errorf("%v %+v", err, all)
	}
}

// Nothing that stands in such a file makes a run go on, or fall over.
func FuzzStop(f *testing.F) {
	f.Add([]byte(`{"schema":"ajar.stop/v1","organization":100,"login":"acme","reason":"r","who":"w","at":"2026-09-15T09:00:00Z"}`))
	f.Add([]byte(`{`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Stop{File: "x"}.decode(b)
		if err != nil {
			s.Broken = err.Error()
		}
		if s.Why() == "" || !s.For(s.Org) || s.Broken != "" && !s.For(1) || len(s.Who) > mostStopWho || len(s.Reason) > mostStopReason {
			t.Errorf("%q: %+v", b, s)
		}
	})
}
