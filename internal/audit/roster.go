package audit

// roster is who belongs to an organization, by number: what is left of the graph
// where that is let go of.
type roster struct{ owners, members map[int64]bool }

func rosterOf(v View) roster {
	all := roster{map[int64]bool{}, map[int64]bool{}}
	for _, p := range v.Snapshot.People {
		if v.Graph.Owner(p.ID) {
			all.owners[p.ID] = true
		}
		if v.Graph.Member(p.ID) || all.owners[p.ID] {
			all.members[p.ID] = true
		}
	}
	return all
}
