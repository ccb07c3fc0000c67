package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/eb661601/ajar/baseline"
)

const about = `Find every door left ajar in a GitHub organization, say who can walk through it
and by which path, and see what would close it.

A token and an organization are enough:

  export AJAR_GITHUB_TOKEN=...   # or --auth gh
  ajar audit --org acme

With no token at all, "ajar demo" shows the whole job on an invented
organization; nothing leaves the machine.`

// newRoot builds the command line.
func newRoot(a *app) *cobra.Command {
	version := false
	root := &cobra.Command{
		Use:           "ajar",
		Short:         "Find, explain and close access that is too much, stale or standing in GitHub organizations",
		Long:          about,
		Example:       "  ajar demo\n  ajar audit --org acme\n  ajar who-can deploy env:acme/api/production",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          onlyCommands,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				return a.show(buildVersion())
			}
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error { // a wrong word is better said before the work than after it
			return cmp.Or(nothingIsEmpty(cmd, args), keptApart(cmd), a.fits(cmd))
		},
	}
	root.SetFlagErrorFunc(flagError)
	root.SetUsageTemplate(root.UsageTemplate() + "\n" + exitCodes)
	globalFlags(root.PersistentFlags(), &a.flags)
	root.Flags().BoolVarP(&version, "version", "v", false, "say which version this is, as ajar version does")
	root.AddCommand(
		newInit(a), newDoctor(a), newAudit(a), newCollect(a), newFindings(a), newAccess(a), newWhoCan(a), newDiff(a), newPlan(a), newApply(a), newRestore(a),
		newServe(a), newStatus(a),
		newExport(a), newVerify(a),
		newStore(a), newHold(a), newResume(a), newJournal(a), newKeys(a), newNotify(a),
		newBaseline(a), newConfig(a), newDemo(a), newApp(a), newMan(a), newVersion(a),
	)
	complete(a, root)
	root.SetOut(a.out) // the completion command keeps what is set here
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	refuseStrays(root)
	called(root, a.program)
	return root
}

// refuseStrays makes cobra's own commands refuse a word that they do not know,
// as all others do; by themselves they show their help and exit with 0.
func refuseStrays(root *cobra.Command) {
	for _, c := range root.Commands() {
		switch c.Name() {
		case "completion":
			c.Args, c.RunE = onlyCommands, func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case "help":
			c.Args = func(_ *cobra.Command, args []string) error {
				if cmd, rest, err := root.Find(args); err != nil || len(rest) > 0 {
					return onlyCommands(cmd, rest)
				}
				return nil
			}
		}
	}
}

func globalFlags(f *pflag.FlagSet, g *globals) {
	f.StringVar(&g.config, "config", "", "configuration `FILE` (else $AJAR_CONFIG, ./config.toml, the usual folders)")
	f.StringArrayVar(&g.orgs, "org", nil, "`LOGIN` of an organization; repeat it for several")
	f.StringVar(&g.apiURL, "api-url", "", "`URL` of GitHub's REST API; GitHub Enterprise Server: https://HOST/api/v3")
	f.StringVar(&g.store, "store", "", "SQLite `FILE` that keeps snapshots and findings (else the state directory)")
	f.StringVar(&g.auth, "auth", "", "`WAY` to a token: gh asks \"gh auth token\" (else the configuration, AJAR_GITHUB_TOKEN, GH_TOKEN, GITHUB_TOKEN)")
	f.StringVarP(&g.output, "output", "o", "table", "`FORMAT` of results: table, json or csv; audit and plan also html and markdown; audit and findings also sarif, ocsf and cef; access and who-can also ocsf")
	f.StringArrayVar(&g.baseline, "baseline", nil, "baseline `PATH`, a file or a folder, instead of the configured ones; repeat it for several. What an audit finds by another baseline than the configuration names is shown and not kept")
	f.BoolVar(&g.noColor, "no-color", false, "no colour (so does NO_COLOR)")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "results only: no progress and no remarks")
	f.BoolVar(&g.noProgress, "no-progress", false, "no progress on the terminal")
	f.DurationVar(&g.wait, "wait", 30*time.Second, "how long to wait for another ajar, such as a daemon at work, that writes to the store (`TIME`, 0 = not at all)")
	f.StringVar(&g.logLevel, "log-level", "warn", "`LEVEL` of the log on stderr: debug, info, warn or error")
}

// usage is an error about how a command was called.
func usage(format string, args ...any) error { return fmt.Errorf(format, args...) }

// reading are words by which other programs list things or explain one.
var reading = []string{"list", "ls", "show", "explain", "describe"}

// onlyCommands refuses words that are no command, and suggests one.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := usage("unknown command %q for %q", args[0], cmd.CommandPath())
	if slices.Contains(reading, args[0]) && (!cmd.HasParent() || cmd.Name() == "findings") {
		program := cmd.Root().Name()
		return withHint(err, "%s findings lists the findings, and %s findings show ID explains one", program, program)
	}
	var known []string
	for _, c := range cmd.Commands() {
		known = append(known, c.Name())
	}
	if hint := baseline.Suggest(args[0], known); strings.HasPrefix(hint, "did you mean") {
		return withHint(err, "%s", strings.Replace(hint, `"`, `"`+cmd.CommandPath()+" ", 1))
	}
	return withHint(err, "%s --help lists them", cmd.CommandPath())
}

// flagError adds the nearest flag to the complaint about one that is unknown.
func flagError(cmd *cobra.Command, err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	var value *pflag.InvalidValueError
	if errors.As(err, &value) {
		f := value.GetFlag()
		what := map[string]string{"int": "a whole number", "bool": "true or false"}[f.Value.Type()]
		if what == "" {
			what = "a value that it takes"
		}
		line = fmt.Sprintf("--%s %q is not %s", f.Name, value.GetValue(), what)
	}
	unknown, isUnknown := strings.CutPrefix(line, "unknown flag: --")
	if !isUnknown {
		return withHint(usage("%s", line), "%s --help lists the flags", cmd.CommandPath())
	}
	var known []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	cmd.InheritedFlags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
	slices.Sort(known)
	hint := baseline.Suggest(unknown, slices.Compact(known))
	if !strings.HasPrefix(hint, "did you mean") {
		hint = cmd.CommandPath() + " --help lists the flags"
		for _, f := range known { // --organization, --org-name
			if len(f) > 2 && strings.HasPrefix(unknown, f) {
				hint = fmt.Sprintf("did you mean %q?", f)
			}
		}
	}
	if unknown == "out" {
		hint = "what it says goes to standard output: > FILE keeps it"
	}
	return withHint(usage("unknown flag --%s for %q", unknown, cmd.CommandPath()), "%s", strings.ReplaceAll(hint, `mean "`, `mean "--`))
}

// exactly is cobra.ExactArgs with an error that names what is missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return withHint(usage("%s needs %s", cmd.CommandPath(), strings.Join(names[len(args):], " and ")), "%s --help has an example", cmd.CommandPath())
		case len(args) > len(names):
			return withHint(usage("%s: %q is one word too many", cmd.CommandPath(), args[len(names)]), "%s --help has an example", cmd.CommandPath())
		}
		return nil
	}
}
