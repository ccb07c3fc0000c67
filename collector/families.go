package collector

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/eb661601/ajar/access"
)

// A child team has everything that its parent was granted. Whether a team's
// list of repositories shows that too is not documented; REST has been seen to
// list it (octokit.net issue 1882), and a grant as GitHub stores it is the
// parent's alone. So the lists of all teams are held until they can be compared.

// heldTeam is a team whose grants wait for those of its family.
type heldTeam struct {
	id, parent int64
	slug       string
	rows       []teamRow // sorted by repository
	gap        *gap

	ambiguous bool      // a custom role may stand behind one of its rows
	basis     basis     // what its role names rest on
	at        time.Time // when they were read, where they stand as they are stored
}

// teamRow is one repository of a team. There are very many of them, so they are
// small: role is a place in customRoles.ids.
type teamRow struct {
	repo      int64
	role      uint16
	privilege access.Privilege
}

// families holds teams back; safe for concurrent use.
type families struct {
	mu    sync.Mutex
	teams map[int64]*heldTeam
}

// hold keeps a team's rows until they can be compared, and until it is known
// whether the token is shown all repositories.
func (r *run) hold(t *heldTeam) {
	slices.SortFunc(t.rows, func(a, b teamRow) int { return cmp.Compare(a.repo, b.repo) })
	r.families.mu.Lock()
	defer r.families.mu.Unlock()
	if r.families.teams == nil {
		r.families.teams = map[int64]*heldTeam{}
	}
	r.families.teams[t.id] = t
}

// settleFamilies hands on the grants of the teams; those of child teams without
// what they only inherit.
func (r *run) settleFamilies(ctx context.Context) error {
	all := r.families.teams
	r.families.teams = nil
	listed, sure := inherits(all)
	for _, id := range slices.Sorted(maps.Keys(all)) {
		t := all[id]
		if !t.at.IsZero() {
			if err := r.stands(ctx, &tierRead{area: access.AreaTeamGrants, scope: id, at: t.at}, false); err != nil {
				return err
			}
			continue
		}
		rows, g := t.rows, t.gap
		if parent, known := all[t.parent]; t.parent != 0 && listed && (!known || parent.gap != nil) {
			why := partial("repositories of team %s: what it inherits cannot be told from its own, since its parent team was not read", r.name(t.slug))
			rows, g = nil, cmp.Or(g, &why)
		} else if t.parent != 0 && listed {
			if rows = own(t.rows, parent.rows); !sure && len(rows) < len(t.rows) {
				why := partial("repositories of team %s: what it inherits cannot be told from its own, since not all teams above others were read", r.name(t.slug))
				g = cmp.Or(g, &why)
			}
		}
		if err := r.finishTeam(ctx, id, rows, g); err != nil {
			return err
		}
	}
	return nil
}

// inherits finds out whether lists show what is inherited: then nearly all that
// a parent lists is in its children's lists, and else hardly any. A few that
// differ are changes that were made meanwhile. Where there is no parent to tell
// it by, it has to be thought possible; it is not sure where few are left to tell it by
// of more that there are, for then it may be one thing in this pass and another in the
// next.
func inherits(all map[int64]*heldTeam) (listed, sure bool) {
	covered, total, unread := 0, 0, false
	for _, t := range all {
		parent, known := all[t.parent]
		if !known || t.gap != nil || parent.gap != nil {
			unread = unread || t.parent != 0
			continue
		}
		total += len(parent.rows)
		for _, row := range parent.rows {
			if i, ok := find(t.rows, row.repo); ok && t.rows[i].privilege >= row.privilege {
				covered++
			}
		}
	}
	return covered*10 >= total*9, !unread || total >= enoughRows
}

// enoughRows is how many rows of parents tell what lists show, whatever was not read.
const enoughRows = 20

// own drops the rows that a team has just as its parent has them. A grant of
// its own that gives no more than the inherited one cannot be told from it.
func own(rows, parent []teamRow) []teamRow {
	return slices.DeleteFunc(slices.Clone(rows), func(row teamRow) bool {
		i, ok := find(parent, row.repo)
		return ok && parent[i] == row
	})
}

func find(rows []teamRow, repo int64) (int, bool) {
	return slices.BinarySearchFunc(rows, repo, func(row teamRow, repo int64) int { return cmp.Compare(row.repo, repo) })
}
