package act

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/remediate"
)

// states draws a state that a thing can be in.
func states(thing remediate.Thing) *rapid.Generator[remediate.State] {
	roles := map[remediate.Thing][]string{
		remediate.DirectGrant: {"", "read", "triage", "write", "maintain", "admin", "careful"}, remediate.TeamGrant: {"", "read", "triage", "write", "maintain", "admin", "careful"},
		remediate.TeamMembership: {"", "member", "maintainer"}, remediate.Membership: {"", "outside", "member", "owner"}, remediate.BasePermission: {"none", "read", "write", "admin"},
	}
	return rapid.Custom(func(t *rapid.T) remediate.State {
		yes := rapid.Bool()
		switch thing {
		case remediate.OrgWorkflowToken, remediate.RepoWorkflowToken:
			return workflow(rapid.SampledFrom([]string{"read", "write"}).Draw(t, "token"), yes.Draw(t, "approve"))
		case remediate.Protection:
			return remediate.State{There: true, Gate: drawGate(t)}
		}
		if list := roles[thing]; list != nil {
			role := rapid.SampledFrom(list).Draw(t, "role")
			s := remediate.State{There: role != "", Role: role}
			if thing == remediate.Membership && role == outside {
				s.Held = &remediate.HeldState{Repos: []remediate.HeldRole{{Label: *boat, Role: "write"}, {Label: remediate.Label{ID: 43, Name: "oar"}, Role: "read"}}}
			}
			return s
		}
		if !yes.Draw(t, "there") {
			return remediate.State{}
		}
		switch thing {
		case remediate.DeployKey:
			return remediate.State{There: true, Key: &remediate.KeyState{Title: "robot", Public: keyText, ReadOnly: yes.Draw(t, "read-only")}}
		case remediate.RepoInvitation:
			return remediate.State{There: true, Invite: &remediate.InviteState{Invitee: 16, Login: "visitor",
				Role: rapid.SampledFrom([]string{"read", "triage", "write", "maintain", "admin"}).Draw(t, "role")}}
		}
		return remediate.State{There: true, Invite: &remediate.InviteState{Invitee: 15, Role: "direct_member", Teams: []remediate.Label{{ID: 31}, {ID: 32}}}}
	})
}

func drawGate(t *rapid.T) *remediate.GateState {
	g := &remediate.GateState{WaitTimer: rapid.SampledFrom([]int{0, 5, 60}).Draw(t, "wait"), PreventSelfReview: rapid.Bool().Draw(t, "self"),
		AdminBypass: truth(rapid.Bool().Draw(t, "bypass")), Branches: rapid.SampledFrom([]string{"any", "protected", "selected", "selected"}).Draw(t, "branches")}
	for _, n := range []string{"user-11", "user-12", "team-31"} {
		if rapid.Bool().Draw(t, n) {
			g.Reviewers = append(g.Reviewers, byNode(n))
		}
	}
	if g.Branches == "selected" {
		for i, n := range []string{"main", "dev*", "v*"} {
			if rapid.Bool().Draw(t, n) {
				g.Patterns = append(g.Patterns, remediate.Pattern{ID: int64(1 + i), Name: n, Type: map[bool]string{true: "tag", false: "branch"}[i == 2]})
			}
		}
	}
	return g
}

var everyThing = []remediate.Thing{remediate.DirectGrant, remediate.TeamGrant, remediate.TeamMembership, remediate.Membership, remediate.OrgInvitation,
	remediate.RepoInvitation, remediate.DeployKey, remediate.Protection, remediate.OrgWorkflowToken, remediate.RepoWorkflowToken, remediate.BasePermission}

func changeOf(thing remediate.Thing, before, after remediate.State) remediate.Change {
	return remediate.Change{Thing: thing, Org: acme, Repo: boat, Team: crew, User: user(12, "bodil"), Env: east,
		Key: &remediate.Label{ID: 801}, Invitation: &remediate.Label{ID: 501}, Before: before, After: after}
}

// TestStepsReachTheWantedStateAndAreNeverWider goes every way between two states
// of every thing, on a model of GitHub. After each step the steps that are left are
// the same, so that a way that broke off is gone to its end.
func TestStepsReachTheWantedStateAndAreNeverWider(t *testing.T) {
	if len(everyThing) != len(things) {
		t.Fatalf("%d things are tried, of %d", len(everyThing), len(things))
	}
	for _, thing := range everyThing {
		t.Run(string(thing), rapid.MakeCheck(func(t *rapid.T) {
			before, after := states(thing).Draw(t, "before"), states(thing).Draw(t, "after")
			c := changeOf(thing, before, after)
			steps, err := Steps(c, before)
			if err != nil {
				if thing == remediate.OrgInvitation && before.There && after.There {
					return // GitHub changes none in place
				}
				t.Fatal(err)
			}
			if before.Same(after) != (len(steps) == 0) {
				t.Fatalf("%d steps from %s to %s", len(steps), show(before), show(after))
			}
			m, now := &model{c: c, next: 100}, before
			for i, s := range steps {
				if now, err = m.apply(now, s); err != nil {
					t.Fatalf("step %d: %v", i, err)
				}
				if wider(now, before, after) {
					t.Fatalf("after step %d of the way from %s to %s it is %s", i, show(before), show(after), show(now))
				}
				rest, err := Steps(c, now)
				if err != nil || !sameWay(rest, steps[i+1:]) {
					t.Fatalf("after step %d the rest is %+v (%v), not %+v", i, rest, err, steps[i+1:])
				}
			}
			if !now.Same(after) {
				t.Fatalf("the way from %s ends at %s, not at %s", show(before), show(now), show(after))
			}
			if twice := c.Inverse().Inverse(); !twice.Before.Same(c.Before) || !twice.After.Same(c.After) {
				t.Fatal("the inverse of the inverse is another change")
			}
		}))
	}
}

