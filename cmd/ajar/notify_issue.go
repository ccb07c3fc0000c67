package main

import (
	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/notify"
)

// issue makes what keeps one issue up to date: a client that can send nothing else, with
// a credential of its own.
func (a *app) issue(c *config.Config, ch config.Channel, mark string) (notify.Issue, error) {
	o, err := a.connection(c)
	if err != nil {
		return nil, err
	}
	secret, err := ch.Token(a.getenv)
	if err != nil {
		return nil, err
	}
	o.Source = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: secret.Reveal(), TokenType: "Bearer"})
	o.Reserve, o.MaxWait = nil, -1
	k, err := github.NewIssueKeeper(o, ch.Repository, mark)
	if err != nil {
		return nil, err
	}
	return k, nil
}
