package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/internal/witness"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

func drawGuards(t *rapid.T, l *lab) (protected []string) {
	l.guards.Expel = rapid.Bool().Draw(t, "expel")
	l.guards.AllowOwnerOnly = rapid.Bool().Draw(t, "owner only")
	l.guards.MinOwners = rapid.IntRange(1, 3).Draw(t, "min owners")
	if rapid.Bool().Draw(t, "protect") {
		protected = []string{rapid.SampledFrom([]string{"dev0", "dev1", "dev2", "boss1"}).Draw(t, "protected")}
		l.guards.Protected = []string{"user:" + protected[0]}
	}
	if rapid.Bool().Draw(t, "protect a team") {
		l.guards.Protected = append(l.guards.Protected, "team:"+orgName+"/"+rapid.SampledFrom(teamNames).Draw(t, "protected team"))
	}
	return protected
}

// watching lets a watch stand before the simulator of a lab.
func (l *lab) watching(protected []string) *witness.Watch {
	w := witness.New(l.sim, max(1, l.guards.MinOwners), protected, l.allowed())
	l.front.put(w)
	return w
}

// allowed is what the baseline allows everybody, asked of the baseline alone: a
// person by name, by team, by the base permission, and by ownership.
func (l *lab) allowed() map[string]int {
	r := l.audit()
	out := map[string]int{}
	at := l.clock.now()
	for _, repo := range r.Snapshot.Repositories {
		for _, p := range r.Snapshot.People {
			most := r.Baseline.OnRepo(access.Ref{Kind: access.User, ID: p.ID}, repo.ID, at).Privilege
			for _, t := range r.Snapshot.Teams {
				if slices.Contains(r.Graph.Members(t.ID), p.ID) {
					most = max(most, r.Baseline.OnRepo(access.Ref{Kind: access.Team, ID: t.ID}, repo.ID, at).Privilege)
				}
			}
			if base, ok := r.Baseline.BasePermission(); ok && r.Graph.Member(p.ID) {
				most = max(most, base)
			}
			if r.Baseline.Owner(p.ID) {
				most = access.Admin
			}
			out[p.Login+" "+repo.Name] = max(0, slices.Index(witness.Levels, most.String()))
		}
	}
	return out
}

// explained holds that each open finding is told of in the plan: refused with a
// guard, or left to people with where to click.
func explained(findings []access.Finding, p remediate.Plan) (left []string) {
	told := map[string]bool{}
	about := map[[2]access.Ref]bool{} // one action answers several findings, and is refused once
	idle := map[access.Ref]bool{}     // who shows no sign of life is answered by the actions on their grants
	for _, x := range p.Refused {
		told[x.Finding], about[[2]access.Ref{x.Principal.Ref, x.Resource.Ref}] = true, true
		if x.Principal.Kind == access.User && x.Resource.Kind == access.Repo {
			idle[x.Principal.Ref] = true
		}
	}
	for _, x := range p.Instructions {
		told[x.Finding] = true
	}
	for _, x := range p.Waiting {
		told[x.Finding] = true
	}
	for _, f := range findings {
		if f.Rule == "outside-collaborator-stale" && idle[f.Principal.Ref] {
			continue
		}
		// This one asks to give somebody something, which a plan never does.
		if f.State == access.Open && !told[f.Fingerprint] && !about[[2]access.Ref{f.Principal.Ref, f.Resource.Ref}] && !about[[2]access.Ref{{}, f.Resource.Ref}] && f.Rule != "last-repository-admin" {
			left = append(left, f.Title+" ("+f.Rule+")")
		}
	}
	return left
}

// TestAnAppliedPlanLeavesOnlyWhatItRefusedAndRestoresWhatItTook is the properties
// (a), (b), (c), (d) and (f), where nobody interferes.
func TestAnAppliedPlanLeavesOnlyWhatItRefusedAndRestoresWhatItTook(t *testing.T) {
	n := cases(t, size(40, 4000, 40000))
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(rt, drawWorld(rt), drawBaseline(rt), githubsim.Options{})
		defer l.end()
		w := l.watching(drawGuards(rt, l))
		l.carriesOut(rt, w)
		if wrong := w.Complaints(); len(wrong) > 0 {
			rt.Fatalf("%s\n%s", strings.Join(wrong, "\n"), l.base)
		}
	})
	figures(t, "%d cases of plan, apply, audit, apply again, restore", n)
}

