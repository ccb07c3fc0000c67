package remediate_test

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

func TestGuardsRefuseWhatTheyForbid(t *testing.T) {
	tooMuch := func(w *world) { w.give("team:qa", "web", access.Admin) }
	const lower = "lower team:acme/qa on repo:acme/web from admin to read: "
	cases := map[string]struct {
		base  string
		set   func(*world)
		alter func(*remediate.Input)
		want  []string
	}{
		"what was not seen to the end": {roles, tooMuch, func(in *remediate.Input) {
			in.Snapshot.Coverage.Set(access.Cover{Area: access.AreaTeamGrants, Scope: in.Findings[0].Principal.ID, Status: access.Partial})
		}, []string{"refused (coverage): " + lower + "not seen to the end: team-grants"}},
		"a team whose people were not all seen": {roles, tooMuch, func(in *remediate.Input) {
			in.Findings[0].Needs = in.Findings[0].Needs[:1]
			in.Snapshot.Coverage.Set(access.Cover{Area: access.AreaTeamMembers, Status: access.Partial})
		}, []string{"refused (coverage): " + lower + "not seen to the end: team-members"}},
		"a finding that rests on nothing": {roles, tooMuch, func(in *remediate.Input) { in.Findings[0].Needs = nil },
			[]string{"refused (coverage): " + lower + "not seen to the end: nothing says what the finding rests on"}},
		"self is not known": {roles, tooMuch, func(in *remediate.Input) { in.Self = nil },
			[]string{"refused (self): " + lower + "it is not known which principal ajar itself is"}},
		"self is among the people of a team": {roles, tooMuch, func(in *remediate.Input) {
			in.Self = append(in.Self, access.Ref{Kind: access.User, ID: in.Snapshot.People[3].ID})
		},
			[]string{"refused (self): " + lower + "user:abe is who ajar itself acts as"}},
		"a protected person is among the people of a team": {roles, tooMuch, func(in *remediate.Input) { in.Guards.Protected = []string{"user:ANN"} },
			[]string{"refused (protected): " + lower + "user:ann is protected"}},
		"a protected person who is not reached": {roles, tooMuch, func(in *remediate.Input) { in.Guards.Protected = []string{"user:dora"} },
			[]string{"medium: lower team:acme/qa on repo:acme/web from admin to read"}},
		"a protected person who is not there": {roles, tooMuch, func(in *remediate.Input) { in.Guards.Protected = []string{"user:glass"} },
			[]string{"medium: lower team:acme/qa on repo:acme/web from admin to read",
				"stopped: protected: user:glass is not in the snapshot; if it has another name now, nothing protects it"}},
	}
	for name, c := range cases {
		w := house()
		c.set(w)
		in := w.input(t, c.base, loose())
		c.alter(&in)
		if diff := cmp.Diff(c.want, lines(remediate.NewPlan(in))); diff != "" {
			t.Errorf("%s: want -, have +:\n%s", name, diff)
		}
	}
}

func TestNobodyLosesWhatTheBaselineAllowsThem(t *testing.T) {
	w := house()
	w.team("mixed", "", "dan", "ann")
	w.give("team:mixed", "web", access.Write)
	base := roles + "[[assign]]\nrole = \"writer\"\nto = [\"user:dan\"]\non = [\"repo:acme/web\"]\n"
	want := []string{"refused (entitled): lower team:acme/mixed on repo:acme/web from write to read: " +
		"user:dan would lose access that the baseline allows; give it to them another way first"}
	if diff := cmp.Diff(want, lines(w.plan(t, base, loose()))); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
	w.give("user:dan", "web", access.Write)
	if got := lines(w.plan(t, base, loose())); len(got) != 1 || !strings.HasPrefix(got[0], "medium: lower team:acme/mixed") {
		t.Errorf("once dan has it himself: %v", got)
	}
}

func TestLastAdminIsNeverRevoked(t *testing.T) {
	only := strings.Replace(roles, "on = [\"repo:acme/*\"]\n", "on = [\"repo:acme/*\"]\n", 1)
	only = strings.Replace(only, "to = [\"user:kim\"]\non = [\"repo:acme/*\"]", "to = [\"user:kim\"]\non = [\"repo:acme/api\"]", 1)
	w := house()
	w.give("user:ann", "web", access.Admin)
	w.give("user:abe", "web", access.Admin)
	p := w.plan(t, only, loose())
	if len(p.Actions) != 0 || len(p.Refused) != 2 || p.Refused[0].Guard != remediate.LastAdminGuard {
		t.Errorf("two admins whom nobody listed: %v", lines(p))
	}
	guards := loose()
	guards.AllowOwnerOnly = true
	if p := w.plan(t, only, guards); len(p.Actions) != 2 {
		t.Errorf("owners alone are enough where the guards say so: %v", lines(p))
	}
	if p := w.plan(t, roles, loose()); len(p.Actions) != 2 {
		t.Errorf("the baseline lists another admin: %v", lines(p))
	}
}

