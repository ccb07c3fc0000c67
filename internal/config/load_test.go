package config

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

func TestEveryMistakeIsNamedAtOnceWithItsPlaceAndAWayOut(t *testing.T) {
	tests := map[string]struct {
		text string
		want []string
	}{
		"unknown key": {"[github]\norganisations = [\"acme\"]\n",
			[]string{"c.toml:2:1: github.organisations: unknown key (did you mean \"organizations\"?)"}},
		"key in the wrong table": {"[remediate]\nconcurrency = 4\n",
			[]string{"c.toml:2:1: remediate.concurrency: unknown key (there is collect.concurrency)"}},
		"unknown section": {"[githbu]\n",
			[]string{"c.toml:1:1: githbu: unknown key (did you mean \"github\"?)"}},
		"quoted key is no path": {"\"github.api_url\" = \"https://x\"\n",
			[]string{`c.toml:1:1: "github.api_url": unknown key`}},
		"syntax": {"[github\n", []string{"c.toml:1:"}},
		"wrong types, all of them": {
			"[github]\norganizations = \"acme\"\n[remediate]\nmax_changes = \"25\"\nmin_owners = 2.5\nallow_owner_only = 1\n",
			[]string{
				`c.toml:2:1: github.organizations: want a list of strings, got a string (write ["acme"])`,
				"c.toml:4:1: remediate.max_changes: want a whole number, got a string",
				"c.toml:5:1: remediate.min_owners: want a whole number, got the number 2.5",
				"c.toml:6:1: remediate.allow_owner_only: want true or false, got the number 1",
			}},
		"impossible values": {
			"[remediate]\nmax_fraction = 1.5\nmin_owners = 0\nplan_ttl = \"soon\"\n[collect]\nconcurrency = 101\nwithout = [\"audit-logs\"]\n",
			[]string{
				"c.toml:2:1: remediate.max_fraction: 1.5 is out of range (0 to 1: 0.05 is five percent)",
				"c.toml:3:1: remediate.min_owners: 0 is out of range (1 to 1000)",
				`c.toml:4:1: remediate.plan_ttl: "soon" is not a length of time (write it like "90d", "24h" or "30m")`,
				"c.toml:6:1: collect.concurrency: 101 is out of range (1 to 100)",
				`c.toml:7:1: collect.without: "audit-logs" is not an area (did you mean "audit-log"?)`,
			}},
		"not a fraction": {"[remediate]\nmax_fraction = nan\n", []string{"remediate.max_fraction: NaN is out of range"}},
		"plain http":     {"[github]\napi_url = \"http://ghes.example.com/api/v3\"\n", []string{"c.toml:2:1: github.api_url: \"http://ghes.example.com/api/v3\" is not https"}},
		"no mode":        {"[remediate]\nmode = \"yolo\"\n", []string{`remediate.mode: "yolo" is not a mode (one of "dry-run", "approve", "auto")`}},
		"limit of nobody": {"[remediate]\nlimits.owners = { max = 1 }\n",
			[]string{`remediate.limits.owners.max: "owners" is not a kind of principal (did you mean "owner"?)`}},
		"enterprise": {"[github]\nenterprise = \"acme-corp\"\n", []string{"github.enterprise: enterprises are not supported by this version yet"}},
		"read as a table": {"[github.read]\ntoken_env = \"A\"\n",
			[]string{"c.toml:1:1: github.read: want an array of tables (write it as [[github.read]])"}},
		"one reader twice": {"[[github.read]]\ntoken_env = \"A\"\n[[github.read]]\nname = \"b\"\ntoken_env = \"A\"\n",
			[]string{"c.toml:3:1: github.read[1]: the same credential as an earlier [[github.read]]"}},
		"one name twice": {"[[github.read]]\nname = \"a\"\ntoken_env = \"A\"\n[[github.read]]\nname = \"a\"\ntoken_env = \"B\"\n",
			[]string{`c.toml:4:1: github.read[1]: the name "a" stands twice`}},
		"name that is none": {"[[github.read]]\nname = \"\\u001b[31m\"\ntoken_env = \"A\"\n", []string{"github.read[0].name: is not a name (not shown)"}},
		"app without a key": {"[[github.read]]\napp_id = 1\n", []string{"github.read[0]: an app needs its id"}},
		"app with two ids": {"[[github.read]]\napp_id = 1\nclient_id = \"Iv1.a\"\nprivate_key_file = \"k\"\n",
			[]string{"github.read[0]: app_id and client_id both say which app it is"}},
		"app with two keys": {"[[github.read]]\napp_id = 1\nprivate_key_env = \"K\"\nprivate_key_file = \"k\"\n",
			[]string{"github.read[0]: private_key_file and private_key_env both say where the key is"}},
		"app and token": {"[[github.read]]\napp_id = 1\nprivate_key_file = \"k\"\ntoken_env = \"A\"\n",
			[]string{"github.read[0]: names its credential in more than one way"}},
		"proxy with a password": {"[github]\nproxy = \"http://a:b@proxy:8080\"\n", []string{"c.toml:2:1: github.proxy: a URL with a user name or password in it (not shown)"}},
		"proxy of another kind": {"[github]\nproxy = \"socks5://proxy:1080\"\n", []string{`c.toml:2:1: github.proxy: is not the address of a proxy (write "http://HOST:PORT")`}},
		"reserve of everything": {"[collect]\nreserve = \"100%\"\n", []string{`collect.reserve: "100%" is not a reserve`}},
		"reserve that is none":  {"[collect]\nreserve = 1.5\n", []string{"collect.reserve: 1.5 is out of range"}},
		"area read by itself": {"[collect]\nevery = { members = \"24h\", deploy-keys = \"24h\" }\n",
			[]string{"collect.every.members: not an area that is read by itself (allowed: deploy-keys"}},
		"resumed after a week": {"[collect]\nresume = \"7d\"\n", []string{"collect.resume: 7d is out of range (0s to 1d)"}},
		"credential nowhere":   {"[[github.read]]\n", []string{"github.read[0]: says nothing about where the credential is"}},
		"credential twice":     {"[[github.read]]\ntoken_env = \"A\"\ntoken_file = \"b\"\n", []string{"github.read[0]: names its credential in more than one way"}},
		"half an app":          {"[github.write]\napp_id = 1\n", []string{"github.write: an app needs its id (app_id or client_id) and its key"}},
		"empty baseline":       {"[baseline]\n", []string{"c.toml:1:1: baseline: names no paths"}},
		"baseline of nothing":  {"[baseline]\npaths = []\n", []string{"baseline.paths: is empty"}},
		"organizations twice":  {"[github]\norganizations = [\"acme\", \"ACME\"]\n", []string{`github.organizations: "ACME" stands twice`}},
		"store without a file": {"[store]\nurl = \"sqlite:\"\n", []string{`store.url: "sqlite:" does not name a file`}},
		"other store":          {"[store]\nurl = \"postgres://x\"\n", []string{`store.url: "postgres://x" is not a store that this version knows`}},
		"listen without port":  {"[server]\nlisten = \"127.0.0.1\"\n", []string{`server.listen: "127.0.0.1" is not an address to listen on`}},
		"schedule in words":    {"[schedule]\naudit = \"hourly\"\n", []string{`schedule.audit: "hourly" is not a schedule`}},
		"schedule never":       {"[schedule]\naudit = \"0 0 31 2 *\"\n", []string{`schedule.audit: "0 0 31 2 *" is not a schedule`}},
		"schedule too often":   {"[schedule]\naudit = \"@every 5s\"\n", []string{`schedule.audit: "@every 5s" is not a schedule`}},
		"half a certificate":   {"[server]\ncert_file = \"c.pem\"\n", []string{"server: cert_file and key_file belong together"}},
		"in the open":          {"[server]\nlisten = \"0.0.0.0:9417\"\n", []string{`server.listen: "0.0.0.0:9417" is reached from other machines`}},
		"all in the open":      {"[server]\nlisten = \":9417\"\n", []string{`server.listen: ":9417" is reached from other machines`}},
		"metrics in the open":  {"[server]\nmetrics_listen = \"10.0.0.1:9418\"\n", []string{`server.metrics_listen: "10.0.0.1:9418" is reached`}},
		"proxies of everybody": {"[server]\nbehind_proxy = true\ntrusted_proxies = [\"0.0.0.0/0\", \"::/0\", \"128.0.0.0/1\", \"proxy\"]\n",
			[]string{`"0.0.0.0/0" is nearly everybody`, `"::/0" is nearly`, `"128.0.0.0/1" is nearly`, `"proxy" is neither an address nor a range`}},
		"proxy without name":  {"[server]\nbehind_proxy = true\n", []string{"server.behind_proxy: it is not said which proxies"}},
		"proxy without trust": {"[server]\ntrusted_proxies = [\"10.0.0.1\"]\n", []string{"server.trusted_proxies: they are trusted by nobody"}},
		"pprof for everybody": {"[server]\npprof = true\nbehind_proxy = true\ntrusted_proxies = [\"10.0.0.1\"]\n", []string{"server.pprof: behind a proxy everybody"}},
		"protected without kind": {"[remediate]\nprotected = [\"root-admin\"]\n",
			[]string{`remediate.protected: "root-admin" is not a principal that can stand here (write user:LOGIN)`}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("c.toml", []byte(tc.text))
			var problems baseline.Problems
			if !errors.As(err, &problems) {
				t.Fatalf("got %v, want problems", err)
			}
			lines := strings.Split(problems.Error(), "\n")
			if len(lines) != len(tc.want) {
				t.Fatalf("got %d complaints, want %d:\n%s", len(lines), len(tc.want), problems.Error())
			}
			for i, want := range tc.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("complaint %d:\n got %s\nwant %s", i, lines[i], want)
				}
			}
		})
	}
}

