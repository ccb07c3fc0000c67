package audit

import (
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/githubsim"
)

// stage is a pass against the demo organization, which the test changes between
// two looks.
type stage struct {
	Pass
	c      *clock
	world  *githubsim.World
	faults []githubsim.Fault
}

func moving(t *testing.T) *stage {
	t.Helper()
	p, c := newPass(t, nil)
	w := githubsim.Demo()
	w.ShiftTo(now)
	return &stage{Pass: p, c: c, world: w}
}

// look takes a snapshot of the world as it is now, an hour later, and judges it.
func (s *stage) look(t *testing.T) Result {
	t.Helper()
	s.c.move(time.Hour)
	replace(t, &s.Pass, s.world, s.c, s.faults...)
	r, err := s.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *stage) repos() []*githubsim.Repo { return s.world.Orgs[0].Repos }

func held(r Result) string {
	var out []string
	for _, h := range r.Holds {
		s := h.Kind + " " + h.What
		if h.Agreed != 0 {
			s += " agreed"
		}
		out = append(out, s)
	}
	return strings.Join(out, ", ")
}

func TestMassLossPutsTheOrganizationOnHoldUntilASecondCollectionAgrees(t *testing.T) {
	p := moving(t)
	if r := p.look(t); len(r.Holds) > 0 {
		t.Fatalf("the first look is doubted: %s", held(r))
	}
	// Most teams lose their repositories at once.
	for _, repo := range p.repos() {
		repo.Teams = nil
	}
	r := p.look(t)
	if got := held(r); got != "lost grants of teams" {
		t.Fatalf("held: %q", got)
	}
	if h := r.Holds[0]; h.Lost != h.Population || !strings.Contains(h.Reason, "grants of teams are gone since the snapshot of") {
		t.Errorf("%+v", h)
	}
	if got := held(p.look(t)); got != "lost grants of teams agreed" {
		t.Errorf("after a second collection: %q", got)
	}
	hold := r.Holds[0]
	if err := p.Store.Lift(t.Context(), hold.ID, p.c.now(), "user:mirela-okafor", "teams were reorganized"); err != nil {
		t.Fatal(err)
	}
	again, err := p.Judge(t.Context(), r.Info) // judged again offline
	if err != nil || len(again.Holds) > 0 {
		t.Errorf("set again after it was lifted: %s, %v", held(again), err)
	}
	if got := held(p.look(t)); got != "" {
		t.Errorf("a third collection: %q", got)
	}
}

func TestLossThatTheNextCollectionDoesNotShowIsNoReasonToHold(t *testing.T) {
	p := moving(t)
	p.look(t)
	repos := p.repos()
	teams := make([][]*githubsim.TeamGrant, len(repos))
	for i, r := range repos {
		teams[i], r.Teams = r.Teams, nil
	}
	if got := held(p.look(t)); got == "" {
		t.Fatal("nothing is held")
	}
	for i, r := range repos {
		r.Teams = teams[i]
	}
	if got := held(p.look(t)); got != "" {
		t.Errorf("still held: %q", got)
	}
}

// A partial look between two whole ones must not become what the second whole
// one is compared with.
func TestLossIsMeasuredAgainstTheLastLookThatSawTheKindToItsEnd(t *testing.T) {
	p := moving(t)
	p.look(t)
	p.faults = []githubsim.Fault{{Match: "organization.teams", Action: githubsim.AnswerStatus, Status: 502}}
	if r := p.look(t); len(r.Holds) > 0 || r.Snapshot.Coverage.Complete(access.AreaTeamGrants) {
		t.Fatalf("the partial look: held %q, %+v", held(r), r.Snapshot.Coverage.Of(access.AreaTeamGrants))
	}
	p.faults = nil
	for _, r := range p.repos() {
		r.Teams = nil
	}
	if got := held(p.look(t)); got != "lost grants of teams" {
		t.Errorf("held: %q", got)
	}
}

func TestOrdinaryChangesAreNotDoubted(t *testing.T) {
	p := moving(t)
	p.look(t)
	repos := p.repos()
	for _, r := range repos[:3] {
		r.Teams = r.Teams[:len(r.Teams)/2]
	}
	if got := held(p.look(t)); got != "" {
		t.Errorf("held: %q", got)
	}
}

// slip is a baseline that calls everybody but one drift.
func slip(t *testing.T) *baseline.Baseline {
	t.Helper()
	text := "[organization.acme-robotics]\nowners = [\"user:mirela-okafor\"]\nmembers = [\"user:mirela-okafor\"]\nmanage = [\"members\", \"repository-access\", \"environments\"]\n"
	b, err := baseline.Parse([]baseline.File{{Name: "b.toml", Text: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBaselineThatSuddenlyCallsManyDriftPutsTheOrganizationOnHold(t *testing.T) {
	p := moving(t)
	p.look(t)
	p.Baseline = slip(t)
	r := p.look(t)
	if !strings.Contains(held(r), "drift members") {
		t.Fatalf("held: %q", held(r))
	}
	if got := held(p.look(t)); !strings.Contains(got, "drift members agreed") {
		t.Errorf("after a second collection: %q", got)
	}
}

func TestNewlyDriftMeansNewSinceTheLastJudgement(t *testing.T) {
	var l lives
	if got := l.drift(&Result{}, nil); got != nil {
		t.Errorf("a first judgement is doubted: %v", got)
	}
	for _, c := range []struct {
		lost, all int
		want      bool
	}{{5, 5, false}, {6, 30, false}, {6, 29, true}, {1, 1, false}, {200, 1000, false}, {201, 1000, true}} {
		if doubtful(c.lost, c.all) != c.want {
			t.Errorf("%d of %d", c.lost, c.all)
		}
	}
}
