package githubsim

import (
	"testing"
	"time"
)

func TestLivingOrganizationComesAndGoesDriftsAndIsPutBack(t *testing.T) {
	w := Demo()
	now := w.Meta.Now
	l := NewLiving(w, w.Orgs[0].Login, 7)
	seen := map[string]int{}
	for range 400 {
		now = now.Add(5 * time.Second)
		e := l.Step(w, now)
		seen[e.Kind]++
		if err := w.Check(); err != nil {
			t.Fatalf("after %q: %v", e.What, err)
		}
	}
	for _, kind := range []string{Came, Left, PutBack, "direct grant to a member"} {
		if seen[kind] == 0 {
			t.Errorf("%q never happened: %v", kind, seen)
		}
	}
	half := len(w.Differences(l.base))
	for range 400 {
		now = now.Add(5 * time.Second)
		l.Step(w, now)
	}
	if drift := len(w.Differences(l.base)); drift > half+60 || len(w.Users) > len(l.base.Users)+mostPeople {
		t.Errorf("%d differences from the beginning after %d: it grows without end", drift, half)
	}
}

func TestSameSeedLivesTheSameLife(t *testing.T) {
	lives := make([][]string, 2)
	for i := range lives {
		w := Demo()
		l := NewLiving(w, w.Orgs[0].Login, 3)
		for n := range 60 {
			lives[i] = append(lives[i], l.Step(w, w.Meta.Now.Add(time.Duration(n)*time.Second)).What)
		}
	}
	for n := range lives[0] {
		if lives[0][n] != lives[1][n] {
			t.Fatalf("step %d: %q and %q", n, lives[0][n], lives[1][n])
		}
	}
}