// carriesOut applies plans until there is nothing left to do, and puts the first run
// back. It tells how many plans it took: what GitHub or a guard refuses at first, such
// as a grant below the base permission, waits for the plan after what it hangs on. It
// comes to an end because no plan asks again for what an earlier one carried out.
func (l *lab) carriesOut(rt failer, w *witness.Watch) (rounds int) {
	ctx := context.Background()
	done := map[string]int{} // in which round
	for round := 1; ; round++ {
		r := l.audit()
		p := l.plan(r)
		if len(p.Actions) == 0 {
			if left := explained(r.Findings, p); len(left) > 0 {
				rt.Fatalf("nothing explains what is left: %v\n%s\n%s", left, lines(p), l.base)
			}
			return round - 1
		}
		if len(p.Stopped) > 0 {
			return round - 1 // a guard stops the whole plan, and says so
		}
		before := l.sim.Snapshot()
		carried, err := l.apply(ctx, p)
		if err != nil {
			rt.Fatalf("%v\n%s\n%s\n%s\n%s", err, states(carried), lines(p), l.base, strings.Join(witness.Essence(before), "\n"))
		}
		for _, a := range carried.Actions {
			if a.State != journal.Verified {
				rt.Fatalf("%s is %s (%s %s)\n%s\n%s", a.Title, a.State, a.How, a.Why, states(carried), l.base)
			}
			if was := done[a.Title]; was > 1 { // the first round is put back
				rt.Fatalf("%s was carried out in round %d, and is in the plan of round %d again\n%s\n%s", a.Title, was, round, lines(p), l.base)
			}
			done[a.Title] = round
		}
		sent := w.Sent()
		if _, err := l.apply(ctx, p); err != nil || w.Sent() != sent {
			rt.Fatalf("applied again it sent %d requests more: %v", w.Sent()-sent, err)
		}
		if round == 1 {
			l.back(rt, carried, r, before)
		}
	}
}

// back restores a run, compares with the organization of before, and carries the
// plan of then out again.
func (l *lab) back(rt failer, done *run.Run, was audit.Result, before *githubsim.World) {
	ctx := context.Background()
	l.front.put(l.sim) // it gives again what was taken: that is not what the watch is for
	again, back, err := l.restore(ctx, done.ID)
	if err != nil {
		rt.Fatalf("restoring: %v\n%s\n%s", err, states(again), l.base)
	}
	invited, diff := invitedAgain(witness.Apart(witness.Essence(before), witness.Essence(l.sim.Snapshot())))
	diff = slices.DeleteFunc(diff, func(line string) bool { return oneWay(line, back) })
	if len(diff) > 0 {
		rt.Fatalf("restored, it differs from before:\n%s\n%s", strings.Join(diff, "\n"), states(again))
	}
	for place := range invited {
		_, login, _ := strings.Cut(place, " ")
		if !foretold(back, login) {
			rt.Fatalf("nobody said that %s has to accept an invitation again\n%s", login, states(again))
		}
	}
	if again.Outcome() != nil {
		rt.Fatalf("restoring ended: %v\n%s", again.Outcome(), states(again))
	}
	l.sim.Mutate(func(w *githubsim.World) { acceptAll(rt, w, invited) })
	diff = slices.DeleteFunc(witness.Apart(witness.Essence(before), witness.Essence(l.sim.Snapshot())), func(line string) bool { return oneWay(line, back) })
	if len(diff) > 0 {
		rt.Fatalf("restored, and all who were invited again have accepted, it differs from before:\n%s\n%s", strings.Join(diff, "\n"), states(again))
	}
	if diff := findingsApart(was, l.audit(), back); len(diff) > 0 {
		rt.Fatalf("restored, the findings differ from those of before:\n%s\n%s", strings.Join(diff, "\n"), states(again))
	}
}

// acceptAll lets people accept invitations, each by "place login".
func acceptAll(rt failer, w *githubsim.World, invited map[string]bool) {
	o := w.Orgs[0]
	accept := func(id int64, login string) {
		if err := w.Accept(o.Login, id, login); err != nil {
			rt.Fatal(err)
		}
	}
	for _, i := range slices.Clone(o.Invitations) {
		if invited[o.Login+" "+i.Login] {
			accept(i.ID, i.Login)
		}
	}
	for _, r := range o.Repos {
		for _, i := range slices.Clone(r.Invitations) {
			if invited[o.Login+"/"+r.Name+" "+i.Login] {
				accept(i.ID, i.Login)
			}
		}
	}
}

