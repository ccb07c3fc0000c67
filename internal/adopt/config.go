package adopt

import (
	"fmt"
	"strings"
	"time"
)

// Config is what the first configuration says.
type Config struct {
	Org        string
	At         time.Time // when it is written
	APIURL     string
	GraphQLURL string       // "": derived
	Read       []Credential // none: TokenEnv alone
	TokenEnv   string       // the variable that holds the token
	StorePath  string       // relative to the file, or absolute; "": the usual place
	UsualStore string       // where that is
	Baseline   string       // relative to the file
	Without    []string     // areas that are not read
}

// Credential is one [[github.read]] that is there already; what is zero is not
// said.
type Credential struct {
	TokenEnv, TokenFile           string
	ClientID                      string
	PrivateKeyFile, PrivateKeyEnv string
	AppID, InstallationID         int64
}

// Text writes config.toml: what a user needs of all there is.
func (c Config) Text() []byte {
	var b strings.Builder
	b.WriteString(comment(fmt.Sprintf("ajar's configuration for %s, written by ajar init on %s. docs/config.md tells every key; "+
		"\"ajar config check\" reads this file without asking anybody. Relative paths are relative to this file.", c.Org, c.At.UTC().Format(time.DateOnly))))
	fmt.Fprintf(&b, "\n[github]\norganizations = [%s]\napi_url = %s\n", quote(c.Org), quote(c.APIURL))
	if c.GraphQLURL != "" {
		fmt.Fprintf(&b, "graphql_url = %s\n", quote(c.GraphQLURL))
	}
	b.WriteString("\n# What ajar reads with. A secret never stands here: name the variable that holds it, or a\n" +
		"# file (token_file). ajar refuses to send anything but reads with it.\n")
	read := c.Read
	if len(read) == 0 {
		read = []Credential{{TokenEnv: c.TokenEnv}}
	}
	for i, r := range read {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(r.text())
	}
	if c.StorePath != "" {
		fmt.Fprintf(&b, "\n# Where snapshots and findings are kept.\n[store]\nurl = %s\n", quote("sqlite:"+c.StorePath))
	} else {
		b.WriteString("\n# Where snapshots and findings are kept, unless it is said here:\n" + comment(c.UsualStore) +
			"#[store]\n#url = \"sqlite:ajar.db\"\n")
	}
	fmt.Fprintf(&b, "\n# What the organization allows.\n[baseline]\npaths = [%s]\n", quote(c.Baseline))
	if len(c.Without) > 0 {
		b.WriteString("\n# Areas that are not read, and not expected.\n[collect]\n" + list("without", items(c.Without)))
	}
	b.WriteString("\n# The guards of \"ajar plan\", which shows what would change and changes nothing. They stand here\n" +
		"# and not in the baseline, so that whoever may edit the baseline cannot disarm them.\n" +
		"[remediate]\nmode = \"dry-run\"\nmax_changes = 25     # people and principals that one plan may touch at most,\n" +
		"max_fraction = 0.05  # and this part of all of their kind; both hold\nmin_owners = 2       # so many owners stay whatever happens\n" +
		"protected = []       # accounts that no plan touches: [\"user:break-glass\"]\n")
	return []byte(b.String())
}

func (r Credential) text() string {
	var b strings.Builder
	b.WriteString("[[github.read]]\n")
	for _, k := range []struct{ key, value string }{
		{"token_env", r.TokenEnv}, {"token_file", r.TokenFile}, {"client_id", r.ClientID},
		{"private_key_file", r.PrivateKeyFile}, {"private_key_env", r.PrivateKeyEnv},
	} {
		if k.value != "" {
			fmt.Fprintf(&b, "%s = %s\n", k.key, quote(k.value))
		}
	}
	for _, k := range []struct {
		key   string
		value int64
	}{{"app_id", r.AppID}, {"installation_id", r.InstallationID}} {
		if k.value != 0 {
			fmt.Fprintf(&b, "%s = %d\n", k.key, k.value)
		}
	}
	return b.String()
}
