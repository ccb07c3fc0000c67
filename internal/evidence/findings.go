package evidence

import (
	"context"
	"math"
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// past is the life of one finding up to the end of the period, by its events.
type past struct {
	opened   time.Time // the last time
	resolved time.Time // zero: it is not
	why      string    // of the last event
	reopened int
	atStart  access.State // "" where there was none
	came     bool         // opened or reopened in the period
	went     bool         // resolved in the period
	fixed    []time.Duration
	waivers  []waived
	asThen   bool // what it says is known to be what it said at the end of the period
}

// waived is one time that a waiver was in force.
type waived struct {
	reason   string
	from, to time.Time // to is zero while it is
	over     string    // why it ended
}

// lives tells the lives of all findings up to the end of the period.
func (g *gathering) lives(ctx context.Context, o *organization) (map[string]*past, error) {
	out := map[string]*past{}
	err := g.s.TurnsBetween(ctx, o.ID, time.Time{}, g.o.Period.To, func(t store.Turn) error {
		if t.Snapshot > o.last.ID {
			return nil
		}
		p := out[t.Fingerprint]
		if p == nil {
			p = &past{}
			out[t.Fingerprint] = p
		}
		p.turn(t, !t.At.Before(g.o.Period.From))
		return nil
	})
	return out, err
}

func (p *past) turn(t store.Turn, inside bool) {
	state := access.Open
	p.why = t.Why
	end := func(why string) {
		if n := len(p.waivers); n > 0 && p.waivers[n-1].to.IsZero() {
			p.waivers[n-1].to, p.waivers[n-1].over = t.At, why
		}
	}
	switch t.What {
	case store.Opened, store.Reopened:
		p.opened, p.resolved = t.At, time.Time{}
		p.came = p.came || inside
		if t.What == store.Reopened {
			p.reopened++
		}
	case store.WaiverSet:
		state = access.Waived
		end("another one took its place")
		p.waivers = append(p.waivers, waived{reason: t.Why, from: t.At})
	case store.WaiverOver:
		end(t.Why)
	case store.Closed:
		state, p.resolved = access.Resolved, t.At
		end("the finding was resolved")
		if inside {
			p.went = true
			p.fixed = append(p.fixed, t.At.Sub(p.opened))
		}
	}
	if !inside {
		p.atStart = state
	}
}

var findingColumns = []Column{
	{"finding", "Finding", "Its id, the same through renames.", Text},
	{"rule", "Rule", "The rule that found it.", Text},
	{"severity", "Severity", "info, low, medium, high or critical; as it was judged last by the end of the period.", Text},
	{"principal", "Principal", "Who holds the access; empty where it is about a setting. As it was named then.", Text},
	{"resource", "Resource", "On what.", Text},
	{"as_then", "As then", "Whether severity, names and title are known to be those of then; no: an older ajar kept only those of a later judgement.", Yes},
}

func findingValues(f access.Finding, p *past) []Value {
	return []Value{Of(f.Fingerprint), Of(f.Rule), Of(f.Severity.String()), Of(f.Principal.Name), Of(f.Resource.Name), Is(p.asThen)}
}

// found goes through the findings that were there at some time of the period.
func (g *gathering) found(ctx context.Context, each func(o *organization, f access.Finding, p *past) error) error {
	for _, o := range g.known() {
		judged, ok, err := g.s.Judged(ctx, o.last)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		lives, err := g.lives(ctx, o)
		if err != nil {
			return err
		}
		all, err := g.s.FindingsAt(ctx, store.Filter{}, judged)
		if err != nil {
			return err
		}
		kept, err := g.s.FindingsKeptFrom(ctx, o.ID)
		if err != nil {
			return err
		}
		for _, f := range all {
			p := lives[f.Fingerprint]
			if p == nil || !p.came && !p.went && (p.atStart == access.Resolved || p.atStart == "") {
				continue // it was over before the period began
			}
			p.asThen = judged.ID >= kept
			if err := each(o, f, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (g *gathering) findings() Table {
	return build("findings", "Findings",
		"One row for each finding that was open or waived at some time of the period, as it stood at the end, with how long it took to remedy.",
		"the lives of findings: each audit notes what it found, what it no longer found where it saw everything, and which waivers were in force",
		slices.Concat([]Column{organizationColumn}, findingColumns, []Column{
			{"category", "Category", "What sort of deviation it is.", Text},
			{"title", "Title", "In one line; as it was judged last by the end of the period.", Text},
			{"state_start", "State at the start", "open, waived or resolved at the start of the period; empty: it was not there yet.", Text},
			{"state", "State at the end", "open, waived or resolved.", Text},
			{"first_seen", "First seen", "The first snapshot that showed it.", Instant},
			{"opened_at", "Opened at", "When it was opened the last time.", Instant},
			{"resolved_at", "Resolved at", "When an audit no longer found it; empty: it did.", Instant},
			{"resolved_why", "Resolved why", "How it ended, as far as that is known.", Text},
			{"reopened", "Reopened", "How often it came back.", Whole},
			{"opened_in_period", "Opened in the period", "Whether it was opened or reopened in the period, at least once.", Yes},
			{"resolved_in_period", "Resolved in the period", "Whether it was resolved in the period, at least once.", Yes},
			{"ending", "Ending", "Of one that is resolved. remedied: what was found is gone; not-asked: it is still there, and a changed baseline does not object to it;" +
				" unclear: it is one or the other, or something changed that it rested on.", Text},
			{"remedy_seconds", "Time to remedy", "Seconds from the last opening to when it was resolved, of what was remedied; empty: it was not.", Whole},
			{"open_seconds", "Open for", "Seconds from the last opening to the end of the period; empty where it is resolved.", Whole},
			{"overdue_since", "Overdue since", "When the assignment that allowed it ended, where that is why it is drift.", Instant},
		}), func(ctx context.Context, emit emit) error {
			return g.found(ctx, func(o *organization, f access.Finding, p *past) error {
				var remedy, open Value
				resolved, why, ending := p.resolved, "", store.Ending("")
				if f.State == access.Resolved {
					if why, ending = p.why, store.EndingOf(p.why); ending == store.Remedied {
						remedy = between(p.opened, resolved)
					}
				} else {
					resolved = time.Time{}
					open = between(p.opened, g.o.Period.To)
				}
				return emit(slices.Concat([]Value{Of(o.Login)}, findingValues(f, p), []Value{Of(f.Category), Of(f.Title), Of(string(p.atStart)), Of(string(f.State)),
					At(f.FirstSeen), At(p.opened), At(resolved), Of(why), Count(p.reopened), Is(p.came), Is(p.went), Of(string(ending)), remedy, open, At(f.Ended)})...)
			})
		})
}

func (g *gathering) findingEvents() Table {
	return build("finding-events", "What became of findings", "One row for each time in the period that a finding was opened, waived, unwaived, resolved or reopened, or judged more or less severe than before.",
		"what each audit noted",
		[]Column{organizationColumn,
			{"at", "At", "When it was judged so.", Instant},
			{"snapshot", "Snapshot", "The number of the snapshot that was judged.", Whole},
			{"finding", "Finding", "The id of the finding; see findings.", Text},
			{"event", "Event", "opened, waived, unwaived, resolved, reopened, worse or milder.", Text},
			{"why", "Why", "The reason of the waiver, how it ended, or from which severity to which; empty where there is nothing to add.", Text},
		}, func(ctx context.Context, emit emit) error {
			for _, o := range g.known() {
				if err := g.eachTurn(ctx, o, emit); err != nil {
					return err
				}
			}
			return nil
		})
}

// What became of the severity of a finding.
const (
	worse  = "worse"
	milder = "milder"
)

// eachTurn tells what became of the findings in the period, snapshot by snapshot; of each,
// how severe they are comes last.
func (g *gathering) eachTurn(ctx context.Context, o *organization, emit emit) error {
	severities, err := g.s.SeverityTurns(ctx, o.ID, o.last.ID)
	if err != nil {
		return err
	}
	severities = slices.DeleteFunc(severities, func(t store.SeverityTurn) bool {
		return t.At.Before(g.o.Period.From) || !t.At.Before(g.o.Period.To)
	})
	until := func(snapshot int64) error {
		for ; len(severities) > 0 && severities[0].Snapshot < snapshot; severities = severities[1:] {
			t, what := severities[0], milder
			if t.Is > t.Was {
				what = worse
			}
			err := emit(Of(o.Login), At(t.At), Count(t.Snapshot), Of(t.Fingerprint), Of(what), Of("from "+t.Was.String()+" to "+t.Is.String()))
			if err != nil {
				return err
			}
		}
		return nil
	}
	err = g.s.TurnsBetween(ctx, o.ID, g.o.Period.From, g.o.Period.To, func(t store.Turn) error {
		if t.Snapshot > o.last.ID {
			return nil
		}
		if err := until(t.Snapshot); err != nil {
			return err
		}
		return emit(Of(o.Login), At(t.At), Count(t.Snapshot), Of(t.Fingerprint), Of(t.What), Of(t.Why))
	})
	if err != nil {
		return err
	}
	return until(math.MaxInt64)
}

func (g *gathering) waivers() Table {
	return build("waivers", "Waivers", "One row for each time that a waiver accepted a finding, where it was in force in the period.",
		"what each audit noted; the waiver itself stands in the baseline",
		slices.Concat([]Column{organizationColumn}, findingColumns, []Column{
			{"reason", "Reason", "Why it was accepted, by the waiver.", Text},
			{"since", "Since", "The audit that first found it in force.", Instant},
			{"until", "Until", "The audit that no longer found it in force; empty: it is, at the end of the period.", Instant},
			{"over", "Over", "Why it is no longer in force.", Text},
			{"expires", "Expires", "When the waiver ends by itself; known of the last one of each finding.", Instant},
			{"age_seconds", "Age", "Seconds that it was in force up to the end of the period.", Whole},
		}), func(ctx context.Context, emit emit) error {
			return g.found(ctx, func(o *organization, f access.Finding, p *past) error {
				for i, w := range p.waivers {
					if !w.to.IsZero() && w.to.Before(g.o.Period.From) {
						continue
					}
					until := w.to
					if until.IsZero() {
						until = g.o.Period.To
					}
					var expires Value
					if i == len(p.waivers)-1 && f.Waiver == w.reason {
						expires = At(f.WaiverEnd)
					}
					err := emit(slices.Concat([]Value{Of(o.Login)}, findingValues(f, p),
						[]Value{Of(w.reason), At(w.from), At(w.to), Of(w.over), expires, between(w.from, until)})...)
					if err != nil {
						return err
					}
				}
				return nil
			})
		})
}
