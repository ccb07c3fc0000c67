package evidence

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/store"
)

// version is a hash of something that decisions rest on, and where it was seen.
type version struct {
	kind, hash  string
	first, last time.Time
	times       int
	seenIn      string
	since       time.Time // of a baseline and a configuration: the first audit by it; zero: not known
	kept        Value     // of a baseline
}

func (g *gathering) baselines() Table {
	return build("baselines", "Versions of baseline and configuration",
		"One row for each version of the baseline, the configuration, the guards and the program that was in force in the period, or at its start. Who wrote a version is not known to ajar: that is for the history of its files.",
		"the judgements of snapshots; saved plans; runs in the journal",
		[]Column{organizationColumn,
			{"kind", "Kind", "baseline; configuration: config.toml with defaults and flags; guards: the limits in it that plans must pass; program: the version of ajar.", Text},
			{"hash", "Hash", "The SHA-256 of what it means, in hex; of the program its version.", Text},
			{"first_at", "First at", "When it is named first in the period; of what was in force at its start, when the newest snapshot by then was taken.", Instant},
			{"last_at", "Last at", "When it is named last.", Instant},
			{"times", "Times", "How often it is named: by judged snapshots, plans and runs.", Whole},
			{"seen_in", "Seen in", "Where it is named first: a plan, a run or a snapshot that was judged by it.", Text},
			{"since", "Since", "Of a baseline and a configuration: when the first snapshot was taken that was ever judged by it, as far as the store kept that.", Instant},
			{"kept", "Kept", "Of a baseline: whether the store keeps what it says, so that its answers are known.", Yes},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				all, err := g.versions(ctx, o)
				if err != nil {
					return err
				}
				for _, v := range all {
					if err := emit(Of(o.Login), Of(v.kind), Of(v.hash), At(v.first), At(v.last), Count(v.times), Of(v.seenIn), At(v.since), v.kept); err != nil {
						return err
					}
				}
			}
			return nil
		})
}

// versionList gathers versions.
type versionList struct {
	period Period
	all    []version
}

func (l *versionList) note(at time.Time, kind, hash, where string) {
	if hash == "" || !at.Before(l.period.To) {
		return
	}
	i := slices.IndexFunc(l.all, func(v version) bool { return v.kind == kind && v.hash == hash })
	if i < 0 {
		l.all = append(l.all, version{kind: kind, hash: hash, first: at, last: at, times: 1, seenIn: where})
		return
	}
	v := &l.all[i]
	v.times++
	if at.Before(v.first) {
		v.first, v.seenIn = at, where
	}
	if at.After(v.last) {
		v.last = at
	}
}

func (g *gathering) versions(ctx context.Context, o *organization) ([]version, error) {
	l := &versionList{period: g.o.Period}
	o.judgedBy(l)
	err := g.s.PlanMarks(ctx, o.ID, g.o.Period.From, g.o.Period.To, func(p store.PlanMark) error {
		where := "plan " + p.Hash
		l.note(p.MadeAt, "baseline", p.Baseline, where)
		l.note(p.MadeAt, "guards", p.Guards, where)
		l.note(p.MadeAt, "program", p.Version, where)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = g.eachRun(ctx, func(of *organization, r told) error {
		if of == o && r.run != nil && !r.run.BegunAt.Before(g.o.Period.From) {
			where, b := "run "+r.run.ID, r.run.Begun
			l.note(r.run.BegunAt, "baseline", b.Baseline, where)
			l.note(r.run.BegunAt, "guards", b.Guards, where)
			l.note(r.run.BegunAt, "program", b.Version, where)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i := range l.all {
		o.history(&l.all[i])
	}
	slices.SortStableFunc(l.all, func(a, b version) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), a.first.Compare(b.first), cmp.Compare(a.hash, b.hash))
	})
	return l.all, nil
}

// judgedBy notes by what each snapshot was judged. Of what was judged twice, every
// version counts.
func (o *organization) judgedBy(l *versionList) {
	name := func(p store.PassInfo, j store.Judgement) {
		where := fmt.Sprintf("judgement of snapshot %d", p.ID)
		l.note(p.At, "baseline", j.Baseline, where)
		l.note(p.At, "configuration", j.Config, where)
		l.note(p.At, "program", j.Program, where)
	}
	for _, p := range o.snapshots() {
		if p.JudgedAt.IsZero() {
			continue
		}
		known, ok := o.inForce(p.ID)
		if !ok {
			continue
		}
		name(p, known)
		for _, j := range o.judged {
			if j.Snapshot == p.ID && (j.Baseline != known.Baseline || j.Config != known.Config) {
				name(p, j)
			}
		}
	}
}

// history adds what is known of a version beyond the period.
func (o *organization) history(v *version) {
	if v.kind == "baseline" {
		v.kept = Is(false)
	}
	for _, j := range o.judged {
		same := v.kind == "baseline" && j.Baseline == v.hash || v.kind == "configuration" && j.Config == v.hash
		if !same {
			continue
		}
		if v.since.IsZero() {
			v.since = j.At
		}
		if v.kind == "baseline" && j.Kept {
			v.kept = Is(true)
		}
	}
}
