package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
)

func newAccess(a *app) *cobra.Command {
	var everyone, rows bool
	var at, since string
	cmd := &cobra.Command{
		Use:   "access PRINCIPAL",
		Short: "Say everything that a principal can reach, and how",
		Long: `Say what one principal can reach in the newest stored snapshot, with every path:
the organization, repositories, environments. --all lists everybody's access,
row by row, however large the organization.

With --since, say instead what came to the principal and what went, when, and why:
given directly, a team joined, a team given it; by which plan and run of ajar, for
which rule and on whose word, or out of band, by whom as far as GitHub's audit log
tells; and what the audits said of it, with waivers and when they ended. What was not
seen in that time comes first: pauses between snapshots, data that was not read to its
end; then the exit code is 3. Those who left, and those who were called otherwise, are
found by any name they had.`,
		Example: `  ajar access user:alice
  ajar access team:acme/sre -o csv
  ajar access user:alice --since 2026-01-01
  ajar access --all -o json > matrix.json`,
		Args: func(cmd *cobra.Command, args []string) error {
			if everyone {
				return exactly()(cmd, args)
			}
			return exactly("a PRINCIPAL, or --all")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if since != "" && (at != "" || everyone) {
				return withHint(usage("--since goes with neither --at nor --all"), "one PRINCIPAL, from --since until now")
			}
			if f, err := a.format(); err == nil && since != "" && f == report.OCSF {
				return withHint(usage("--since is not told as ocsf"), "one of table, json, csv")
			}
			if since != "" {
				return a.historyOf(cmd.Context(), args[0], since, rows)
			}
			if everyone {
				return a.matrix(cmd.Context(), at, rows)
			}
			return a.accessOf(cmd.Context(), args[0], at, rows)
		},
	}
	cmd.Flags().BoolVar(&everyone, "all", false, "everybody on everything")
	atFlag(cmd, &at)
	cmd.Flags().StringVar(&since, "since", "", "what came and went since `TIME`: 2026-01-01 (its beginning, in UTC), RFC 3339, yesterday, 2026-Q1 or 2026 (the beginning of it), 30d ago, or #12 for a snapshot")
	rowsFlag(cmd, &rows)
	return also(cmd, report.OCSF)
}

func rowsFlag(cmd *cobra.Command, rows *bool) {
	cmd.Flags().BoolVar(rows, "all-rows", false, "tables fold nothing: every row and every way")
}

func atFlag(cmd *cobra.Command, at *string) {
	cmd.Flags().StringVar(at, "at", "", "as of `TIME`: 2026-05-31 (its end, in UTC), RFC 3339, yesterday, 2026-Q1 or 2026 (the end of it), 7d for a week ago, or #12 for a snapshot; answered from the newest snapshot before it")
}

func (a *app) accessOf(ctx context.Context, principal, at string, rows bool) error {
	kind, name, err := split(principal)
	if err != nil {
		return err
	}
	if words, ok := privileges[kind]; ok {
		return withHint(usage("%s is a resource, and access says what a principal reaches", principal),
			"%s who-can %s %s says who reaches it", a.program, words[0], principal)
	}
	return a.consult(ctx, orgOf(kind, name), at, func(w *work, v audit.View) (report.View, error) {
		p, err := lookUp(ctx, w.store, v.Snapshot, kind, name)
		if err != nil {
			return nil, err
		}
		view := report.Access{
			Org: orgNamed(v.Snapshot), At: v.Info.At, Gaps: append(w.unseen, touching(report.Gaps(v.Snapshot, w.config.Collect.Without...), accessAreas)...),
			Principal: p, Rows: ask(v).of(p.Ref), Asked: at, Version: buildVersion().Version,
		}
		a.exit(status(view.Exit()))
		w.all = rows
		return view, nil
	})
}

func (a *app) matrix(ctx context.Context, at string, rows bool) error {
	return a.consult(ctx, "", at, func(w *work, v audit.View) (report.View, error) {
		view := report.Matrix{
			Org: orgNamed(v.Snapshot), At: v.Info.At, Gaps: append(w.unseen, touching(report.Gaps(v.Snapshot, w.config.Collect.Without...), accessAreas)...),
			Rows: ask(v).everything(), Version: buildVersion().Version,
		}
		a.exit(status(view.Exit()))
		w.all = rows
		return view, nil
	})
}

func orgNamed(s *access.Snapshot) access.Named {
	r := access.Ref{Kind: access.Org, ID: s.Org.ID}
	return access.Named{Ref: r, Name: s.Name(r)}
}
