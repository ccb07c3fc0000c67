package main

import (
	"fmt"

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

// complete tells the shell which words the flags of all commands take.
func complete(root *cobra.Command) {
	words := map[string][]string{
		"output": formats, "severity": severities, "fail-on": append([]string{"none"}, severities...), "state": states,
		"rule": ruleNames(), "without": areaNames(), "auth": {"gh"}, "log-level": {"debug", "info", "warn", "error"},
	}
	for _, c := range append(root.Commands(), root) {
		for name, list := range words {
			if c.LocalFlags().Lookup(name) == nil || c != root && root.PersistentFlags().Lookup(name) != nil {
				continue
			}
			if err := c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(list, cobra.ShellCompDirectiveNoFileComp)); err != nil {
				panic(fmt.Sprintf("completing --%s of %s: %v", name, c.CommandPath(), err)) // twice for one flag: a mistake in this file
			}
		}
	}
}
