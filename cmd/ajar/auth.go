package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strings"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/config"
)

// tokenVariables are asked in this order where no configuration names a
// credential.
var tokenVariables = []string{"AJAR_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"}

// source gives the credential that GitHub is read with, and says where it comes
// from.
func (a *app) source(ctx context.Context, c *config.Config) (oauth2.TokenSource, error) {
	secret, err := a.token(ctx, c)
	if err != nil {
		return nil, err
	}
	return oauth2.StaticTokenSource(&oauth2.Token{AccessToken: secret.Reveal(), TokenType: "Bearer"}), nil
}

func (a *app) token(ctx context.Context, c *config.Config) (config.Secret, error) {
	switch a.flags.auth {
	case "gh":
		return ghToken(ctx, c.GitHub.APIURL)
	case "":
	default:
		return config.Secret{}, withHint(usage("--auth %q is not a way to get a token", a.flags.auth), "leave it out, or write --auth gh")
	}
	if len(c.GitHub.Read) > 0 {
		s, err := c.GitHub.ReadSecret(0, a.getenv)
		if errors.Is(err, config.ErrNoToken) {
			err = withHint(err, "%s says where the token is: [[github.read]]", c.Path)
		}
		return s, err
	}
	for _, name := range tokenVariables {
		if a.getenv(name) != "" {
			return config.Credential{TokenEnv: name}.Token(a.getenv)
		}
	}
	return config.Secret{}, withHint(usage("no token: %s are not set", strings.Join(tokenVariables, ", ")),
		"export AJAR_GITHUB_TOKEN=..., or use --auth gh; with no token at all, try: %s demo", a.program)
}

// ghToken asks GitHub's own command line for its token.
func ghToken(ctx context.Context, apiURL string) (config.Secret, error) {
	host := "github.com"
	if u, err := url.Parse(apiURL); err == nil && u.Hostname() != "api.github.com" {
		host = u.Host
	}
	cmd := exec.CommandContext(ctx, "gh", "auth", "token", "--hostname", host)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return config.Secret{}, withHint(usage("--auth gh: there is no gh command here"), "install GitHub's gh, or export AJAR_GITHUB_TOKEN=...")
		}
		said, _, _ := strings.Cut(strings.TrimSpace(errs.String()), "\n")
		return config.Secret{}, withHint(fmt.Errorf("asking gh for its token: %w: %s", err, said), "gh auth login --hostname %s", host)
	}
	return config.Credential{TokenEnv: "gh"}.Token(func(name string) string {
		if name == "gh" {
			return out.String()
		}
		return ""
	})
}
