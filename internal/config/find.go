package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// Find says which configuration file is used: the one of the --config flag,
// else $AJAR_CONFIG, both whether or not they exist; else the first that exists
// of ./config.toml, $XDG_CONFIG_HOME/ajar/config.toml (~/.config where the
// variable is empty) and /etc/ajar/config.toml. It reports false where there is
// none.
func Find(flag string, getenv func(string) string) (path string, ok bool) {
	for _, named := range []string{flag, getenv("AJAR_CONFIG")} {
		if named != "" {
			return named, true
		}
	}
	for _, p := range usual(getenv) {
		// Anything but "it is not there" is for Load to report: a file that may
		// not be read is not the same as none. HOME=/dev/null gives ENOTDIR.
		if _, err := os.Stat(p); err == nil || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return p, true
		}
	}
	return "", false
}

func usual(getenv func(string) string) []string {
	paths := []string{"config.toml"}
	if dir := xdg(getenv, "XDG_CONFIG_HOME", ".config"); dir != "" {
		paths = append(paths, filepath.Join(dir, "ajar", "config.toml"))
	}
	return append(paths, "/etc/ajar/config.toml")
}

// StatePath is where the store lives unless something else is said:
// $STATE_DIRECTORY/ajar.db, else $XDG_STATE_HOME/ajar/ajar.db (~/.local/state
// where the variable is empty), else ajar.db in the working directory.
func StatePath(getenv func(string) string) string {
	if dir := filepath.SplitList(getenv("STATE_DIRECTORY")); len(dir) > 0 && dir[0] != "" {
		return filepath.Join(dir[0], "ajar.db") // systemd lists several with colons
	}
	if dir := xdg(getenv, "XDG_STATE_HOME", filepath.Join(".local", "state")); dir != "" {
		return filepath.Join(dir, "ajar", "ajar.db")
	}
	return "ajar.db"
}

// xdg gives a base directory by the rules of the XDG Base Directory
// Specification: a relative value is ignored.
func xdg(getenv func(string) string, name, fallback string) string {
	if dir := getenv(name); filepath.IsAbs(dir) {
		return dir
	}
	if home := getenv("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, fallback)
	}
	return ""
}
