package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

func newBaseline(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "baseline",
		Short:   "Look at the baseline: what is allowed, to whom, until when",
		Example: "  ajar baseline check baseline.toml\n  ajar baseline explain user:alice repo:acme/api",
		Args:    onlyCommands,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newBaselineCheck(a), newBaselineExplain(a))
	return cmd
}

func newBaselineCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check [PATH ...]",
		Short: "Say every mistake of the baseline, with its line; asks nobody",
		Long: `Read baseline files, the configured ones unless others are named, and say every
mistake in them with line, column and a suggestion. Names and globs are looked up
in the newest stored snapshot of every organization that the baseline speaks of:
what matches nothing is a warning, since a typo must not look like compliance.`,
		Example: "  ajar baseline check\n  ajar baseline check baseline.toml teams/",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				a.flags.baseline = args
			}
			return a.checkBaseline(cmd.Context())
		},
	}
}

func (a *app) checkBaseline(ctx context.Context) error {
	c, err := a.config()
	if err != nil {
		return err
	}
	if c.Baseline == nil {
		return withHint(usage("there is no baseline to check"), "%s baseline check FILE, or name it in the configuration: [baseline] paths", a.program)
	}
	v := report.BaselineCheck{Check: report.Check{Files: c.Baseline.Paths}}
	b, err := baseline.Load(c.Baseline.Paths)
	var problems baseline.Problems
	switch {
	case errors.As(err, &problems):
		v.Problems, v.Warnings = problemsOf(problems)
	case err != nil:
		return err
	default:
		if err := a.holdAgainst(ctx, c, b, &v); err != nil {
			return err
		}
	}
	a.exit(status(v.Exit()))
	return a.show(v)
}

// holdAgainst fills in what a baseline without errors holds, and looks its names
// up in the newest snapshot of every organization that it speaks of.
func (a *app) holdAgainst(ctx context.Context, c *config.Config, b *baseline.Baseline, v *report.BaselineCheck) error {
	v.Hash, v.Figures = b.Hash(), figures(b)
	warnings := b.Lint(a.clock.Now(), ruleNames(), nil)
	defer func() { _, v.Warnings = problemsOf(warnings) }()
	if _, err := os.Stat(a.storePath(c)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s, err := a.look(ctx, c)
	if err != nil {
		return err
	}
	defer a.closing(s)
	orgs, err := s.Orgs(ctx)
	if err != nil {
		return err
	}
	var known []string
	for _, o := range orgs {
		known = append(known, o.Login)
	}
	warnings = b.Lint(a.clock.Now(), ruleNames(), known)
	var bad baseline.Problems
	for _, org := range known {
		if !meant(c, b, org, len(known)) {
			continue
		}
		said, err := a.holdAgainstOne(ctx, audit.Pass{Org: org, Store: s, Baseline: b, Now: a.clock.Now}, v)
		if err != nil {
			return err
		}
		warnings, bad = warnings.Merge(said.Warnings()), append(bad, errorsOf(said)...)
	}
	v.Problems, _ = problemsOf(bad.Merge(nil))
	return nil
}

// meant reports whether a check is about a stored organization: one that is asked
// for, else the only one that is stored, else one that the baseline speaks of.
func meant(c *config.Config, b *baseline.Baseline, org string, stored int) bool {
	if asked := c.GitHub.Organizations; len(asked) > 0 {
		return slices.ContainsFunc(asked, func(o string) bool { return strings.EqualFold(o, org) })
	}
	return stored == 1 || b.Names(org)
}

func errorsOf(all baseline.Problems) baseline.Problems {
	return slices.DeleteFunc(slices.Clone(all), func(p baseline.Problem) bool { return p.Warning })
}

// holdAgainstOne looks the baseline's names up in one organization's snapshot.
func (a *app) holdAgainstOne(ctx context.Context, p audit.Pass, v *report.BaselineCheck) (baseline.Problems, error) {
	info, err := p.Store.Latest(ctx, p.Org)
	if errors.Is(err, store.ErrNoSnapshot) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	view, err := p.Open(ctx, info)
	var problems baseline.Problems
	if errors.As(err, &problems) {
		v.Bound = append(v.Bound, orgNamed(view.Snapshot))
		return problems, nil
	}
	if err != nil {
		return nil, err
	}
	v.Bound = append(v.Bound, orgNamed(view.Snapshot))
	for _, class := range view.Baseline.Managing() {
		if !slices.Contains(v.Managed, string(class)) {
			v.Managed = append(v.Managed, string(class))
		}
	}
	return view.Warnings, nil
}

func figures(b *baseline.Baseline) []report.Figure {
	return []report.Figure{
		{Name: "roles", Count: len(b.Roles)}, {Name: "assignments", Count: len(b.Assignments)},
		{Name: "organizations", Count: len(b.Organizations)}, {Name: "environment rules", Count: len(b.Environments)},
		{Name: "waivers", Count: len(b.Waivers)},
	}
}

func newBaselineExplain(a *app) *cobra.Command {
	var at string
	cmd := &cobra.Command{
		Use:   "explain PRINCIPAL RESOURCE",
		Short: "Say which lines of the baseline decide for a principal on a resource",
		Long: `Say what the baseline allows a principal on a resource and which of its lines
decide that, those that have ended included. Names are looked up in the newest
stored snapshot.`,
		Example: "  ajar baseline explain user:alice repo:acme/api\n  ajar baseline explain team:acme/sre env:acme/api/production --at 2027-01-01",
		Args:    exactly("a PRINCIPAL", "a RESOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.explain(cmd.Context(), args[0], args[1], at)
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "what holds at `TIME` (2026-05-31, RFC 3339) instead of now")
	return cmd
}

func (a *app) explain(ctx context.Context, principal, resource, at string) error {
	pk, pname, err := split(principal)
	if err != nil {
		return err
	}
	rk, rname, err := split(resource)
	if err != nil {
		return err
	}
	when := a.clock.Now()
	if at != "" {
		if when, err = moment(at, when); err != nil {
			return err
		}
	}
	c, err := a.config()
	if err != nil {
		return err
	}
	b, err := a.baseline(c)
	if err != nil {
		return err
	}
	if b == nil {
		return a.noBaseline("explain")
	}
	return a.consult(ctx, orgOf(rk, rname), "", func(_ *work, v audit.View) (report.View, error) {
		p, err := resolve(v.Snapshot, pk, pname)
		if err != nil {
			return nil, err
		}
		r, err := resolve(v.Snapshot, rk, rname)
		if err != nil {
			return nil, err
		}
		bound, problems := b.Bind(v.Snapshot)
		if err := baseline.Problems(problems).Err(); err != nil {
			return nil, err
		}
		may := bound.Answer(p.Ref, r.Ref, when)
		return report.BaselineExplain{
			Principal: p, Resource: r, At: when, Lines: bound.Explain(p.Ref, r.Ref, when),
			Allowed: report.Allowed{
				Words: may.String(), Standing: may.Standing, Until: may.Until, Elevation: may.Elevation,
				Class: string(may.Class), Managed: may.Managed,
			},
		}, nil
	})
}

func (a *app) noBaseline(what string) error {
	return withHint(usage("%s needs a baseline, and there is none", what), "--baseline FILE, or name it in the configuration: [baseline] paths")
}
