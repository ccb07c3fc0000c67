package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/githubsim"
)

// A pass that breaks off has written what it saw, so that the next one finds
// nothing left to close. The loss is there all the same.
func TestLossIsHeldThoughABrokenOffPassWroteIt(t *testing.T) {
	p := moving(t)
	p.look(t)
	for _, repo := range p.repos() {
		repo.Collaborators = nil
	}
	p.c.move(time.Hour)
	replace(t, &p.Pass, p.world, p.c, githubsim.Fault{Match: "a:nodes(ids:$a)", Action: githubsim.AnswerStatus, Status: 401})
	if _, err := p.Run(t.Context()); err == nil {
		t.Fatal("the pass did not break off")
	}
	r := p.look(t)
	if !strings.Contains(held(r), "lost direct grants") {
		t.Errorf("held %q; the pass closed %d grants", held(r), r.Info.Stats.GrantsClosed)
	}
}

// A partial look that closed what it saw to the end has left nothing to close for
// the whole look after it.
func TestLossIsHeldThoughAPartialLookWroteIt(t *testing.T) {
	p := moving(t)
	p.look(t)
	for _, repo := range p.repos() {
		repo.Collaborators = nil
	}
	p.faults = []githubsim.Fault{{Match: "organization.repositories", Action: githubsim.WrongTotal}}
	if r := p.look(t); r.Snapshot.Coverage.Complete(access.AreaDirectGrants) {
		t.Fatal("the look was whole")
	}
	p.faults = nil
	r := p.look(t)
	if !strings.Contains(held(r), "lost direct grants") {
		t.Errorf("held %q; the pass closed %d grants", held(r), r.Info.Stats.GrantsClosed)
	}
}

// A baseline that calls many drift stays doubted while a look sees too little to
// find the drift again.
func TestDriftIsNotTakenBackByALookThatSawTooLittle(t *testing.T) {
	p := moving(t)
	p.look(t)
	p.Baseline = slip(t)
	if r := p.look(t); !strings.Contains(held(r), "drift members") {
		t.Fatalf("held: %q", held(r))
	}
	for _, list := range []string{"organization.membersWithRole", "organization.teams", "organization.repositories"} {
		p.faults = append(p.faults, githubsim.Fault{Match: list, Action: githubsim.AnswerStatus, Status: 502})
	}
	for range 2 {
		if got := held(p.look(t)); !strings.Contains(got, "drift members") || strings.Contains(got, "drift members agreed") {
			t.Errorf("without a look at the members: held %q", got)
		}
	}
	p.faults = nil
	if got := held(p.look(t)); !strings.Contains(got, "drift members agreed") {
		t.Errorf("after a whole look: %q", got)
	}
}

// One repository that can never be read must not blind the eye for all others;
// and a second look that sees as much agrees.
func TestLossIsHeldInAnAreaThatAlwaysHasAGap(t *testing.T) {
	p := moving(t)
	p.faults = []githubsim.Fault{{Match: "organization.repositories", Action: githubsim.WrongTotal}}
	for range 2 {
		if r := p.look(t); len(r.Holds) > 0 || r.Snapshot.Coverage.Complete(access.AreaDirectGrants) {
			t.Fatalf("at the beginning: held %q, %+v", held(r), r.Snapshot.Coverage.Of(access.AreaDirectGrants))
		}
	}
	for _, repo := range p.repos() {
		repo.Collaborators = nil
	}
	if got := held(p.look(t)); !strings.Contains(got, "lost direct grants") {
		t.Errorf("held %q", got)
	}
	p.faults[0].Action, p.faults[0].Status = githubsim.AnswerStatus, 502
	if got := held(p.look(t)); !strings.Contains(got, "lost direct grants") || strings.Contains(got, "lost direct grants agreed") {
		t.Errorf("after a look that saw less: %q", got)
	}
	p.faults[0].Action = githubsim.WrongTotal
	if got := held(p.look(t)); !strings.Contains(got, "lost direct grants agreed") {
		t.Errorf("after a look that saw as much: %q", got)
	}
}

// A second wave while the first is on hold must not hide behind it, agreed as that
// may be already.
func TestLossOnTopOfOneThatIsHeldIsDoubtedAnew(t *testing.T) {
	p := moving(t)
	p.look(t)
	wave := func(keep int) {
		for i, repo := range p.repos() {
			if i%4 >= keep {
				repo.Teams = nil
			}
		}
	}
	wave(2)
	first := p.look(t)
	if got := held(first); got != "lost grants of teams" {
		t.Fatalf("held %q", got)
	}
	if got := held(p.look(t)); got != "lost grants of teams agreed" {
		t.Fatalf("held %q", got)
	}
	wave(0)
	second := p.look(t)
	if got := held(second); got != "lost grants of teams" {
		t.Fatalf("after the second wave: held %q", got)
	}
	h := second.Holds[0]
	if h.Lost != h.Population || h.Lost <= first.Holds[0].Lost || h.Snapshot != second.Info.ID || h.Base != first.Holds[0].Base {
		t.Errorf("%+v, after %+v", h, first.Holds[0])
	}
	again, err := p.Judge(t.Context(), second.Info)
	if err != nil || held(again) != "lost grants of teams" {
		t.Errorf("judged again: %q, %v", held(again), err)
	}
	if got := held(p.look(t)); got != "lost grants of teams agreed" {
		t.Errorf("after one look more: %q", got)
	}
}
