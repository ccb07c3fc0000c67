package remediate_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
	"github.com/eb661601/ajar/remediate"
)

// carryOut does to the snapshot what GitHub would do for some of the actions.
func carryOut(w *world, actions []remediate.Action) {
	for _, a := range actions {
		switch {
		case a.Kind == remediate.SetBase:
			w.Settings.BasePermission = a.To
		case a.Kind == remediate.ProtectEnvironment:
			w.regate(a)
		case a.Kind == remediate.DemoteMaintainer:
			w.rank(strings.TrimPrefix(a.Principal.Name, "user:"), strings.TrimPrefix(a.Resource.Name, "team:acme/"), access.Member)
		case a.Kind == remediate.RemoveTeamMember:
			w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool { return g.Principal == a.Principal.Ref && g.Resource == a.Resource.Ref })
		case a.Kind == remediate.ConvertMember:
			w.convert(a.Principal.Ref)
		case a.Kind == remediate.DemoteOwner:
			w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool { return g.Principal == a.Principal.Ref && g.Privilege == access.Owner })
			w.join(access.Member, strings.TrimPrefix(a.Principal.Name, "user:"))
		case a.Kind == remediate.RemoveMember:
			w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool { return g.Principal == a.Principal.Ref && g.Source != access.Reviewer })
		case a.Grant != nil:
			w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool { return g == *a.Grant })
			if a.To != access.None {
				g := *a.Grant
				g.Privilege, g.Role = a.To, 0
				w.Grants = append(w.Grants, g)
			}
		}
	}
}

// regate sets the gate of an environment.
func (w *world) regate(a remediate.Action) {
	w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool { return g.Resource == a.Resource.Ref })
	name := strings.TrimPrefix(a.Resource.Name, "env:acme/")
	e, to := w.env(name), a.Change.After.Gate
	e.Gate = &access.Gate{Env: e.ID, Repo: e.Repo, PreventSelfReview: to.PreventSelfReview, WaitTimer: to.WaitTimer}
	e.Policy = &access.Policy{Env: e.ID, Repo: e.Repo, AdminBypass: to.AdminBypass, Branches: to.Branches}
	for i, x := range to.Patterns {
		e.Policy.Patterns = append(e.Policy.Patterns, access.Pattern{ID: int64(i + 1), Name: x.Name, Type: x.Type})
	}
	for _, r := range to.Reviewers {
		w.reviewer(r.Kind+":"+r.Name, name)
	}
}

// convert makes a member an outside collaborator: what teams gave becomes a grant
// of their own.
func (w *world) convert(who access.Ref) {
	g := reach.New(w.seal())
	for id, now := range g.Of(who.ID) {
		level := access.None
		for _, s := range now.Sources {
			if s.Kind == access.Direct || s.Kind == access.ByTeam {
				level = max(level, s.Privilege)
			}
		}
		on := access.Ref{Kind: access.Repo, ID: id}
		w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool { return g.Principal == who && g.Resource == on })
		if level > access.None {
			w.Grants = append(w.Grants, access.Grant{Principal: who, Resource: on, Privilege: level, Source: access.Direct})
		}
	}
	w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool {
		return g.Principal == who && (g.Resource.Kind == access.Team || g.Resource.Kind == access.Org)
	})
	w.Outside = append(w.Outside, access.Outside{User: who.ID})
}

// twin is a world that can be changed without changing the first.
func (w *world) twin() *world {
	c := *w
	settings := *w.Settings
	c.Settings, c.Grants, c.Environments = &settings, slices.Clone(w.Grants), slices.Clone(w.Environments)
	c.Coverage = access.NewCoverage(w.Coverage.Lines()...)
	return &c
}

