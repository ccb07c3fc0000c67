package audit

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/githubsim"
	"github.com/eb661601/ajar/internal/store"
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

// What somebody only collected, or what an audit broke off over, was not doubted: the
// loss in it must not become what the next look is compared with.
func TestLossInASnapshotThatNobodyJudgedIsNewsToTheNextAudit(t *testing.T) {
	p := moving(t)
	p.look(t)
	for _, repo := range p.repos() {
		repo.Teams = nil
	}
	p.c.move(time.Hour)
	replace(t, &p.Pass, p.world, p.c)
	taken, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if why, err := p.Store.Undoubted(t.Context(), taken, p.Baseline.Hash()); err != nil || !strings.Contains(why, "collected and not audited") {
		t.Errorf("%q, %v", why, err)
	}
	r := p.look(t)
	if got := held(r); got != "lost grants of teams" {
		t.Errorf("held: %q", got)
	}
	info, err := p.Store.Latest(t.Context(), r.Info.Org)
	if err != nil {
		t.Fatal(err)
	}
	if why, err := p.Store.Undoubted(t.Context(), info, p.Baseline.Hash()); err != nil || why != "" {
		t.Errorf("after the audit: %q, %v", why, err)
	}
	if why, err := p.Store.Undoubted(t.Context(), info, "another"); err != nil || !strings.Contains(why, "the baseline has changed") {
		t.Errorf("by another baseline: %q, %v", why, err)
	}
}

// A process may be killed between saving a judgement and doubting it.
func TestJudgementThatBrokeOffBeforeItWasDoubtedIsDoubtedByTheNextOne(t *testing.T) {
	p := moving(t)
	p.look(t)
	p.Baseline = slip(t)
	p.look(t)
	for _, h := range p.look(t).Holds { // the second look agrees, and a person lifts it
		if err := p.Store.Lift(t.Context(), h.ID, p.c.now(), "user:mirela-okafor", "so it is meant"); err != nil {
			t.Fatal(err)
		}
	}
	if got := held(p.look(t)); got != "" {
		t.Fatalf("held: %q", got)
	}
	for i := range 60 {
		login := fmt.Sprintf("newcomer-%d", i)
		p.world.Users = append(p.world.Users, &githubsim.User{ID: int64(990100 + i), Login: login, Type: "User", CreatedAt: p.world.Users[0].CreatedAt})
		p.world.Orgs[0].Members = append(p.world.Orgs[0].Members, &githubsim.Member{Login: login, Role: "member", TwoFactor: true})
	}
	p.c.move(time.Hour)
	replace(t, &p.Pass, p.world, p.c)
	info, err := p.Take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cut, err := p.Review(t.Context(), info)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Store.Judge(t.Context(), cut.Snapshot, cut.Findings, cut.At, store.Terms{Baseline: p.Baseline.Hash()}); err != nil {
		t.Fatal(err)
	}
	if why, err := p.Store.Undoubted(t.Context(), info, p.Baseline.Hash()); err != nil || why == "" {
		t.Errorf("it may be acted on: %v", err)
	}
	if got := held(p.look(t)); !strings.Contains(got, "drift members") {
		t.Errorf("held: %q", got)
	}
}
