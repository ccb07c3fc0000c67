package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
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
	listed []string        // [remediate] approvers
	people []access.Person // of the newest snapshot
}

// Approver reports whether the person is among the approvers now. Who has the login
// of one, which was somebody else's when the newest snapshot was taken, is not: that
// is a name that was given up and taken, until somebody looks and collects again.
func (x approvers) Approver(ctx context.Context, p engine.Person) (bool, error) {
	return audit.Approver(ctx, x.client, x.org, x.listedFor(p), audit.Person{ID: p.ID, Login: p.Login})
}

func (x approvers) listedFor(p engine.Person) []string {
	i := slices.IndexFunc(x.people, func(o access.Person) bool { return strings.EqualFold(o.Login, p.Login) })
	if i < 0 || x.people[i].ID == p.ID {
		return x.listed
	}
	return slices.DeleteFunc(slices.Clone(x.listed), func(l string) bool { return strings.EqualFold(l, "user:"+p.Login) })
}

// approvers reads with the preferred read credential.
func (x *carrying) approvers(ctx context.Context) (engine.Approvers, error) {
	r, err := x.a.readers(ctx, x.config)
	if err != nil {
		return nil, err
	}
	client, err := r.client(r.list[0], x.org)
	return approvers{client: client, org: x.org, listed: x.config.Remediate.Approvers, people: x.was.Snapshot.People}, err
}
