package evidence

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/eb661601/ajar/internal/store"
)

func (g *gathering) holds() Table {
	return build("holds", "Holds", "One row for each time that an organization was on hold in the period: everything was read and judged, and no plan could run.",
		"the store's list of holds",
		[]Column{organizationColumn,
			{"hold", "Hold", "Its number.", Whole},
			{"kind", "Kind", "lost: much was gone at once; drift: much was newly called drift; foreign: changes were made as ajar and not by it; manual: a person said so.", Text},
			{"what", "What", "The kind of thing.", Text},
			{"reason", "Reason", "In one sentence.", Text},
			{"since", "Since", "From when on.", Instant},
			{"set_by", "Set by", "Who set it; empty: ajar.", Text},
			{"snapshot", "Snapshot", "The snapshot that gave the reason.", Whole},
			{"compared_with", "Compared with", "The snapshot that it was compared with; empty: none.", Whole},
			{"lost", "Lost", "How many things were gone, or newly drift.", Whole},
			{"population", "Population", "Of how many.", Whole},
			{"agreed", "Agreed", "A later snapshot that showed the same; empty: none did.", Whole},
			{"lifted_at", "Lifted at", "When it was lifted; empty: it was in force at the end of the period.", Instant},
			{"lifted_by", "Lifted by", "Who lifted it; empty: a later snapshot did not show it.", Text},
			{"lifted_why", "Lifted why", "The reason that was given.", Text},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				all, err := g.s.HoldsEver(ctx, o.ID)
				if err != nil {
					return err
				}
				for _, h := range all {
					p := g.o.Period
					if !h.Since.Before(p.To) || !h.LiftedAt.IsZero() && h.LiftedAt.Before(p.From) {
						continue
					}
					if !h.LiftedAt.Before(p.To) {
						h.LiftedAt, h.LiftedBy, h.Why = time.Time{}, "", ""
					}
					err := emit(Of(o.Login), Count(h.ID), Of(h.Kind), Of(h.What), Of(h.Reason), At(h.Since), Of(h.SetBy), number(h.Snapshot), number(h.Base),
						Count(h.Lost), Count(h.Population), number(h.Agreed), At(h.LiftedAt), Of(h.LiftedBy), Of(h.Why))
					if err != nil {
						return err
					}
				}
			}
			return nil
		})
}

// version is a hash of something that decisions rest on, and where it was seen.
type version struct {
	kind, hash  string
	first, last time.Time
	times       int
	seenIn      string
}

func (g *gathering) baselines() Table {
	return build("baselines", "Versions of baseline and configuration",
		"One row for each version of the baseline, of the guards and of the program that the store names in the period. The store keeps hashes and no texts: whoever keeps the files can compute them again.",
		"saved plans; runs in the journal; the newest judgement",
		[]Column{organizationColumn,
			{"kind", "Kind", "baseline; guards: the limits of config.toml that plans must pass; program: the version of ajar.", Text},
			{"hash", "Hash", "The SHA-256 of what it means, in hex; of the program its version.", Text},
			{"first_at", "First at", "When it is named first in the period.", Instant},
			{"last_at", "Last at", "When it is named last.", Instant},
			{"times", "Times", "How often it is named.", Whole},
			{"seen_in", "Seen in", "Where it is named first: a plan, a run or a snapshot that was judged by it.", Text},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				all, err := g.versions(ctx, o)
				if err != nil {
					return err
				}
				for _, v := range all {
					if err := emit(Of(o.Login), Of(v.kind), Of(v.hash), At(v.first), At(v.last), Count(v.times), Of(v.seenIn)); err != nil {
						return err
					}
				}
			}
			return nil
		})
}

func (g *gathering) versions(ctx context.Context, o *organization) ([]version, error) {
	var all []version
	note := func(at time.Time, kind, hash, where string) {
		if hash == "" || at.Before(g.o.Period.From) || !at.Before(g.o.Period.To) {
			return
		}
		i := slices.IndexFunc(all, func(v version) bool { return v.kind == kind && v.hash == hash })
		if i < 0 {
			all = append(all, version{kind, hash, at, at, 1, where})
			return
		}
		v := &all[i]
		v.times++
		if at.Before(v.first) {
			v.first, v.seenIn = at, where
		}
		if at.After(v.last) {
			v.last = at
		}
	}
	err := g.s.PlanMarks(ctx, o.ID, g.o.Period.From, g.o.Period.To, func(p store.PlanMark) error {
		where := "plan " + p.Hash
		note(p.MadeAt, "baseline", p.Baseline, where)
		note(p.MadeAt, "guards", p.Guards, where)
		note(p.MadeAt, "program", p.Version, where)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = g.eachRun(ctx, func(of *organization, r told) error {
		if of == o && r.run != nil {
			where, b := "run "+r.run.ID, r.run.Begun
			note(r.run.BegunAt, "baseline", b.Baseline, where)
			note(r.run.BegunAt, "guards", b.Guards, where)
			note(r.run.BegunAt, "program", b.Version, where)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	marks, err := g.s.BaselineMarks(ctx, o.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range o.passes {
		if p.ID == marks.JudgedAt {
			note(p.At, "baseline", marks.Judged, fmt.Sprintf("judgement of snapshot %d", p.ID))
		}
	}
	slices.SortStableFunc(all, func(a, b version) int {
		return cmp.Or(cmp.Compare(a.kind, b.kind), a.first.Compare(b.first), cmp.Compare(a.hash, b.hash))
	})
	return all, nil
}

// tables are all of them, gaps first.
func (g *gathering) tables(gaps []Gap) []Table {
	return slices.Concat(
		[]Table{GapTable(gaps), g.organizations(), g.completeness()},
		g.populations(),
		[]Table{g.accessChanges(), g.settingChanges(), g.owners(), g.privileged(), g.environments(), g.environmentAccess(),
			g.findings(), g.findingEvents(), g.waivers(), g.plans(), g.runs(), g.actions(), g.approvals(), g.notices(),
			g.passes(), g.coverage(), g.baselines(), g.holds(), g.journal()})
}
