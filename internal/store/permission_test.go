//go:build unix

package store

import (
	"os"
	"path/filepath"
	"testing"
)

// asStranger skips where the tests run as the superuser, whom no mode stops.
func asStranger(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("the superuser may write everywhere; run the tests as somebody else")
	}
}

func mode(t *testing.T, path string, m os.FileMode) {
	t.Helper()
	if err := os.Chmod(path, m); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(path, 0o700) })
}

func TestStoreThatMayNotBeWrittenIsRefusedInOneLine(t *testing.T) {
	asStranger(t)
	path := filled(t)
	mode(t, path, 0o400)
	refused(t, path, Options{}, nil, path, "may not")
	mode(t, path, 0)
	refused(t, path, Options{}, nil, path, "may not")
	refused(t, path, Options{ReadOnly: true}, nil, path, "may not")
}

func TestStoreInAFolderThatMayNotBeWrittenCanBeRead(t *testing.T) {
	asStranger(t)
	path := filled(t)
	mode(t, path, 0o400)
	mode(t, filepath.Dir(path), 0o500)
	r, err := Open(t.Context(), path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	info, err := r.Latest(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if len(load(t, r, info).Grants) == 0 {
		t.Error("it is empty")
	}
}
