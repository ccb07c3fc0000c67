package main

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
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
	affectedToken = "ajartest-affected" // of somebody whom plans affect
)

// simKey is where a script finds the GitHub that can be changed.
type simKey struct{}

// movable is a GitHub that can be changed, with a clock that can be moved.
type movable struct {
	*githubsim.Server
	ahead atomic.Int64 // nanoseconds
}

// changeable is a GitHub with the demo organization that can be changed, by the
// token for changes alone.
func changeable(e *testscript.Env) *movable {
	w := githubsim.Demo()
	w.ShiftTo(time.Now())
	seeing := githubsim.Scope{Owner: true, ReadOnly: true}
	sim := &movable{}
	now := func() time.Time { return time.Now().Add(time.Duration(sim.ahead.Load())) }
	sim.Server = githubsim.New(w, githubsim.Options{Writable: true, Now: now, Tokens: []githubsim.Token{
		{Value: ownerToken, Login: "mirela-okafor", Scope: seeing},
		{Value: approverToken, Login: "tendai-lindqvist", Scope: seeing},
		{Value: otherToken, Login: "hugo-marangoni", Scope: seeing},
		{Value: affectedToken, Login: "wenqian-duarte", Scope: githubsim.OwnerScope},
		{Value: writerToken, Login: "ines-haugen", Scope: githubsim.OwnerScope},
	}})
	e.Values[simKey{}] = sim
	e.Setenv("APPROVER_TOKEN", approverToken)
	e.Setenv("OTHER_TOKEN", otherToken)
	e.Setenv("AFFECTED_TOKEN", affectedToken)
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
	all := changeableOf(ts).Mutations()
	if len(all) != want {
		for _, m := range all {
			ts.Logf("%s %s: %d", m.Method, m.Path, m.Status)
		}
		ts.Fatalf("%d requests for a change, not %d", len(all), want)
	}
}

func changeableOf(ts *testscript.TestScript) *movable {
	sim, ok := ts.Value(simKey{}).(*movable)
	if !ok {
		ts.Fatalf("there is no GitHub that can be changed")
	}
	return sim
}

// later DURATION moves the clock of the GitHub that can be changed.
func laterBy(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: later DURATION")
	}
	d, err := time.ParseDuration(args[0])
	ts.Check(err)
	changeableOf(ts).ahead.Add(int64(d))
}

// meanwhile WHAT WHOM changes something behind ajar's back: owner gives somebody
// ownership, member takes it, and direct REPO ROLE WHOM sets a direct grant.
func meanwhile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: meanwhile owner|member LOGIN, meanwhile direct REPO ROLE LOGIN")
	}
	changeableOf(ts).Mutate(func(w *githubsim.World) {
		o := w.Orgs[0]
		switch args[0] {
		case "owner", "member":
			for _, m := range o.Members {
				if m.Login == args[1] {
					m.Role = map[string]string{"owner": "admin", "member": "member"}[args[0]]
				}
			}
		case "direct":
			for _, r := range o.Repos {
				if r.Name == args[1] {
					r.Collaborators = slices.DeleteFunc(r.Collaborators, func(c *githubsim.Collaborator) bool { return c.Login == args[3] })
					r.Collaborators = append(r.Collaborators, &githubsim.Collaborator{Login: args[3], Permission: args[2]})
				}
			}
		default:
			ts.Fatalf("nothing is called %s", args[0])
		}
	})
}

// setenv FILE sets the variables that a file or stdout names, one NAME=VALUE a line.
func setEnv(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: setenv FILE")
	}
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			ts.Setenv(name, value)
		}
	}
}

// keyof FILE makes the key in force, of what "ajar keys -o json" said, the variable KEY.
func keyOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: keyof FILE")
	}
	var doc struct {
		Keys []struct {
			Key string `json:"public_key"`
		} `json:"keys"`
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &doc))
	ts.Setenv("KEY", doc.Keys[len(doc.Keys)-1].Key)
}

// hashof FILE makes the hash of a saved plan the variable HASH.
func hashOf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: hashof FILE")
	}
	var p struct{ Hash string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &p))
	ts.Setenv("HASH", p.Hash)
}

// written N waits until the GitHub of the script has got N requests for a change.
func written(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: written N")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	tick := time.NewTicker(5 * time.Millisecond) // another process sends it: there is nothing else to wait on
	defer tick.Stop()
	for range 4000 {
		if len(changeableOf(ts).Mutations()) >= want {
			return
		}
		<-tick.C
	}
	ts.Fatalf("%d requests for a change did not come", want)
}
