package evidence

import (
	"context"
	"slices"
	"time"
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
				all, err := g.s.HoldsEver(ctx, o.ID, o.last.ID)
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

// tables are all of them, gaps first.
func (g *gathering) tables(gaps []Gap) []Table {
	return slices.Concat(
		[]Table{GapTable(gaps), g.organizations(), g.completeness()},
		g.populations(),
		[]Table{g.accessChanges(), g.settingChanges(), g.owners(), g.privileged(), g.environments(), g.environmentAccess(),
			g.findings(), g.findingEvents(), g.waivers(), g.plans(), g.runs(), g.actions(), g.approvals(), g.notices(),
			g.passes(), g.coverage(), g.baselines(), g.holds(), g.journal()})
}
