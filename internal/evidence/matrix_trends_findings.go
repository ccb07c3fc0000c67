package evidence

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

func (t trends) remedy() Table {
	return Table{
		Name: TrendRemedy, Title: "Time to remedy",
		About: "One row for each week and severity in which something happened: how many findings were opened and how many were over, and how long those were open." +
			" A finding that came back counts anew each time. Times are those of what was remedied alone." +
			" A waiver is no remedy: accepted findings are open until they are over.",
		Source: "the lives of the findings",
		Columns: []Column{
			{"organization", "Organization", "The organization, by its login at the end of the period.", Text},
			{"week", "Week", "The week in UTC, by the first instant of its Monday.", Instant},
			{"severity", "Severity", "The severity that the finding had when it was judged last by the end of the period.", Text},
			amount("opened", "Opened", "How often a finding was found for the first time, or came back: one that came back twice counts twice."),
			amount("resolved", "Over", "How often a finding was over."),
			amount("remedied", "Remedied", "Of these, those where what was found was gone."),
			amount("not_asked", "No longer asked for", "Those where it was still there, and a changed baseline did not object to it."),
			amount("unclear", "Unclear", "The others: it was one or the other, or something changed that the finding rested on."),
			amount("median_seconds", "Median", "Of those that were remedied: the median of the time since they were opened, in seconds; empty where there are none."),
			amount("mean_seconds", "Mean", "Their mean, in whole seconds; empty where there are none."),
			amount("longest_seconds", "Longest", "The longest of them, in seconds; empty where there are none."),
		},
		Rows: t.rows(t.remedyOf),
	}
}

// week and severity are what a row is about.
type weekly struct {
	week     time.Time
	severity access.Severity
}

func weekOf(at time.Time, s access.Severity) weekly {
	day := at.UTC().Truncate(24 * time.Hour)
	return weekly{day.AddDate(0, 0, -(int(day.Weekday())+6)%7), s}
}

// weekTally is what happened in one week to findings of one severity.
type weekTally struct {
	opened int
	over   map[store.Ending]int
	took   []int64 // seconds, of each that was remedied
}

func (t trends) remedyOf(ctx context.Context, o Org) ([][]Value, error) {
	since, weeks := map[string]time.Time{}, map[weekly]*weekTally{}
	at := func(turn store.TurnOf) *weekTally {
		key := weekOf(turn.At, turn.Severity)
		if weeks[key] == nil {
			weeks[key] = &weekTally{over: map[store.Ending]int{}}
		}
		return weeks[key]
	}
	err := t.turns(ctx, o, func(turn store.TurnOf) {
		inside := !turn.At.Before(t.e.Period.From)
		switch turn.What {
		case store.Opened, store.Reopened:
			since[turn.Fingerprint] = turn.At
			if inside {
				at(turn).opened++
			}
		case store.Closed:
			opened, known := since[turn.Fingerprint]
			delete(since, turn.Fingerprint)
			if inside && known {
				s, ending := at(turn), store.EndingOf(turn.Why)
				s.over[ending]++
				if ending == store.Remedied {
					s.took = append(s.took, int64(turn.At.Sub(opened)/time.Second))
				}
			}
		}
	})
	if err != nil {
		return nil, err
	}
	keys := slices.SortedFunc(maps.Keys(weeks), func(x, y weekly) int {
		return cmp.Or(x.week.Compare(y.week), cmp.Compare(y.severity, x.severity))
	})
	out := make([][]Value, 0, len(keys))
	for _, k := range keys {
		s := weeks[k]
		n := s.over
		row := []Value{Of(o.Login), At(k.week), Of(k.severity.String()), Count(s.opened), Count(n[store.Remedied] + n[store.NotAsked] + n[store.Unclear]),
			Count(n[store.Remedied]), Count(n[store.NotAsked]), Count(n[store.Unclear])}
		out = append(out, append(row, s.times()...))
	}
	return out, nil
}

// times are the median, the mean and the longest of the times.
func (s *weekTally) times() []Value {
	n := len(s.took)
	if n == 0 {
		return make([]Value, 3)
	}
	slices.Sort(s.took)
	sum := int64(0)
	for _, k := range s.took {
		sum += k
	}
	return []Value{Count((s.took[(n-1)/2] + s.took[n/2]) / 2), Count(sum / int64(n)), Count(s.took[n-1])}
}

// waiverBands are how old waivers are, in days; the last band has no end.
var waiverBands = []int{30, 90, 180, 365}

func (t trends) waivers() Table {
	return Table{
		Name: TrendWaivers, Title: "Waivers by age",
		About: "One row for each day with a snapshot: how many findings were accepted by a waiver, by how long they had been." +
			" The age counts from the judgement that first found the waiver in force.",
		Source: "the lives of the findings",
		Columns: dayColumns(
			amount("waived", "Accepted", "Findings that a waiver accepted."),
			amount("to_30_days", "Up to 30 days", "Of them, those accepted for at most 30 days."),
			amount("to_90_days", "Up to 90 days", "Those accepted for more than 30 and at most 90 days."),
			amount("to_180_days", "Up to 180 days", "Those accepted for more than 90 and at most 180 days."),
			amount("to_365_days", "Up to 365 days", "Those accepted for more than 180 and at most 365 days."),
			amount("over_365_days", "Longer", "Those accepted for longer."),
			amount("oldest_days", "Oldest", "For how many whole days the oldest of them had been accepted; empty where there is none."),
		),
		Rows: t.rows(t.waiversOf),
	}
}

func (t trends) waiversOf(ctx context.Context, o Org) ([][]Value, error) {
	days, err := t.days(ctx, o)
	if err != nil {
		return nil, err
	}
	var changes []store.TurnOf
	waived := map[string]bool{} // what ever was
	err = t.turns(ctx, o, func(turn store.TurnOf) {
		if turn.What == store.WaiverSet {
			waived[turn.Fingerprint] = true
		}
		if waived[turn.Fingerprint] {
			changes = append(changes, turn)
		}
	})
	if err != nil {
		return nil, err
	}
	var out [][]Value
	since := map[string]time.Time{}
	replay(days, changes, func(c store.TurnOf) int64 { return c.Snapshot }, func(c store.TurnOf) {
		if c.What == store.WaiverSet {
			since[c.Fingerprint] = c.At
		} else {
			delete(since, c.Fingerprint)
		}
	}, func(d store.DayEnd) { out = append(out, append(dayCells(o, d), waiverCells(since, written(d.At))...)) })
	return out, nil
}

func waiverCells(since map[string]time.Time, at time.Time) []Value {
	n, oldest := make([]int, len(waiverBands)+1), time.Duration(-1)
	for _, from := range since {
		age := max(0, at.Sub(from)) // judged later than taken
		band, _ := slices.BinarySearch(waiverBands, int((age+24*time.Hour-1)/(24*time.Hour)))
		n[band]++
		oldest = max(oldest, age)
	}
	row := []Value{Count(len(since))}
	for _, k := range n {
		row = append(row, Count(k))
	}
	if oldest < 0 {
		return append(row, Value{})
	}
	return append(row, Count(int(oldest/(24*time.Hour))))
}
