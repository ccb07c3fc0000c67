package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/report"
)

func newWhoCan(a *app) *cobra.Command {
	var at string
	var rows bool
	cmd := &cobra.Command{
		Use:   "who-can PRIVILEGE RESOURCE",
		Short: "Say who has a privilege on a resource, and by which path",
		Long: `Say who has a privilege, or a higher one, in the newest stored snapshot, with
every path that gives it. Where a path gives less than the person has by another
one, it says what; ajar access PERSON shows also what gives less than was asked.

  on a repository     read, triage, write, maintain, admin
  on an organization  member, owner
  on an environment   deploy, approve, bypass, configure`,
		Example: `  ajar who-can deploy env:acme/api/production
  ajar who-can admin repo:acme/api --at 2026-05-31
  ajar who-can owner org:acme`,
		Args: exactly("a PRIVILEGE", "a RESOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.whoCan(cmd.Context(), args[0], args[1], at, rows)
		},
	}
	atFlag(cmd, &at)
	rowsFlag(cmd, &rows)
	return also(cmd, report.OCSF)
}

// privileges are the words that make sense on each kind of resource.
var privileges = map[access.Kind][]string{
	access.Repo: {"read", "triage", "write", "maintain", "admin"},
	access.Org:  {"member", "owner"},
	access.Env:  {"deploy", "approve", "bypass", "configure"},
}

// environmentAreas and repositoryAreas are what an answer about one resource
// rests on.
var (
	organizationAreas = []access.Area{access.AreaOrganization, access.AreaMembers}
	repositoryAreas   = accessAreas[:len(accessAreas)-3]
)

func (a *app) whoCan(ctx context.Context, word, resource, at string, rows bool) error {
	kind, name, err := split(resource)
	if err != nil {
		return err
	}
	words, ok := privileges[kind]
	if !ok {
		return withHint(usage("%s is not a resource", resource), "ask about org:…, repo:… or env:…; ajar access %s says what a principal reaches", resource)
	}
	p, err := privilegeOn(kind, word, words)
	if err != nil {
		return err
	}
	areas := accessAreas
	switch kind {
	case access.Org:
		areas = organizationAreas
	case access.Repo:
		areas = repositoryAreas
	}
	return a.consult(ctx, orgOf(kind, name), at, func(w *work, v audit.View) (report.View, error) {
		r, err := lookUp(ctx, w.store, v.Snapshot, kind, name)
		if err != nil {
			return nil, err
		}
		view := report.WhoCan{
			Org: orgNamed(v.Snapshot), At: v.Info.At, Gaps: append(w.unseen, touching(report.Gaps(v.Snapshot, w.config.Collect.Without...), areas)...),
			Privilege: p, Resource: r, Note: ask(v).note(p, r.Ref), Rows: ask(v).who(p, r.Ref), Asked: at, Version: buildVersion().Version,
		}
		a.exit(status(view.Exit()))
		w.all = rows
		return view, nil
	})
}

func privilegeOn(kind access.Kind, word string, words []string) (access.Privilege, error) {
	p, ok := access.ParsePrivilege(word)
	on := map[access.Kind]bool{access.Repo: p.OnRepository() && p != access.None, access.Org: p.OnOrganization(), access.Env: p.OnEnvironment()}
	if !ok || !on[kind] {
		return p, withHint(usage("%q is not a privilege on %s", word, kindWord[kind]), "%s", baseline.Suggest(word, words))
	}
	return p, nil
}

var kindWord = map[access.Kind]string{access.Repo: "a repository", access.Org: "an organization", access.Env: "an environment"}
