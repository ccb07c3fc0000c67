package access

import "testing"

func TestEventIsAboutAnEdgeByNumberWhereTheLogTellsIt(t *testing.T) {
	alice, api := Named{Ref{User, 7}, "user:alice"}, Named{Ref{Repo, 3}, "repo:acme/api"}
	sre, acme := Named{Ref{Team, 5}, "team:acme/sre"}, Named{Ref{Org, 1}, "org:acme"}
	prod := Named{Ref{Env, 9}, "env:acme/api/production"}
	key := Named{Ref{Key, 4}, "key:acme/api#4"}
	for _, c := range []struct {
		name    string
		e       Event
		who, on Named
		want    bool
	}{
		{"direct", Event{Action: "repo.add_member", UserID: 7, User: "alice", RepoID: 3, Repo: "api"}, alice, api, true},
		{"a login that is another's by now", Event{Action: "repo.add_member", UserID: 8, User: "alice", RepoID: 3, Repo: "api"}, alice, api, false},
		{"a name that was another repository's", Event{Action: "repo.add_member", UserID: 7, User: "alice", RepoID: 4, Repo: "api"}, alice, api, false},
		{"no numbers", Event{Action: "repo.add_member", User: "Alice", Repo: "API"}, alice, api, true},
		{"no names and no numbers", Event{Action: "repo.add_member"}, alice, api, false},
		{"team", Event{Action: "team.add_repository", Team: "sre", RepoID: 3}, sre, api, true},
		{"another team", Event{Action: "team.add_repository", Team: "web", RepoID: 3}, sre, api, false},
		{"membership", Event{Action: "team.add_member", Team: "sre", UserID: 7}, alice, sre, true},
		{"organization", Event{Action: "org.update_member", UserID: 7}, alice, acme, true},
		{"key", Event{Action: "public_key.create", RepoID: 3}, key, api, true},
		{"gate", Event{Action: "environment.update_protection_rule", Repo: "api", Label: "production"}, Named{}, prod, true},
		{"another gate", Event{Action: "environment.update_protection_rule", Repo: "api", Label: "staging"}, Named{}, prod, false},
		{"an action that takes away", Event{Action: "repo.remove_member", UserID: 7, RepoID: 3}, alice, api, false},
		{"another sort of edge", Event{Action: "repo.add_member", UserID: 7, RepoID: 3}, alice, sre, false},
	} {
		if got := c.e.About(c.who, c.on); got != c.want {
			t.Errorf("%s: %t", c.name, got)
		}
	}
	if Gives("repo.remove_member") || !Gives("team.add_member") {
		t.Error("what gives is mistaken")
	}
}
