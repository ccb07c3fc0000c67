package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

var noon = time.Date(2026, 9, 15, 12, 0, 0, 0, time.UTC)

// sealed gives a plan the hash of what it says.
func sealed(p remediate.Plan) remediate.Plan {
	p.Hash = ""
	text, err := json.Marshal(p)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(text)
	p.Hash = hex.EncodeToString(sum[:])
	return p
}

// approvedCase is a plan of one action that may be carried out.
func approvedCase() Case {
	g := remediate.Guards{MaxChanges: 3, MaxFraction: 1, MinOwners: 2}
	p := remediate.Plan{
		Schema: remediate.Schema, MadeAt: noon.Add(-time.Hour), BaselineHash: "b", GuardsHash: g.Hash(), Stopped: []string{},
		Actions: []remediate.Action{{ID: "a", Title: "take it", Reasons: []remediate.Reason{{Rule: "expired-assignment"}},
			Lost: []remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{7}}}}},
		Losses: []remediate.Loss{{Kind: "member", Losers: 1, Population: 10, Max: 3, Fraction: 1}}, Losers: 1,
	}
	p = sealed(p)
	return Case{
		Plan: p, Known: true, Now: noon, TTL: 24 * time.Hour, Mode: ModeApprove, Baseline: "b", Guards: g, By: Person{1, "mirela"},
		Approvals: []Approval{Agree(Person{2, "tendai"}, noon.Add(-30*time.Minute), 0, "", "cli")},
	}
}

func TestPlanIsRefusedForEachReasonByItself(t *testing.T) {
	if r := approvedCase().Decide(); r != nil {
		t.Fatalf("the case itself is refused: %v", r)
	}
	reseal := func(c *Case, change func(*remediate.Plan)) {
		change(&c.Plan)
		c.Plan = sealed(c.Plan)
	}
	for _, c := range []struct {
		name   string
		change func(*Case)
		want   Code
	}{
		{"dry-run", func(c *Case) { c.Mode = ModeDryRun }, DryRun},
		{"no mode at all", func(c *Case) { c.Mode = "" }, DryRun},
		{"restored store", func(c *Case) { c.Restored = noon }, RestoredStore},
		{"on hold", func(c *Case) { c.Held = []string{"migration"} }, OnHold},
		{"not audited", func(c *Case) { c.Undoubted = "snapshot 3 was collected and not audited" }, NotAudited},
		{"altered", func(c *Case) { c.Plan.Actions[0].Title = "give it" }, AlteredPlan},
		{"unknown", func(c *Case) { c.Known = false }, UnknownPlan},
		{"withdrawn", func(c *Case) { c.Withdrawn = true }, Withdrawn},
		{"another baseline", func(c *Case) { c.Baseline = "c" }, OtherBaseline},
		{"other guards", func(c *Case) { c.Guards.MinOwners = 1 }, OtherGuards},
		{"too old", func(c *Case) { c.Now = noon.Add(23*time.Hour + time.Second) }, TooOld},
		{"from the future", func(c *Case) { c.Now = noon.Add(-2 * time.Hour) }, TooOld},
		{"a guard stops it", func(c *Case) {
			reseal(c, func(p *remediate.Plan) { p.Stopped = []string{"protected: user:x is not in the snapshot"} })
		}, StoppedPlan},
		{"over a limit of its own", func(c *Case) {
			reseal(c, func(p *remediate.Plan) { p.Stopped = []string{"max_changes: 9 would lose something"} })
		}, OverLimit},
		{"begun before", func(c *Case) { c.Former = &Run{ID: "run-x", Ended: &Ended{How: Done}} }, BegunBefore},
		{"stopped before", func(c *Case) { c.Former = &Run{ID: "run-x", Ended: &Ended{How: Stopped}} }, BegunBefore},
		{"nobody approved", func(c *Case) { c.Approvals = nil }, NoApproval},
		{"self-approval", func(c *Case) { c.By = Person{2, "tendai-under-another-name"} }, OwnApproval},
		{"lapsed", func(c *Case) { c.Now = noon.Add(30 * time.Minute) }, Lapsed},
		{"approved in the future", func(c *Case) { c.Approvals[0].At = noon.Add(time.Hour) }, Lapsed},
		{"a limit that nobody agreed to lift", func(c *Case) { c.Allow, c.Reason = 1, "because" }, NoApproval},
		{"a limit lifted without a reason", func(c *Case) { c.Allow = 1 }, OverLimit},
		{"a limit lifted for another number", func(c *Case) { c.Allow, c.Reason = 2, "because" }, OverLimit},
		{"an unknown population", func(c *Case) { reseal(c, func(p *remediate.Plan) { p.Losses[0].Population = -1 }) }, OverLimit},
		{"the daemon in mode approve", func(c *Case) { c.Auto = true }, NotAutomatic},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := approvedCase()
			c.change(&k)
			r := k.Decide()
			if r == nil || r.Code != c.want || r.Why == "" {
				t.Errorf("refused with %v, not %s", r, c.want)
			}
		})
	}
}

