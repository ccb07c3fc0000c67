package deploy

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// shipped is the folder of what is tested here.
func shipped(elements ...string) string {
	return filepath.Join(append([]string{"..", "..", "deploy"}, elements...)...)
}

// text reads a shipped file.
func text(t *testing.T, elements ...string) string {
	t.Helper()
	b, err := os.ReadFile(shipped(elements...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tool gives the path of a program that judges a file. Without it the test is
// skipped, but not in continuous integration, which installs it.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	switch {
	case err == nil:
		return path
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is not installed", name)
	}
	t.Skipf("%s is not installed", name)
	return ""
}

// run runs a tool and gives what it said; a failure fails the test.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), tool(t, name), args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}
