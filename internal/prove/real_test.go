package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/internal/witness"
	"github.com/eb661601/ajar/remediate"
	"github.com/eb661601/ajar/remediate/run"
)

// realOrg is the largest organization of the world that describes a real one.
const realOrg = "kubernetes"

// realWorld is that world as of now; the test is skipped where it is not at hand.
func realWorld(t *testing.T) *githubsim.World {
	t.Helper()
	if testing.Short() {
		t.Skip("it reads a thousand people several times")
	}
	path := filepath.Join(os.Getenv("AJAR_WORLDS"), "kubernetes.json")
	w, err := githubsim.LoadFile(path)
	if os.Getenv("AJAR_WORLDS") == "" || errors.Is(err, fs.ErrNotExist) {
		t.Skip("AJAR_WORLDS names no folder with kubernetes.json: nothing is proved on a real organization")
	}
	if err != nil {
		t.Fatal(err)
	}
	w.ShiftTo(now())
	w.Orgs = slices.DeleteFunc(w.Orgs, func(o *githubsim.Org) bool { return o.Login != realOrg })
	return w
}

// TestARealOrganizationComesBackFromDriftAndDriftComesBack is what the remediation
// is for, as its users go through it: a baseline that accepts what is there, drift
// behind ajar's back, audit, plan, approval, apply, audit again, restore.
func TestARealOrganizationComesBackFromDriftAndDriftComesBack(t *testing.T) {
	realDrift(t, func(p *performance, d deed) { p.must(p.ajar(nil, d.words...)) })
}

// TestARealOrganizationComesBackAlsoWhereTheRunIsKilledHalfWay is the same with a
// kill -9 in the middle of the run and of the restore.
func TestARealOrganizationComesBackAlsoWhereTheRunIsKilledHalfWay(t *testing.T) {
	died := 0
	realDrift(t, func(p *performance, d deed) {
		was := len(p.sim.Mutations())
		done := make(chan outcome)
		ctx, kill := context.WithCancel(context.Background())
		defer kill()
		go func() { done <- start(ctx, p.dir, p.env(nil), append([]string{p.binary}, d.words...)...) }()
		tick := time.NewTicker(time.Millisecond) // another process works: there is nothing else to wait on
		defer tick.Stop()
		for {
			select {
			case o := <-done:
				if o.killed {
					died++
				}
				if err := p.finish(d); err != nil {
					t.Fatal(err)
				}
				return
			case <-tick.C:
				if len(p.sim.Mutations()) >= was+5 {
					kill() // its end is kill -9
				}
			}
		}
	})
	if died < 2 {
		t.Errorf("it was to be killed in the middle of the run and of the restore, and was %d times", died)
	}
}

func realDrift(t *testing.T, carry func(*performance, deed)) {
	w := realWorld(t)
	boss := witness.Owners(w.Orgs[0])
	s := &stage{cast: cast{realOrg, boss[0], boss[1], boss[2]}, t: t, binary: program(t), world: w}
	p := s.open(map[string][]byte{"config.toml": s.config()})
	defer p.close()
	p.must(p.ajar(nil, "init"))
	p.must(p.ajar(nil, "audit", "--fail-on", "none"))
	var edits []githubsim.Edit
	p.sim.Mutate(func(w *githubsim.World) { edits = githubsim.Drift(w, realOrg, 1, size(40, 120, 400)) })
	drifted := p.sim.Snapshot()

	rounds, actions := p.takeBack(carry)
	p.forgive(t, rounds[0].plan)
	var cannot []run.Cannot
	for _, r := range slices.Backward(rounds) {
		cannot = append(cannot, p.giveBack(carry, r.run)...)
	}
	invited, diff := invitedAgain(witness.Apart(witness.Essence(drifted), witness.Essence(p.sim.Snapshot())))
	back := run.Restore{Cannot: cannot}
	diff = slices.DeleteFunc(diff, func(line string) bool { return oneWay(line, back) })
	for place := range invited {
		if _, login, _ := strings.Cut(place, " "); !foretold(back, login) {
			t.Errorf("nobody said beforehand that %s has to accept an invitation again", login)
		}
	}
	if len(diff) > 0 {
		t.Errorf("restored, it differs from what was there before the run:\n%s", strings.Join(diff, "\n"))
	}
	figures(t, "%d edits behind ajar's back, %d rounds of %d actions, all taken back and given back; %d named as not to be put back in full, %d invited again",
		len(edits), len(rounds), actions, len(cannot), len(invited))
}

