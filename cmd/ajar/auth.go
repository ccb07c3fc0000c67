package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strings"

	"github.com/eb661601/ajar/internal/config"
)

// tokenVariables are asked in this order where no configuration names a
// credential.
var tokenVariables = []string{"AJAR_GITHUB_TOKEN", "GH_TOKEN", "GITHUB_TOKEN"}

// token is the credential where the configuration names none.
func (a *app) token(ctx context.Context, c *config.Config) (config.Secret, error) {
	if a.flags.auth == "gh" {
		return ghToken(ctx, c.GitHub.APIURL)
	}
	for _, name := range tokenVariables {
		if a.getenv(name) != "" {
			return config.Credential{TokenEnv: name}.Token(a.getenv)
		}
	}
	return config.Secret{}, withHint(usage("no token: %s are not set", strings.Join(tokenVariables, ", ")),
		"export AJAR_GITHUB_TOKEN=..., or use --auth gh; with no token at all, try: %s demo", a.program)
}

// ghHost is what gh calls the host of an API: github.com, the name of a GitHub
// Enterprise Server, or SUBDOMAIN.ghe.com for api.SUBDOMAIN.ghe.com.
func ghHost(apiURL string) string {
	u, err := url.Parse(apiURL)
	switch {
	case err != nil || u.Hostname() == "api.github.com":
		return "github.com"
	case strings.HasSuffix(strings.ToLower(u.Hostname()), ".ghe.com"):
		return strings.TrimPrefix(strings.ToLower(u.Hostname()), "api.")
	}
	return u.Host
}

// ghToken asks GitHub's own command line for its token.
func ghToken(ctx context.Context, apiURL string) (config.Secret, error) {
	host := ghHost(apiURL)
	cmd := exec.CommandContext(ctx, "gh", "auth", "token", "--hostname", host) //nolint:gosec // one argument of its own, and no shell in between
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
