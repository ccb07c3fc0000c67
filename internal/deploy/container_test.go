package deploy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// instruction is one of a Dockerfile, with its arguments.
type instruction struct{ word, rest string }

// instructions reads a Dockerfile; ours continues no line.
func instructions(t *testing.T, text string) []instruction {
	t.Helper()
	var out []instruction
	for _, line := range lines(text) {
		word, rest, _ := strings.Cut(line, " ")
		if strings.HasSuffix(line, `\`) {
			t.Fatalf("a line is continued, which this test does not read: %s", line)
		}
		out = append(out, instruction{strings.ToUpper(word), strings.TrimSpace(rest)})
	}
	return out
}

func only(t *testing.T, all []instruction, word string) string {
	t.Helper()
	var found []string
	for _, i := range all {
		if i.word == word {
			found = append(found, i.rest)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s stands %d times: %q", word, len(found), found)
	}
	return found[0]
}

// words reads the form that no shell interprets.
func words(t *testing.T, text string) []string {
	t.Helper()
	var out []string
	if err := json.Unmarshal([]byte(text), &out); err != nil || len(out) == 0 {
		t.Fatalf("%q is not a list of words: a shell would have to interpret it (%v)", text, err)
	}
	return out
}

func TestImageHasNothingButTheBinary(t *testing.T) {
	all := instructions(t, text(t, "container", "Dockerfile"))
	if from := only(t, all, "FROM"); from != "scratch" {
		t.Errorf("FROM %s: a base has to be pinned by its digest, and there is none", from)
	}
	for _, i := range all {
		if slices.Contains([]string{"RUN", "ADD", "SHELL", "MAINTAINER"}, i.word) {
			t.Errorf("%s %s", i.word, i.rest)
		}
		if i.word == "COPY" && !strings.Contains(i.rest, "dist/image/${TARGETARCH}/") {
			t.Errorf("COPY %s: it is not what was staged", i.rest)
		}
	}
	if user := only(t, all, "USER"); user != "65532:65532" {
		t.Errorf("it runs as %s; a number is needed for Kubernetes to see that it is not root", user)
	}
	if got := words(t, only(t, all, "VOLUME")); !slices.Equal(got, []string{"/var/lib/ajar"}) {
		t.Errorf("what may be written to is %q", got)
	}
	if got := words(t, only(t, all, "ENTRYPOINT")); !slices.Equal(got, []string{"/ajar"}) {
		t.Errorf("it starts %q", got)
	}
	words(t, only(t, all, "CMD"))
	_, check, ok := strings.Cut(only(t, all, "HEALTHCHECK"), " CMD ")
	if !ok || words(t, check)[0] != "/ajar" {
		t.Error("the binary is not what checks the health")
	}
	if _, rest, _ := strings.Cut(only(t, all, "ENV"), "STATE_DIRECTORY="); !strings.HasPrefix(rest, "/var/lib/ajar ") {
		t.Error("the state is not where the volume is")
	}
}

func TestImageIsMadeOfWhatWasStagedAlone(t *testing.T) {
	ignored, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	if got := lines(string(ignored)); !slices.Equal(got, []string{"*", "!dist/image"}) {
		t.Errorf(".dockerignore lets %q through", got)
	}
}

// TestImageBuilds builds the image where a builder is there that needs no daemon and
// no network, out of a binary that is any file.
func TestImageBuilds(t *testing.T) {
	buildah, err := exec.LookPath("buildah")
	if err != nil || os.Geteuid() != 0 {
		t.Skip("buildah is not installed, or may not be run as this user")
	}
	dir := t.TempDir()
	for path, mode := range map[string]os.FileMode{"root/ajar": 0o555, "state/ajar/.": 0o700} {
		full := filepath.Join(dir, "dist", "image", "amd64", filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o700); err != nil {
			t.Fatal(err)
		}
		if filepath.Base(path) != "." {
			if err := os.WriteFile(full, []byte("#!"), mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	store := []string{"--storage-driver", "vfs", "--root", filepath.Join(dir, "store"), "--runroot", filepath.Join(dir, "run")}
	do := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), buildah, slices.Concat(store, args)...).CombinedOutput()
		if err != nil {
			t.Fatalf("buildah %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	do("build", "--pull-never", "--isolation", "chroot", "-t", "ajar:test", "-f", shipped("container", "Dockerfile"), dir)
	said := do("inspect", "--type", "image", "--format", "{{.OCIv1.Config.User}} {{.OCIv1.Config.Entrypoint}} {{.OCIv1.Config.Cmd}} {{.OCIv1.Config.Volumes}}", "ajar:test")
	if strings.TrimSpace(said) != "65532:65532 [/ajar] [serve] map[/var/lib/ajar:{}]" {
		t.Errorf("the image says %s", said)
	}
}
