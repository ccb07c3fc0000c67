package remediate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// drifted is a world with two actions to plan.
func drifted() *world {
	w := house()
	w.give("team:qa", "web", access.Admin)
	w.outside("eve")
	w.give("user:eve", "api", access.Write)
	return w
}

func TestAPlanMadeAgainIsEqualOrSmaller(t *testing.T) {
	w := drifted()
	old := w.plan(t, roles, loose())
	now, d, err := remediate.Rederive(old, w.input(t, roles, loose()))
	if err != nil || !d.Same() || now.Hash != old.Hash {
		t.Errorf("from the same data: %v, %+v", err, d)
	}
	w.ID = 8
	w.give("team:dev", "web", access.Write) // other drift is not this plan's business
	if now, d, err = remediate.Rederive(old, w.input(t, roles, loose())); err != nil || !d.Same() || len(now.Actions) != len(old.Actions) {
		t.Errorf("beside new drift: %v, %+v", err, d)
	}
	if _, _, err = remediate.Rederive(old, w.input(t, strings.Replace(roles, "repository = \"write\"", "repository = \"maintain\"", 1), loose())); err == nil {
		t.Error("the baseline changed, and nobody noticed")
	}
}

func TestDriftThatIsGoneLeavesThePlan(t *testing.T) {
	w := drifted()
	old := w.plan(t, roles, loose())
	w.ID, w.Grants = 8, w.Grants[:len(w.Grants)-1]
	now, d, err := remediate.Rederive(old, w.input(t, roles, loose()))
	if err != nil || len(now.Actions) != 1 || len(d.Gone) != 1 || d.Gone[0].Title != "take write on repo:acme/api from user:eve" || d.From != 7 || d.To != 8 {
		t.Errorf("%v: %+v, %q", err, d, lines(now))
	}
}

func TestARenameMakesNoPlanStale(t *testing.T) {
	w := drifted()
	old := w.plan(t, roles, loose())
	w.ID = 8
	for i, who := range w.People {
		if who.Login == "eve" {
			w.People[i].Login = "eva"
		}
	}
	if _, d, err := remediate.Rederive(old, w.input(t, roles, loose())); err != nil || !d.Same() {
		t.Errorf("%v: %+v", err, d)
	}
}

