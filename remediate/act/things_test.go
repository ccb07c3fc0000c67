package act

import (
	"context"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

const keyText = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtleWtleWtleWtleWtleWtleWtleWtleWtleWtleWtleWtl"

func grant(role string) remediate.State { return remediate.State{There: true, Role: role} }

// trip is a change and its way back.
type trip struct {
	name    string
	c       remediate.Change
	invited bool // the way back ends in an invitation
	same    bool // the world is in the end what it was before
}

// trips are changes of every kind of thing, all of which can be undone.
var trips = []trip{
	{"lower direct", remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(11, "annika"), Before: grant("admin"), After: grant("write")}, false, true},
	{"lower custom", remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(12, "bodil"), Before: grant("careful"), After: grant("triage")}, false, true},
	{"remove direct", remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(12, "bodil"), Before: grant("careful")}, false, true},
	{"remove outsider's direct", remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(14, "guest"), Before: grant("write")}, true, false},
	{"lower team", remediate.Change{Thing: remediate.TeamGrant, Org: acme, Repo: boat, Team: crew, Before: grant("write"), After: grant("read")}, false, true},
	{"remove child team", remediate.Change{Thing: remediate.TeamGrant, Org: acme, Repo: boat, Team: deck, Before: grant("maintain")}, false, true},
	{"demote maintainer", remediate.Change{Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(11, "annika"), Before: grant("maintainer"), After: grant("member")}, false, true},
	{"remove team member", remediate.Change{Thing: remediate.TeamMembership, Org: acme, Team: deck, User: user(12, "bodil"), Before: grant("member")}, false, true},
	{"demote owner", remediate.Change{Thing: remediate.Membership, Org: acme, User: user(2, "second"), Before: grant("owner"), After: grant("member")}, false, true},
	{"remove member", remediate.Change{Thing: remediate.Membership, Org: acme, User: user(12, "bodil"), Before: grant("member")}, true, false},
	{"member to outsider", remediate.Change{Thing: remediate.Membership, Org: acme, User: user(12, "bodil"), Before: grant("member"), After: grant("outside")}, true, false},
	{"remove outsider", remediate.Change{Thing: remediate.Membership, Org: acme, User: user(14, "guest"),
		Before: remediate.State{There: true, Role: "outside", Held: &remediate.HeldState{Repos: []remediate.HeldRole{{Label: *boat, Role: "write"}}}}}, true, false},
	{"cancel invitation", remediate.Change{Thing: remediate.OrgInvitation, Org: acme, Invitation: &remediate.Label{ID: 501},
		Before: remediate.State{There: true, Invite: &remediate.InviteState{Login: "waiting", Role: "direct_member"}}}, false, false},
	{"cancel mail", remediate.Change{Thing: remediate.OrgInvitation, Org: acme, Invitation: &remediate.Label{ID: 502},
		Before: remediate.State{There: true, Invite: &remediate.InviteState{Email: "post@example.com", Role: "admin"}}}, false, false},
	{"cancel repository invitation", remediate.Change{Thing: remediate.RepoInvitation, Org: acme, Repo: boat, Invitation: &remediate.Label{ID: 601},
		Before: remediate.State{There: true, Invite: &remediate.InviteState{Invitee: 16, Login: "visitor", Role: "write"}}}, false, false},
	{"lower repository invitation", remediate.Change{Thing: remediate.RepoInvitation, Org: acme, Repo: boat, Invitation: &remediate.Label{ID: 601},
		Before: remediate.State{There: true, Invite: &remediate.InviteState{Invitee: 16, Login: "visitor", Role: "write"}},
		After:  remediate.State{There: true, Invite: &remediate.InviteState{Invitee: 16, Login: "visitor", Role: "read"}}}, false, true},
	{"delete key", remediate.Change{Thing: remediate.DeployKey, Org: acme, Repo: boat, Key: &remediate.Label{ID: 801, Name: "robot"},
		Before: remediate.State{There: true, Key: &remediate.KeyState{Title: "robot", Public: keyText}}}, false, false},
	{"replace key", remediate.Change{Thing: remediate.DeployKey, Org: acme, Repo: boat, Key: &remediate.Label{ID: 801, Name: "robot"},
		Before: remediate.State{There: true, Key: &remediate.KeyState{Title: "robot", Public: keyText}},
		After:  remediate.State{There: true, Key: &remediate.KeyState{Title: "robot", Public: keyText, ReadOnly: true}}}, false, false},
	{"set reviewers", gateTrip(func(g *remediate.GateState) { g.Reviewers = g.Reviewers[:1] }), false, false},
	{"prevent self-review", gateTrip(func(g *remediate.GateState) { g.PreventSelfReview = true }), false, false},
	{"add a reviewer without node id", gateTrip(func(g *remediate.GateState) {
		g.Reviewers = append(g.Reviewers, remediate.Reviewer{Kind: "team", Label: remediate.Label{ID: 31, Name: "crew"}})
	}), false, false},
	{"forbid bypass", gateTrip(func(g *remediate.GateState) { g.AdminBypass = truth(false) }), false, false},
	{"protected branches", gateTrip(func(g *remediate.GateState) { g.Branches, g.Patterns = "protected", nil }), false, false},
	{"any branch", gateTrip(func(g *remediate.GateState) { g.Branches, g.Patterns = "any", nil }), false, false},
	{"other branches", gateTrip(func(g *remediate.GateState) {
		g.Patterns = []remediate.Pattern{{Name: "main", Type: "branch"}, {Name: "v*", Type: "tag"}}
	}), false, false},
	{"all of the gate", gateTrip(func(g *remediate.GateState) {
		*g = remediate.GateState{Reviewers: g.Reviewers[1:], WaitTimer: 60, PreventSelfReview: true, AdminBypass: truth(false), Branches: "selected",
			Patterns: []remediate.Pattern{{Name: "release", Type: "branch"}}}
	}), false, false},
	{"organization's workflow token", remediate.Change{Thing: remediate.OrgWorkflowToken, Org: acme, Before: workflow("write", true), After: workflow("read", false)}, false, true},
	{"repository's workflow token", remediate.Change{Thing: remediate.RepoWorkflowToken, Org: acme, Repo: boat, Before: workflow("write", true), After: workflow("read", true)}, false, true},
	{"base permission", remediate.Change{Thing: remediate.BasePermission, Org: acme, Before: grant("read"), After: grant("none")}, false, true},
}

