package deploy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTwoBuildsGiveTheSameBytes builds the program in two folders, the way the
// release does. That an empty build cache gives the same too is what
// `make release-check` shows, in minutes.
func TestTwoBuildsGiveTheSameBytes(t *testing.T) {
	if testing.Short() {
		t.Skip("links the program twice")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.CopyFS(copied, tracked{root}); err != nil {
		t.Fatal(err)
	}
	var built [2][]byte
	for i, dir := range []string{root, copied} {
		out := filepath.Join(t.TempDir(), "ajar")
		cmd := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-trimpath", "-ldflags=-s -w -buildid=", "-o", out, "./cmd/ajar")
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=")
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		if built[i], err = os.ReadFile(out); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(built[0], built[1]) {
		t.Error("the same source gave two binaries")
	}
	if bytes.Contains(built[0], []byte(root)) {
		t.Errorf("the binary names the folder it was built in, %s", root)
	}
}

func TestReleaseAndImageBuildTheSameWay(t *testing.T) {
	script, err := os.ReadFile("../../scripts/release.sh")
	if err != nil {
		t.Fatal(err)
	}
	s := string(script)
	for _, want := range []string{"-trimpath", "-buildid=", "CGO_ENABLED=0", "SHA256SUMS", "SOURCE_DATE_EPOCH", "--sort=name"} {
		if !strings.Contains(s, want) {
			t.Errorf("scripts/release.sh has no %s", want)
		}
	}
	if n := strings.Count(s, "go build -trimpath -ldflags"); n != 1 {
		t.Errorf("binaries are built in %d ways", n)
	}
	if said, err := exec.CommandContext(t.Context(), "sh", "-n", "../../scripts/release.sh").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, said)
	}
}
