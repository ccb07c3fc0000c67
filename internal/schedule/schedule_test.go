package schedule

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func at(s string) time.Time {
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestNextIsTheInstantThatTheLineSays(t *testing.T) {
	for _, c := range []struct{ line, after, want string }{
		{"@hourly", "2026-03-01 10:00:00", "2026-03-01 11:00:00"},
		{"@hourly", "2026-03-01 09:59:59", "2026-03-01 10:00:00"},
		{"@daily", "2026-03-01 10:00:00", "2026-03-02 00:00:00"},
		{"@weekly", "2026-03-02 10:00:00", "2026-03-08 00:00:00"},
		{"@monthly", "2026-03-02 10:00:00", "2026-04-01 00:00:00"},
		{"30 2 * * 1-5", "2026-03-06 02:30:00", "2026-03-09 02:30:00"},
		{"0 0 29 2 *", "2026-03-01 00:00:00", "2028-02-29 00:00:00"},
		{"@every 30m", "2026-03-01 10:00:01", "2026-03-01 10:30:00"},
		{"@every 7s", "1970-01-01 00:00:07", "1970-01-01 00:00:14"},
		{"@every 90m", "2026-03-01 10:30:00", "2026-03-01 12:00:00"},
	} {
		s, err := Parse(c.line)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Next(at(c.after)); !got.Equal(at(c.want)) {
			t.Errorf("%q after %s is %s, want %s", c.line, c.after, got, c.want)
		}
		if s.String() != c.line {
			t.Errorf("%q is shown as %q", c.line, s)
		}
	}
}

// Summer time moves nothing: times are UTC.
func TestZoneOfTheMachineMovesNothing(t *testing.T) {
	s, err := Parse("0 2 * * *")
	if err != nil {
		t.Fatal(err)
	}
	zone := time.FixedZone("far", 9*3600)
	if got := s.Next(at("2026-03-29 01:30:00").In(zone)); !got.Equal(at("2026-03-29 02:00:00")) {
		t.Errorf("got %s", got)
	}
}

func TestWhatIsNoScheduleIsRefused(t *testing.T) {
	for _, line := range []string{
		"", "hourly", "@yearlyish", "@every", "@every 0s", "@every 1500ms", "@every -1h", "* * * *", "* * * * * *", "99 * * * *", "0 0 31 2 *",
		"TZ=Asia/Tokyo 0 0 * * *", "CRON_TZ=UTC 0 0 * * *", "0 0 * * 8",
	} {
		if s, err := Parse(line); err == nil {
			t.Errorf("%q was taken for %v", line, s)
		}
	}
}

func TestGapIsTheLongestDistance(t *testing.T) {
	for line, want := range map[string]time.Duration{"@hourly": time.Hour, "@every 10s": 10 * time.Second, "0 9 * * 1-5": 72 * time.Hour} {
		s, err := Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Gap(at("2026-03-01 10:00:00")); got != want {
			t.Errorf("%q has gaps of %s, want %s", line, got, want)
		}
	}
}

func TestOffsetIsTheSameEachTimeAndBelowTheJitter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jitter := time.Duration(rapid.Int64Range(-5, 90_000).Draw(t, "seconds")) * time.Second
		name := rapid.String().Draw(t, "name")
		o := Offset(jitter, name)
		if o != Offset(jitter, name) {
			t.Fatal("it moved")
		}
		if o < 0 || jitter > 0 && o >= jitter || jitter <= 0 && o != 0 {
			t.Fatalf("%s of %s", o, jitter)
		}
	})
}

func TestOffsetSpreadsNamesThatAreAlike(t *testing.T) {
	seen := map[time.Duration]int{}
	for i := range 300 {
		seen[Offset(5*time.Minute, "org-"+strings.Repeat("a", i%10)+string(rune('a'+i/10)))]++
	}
	if len(seen) < 150 {
		t.Errorf("300 names have %d offsets", len(seen))
	}
}

func TestNextLiesAheadAndNothingLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"@hourly", "@daily", "@every 45m", "*/7 3 * * *", "@every 1h30m"}).Draw(t, "line")
		s, err := Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		from := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "from"), 0).UTC()
		next := s.Next(from)
		if !next.After(from) {
			t.Fatalf("%s is not after %s", next, from)
		}
		if mid := from.Add(next.Sub(from) / 2); !s.Next(mid).Equal(next) {
			t.Fatalf("from %s it is %s, and from %s %s", from, next, mid, s.Next(mid))
		}
	})
}

func FuzzParseNeverPanics(f *testing.F) {
	for _, s := range []string{"@hourly", "@every 1h", "*/5 * * * *", "0 0 31 2 *", "@every 9223372036854775807ns"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := Parse(line)
		if err != nil {
			return
		}
		now := at("2026-03-01 10:00:00")
		if n := s.Next(now); !n.IsZero() && !n.After(now) {
			t.Errorf("%q: %s", line, n)
		}
	})
}