// TestWhateverPartOfAPlanRunsNobodyIsLockedOut runs any subset of a plan, in the
// plan's order, and looks at what is left with the graph alone.
func TestWhateverPartOfAPlanRunsNobodyIsLockedOut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, base, guards := drawWorld(rt), drawBaseline(rt), drawGuards(rt)
		in := w.input(t, base, guards)
		p := remediate.NewPlan(in)
		for _, why := range p.Stopped {
			if strings.HasPrefix(why, "end state:") {
				rt.Fatalf("%s: %v", why, lines(p))
			}
		}
		part := slices.DeleteFunc(slices.Clone(p.Actions), func(remediate.Action) bool { return rapid.Bool().Draw(rt, "left out") })
		end := w.twin()
		carryOut(end, part)
		before, after := in.Graph, reach.New(end.seal())
		owners := 0
		for _, login := range []string{"root", "boss", "o2", "o3"} {
			if r, ok := w.ids["user:"+login]; ok && after.Owner(r.ID) {
				owners++
			}
		}
		if demoted := slices.ContainsFunc(part, func(a remediate.Action) bool { return a.Kind == remediate.DemoteOwner }); demoted && owners < max(1, guards.MinOwners) {
			rt.Fatalf("%d owners are left: %v", owners, lines(p))
		}
		for _, r := range w.Repositories {
			checkRepository(rt, w, in, r, before, after, p)
		}
		for _, e := range w.Environments {
			if len(before.Approvers(e.ID)) > 0 && len(after.Approvers(e.ID)) == 0 && e.Gate.Reviewers > 0 {
				rt.Fatalf("nobody can approve %s: %v", e.Name, lines(p))
			}
		}
	})
}

func checkRepository(rt *rapid.T, w *world, in remediate.Input, r access.Repository, before, after *reach.Graph, p remediate.Plan) {
	admins, left := 0, 0
	for _, who := range w.People {
		b, a := max(access.None, before.On(who.ID, r.ID).Privilege), max(access.None, after.On(who.ID, r.ID).Privilege)
		if a > b {
			rt.Fatalf("%s has %v on %s, more than %v before", who.Login, a, r.Name, b)
		}
		if slices.Contains(in.Guards.Protected, "user:"+who.Login) && a != b {
			rt.Fatalf("protected %s goes from %v to %v: %v", who.Login, b, a, lines(p))
		}
		if may := allowed(in, before, who.ID, r.ID, after.Member(who.ID)); a < min(b, may) {
			rt.Fatalf("%s may have %v on %s, had %v and has %v: %v", who.Login, may, r.Name, b, a, lines(p))
		}
		if before.Owner(who.ID) {
			continue
		}
		if b == access.Admin {
			admins++
		}
		if a == access.Admin {
			left++
		}
	}
	listed := slices.ContainsFunc(in.Baseline.Holders(r.ID, access.Admin, now), func(h access.Ref) bool {
		return h.Kind == access.User || len(before.Members(h.ID)) > 0
	})
	if admins > 0 && left == 0 && !listed {
		rt.Fatalf("%s has no administrator left: %v", r.Name, lines(p))
	}
}

// allowed is what the baseline allows a person, worked out without the planner.
func allowed(in remediate.Input, g *reach.Graph, u, r int64, member bool) access.Privilege {
	most := in.Baseline.OnRepo(access.Ref{Kind: access.User, ID: u}, r, now).Privilege
	for _, t := range in.Snapshot.Teams {
		if slices.Contains(g.Members(t.ID), u) {
			most = max(most, in.Baseline.OnRepo(access.Ref{Kind: access.Team, ID: t.ID}, r, now).Privilege)
		}
	}
	if base, ok := in.Baseline.BasePermission(); ok && member {
		most = max(most, base)
	}
	if in.Baseline.Owner(u) {
		most = access.Admin
	}
	return most
}

// ownWish are findings that may come because the baseline itself asks for it: one
// reviewer alone, one administrator alone.
var ownWish = map[string]bool{"environment-self-review": true, "environment-reviewers-cannot-act": true, "last-repository-admin": true}

