package audit

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
)

func TestForecastTellsCostBeforeAndUsesTheLastPass(t *testing.T) {
	p, c := newPass(t, nil)
	first, err := p.Forecast(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := first.Queries(); first.Last != nil || first.Known || n == 0 || first.Took <= 0 || first.Budgets["graphql"].Limit == 0 || first.Budgets["core"].Limit == 0 {
		t.Errorf("before the first pass: %+v", first)
	}
	if _, err := p.Take(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.move(time.Hour)
	second, err := p.Forecast(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if second.Last == nil || !second.Known || second.Last.Stats.Requests == 0 {
		t.Errorf("after it: %+v", second)
	}
}

// Points are not what takes the time: GitHub answers for 55 seconds of a minute.
func TestForecastOfTimeCountsAnswersAndHours(t *testing.T) {
	at := func(queries, calls int, left int64) (took, waiting time.Duration) {
		f := Forecast{Estimate: collector.Estimate{Kinds: []collector.KindCost{{GraphQL: queries, REST: calls}}}}
		f.Budgets = map[string]github.Budget{"graphql": {Limit: 5000, Remaining: left, Reset: now.Add(20 * time.Minute)}}
		return f.time(now, 8)
	}
	for _, c := range []struct {
		queries, calls int
		left           int64
		took, waiting  time.Duration
	}{
		{10, 0, 5000, 7500 * time.Millisecond, 0},
		{1100, 0, 5000, 30 * time.Minute, 0},
		{0, 8500, 5000, 10 * time.Minute, 0},
		{110, 0, 10, 20 * time.Minute, 17 * time.Minute},
		{11_000, 0, 1000, 300 * time.Minute, 0}, // the hours pass while it reads
	} {
		if took, waiting := at(c.queries, c.calls, c.left); took.Round(time.Second/2) != c.took || waiting != c.waiting {
			t.Errorf("%d queries, %d calls, %d left: %s with %s of waiting, want %s with %s", c.queries, c.calls, c.left, took, waiting, c.took, c.waiting)
		}
	}
}
