package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/report"
)

// The words that some flags take; the shell completes them.
var (
	formats    = formatNames()
	severities = []string{"info", "low", "medium", "high", "critical"}
	states     = []string{string(access.Open), string(access.Waived), string(access.Resolved)}
)

func formatNames() []string {
	out := make([]string, len(report.Formats))
	for i, f := range report.Formats {
		out[i] = string(f)
	}
	return out
}

func areaNames() []string {
	out := make([]string, len(access.Areas))
	for i, a := range access.Areas {
		out[i] = string(a)
	}
	return out
}

func ruleNames() []string {
	var out []string
	for _, r := range analyzer.Rules() {
		out = append(out, r.ID)
	}
	return out
}

// complete tells the shell which words the flags of all commands take, and asks the
// store for names where an argument is one (suggest.go).
func complete(a *app, root *cobra.Command) {
	words := map[string][]string{
		"output": formats, "severity": severities, "fail-on": append([]string{"none"}, severities...), "state": states,
		"rule": ruleNames(), "without": areaNames(), "auth": {"gh"}, "framework": frameworks(), "log-level": {"debug", "info", "warn", "error"},
	}
	asked := map[string]suggestion{"org": (*suggesting).orgs, "principal": (*suggesting).principals, "resource": (*suggesting).resources, "run": (*suggesting).runs, "only": (*suggesting).only,
		"at": (*suggesting).times, "since": (*suggesting).times}
	each(root, func(c *cobra.Command) {
		if c.ValidArgsFunction == nil {
			c.ValidArgsFunction = a.suggests(arguments[strings.TrimPrefix(c.CommandPath(), root.Name()+" ")])
		}
		for name, list := range words {
			completeFlag(c, name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp))
		}
		for name, ask := range asked {
			completeFlag(c, name, a.suggests([]suggestion{ask, ask}))
		}
		completeFlag(c, "channel", a.channelNames)
		completeFlag(c, "config", cobra.FixedCompletions([]string{"toml"}, cobra.ShellCompDirectiveFilterFileExt))
	})
}

// completeFlag gives a flag of the command its completion, where it has that flag
// and does not take it over from the root.
func completeFlag(c *cobra.Command, name string, f cobra.CompletionFunc) {
	if c.LocalFlags().Lookup(name) == nil || c.HasParent() && c.Root().PersistentFlags().Lookup(name) != nil {
		return
	}
	if err := c.RegisterFlagCompletionFunc(name, f); err != nil {
		panic(fmt.Sprintf("completing --%s of %s: %v", name, c.CommandPath(), err)) // twice for one flag: a mistake in this file
	}
}

// each visits a command and all below it.
func each(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		each(sub, visit)
	}
}
