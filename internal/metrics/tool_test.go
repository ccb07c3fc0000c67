package metrics_test

import (
	"os"
	"os/exec"
	"testing"
)

// tool finds a program of the system. Without it the test is skipped, except where
// CI=true: there a missing program is a failure.
func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	const missing = "%s is not installed (Debian: apt-get install prometheus prometheus-alertmanager)"
	if os.Getenv("CI") == "true" {
		t.Fatalf(missing, name)
	}
	t.Skipf(missing, name)
	return ""
}
