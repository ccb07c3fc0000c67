package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/internal/config"
)

func TestDaemonThatOnlyReadsHasNoIssueAndNobodyHearsMoreForIt(t *testing.T) {
	chat, issue := config.Channel{Name: "ops", Kind: config.Slack}, config.Channel{Name: "issue", Kind: config.GitHubIssue}
	route := func(channels ...string) config.Route { return config.Route{Channels: channels} }
	for _, c := range []struct{ in, want config.Notify }{
		{config.Notify{Channels: []config.Channel{chat, issue}}, config.Notify{Channels: []config.Channel{chat}}},
		{config.Notify{Channels: []config.Channel{chat, issue}, Routes: []config.Route{route("issue"), route("ops", "issue"), route()}},
			config.Notify{Channels: []config.Channel{chat}, Routes: []config.Route{route("ops"), route()}}},
		{config.Notify{Channels: []config.Channel{chat, issue}, Routes: []config.Route{route("issue")}}, config.Notify{}},
	} {
		if d := cmp.Diff(c.want, withoutIssues(c.in)); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}
