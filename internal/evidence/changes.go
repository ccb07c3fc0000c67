package evidence

import (
	"context"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// mostMoves is about how many changes of grants are in memory at once, with what the
// audit log has of that time. Fewer would have the store walk through more often.
const mostMoves = 100_000

// grantColumns are the grant itself, as the populations have it. The numbers, the kinds,
// privilege, source and role_id together are the key: a grant is the same one exactly
// where they are.
var grantColumns = []Column{
	{"principal", "Principal", "Who holds it, by name: user:, team:, key: or invitation:.", Text},
	{"principal_kind", "Principal kind", "user, team, key or invitation.", Text},
	{"principal_id", "Principal ID", "GitHub's number of the principal; it survives renames.", Whole},
	{"resource", "Resource", "On what, by name: org:, team:, repo: or env:.", Text},
	{"resource_kind", "Resource kind", "org, team (a membership of it), repo or env.", Text},
	{"resource_id", "Resource ID", "GitHub's number of the resource.", Whole},
	{"privilege", "Privilege", "How much, in GitHub's words; of a custom role its base.", Text},
	{"source", "Source", "How: direct, team, owner, org-role, key, reviewer or invitation.", Text},
	{"role", "Role", "The name of the custom or organization role; empty for GitHub's own privileges.", Text},
	{"role_id", "Role ID", "GitHub's number of that role; 0 for none.", Whole},
}

// grant adds the cells of a grant to a row.
func (n *names) grant(row []Value, g access.Grant) []Value {
	return append(row, Of(n.of(g.Principal)), Of(g.Principal.Kind.String()), Count(g.Principal.ID), Of(n.of(g.Resource)), Of(g.Resource.Kind.String()),
		Count(g.Resource.ID), Of(g.Privilege.String()), Of(g.Source.String()), Of(n.role(g.Role)), Count(g.Role))
}

func (g *gathering) accessChanges() Table {
	return build("access-changes", "Changes of access",
		"One row for each grant that a snapshot of the period shows and the one before it does not (came), or the other way round (went). "+
			"Population at the start, with these changes made in their order, is the population at the end. "+
			"A raised privilege is one that went and one that came at the same snapshot. What came and went between two snapshots left no trace.",
		"the intervals in which ajar's snapshots saw each grant; GitHub's audit log; ajar's journal",
		slices.Concat([]Column{organizationColumn}, changedColumns, []Column{
			{"change", "Change", "came or went.", Text},
		}, grantColumns, authorColumns), func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				if err := g.eachMove(ctx, o, emit); err != nil {
					return err
				}
			}
			return nil
		})
}

// eachMove goes through the changes of an organization, a part of the period at a time.
func (g *gathering) eachMove(ctx context.Context, o *organization, emit emit) error {
	n, err := g.named(ctx, o)
	if err != nil {
		return err
	}
	all := o.snapshots()
	index := indexOf(all)
	var row []Value
	return o.parts(func(earlier, later store.PassInfo) error {
		moves, err := g.s.GrantMoves(ctx, earlier.SnapshotInfo, later.SnapshotInfo)
		if err != nil || len(moves) == 0 {
			return err
		}
		w, err := g.witnesses(ctx, o, earlier.At, overBy(later.SnapshotInfo))
		if err != nil {
			return err
		}
		saws, at := map[place]sight{}, -1
		for _, m := range moves {
			i := index[m.Snapshot]
			if i != at {
				clear(saws)
				at = i
			}
			where := n.areaOf(m.Grant)
			saw, ok := saws[where]
			if !ok {
				saw = o.before(where, all, i)
				saws[where] = saw
			}
			what := "went"
			if m.Came {
				what = "came"
			}
			row = changed(append(row[:0], Of(o.Login)), all[i], saw)
			row = n.grant(append(row, Of(what)), m.Grant)
			row = w.ofGrant(n, m.Grant, m.Came, windowOf(saw, all[i])).values(row)
			if err := emit(row...); err != nil {
				return err
			}
		}
		return nil
	})
}

// parts cuts the period into stretches between two snapshots, each with so few changes
// that they fit into memory.
func (o *organization) parts(each func(earlier, later store.PassInfo) error) error {
	all := o.snapshots()
	for i := 0; i+1 < len(all); {
		j, n := i+1, int64(0)
		for ; j < len(all); j++ {
			n += all[j].Stats.GrantsAdded + all[j].Stats.GrantsClosed
			if n >= o.most || j+1 == len(all) {
				break
			}
		}
		if err := each(all[i], all[j]); err != nil {
			return err
		}
		i = j
	}
	return nil
}
