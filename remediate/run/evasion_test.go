package run

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/act"
)

func interruptedCase() Case {
	c := approvedCase()
	c.Former = &Run{ID: "run-x", Ended: &Ended{How: Interrupted}, Begun: Begun{By: Person{1, "mirela"}, Approvals: c.Approvals},
		Actions: []*Past{{ID: "a", State: journal.Intended}}}
	c.Approvals = nil
	return c
}

func TestLimitsAreNotLiftedForARunThatWasBegunWithinThem(t *testing.T) {
	c := interruptedCase()
	if r := c.Decide(); r != nil {
		t.Fatal(r)
	}
	c.Lost = Losses{}
	c.Lost.add([]remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{1, 2, 3}}})
	if r := c.Decide(); r == nil || r.Code != OverLimit {
		t.Errorf("over the limit meanwhile: %v", r)
	}
	c.Allow, c.Reason = 1, "I say so"
	if r := c.Decide(); r == nil || r.Code != NoApproval {
		t.Errorf("lifted by one person alone: %v", r)
	}
	if _, r := c.Authorize(t.Context(), says{ok: true}); r == nil || r.Code != NoApproval {
		t.Errorf("lifted by one person alone: %v", r)
	}
	c.Former.Begun.Allowed = 1
	if r := c.Decide(); r != nil {
		t.Errorf("it was begun on the word for exactly that: %v", r)
	}
}

func TestWhoApprovedARunDoesNotFinishIt(t *testing.T) {
	c := interruptedCase()
	c.By = Person{2, "tendai-under-another-name"}
	if r := c.Decide(); r == nil || r.Code != OwnApproval {
		t.Errorf("%v", r)
	}
	if _, r := c.Authorize(t.Context(), says{ok: true}); r == nil || r.Code != OwnApproval {
		t.Errorf("%v", r)
	}
	if c.By = (Person{3, "somebody"}); c.Decide() != nil {
		t.Errorf("a third person may: %v", c.Decide())
	}
	back := RestoreCase{Restore: Restore{Hash: "h", Above: []string{"a"}}, Now: noon, Mode: ModeApprove, By: Person{2, "tendai"}, Former: c.Former}
	if r := back.Allowed(); r == nil || r.Code != OwnApproval {
		t.Errorf("of a restore: %v", r)
	}
}

func TestRecordNamesWhoFinishesARunAndNotWhoBeganIt(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	o := order("plan", guestOff(boat), guestOff(ship))
	ctx, stop := context.WithCancel(t.Context())
	e := b.engine()
	e.o.Tell = func(Event) { stop() }
	if _, err := e.Carry(ctx, o); err != nil {
		t.Fatal(err)
	}
	seen, err := b.store.JournalOf(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	o.Begun.By = Person{2, "second"}
	r, err := b.engine().Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.expect(r, Done, "verified/carried-out verified/carried-out")
	all, err := b.store.JournalOf(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all[len(seen):] {
		if e.Who != o.Begun.By.String() {
			t.Errorf("%s (entry %d) is said to be of %s", e.Kind, e.Seq, e.Who)
		}
	}
	if r.Begun.By != root {
		t.Errorf("who began it first is %v", r.Begun.By)
	}
}

func TestTakingAwayByPuttingARestoreBackIsDecidedLikeAPlan(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	r := b.carry(direct(user(11, "annika"), boat, "admin", "write"), direct(user(12, "bodil"), ship, "write", "read"))
	back, _ := b.restore(r.ID, everything)
	b.expect(back, Done, "verified/carried-out verified/carried-out")
	again, err := NewRestore(back, nothing, "", "")
	if err != nil || len(again.Takes) != 2 || len(again.Above) != 0 {
		t.Fatalf("%+v %v", again, err)
	}
	c := RestoreCase{Restore: again, Now: noon, Mode: ModeApprove, By: root,
		Guards: remediate.Guards{MaxChanges: 2, MaxFraction: 1}, Populations: map[string]int{"member": 10}}
	if got := c.Allowed(); got == nil || got.Code != NoApproval {
		t.Errorf("by one person alone: %v", got)
	}
	c.Approvals = []Approval{Agree(Person{2, "second"}, noon, 0, "", "cli")}
	if got := c.Allowed(); got != nil {
		t.Errorf("by two: %v", got)
	}
	c.Guards.MaxChanges = 1
	if got := c.Allowed(); got == nil || got.Code != OverLimit {
		t.Errorf("two of one: %v", got)
	}
	one := 1
	c.Guards = remediate.Guards{MaxChanges: 9, MaxFraction: 1, Limits: map[string]remediate.Limit{"member": {Max: &one}}}
	if got := c.Allowed(); got == nil || got.Code != OverLimit {
		t.Errorf("two members of one: %v", got)
	}
	c.Guards = remediate.Guards{MaxChanges: 9, MaxFraction: 0.1}
	if got := c.Allowed(); got == nil || got.Code != OverLimit || !strings.Contains(got.Why, "limits.member.fraction: 2 of 10") {
		t.Errorf("two of ten where one is the limit: %v", got)
	}
	c.Guards.MaxFraction = 1
	for _, unknown := range []map[string]int{nil, {"member": -1}, {"owner": 10}} {
		c.Populations = unknown
		if got := c.Allowed(); got == nil || got.Code != OverLimit || !strings.Contains(got.Why, "not known") {
			t.Errorf("of how many is not known: %v", got)
		}
	}
	c.Populations = map[string]int{"member": 10}
	c.Guards.Limits, c.Lost = nil, Losses{}
	c.Lost.add([]remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{21, 22, 23, 24, 25, 26, 27, 28}}})
	if got := c.Allowed(); got == nil || got.Code != OverLimit {
		t.Errorf("ten of nine in a day: %v", got)
	}
	entitled, err := NewRestore(back, everything, "", "")
	if err != nil || len(entitled.Actions) != 0 || len(entitled.Cannot) != 2 {
		t.Errorf("what the baseline allows is taken: %+v %v", entitled, err)
	}
}