func sameWay(a, b []Step) bool {
	return slices.EqualFunc(a, b, func(x, y Step) bool {
		return x.Method == y.Method && x.Path == y.Path && string(x.Body) == string(y.Body)
	})
}

func show(s remediate.State) string {
	if s.Gate != nil {
		return fmt.Sprintf("%+v", *s.Gate)
	}
	return fmt.Sprintf("%t %s %+v %+v %+v", s.There, s.Role, s.Key, s.Invite, s.Token)
}

// wider reports whether now lets in what neither end does.
func wider(now, before, after remediate.State) bool {
	if now.Gate != nil {
		for _, p := range open(now.Gate) {
			fits := func(e *remediate.GateState) bool {
				return slices.ContainsFunc(open(e), func(o remediate.Pattern) bool { return o.Name == p.Name && o.Type == p.Type }) && holds(e, now.Gate)
			}
			if !fits(before.Gate) && !fits(after.Gate) {
				return true
			}
		}
		return false
	}
	return width(now) > max(width(before), width(after))
}

// open lists what may deploy, any and protected branches as one each.
func open(g *remediate.GateState) []remediate.Pattern {
	if g.Branches != "selected" {
		return []remediate.Pattern{{Name: "(" + g.Branches + ")"}}
	}
	return g.Patterns
}

// holds reports whether the gate now holds back all that e holds back.
func holds(e, now *remediate.GateState) bool {
	if len(e.Reviewers) > 0 {
		if len(now.Reviewers) == 0 {
			return false
		}
		for _, r := range now.Reviewers {
			if !slices.ContainsFunc(e.Reviewers, func(o remediate.Reviewer) bool { return o.Kind == r.Kind && o.ID == r.ID }) {
				return false
			}
		}
	}
	return now.WaitTimer >= e.WaitTimer && (now.PreventSelfReview || !e.PreventSelfReview) && (!*now.AdminBypass || *e.AdminBypass)
}

// width is how much a state lets somebody do.
func width(s remediate.State) int {
	role := s.Role
	if s.Invite != nil {
		role = s.Invite.Role
	}
	switch {
	case !s.There:
		return -1
	case s.Key != nil:
		return map[bool]int{true: 0, false: 1}[s.Key.ReadOnly]
	case s.Token != nil:
		return slices.Index([]string{"read", "write"}, s.Token.Default)
	}
	return slices.Index([]string{"none", "outside", "direct_member", "member", "read", "triage", "write", "careful", "maintain", "maintainer", "owner", "admin"}, role)
}

// TestStepsOfWhatIsNotKnownAreNone asks for ways that would have to guess.
func TestStepsOfWhatIsNotKnownAreNone(t *testing.T) {
	half := gateTrip(func(g *remediate.GateState) { g.AdminBypass = nil; g.Branches = "any" })
	seven := gateTrip(func(g *remediate.GateState) {
		for i := range int64(7) {
			g.Reviewers = append(g.Reviewers, byNode(fmt.Sprintf("user-%d", 100+i)))
		}
	})
	for name, c := range map[string]remediate.Change{
		"bypass not told":        half,
		"seven reviewers":        seven,
		"no role":                {Thing: remediate.DirectGrant, Org: acme, Repo: boat, User: user(1, "x"), Before: grant("read"), After: grant("")},
		"a role that is none":    {Thing: remediate.TeamMembership, Org: acme, Team: crew, User: user(1, "x"), Before: grant("member"), After: grant("chief")},
		"a base that is none":    {Thing: remediate.BasePermission, Org: acme, Before: grant("read"), After: grant("triage")},
		"a token that is none":   {Thing: remediate.OrgWorkflowToken, Org: acme, Before: workflow("read", false), After: workflow("all", false)},
		"a key without its half": {Thing: remediate.DeployKey, Org: acme, Repo: boat, Key: &remediate.Label{ID: 1}, After: remediate.State{There: true, Key: &remediate.KeyState{}}},
		"an outsider of nothing": {Thing: remediate.Membership, Org: acme, User: user(1, "x"), After: grant("outside")},
		"nobody invited":         {Thing: remediate.OrgInvitation, Org: acme, Invitation: &remediate.Label{ID: 1}, After: remediate.State{There: true, Invite: &remediate.InviteState{Login: "x", Role: "admin"}}},
		"no such thing":          {Thing: "ruleset", Org: acme, Before: grant("a"), After: grant("b")},
	} {
		if steps, err := Steps(c, c.Before); err == nil {
			t.Errorf("%s: %+v", name, steps)
		}
	}
}
