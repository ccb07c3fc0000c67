package collector

import (
	"sync"

	"github.com/eb661601/ajar/access"
)

// sums are the lists inside of others whose rows are the bulk of all access: of each,
// what was read and what GitHub states. An area of them is covered by its rows, and not by
// how many teams or repositories were asked.
type sums map[access.Area]*tally

func newSums() sums {
	return sums{access.AreaTeamMembers: {}, access.AreaTeamGrants: {}, access.AreaDirectGrants: {}}
}

// tally adds the lists of one area up, by the node that each belongs to: a list that is read
// twice counts as it was read last. One that GitHub refused from the start has no total.
type tally struct {
	mu    sync.Mutex
	lists map[string][2]int32 // rows that were read, and those that GitHub counts; none of a list of none
}

// count notes a list. A nil tally notes nothing.
func (s *tally) count(node string, read, stated int) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if read == 0 && stated == 0 {
		delete(s.lists, node)
		return
	}
	if s.lists == nil {
		s.lists = map[string][2]int32{}
	}
	s.lists[node] = [2]int32{int32(read), int32(stated)}
}

// rows are those of all lists together.
func (s *tally) rows() (read, stated int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, n := range s.lists {
		read, stated = read+int(n[0]), stated+int(n[1])
	}
	return read, stated
}
