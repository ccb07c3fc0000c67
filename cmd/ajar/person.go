package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	engine "github.com/eb661601/ajar/remediate/run"
)

// person is who sits at the command line: whom their own token names, never a
// typed name. An app has no person, so where it is read with one, the person's
// token is asked for apart.
func (a *app) person(ctx context.Context, c *config.Config, org string) (engine.Person, error) {
	client, err := a.personal(ctx, c, org)
	if err != nil {
		return engine.Person{}, err
	}
	me, err := audit.Me(ctx, client)
	switch {
	case errors.Is(err, github.ErrUnauthenticated):
		return engine.Person{}, err
	case err != nil:
		return engine.Person{}, withHint(fmt.Errorf("finding out who you are: %w", err), "it takes a person: --auth gh, or a token of your own in AJAR_GITHUB_TOKEN")
	}
	return engine.Person{ID: me.ID, Login: me.Login}, nil
}

// personal is a client with the person's own token.
func (a *app) personal(ctx context.Context, c *config.Config, org string) (*github.Client, error) {
	if a.flags.auth == "" && len(c.GitHub.Read) > 0 && c.GitHub.Read[0].IsApp() {
		own := *c
		own.GitHub.Read = nil // the token variables say who it is
		c = &own
		if _, err := a.token(ctx, c); err != nil {
			return nil, withHint(usage("it is not known who you are: GitHub is read as an app, which is no person"),
				"--auth gh, or a token of your own in AJAR_GITHUB_TOKEN, GH_TOKEN or GITHUB_TOKEN; it only says who you are")
		}
	}
	r, err := a.readers(ctx, c)
	if err != nil {
		return nil, err
	}
	return r.client(r.list[0], org)
}

// approvers asks GitHub who may approve.
type approvers struct {
	client *github.Client
	org    string
	listed []string // [remediate] approvers
}

// Approver reports whether the person is among the approvers now.
func (x approvers) Approver(ctx context.Context, p engine.Person) (bool, error) {
	return audit.Approver(ctx, x.client, x.org, x.listed, audit.Person{ID: p.ID, Login: p.Login})
}

// approversOf reads with the preferred read credential.
func (a *app) approversOf(ctx context.Context, c *config.Config, org string) (engine.Approvers, error) {
	r, err := a.readers(ctx, c)
	if err != nil {
		return nil, err
	}
	client, err := r.client(r.list[0], org)
	return approvers{client: client, org: org, listed: c.Remediate.Approvers}, err
}
