package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/store"
)

// baseline says whether the baseline is valid, whether what it names is there in
// the newest snapshots, and what in it ends soon.
func (d *doctor) baseline(ctx context.Context) {
	b, err := d.Env.Baseline()
	var problems baseline.Problems
	switch {
	case errors.As(err, &problems):
		for _, p := range problems {
			d.add(complaint(Failed, p))
		}
		return
	case err != nil:
		d.add(d.explained(Baseline, "", err))
		return
	case b == nil:
		d.add(Check{About: Baseline, Mark: Note, Found: "there is none: the rules that need one do not run", Do: d.Program + " init writes one; or name it: [baseline] paths, --baseline FILE"})
		return
	}
	d.add(Check{About: Baseline, Name: strings.Join(d.Config.Baseline.Paths, ", "), Mark: OK,
		Found: fmt.Sprintf("valid: %s, %s, %s", count(len(b.Roles), "role"), count(len(b.Assignments), "assignment"), count(len(b.Waivers), "waiver"))})
	d.ending(b)
	d.bound(ctx, b)
}

func complaint(m Mark, p baseline.Problem) Check {
	return Check{About: Baseline, Name: place(p.Position()), Mark: m, Found: p.Message, Do: p.Hint}
}

func place(p baseline.Position) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// ending tells, in a line for each kind, what ended and what ends soon.
func (d *doctor) ending(b *baseline.Baseline) {
	now := d.Now()
	type key struct {
		what string
		past bool
	}
	all := map[key][]baseline.Ending{}
	for _, e := range b.Endings(now.Add(soon)) {
		k := key{e.What, !e.End.After(now)}
		all[k] = append(all[k], e)
	}
	for _, what := range []string{"waiver", "assignment", "role", "key"} {
		if past := all[key{what, true}]; len(past) > 0 {
			d.add(Check{About: Baseline, Name: place(past[0].Position), Mark: Warning,
				Found: fmt.Sprintf("%s ended, the first on %s", count(len(past), what), moment(past[0].End)),
				Do:    "remove what is over, or decide again; " + d.Program + " baseline check lists them"})
		}
		if next := all[key{what, false}]; len(next) > 0 {
			d.add(Check{About: Baseline, Name: place(next[0].Position), Mark: Note,
				Found: fmt.Sprintf("%s within 14 days, the first on %s", ends(len(next), what), moment(next[0].End)),
				Do:    "look whether it is still needed, and set a new end"})
		}
	}
}

func ends(n int, what string) string {
	if n == 1 {
		return "1 " + what + " ends"
	}
	return count(n, what) + " end"
}

// bound lays the baseline over the newest snapshot of each organization.
func (d *doctor) bound(ctx context.Context, b *baseline.Baseline) {
	if d.store == nil {
		d.add(Check{About: Baseline, Mark: Unchecked, Found: "whether its names are there was not looked at: nothing is stored yet"})
		return
	}
	orgs := d.Config.GitHub.Organizations
	if len(orgs) == 0 {
		known, err := d.store.Orgs(ctx)
		if err != nil {
			d.add(d.explained(Baseline, "", err))
			return
		}
		for _, o := range known {
			orgs = append(orgs, o.Login)
		}
	}
	for _, org := range orgs {
		d.boundTo(ctx, b, org)
	}
}

func (d *doctor) boundTo(ctx context.Context, b *baseline.Baseline, org string) {
	info, err := d.store.Latest(ctx, org)
	if errors.Is(err, store.ErrNoSnapshot) {
		d.add(Check{About: Baseline, Name: org, Mark: Unchecked, Found: "whether its names are there was not looked at: no snapshot is stored"})
		return
	}
	if err != nil {
		d.add(d.explained(Baseline, org, err))
		return
	}
	v, err := audit.Pass{Org: org, Store: d.store, Baseline: b, Now: d.Now}.Open(ctx, info)
	var problems baseline.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			d.add(complaint(Failed, p))
		}
		return
	}
	if err != nil {
		d.add(d.explained(Baseline, org, err))
		return
	}
	if len(v.Warnings) == 0 {
		d.add(Check{About: Baseline, Name: org, Mark: OK, Found: fmt.Sprintf("everything that it names is in snapshot %d of %s", info.ID, moment(info.At))})
		return
	}
	c := complaint(Warning, v.Warnings[0])
	if more := len(v.Warnings) - 1; more > 0 {
		c.Found += fmt.Sprintf("; and %d more like it", more)
		c.Do = d.Program + " baseline check lists them"
	}
	d.add(c)
}