// oneWay reports whether a difference is what GitHub or a guard never lets come back,
// and the plan named as such: a direct grant below the base permission, a gate that
// nobody could open.
func oneWay(line string, back run.Restore) bool {
	for _, c := range back.Cannot {
		if !remediate.OneWay(c.What) {
			continue
		}
		if m := wasIn.FindStringSubmatch(line); m != nil && mentions(c.Title, m[2]) && strings.Contains(c.Title, m[1]+" ") {
			return true
		}
		if repo, _, ok := strings.Cut(line[2:], " environment "); ok && strings.Contains(c.Title, "env:"+repo+"/") {
			return true
		}
	}
	return false
}

// unrestored reports whether a finding is about such a thing.
func unrestored(line string, back run.Restore) bool {
	return slices.ContainsFunc(back.Cannot, func(c run.Cannot) bool {
		_, who, _ := strings.Cut(c.Title, "user:")
		who, _, _ = strings.Cut(who, " ")
		_, gate, _ := strings.Cut(c.Title, "env:")
		gate, _, _ = strings.Cut(gate, "/production")
		return remediate.OneWay(c.What) && (who != "" && mentions(line, who) || gate != "" && strings.Contains(line, gate))
	})
}

// foretold reports whether the restore names somebody among what cannot be put
// back.
func foretold(back run.Restore, login string) bool {
	return slices.ContainsFunc(back.Cannot, func(c run.Cannot) bool { return mentions(c.Title, login) })
}

// mentions reports whether a text names a login.
func mentions(text, login string) bool {
	return regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(login) + `($|[^\w-])`).MatchString(text)
}

var (
	wasIn     = regexp.MustCompile(`^- (\S+) (?:collaborator|member|team \S+ member) (\S+) ?(\S*)$`)
	isInvited = regexp.MustCompile(`^\+ (\S+) invitation (\S+) (\S+)`)
)

// invitedAgain sorts out of a list of differences the people who had access and are
// invited to the same now, which is all that GitHub lets a program do: to a
// repository with the same role, or to the organization with all that they had.
func invitedAgain(diff []string) (invited map[string]bool, rest []string) {
	invited = map[string]bool{}
	offers := map[string]string{}
	for _, line := range diff {
		if m := isInvited.FindStringSubmatch(line); m != nil {
			offers[m[1]+" "+m[2]] = m[3]
		}
	}
	used := map[string]bool{}
	for _, line := range diff {
		m := wasIn.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		org, _, _ := strings.Cut(m[1], "/")
		if role, ok := offers[m[1]+" "+m[2]]; ok && (role == m[3] || !strings.Contains(m[1], "/")) {
			used[line], used[m[1]+" "+m[2]], invited[m[1]+" "+m[2]] = true, true, true
		} else if _, ok := offers[org+" "+m[2]]; ok {
			used[line], used[org+" "+m[2]], invited[org+" "+m[2]] = true, true, true
		}
	}
	for _, line := range diff {
		m := isInvited.FindStringSubmatch(line)
		if !used[line] && (m == nil || !used[m[1]+" "+m[2]]) {
			rest = append(rest, line)
		}
	}
	return invited, rest
}

// findingsApart compares findings. A key and an invitation that were put back have
// another number, so what is found about them is not the same finding.
func findingsApart(was, is audit.Result, back run.Restore) []string {
	list := func(r audit.Result) (out []string) {
		for _, f := range r.Findings {
			never := f.Rule == "environment-never-configured" // it was configured now, twice
			if f.State == access.Open && f.Principal.Kind != access.Key && f.Principal.Kind != access.Invitation && !never {
				out = append(out, f.Title)
			}
		}
		return out
	}
	return slices.DeleteFunc(witness.Apart(list(was), list(is)), func(line string) bool {
		return unrestored(line, back)
	})
}

// states tells how the actions of a run stand.
func states(r *run.Run) string {
	if r == nil {
		return "there is no run"
	}
	var b strings.Builder
	for _, a := range r.Actions {
		fmt.Fprintf(&b, "  %-10s %s: %s %s\n", a.State, a.Title, a.How, a.Why)
		if a.State != journal.Verified {
			text, _ := json.Marshal(a.Change) // plain data
			fmt.Fprintf(&b, "      %s\n", text)
		}
		for _, s := range a.Sends {
			fmt.Fprintf(&b, "      %s %s%s %s -> %+v\n", s.Step.Method, s.Step.Path, s.Step.GraphQL, s.Step.Body, s.Answer)
		}
	}
	return b.String()
}