func TestLastReviewerIsNeverRevoked(t *testing.T) {
	rule := "[[environment]]\nmatch = [\"env:acme/*/production\"]\nreviewers = [\"team:acme/leads\"]\n"
	w := house()
	w.team("leads", "")
	w.reviewer("user:kim", "api/production")
	p := w.plan(t, roles+rule, loose())
	if len(p.Actions) != 0 || len(p.Refused) != 1 || p.Refused[0].Guard != remediate.ReviewerGuard {
		t.Errorf("a team that cannot read the repository replaced the reviewer: %v", lines(p))
	}
	rule += "[[assign]]\nrole = \"reader\"\nto = [\"team:acme/leads\"]\non = [\"repo:acme/api\"]\n"
	w.give("team:leads", "api", access.Read)
	p = w.plan(t, roles+rule, loose())
	if len(p.Actions) != 0 || len(p.Refused) != 1 || p.Refused[0].Guard != remediate.LastReviewerGuard {
		t.Errorf("an empty team replaced the reviewer: %v", lines(p))
	}
	w.team("leads", "", "lea")
	if p := w.plan(t, roles+rule, loose()); len(p.Actions) != 1 {
		t.Errorf("lea can approve now: %v", lines(p))
	}
}

func TestAReviewerKeepsTheAccessThatApprovingNeeds(t *testing.T) {
	w := house()
	w.outside("eve")
	w.give("user:eve", "web", access.Read)
	w.reviewer("user:eve", "web/production")
	p := w.plan(t, roles, loose())
	want := "nobody could approve a deployment to env:acme/web/production"
	if len(p.Actions) != 0 || len(p.Refused) != 1 || p.Refused[0].Why != want {
		t.Errorf("%v", lines(p))
	}
	w.give("user:kim", "web", access.Admin)
	w.reviewer("user:kim", "web/production")
	if p := w.plan(t, roles, loose()); len(p.Actions) != 1 {
		t.Errorf("kim can approve as well: %v", lines(p))
	}
}

func TestLastOwnerIsNeverRevoked(t *testing.T) {
	base := "[organization.acme]\nowners = [\"user:root\", \"user:boss\"]\n" + roles
	w := house()
	w.join(access.Owner, "rex", "ci[bot]")
	guards := loose()
	if p := w.plan(t, base, guards); len(p.Actions) != 0 || len(p.Instructions) != 2 {
		t.Errorf("owners are touched though nobody asked: %v", lines(p))
	}
	guards.Expel, guards.MinOwners = true, 2
	if p := w.plan(t, base, guards); len(p.Actions) != 2 || p.Actions[0].Kind != remediate.DemoteOwner || p.Actions[0].Risk != remediate.HighRisk {
		t.Errorf("%v", lines(p))
	}
	guards.MinOwners = 3
	if p := w.plan(t, base, guards); len(p.Actions) != 0 || len(p.Refused) != 2 || p.Refused[0].Guard != remediate.MinOwnersGuard {
		t.Errorf("%v", lines(p))
	}
	// Those who stay must be listed, people, and more than none whatever is configured.
	guards.MinOwners = 0
	if p := w.plan(t, "[organization.acme]\nowners = [\"user:ci[bot]\"]\n"+roles, guards); len(p.Actions) != 0 || len(p.Refused) != 3 {
		t.Errorf("an app's account is taken for a person: %v", lines(p))
	}
}

func TestAMemberIsRemovedOnlyWhereThatIsAskedFor(t *testing.T) {
	base := "[organization.acme]\nmembers = [\"user:ann\", \"user:abe\", \"user:dan\", \"user:dora\"]\nbase_permission = \"read\"\n" + roles
	w := house()
	w.Settings.BasePermission = access.Read
	w.join(access.Member, "mia")
	guards := loose()
	if p := w.plan(t, base, guards); len(p.Actions) != 0 || len(p.Instructions) != 1 {
		t.Errorf("%v", lines(p))
	}
	guards.Expel = true
	p := w.plan(t, base, guards)
	if len(p.Actions) != 1 || p.Actions[0].Kind != remediate.RemoveMember || p.Actions[0].Principal.Name != "user:mia" || len(p.Actions[0].Irreversible) < 3 {
		t.Errorf("%v", lines(p))
	}
}

