package remediate_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// crewed is a team with two maintainers, of whom the baseline lists one, and an
// owner, who reads as a third.
func crewed() (w *world, base string) {
	w = newWorld()
	w.team("crew", "", "ann", "bob", "cy", "root")
	for _, l := range []string{"ann", "bob", "root"} {
		w.rank(l, "crew", access.Maintain)
	}
	return w, "[[team]]\nmatch = [\"team:acme/*\"]\nmaintainers = [\"user:ann\"]\n"
}

func TestAMaintainerWhoIsNotListedBecomesAMember(t *testing.T) {
	w, base := crewed()
	p := w.plan(t, base, loose())
	if diff := cmp.Diff([]string{"low: make user:bob a member of team:acme/crew, no maintainer"}, lines(p)); diff != "" {
		t.Fatalf("want -, have +:\n%s", diff)
	}
	a := p.Actions[0]
	c := a.Change
	if a.Kind != remediate.DemoteMaintainer || c.Thing != remediate.TeamMembership || c.User.ID != w.ref("user:bob").ID || c.Team.ID != w.ref("team:crew").ID {
		t.Errorf("%+v", a)
	}
	if c.Before.Role != "maintainer" || c.After.Role != "member" || !c.After.There || !c.Inverse().After.Same(c.Before) {
		t.Errorf("%+v", c)
	}
	if a.Losers != 1 || a.Lost[0].As != "member" || a.Loss != "a say over who is in team:acme/crew" || len(a.Irreversible) != 0 || len(a.Remaining) != 0 {
		t.Errorf("%+v", a)
	}
	end := remediate.EndState(w.seal(), []remediate.Change{c})
	for _, g := range end.GrantsOn(w.ref("team:crew")) {
		if g.Principal == w.ref("user:bob") && g.Privilege != access.Member {
			t.Errorf("it ends as %+v", g)
		}
	}
	if len(end.Grants) != len(w.Grants) {
		t.Errorf("%d grants at the end, and %d before", len(end.Grants), len(w.Grants))
	}
}

func TestThatATeamIsLeftWithoutAMaintainerIsSaid(t *testing.T) {
	w, _ := crewed()
	p := w.plan(t, "[[team]]\nmatch = [\"team:acme/crew\"]\nmaintainers = []\n", loose())
	if len(p.Actions) != 2 {
		t.Fatal(lines(p))
	}
	for _, a := range p.Actions {
		if !strings.HasSuffix(a.Loss, "; no maintainer is left then, and the owners of the organization run the team") {
			t.Errorf("%s: %s", a.Title, a.Loss)
		}
	}
}

func TestTheGuardsKeepMaintainers(t *testing.T) {
	for name, c := range map[string]struct {
		set   func(*world, *remediate.Guards)
		guard remediate.Guard
	}{
		"who is protected":       {func(_ *world, g *remediate.Guards) { g.Protected = []string{"user:bob"} }, remediate.ProtectedGuard},
		"who keeps the baseline": {func(_ *world, g *remediate.Guards) { g.Editors = []string{"user:bob"} }, remediate.EditorsGuard},
	} {
		w, base := crewed()
		guards := loose()
		c.set(w, &guards)
		if p := w.plan(t, base, guards); len(p.Actions) != 0 || len(p.Refused) != 1 || p.Refused[0].Guard != c.guard {
			t.Errorf("%s: %q", name, lines(p))
		}
	}
	w, base := crewed()
	in := w.input(t, base, loose())
	in.Self = []access.Ref{w.ref("user:bob")}
	if p := remediate.NewPlan(in); len(p.Actions) != 0 || p.Refused[0].Guard != remediate.SelfGuard {
		t.Errorf("ajar itself: %q", lines(p))
	}
	in = w.input(t, base, loose())
	in.Guards.MaxChanges = 0
	if p := remediate.NewPlan(in); len(p.Stopped) == 0 {
		t.Errorf("the limits do not count it: %q", lines(p))
	}
	for _, a := range []access.Area{access.AreaMembers, access.AreaTeamMembers} {
		w, base := crewed()
		w.blind(a, 0)
		if p := w.plan(t, base, loose()); len(p.Actions) != 0 {
			t.Errorf("without %s: %q", a, lines(p))
		}
	}
}

func TestAMaintainerIsDemotedBeforeTheyAreTakenOut(t *testing.T) {
	for name, c := range map[string]struct {
		entry string
		want  string
	}{
		"listed":     {"maintainers = [\"user:ann\"]\n", "refused (entitled)"},
		"not listed": {"maintainers = []\n", "low: make user:ann a member of team:acme/guild, no maintainer"},
	} {
		w, base := guild()
		w.rank("ann", "guild", access.Maintain)
		p := w.plan(t, base+"[[team]]\nmatch = [\"team:acme/guild\"]\n"+c.entry, loose())
		said := false
		for _, l := range lines(p) {
			said = said || strings.HasPrefix(l, c.want)
			if strings.Contains(l, "out of team:acme/guild") {
				t.Errorf("%s: %s", name, l)
			}
		}
		if !said {
			t.Errorf("%s: %q", name, lines(p))
		}
	}
}

func TestATeamThatADirectoryFillsIsLeftToPeople(t *testing.T) {
	w, base := crewed()
	in := w.input(t, base+"[[team]]\nmatch = [\"team:acme/crew\"]\ndirectory = \"sre all\"\n", loose())
	since := now.AddDate(0, 0, -3)
	in.Seen = map[string]remediate.Sight{in.Findings[0].Fingerprint: {Since: since}}
	p := remediate.NewPlan(in)
	want := []string{"by hand: user:bob maintains team:acme/crew, which the baseline does not allow: Identity provider → group sre all"}
	if diff := cmp.Diff(want, lines(p)); diff != "" {
		t.Fatalf("want -, have +:\n%s", diff)
	}
	if i := p.Instructions[0]; i.Who != "who keeps the groups of the identity provider" || !i.Since.Equal(since) || !strings.HasPrefix(i.Why, "the identity provider decides") {
		t.Errorf("%+v", i)
	}
	in = w.input(t, base+"[[team]]\nmatch = [\"team:acme/crew\"]\ndirectory = \"sre all\"\n", loose())
	in.Findings, in.Former = nil, p.Instructions
	in.Ended = map[string]time.Time{p.Instructions[0].Finding: now}
	if q := remediate.NewPlan(in); len(q.Done) != 1 || q.Done[0].Where != "Identity provider → group sre all" {
		t.Errorf("it is not told as done: %+v", q.Done)
	}

	w, base = guild()
	p = w.plan(t, base+"[[team]]\nmatch = [\"team:acme/guild\"]\ndirectory = \"guild\"\n", loose())
	found := lines(p)
	if len(p.Actions) != 0 || len(p.Instructions) != 1 || p.Instructions[0].Where != "Identity provider → group guild" || p.Refused[0].Guard != remediate.EntitledGuard {
		t.Errorf("%q", found)
	}
}