func TestCarryingAPlanOutEndsItsFindingsAndMakesNoNewOnes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, base := drawWorld(rt), drawBaseline(rt)
		in := w.input(t, base, loose())
		p := remediate.NewPlan(in)
		known, answered := map[string]bool{}, map[string]bool{}
		for _, f := range in.Findings {
			known[f.Fingerprint] = true
		}
		for _, a := range p.Actions {
			for _, r := range a.Reasons {
				answered[r.Fingerprint] = true
			}
		}
		carryOut(w, p.Actions)
		s := w.seal()
		b, err := baseline.Parse([]baseline.File{{Name: "b.toml", Text: []byte(base)}})
		if err != nil {
			rt.Fatal(err)
		}
		bound, _ := b.Bind(s)
		after := reach.New(s)
		for _, f := range analyzer.Analyze(analyzer.Input{Snapshot: s, Baseline: bound, At: now}).Findings {
			switch {
			case answered[f.Fingerprint] && !leftover(p, f) && !emptied(p, after, f):
				rt.Fatalf("%s is still there after %v", f.Title, lines(p))
			case !known[f.Fingerprint] && !ownWish[f.Rule]:
				rt.Fatalf("%s (%s) is new after %v", f.Title, f.Rule, lines(p))
			}
		}
	})
}

// leftover reports whether a finding is about what a grant still gives that was
// lowered in part, and of which the rest stays refused.
func leftover(p remediate.Plan, f access.Finding) bool {
	return slices.ContainsFunc(p.Actions, func(a remediate.Action) bool {
		return a.Kind == remediate.LowerTeam && len(a.Weighed) > 0 && a.Principal.Ref == f.Principal.Ref && a.Resource.Ref == f.Resource.Ref
	})
}

// emptied reports whether a finding is about what a team kept that nobody is in any more:
// it was lowered to what its people may have, and the same plan took them out of it. The
// next plan takes the rest, which nobody holds.
func emptied(p remediate.Plan, after *reach.Graph, f access.Finding) bool {
	return f.Principal.Kind == access.Team && len(after.Members(f.Principal.ID)) == 0 && slices.ContainsFunc(p.Actions, func(a remediate.Action) bool {
		return a.Kind == remediate.RemoveTeamMember && a.Resource.Ref == f.Principal.Ref
	})
}

func TestLosingSightNeverAddsAnAction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, base, guards := drawWorld(rt), drawBaseline(rt), drawGuards(rt)
		all := ids(remediate.NewPlan(w.input(t, base, guards)))
		for range rapid.IntRange(1, 3).Draw(rt, "gaps") {
			scope := int64(0)
			if rapid.Bool().Draw(rt, "one scope") {
				scope = rapid.SampledFrom(slices.Concat(w.Teams[0:1], w.Teams[1:])).Draw(rt, "team").ID
			}
			w.blind(rapid.SampledFrom(access.Areas).Draw(rt, "area"), scope)
		}
		for id, title := range ids(remediate.NewPlan(w.input(t, base, guards))) {
			if _, ok := all[id]; !ok {
				rt.Fatalf("%q is new now that less is seen", title)
			}
		}
	})
}

// lose takes a scope's rows away, as an answer would that broke off, and notes
// the gap.
func lose(rt *rapid.T, w *world) {
	drop := func(a access.Area, scope int64, is func(access.Grant) bool) {
		w.Grants = slices.DeleteFunc(w.Grants, func(g access.Grant) bool { return is(g) && rapid.Bool().Draw(rt, "row lost") })
		w.blind(a, scope)
	}
	t, r := rapid.SampledFrom(w.Teams).Draw(rt, "team"), rapid.SampledFrom(w.Repositories).Draw(rt, "repo")
	switch rapid.IntRange(0, 5).Draw(rt, "what") {
	case 0:
		drop(access.AreaTeamMembers, t.ID, func(g access.Grant) bool { return g.Resource.Kind == access.Team && g.Resource.ID == t.ID })
	case 1:
		drop(access.AreaTeamGrants, t.ID, func(g access.Grant) bool { return g.Source == access.ByTeam && g.Principal.ID == t.ID })
	case 2:
		drop(access.AreaDirectGrants, r.ID, func(g access.Grant) bool {
			return g.Source == access.Direct && g.Resource.Kind == access.Repo && g.Resource.ID == r.ID
		})
	case 3:
		drop(access.AreaMembers, 0, func(g access.Grant) bool { return g.Resource.Kind == access.Org })
	case 4:
		drop(access.AreaGates, r.ID, func(g access.Grant) bool {
			e, ok := w.Environment(g.Resource.ID)
			return g.Source == access.Reviewer && ok && e.Repo == r.ID
		})
	case 5:
		w.Settings = nil
		w.blind(access.AreaSettings, 0)
	}
}

