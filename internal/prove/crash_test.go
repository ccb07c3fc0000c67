package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// deed is what a performance does: the command that is killed, and finished after.
type deed struct {
	name  string
	words []string
	runs  string // how the ids of its runs begin
}

// rehearse carries the deed out undisturbed and counts the points of death.
func (s *stage) rehearse(d deed) (want ending, points []string, took time.Duration) {
	s.t.Helper()
	p := s.perform()
	defer p.close()
	list := filepath.Join(p.dir, "points")
	start := time.Now()
	p.must(p.ajar([]string{"AJAR_CRASH_LOG=" + list}, d.words...))
	took = time.Since(start)
	text, err := os.ReadFile(list)
	if err != nil {
		s.t.Fatal(err)
	}
	want, err = p.ending()
	if err != nil {
		s.t.Fatal(err)
	}
	return want, strings.Fields(string(text)), took
}

// finish runs the deed until it says that it is done, as docs/remediation.md tells
// people to do after a crash.
func (p *performance) finish(d deed) error {
	var last outcome
	for range 3 {
		last = p.ajar(nil, d.words...)
		// It may have died behind its last word: then there is nothing to finish, and
		// what it would begin anew was not agreed to. Whether it is done is judged after.
		if last.code == 0 || strings.Contains(last.errs, "which has ended") || strings.Contains(last.errs, "nobody else has agreed") {
			return nil
		}
	}
	return fmt.Errorf("it does not come to an end: %v", last)
}

// killed plays one performance: kill does harm to it, then it is finished and
// compared. It gives how often it was killed.
func (s *stage) killed(d deed, want ending, kill func(p *performance) int) (deaths int, w *wrongs) {
	p := s.perform()
	defer p.close()
	deaths = kill(p)
	if err := p.finish(d); err != nil {
		return deaths, &wrongs{forgotten: []string{err.Error()}}
	}
	got, err := p.ending()
	if err != nil {
		return deaths, &wrongs{lost: []string{err.Error()}}
	}
	return deaths, got.against(want, d.runs)
}

// each plays many performances, as many at a time as there are processors.
func each(n int, play func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				play(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// tally adds up what was wrong.
type tally struct {
	sync.Mutex
	kills, lost, repeated, forgotten, other int
}

func (y *tally) add(t *testing.T, what string, deaths int, w *wrongs) {
	t.Helper()
	y.Lock()
	defer y.Unlock()
	y.kills += deaths
	y.lost, y.repeated, y.forgotten, y.other = y.lost+len(w.lost), y.repeated+len(w.repeated), y.forgotten+len(w.forgotten), y.other+len(w.other)
	if w.any() {
		t.Errorf("%s:\n%s", what, w)
	}
}

func (y *tally) String() string {
	return fmt.Sprintf("%d kills, %d lost, %d repeated, %d forgotten, %d otherwise wrong", y.kills, y.lost, y.repeated, y.forgotten, y.other)
}

func now() time.Time { return time.Now().UTC().Truncate(time.Second) }

func staged(t *testing.T, drift int) *stage {
	t.Helper()
	if testing.Short() {
		t.Skip("it runs the program hundreds of times")
	}
	w, base := drifted(drift, now())
	return newStage(t, w, base)
}

var applying = deed{"apply", []string{"apply", "plan.json", "--yes"}, "run-"}

// TestKilledAtAnyPointNothingIsLostRepeatedOrForgotten kills the program at every
// one of its points of death, and lets it finish afterwards.
func TestKilledAtAnyPointNothingIsLostRepeatedOrForgotten(t *testing.T) {
	s := staged(t, size(5, 30, 30))
	s.everyPoint(t, applying)
}

func (s *stage) everyPoint(t *testing.T, d deed) {
	t.Helper()
	want, points, took := s.rehearse(d)
	var y tally
	each(len(points), func(i int) {
		deaths, w := s.killed(d, want, func(p *performance) int {
			if o := p.ajar([]string{"AJAR_CRASH=" + points[i]}, d.words...); !o.killed {
				t.Errorf("it was to die at %s: %v", points[i], o)
				return 0
			}
			return 1
		})
		y.add(t, "killed at "+points[i], deaths, w)
	})
	actions := 0
	for id, r := range want.runs {
		if strings.HasPrefix(id, d.runs) {
			actions += len(r.Actions)
		}
	}
	figures(t, "%s of %d actions, %d changes, %v: %d crash points, %s", d.name, actions, len(want.log), took.Round(time.Millisecond), len(points), &y)
}

// TestARestoreKilledAtAnyPointLosesRepeatsAndForgetsNothing does the same to what
// puts a run back.
func TestARestoreKilledAtAnyPointLosesRepeatsAndForgetsNothing(t *testing.T) {
	s, d := staged(t, size(3, 30, 30)).carried()
	s.everyPoint(t, d)
}

// carried is the stage after the plan was carried out, and what puts it back; the
// second person, whom a restore above the baseline takes, has agreed.
func (s *stage) carried() (*stage, deed) {
	s.t.Helper()
	p := s.perform()
	defer p.close()
	p.must(p.ajar(nil, applying.words...))
	done, err := p.ending()
	if err != nil {
		s.t.Fatal(err)
	}
	var id string
	for id = range done.runs {
	}
	p.must(p.ajar([]string{"PROVE_READ=" + approveToken}, "restore", id, "--approve"))
	after := *s
	after.world, after.files = p.sim.Snapshot(), p.read()
	return &after, deed{"restore", []string{"restore", id, "--yes"}, "restore-"}
}

// TestKilledAtAnyMomentNothingIsLostRepeatedOrForgotten kills the program at
// random, up to three times in a row, so that recovery is killed as well.
func TestKilledAtAnyMomentNothingIsLostRepeatedOrForgotten(t *testing.T) {
	s := staged(t, 5)
	s.anyMoment(t, applying, size(50, 2000, 10000))
}

func (s *stage) anyMoment(t *testing.T, d deed, kills int) {
	t.Helper()
	want, _, took := s.rehearse(d)
	var y tally
	tries := 0
	for y.kills < kills {
		from := tries
		each(min(64, kills), func(i int) {
			rnd := rand.New(rand.NewPCG(uint64(from+i), 0x6b696c6c))
			deaths, w := s.killed(d, want, func(p *performance) (deaths int) {
				for range 1 + rnd.IntN(3) {
					if p.dies(d, time.Duration(rnd.Int64N(int64(took)))) {
						deaths++
					}
				}
				return deaths
			})
			y.add(t, fmt.Sprint("performance ", from+i), deaths, w)
		})
		if tries += min(64, kills); tries > 10*kills {
			t.Fatalf("%d performances died only %d times", tries, y.kills)
		}
	}
	figures(t, "%s killed at random, up to 3 times in a row: %d performances, %s", d.name, tries, &y)
}

// dies runs the deed and kills it after a while; it may have ended by then.
func (p *performance) dies(d deed, after time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), after) // its end is kill -9
	defer cancel()
	return start(ctx, p.dir, p.env(nil), append([]string{p.binary}, d.words...)...).killed
}