func TestWhoIsInATeamDoesNotApproveThatItGetsSomethingBack(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	o := order("plan", remediate.Change{Thing: remediate.TeamGrant, Org: acme, Repo: boat, Team: label("T", 31, "crew"), Before: has("write"), After: remediate.State{}})
	o.Actions[0].Lost = []remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{11}}}
	r, err := b.engine().Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	back, err := NewRestore(r, nothing, "", "")
	if err != nil {
		t.Fatal(err)
	}
	c := RestoreCase{Restore: back, Now: noon, Mode: ModeApprove, By: Person{11, "annika"}}
	if got := c.MayApprove(t.Context(), says{ok: true}); got == nil || got.Code != Beneficiary {
		t.Errorf("%v", got)
	}
	if c.By = root; c.MayApprove(t.Context(), says{ok: true}) != nil {
		t.Error("somebody who gets nothing may not")
	}
}

func TestMembershipComesBackAloneOnlyWithWhatTheBaselineAllows(t *testing.T) {
	b, err := baseline.Parse([]baseline.File{{Name: "b.toml", Text: []byte(`[roles.tester]
repository = "read"
[[assign]]
role = "tester"
to = ["user:annika"]
on = ["repo:acme/boat"]
[organization.acme]
owners = ["user:annika"]
members = "any"
`)}})
	if err != nil {
		t.Fatal(err)
	}
	s := &access.Snapshot{Org: access.Organization{ID: 100, Login: "acme"}, People: []access.Person{{ID: 11, Login: "annika"}},
		Repositories: []access.Repository{{ID: 41, Name: "boat"}}}
	for _, a := range access.Areas {
		s.Coverage.Set(access.Cover{Area: a, Status: access.Complete})
	}
	bound, problems := b.Bind(s)
	if bound == nil {
		t.Fatal(baseline.Problems(problems))
	}
	back := func(held *remediate.HeldState) remediate.Change {
		return remediate.Change{Thing: remediate.Membership, Org: acme, User: user(11, "annika"), After: remediate.State{There: true, Role: "member", Held: held}}
	}
	allows := ByBaseline(bound, noon)
	on := func(role string) []remediate.HeldRole { return []remediate.HeldRole{{Label: *boat, Role: role}} }
	for _, held := range []*remediate.HeldState{nil, {}, {Repos: on("read")}} {
		if !allows(back(held)) {
			t.Errorf("%+v is not allowed", held)
		}
	}
	for _, held := range []*remediate.HeldState{{Repos: on("admin")}, {Repos: on("a custom role")}, {Teams: on("member")}} {
		if allows(back(held)) {
			t.Errorf("%+v comes back on one word", held)
		}
	}
}