func TestLimitsHoldOverADay(t *testing.T) {
	lost := func(ids ...int64) Losses {
		l := Losses{}
		l.add([]remediate.Lost{{As: "member", Kind: access.User, IDs: ids}})
		return l
	}
	c := approvedCase()
	c.Lost = lost(1, 2)
	if r := c.Decide(); r != nil {
		t.Errorf("three of three: %v", r)
	}
	c.Lost = lost(1, 2, 7)
	if r := c.Decide(); r != nil {
		t.Errorf("the same person twice is one person: %v", r)
	}
	c.Lost = lost(1, 2, 3)
	if r := c.Decide(); r == nil || r.Code != OverLimit {
		t.Errorf("four of three: %v", r)
	}
	c.Guards.MaxChanges = 25
	c.Plan.GuardsHash = c.Guards.Hash()
	c.Plan = sealed(c.Plan)
	if r := c.Decide(); r == nil || !strings.Contains(r.Why, "limits.member.max") {
		t.Errorf("the limit of the kind: %v", r)
	}
	c.Allow, c.Reason, c.Approvals[0].Allowed = 1, "because", 1
	if r := c.Decide(); r != nil {
		t.Errorf("lifted by two people with a reason: %v", r)
	}
}

func TestRunsCountTowardsTheLimitsForADayOnlyForWhatMayHaveTakenEffect(t *testing.T) {
	at := func(h int, none bool) *Past {
		return &Past{Intended: Intended{Lost: []remediate.Lost{{As: "member", Kind: access.User, IDs: []int64{int64(h)}}}},
			Sends: []Send{{At: noon.Add(-time.Duration(h) * time.Hour), Answer: &Answered{NotApplied: none}}}}
	}
	r := &Run{Actions: []*Past{at(1, false), at(2, true), at(23, false), at(25, false), {Intended: Intended{}}}}
	if got := Recent([]*Run{r}, noon.Add(-Window)); len(got["member"]) != 2 {
		t.Errorf("%v", got)
	}
}

func TestAutoNeverDoesWhatCannotBeUndoneNorWhatItWasNotTold(t *testing.T) {
	c := approvedCase()
	c.Mode, c.Auto, c.Approvals, c.AutoRules = ModeAuto, true, nil, []string{"expired-assignment"}
	if r := c.Decide(); r != nil {
		t.Fatal(r)
	}
	for name, change := range map[string]func(*Case){
		"irreversible": func(c *Case) { c.Plan.Actions[0].Irreversible = []string{"private forks"} },
		"another rule": func(c *Case) { c.AutoRules = []string{"member-stale"} },
		"another rule beside": func(c *Case) {
			c.Plan.Actions[0].Reasons = append(c.Plan.Actions[0].Reasons, remediate.Reason{Rule: "x"})
		},
		"no reason":       func(c *Case) { c.Plan.Actions[0].Reasons = nil },
		"over the limits": func(c *Case) { c.Allow, c.Reason = 1, "because" },
	} {
		k := c
		k.Plan.Actions = append([]remediate.Action{}, c.Plan.Actions...)
		change(&k)
		k.Plan = sealed(k.Plan)
		if r := k.Decide(); r == nil {
			t.Errorf("%s: it is carried out", name)
		}
	}
}

// says is who may approve, or that it is not known.
type says struct {
	ok  bool
	err error
}

func (s says) Approver(context.Context, Person) (bool, error) { return s.ok, s.err }

func TestApproverIsAskedLiveWhenThePlanIsCarriedOut(t *testing.T) {
	c := approvedCase()
	if a, r := c.Authorize(t.Context(), says{ok: true}); r != nil || len(a) != 1 || a[0].By.ID != 2 {
		t.Errorf("%v %v", a, r)
	}
	for _, s := range []says{{}, {err: errors.New("down")}} {
		if _, r := c.Authorize(t.Context(), s); r == nil || r.Code != NoApprover {
			t.Errorf("%v: %v", s, r)
		}
	}
}

func TestApprovalIsRefusedForWhatCouldNotBeCarriedOut(t *testing.T) {
	if r := approvedCase().MayApprove(t.Context(), says{ok: true}); r != nil {
		t.Fatal(r)
	}
	for name, change := range map[string]func(*Case){
		"altered":   func(c *Case) { c.Plan.Losers = 9 },
		"too old":   func(c *Case) { c.Now = noon.Add(48 * time.Hour) },
		"begun":     func(c *Case) { c.Former = &Run{ID: "run-x"} },
		"no reason": func(c *Case) { c.Allow = 1 },
	} {
		c := approvedCase()
		change(&c)
		if r := c.MayApprove(t.Context(), says{ok: true}); r == nil {
			t.Errorf("%s: it is approved", name)
		}
	}
	if r := approvedCase().MayApprove(t.Context(), says{}); r == nil || r.Code != NoApprover {
		t.Errorf("%v", r)
	}
}
