package main

import (
	"strconv"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/eb661601/ajar/internal/githubsim"
)

// Who acts in the scripts that change something: mirela reads and applies, tendai
// approves, and changes are made with a token of ines. All three are owners that
// the baseline lists.
const (
	approverToken = "ajartest-approver"
	writerToken   = "ajartest-writer"
	otherToken    = "ajartest-member-two"
)

// simKey is where a script finds the GitHub that can be changed.
type simKey struct{}

// changeable is a GitHub with the demo organization that can be changed, by the
// token for changes alone.
func changeable(e *testscript.Env) *githubsim.Server {
	w := githubsim.Demo()
	w.ShiftTo(time.Now())
	seeing := githubsim.Scope{Owner: true, ReadOnly: true}
	sim := githubsim.New(w, githubsim.Options{Writable: true, Tokens: []githubsim.Token{
		{Value: ownerToken, Login: "mirela-okafor", Scope: seeing},
		{Value: approverToken, Login: "tendai-lindqvist", Scope: seeing},
		{Value: otherToken, Login: "hugo-marangoni", Scope: seeing},
		{Value: writerToken, Login: "ines-haugen", Scope: githubsim.OwnerScope},
	}})
	e.Values[simKey{}] = sim
	e.Setenv("APPROVER_TOKEN", approverToken)
	e.Setenv("OTHER_TOKEN", otherToken)
	e.Setenv("OWNER_TOKEN", ownerToken)
	e.Setenv("WRITE_TOKEN", writerToken)
	return sim
}

// writes N holds how many requests for a change the GitHub of the script has got.
func writes(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: writes N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	sim, ok := ts.Value(simKey{}).(*githubsim.Server)
	if !ok {
		ts.Fatalf("there is no GitHub that can be changed")
	}
	all := sim.Mutations()
	if len(all) != want {
		for _, m := range all {
			ts.Logf("%s %s: %d", m.Method, m.Path, m.Status)
		}
		ts.Fatalf("%d requests for a change, not %d", len(all), want)
	}
}
