package main

import (
	"io"
	"testing"
	"time"
)

// TestTheDaemonLivesThroughASmallSoak is the soak in a few seconds: what grows shows
// only in half an hour, and every other promise is judged in the same way.
func TestTheDaemonLivesThroughASmallSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program and runs it many times")
	}
	r, err := soak(t.Context(), options{length: 6 * time.Second, every: time.Second, mode: "auto", seed: 11, out: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range r.broken {
		t.Error(b)
	}
	t.Log(r.figures)
}

// TestWhatGrowsIsToldFromWhatSwings holds the rule on made-up measurements.
func TestWhatGrowsIsToldFromWhatSwings(t *testing.T) {
	series := func(at func(i int) float64) (out []point) {
		for i := range 40 {
			out = append(out, point{time.Duration(i) * 30 * time.Second, at(i)})
		}
		return out
	}
	swing := func(i int) float64 { return float64(i*7919%13) / 13 } // no pattern in 40 of them
	for name, c := range map[string]struct {
		at   func(i int) float64
		want bool
	}{
		"constant":                         {func(int) float64 { return 100 }, false},
		"swings by a tenth":                {func(i int) float64 { return 100 + 10*swing(i) }, false},
		"grows by a tenth an hour":         {func(i int) float64 { return 100 + 10*float64(i)/120 + 0.3*swing(i) }, true},
		"grows, and swings as much":        {func(i int) float64 { return 100 + float64(i) + 10*swing(i) }, true},
		"falls":                            {func(i int) float64 { return 100 - float64(i)/4 }, false},
		"one peak":                         {func(i int) float64 { return map[bool]float64{true: 900, false: 100}[i == 30] }, false},
		"a step at once that stays behind": {func(i int) float64 { return map[bool]float64{true: 130, false: 100}[i > 20] + swing(i) }, true},
	} {
		if tr := trendOf(series(c.at)); tr.grows(0.5) != c.want {
			t.Errorf("%s: grows is %t: %s, from %.1f to %.1f", name, tr.grows(0.5), tr, tr.first, tr.last)
		}
	}
}

// TestPassesThatBreakTheirRuleAreNoticed holds the judge of the records on records
// that somebody else wrote.
func TestPassesThatBreakTheirRuleAreNoticed(t *testing.T) {
	base := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	at := func(seconds float64) time.Time { return base.Add(time.Duration(seconds * float64(time.Second))) }
	r := func() *run { return newRun(&stage{o: options{every: 5 * time.Second, out: io.Discard}}, io.Discard) }
	for name, c := range map[string]struct {
		second     float64 // when the second pass began; the first took from 0.1 to 1
		away, busy []span
		want       int
	}{
		"in time":                          {second: 5.1},
		"early":                            {second: 4, want: 1},
		"at once":                          {second: 0.5, want: 2},
		"late":                             {second: 30, want: 1},
		"late after a stop":                {second: 30, away: []span{{at(6), at(29)}}},
		"late long after a stop":           {second: 60, away: []span{{at(6), at(29)}}, want: 1},
		"late while another had the store": {second: 30, busy: []span{{at(4), at(28)}}},
	} {
		r := r()
		r.away, r.busy = c.away, c.busy
		r.passes.add("audit", at(0.1), at(1), "ok")
		r.passes.add("audit", at(c.second), at(c.second+1), "ok")
		r.punctual()
		if len(r.broken) != c.want {
			t.Errorf("%s: %d complaints, not %d: %v", name, len(r.broken), c.want, r.broken)
		}
	}
}