func TestLosingRowsNeverAddsAnAction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, base, guards := drawWorld(rt), drawBaseline(rt), drawGuards(rt)
		whole := remediate.NewPlan(w.input(t, base, guards))
		all := ids(whole)
		lose(rt, w)
		less := remediate.NewPlan(w.input(t, base, guards))
		for id, title := range ids(less) {
			if _, ok := all[id]; !ok {
				rt.Fatalf("%q is new now that less is seen; before: %v", title, lines(whole))
			}
		}
	})
}

func TestFewerFindingsNeverAddAnAction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawWorld(rt).input(t, drawBaseline(rt), drawGuards(rt))
		all := ids(remediate.NewPlan(in))
		in.Findings = slices.DeleteFunc(in.Findings, func(access.Finding) bool { return rapid.Bool().Draw(rt, "gone") })
		for id, title := range ids(remediate.NewPlan(in)) {
			if _, ok := all[id]; !ok {
				rt.Fatalf("%q is new now that there are fewer findings", title)
			}
		}
	})
}

func ids(p remediate.Plan) map[string]string {
	out := map[string]string{}
	for _, a := range p.Actions {
		out[a.ID] = a.Title
	}
	return out
}

func TestTheOrderOfFindingsChangesNothing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := drawWorld(rt).input(t, drawBaseline(rt), drawGuards(rt))
		p := remediate.NewPlan(in)
		in.Findings = rapid.Permutation(in.Findings).Draw(rt, "order")
		in.Graph = nil
		if q := remediate.NewPlan(in); q.Hash != p.Hash {
			rt.Fatalf("have %v\nwant %v", lines(q), lines(p))
		}
	})
}

func TestRenamesChangeNoAction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w, base, guards := drawWorld(rt), drawBaseline(rt), drawGuards(rt)
		before := remediate.NewPlan(w.input(t, base, guards))
		in := w.input(t, base, guards) // bound by the names of now, and then everything is called otherwise
		s := *in.Snapshot
		s.People, s.Teams, s.Repositories = slices.Clone(s.People), slices.Clone(s.Teams), slices.Clone(s.Repositories)
		for i := range s.People {
			s.People[i].Login = fmt.Sprintf("renamed%d", i)
		}
		for i := range s.Teams {
			s.Teams[i].Slug = fmt.Sprintf("team%d", i)
		}
		for i := range s.Repositories {
			s.Repositories[i].Name = fmt.Sprintf("repo%d", i)
		}
		in.Snapshot, in.Graph, in.Guards.Protected = &s, nil, nil
		if guards.Protected != nil {
			who := w.ref(guards.Protected[0]).ID
			i := slices.IndexFunc(s.People, func(p access.Person) bool { return p.ID == who })
			in.Guards.Protected = []string{"user:" + s.People[i].Login}
		}
		after := remediate.NewPlan(in)
		for i, a := range after.Actions {
			if i >= len(before.Actions) || a.ID != before.Actions[i].ID || !a.Change.Equal(before.Actions[i].Change) {
				rt.Fatalf("%s is new", a.Title)
			}
		}
		if len(after.Actions) != len(before.Actions) {
			rt.Fatalf("%v\nbecame %v", lines(before), lines(after))
		}
	})
}
