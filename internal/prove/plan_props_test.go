package main

import (
	"errors"
	"flag"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/remediate"
)

// cases says how often the next property of rapid is tried.
func cases(t *testing.T, n int) int {
	t.Helper()
	if testing.Short() { // under the race detector each takes ten times as long
		n = max(1, n/10)
	}
	if err := errors.Join(flag.Set("rapid.checks", fmt.Sprint(n)), flag.Set("rapid.shrinktime", "10s")); err != nil {
		t.Fatal(err)
	}
	return n
}

// ids are what a plan does, by numbers alone.
func ids(p remediate.Plan) map[string]string {
	out := map[string]string{}
	for _, a := range p.Actions {
		out[a.ID] = a.Title
	}
	return out
}

// blinds are what an answer may lack, and how: always said by nobody, so that it
// is for ajar to notice.
var blinds = []githubsim.Action{
	githubsim.ShortPage, githubsim.NullNodes, githubsim.PartialData, githubsim.EmptyPage, githubsim.NoNext, githubsim.CutJSON, githubsim.Truncated,
	githubsim.Denied, githubsim.SSOPartial, githubsim.WrongTotal, githubsim.DataNull, githubsim.MissingField,
}

func drawBlinds(t *rapid.T) (out []githubsim.Fault) {
	for range rapid.IntRange(1, 3).Draw(t, "faults") {
		f := githubsim.Fault{Action: rapid.SampledFrom(blinds).Draw(t, "fault"), Kind: rapid.SampledFrom([]githubsim.Kind{githubsim.GraphQL, githubsim.REST}).Draw(t, "api")}
		if f.Action == githubsim.ShortPage {
			f.Kind = githubsim.GraphQL // REST states no total, so nobody could tell
		}
		if f.Action == githubsim.MissingField {
			f.Field = rapid.SampledFrom([]string{"role", "permission", "nodes", "edges", "totalCount", "login", "databaseId", "reviewers", "read_only"}).Draw(t, "field")
		}
		// By chance, which follows what is asked and not when: requests are side by side.
		f.Probability = rapid.SampledFrom([]float64{0.05, 0.2, 0.5, 1}).Draw(t, "chance")
		out = append(out, f)
	}
	return out
}

// TestAnswersThatLackSomethingNeverAddAnAction is property (e).
func TestAnswersThatLackSomethingNeverAddAnAction(t *testing.T) {
	n := cases(t, size(15, 1500, 15000))
	rapid.Check(t, func(rt *rapid.T) {
		w, base := drawWorld(rt), drawBaseline(rt)
		whole := newLab(rt, clone(w), base, githubsim.Options{})
		defer whole.end()
		before := whole.plan(whole.audit())
		all := ids(before)
		faults := drawBlinds(rt)
		less := newLab(rt, w, base, githubsim.Options{Faults: faults, Seed: rapid.Uint64().Draw(rt, "seed")})
		defer less.end()
		r, err := less.pass().Run(t.Context())
		if err != nil {
			return // no snapshot, no plan
		}
		p := less.plan(r)
		for _, a := range p.Actions {
			if _, ok := all[a.ID]; !ok && !slices.ContainsFunc(before.Actions, func(b remediate.Action) bool { return partOf(b.Change, a.Change) }) {
				rt.Fatalf("%q is new now that less is seen (%s)\nbefore:\n%sthen:\n%s\n%s", a.Title, told(faults), lines(before), lines(p), base)
			}
		}
	})
	figures(t, "%d cases of answers that lack something added no action", n)
}

// partOf reports whether one change of a gate does nothing but a part of another: of
// what a gate is made of, each part passes the guards by itself.
func partOf(of, part remediate.Change) bool {
	if part.Thing != remediate.Protection || of.Thing != remediate.Protection || part.Env.ID != of.Env.ID {
		return false
	}
	was, less, all := *part.Before.Gate, *part.After.Gate, *of.After.Gate
	keeps := func(was, less, all any) bool { return reflect.DeepEqual(less, was) || reflect.DeepEqual(less, all) }
	return reflect.DeepEqual(was, *of.Before.Gate) &&
		keeps(was.Reviewers, less.Reviewers, all.Reviewers) && keeps(was.PreventSelfReview, less.PreventSelfReview, all.PreventSelfReview) &&
		keeps(was.AdminBypass, less.AdminBypass, all.AdminBypass) && keeps(was.WaitTimer, less.WaitTimer, all.WaitTimer) &&
		keeps([]any{was.Branches, was.Patterns}, []any{less.Branches, less.Patterns}, []any{all.Branches, all.Patterns})
}

func told(faults []githubsim.Fault) string {
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&b, "{%s %s field=%q p=%g} ", f.Action, f.Kind, f.Field, f.Probability)
	}
	return b.String()
}

// TestRenamingEverythingChangesNoAction is property (h). The baseline speaks of
// things by their names, so it is renamed as well.
func TestRenamingEverythingChangesNoAction(t *testing.T) {
	n := cases(t, size(10, 500, 5000))
	rapid.Check(t, func(rt *rapid.T) {
		w, base := drawWorld(rt), drawBaseline(rt)
		one := newLab(rt, clone(w), base, githubsim.Options{})
		defer one.end()
		before := one.plan(one.audit())
		other := newLab(rt, renamed(w), renamedText(base), githubsim.Options{})
		defer other.end()
		after := other.plan(other.audit())
		if b, a := ids(before), ids(after); !sameKeys(a, b) {
			rt.Fatalf("before:\n%safter:\n%s", lines(before), lines(after))
		}
	})
	figures(t, "%d cases of new names changed no action", n)
}

// TestTheOrderOfAnythingChangesNoResult is property (i).
func TestTheOrderOfAnythingChangesNoResult(t *testing.T) {
	n := cases(t, size(10, 500, 5000))
	rapid.Check(t, func(rt *rapid.T) {
		w, base := drawWorld(rt), drawBaseline(rt)
		one := newLab(rt, clone(w), base, githubsim.Options{})
		defer one.end()
		before := one.plan(one.audit())
		shuffle(rt, w)
		other := newLab(rt, w, shuffledText(rt, base), githubsim.Options{})
		defer other.end()
		after := other.plan(other.audit())
		if lines(before) != lines(after) || !sameKeys(ids(before), ids(after)) {
			rt.Fatalf("before:\n%safter:\n%s", lines(before), lines(after))
		}
	})
	figures(t, "%d cases of another order changed no result", n)
}

func sameKeys(a, b map[string]string) bool {
	for k := range a {
		if _, ok := b[k]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}
