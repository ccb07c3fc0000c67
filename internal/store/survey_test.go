package store

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestSurveyChangesNothingAndTellsWhoWrites(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "deep", "ajar.db")
	s, err := Inspect(t.Context(), path)
	if err != nil || s.Exists || s.Missed || s.Barred != nil || s.Writer != "" {
		t.Fatalf("one that is not there: %+v, %v", s, err)
	}
	if _, err := os.Stat(filepath.Dir(path)); !os.IsNotExist(err) {
		t.Fatal("the folder was made")
	}
	open := open(t, path)
	finish(t, begin(t, open, hour(0)))
	if err := os.WriteFile(path+".answers-7", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = Inspect(t.Context(), path)
	if err != nil || !s.Exists || s.Writer == "" || s.Schema != s.Known || len(s.Answers) != 1 {
		t.Errorf("one that is written to: %+v, %v", s, err)
	}
	if err := open.Close(); err != nil {
		t.Fatal(err)
	}
	if s, err = Inspect(t.Context(), path); err != nil || s.Writer != "" {
		t.Errorf("after that: %+v, %v", s, err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if s, err = Inspect(t.Context(), path); err != nil || s.Exists || !s.Missed {
		t.Errorf("one that was lost: %+v, %v", s, err)
	}
}

func TestSurveyTellsWhatBarsAWriter(t *testing.T) {
	if runtime.GOOS != "linux" || os.Geteuid() == 0 {
		t.Skip("this account may write anywhere, or is not told")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if s, err := Inspect(t.Context(), filepath.Join(dir, "ajar.db")); err != nil || s.Barred == nil {
		t.Errorf("%+v, %v", s, err)
	}
}
