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
	GraphQLURL string   // "": derived
	TokenEnv   string   // the variable that holds the token
	StorePath  string   // relative to the file, or absolute; "": the usual place
	UsualStore string   // where that is
	Baseline   string   // relative to the file
	Without    []string // areas that are not read
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
	fmt.Fprintf(&b, "[[github.read]]\ntoken_env = %s\n", quote(c.TokenEnv))
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
	b.WriteString("\n# The guards of what changes access; as it is, \"ajar plan\" shows what would change and nothing is\n" +
		"# changed. They stand here and not in the baseline, so that whoever may edit that cannot disarm them.\n" +
		"[remediate]\nmode = \"dry-run\"\nmax_changes = 25     # people and principals that one plan may touch at most,\n" +
		"max_fraction = 0.05  # and this part of all of their kind; both hold\nmin_owners = 2       # so many owners stay whatever happens\n" +
		"protected = []       # accounts that no plan touches: [\"user:break-glass\"]\n" +
		"\n# To let plans be carried out: mode = \"approve\" above, who approves, and another credential,\n" +
		"# which is never the one that reads. docs/first-audit.md goes through it.\n" +
		"#approvers = [\"user:LOGIN\"]  # in [remediate]; not who carries it out\n" +
		"#[github.write]\n#token_env = \"AJAR_WRITE_TOKEN\"\n")
	return []byte(b.String())
}
