package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/audit"
	"github.com/eb661601/ajar/internal/github"
)

// budget says what is left of GitHub's hourly limits, what an audit would cost,
// and whether that fits.
func (d *doctor) budget(ctx context.Context, o *patient, l look) {
	p := audit.Pass{Org: o.login, Client: l.client, Store: d.store, Now: d.Now, Collect: d.Collect}
	f, err := p.Forecast(ctx)
	if err != nil {
		d.add(d.explained(Budget, o.login, err))
		return
	}
	queries, _ := f.Queries()
	calls, more := f.Calls()
	cost := fmt.Sprintf("an audit takes about %s and %s", count(queries, "point"), count(calls, "REST call"))
	if more > 0 {
		cost += fmt.Sprintf(" (at most %s more)", number(more))
	}
	c := Check{About: Budget, Name: o.login, Mark: OK}
	left, short := d.left(f)
	switch {
	case len(f.Budgets) == 0:
		c.Found = cost + "; this server states no limit"
	case len(short) == 0:
		c.Found = cost + ", which fits: " + left
	default:
		c.Mark = Note
		c.Found = cost + ", which does not fit into this hour: " + left
		c.Do = fmt.Sprintf("nothing has to be done: an audit waits for %s, or ends and the next run takes it up; a GitHub App has a larger limit", strings.Join(short, " and "))
	}
	c.Found += "; it lasts about " + roughly(f.Took)
	d.add(c)
}

// left says what remains of each limit after what is left for others, and which
// of them an audit would use up.
func (d *doctor) left(f audit.Forecast) (text string, short []string) {
	queries, _ := f.Queries()
	calls, _ := f.Calls()
	need := map[string]int64{"graphql": int64(queries), "core": int64(calls)}
	words := map[string]string{"graphql": "points", "core": "REST calls"}
	var parts []string
	var reset time.Time
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(f.Budgets))) {
		b := f.Budgets[name]
		word, known := words[name]
		if !known {
			continue
		}
		parts = append(parts, fmt.Sprintf("%s of %s %s", number(int(b.Remaining)), number(int(b.Limit)), word))
		if b.Reset.After(reset) {
			reset = b.Reset
		}
		if need[name] > b.Remaining-d.reserved(b) {
			short = append(short, word+clockTime(" at ", b.Reset))
		}
	}
	return strings.Join(parts, " and ") + " are left" + clockTime(" until ", reset), short
}

// clockTime is a time of today behind a word; nothing where it is not known.
func clockTime(word string, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return word + t.UTC().Format("15:04 UTC")
}

// reserved is what is left for others of a limit.
func (d *doctor) reserved(b github.Budget) int64 {
	return int64(d.Config.Collect.Reserve.Of(int(min(b.Limit, 1<<31))))
}

func roughly(took time.Duration) string {
	switch {
	case took < 90*time.Second:
		return count(max(int(took.Round(time.Second)/time.Second), 1), "second")
	case took < 90*time.Minute:
		return count(int(took.Round(time.Minute)/time.Minute), "minute")
	}
	return fmt.Sprintf("%.1f hours", took.Hours())
}
