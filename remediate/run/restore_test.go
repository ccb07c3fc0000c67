package run

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/remediate"
)

const public = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGtleWtleWtleWtleWtleWtleWtleWtleWtleWtleWtl"

func key(readOnly bool) remediate.State {
	return remediate.State{There: true, Key: &remediate.KeyState{Title: "robot", Public: public, ReadOnly: readOnly}}
}

func robot(before, after remediate.State) remediate.Change {
	return remediate.Change{Thing: remediate.DeployKey, Org: acme, Repo: boat, Key: &remediate.Label{ID: 801, Name: "robot"}, Before: before, After: after}
}

func everything(remediate.Change) bool { return true }
func nothing(remediate.Change) bool    { return false }

// restore puts a run back.
func (b *bench) restore(id string, allows Allows) (*Run, Restore) {
	b.t.Helper()
	r, err := Load(b.t.Context(), b.store, id)
	if err != nil {
		b.t.Fatal(err)
	}
	back, err := NewRestore(r, allows, "", "")
	if err != nil {
		b.t.Fatal(err)
	}
	next, err := NextRestore(b.t.Context(), b.store, back.Hash)
	if err != nil {
		b.t.Fatal(err)
	}
	done, err := b.engine().Carry(b.t.Context(), back.Order(next, RestoreCase{By: root}, nil, "test"))
	if err != nil {
		b.t.Fatal(err)
	}
	return done, back
}

// grants is the world without what must differ: the log, and numbers of keys.
func (b *bench) grants() string {
	b.t.Helper()
	w := b.sim.Snapshot()
	for _, o := range w.Orgs {
		o.AuditLog, o.FormerMembers = nil, nil
		for _, r := range o.Repos {
			for _, k := range r.DeployKeys {
				k.ID, k.AddedBy, k.CreatedAt = 0, "", w.Meta.Now
			}
		}
	}
	text, err := json.Marshal(w)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(text)
}

func TestRestoreGivesTheSameGrantsAsBefore(t *testing.T) {
	w := world(t)
	b := start(t, w, githubsim.Options{})
	before := b.grants()
	r := b.carry(
		direct(user(11, "annika"), boat, "admin", "write"), direct(user(12, "bodil"), ship, "write", "read"),
		robot(key(false), key(true)),
		remediate.Change{Thing: remediate.TeamGrant, Org: acme, Repo: boat, Team: label("T", 31, "crew"), Before: has("write"), After: remediate.State{}},
	)
	b.expect(r, Done, strings.TrimSpace(strings.Repeat("verified/carried-out ", 4)))
	if b.grants() == before {
		t.Fatal("nothing was changed")
	}
	back, plan := b.restore(r.ID, everything)
	b.expect(back, Done, strings.TrimSpace(strings.Repeat("verified/carried-out ", 4)))
	if got := b.grants(); got != before {
		t.Errorf("after the restore it is\n%s\nand was\n%s", got, before)
	}
	if plan.Actions[0].Change.Thing != remediate.TeamGrant || back.Begun.Restores != r.ID {
		t.Errorf("it does not begin with the last one: %+v", plan.Actions[0])
	}
	again, _ := b.restore(r.ID, everything)
	if again.ID == back.ID || len(b.writes(true)) != 10 {
		t.Errorf("the second restore is %s and sent %q", again.ID, b.writes(true))
	}
	b.expect(again, Done, strings.TrimSpace(strings.Repeat("verified/already-done ", 4)))
}

func TestDeletedKeyComesBackByItsMaterial(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	before := b.grants()
	r := b.carry(robot(key(false), remediate.State{}))
	back, _ := b.restore(r.ID, everything)
	b.expect(back, Done, "verified/carried-out")
	if b.grants() != before || back.Actions[0].Sends[0].Answer.Created <= 801 {
		t.Errorf("the key is %+v", b.sim.Snapshot().Orgs[0].Repos[0].DeployKeys)
	}
}

func TestHalfOfAChangeIsPutBackFromWhereItWasLeft(t *testing.T) {
	f := githubsim.Fault{Kind: githubsim.REST, Match: "POST /repos/{owner}/{repo}/keys", Writes: true, Action: githubsim.AnswerStatus, Status: 422, Nth: 1}
	b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{f}})
	before := b.grants()
	r := b.carry(robot(key(false), key(true)))
	b.expect(r, Stopped, "failed")
	if !r.Actions[0].Half {
		t.Fatalf("%+v", r.Actions[0])
	}
	back, _ := b.restore(r.ID, everything)
	b.expect(back, Done, "verified/carried-out")
	if b.grants() != before {
		t.Errorf("the keys are %+v", b.sim.Snapshot().Orgs[0].Repos[0].DeployKeys)
	}
}

