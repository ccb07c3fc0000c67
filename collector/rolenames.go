package collector

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// The names of the roles that teams hold take a REST call for each team, in an
// organization that has custom roles, and hardly ever change. So they have a tier of
// their own: what is stored of a team stands for a period where GraphQL shows the
// same as it did when the names were read. Only one thing can be different then: a
// role of the same base took another one's place. Names that cannot stand are read in
// this pass, however many calls the other tiers may make.

// basis stands for all that is seen of a team and that its role names rest on: its
// rows and those of the teams above it, and the custom roles. The zero basis
// stands for what was not seen whole, on which nothing can rest.
type basis [16]byte

// nameTeams sets out to read the role names of the teams that have some to be read,
// once all teams are listed.
func (r *run) nameTeams() {
	all := r.families.teams
	due := r.dueNames(all)
	for _, id := range slices.Sorted(maps.Keys(due)) {
		held := due[id]
		if r.tiers.of[access.AreaTeamGrants] != nil {
			r.tiers.mu.Lock()
			r.tiers.pending[tierKey{access.AreaTeamGrants, id}] = &tierRead{area: access.AreaTeamGrants, scope: id, basis: held.basis}
			r.tiers.mu.Unlock()
		}
		r.rests.add(func(ctx context.Context) error { return r.readRoleNames(ctx, held) })
	}
}

// dueNames finds the teams whose role names have to be read, and lets the others
// stand. A team that is read takes those above it along: its list shows what they
// were given, under the names of today, and a name of yesterday above it would make
// that look like a grant of its own.
func (r *run) dueNames(all map[int64]*heldTeam) map[int64]*heldTeam {
	due := map[int64]*heldTeam{}
	t := r.tiers.of[access.AreaTeamGrants]
	if t != nil && r.custom.known {
		r.findBases(all)
	}
	for id, held := range all {
		if !held.ambiguous {
			continue
		}
		if t != nil && held.basis != (basis{}) {
			if at, whole := r.tiers.known.StandsOn(access.AreaTeamGrants, id, held.basis); whole && r.young(t, at) {
				held.at = at
				continue
			}
		}
		due[id] = held
	}
	for _, id := range slices.Sorted(maps.Keys(due)) {
		for up := all[due[id].parent]; up != nil && up.ambiguous && due[up.id] == nil; up = all[up.parent] {
			due[up.id] = up
		}
	}
	for _, held := range due {
		held.at = time.Time{}
	}
	return due
}

// findBases gives each team what its names rest on. The token is not in it: what
// another one is shown is another list, or the same.
func (r *run) findBases(all map[int64]*heldTeam) {
	roles := sha256.New()
	for _, c := range slices.SortedFunc(maps.Values(r.custom.byName), func(a, b access.CustomRole) int { return cmp.Compare(a.ID, b.ID) }) {
		fmt.Fprintf(roles, "%d %q %d\n", c.ID, c.Name, c.Base)
	}
	listed, _ := inherits(all)
	fmt.Fprint(roles, listed)
	root := basis(roles.Sum(nil)[:16])
	begun := map[int64]bool{}
	var find func(t *heldTeam) basis
	find = func(t *heldTeam) basis {
		switch {
		case t == nil: // a parent that is not listed
			return basis{}
		case begun[t.id]:
			return t.basis // zero for one that is above itself
		}
		begun[t.id] = true
		above := root
		if t.parent != 0 {
			above = find(all[t.parent])
		}
		if t.gap == nil && above != (basis{}) {
			t.basis = t.restsOn(above)
		}
		return t.basis
	}
	for _, t := range all {
		find(t)
	}
}

// restsOn adds a team and its rows to what stands for those above it.
func (t *heldTeam) restsOn(above basis) basis {
	b := make([]byte, 0, len(above)+8+9*len(t.rows))
	b = append(b, above[:]...)
	b = binary.LittleEndian.AppendUint64(b, uint64(t.id))
	for _, row := range t.rows {
		b = append(binary.LittleEndian.AppendUint64(b, uint64(row.repo)), byte(row.privilege))
	}
	sum := sha256.Sum256(b)
	return basis(sum[:16])
}
