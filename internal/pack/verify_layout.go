package pack

import (
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

// laidOut holds the tables against those that this program makes: what they are called, in
// which order they stand, and what is said of each and of its columns. A table that was left
// out is named, where the pack is one of all tables.
func (v *retelling) laidOut() {
	if !v.same {
		return
	}
	want := layout(v.tables)
	next := 0
	for _, t := range v.tables {
		file := "tables/" + t.Name + ".json"
		i := slices.IndexFunc(want, func(x evidence.Table) bool { return x.Name == t.Name })
		switch {
		case i < 0:
			v.c.r.say(file, "ajar makes no such table")
			continue
		case i < next:
			v.c.r.say(file, "the table stands in another place than ajar puts it")
		case !sameHead(t, want[i]):
			v.c.r.say(file, "it says something else of the table or of its columns than ajar says")
		}
		next = i + 1
	}
	if !v.full {
		return
	}
	for _, x := range want {
		if !slices.ContainsFunc(v.tables, func(t evidence.Table) bool { return t.Name == x.Name }) {
			v.c.r.say(manifestName, "the pack lacks the table %s", x.Name)
		}
	}
}

// datedTable begins the name of the population at a date, which stands behind it.
const datedTable, datedForm = "population-at-", "20060102t150405z"

// dateOf gives the instant that such a name tells; a day alone is its last second.
func dateOf(rest string) (time.Time, error) {
	if day, err := time.Parse(time.DateOnly, rest); err == nil {
		return day.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	return time.Parse(datedForm, rest)
}

// layout gives the tables that ajar makes, with the populations at the dates of some.
func layout(tables []evidence.Table) []evidence.Table {
	var dates []time.Time
	for _, t := range tables {
		rest, ok := strings.CutPrefix(t.Name, datedTable)
		if at, err := dateOf(rest); ok && err == nil {
			dates = append(dates, at)
		}
	}
	slices.SortFunc(dates, time.Time.Compare)
	return append(evidence.Layout(dates), evidence.ControlTable(nil), evidence.FigureTable(nil))
}

// lacks lists the tables that this program makes and the pack does not have.
func (m Manifest) lacks() []string {
	var out []string
	for _, x := range layout(nil) {
		if !slices.ContainsFunc(m.Tables, func(t Table) bool { return t.Name == x.Name }) {
			out = append(out, x.Name)
		}
	}
	return out
}

func sameHead(x, y evidence.Table) bool {
	return x.Title == y.Title && x.About == y.About && x.Source == y.Source && slices.Equal(x.Columns, y.Columns)
}