func TestAPlanThatNoLongerHoldsIsStale(t *testing.T) {
	cases := map[string]struct {
		set   func(*world)
		alter func(*remediate.Plan, *remediate.Input)
		want  string
	}{
		"more would be taken": {func(w *world) { w.Grants[len(w.Grants)-1].Privilege = access.Admin }, nil,
			"it would have to take admin on repo:acme/api from user:eve as well"},
		"a guard refuses": {func(*world) {}, func(_ *remediate.Plan, in *remediate.Input) { in.Self = nil },
			"a guard (self) now refuses to lower team:acme/qa on repo:acme/web from admin to read: it is not known which principal ajar itself is"},
		"altered":         {func(*world) {}, func(p *remediate.Plan, _ *remediate.Input) { p.Actions[0].Title = "nothing" }, "it was altered after it was made"},
		"another version": {func(*world) {}, func(_ *remediate.Plan, in *remediate.Input) { in.Version = "2" }, "it was made by ajar , and this is 2"},
		"other guards":    {func(*world) {}, func(_ *remediate.Plan, in *remediate.Input) { in.Guards.MinOwners = 5 }, "the guards of the configuration have changed since it was made"},
		"too old": {func(*world) {}, func(_ *remediate.Plan, in *remediate.Input) { in.At = in.At.Add(24 * time.Hour) },
			"it could be begun until 2026-11-26T12:00:00Z"},
		"from the future": {func(*world) {}, func(_ *remediate.Plan, in *remediate.Input) { in.At = in.At.Add(-3 * time.Minute) },
			"it was made at 2026-11-25T12:00:00Z, which is still to come"},
	}
	for name, c := range cases {
		w := drifted()
		old := w.plan(t, roles, loose())
		c.set(w)
		in := w.input(t, roles, loose())
		if c.alter != nil {
			c.alter(&old, &in)
		}
		_, _, err := remediate.Rederive(old, in)
		if !errors.Is(err, remediate.ErrStale) || err.Error() != "the plan is stale: "+c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// file is a plan as a file has it.
func file(t testing.TB, p remediate.Plan) string {
	t.Helper()
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAPlanFileIsReadAsItIsOrNotAtAll(t *testing.T) {
	p := drifted().plan(t, roles, loose())
	whole := file(t, p)
	back, err := remediate.DecodePlan(strings.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(p, back); diff != "" {
		t.Errorf("changed on the way:\n%s", diff)
	}
	cases := map[string]struct{ text, want string }{
		"empty":             {" \n", "the plan is empty"},
		"no object":         {"7", "the plan is no object"},
		"cut":               {whole[:len(whole)/2], "the plan is not JSON, near byte"},
		"more":              {whole + "{}", "something follows the plan, at byte"},
		"twice":             {strings.Replace(whole, `"snapshot": 7,`, `"snapshot": 7, "Snapshot": 7,`, 1), `the plan says "Snapshot" twice, near byte`},
		"unknown":           {strings.Replace(whole, `"snapshot": 7,`, `"snapshot": 7, "more": 7,`, 1), `the plan cannot be read: unknown field "more"`},
		"edited":            {strings.Replace(whole, `"snapshot": 7,`, `"snapshot": 8,`, 1), "the plan was altered after it was made: its hash does not fit"},
		"another version":   {strings.Replace(whole, remediate.Schema, "ajar.plan-file/v9", 1), `the file is no plan of this version: its schema is "ajar.plan-file/v9", not "ajar.plan-file/v1"`},
		"written otherwise": {strings.Replace(whole, `"snapshot": 7,`, `"SNAPSHOT": 7,`, 1), "the plan is not written as ajar writes it, near byte"},
		"deep":              {strings.Repeat("[", 40), "the plan is nested deeper than 32 levels, near byte"},
	}
	for name, c := range cases {
		if _, err := remediate.DecodePlan(strings.NewReader(c.text)); err == nil || !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := remediate.DecodePlan(&endless{}); err == nil || err.Error() != "the plan is larger than 64 MiB" {
		t.Errorf("too large: %v", err)
	}
}

// endless is a file that does not end.
type endless struct{}

func (*endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = ' '
	}
	return len(b), nil
}

func FuzzDecodePlan(f *testing.F) {
	f.Add([]byte(file(f, drifted().plan(f, roles, loose()))))
	f.Add([]byte(`{"schema":"ajar.plan-file/v1"}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := remediate.DecodePlan(bytes.NewReader(text))
		if err != nil {
			return
		}
		if again, err := remediate.DecodePlan(strings.NewReader(file(t, p))); err != nil || !p.Verify() || again.Hash != p.Hash {
			t.Errorf("what was read is not read again: %v", err)
		}
	})
}

func TestAPlanThatWasCutShortIsMadeAgainAsShort(t *testing.T) {
	w := house()
	w.outside("eve")
	w.AuditActivity[len(w.AuditActivity)-1].Last = now.AddDate(0, -6, 0)
	w.give("user:eve", "api", access.Read)
	w.give("user:eve", "web", access.Read)
	in := w.input(t, roles, loose())
	in.Max = 1
	old := remediate.NewPlan(in) // one finding, of which one of two actions is asked for
	if len(old.Actions) != 1 || old.Left != 1 {
		t.Fatalf("%q, %d left", lines(old), old.Left)
	}
	if _, d, err := remediate.Rederive(old, w.input(t, roles, loose())); err != nil || !d.Same() {
		t.Errorf("%v: %+v", err, d)
	}
	for i, g := range w.Grants {
		if g.Principal == w.ref("user:eve") && g.Resource == old.Actions[0].Resource.Ref {
			w.Grants[i].Privilege = access.Write
		}
	}
	if _, _, err := remediate.Rederive(old, w.input(t, roles, loose())); err == nil {
		t.Error("the thing that it changes is another one now")
	}
}
