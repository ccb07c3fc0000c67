package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/journal"
	"github.com/eb661601/ajar/remediate"
	engine "github.com/eb661601/ajar/remediate/run"
)

// show lists the plan in short on stderr, before somebody says yes to it: one line
// for each action, and then once what cannot be undone. What an earlier run of the
// plan did already is counted. Where nobody is asked, what happens is told line by
// line anyway, and each says nothing.
func (x *carrying) show(p remediate.Plan, former *engine.Run, each bool) {
	done := doneBy(former)
	x.a.remark("plan %.8s of %s, made %s from snapshot %d: %s; %s",
		p.Hash, x.org, instant(p.MadeAt), p.SnapshotID, things(len(p.Actions)), losing(p.Losers))
	if former != nil {
		x.a.remark("it goes on with run %s: %d of %d are done", former.ID, len(done), len(p.Actions))
	}
	for i, a := range p.Actions {
		if each && !done[a.ID] {
			x.a.remark("%d/%d %s (risk: %s)", i+1, len(p.Actions), a.Title, a.Risk)
		}
	}
	for _, line := range forGood(p.Actions, done) {
		x.a.remark("not to be undone: %s", line)
	}
}

// doneBy names the actions that a run has behind it.
func doneBy(r *engine.Run) map[string]bool {
	done := map[string]bool{}
	if r != nil {
		for _, p := range r.Actions {
			if p.State == journal.Verified {
				done[p.ID] = true
			}
		}
	}
	return done
}

// forGood gathers what cannot be undone: each thing once, with the places of the
// actions that take it.
func forGood(actions []remediate.Action, done map[string]bool) []string {
	var what []string
	places := map[string][]int{}
	left := 0
	for i, a := range actions {
		if done[a.ID] {
			continue
		}
		left++
		for _, w := range a.Irreversible {
			if len(places[w]) == 0 {
				what = append(what, w)
			}
			if !slices.Contains(places[w], i+1) {
				places[w] = append(places[w], i+1)
			}
		}
	}
	out := make([]string, 0, len(what))
	for _, w := range what {
		of := "of " + ranges(places[w])
		if n := len(places[w]); n == left && n > 1 {
			of = fmt.Sprintf("of all %d", n)
		}
		out = append(out, fmt.Sprintf("%s (%s)", w, of))
	}
	return out
}

// ranges writes rising numbers in short: 1, 4-8.
func ranges(places []int) string {
	var out []string
	for i := 0; i < len(places); {
		j := i
		for j+1 < len(places) && places[j+1] == places[j]+1 {
			j++
		}
		word := fmt.Sprint(places[i])
		if j > i {
			word += "-" + fmt.Sprint(places[j])
		}
		out = append(out, word)
		i = j + 1
	}
	return strings.Join(out, ", ")
}

// losing says how many lose something by a plan.
func losing(n int) string {
	switch n {
	case 0:
		return "nobody loses anything"
	case 1:
		return "1 person or principal loses something"
	}
	return fmt.Sprintf("%d people and principals lose something", n)
}

func things(n int) string {
	if n == 1 {
		return "1 thing"
	}
	return fmt.Sprintf("%d things", n)
}

// tellSaved says where the plan is and what comes next.
func (a *app) tellSaved(path, mode string, p remediate.Plan, byChannel bool) {
	if byChannel {
		a.remark("the channels of [notify] tell those whom it lists, and each notice runs from when they have taken it: the daemon sends it, or %s notify retry", a.program)
	}
	switch next := fmt.Sprintf("%s plan approve %s", a.program, path); {
	case len(p.Actions) == 0 && len(p.Waiting) > 0 && (byChannel || len(p.Notices) == 0): // or it lists nobody
		a.remark("saved in %s; nothing is due yet", path)
	case len(p.Actions) == 0 && len(p.Waiting) > 0:
		a.remark("saved in %s; nothing is due yet, and those whom it lists count as told from now on", path)
	case len(p.Actions) == 0:
		a.remark("saved in %s, with nothing to carry out", path)
	case mode == "dry-run":
		a.remark("saved in %s; [remediate] mode is dry-run, so it cannot be carried out", path)
	case len(p.Stopped) > 0 && limitsOnly(p.Stopped):
		a.remark("saved in %s; as it is over a limit, it takes a smaller one (--only, --max), or --allow-changes %d --reason TEXT at plan approve and at apply", path, engine.Takes(p))
	case len(p.Stopped) > 0:
		a.remark("saved in %s; a guard stops it", path)
	default:
		a.remark("saved in %s; next, somebody of [remediate] approvers who is not you: %s", path, next)
	}
}

// limitsOnly reports whether --allow-changes lifts all that stops a plan.
func limitsOnly(stopped []string) bool {
	return !slices.ContainsFunc(stopped, func(why string) bool {
		return !strings.HasPrefix(why, "max_changes:") && !strings.HasPrefix(why, "limits.")
	})
}