func truth(b bool) *bool { return &b }

func workflow(to string, approve bool) remediate.State {
	return remediate.State{There: true, Token: &remediate.TokenState{Default: to, CanApprove: approve}}
}

// gateTrip changes the gate of the lab's environment.
func gateTrip(change func(*remediate.GateState)) remediate.Change {
	of := func() *remediate.GateState {
		return &remediate.GateState{
			Reviewers: []remediate.Reviewer{{Kind: "user", Label: *user(11, "annika")}, {Kind: "team", Label: *deck}}, WaitTimer: 5,
			AdminBypass: truth(true), Branches: "selected", Patterns: []remediate.Pattern{{Name: "dev*", Type: "branch"}, {Name: "main", Type: "branch"}},
		}
	}
	after := of()
	change(after)
	return remediate.Change{Thing: remediate.Protection, Org: acme, Repo: boat, Env: east,
		Before: remediate.State{There: true, Gate: of()}, After: remediate.State{There: true, Gate: after}}
}

// TestEveryThingIsSetAndSetBack reads each thing, leads it to another state, and
// back again, and reads it after each.
func TestEveryThingIsSetAndSetBack(t *testing.T) {
	for _, tr := range trips {
		t.Run(tr.name, func(t *testing.T) {
			b := start(t, world(t), githubsim.Options{}, nil)
			b.roundTrip(tr)
		})
	}
}

