package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newMan(a *app) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "man [COMMAND ...]",
		Short: "Write the manual pages",
		Long: `Write the manual page of ajar, or of a command, to stdout; or with --out one file
for each command, as man and packages want them. They say what --help says.`,
		Example: `  ajar man | man -l -
  ajar man plan approve | man -l -
  ajar man --out /usr/local/share/man/man1`,
		RunE: func(cmd *cobra.Command, args []string) error {
			c, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return onlyCommands(c, rest)
			}
			if dir == "" {
				_, err := io.WriteString(a.out, manPage(c))
				return err
			}
			if len(args) > 0 {
				return withHint(usage("--out writes the pages of all commands"), "leave %q out", strings.Join(args, " "))
			}
			return writeManual(cmd.Root(), dir)
		},
	}
	cmd.Flags().StringVar(&dir, "out", "", "write one page for each command into `DIR`")
	return cmd
}

// writeManual writes the pages of all commands, each whole or not at all.
func writeManual(root *cobra.Command, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // pages that everybody reads
		return fmt.Errorf("making the folder of the manual pages: %w", err)
	}
	var failed error
	each(root, func(c *cobra.Command) {
		if failed == nil && inManual(c) {
			failed = writeFileAs(filepath.Join(dir, manName(c)+".1"), []byte(manPage(c)), false, 0o644)
		}
	})
	return failed
}

// inManual leaves out what a shell calls, and the help of the help.
func inManual(c *cobra.Command) bool { return !c.Hidden && c.Name() != "help" }

func manName(c *cobra.Command) string { return strings.ReplaceAll(plainPath(c), " ", "-") }

// plainPath is the path of a command by the name of the binary.
func plainPath(c *cobra.Command) string {
	if !c.HasParent() {
		return c.Name()
	}
	return plainPath(c.Parent()) + " " + c.Name()
}

// manPage is the page of a command (man(7), the macros of groff and mandoc). It holds
// no date, so that the same source gives the same bytes.
func manPage(c *cobra.Command) string {
	m := &manual{}
	name := manName(c)
	m.line(".TH %s 1 \"\" %s %s", quoted(strings.ToUpper(name)), quoted("ajar "+buildVersion().Version), quoted("Manual of ajar"))
	m.line(".SH NAME")
	m.line(`%s \- %s`, roff(name), roff(c.Short))
	m.line(".SH SYNOPSIS")
	use := ""
	if c.Runnable() && c.HasParent() {
		use = c.UseLine() + "\n"
	}
	if c.HasAvailableSubCommands() {
		use += c.CommandPath() + " [command]"
	}
	m.block(use)
	m.line(".SH DESCRIPTION")
	m.block(strings.TrimSpace(c.Long + "\n"))
	if c.Long == "" {
		m.block(c.Short + ".")
	}
	if c.HasAvailableSubCommands() {
		m.line(".SH COMMANDS")
		for _, sub := range c.Commands() {
			if inManual(sub) && sub.IsAvailableCommand() {
				m.line(".TP\n.BR %s (1)", quoted(roff(manName(sub))))
				m.line("%s", protected(roff(sub.Short)))
			}
		}
	}
	m.flags("OPTIONS", c.NonInheritedFlags())
	m.flags("OPTIONS OF EVERY COMMAND", c.InheritedFlags())
	if c.Example != "" {
		m.line(".SH EXAMPLES")
		m.block(c.Example)
	}
	m.line(".SH EXIT STATUS")
	m.block(strings.TrimPrefix(exitCodes, "Exit codes:\n"))
	m.also(c)
	return m.String()
}

type manual struct{ bytes.Buffer }

func (m *manual) line(format string, args ...any) { fmt.Fprintf(m, format+"\n", args...) }

// block keeps lines as they are, as --help shows them.
func (m *manual) block(text string) {
	m.line(".nf")
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		m.line("%s", protected(roff(strings.TrimRight(line, "\n"))))
	}
	m.line(".fi")
}

func (m *manual) flags(title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	m.line(".SH %s", title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, said := pflag.UnquoteUsage(f)
		word := `\-\-` + roff(f.Name)
		if f.Shorthand != "" {
			word = `\-` + roff(f.Shorthand) + `, ` + word
		}
		m.line(".TP\n\\fB%s\\fR \\fI%s\\fR", word, roff(value))
		if f.DefValue != "" && !slices.Contains([]string{"false", "[]", "0", "0s"}, f.DefValue) {
			said += " (default " + f.DefValue + ")"
		}
		m.line("%s", protected(roff(said)))
	})
}

// also names the page above, and those below.
func (m *manual) also(c *cobra.Command) {
	var names []string
	if c.HasParent() {
		names = append(names, manName(c.Parent()))
	}
	for _, sub := range c.Commands() {
		if inManual(sub) && sub.IsAvailableCommand() {
			names = append(names, manName(sub))
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return
	}
	m.line(".SH SEE ALSO")
	for i, n := range names {
		comma := " ,"
		if i == len(names)-1 {
			comma = ""
		}
		m.line(".BR %s (1)%s", quoted(roff(n)), comma)
	}
}

// roff writes a text so that groff and mandoc show it as it is: a hyphen that is
// copied must be one, and a backslash begins nothing.
func roff(text string) string {
	return strings.NewReplacer(`\`, `\e`, "-", `\-`, "…", `\[u2026]`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`).Replace(text)
}

// protected keeps the first character of a line from being taken for a command.
func protected(line string) string {
	if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
		return `\&` + line
	}
	return line
}

// quoted is an argument of a macro.
func quoted(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\(dq`) + `"` }
