package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// guarded are the invariants that are guards: each of them has to stand in the
// list of mutants.
var guarded = []string{"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S14", "S18", "S23", "S24", "S25"}

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestEveryGuardCanBeRemoved(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range mutants {
		seen[m.guard] = true
		if _, err := m.apply(root(t)); err != nil {
			t.Error(err)
		}
	}
	for _, m := range seconds {
		if _, err := m.apply(root(t)); err != nil {
			t.Error(err)
		}
	}
	for _, g := range guarded {
		if !seen[g] {
			t.Errorf("no mutant switches %s off", g)
		}
	}
}

// TestEveryGuardThatIsRemovedIsNoticed takes the guards out, one at a time. A guard
// whose removal nobody notices is not tested.
func TestEveryGuardThatIsRemovedIsNoticed(t *testing.T) {
	if os.Getenv("AJAR_MUTANT") != "" || testing.Short() {
		t.Skip("it compiles the program again for each guard")
	}
	list := mutants
	if some := size(3, 0, 0); some > 0 { // one that plans, one that acts, one that sees
		list = []mutant{mutants[0], mutants[len(mutants)/2], mutants[len(mutants)-1]}
	}
	noticed := 0
	var unnoticed []string
	for _, m := range list {
		err := m.kill(t.Context(), root(t), t.TempDir())
		switch {
		case errors.Is(err, errUnnoticed):
			unnoticed = append(unnoticed, m.name())
			t.Error(err)
		case err != nil:
			t.Error(err)
		default:
			noticed++
			t.Logf("noticed: %s", m.name())
		}
	}
	slices.Sort(unnoticed)
	figures(t, "%d guards removed, %d noticed %v", len(list), noticed, unnoticed)
}
