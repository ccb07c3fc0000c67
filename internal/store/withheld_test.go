package store

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

func TestFindingOfARuleThatDidNotRunStays(t *testing.T) {
	s := fresh(t)
	f := standing(1, 50)
	judge(t, s, takeOne(t, s, 0, true, true), f)
	snap := takeOne(t, s, 1, false, true)
	found, err := s.Judge(t.Context(), snap, nil, snap.TakenAt, Terms{Withheld: []string{"another", f.Rule}})
	if err != nil {
		t.Fatal(err)
	}
	got := only(t, found, access.Open, 0, 0)
	if last := got.Evidence[len(got.Evidence)-1]; !strings.Contains(last, "the rule did not run") {
		t.Errorf("it does not say why it stays: %q", last)
	}
	only(t, judge(t, s, takeOne(t, s, 2, false, true)), access.Resolved, 0, 0)
	if got, want := events(t, s, f), "opened resolved"; got != want {
		t.Errorf("its life is %q, want %q", got, want)
	}
}
