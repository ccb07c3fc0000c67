package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/analyzer"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
)

// logged gives a world an audit log, which it has from its first entry on.
func logged(w *githubsim.World) *githubsim.World {
	w.Orgs[0].AuditLog = []*githubsim.AuditEvent{{
		ID: "seed", Action: "repo.create", Actor: "boss1", Repo: w.Orgs[0].Repos[0].Name, CreatedAt: noon.AddDate(0, 0, -400),
	}}
	return w
}

// foreign gives what an audit says of changes that were made as ajar and not by it:
// the titles of the findings, and the holds.
func (l *lab) foreign(r audit.Result) (found, held []string) {
	l.t.Helper()
	for _, f := range r.Findings {
		if f.Rule == analyzer.UnexplainedChange && f.State == access.Open {
			found = append(found, f.Title+" "+f.Evidence[0])
		}
	}
	for _, u := range r.Undecided {
		if u.Rule == analyzer.UnexplainedChange {
			l.t.Fatalf("undecided: %s", u.Reason)
		}
	}
	if len(r.Failed) > 0 {
		l.t.Fatalf("%v", r.Failed)
	}
	for _, h := range r.Holds {
		if h.Kind == store.HeldForForeign {
			held = append(held, h.Reason)
		}
	}
	return found, held
}

// TestWhatAjarItselfDidIsNeverTakenForAnother is the last sentence of S18, that way
// round: plans and restores of every kind, and what others do, raise nothing.
func TestWhatAjarItselfDidIsNeverTakenForAnother(t *testing.T) {
	n, events := cases(t, size(25, 1000, 10000)), 0
	rapid.Check(t, func(rt *rapid.T) {
		l := newLab(rt, logged(drawWorld(rt)), drawBaseline(rt), githubsim.Options{})
		defer l.end()
		calm := func() {
			if found, held := l.foreign(l.audit()); len(found)+len(held) > 0 {
				rt.Fatalf("%q %q", found, held)
			}
		}
		p := l.plan(l.audit())
		if len(p.Actions) == 0 {
			return
		}
		done, err := l.apply(context.Background(), p)
		if done == nil {
			rt.Fatal(err)
		}
		calm()
		l.sim.Mutate(func(w *githubsim.World) { byOthers(rt, w, l.clock.now()) })
		calm()
		if rapid.Bool().Draw(rt, "later") {
			l.clock.move(time.Hour)
		}
		if again, _, err := l.restore(context.Background(), done.ID); again == nil {
			rt.Fatal(err)
		}
		calm()
		events += len(l.sim.Snapshot().Orgs[0].AuditLog)
	})
	if events == 0 && n >= 20 { // a few organizations may have nothing to change
		t.Error("nothing was logged")
	}
	figures(t, "%d cases of plan, apply, restore, and edits of others: %d events of the audit log, none taken for a stranger's", n, events)
}

// byOthers logs that other owners did the same kinds of things.
func byOthers(rt *rapid.T, w *githubsim.World, now time.Time) {
	o := w.Orgs[0]
	for range rapid.IntRange(0, 5).Draw(rt, "edits") {
		o.AuditLog = append(o.AuditLog, &githubsim.AuditEvent{
			ID: rapid.StringMatching(`other-[a-z0-9]{12}`).Draw(rt, "id"), Actor: "boss1", User: "dev0", Repo: o.Repos[0].Name, CreatedAt: now,
			Action: rapid.SampledFrom([]string{"repo.add_member", "org.remove_member", "team.add_member", "environment.delete"}).Draw(rt, "action"),
		})
	}
}

// TestAWriteOfACopiedStoreIsFoundAndHolds: a second host applies from a copy of the
// store with the same credential; the first one finds each change, goes on hold, and
// a person's word ends that for good.
func TestAWriteOfACopiedStoreIsFoundAndHolds(t *testing.T) {
	ctx := t.Context()
	w, base := drifted(24, noon)
	l := newLab(t, logged(w), base, githubsim.Options{})
	defer l.end()
	done, err := l.apply(ctx, l.plan(l.audit()))
	if err != nil {
		t.Fatal(err)
	}
	if found, held := l.foreign(l.audit()); len(found)+len(held) > 0 {
		t.Fatalf("its own: %q %q", found, held)
	}
	l.clock.move(time.Hour)
	second := l.copied(t)
	if _, _, err := second.restore(ctx, done.ID); err != nil {
		t.Fatal(err)
	}
	changed := 0
	for _, e := range l.sim.Snapshot().Orgs[0].AuditLog {
		if e.Actor == botName && e.CreatedAt.After(done.EndedAt.Add(30*time.Minute)) {
			changed++
		}
	}
	r := l.audit()
	found, held := l.foreign(r)
	if len(found) != changed || changed < 10 || len(held) != 1 {
		t.Fatalf("%d changes were made by the second host, %d were found: %q; on hold: %q", changed, len(found), found, held)
	}
	for _, f := range r.Findings {
		if f.Rule == analyzer.UnexplainedChange && (f.Severity != access.Critical || f.Since.IsZero()) {
			t.Errorf("%+v", f)
		}
	}
	if found, held := second.foreign(second.audit()); len(found)+len(held) > 0 {
		t.Errorf("the second host finds its own: %q %q", found, held)
	}
	if again, held := l.foreign(l.audit()); len(again) != changed || len(held) != 1 {
		t.Fatalf("looked at again, %d are found: %q", len(again), held)
	}
	for _, h := range r.Holds {
		if h.Kind == store.HeldForForeign {
			if err := l.store.Lift(ctx, h.ID, l.clock.now(), "user:boss1", "the old host is off"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if found, held := l.foreign(l.audit()); len(found)+len(held) > 0 {
		t.Errorf("it was accepted, and is raised again: %q %q", found, held)
	}
	back, err := second.apply(ctx, second.plan(second.audit()))
	if back == nil {
		t.Fatal(err)
	}
	if found, held := l.foreign(l.audit()); len(found) == 0 || len(held) != 1 {
		t.Errorf("what was accepted covers what came later: %q %q", found, held)
	}
}

// copied is a second host with a copy of the store, before the same GitHub.
func (l *lab) copied(t *testing.T) *lab {
	t.Helper()
	if err := l.store.Close(); err != nil {
		t.Fatal(err)
	}
	other := &lab{t: t, clock: l.clock, sim: l.sim, url: l.url, dir: scratch(t), base: l.base, guards: l.guards, last: l.last}
	files, err := os.ReadDir(l.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(l.dir, f.Name()))
		if err == nil {
			err = os.WriteFile(filepath.Join(other.dir, f.Name()), text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	l.open()
	other.open()
	other.client = other.reader(readToken)
	t.Cleanup(func() { other.end(); _ = os.RemoveAll(other.dir) })
	return other
}
