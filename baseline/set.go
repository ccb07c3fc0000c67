package baseline

import "slices"

// set is a set of ordinals of a snapshot's repositories or environments. It
// never changes after [setOf], so entries share it.
type set struct {
	all  bool
	few  []int32  // sorted; used where the set is sparse
	bits []uint64 // used where it is not
}

// setOf builds a set out of ordinals below size; it sorts them in place.
func setOf(members []int32, size int) *set {
	slices.Sort(members)
	members = slices.Compact(members)
	if len(members)*32 < size || len(members) < 8 {
		return &set{few: slices.Clone(members)}
	}
	bits := make([]uint64, (size+63)/64)
	for _, m := range members {
		bits[m/64] |= 1 << (m % 64)
	}
	return &set{bits: bits}
}

var everything = &set{all: true}

func (s *set) has(i int32) bool {
	switch {
	case s == nil || i < 0:
		return false
	case s.all:
		return true
	case s.bits != nil:
		return s.bits[i/64]&(1<<(i%64)) != 0
	}
	_, ok := slices.BinarySearch(s.few, i)
	return ok
}

func (s *set) empty() bool { return s == nil || !s.all && len(s.few) == 0 && s.bits == nil }
