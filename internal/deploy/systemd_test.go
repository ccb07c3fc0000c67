package deploy

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// binary is where the unit starts the program.
const binary = "/usr/local/bin/ajar"

// unit is a unit file: the values of each key of each section, in their order.
type unit map[string]map[string][]string

// parse reads a unit file (systemd.syntax(7)); lines are not continued in ours.
func parse(t *testing.T, text string) unit {
	t.Helper()
	u, section := unit{}, ""
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
		case line[0] == '[' && strings.HasSuffix(line, "]"):
			section = strings.Trim(line, "[]")
			u[section] = map[string][]string{}
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok || section == "" || strings.HasSuffix(value, `\`) {
				t.Fatalf("line %d is no setting: %s", n+1, line)
			}
			u[section][key] = append(u[section][key], value)
		}
	}
	return u
}

// placed writes the unit with a binary that is there, since systemd-analyze looks
// for it, and gives the file.
func placed(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ajar.service")
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text(t, "systemd", "ajar.service"), binary, self)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSystemdAcceptsTheUnitWithoutARemark(t *testing.T) {
	if said := run(t, "systemd-analyze", "verify", placed(t)); strings.TrimSpace(said) != "" {
		t.Errorf("systemd-analyze verify says: %s", said)
	}
}

func TestExposureOfTheUnitIsAtMostTwo(t *testing.T) {
	said := run(t, "systemd-analyze", "security", "--offline=true", "--threshold=20", placed(t))
	if !strings.Contains(said, "Overall exposure level") {
		t.Errorf("systemd-analyze security gives no figure: %s", said)
	}
}

func TestSystemdAcceptsTheUserOfTheUnit(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "usr", "lib", "sysusers.d")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ajar.conf"), []byte(text(t, "systemd", "ajar.sysusers")), 0o600); err != nil {
		t.Fatal(err)
	}
	said := run(t, "systemd-sysusers", "--dry-run", "--root="+root)
	if !strings.Contains(said, "ajar") {
		t.Errorf("systemd-sysusers would make nobody: %s", said)
	}
}

// hardened is what the unit promises. An empty text is a key that must be there
// and empty, which takes everything away.
var hardened = map[string]string{
	"Type": "notify", "ExecReload": "/bin/kill -HUP $MAINPID", "WatchdogSec": "60", "Restart": "on-failure",
	"User": "ajar", "Group": "ajar", "StateDirectory": "ajar", "StateDirectoryMode": "0700", "UMask": "0077", "LimitCORE": "0",
	"NoNewPrivileges": "yes", "CapabilityBoundingSet": "", "AmbientCapabilities": "",
	"PrivateTmp": "yes", "PrivateDevices": "yes", "PrivateUsers": "yes", "PrivateMounts": "yes",
	"ProtectSystem": "strict", "ProtectHome": "yes", "ProtectProc": "invisible", "ProtectKernelTunables": "yes", "ProtectKernelModules": "yes",
	"ProtectKernelLogs": "yes", "ProtectControlGroups": "yes", "ProtectClock": "yes", "ProtectHostname": "yes",
	"RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX", "RestrictNamespaces": "yes", "RestrictSUIDSGID": "yes", "RestrictRealtime": "yes",
	"LockPersonality": "yes", "MemoryDenyWriteExecute": "yes", "SystemCallArchitectures": "native",
}

func TestUnitKeepsEachPromiseOfItsHardening(t *testing.T) {
	service := parse(t, text(t, "systemd", "ajar.service"))["Service"]
	for key, want := range hardened {
		if got := service[key]; len(got) != 1 || got[0] != want {
			t.Errorf("%s= is %q, want %q", key, got, want)
		}
	}
	if got := service["SystemCallFilter"]; len(got) != 2 || got[0] != "@system-service" || !strings.HasPrefix(got[1], "~") {
		t.Errorf("SystemCallFilter= is %q: an allow list, and what is taken from it", got)
	}
	for _, key := range []string{"MemoryMax", "TimeoutStopSec", "LoadCredential"} {
		if len(service[key]) == 0 {
			t.Errorf("%s= is not there", key)
		}
	}
	for _, key := range []string{"Environment", "EnvironmentFile", "SetCredential"} {
		if len(service[key]) > 0 {
			t.Errorf("%s= would put a secret where other processes see it", key)
		}
	}
}

func TestUnitAndItsFilesSpeakOfTheSameUserAndFolders(t *testing.T) {
	service := parse(t, text(t, "systemd", "ajar.service"))["Service"]
	if fields := strings.Fields(lines(text(t, "systemd", "ajar.sysusers"))[0]); fields[0] != "u" || fields[1] != service["User"][0] {
		t.Errorf("ajar.sysusers makes %q, the unit runs as %q", fields[1], service["User"][0])
	}
	modes := map[string]string{}
	for _, line := range lines(text(t, "systemd", "ajar.tmpfiles")) {
		f := strings.Fields(line)
		modes[f[1]] = strings.Join(f[2:5], " ")
	}
	for path, want := range map[string]string{
		"/var/lib/ajar":         service["StateDirectoryMode"][0] + " ajar ajar",
		"/etc/ajar":             service["ConfigurationDirectoryMode"][0] + " root ajar",
		"/etc/ajar/credentials": "0700 root root",
	} {
		if modes[path] != want {
			t.Errorf("ajar.tmpfiles gives %s %q, want %q", path, modes[path], want)
		}
	}
	for _, c := range slices.Concat(service["LoadCredential"]) {
		name, path, ok := strings.Cut(c, ":")
		if !ok || filepath.Base(path) != name || filepath.Dir(path) != "/etc/ajar/credentials" {
			t.Errorf("LoadCredential=%s: a credential is found by the last element of its path", c)
		}
	}
}

// lines are those that are no comment and not empty.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}
