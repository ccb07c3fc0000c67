package evidence

import (
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
)

// The aspects of an organization's settings that are told day by day, as [changes] calls
// them.
const (
	baseAspect   = "base permission"
	factorAspect = "two-factor required"
)

// broad are the base permissions by which every member writes to every repository.
var broad = []string{access.Write.String(), access.Maintain.String(), access.Admin.String()}

// settingsOf are a snapshot's base permission and whether a second factor is demanded, as
// the tables write them; "" where it was not seen.
func settingsOf(s *access.Settings) (base, factor string) {
	if s == nil {
		return "", ""
	}
	if s.BasePermission != access.NoPrivilege {
		base = s.BasePermission.String()
	}
	if s.TwoFactorRequired != nil {
		factor = map[bool]string{true: "yes", false: "no"}[*s.TwoFactorRequired]
	}
	return base, factor
}

// exposed counts the days of the period, in UTC, on which a setting had one of the values
// at some time, as the snapshots show it: from the one that is the first to show a value up
// to the one that shows another. The setting begins as start, and is end at the end; where
// both are "" nobody ever saw it, and the cell is empty.
func (g *gathering) exposed(o *organization, aspect, start, end string, values ...string) Value {
	all := o.snapshots()
	index := indexOf(all)
	from, is := g.o.Period.From, start
	if o.Start.After(from) {
		from = written(o.Start)
	}
	days, known := map[int64]bool{}, start+end != ""
	until := func(at time.Time) {
		if slices.Contains(values, is) {
			for d := from.UTC().Truncate(24 * time.Hour); d.Before(at); d = d.Add(24 * time.Hour) {
				days[d.Unix()] = true
			}
		}
		if at.After(from) {
			from = at
		}
	}
	for _, c := range o.settings {
		if c.Class != "settings" || c.Aspect != aspect {
			continue
		}
		if is == "" {
			is = c.Before
		}
		until(written(all[index[c.snapshot]].At))
		is, known = c.After, true
	}
	if is == "" {
		is = end
	}
	until(g.o.Period.To)
	if !known {
		return Value{}
	}
	return Count(len(days))
}
