package main

import (
	"context"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/config"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/schedule"
	"github.com/eb661601/ajar/internal/tabular"
)

// leastPromise and mostPromise bound what --every may say.
const leastPromise, mostPromise = time.Minute, 366 * 24 * time.Hour

// promised gives how often a pass was promised; 0: nobody promised anything. Whoever makes
// the pack may promise more than the configuration does, and not less. By the
// schedule it is the longest time between two of its instants, as far as a hundred from
// the beginning of the period on show: what the clock says now has no part in it.
func (f exportFlags) promised(c *config.Config, p evidence.Period) (time.Duration, error) {
	var scheduled time.Duration
	if c.Schedule.Said && c.Schedule.Audit != "" {
		s, err := schedule.Parse(c.Schedule.Audit)
		if err != nil {
			return 0, err
		}
		scheduled = s.Gap(p.From)
	}
	if f.every == "" {
		return scheduled, nil
	}
	d, err := lasting("--every", f.every)
	switch {
	case err != nil:
		return 0, err
	case d < leastPromise || d > mostPromise:
		return 0, usage("--every %s: at least a minute, at most a year", f.every)
	case scheduled > 0 && d > scheduled:
		return 0, withHint(usage("--every %s: [schedule] audit of the configuration promises more, a pass every %s", f.every, evidence.Span(scheduled)),
			"a longer pause would be no gap by that: leave --every out, or name the configuration of then with --config")
	}
	return d, nil
}

// oneTable writes a table to stdout.
func (a *app) oneTable(ctx context.Context, e evidence.Evidence, name string) error {
	t, err := pack.TableOf(e, name)
	if err != nil {
		return withHint(err, "one of %s", strings.Join(pack.TableNames(e), ", "))
	}
	f, err := a.format()
	if err != nil {
		return err
	}
	a.gapsBeside(e, name)
	if f == report.JSON {
		return tabular.WriteJSON(ctx, a.out, t, e)
	}
	return tabular.WriteCSV(ctx, a.out, t)
}

// gapsTold is how many gaps are told beside a table that goes to stdout.
const gapsTold = 10

// gapsBeside says what the evidence lacks: CSV has no place for it, and a table that looks
// whole would be taken for that.
func (a *app) gapsBeside(e evidence.Evidence, table string) {
	if table == "gaps" {
		return
	}
	for i, g := range e.Gaps {
		if i == gapsTold {
			a.say("and %d more gaps: --table gaps lists them all", len(e.Gaps)-i)
			return
		}
		about := []string{g.Org}
		for _, s := range []string{g.Area, g.Scope} {
			if s != "" {
				about = append(about, s)
			}
		}
		a.say("gap: %s, %s to %s: %s", strings.Join(about, ", "), instant(g.From), instant(g.To), g.Reason)
	}
}
