package main

import (
	"slices"

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

// withoutIssues leaves out the channels that hold a credential which can write, for a
// daemon that must have none.
func withoutIssues(n config.Notify) config.Notify {
	gone := map[string]bool{}
	n.Channels = slices.DeleteFunc(slices.Clone(n.Channels), func(c config.Channel) bool {
		gone[c.Name] = c.Kind == config.GitHubIssue
		return gone[c.Name]
	})
	var routes []config.Route
	for _, r := range n.Routes {
		all := len(r.Channels) == 0
		r.Channels = slices.DeleteFunc(slices.Clone(r.Channels), func(name string) bool { return gone[name] })
		if all || len(r.Channels) > 0 { // an empty list would stand for every channel
			routes = append(routes, r)
		}
	}
	if len(n.Routes) > 0 && len(routes) == 0 { // and no route for the one of the defaults
		n.Channels = nil
	}
	n.Routes = routes
	return n
}
