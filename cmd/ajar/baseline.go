package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/report"
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
mistake in them with line, column and a suggestion. Where the store has a
snapshot, names and globs are looked up in it: what matches nothing is a
warning, since a typo must not look like compliance.`,
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
// up in the newest snapshot, where there is one.
func (a *app) holdAgainst(ctx context.Context, c *config.Config, b *baseline.Baseline, v *report.BaselineCheck) error {
	v.Hash, v.Figures = b.Hash(), figures(b)
	_, v.Warnings = problemsOf(b.Warnings())
	if _, err := os.Stat(a.storePath(c)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	s, err := a.look(ctx, c)
	if err != nil {
		return err
	}
	defer a.closing(s)
	org, err := a.stored(ctx, s, c, "")
	if err != nil {
		return nil // no snapshot, or several: then the names stay unchecked, and the report says so
	}
	info, err := s.Latest(ctx, org)
	if err != nil {
		return nil
	}
	view, err := audit.Pass{Org: org, Store: s, Baseline: b, Now: a.now}.Open(ctx, info)
	var problems baseline.Problems
	if errors.As(err, &problems) {
		v.Problems, _ = problemsOf(problems)
		v.Bound = append(v.Bound, orgNamed(view.Snapshot))
		return nil
	}
	if err != nil {
		return err
	}
	v.Bound = append(v.Bound, orgNamed(view.Snapshot))
	for _, class := range view.Baseline.Managing() {
		v.Managed = append(v.Managed, string(class))
	}
	_, unmatched := problemsOf(view.Warnings)
	v.Warnings = append(v.Warnings, unmatched...)
	return nil
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
	when := a.now()
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
		return report.BaselineExplain{
			Principal: p, Resource: r, At: when, Allowed: allowed(bound, p.Ref, r.Ref, when), Lines: bound.Explain(p.Ref, r.Ref, when),
		}, nil
	})
}

func (a *app) noBaseline(what string) error {
	return withHint(usage("%s needs a baseline, and there is none", what), "--baseline FILE, or name it in the configuration: [baseline] paths")
}

// allowed says in words what the baseline allows the principal itself.
func allowed(b *baseline.Bound, p, r access.Ref, at time.Time) string {
	var said string
	add := func(e baseline.Entitlement) {
		for _, part := range entitled(e) {
			if said != "" {
				said += "; "
			}
			said += part
		}
	}
	switch r.Kind {
	case access.Repo:
		add(b.OnRepo(p, r.ID, at))
	case access.Org:
		add(b.OnOrg(p, at))
	case access.Env:
		for _, what := range []access.Privilege{access.Deploy, access.Approve, access.Bypass, access.Configure} {
			add(b.OnEnv(p, r.ID, what, at))
		}
	}
	if said == "" {
		return "nothing by an entry of its own"
	}
	return said
}

func entitled(e baseline.Entitlement) []string {
	var out []string
	if e.Standing {
		s := e.Privilege.String() + ", standing"
		if !e.Until.IsZero() {
			s += " until " + e.Until.UTC().Format("2006-01-02 15:04 UTC")
		}
		out = append(out, s)
	}
	if e.JITOnly > access.None {
		out = append(out, e.JITOnly.String()+", as an elevation only")
	}
	return out
}
