package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
)

func newConfig(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "config",
		Short:   "Look at the configuration",
		Example: "  ajar config check\n  ajar config check /etc/ajar/config.toml",
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "check [FILE]",
		Short: "Say every mistake of a configuration file, with its line; asks nobody",
		Long: `Read a configuration file, the one that ajar would use unless another is named,
and say every mistake in it with line, column and a suggestion, and every mistake
of the baseline that it names, for without that no command would judge. The network
is not touched. Warnings tell of keys that this version does not use, of a token or
a private key that is not where the file says or cannot be read, and of certificates
that are none.`,
		Example: "  ajar config check\n  ajar config check /etc/ajar/config.toml",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 1 {
				a.flags.config = args[0]
			}
			return a.checkConfig()
		},
	})
	return cmd
}

func (a *app) checkConfig() error {
	path, ok := config.Find(a.flags.config, a.getenv)
	if !ok {
		return withHint(usage("there is no configuration file to check"), "%s config check FILE", a.program)
	}
	v := report.ConfigCheck{Check: report.Check{Files: []string{path}}}
	c, err := config.Load(path)
	var problems baseline.Problems
	switch {
	case errors.As(err, &problems):
		v.Problems, v.Warnings = problemsOf(problems)
	case err != nil:
		return err
	default:
		v.Problems, v.Warnings = a.unusable(c), a.doubts(c)
	}
	a.exit(status(v.Exit()))
	return a.show(v)
}

// doubts are what may be wrong around a configuration that is in order itself.
func (a *app) doubts(c *config.Config) []report.Problem {
	var out []report.Problem
	add := func(message, hint string) {
		out = append(out, report.Problem{File: c.Path, Message: message, Hint: hint})
	}
	for _, n := range c.Notes {
		add(n, "")
	}
	for i, from := range c.GitHub.Read {
		secret, err := c.GitHub.ReadSecret(i, a.getenv)
		hint := ""
		if err == nil && from.IsApp() {
			if _, err = github.ParseKey(secret.Reveal()); err != nil {
				var line string
				line, hint = github.Explain(err)
				err = fmt.Errorf("%s: %s", from.Label(), line)
			}
		}
		if err != nil {
			add(err.Error(), hint)
		}
	}
	if err := a.reachable(c); err != nil {
		add(err.Error(), "")
	}
	return out
}

// unusable is what keeps the configured baseline from being used, and with it every
// command that judges: the mistakes of its files, or that one is not there.
func (a *app) unusable(c *config.Config) []report.Problem {
	if c.Baseline == nil {
		return nil
	}
	_, err := baseline.Load(c.Baseline.Paths)
	var problems baseline.Problems
	if errors.As(err, &problems) {
		bad, _ := problemsOf(problems)
		return bad
	}
	if err == nil {
		return nil
	}
	return []report.Problem{{
		File: c.Path, Line: c.Baseline.Line, Column: c.Baseline.Column, Message: "baseline.paths: " + err.Error(),
		Hint: a.program + " init writes a baseline; leave the section [baseline] out to run without",
	}}
}

// reachable says what is wrong with the way to GitHub as far as that can be known
// without going it.
func (a *app) reachable(c *config.Config) error {
	o, err := a.connection(c)
	if err != nil {
		return err
	}
	o.Source = oauth2.StaticTokenSource(&oauth2.Token{})
	_, err = github.New(o)
	return err
}

// problemsOf parts the complaints about a file into errors and warnings.
func problemsOf(all []baseline.Problem) (bad, warnings []report.Problem) {
	for _, p := range all {
		r := report.Problem{File: p.File, Line: p.Line, Column: p.Column, Message: p.Message, Hint: p.Hint}
		if p.Warning {
			warnings = append(warnings, r)
		} else {
			bad = append(bad, r)
		}
	}
	return bad, warnings
}
