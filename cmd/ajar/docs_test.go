package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/eb661601/ajar/access"
)

var update = flag.Bool("update", false, "write docs/commands.md anew")

const docsPath = "../../docs/commands.md"

const docsHead = `<!-- Made from the commands themselves by: make golden -->

# Commands

Results go to stdout; messages, progress and the log go to stderr. Progress is
shown on a terminal only. A message begins with ` + "`ajar:`" + `; where ajar knows what to
do about it, a second line ` + "`ajar: hint: …`" + ` says so. JSON carries its name and
version in ` + "`schema`" + `; the schemas are in [schemas](schemas). With several
organizations they are gone through one after another: JSON gives one document
for each, CSV one table, and the exit code is the worst, in the order 1, 2, 3, 0.
A question that names its organization, as in repo:acme/api, is about that one
alone; ` + "`ajar plan`" + ` makes one plan, so it asks for one organization. The exit
codes are explained in [output.md](output.md#exit-codes). Where the reader of the
results goes away, as after ` + "`| head`" + `, a command ends with 1 and without a word.

Names are written user:LOGIN, team:ORG/SLUG, repo:ORG/NAME, env:ORG/REPO/NAME,
key:ORG/REPO#ID, invitation:ORG#ID, org:ORG. Where ORG/ is left out, the name is
looked for in each organization that is asked.

## Variables

| variable | meaning |
|---|---|
| ` + "`AJAR_GITHUB_TOKEN`, `GH_TOKEN`, `GITHUB_TOKEN`" + ` | the token, the first that is set, where no configuration names a credential |
| ` + "`AJAR_CONFIG`" + ` | the configuration file, unless ` + "`--config`" + ` names one |
| ` + "`STATE_DIRECTORY`, `XDG_STATE_HOME`" + ` | where the store is, unless something else is said |
| ` + "`CREDENTIALS_DIRECTORY`" + ` | where systemd puts credentials; looked at first |
| ` + "`NO_COLOR`, `CLICOLOR_FORCE`, `COLUMNS`, `TERM`, `CI`" + ` | how results and progress look |
| ` + "`HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE`, `SSL_CERT_DIR`" + ` | the way to GitHub |

`

// reference is the page of all commands.
func reference() string {
	root := newRoot(&app{program: "ajar"})
	var b strings.Builder
	b.WriteString(docsHead)
	b.WriteString("## Flags of every command\n\n")
	flagTable(&b, root.PersistentFlags())
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		for _, sub := range c.Commands() {
			if sub.Name() == "help" || c.Name() == "completion" {
				continue
			}
			section(&b, sub)
			walk(sub)
		}
	}
	walk(root)
	return b.String()
}

func section(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "## %s\n\n", c.CommandPath())
	text := c.Long
	if text == "" {
		text = c.Short + "."
	}
	if c.Name() == "completion" {
		text = "Write the completion script of a shell, bash, zsh, fish or powershell, to stdout;\n`ajar completion SHELL --help` says where it goes."
	}
	fmt.Fprintf(b, "%s\n\n", text)
	use := c.UseLine()
	if c.Runnable() && c.Name() != "completion" && !c.HasSubCommands() || slices.Contains([]string{"findings", "journal", "keys"}, c.Name()) {
		fmt.Fprintf(b, "```\n%s\n```\n\n", use)
	}
	if c.Example != "" {
		fmt.Fprintf(b, "```sh\n%s\n```\n\n", strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n"))
	}
	local := c.LocalNonPersistentFlags()
	if local.HasAvailableFlags() {
		flagTable(b, local)
	}
}

func flagTable(b *strings.Builder, flags *pflag.FlagSet) {
	b.WriteString("| flag | default | meaning |\n|---|---|---|\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name, usage := pflag.UnquoteUsage(f)
		word := "--" + f.Name
		if f.Shorthand != "" {
			word = "-" + f.Shorthand + ", " + word
		}
		if name != "" {
			word += " " + name
		}
		def := f.DefValue
		if def == "false" || def == "[]" {
			def = ""
		}
		fmt.Fprintf(b, "| `%s` | %s | %s |\n", word, def, strings.ReplaceAll(usage, "|", `\|`))
	})
	b.WriteByte('\n')
}

func TestCommandReferenceIsMadeFromTheCommands(t *testing.T) {
	want := reference()
	if *update {
		if err := os.WriteFile(docsPath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(docsPath)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/commands.md is not what the commands say; write it anew with: make golden")
	}
}

func TestEveryCommandHasAnExampleAndStatesTheExitCodes(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Parent() != nil && c.Parent().Name() == "completion" || c.Name() == "completion" || c.Name() == "help" {
			return
		}
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		if !strings.Contains(c.UsageString(), exitCodes) {
			t.Errorf("%s --help does not state the exit codes", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(newRoot(&app{program: "ajar"}))
}

func TestPermissionsPageNamesEveryKindOfData(t *testing.T) {
	page, err := os.ReadFile("../../docs/permissions.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range access.Areas[1:] { // everybody may know which organization it is
		if !strings.Contains(string(page), "`"+string(a)+"`") {
			t.Errorf("docs/permissions.md does not say what %s needs", a)
		}
	}
}
