package reach

import (
	"cmp"
	"slices"

	"github.com/eb661601/ajar/access"
)

// changes walks two lists, each in order and without doubles, side by side: visit
// gets what stands in both, or nil for the list that lacks it.
func changes[T any](was, is []T, compare func(a, b T) int, visit func(was, is *T)) {
	for len(was) > 0 || len(is) > 0 {
		var c int
		switch {
		case len(is) == 0:
			c = -1
		case len(was) == 0:
			c = 1
		default:
			c = compare(was[0], is[0])
		}
		switch {
		case c < 0:
			visit(&was[0], nil)
			was = was[1:]
		case c > 0:
			visit(nil, &is[0])
			is = is[1:]
		default:
			visit(&was[0], &is[0])
			was, is = was[1:], is[1:]
		}
	}
}

func byHolder(a, b hold) int {
	return cmp.Or(cmp.Compare(kindOf(a), kindOf(b)), cmp.Compare(a.who, b.who))
}

func byRepository(a, b spot) int { return cmp.Compare(a.repo, b.repo) }

// inOrder gives those of the grants that are wanted, in order: the list itself
// where it is that already.
func inOrder(grants []access.Grant, wanted func(*access.Grant) bool) []access.Grant {
	fine := true
	for i := range grants {
		if !wanted(&grants[i]) || i > 0 && grants[i-1].Compare(grants[i]) > 0 {
			fine = false
			break
		}
	}
	if fine {
		return grants
	}
	var out []access.Grant
	for i := range grants {
		if wanted(&grants[i]) {
			out = append(out, grants[i])
		}
	}
	slices.SortFunc(out, access.Grant.Compare)
	return out
}

// with gives the list with one more in its place, in a new list.
func with(list []int32, x int32) []int32 {
	i, _ := slices.BinarySearch(list, x)
	return slices.Concat(list[:i], []int32{x}, list[i:])
}

// without gives the list without x, in a new list.
func without(list []int32, x int32) []int32 {
	i, _ := slices.BinarySearch(list, x)
	return slices.Concat(list[:i], list[i+1:])
}
