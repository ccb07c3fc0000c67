package main

import (
	"slices"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

func TestWhatCannotBeUndoneIsSaidOnce(t *testing.T) {
	key, mail := "the key's number", "the mail that was sent"
	actions := []remediate.Action{
		{ID: "a", Irreversible: []string{mail}}, {ID: "b", Irreversible: []string{key}}, {ID: "c", Irreversible: []string{key}},
		{ID: "d"}, {ID: "e", Irreversible: []string{key, mail}},
	}
	if got, want := forGood(actions, nil), []string{mail + " (of 1, 5)", key + " (of 2-3, 5)"}; !slices.Equal(got, want) {
		t.Errorf("got %q, not %q", got, want)
	}
	done := map[string]bool{"a": true, "d": true, "e": true}
	if got, want := forGood(actions, done), []string{key + " (of all 2)"}; !slices.Equal(got, want) {
		t.Errorf("with three of them done: %q, not %q", got, want)
	}
}

func TestTheSecondPersonOfAServedWorldIsAnotherOwner(t *testing.T) {
	w := &githubsim.World{
		Users: []*githubsim.User{{Login: "ann", Type: "User"}, {Login: "robot", Type: "Bot"}, {Login: "bea", Type: "User"}, {Login: "cy", Type: "User"}},
		Orgs: []*githubsim.Org{{Login: "acme", Members: []*githubsim.Member{
			{Login: "cy", Role: "member"}, {Login: "ann", Role: "admin"}, {Login: "robot", Role: "admin"}, {Login: "bea", Role: "admin"},
		}}},
	}
	if got := secondOwner(w); got != "bea" {
		t.Errorf("the second person is %q", got)
	}
	w.Orgs[0].Members = w.Orgs[0].Members[:3]
	if got := secondOwner(w); got != "" {
		t.Errorf("with one owner who is a person, the second one is %q", got)
	}
	if got := secondOwner(githubsim.Demo()); got != demoApprover {
		t.Errorf("the second person of the demo is %q", got)
	}
}
