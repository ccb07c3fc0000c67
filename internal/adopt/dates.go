package adopt

import "time"

// plan says how long one sort of access is accepted: the last entries for the
// given number of days, the first ones, which are the most powerful, for up to so
// many weeks less, so that not everything falls due on one day.
type plan struct {
	what  string
	days  int
	weeks int
}

// Everything ends well within the 365 days that an acceptance may last.
var (
	forTeams  = plan{"teams and organization roles", 180, 8}
	forPeople = plan{"people", 90, 4}
	forOdd    = plan{"set apart", 30, 2}
)

// clock hands out the ends of one sort of access.
type clock struct {
	plan
	from time.Time
	n, i int
	span Span
}

func (w *writer) clock(p plan, entries int) *clock {
	return &clock{plan: p, from: w.s.TakenAt.UTC().Truncate(24 * time.Hour), n: entries, span: Span{What: p.what}}
}

// next gives the last day of the next entry: a Monday, since that is when somebody
// is there to look.
func (c *clock) next() string {
	early := c.weeks - 1 - c.i*c.weeks/max(c.n, 1)
	c.i++
	day := c.from.AddDate(0, 0, c.days-7*early)
	day = day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	if c.span.First.IsZero() || day.Before(c.span.First) {
		c.span.First = day
	}
	if day.After(c.span.Last) {
		c.span.Last = day
	}
	return day.Format(time.DateOnly)
}

// date gives each block its end.
func date(all []block, c *clock) []dated {
	out := make([]dated, len(all))
	for i, b := range all {
		out[i] = dated{b, c.next()}
	}
	return out
}

// ended keeps what the clock handed out for the summary.
func (w *writer) ended(c *clock) {
	if !c.span.First.IsZero() {
		w.result.Accepted = append(w.result.Accepted, c.span)
	}
}
