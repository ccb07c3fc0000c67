package evidence

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
)

// usual gives how far apart two passes may lie: what was promised and what a pass may be
// late, else three times the median of the period, between [ShortestPause] and
// [LongestPause].
func usual(passes []store.PassInfo, every time.Duration) time.Duration {
	if every > 0 {
		return every + max(leastLate, every/10)
	}
	var apart []time.Duration
	var last time.Time
	for _, p := range passes {
		if p.FinishedAt.IsZero() {
			continue
		}
		if !last.IsZero() {
			apart = append(apart, p.At.Sub(last))
		}
		last = p.At
	}
	if len(apart) == 0 {
		return LongestPause
	}
	slices.Sort(apart)
	return max(ShortestPause, min(LongestPause, 3*apart[len(apart)/2]))
}

// Pause is how far apart two looks may lie without the time in between being a gap, where
// a pass was promised every so often; 0: nothing was promised.
func Pause(every time.Duration) time.Duration { return usual(nil, every) }

// Span writes a length of time in its largest units, without what does not matter.
func Span(d time.Duration) string { return span(d) }

// gaps lists what the evidence does not show of one organization.
func (g *gathering) gaps(ctx context.Context, o *organization) ([]Gap, error) {
	if o.last.ID == 0 {
		return []Gap{{Org: o.Login, From: g.o.Period.From, To: g.o.Period.To, Reason: "no snapshot was taken by the end of the period"}}, nil
	}
	out := g.unseen(o)
	out = append(out, o.brokenOff()...)
	names, err := g.named(ctx, o)
	if err != nil {
		return nil, err
	}
	out = append(out, partly(o, names)...)
	for _, more := range []func(context.Context, *organization) ([]Gap, error){g.unjudged, g.undated, g.putBack, g.redacted, g.forgotten, g.astray, g.removed, g.namesakes} {
		some, err := more(ctx, o)
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	inOrder(out)
	return out, nil
}

// inOrder puts gaps into the order of when they began.
func inOrder(gaps []Gap) {
	slices.SortStableFunc(gaps, func(a, b Gap) int {
		return cmp.Or(a.From.Compare(b.From), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Scope, b.Scope), a.To.Compare(b.To))
	})
}

// unseen lists the stretches without a snapshot.
func (g *gathering) unseen(o *organization) []Gap {
	var out []Gap
	none := func(from, to time.Time, format string, args ...any) {
		out = append(out, Gap{Org: o.Login, From: from, To: to, Reason: fmt.Sprintf(format, args...)})
	}
	all, p := o.snapshots(), g.o.Period
	switch first := all[0]; {
	case first.At.After(p.From):
		none(p.From, first.At, "the first snapshot was taken %s after the period began: what was there before, and what changed until then, is not known", span(first.At.Sub(p.From)))
	case p.From.Sub(first.At) > o.pause:
		none(first.At, p.From, "the newest snapshot at the start is %s older than it: what changed in between shows as a change of the period", span(p.From.Sub(first.At)))
	}
	for i := 1; i < len(all); i++ {
		if apart := all[i].At.Sub(all[i-1].At); apart > o.pause {
			none(all[i-1].At, all[i].At, "no snapshot was taken for %s, and %s is the most that counts as seen%s: what came and went in between is not known", span(apart), span(o.pause), g.promise())
		}
	}
	if last := all[len(all)-1]; p.To.Sub(last.At) > o.pause {
		none(last.At, p.To, "the newest snapshot was taken %s before the period ended: what changed afterwards is not known", span(p.To.Sub(last.At)))
	}
	return out
}

// promise says what the longest pause follows from, where that is a promise.
func (g *gathering) promise() string {
	if g.o.Every <= 0 {
		return ""
	}
	return " (a pass was promised every " + span(g.o.Every) + ")"
}

