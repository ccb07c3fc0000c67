package config

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFileIsFoundInTheDocumentedOrder(t *testing.T) {
	home, work := t.TempDir(), t.TempDir()
	t.Chdir(work)
	vars := map[string]string{"HOME": home}
	get := env(vars)
	expect := func(flag, want string) {
		t.Helper()
		if got, _ := Find(flag, get); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	inHome := filepath.Join(home, ".config", "ajar", "config.toml")
	if err := os.MkdirAll(filepath.Dir(inHome), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(inHome), "config.toml", "", 0o600)
	expect("", inHome)
	write(t, work, "config.toml", "", 0o600)
	expect("", "config.toml")
	vars["AJAR_CONFIG"] = "/some/where.toml"
	expect("", "/some/where.toml")
	expect("named.toml", "named.toml")
}

func TestHomeThatIsNoFolderIsNoConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	if p, ok := Find("", env(map[string]string{"HOME": os.DevNull})); ok && p != "/etc/ajar/config.toml" {
		t.Errorf("found %s", p)
	}
}

func TestStateDirectoryOrder(t *testing.T) {
	vars := map[string]string{"HOME": "/home/a"}
	for _, step := range []struct{ name, value, want string }{
		{"", "", "/home/a/.local/state/ajar/ajar.db"},
		{"XDG_STATE_HOME", "relative", "/home/a/.local/state/ajar/ajar.db"},
		{"XDG_STATE_HOME", "/xdg", "/xdg/ajar/ajar.db"},
		{"STATE_DIRECTORY", "/var/lib/ajar:/var/lib/other", "/var/lib/ajar/ajar.db"},
	} {
		vars[step.name] = step.value
		if got := StatePath(env(vars)); got != step.want {
			t.Errorf("%s=%s: got %s, want %s", step.name, step.value, got, step.want)
		}
	}
}
