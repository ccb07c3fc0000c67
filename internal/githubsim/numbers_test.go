package githubsim

import "testing"

func TestANumberIsNeverUsedAgain(t *testing.T) {
	w := Demo()
	last := w.largestID()
	s := New(w, Options{Writable: true})
	s.Mutate(func(w *World) { w.Orgs[0].Repos, w.Orgs[0].Teams, w.Orgs[0].Invitations, w.Users = nil, nil, nil, nil })
	if id := s.newID(); id <= last {
		t.Errorf("%d was given before: there was %d", id, last)
	}
}