// round is a plan that was carried out.
type round struct {
	plan remediate.Plan
	run  string
}

// takeBack audits, plans, approves and applies until there is nothing left to do:
// some drift can go only after other is gone, and its refusal says so.
func (p *performance) takeBack(carry func(*performance, deed)) (rounds []round, actions int) {
	p.t.Helper()
	for n := 1; ; n++ {
		p.must(p.ajar(nil, "collect", "--fresh")) // also what is read only now and then
		p.must(p.ajar(nil, "audit", "--offline", "--fail-on", "none"))
		// So much changed at once, by the drift or by the run, that ajar may doubt its
		// eyes: a second look agrees, and a person says that it is so.
		p.must(p.ajar(nil, "audit", "--fail-on", "none"))
		p.must(p.ajar(nil, "resume", "--reason", "it is so"))
		if o := p.ajar([]string{"PROVE_READ=" + approveToken}, "resume", "--approve"); o.code != 0 {
			p.t.Fatalf("another person agrees to go on: %v", o)
		}
		name := fmt.Sprintf("plan%d.json", n)
		o := p.ajar(nil, "plan", "--out", name)
		text, err := os.ReadFile(filepath.Join(p.dir, name))
		if err != nil {
			p.t.Fatalf("%v: %v", err, o)
		}
		var plan remediate.Plan
		if err := json.Unmarshal(text, &plan); err != nil {
			p.t.Fatal(err)
		}
		if len(plan.Actions) == 0 && n > 1 {
			p.clean(plan)
			return rounds, actions
		}
		if n > 4 || len(plan.Actions) == 0 || len(plan.Stopped) > 0 {
			p.t.Fatalf("round %d: %s", n, lines(plan))
		}
		p.must(p.ajar([]string{"PROVE_READ=" + approveToken}, "plan", "approve", name, "--yes"))
		carry(p, deed{"apply", []string{"apply", name, "--yes"}, "run-"})
		rounds, actions = append(rounds, round{plan, run.RunID(plan.Hash)}), actions+len(plan.Actions)
	}
}

// clean wants of the last audit that everything it finds is explained by the plan.
func (p *performance) clean(plan remediate.Plan) {
	p.t.Helper()
	if left := explained(p.findings(), plan); len(left) > 0 {
		p.t.Errorf("nothing explains what is left: %s", strings.Join(left, "\n"))
	}
}

func (p *performance) findings() []access.Finding {
	p.t.Helper()
	s, err := store.Open(context.Background(), filepath.Join(p.dir, "ajar.db"), store.Options{ReadOnly: true})
	if err != nil {
		p.t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Findings(context.Background(), p.org, store.Filter{})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// giveBack restores a run, with the word of a second person, and gives what it said
// beforehand that it cannot.
func (p *performance) giveBack(carry func(*performance, deed), id string) []run.Cannot {
	p.t.Helper()
	if o := p.ajar([]string{"PROVE_READ=" + approveToken}, "restore", id, "--approve"); o.code != 0 && !strings.Contains(o.errs, "needs no") {
		p.t.Logf("agreeing to the restore: %v", o)
	}
	carry(p, deed{"restore", []string{"restore", id, "--yes"}, "restore-"})
	e, err := p.ending()
	if err != nil {
		p.t.Fatal(err)
	}
	var out []run.Cannot
	for _, a := range e.runs[id].Actions {
		if len(a.Irreversible) > 0 {
			out = append(out, run.Cannot{Title: a.Title, What: a.Irreversible})
		}
	}
	return out
}

// forgive is told by what the plan refused: a person who looks at the figures wants
// to know why something is left.
func (p *performance) forgive(t *testing.T, plan remediate.Plan) {
	t.Helper()
	why := map[remediate.Guard]int{}
	for _, r := range plan.Refused {
		why[r.Guard]++
	}
	t.Logf("the first plan had %d actions, %d instructions, and refused %v", len(plan.Actions), len(plan.Instructions), why)
}