func (b *bench) roundTrip(tr trip) {
	b.t.Helper()
	before := worldText(b.t, b.sim.Snapshot())
	first, answers := b.carry(tr.c)
	if !first.State.Same(first.Change.Before) || len(answers) == 0 {
		b.t.Fatalf("read %+v, not %+v; %d answers", first.State, first.Change.Before, len(answers))
	}
	if got := b.read(first.Change); !got.State.Same(first.Change.After) {
		b.t.Fatalf("after it: %+v, not %+v", got.State, first.Change.After)
	}
	if _, more := b.carry(first.Change); len(more) > 0 {
		b.t.Fatalf("a second time it took %d calls", len(more))
	}
	back, _ := b.carry(first.Change.Inverse())
	got := b.read(back.Change)
	arrived := got.State.Same(back.Change.After)
	if tr.invited {
		arrived = got.Invited != nil && got.Invited.Same(remediate.State{There: true, Role: back.Change.After.Role})
	}
	if !arrived {
		b.t.Fatalf("after the way back: %+v (invited: %+v), not %+v", got.State, got.Invited, back.Change.After)
	}
	if after := worldText(b.t, b.sim.Snapshot()); tr.same && after != before {
		b.t.Errorf("the world is another in the end:\n%s", after)
	}
}

// TestRenamedThingsAreFoundByTheirNumbers does the same after everything was
// renamed since the plan.
func TestRenamedThingsAreFoundByTheirNumbers(t *testing.T) {
	w := func() *githubsim.World {
		return world(t, `"boat"`, `"ship"`, `"crew"`, `"all-hands"`, `"deck"`, `"upper-deck"`, `"annika"`, `"anna"`, `"bodil"`, `"bo"`, `"guest"`, `"friend"`,
			`"second"`, `"mate"`, `"harbour/east"`, `"harbour/west"`)
	}
	for _, tr := range trips {
		if strings.Contains(tr.name, "without node id") {
			continue // a name is all that there is
		}
		t.Run(tr.name, func(t *testing.T) {
			b := start(t, w(), githubsim.Options{}, nil)
			b.roundTrip(tr)
		})
	}
}

// TestReusedNameIsNoMatch gives every name to something else: the numbers of the
// plan are gone.
func TestReusedNameIsNoMatch(t *testing.T) {
	w := func() *githubsim.World {
		return world(t, `"id":11,`, `"id":1011,`, `"id":12,`, `"id":1012,`, `"id":14,`, `"id":1014,`, `"id":2,`, `"id":1002,`,
			`"id":31,`, `"id":1031,`, `"id":32,`, `"id":1032,`, `"id":41,`, `"id":1041,`)
	}
	for _, byName := range []bool{false, true} {
		for _, tr := range trips {
			if tr.c.Thing == remediate.OrgInvitation || tr.c.Thing == remediate.BasePermission || tr.c.Thing == remediate.OrgWorkflowToken {
				continue // of the organization itself, or not named
			}
			b := start(t, w(), githubsim.Options{}, nil)
			c := own(tr.c)
			if byName {
				for _, p := range places(&c) {
					p.label.NodeID = ""
				}
			}
			if l := b.read(c); l.Moved == "" {
				t.Errorf("%s, by name %t: read as %+v", tr.name, byName, l.State)
			}
			if n := len(b.sim.Mutations()); n != 0 {
				t.Errorf("%s: %d requests to change something", tr.name, n)
			}
		}
	}
}

// TestNamesAloneLeadThereToo is a plan whose snapshot held no node ids.
func TestNamesAloneLeadThereToo(t *testing.T) {
	for _, tr := range trips {
		b := start(t, world(t), githubsim.Options{}, nil)
		c := own(tr.c)
		for _, p := range places(&c) {
			p.label.NodeID = ""
		}
		if l := b.read(c); l.Moved != "" || !l.State.Same(l.Change.Before) {
			t.Errorf("%s: %+v %s", tr.name, l.State, l.Moved)
		}
	}
}