func TestEmptyFileIsTheDefault(t *testing.T) {
	c, err := Parse("c.toml", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Baseline != nil || c.GitHub.Read != nil || c.GitHub.Write != nil || c.Remediate.MinOwners != 2 {
		t.Errorf("an empty file gives %+v", c)
	}
}

func TestRelativePathsAreRelativeToTheFile(t *testing.T) {
	c, err := Parse("/etc/ajar/config.toml", []byte(`
[store]
url = "sqlite:state/ajar.db"
[baseline]
paths = ["baseline.toml", "/srv/baseline"]
[[github.read]]
token_file = "token"
`))
	if err != nil {
		t.Fatal(err)
	}
	got := append([]string{c.StorePath, c.GitHub.Read[0].TokenFile}, c.Baseline.Paths...)
	want := []string{"/etc/ajar/state/ajar.db", "/etc/ajar/token", "/etc/ajar/baseline.toml", "/srv/baseline"}
	for i := range want {
		if got[i] != filepath.FromSlash(want[i]) {
			t.Errorf("got %s, want %s", got[i], want[i])
		}
	}
}

func TestValuesArrive(t *testing.T) {
	c, err := Parse("c.toml", []byte(`
[collect]
without = ["audit-log"]
activity_window = "1d12h"
reserve = 0.25
resume = "0"
every = { deploy-keys = "36h", repository-invitations = "0" }
[[github.read]]
name = "the app"
client_id = "Iv1.abc"
private_key_env = "KEY"
installation_id = 12
[[github.read]]
token_env = "OWNER"
[remediate]
max_changes = 0
protected = ["user:root-admin"]
approvers = ["team:acme/leads"]
limits.member = { fraction = 1 }
`))
	if err != nil {
		t.Fatal(err)
	}
	switch l := c.Remediate.Limits["member"]; {
	case c.Collect.Without[0] != access.AreaAuditLog, c.Collect.ActivityWindow != 36*time.Hour,
		c.Collect.Reserve.Fraction != 0.25, c.Collect.Resume != 0, c.Collect.Every[access.AreaDeployKeys] != 36*time.Hour, c.Collect.Every[access.AreaRepoInvitations] != 0, c.Collect.Every[access.AreaSecrets] != 24*time.Hour,
		len(c.GitHub.Read) != 2, c.GitHub.Read[0] != Credential{Name: "the app", ClientID: "Iv1.abc", PrivateKeyEnv: "KEY", InstallationID: 12},
		c.GitHub.Read[1].Label() != "$OWNER",
		c.Remediate.MaxChanges != 0, c.Remediate.Protected[0] != "user:root-admin", l.Max != nil, *l.Fraction != 1:
		t.Errorf("got %+v", c)
	}
}

func TestSecretInTheFileIsRefusedAndNotRepeated(t *testing.T) {
	const token = "ghp_abcdefghijklmnopqrstuvwxyz0123456789"
	for _, text := range []string{
		"[[github.read]]\ntoken_env = \"" + token + "\"\n",
		"[[github.read]]\ntoken_file = \"" + token + "\"\n",
		"[[github.read]]\ntoken = \"" + token + "\"\n",
		"[[github.read]]\ntoken_env = \"not a name " + token + "\"\n",
		"[github]\napi_url = \"https://x:" + token + "@ghes.example.com\"\n",
	} {
		_, err := Parse("c.toml", []byte(text))
		if err == nil || strings.Contains(err.Error(), token) {
			t.Errorf("%s\ngives %v", text, err)
		}
	}
}

func TestHostileNestingIsRefusedBeforeTheParserSeesIt(t *testing.T) {
	for name, text := range map[string]string{
		"arrays":      "a = " + strings.Repeat("[", 2_000_000),
		"tables":      "a = " + strings.Repeat("{a=", 5_000),
		"dotted key":  strings.Repeat("a.", 8_000) + "a = 1",
		"a huge file": strings.Repeat("#\n", 3<<20),
	} {
		start := time.Now()
		if _, err := Parse("c.toml", []byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("[github]\norganizations = [\"acme\"]\n[[github.read]]\ntoken_env = \"A\"\n")
	f.Add("[remediate]\nlimits.owner = { max = 1, fraction = 0.2 }\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("c.toml", []byte(text))
		if (c == nil) == (err == nil) {
			t.Errorf("got %v and %v", c, err)
		}
	})
}