func TestLastAdministratorIsKeptWhoeverElseActsMeanwhile(t *testing.T) {
	crewAdmin := []string{`{"login":"annika","permission":"admin"},{"login":"bodil","permission":"admin"},{"login":"guest","permission":"push"}],
  "teams":[{"slug":"crew","permission":"push"}]`, `{"login":"guest","permission":"push"}],
  "teams":[{"slug":"crew","permission":"admin"}]`}
	teamOff := remediate.Change{Thing: remediate.TeamGrant, Org: acme, Repo: boat, Team: label("T", 31, "crew"), Before: has("admin"), After: remediate.State{}}
	out := remediate.Change{Thing: remediate.TeamMembership, Org: acme, User: user(11, "annika"), Team: label("T", 31, "crew"), Before: has("maintainer"), After: remediate.State{}}
	demoted := out
	demoted.After = has("member")
	for _, c := range []struct {
		name   string
		more   []string
		change remediate.Change
		stays  bool
	}{
		{"somebody came into the team since", []string{`{"login":"annika","role":"maintainer"}]`, `{"login":"annika","role":"maintainer"},{"login":"bodil","role":"member"}]`}, teamOff, false},
		{"somebody in the team is it by name", []string{`{"login":"annika","role":"maintainer"}]`, `{"login":"annika","role":"maintainer"},{"login":"bodil","role":"member"}]`,
			`{"login":"guest","permission":"push"}],
  "teams"`, `{"login":"bodil","permission":"admin"}],
  "teams"`}, teamOff, true},
		{"the last one of the team is taken out", nil, out, false},
		{"the last one of the team is its maintainer no more, and stays in it", nil, demoted, true},
		{"another one stays in the team", []string{`{"login":"annika","role":"maintainer"}]`, `{"login":"annika","role":"maintainer"},{"login":"bodil","role":"member"}]`}, out, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, crewAdmin...)
			if c.more != nil {
				text := strings.NewReplacer(crewAdmin...).Replace(lab)
				var err error
				if w, err = githubsim.Load(strings.NewReader(strings.NewReplacer(c.more...).Replace(text))); err != nil {
					t.Fatal(err)
				}
			}
			b := start(t, w, githubsim.Options{})
			o := b.options()
			o.Reach = func(remediate.Change) (admin, guarded []remediate.Label) { return []remediate.Label{*boat}, nil }
			e, err := New(t.Context(), "test", o)
			if err != nil {
				t.Fatal(err)
			}
			plan := order("plan", c.change)
			plan.Actions[0].Lost = []remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{11}}}
			r, err := e.Carry(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			if c.stays {
				b.expect(r, Done, "verified/carried-out")
				return
			}
			if b.expect(r, Stopped, "refused/last-admin"); len(b.writes(false)) != 0 {
				t.Errorf("sent was %q", b.writes(false))
			}
		})
	}
}

func TestLastReviewerIsNotTakenOutOfTheTeam(t *testing.T) {
	w := world(t, `"reviewers":[{"type":"User","name":"bodil"}]`, `"reviewers":[{"type":"Team","name":"crew"}]`)
	b := start(t, w, githubsim.Options{})
	o := b.options()
	o.Reach = func(remediate.Change) (admin, guarded []remediate.Label) { return nil, []remediate.Label{*ship} }
	e, err := New(t.Context(), "test", o)
	if err != nil {
		t.Fatal(err)
	}
	out := remediate.Change{Thing: remediate.TeamMembership, Org: acme, User: user(11, "annika"), Team: label("T", 31, "crew"), Before: has("maintainer"), After: remediate.State{}}
	r, err := e.Carry(t.Context(), order("plan", out))
	if err != nil {
		t.Fatal(err)
	}
	if b.expect(r, Stopped, "refused/last-reviewer"); len(b.writes(false)) != 0 {
		t.Errorf("sent was %q", b.writes(false))
	}
	demoted := out
	demoted.After = has("member")
	if r, err = e.Carry(t.Context(), order("another", demoted)); err != nil || states(r) != "verified/carried-out" {
		t.Errorf("who stays in the team keeps what it gives: %v %s", err, states(r))
	}
}

// asleep are hands whose process stands still between the record and the request,
// while another one takes over.
type asleep struct {
	Hands
	meanwhile func()
}

func (a asleep) Send(ctx context.Context, s act.Step) (act.Answer, error) {
	a.meanwhile()
	return a.Hands.Send(ctx, s)
}

func TestProcessThatSleptAfterTheRecordSendsNothing(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	o := b.options()
	o.Hands = asleep{b.hands, func() {
		b.pass(11 * time.Second)
		if _, err := b.store.TakeOver(t.Context(), "another"); err != nil {
			t.Error(err)
		}
	}}
	e, err := New(t.Context(), "test", o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Carry(t.Context(), order("plan", guestOff(boat))); !errors.Is(err, store.ErrFenced) {
		t.Errorf("%v", err)
	}
	if got := b.writes(false); len(got) != 0 {
		t.Errorf("after another process took over, it sent %q", got)
	}
}
