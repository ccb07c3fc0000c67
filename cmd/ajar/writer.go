package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/shurcooL/githubv4"
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/doctor"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
)

// hands are what changes an organization: a writer, and a reader with the same
// credential, which is the one of [github.write]. In mode dry-run there are none,
// whoever asks.
func (a *app) hands(ctx context.Context, c *config.Config, org string) (*act.Hands, error) {
	if c.Remediate.Mode == "dry-run" {
		return nil, withHint(usage("mode dry-run changes nothing, so the credential for changes is not loaded"),
			`[remediate] mode = "approve" carries out plans that people approved`)
	}
	o, made, err := a.writerOptions(ctx, c, org)
	if err != nil {
		return nil, err
	}
	read, err := github.New(o)
	if err != nil {
		return nil, err
	}
	named, err := organizationOf(ctx, read, org)
	if err != nil {
		return nil, err
	}
	o.Reserve = nil // of changes a tenth is left in any case
	write, err := github.NewWriter(o)
	if err != nil {
		return nil, err
	}
	return act.New(act.Options{Read: read, Write: write, App: made, Org: named, Now: a.now}), nil
}

// writerOptions say how GitHub is reached with the credential for changes. The app is
// nil where it is a token.
func (a *app) writerOptions(ctx context.Context, c *config.Config, org string) (github.Options, *github.App, error) {
	if c.GitHub.Write == nil {
		return github.Options{}, nil, withHint(usage("there is no credential for changes"), "%s names it: [github.write] (docs/permissions.md says what it needs)", c.Path)
	}
	o, err := a.connection(c)
	if err != nil {
		return o, nil, err
	}
	secret, err := a.writeSecret(ctx, c)
	if err != nil {
		return o, nil, err
	}
	from := *c.GitHub.Write
	if !from.IsApp() {
		o.Source = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: secret.Reveal(), TokenType: "Bearer"})
		return o, nil, nil
	}
	key, err := github.ParseKey(secret.Reveal())
	if err != nil {
		line, hint := github.Explain(err)
		return o, nil, withHint(fmt.Errorf("[github.write]: %s", line), "%s", hint)
	}
	issuer := from.ClientID
	if issuer == "" {
		issuer = strconv.FormatInt(from.AppID, 10)
	}
	made, err := github.NewApp(ctx, o, github.AppOptions{Issuer: issuer, Key: key, Organization: org, Writes: true},
		func(line string) { a.remark("warning: %s", line) })
	if err != nil {
		return o, nil, err
	}
	o.Source = made
	return o, made, nil
}

// writeSecret loads the credential for changes. It must be none that is read with.
func (a *app) writeSecret(ctx context.Context, c *config.Config) (config.Secret, error) {
	secret, err := c.GitHub.WriteSecret(a.getenv)
	if errors.Is(err, config.ErrNoToken) {
		return secret, withHint(err, "%s says where it is: [github.write]", c.Path)
	}
	if err != nil {
		return secret, err
	}
	if len(c.GitHub.Read) > 0 && a.flags.auth == "" {
		return secret, nil
	}
	// Without [[github.read]] it is read with what the environment holds.
	if other, err := a.token(ctx, c); err == nil && other.Reveal() == secret.Reveal() {
		return config.Secret{}, withHint(usage("[github.write] holds the same token as ajar reads with: they must be two"),
			"reading and writing are two credentials, so that the collector can never write")
	}
	return secret, nil
}

// organizationOf finds the organization's numbers by its login.
func organizationOf(ctx context.Context, c *github.Client, login string) (remediate.Label, error) {
	var q struct {
		Organization *struct {
			ID         string
			DatabaseID int64
			Login      string
		} `graphql:"organization(login:$login)"`
		RateLimit *github.RateLimit
	}
	err := c.Query(ctx, &q, map[string]any{"login": githubv4.String(login)})
	switch {
	case err != nil:
		return remediate.Label{}, fmt.Errorf("finding the organization %s with [github.write]: %w", login, err)
	case q.Organization == nil || q.Organization.DatabaseID == 0:
		return remediate.Label{}, fmt.Errorf("finding the organization %s with [github.write]: it is not shown", login)
	}
	return remediate.Label{ID: q.Organization.DatabaseID, NodeID: q.Organization.ID, Name: q.Organization.Login}, nil
}

// writingPatient is the credential for changes as the doctor looks at it: by reads
// alone, whatever the mode. Nil: none is configured.
func (a *app) writingPatient(ctx context.Context, c *config.Config) *doctor.Credential {
	if c.GitHub.Write == nil {
		return nil
	}
	p := &doctor.Credential{Name: c.GitHub.Write.Label(), App: c.GitHub.Write.IsApp()}
	secret, err := a.writeSecret(ctx, c)
	if err != nil {
		p.Err = err
		return p
	}
	if !p.App {
		p.Kind = github.KindOf(secret.Reveal())
	}
	p.Client = func(org string) (*github.Client, error) {
		o, _, err := a.writerOptions(ctx, c, org)
		if err != nil {
			return nil, err
		}
		o.Timeout, o.MaxWait, o.Reserve = patience, -1, nil
		return github.New(o)
	}
	p.Installation = func(org string) (github.Installation, error) {
		_, made, err := a.writerOptions(ctx, c, org)
		if err != nil {
			return github.Installation{}, err
		}
		return made.Installation()
	}
	return p
}
