package run

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

func membership(who *remediate.Label, before, after string) remediate.Change {
	return remediate.Change{Thing: remediate.Membership, Org: acme, User: who, Before: has(before), After: has(after)}
}

// What nobody would do, and what keeps it from being done, asked of GitHub as it
// is when the action's turn comes.
func TestGuardsAreAskedLiveBeforeEachAction(t *testing.T) {
	third := user(3, "third")
	for _, c := range []struct {
		name    string
		replace []string // of the lab
		guards  func(*remediate.Guards)
		change  remediate.Change
		want    string // in what the refusal says; "": it is carried out
	}{
		{name: "an owner too few", replace: []string{`{"login":"second","role":"admin"`, `{"login":"second","role":"member"`},
			change: membership(third, "owner", "member"), want: "1 owners who are people"},
		{name: "enough owners stay", change: membership(third, "owner", "member")},
		{name: "owners fell below by another hand, whatever the action is",
			replace: []string{`{"login":"second","role":"admin"`, `{"login":"second","role":"member"`, `{"login":"third","role":"admin"`, `{"login":"third","role":"member"`},
			change:  guestOff(boat), want: "owners who are people"},
		{name: "protected by the login of today", guards: func(g *remediate.Guards) { g.Protected = []string{"user:Guest"} },
			change: guestOff(boat), want: "user:Guest is protected"},
		{name: "ajar itself", change: membership(user(1, "root"), "owner", "member"), want: "who makes the changes"},
		{name: "the last administrator", replace: []string{`{"login":"bodil","permission":"admin"}`, `{"login":"bodil","permission":"push"}`},
			change: direct(user(11, "annika"), boat, "admin", "write"), want: "boat would have no administrator but the owners"},
		{name: "another administrator stays", change: direct(user(11, "annika"), boat, "admin", "write")},
		{name: "owners alone are allowed", replace: []string{`{"login":"bodil","permission":"admin"}`, `{"login":"bodil","permission":"push"}`},
			guards: func(g *remediate.Guards) { g.AllowOwnerOnly = true }, change: direct(user(11, "annika"), boat, "admin", "write")},
		{name: "the last reviewer", change: direct(user(12, "bodil"), ship, "write", ""), want: "nobody could approve a deployment"},
		{name: "a reviewer is left", replace: []string{`[{"type":"User","name":"bodil"}]`, `[{"type":"User","name":"bodil"},{"type":"User","name":"annika"}]`},
			change: direct(user(12, "bodil"), ship, "write", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t, c.replace...), githubsim.Options{})
			o := b.options()
			if c.guards != nil {
				c.guards(&o.Guards)
			}
			e, err := New(t.Context(), "test", o)
			if err != nil {
				t.Fatal(err)
			}
			r, err := e.Carry(t.Context(), order("plan", c.change, guestOff(ship)))
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" {
				b.expect(r, Done, "verified/carried-out verified/carried-out")
				return
			}
			if r.Ended.How != Stopped || !strings.Contains(r.Actions[0].Why, c.want) || !strings.HasPrefix(states(r), "refused/") || !strings.HasSuffix(states(r), " not-tried") {
				t.Errorf("%s %q: %s", r.Ended.How, states(r), r.Actions[0].Why)
			}
			if got := b.writes(false); len(got) != 0 {
				t.Errorf("sent was %q", got)
			}
		})
	}
}

func TestNothingBeginsWhereItIsNotKnownWhoMakesTheChanges(t *testing.T) {
	b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{{Kind: githubsim.GraphQL, Match: "viewer", Action: githubsim.DataNull}}})
	_, err := b.engine().Carry(t.Context(), order("plan", guestOff(boat)))
	if err == nil || len(b.writes(false)) != 0 || len(b.kinds(RunID("plan"))) != 0 {
		t.Errorf("%v; sent was %q, journaled %q", err, b.writes(false), b.kinds(RunID("plan")))
	}
}

func TestJournalNamesWhoTheRunActsAs(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	r := b.carry(guestOff(boat))
	again, err := Load(t.Context(), b.store, r.ID)
	if err != nil || len(again.Begun.As) != 1 || again.Begun.As[0] != (access.Actor{Ref: access.Ref{Kind: access.User, ID: 1}, Login: "root"}) {
		t.Errorf("%v %+v", err, again.Begun.As)
	}
}

func TestWhatIsNotAsThePlanHasItIsSkipped(t *testing.T) {
	for _, c := range []struct {
		name    string
		replace []string
		change  remediate.Change
		want    string
	}{
		{"changed to something else", []string{`{"login":"guest","permission":"push"}`, `{"login":"guest","permission":"triage"}`}, guestOff(boat), "skipped/changed"},
		{"done by somebody else", []string{`,{"login":"guest","permission":"push"}`, ``}, guestOff(boat), "verified/already-done"},
		{"the repository was archived", []string{`"id":41,"visibility":"private"`, `"id":41,"archived":true,"visibility":"private"`}, guestOff(boat), "skipped/changed"},
		{"the repository is another one", []string{`"id":41,`, `"id":43,`}, guestOff(boat), "skipped/changed"},
		{"the repository was renamed", []string{`{"name":"boat"`, `{"name":"raft"`}, guestOff(boat), "verified/carried-out"},
		{"the person was renamed", []string{`"guest"`, `"visitor"`}, guestOff(boat), "verified/carried-out"},
		{"the name is somebody else's", []string{`"login":"guest","id":14`, `"login":"guest","id":24`}, guestOff(boat), "skipped/changed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := start(t, world(t, c.replace...), githubsim.Options{})
			r := b.carry(c.change)
			b.expect(r, Done, c.want)
			if n := len(b.writes(false)); (n == 0) != (c.want != "verified/carried-out") {
				t.Errorf("sent was %q", b.writes(false))
			}
		})
	}
}