// brokenOff lists the passes that did not come to their end.
func (o *organization) brokenOff() []Gap {
	var out []Gap
	for i, p := range o.passes {
		if !p.FinishedAt.IsZero() {
			continue
		}
		until, after := p.At, "none that did followed"
		if j := slices.IndexFunc(o.passes[i:], func(n store.PassInfo) bool { return !n.FinishedAt.IsZero() }); j > 0 {
			next := o.passes[i+j]
			until, after = next.At, fmt.Sprintf("the next that did is snapshot %d", next.ID)
		}
		out = append(out, Gap{Org: o.Login, From: p.At, To: until, Reason: fmt.Sprintf("pass %d did not come to its end, so nothing is known as of it; %s", p.ID, after)})
	}
	return out
}

// partly lists what snapshots did not see to the end. What the plan or the server does
// not have is nothing to miss.
func partly(o *organization, n *names) []Gap {
	var out []Gap
	for _, a := range access.Areas {
		for _, c := range lasting(o.ledger.area(a)) {
			if !gap(c.Status) {
				continue
			}
			x := Gap{Org: o.Login, Area: string(a), Reason: cmp.Or(c.Reason, "it was not read")}
			if c.Help != "" {
				x.Reason += "; would help: " + c.Help
			}
			if c.Scope != 0 {
				x.Scope = n.of(scopeRef(a, c.Scope))
			}
			out = append(out, o.lasting(x, c.From, c.To))
		}
		for _, hole := range o.ledger.holes(a, o.snapshots()) {
			out = append(out, o.lasting(Gap{Org: o.Login, Area: string(a), Reason: "it was not read"}, hole[0], hole[1]))
		}
	}
	return slices.DeleteFunc(out, func(x Gap) bool { return x.Snapshots == 0 })
}

// lasting says of a gap from when to when it was there, and in how many snapshots: from
// one on, up to and without another; 0: to the last.
func (o *organization) lasting(x Gap, from, to int64) Gap {
	for _, p := range o.passes {
		if p.FinishedAt.IsZero() || p.ID < from {
			continue
		}
		if x.From.IsZero() {
			x.From = p.At
		}
		x.To = p.At // until it was seen again, or to the last look
		if to != 0 && p.ID >= to {
			break
		}
		x.Snapshots++
	}
	return x
}

// lasting joins lines of one place that follow each other and say the same of what is
// missing: how much was read may change with each pass.
func lasting(lines []store.CoverSpan) []store.CoverSpan {
	var out []store.CoverSpan
	for _, c := range lines {
		if n := len(out); n > 0 {
			last := &out[n-1]
			if last.Scope == c.Scope && last.To == c.From && gap(last.Status) == gap(c.Status) && last.Reason == c.Reason && last.Help == c.Help {
				last.To = c.To
				continue
			}
		}
		out = append(out, c)
	}
	return out
}

// scopeRef says what a scope of an area is the number of.
func scopeRef(a access.Area, scope int64) access.Ref {
	switch a {
	case access.AreaTeamMembers, access.AreaTeamGrants, access.AreaTeams:
		return access.Ref{Kind: access.Team, ID: scope}
	case access.AreaOrgRoleAssignments, access.AreaOrgRoles, access.AreaCustomRoles:
		return access.Ref{ID: scope}
	case access.AreaInvitations:
		return access.Ref{Kind: access.Invitation, ID: scope}
	}
	return access.Ref{Kind: access.Repo, ID: scope}
}

// span writes a length of time in its largest units, without what does not matter.
func span(d time.Duration) string {
	d = d.Round(time.Minute)
	days, rest := d/(24*time.Hour), d%(24*time.Hour)
	var words []string
	for _, part := range []struct {
		n    time.Duration
		unit string
	}{{days, "day"}, {rest / time.Hour, "hour"}, {rest % time.Hour / time.Minute, "minute"}} {
		switch {
		case part.n == 1:
			words = append(words, "1 "+part.unit)
		case part.n > 1:
			words = append(words, strconv.Itoa(int(part.n))+" "+part.unit+"s")
		}
	}
	switch {
	case len(words) == 0:
		return "less than a minute"
	case len(words) > 2:
		words = words[:2]
	}
	return strings.Join(words, " ")
}

func compareFold(a, b string) int {
	return cmp.Or(cmp.Compare(strings.ToLower(a), strings.ToLower(b)), cmp.Compare(a, b))
}