func TestPersonOutsideComesBackAsInvited(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	r := b.carry(guestOff(boat), guestOff(ship))
	back, _ := b.restore(r.ID, everything)
	b.expect(back, Done, "verified/invited verified/invited")
	for _, repo := range b.sim.Snapshot().Orgs[0].Repos {
		if len(repo.Invitations) != 1 || repo.Invitations[0].Login != "guest" {
			t.Errorf("%s has the invitations %+v", repo.Name, repo.Invitations)
		}
	}
}

func TestRestoreLeavesWhatSomebodyElseDidOrChanged(t *testing.T) {
	w := world(t, `,{"login":"guest","permission":"push"}`, ``)
	b := start(t, w, githubsim.Options{})
	r := b.carry(guestOff(boat), direct(user(11, "annika"), boat, "admin", "write"))
	b.expect(r, Done, "verified/already-done verified/carried-out")
	b.sim.Mutate(func(w *githubsim.World) { w.Orgs[0].Repos[0].Collaborators[0].Permission = "triage" })
	back, plan := b.restore(r.ID, everything)
	if len(plan.Actions) != 1 {
		t.Fatalf("%+v", plan.Actions)
	}
	b.expect(back, Done, "skipped/changed")
}

func TestRestoreIsOfNothingWhileSomethingIsInDoubt(t *testing.T) {
	b := start(t, world(t), githubsim.Options{Faults: []githubsim.Fault{write(githubsim.NoEffect, 1)}})
	r := b.carry(guestOff(boat))
	if _, err := NewRestore(r, everything, "", ""); err == nil || err.(*RefusedError).Code != OpenRun { //nolint:errorlint // it is given as it is
		t.Errorf("%v", err)
	}
}

func TestWhatTheBaselineForbidsIsPutBackOnASecondWordAlone(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	r := b.carry(direct(user(11, "annika"), boat, "admin", "write"))
	back, err := NewRestore(r, nothing, "", "")
	if err != nil || len(back.Above) != 1 {
		t.Fatal(back, err)
	}
	c := RestoreCase{Restore: back, Now: noon, Mode: ModeApprove, By: root}
	if got := c.Allowed(); got == nil || got.Code != NoApproval {
		t.Errorf("%v", got)
	}
	c.Approvals = []Approval{Agree(root, noon, 0, "", "cli")}
	if got := c.Allowed(); got == nil || got.Code != OwnApproval {
		t.Errorf("%v", got)
	}
	c.Approvals = append(c.Approvals, Agree(Person{2, "second"}, noon, 0, "", "cli"))
	if a, got := c.Decide(t.Context(), says{ok: true}); got != nil || len(a) != 1 {
		t.Errorf("%v", got)
	}
	if _, got := c.Decide(t.Context(), says{}); got == nil || got.Code != NoApprover {
		t.Errorf("%v", got)
	}
	c.By = Person{11, "annika"}
	if got := c.MayApprove(t.Context(), says{ok: true}); got == nil || got.Code != Beneficiary {
		t.Errorf("%v", got)
	}
	allowed, err := NewRestore(r, everything, "", "")
	if err != nil || len(allowed.Above) != 0 || allowed.Hash == back.Hash {
		t.Errorf("%v %v", allowed, err)
	}
}

func TestRestoreListsBeforehandWhatStays(t *testing.T) {
	b := start(t, world(t), githubsim.Options{})
	o := order("plan", guestOff(boat), guestOff(ship))
	o.Actions[0].Irreversible = []string{"stars"}
	r, err := b.engine().Carry(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	back, err := NewRestore(r, everything, "", "")
	if err != nil || len(back.Cannot) != 1 || back.Cannot[0].What[0] != "stars" {
		t.Errorf("%+v %v", back.Cannot, err)
	}
}

func TestRunWhoseRecordsDoNotReadDecidesNothing(t *testing.T) {
	for _, e := range []journal.Entry{
		{Kind: journal.Sent, Run: "r", Action: "a", Body: []byte(`{}`)},
		{Kind: journal.RunBegun, Run: "r", Body: []byte(`{"by":7}`)},
	} {
		if _, err := Replay([]journal.Entry{e}); err == nil {
			t.Errorf("%s was read", e.Kind)
		}
	}
}
