package contract

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// WorldFile opens a file of the worlds of real organizations, which are no part of
// the project: from the folder that AJAR_WORLDS names, else from ../shared/worlds
// beside the checkout. Missing as in [Schema]: the test skips and says so, and
// under continuous integration it fails. The file is closed at the test's end.
func WorldFile(t testing.TB, name string) *os.File {
	t.Helper()
	dir := os.Getenv("AJAR_WORLDS")
	if dir == "" {
		root, err := moduleRoot()
		if err != nil {
			t.Fatal(err)
		}
		dir = filepath.Join(root, "..", "shared", "worlds")
	}
	f, err := os.Open(filepath.Join(dir, name))
	const missing = "the worlds are not here; set AJAR_WORLDS to their folder: %v"
	switch {
	case errors.Is(err, os.ErrNotExist) && os.Getenv("CI") != "true":
		t.Skipf(missing, err)
	case err != nil:
		t.Fatalf(missing, err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}
