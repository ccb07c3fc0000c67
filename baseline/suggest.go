package baseline

import (
	"slices"
	"strconv"
	"strings"
)

// suggest names the nearest of the known words, or lists them all where none is
// near. A word that nobody could have meant gets no guess.
func suggest(word string, known []string) string {
	if len(known) == 0 || len(known) > maxKnown {
		return ""
	}
	if near := nearest(word, known); near != "" {
		return "did you mean " + quoted(near) + "?"
	}
	list := slices.Sorted(slices.Values(known))
	if n := len(list) - maxListed; n > 0 {
		list = append(list[:maxListed], "…")
	}
	return "allowed: " + strings.Join(list, ", ")
}

// maxKnown bounds among how many words a near one is looked for, maxListed how
// many a hint lists.
const (
	maxKnown  = 1000
	maxListed = 30
)

// nearest gives the known word at the smallest edit distance, "" where even that
// one is further off than a third of the word (at least 1, at most 3).
func nearest(word string, known []string) string {
	if len(word) > 64 {
		return ""
	}
	limit := min(3, max(1, len(word)/3))
	best, found := limit+1, ""
	for _, k := range slices.Sorted(slices.Values(known)) {
		if d := distance(strings.ToLower(word), strings.ToLower(k)); d < best {
			best, found = d, k
		}
	}
	return found
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b.
func distance(a, b string) int {
	before := make([]int, len(b)+1)
	row := make([]int, len(b)+1)
	next := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next[0] = i
		for j := 1; j <= len(b); j++ {
			same := 1
			if a[i-1] == b[j-1] {
				same = 0
			}
			next[j] = min(row[j]+1, next[j-1]+1, row[j-1]+same)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}

// quoted puts a text in quotes, with what a terminal might act on made visible.
func quoted(s string) string { return strconv.QuoteToASCII(s) }

// compareFold orders names without case, as GitHub takes them.
func compareFold(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) }
