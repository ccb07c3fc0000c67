package clock

import (
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// machine is a computer whose wall clock can be set, and which can be suspended:
// then its monotonic clock stands still.
type machine struct {
	github time.Time     // the truth
	wall   time.Duration // what the wall clock is ahead of it
	mono   time.Duration
}

func newMachine() *machine {
	return &machine{github: time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)}
}

func (m *machine) now() time.Time { return m.github.Add(m.wall) }

func (m *machine) clock() *Clock {
	return New(m.now, func() time.Duration { return m.mono })
}

// run lets time pass while the machine runs.
func (m *machine) run(d time.Duration) { m.github, m.mono = m.github.Add(d), m.mono+d }

// suspend lets time pass while it does not.
func (m *machine) suspend(d time.Duration) { m.github = m.github.Add(d) }

// date is what GitHub's header states now.
func (m *machine) date() time.Time { return m.github.Truncate(time.Second) }

func behind(t *testing.T, m *machine, c *Clock, most time.Duration) {
	t.Helper()
	late := m.github.Sub(c.Now())
	if late < 0 || late > most {
		t.Errorf("the clock is %s behind GitHub's, want 0 to %s", late, most)
	}
}

func TestClockSetForwardOrBackMovesNothing(t *testing.T) {
	for _, set := range []time.Duration{0, time.Minute, time.Hour, 365 * 24 * time.Hour, -time.Hour, -20 * 365 * 24 * time.Hour} {
		m := newMachine()
		c := m.clock()
		m.wall = set
		c.Hear(m.date())
		behind(t, m, c, time.Second)
		m.run(90 * time.Minute)
		m.wall = -set // and the other way while the program runs
		behind(t, m, c, time.Second)
		c.Hear(m.date())
		behind(t, m, c, time.Second)
		if got := c.Skew(); (got + set).Abs() > time.Second {
			t.Errorf("skew %s, want %s", got, -set)
		}
	}
}

func TestFrozenWallClockKeepsNothingOpen(t *testing.T) {
	m := newMachine()
	at := m.now()
	c := New(func() time.Time { return at }, func() time.Duration { return m.mono })
	c.Hear(m.date())
	m.run(30 * 24 * time.Hour)
	behind(t, m, c, time.Second)
}

func TestSuspendedMachineIsRightAgainAfterTwoAnswers(t *testing.T) {
	m := newMachine()
	c := m.clock()
	c.Hear(m.date())
	m.suspend(9 * time.Hour)
	behind(t, m, c, 9*time.Hour+time.Second) // late, and never early
	c.Hear(m.date())
	m.run(time.Second)
	c.Hear(m.date())
	behind(t, m, c, time.Second)
}

func TestOneWrongDateMovesNothing(t *testing.T) {
	for _, wrong := range []time.Duration{-time.Hour, time.Hour, 400 * 24 * time.Hour} {
		m := newMachine()
		c := m.clock()
		c.Hear(m.date())
		m.run(time.Minute)
		c.Hear(m.date().Add(wrong))
		behind(t, m, c, time.Second)
		m.run(time.Minute)
		c.Hear(m.date())
		behind(t, m, c, time.Second)
		if at, _ := c.Highest(); at.After(m.github) {
			t.Errorf("a date that is %s off was kept as the highest seen: %s", wrong, at)
		}
	}
}

func TestFirstAnswerThatContradictsTheLocalClockIsNotKeptAlone(t *testing.T) {
	m := newMachine()
	m.wall = -72 * time.Hour
	c := m.clock()
	c.Hear(m.date())
	behind(t, m, c, time.Second) // it is GitHub's word and decides
	if _, news := c.Highest(); news {
		t.Error("one answer that contradicts the local clock is to be stored")
	}
	m.run(time.Second)
	c.Hear(m.date())
	if at, news := c.Highest(); !news || m.github.Sub(at) > time.Second {
		t.Errorf("two answers agree: got %s, %v", at, news)
	}
}

func TestTimeNeverRunsBackBehindTheStore(t *testing.T) {
	m := newMachine()
	kept := m.github.Add(-time.Second / 2)
	m.wall = -365 * 24 * time.Hour
	c := m.clock()
	c.Restore(kept)
	if got := c.Now(); !got.Equal(kept) {
		t.Errorf("offline, on a clock set back: %s, want what was stored, %s", got, kept)
	}
	c.Hear(m.date())
	if got := c.Now(); got.Before(kept) {
		t.Errorf("%s is before what was stored, %s", got, kept)
	}
	if why := c.Doubt(); why != "" {
		t.Errorf("doubted: %s", why)
	}
}

func TestStoreAheadOfGitHubIsDoubted(t *testing.T) {
	m := newMachine()
	c := m.clock()
	c.Restore(m.github.Add(24 * time.Hour))
	if why := c.Doubt(); why != "" {
		t.Errorf("GitHub has said nothing yet: %s", why)
	}
	c.Hear(m.date())
	if c.Doubt() == "" {
		t.Error("the store is a day ahead of GitHub and nothing is said")
	}
	m.run(24 * time.Hour)
	c.Hear(m.date())
	c.Hear(m.date())
	if why := c.Doubt(); why != "" {
		t.Errorf("GitHub has caught up: %s", why)
	}
}

func TestLocalClockAloneIsNeverStored(t *testing.T) {
	m := newMachine()
	m.wall = 365 * 24 * time.Hour
	c := m.clock()
	if got := c.Now(); !got.Equal(m.now()) {
		t.Errorf("nothing was heard: %s, want the local clock, %s", got, m.now())
	}
	if at, news := c.Highest(); news || !at.IsZero() {
		t.Errorf("it is to be stored: %s", at)
	}
	if c.Heard() {
		t.Error("GitHub is said to have told the time")
	}
}

func TestRealClockCarriesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(time.Now, nil)
		date := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
		c.Hear(date)
		time.Sleep(30 * 24 * time.Hour)
		if got, want := c.Now(), date.Add(30*24*time.Hour); !got.Equal(want) {
			t.Errorf("after 30 days: %s, want %s", got, want)
		}
	})
}

// Whatever is done to the machine, what the clock tells is never ahead of GitHub's,
// never goes back, and is right to a second once GitHub has answered twice.
func TestClockIsNeverAheadAndNeverGoesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine()
		c := m.clock()
		c.Hear(m.date())
		c.Hear(m.date())
		last := c.Now()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			d := time.Duration(rapid.Int64Range(0, int64(40*24*time.Hour)).Draw(t, "d"))
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				m.run(d)
			case 1:
				m.suspend(d)
			case 2:
				m.wall = d - 20*24*time.Hour
			case 3: // the program is started again
				at, news := c.Highest()
				if !news && at.IsZero() {
					t.Fatal("nothing to store, though GitHub answered twice")
				}
				c = m.clock()
				c.Restore(at)
				c.Hear(m.date())
				c.Hear(m.date())
			default:
				c.Hear(m.date())
				c.Hear(m.date())
				if late := m.github.Sub(c.Now()); late > time.Second {
					t.Fatalf("%s behind after two answers", late)
				}
			}
			now := c.Now()
			if now.After(m.github) {
				t.Fatalf("%s ahead of GitHub", now.Sub(m.github))
			}
			if now.Before(last) {
				t.Fatalf("went back by %s", last.Sub(now))
			}
			last = now
		}
	})
}