func TestArchivedRepositoryIsLeftAlone(t *testing.T) {
	b := start(t, world(t), githubsim.Options{}, nil)
	l := b.read(remediate.Change{Thing: remediate.DirectGrant, Org: acme, Repo: label("R", 42, "shed"), User: user(11, "annika"), Before: grant("write")})
	if l.Moved != "the repository shed is archived" {
		t.Errorf("%+v", l)
	}
}

func TestOwnerInATeamIsNotDemoted(t *testing.T) {
	b := start(t, world(t), githubsim.Options{}, nil)
	l := b.read(remediate.Change{Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(1, "root"), Before: grant("maintainer"), After: grant("member")})
	if l.Moved == "" {
		t.Errorf("%+v", l)
	}
}

func TestMemberThroughAChildTeamIsNone(t *testing.T) {
	b := start(t, world(t), githubsim.Options{}, nil)
	l := b.read(remediate.Change{Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(12, "bodil"), Before: grant("member")})
	if l.State.There || l.Invited != nil {
		t.Errorf("%+v", l)
	}
	if steps, err := Steps(l.Change, l.State); err != nil || len(steps) != 0 {
		t.Errorf("%v %v", steps, err)
	}
}

// TestGrantThatIsGoneIsNotGivenAnew lowers what somebody took away meanwhile.
func TestGrantThatIsGoneIsNotGivenAnew(t *testing.T) {
	for _, tr := range trips {
		switch tr.c.Thing {
		case remediate.DirectGrant, remediate.TeamGrant, remediate.TeamMembership, remediate.Membership, remediate.RepoInvitation:
			if !tr.c.After.There {
				continue
			}
			if steps, err := Steps(tr.c, remediate.State{}); err == nil {
				t.Errorf("%s: %+v", tr.name, steps)
			}
		}
	}
}

func TestOwnersAndAdminsAreAllOfThem(t *testing.T) {
	b := start(t, world(t), githubsim.Options{}, nil)
	owners, err := b.hands.Owners(context.Background())
	if err != nil || len(owners) != 2 || owners[0].ID+owners[1].ID != 3 {
		t.Errorf("%v %v", owners, err)
	}
	admins, err := b.hands.Admins(context.Background(), *boat)
	if err != nil || len(admins) != 3 {
		t.Errorf("%v %v", admins, err)
	}
	self, err := b.hands.Self(context.Background())
	if err != nil || len(self) != 1 || self[0].ID != 1 {
		t.Errorf("%v %v", self, err)
	}
}

// A gate whose planned approvers are gone would let nobody through, or everybody.
func TestPlannedReviewerThatIsGoneStopsTheChange(t *testing.T) {
	adding := func(r remediate.Reviewer) remediate.Change {
		return gateTrip(func(g *remediate.GateState) { g.Reviewers = append(g.Reviewers, r) })
	}
	for why, gone := range map[string]remediate.Reviewer{
		"the team night (number 77) is gone, or not shown":     {Kind: "team", Label: *label("T", 77, "night")},
		"the account nobody (number 78) is gone, or not shown": {Kind: "user", Label: *user(78, "nobody")},
	} {
		c := adding(gone)
		if l := start(t, world(t), githubsim.Options{}, nil).read(c); l.Moved != why || !l.State.Same(c.Before) {
			t.Errorf("%q, %+v", l.Moved, l.State)
		}
	}
	renamed := start(t, world(t, `"crew"`, `"all-hands"`), githubsim.Options{}, nil)
	if l := renamed.read(adding(remediate.Reviewer{Kind: "team", Label: *crew})); l.Moved != "" || l.Change.After.Gate.Reviewers[2].Name != "all-hands" {
		t.Errorf("%q, %+v", l.Moved, l.Change.After.Gate)
	}
}