func TestOverALimitNothingRuns(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	w.outside("eve", "ext")
	w.give("user:eve", "api", access.Write)
	two, none, half := 2, 0, 0.5
	cases := map[string]struct {
		alter func(*remediate.Guards)
		want  []string
	}{
		"within": {func(*remediate.Guards) {}, nil},
		"people and teams together": {func(g *remediate.Guards) { g.MaxChanges = 3 },
			[]string{"max_changes: 4 people and other principals would lose something, the limit is 3"}},
		"0 means none": {func(g *remediate.Guards) { g.Limits = map[string]remediate.Limit{"team": {Max: &none}} },
			[]string{"limits.team.max: 1 of kind team would lose something, the limit is 0"}},
		"a kind of its own": {func(g *remediate.Guards) {
			g.MaxFraction = 0.1
			g.Limits = map[string]remediate.Limit{"member": {Max: &two, Fraction: &half}}
		}, nil},
		"a fraction of members": {func(g *remediate.Guards) { g.MaxFraction = 0.2 },
			[]string{"limits.member.fraction: 2 of 5 of kind member would lose something, the limit is 0.2 of them, which is 1"}},
		"the zero value lets nothing through": {func(g *remediate.Guards) { *g = remediate.Guards{} }, []string{
			"max_changes: 4 people and other principals would lose something, the limit is 0",
			"limits.member.max: 2 of kind member would lose something, the limit is 0",
			"limits.member.fraction: 2 of 5 of kind member would lose something, the limit is 0 of them, which is 0",
			"limits.outside_collaborator.max: 1 of kind outside_collaborator would lose something, the limit is 0",
			"limits.outside_collaborator.fraction: 1 of 2 of kind outside_collaborator would lose something, the limit is 0 of them, which is 0",
			"limits.team.max: 1 of kind team would lose something, the limit is 0",
			"limits.team.fraction: 1 of 2 of kind team would lose something, the limit is 0 of them, which is 0",
		}},
	}
	for name, c := range cases {
		guards := loose()
		c.alter(&guards)
		p := w.plan(t, roles, guards)
		if len(p.Actions) != 2 {
			t.Errorf("%s: %d actions; a limit trims nothing", name, len(p.Actions))
		}
		if diff := cmp.Diff(append([]string{}, c.want...), p.Stopped); diff != "" {
			t.Errorf("%s: want -, have +:\n%s", name, diff)
		}
	}
}

func TestAFractionThatIsNoNumberLetsNothingThrough(t *testing.T) {
	w := house()
	w.give("team:qa", "web", access.Admin)
	for _, f := range []float64{math.NaN(), math.Inf(1), -1, 2} {
		guards := loose()
		guards.MaxFraction = f
		if p := w.plan(t, roles, guards); len(p.Stopped) == 0 || guards.Hash() == "" {
			t.Errorf("%v: %v", f, lines(p))
		}
	}
}

func TestAnUnknownPopulationStops(t *testing.T) {
	base := roles + "[[key]]\nrepository = [\"repo:acme/api\"]\nreason = \"read\"\n"
	w := house()
	w.key("web", "old-ci", true)
	w.blind(access.AreaDeployKeys, w.ref("repo:api").ID)
	p := w.plan(t, base, loose())
	want := []string{"limits.key.fraction: how many there are of kind key is not known"}
	if diff := cmp.Diff(want, p.Stopped); diff != "" || len(p.Actions) != 1 {
		t.Errorf("%d actions, want -, have +:\n%s", len(p.Actions), diff)
	}
}

func TestLoweringTheBasePermissionTakesFromNobodyWhoMayHaveMore(t *testing.T) {
	base := "[organization.acme]\nbase_permission = \"none\"\n" + roles
	w := house()
	w.Settings.BasePermission = access.Read
	if p := w.plan(t, base, loose()); len(p.Refused) != 1 || p.Refused[0].Guard != remediate.EntitledGuard ||
		p.Refused[0].Why != "user:kim would lose read on repo:acme/web, which the baseline allows; give it to them first" {
		t.Errorf("%v", lines(p))
	}
	w.give("user:kim", "web", access.Admin)
	w.give("team:qa", "web", access.Read)
	if p := w.plan(t, base, loose()); len(p.Actions) != 1 || p.Actions[0].Losers != 5 {
		t.Errorf("%v", lines(p))
	}
	w.reviewer("user:dan", "web/production")
	if p := w.plan(t, base, loose()); len(p.Actions) != 0 || p.Refused[0].Guard != remediate.LastReviewerGuard {
		t.Errorf("dan approves by the base permission alone: %v", lines(p))
	}
	w = house()
	w.Settings.BasePermission = access.Admin
	w.give("team:qa", "web", access.Read)
	only := strings.Replace("[organization.acme]\nbase_permission = \"read\"\n"+roles, "to = [\"user:kim\"]\non = [\"repo:acme/*\"]", "to = [\"user:kim\"]\non = [\"repo:acme/api\"]", 1)
	if p := w.plan(t, only, loose()); len(p.Actions) != 0 || p.Refused[0].Guard != remediate.LastAdminGuard {
		t.Errorf("web has admins by the base permission alone: %v", lines(p))
	}
}
