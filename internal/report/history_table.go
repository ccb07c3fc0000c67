package report

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// gapsListed is how many stretches without sight a table lists.
const gapsListed = 5

func (v AccessHistory) table(p *page) error {
	p.org = orgName(v.Org)
	p.title("History of "+v.Principal.Name, "in "+orgName(v.Org)+", from "+moment(v.Since)+" to "+v.To.words())
	v.unseen(p)
	p.gap()
	if v.First.ID == 0 {
		p.para(2, plain, "no snapshot shows any access of it")
		v.judged(p)
		return p.err
	}
	if len(v.Formerly) > 0 {
		p.wide("formerly", strings.Join(v.Formerly, ", "))
	}
	p.wide("first seen", v.First.words())
	if v.Last.ID != 0 {
		p.wide("gone since", v.Last.words())
	}
	p.wide("unchanged", count(v.Unchanged, "grant", "grants")+" held before and still")
	p.gap()
	if len(v.Events) == 0 {
		p.para(2, plain, "nothing came and nothing went that was seen")
		v.judged(p)
		return p.err
	}
	v.events(p)
	v.judged(p)
	if len(v.Events) > eventsListed && !p.all {
		p.gap()
		p.line(dim.of("every event:"))
		p.command(2, "access "+argument(v.Principal.Name)+" --since "+v.Since.UTC().Format(time.RFC3339)+" --all-rows")
	}
	return p.err
}

// eventsListed is how many events a table lists.
const eventsListed = 40

// events lists what came and went, the newest first.
func (v AccessHistory) events(p *page) {
	shown := v.Events
	if len(shown) > eventsListed && !p.all {
		n := map[string]int{}
		for _, e := range shown {
			n[e.What]++
		}
		p.para(2, plain, count(len(shown), "event", "events")+": "+number(n["came"])+" came, "+number(n["went"])+" went, "+number(n["changed"])+" changed; the newest "+number(eventsListed)+":")
		p.gap()
		shown = shown[:eventsListed]
	}
	rows := make([]gridRow, 0, len(shown))
	for _, e := range shown {
		rows = append(rows, v.row(e))
	}
	p.grid([]column{{head: "when"}, {head: "what", min: 9}, {head: "on", min: 16}, {head: "why", min: 30, wrap: true, fold: true}}, rows)
}

// row tells one event: when it was, or when it was seen first, and beneath why who did it.
func (v AccessHistory) row(e HistoryEvent) gridRow {
	words, st := cmp.Or(e.After, e.Before), plain
	mark := map[string]string{"came": "+ ", "went": "− ", "changed": "± "}[e.What]
	if e.What == "changed" {
		words = e.Before + " → " + e.After
	}
	if e.What != "went" {
		st = strong
	}
	at, exact := e.at()
	row := gridRow{cells: []span{dim.of(moment(at)), st.of(mark + words), plain.of(e.Resource.Name).in(v.Org), {}}}
	why, lines := e.Why, e.Cause.lines()
	if c := e.Cause; c != nil && c.Manner == "out-of-band" && c.Actor != "" {
		why, lines = e.Why+"; "+lines[0].text, nil
	}
	row.ways = append(row.ways, briefly(plain.of(why), v.Org))
	for _, line := range lines {
		row.ways = append(row.ways, briefly(line, v.Org))
	}
	switch {
	case e.Doubt != "":
		row.ways = append(row.ways, warn.of("only newly seen, perhaps: "+e.Doubt))
	case !exact && !e.NotYet.IsZero() && moment(e.NotYet) != moment(at):
		row.ways = append(row.ways, dim.of("seen then; it was not so yet on "+moment(e.NotYet)))
	}
	return row
}

// at is when an event was, by the audit log or the journal, else when it was seen first.
func (e HistoryEvent) at() (at time.Time, exact bool) {
	switch c := e.Cause; {
	case c == nil:
	case c.LoggedAt != nil:
		return *c.LoggedAt, true
	case c.SentAt != nil:
		return *c.SentAt, true
	}
	return e.Mark.At, false
}

// lines say in words who did it, and on whose word.
func (c *HistoryCause) lines() []span {
	if c == nil {
		return nil
	}
	by := ""
	if c.Actor != "" {
		by = ", by user:" + c.Actor
	}
	switch c.Manner {
	case "planned", "restored":
		out := []span{dim.of(c.planned())}
		if r := c.reason(); r != "" {
			out = append(out, dim.of("reason: "+r))
		}
		return out
	case "unknown":
		return []span{warn.of("whether ajar did it is not known: the journal of then is redacted or cannot be read" + by)}
	}
	if by == "" {
		return []span{warn.of("out of band: no plan did it, and the audit log that was read does not tell who")}
	}
	return []span{warn.of("out of band" + by)}
}

// planned says which plan or restore it was, for what, on whose word, and by which run.
func (c *HistoryCause) planned() string {
	s := "by plan " + short(c.Plan)
	if c.Manner == "restored" {
		s = "put back what " + c.Restores + " did"
	}
	if len(c.Rules) > 0 {
		s += " for " + strings.Join(c.Rules, ", ")
	}
	var approved []string
	for _, a := range c.Approved {
		approved = append(approved, nobody(a.By))
	}
	switch {
	case len(approved) > 0:
		s += ", approved by " + strings.Join(approved, " and ")
	case !c.Automatic:
		s += ", approved by nobody"
	}
	by := nobody(c.BegunBy)
	if c.Automatic {
		by = "the daemon by itself"
	}
	return s + ", carried out by " + by + " (" + c.Run + ")"
}

// nobody is a person without the number, which JSON has.
func nobody(person string) string {
	name, _, _ := strings.Cut(person, " (number ")
	return name
}

// unseen lists first what was not seen: the longest pauses, and each reason once.
func (v AccessHistory) unseen(p *page) {
	if len(v.Gaps) == 0 {
		return
	}
	p.section(warn, "Not seen", "what came and went there is not told below")
	p.gap()
	type key struct{ area, reason string }
	var order []key
	of := map[key][]HistoryGap{}
	var pauses []HistoryGap
	for _, g := range v.Gaps {
		if g.Area == "" {
			pauses = append(pauses, g)
			continue
		}
		k := key{g.Area, g.Reason}
		if len(of[k]) == 0 {
			order = append(order, k)
		}
		of[k] = append(of[k], g)
	}
	v.pauses(p, pauses)
	var lines []gapLine
	for _, k := range order {
		all := of[k]
		words := strings.ReplaceAll(k.area, "-", " ")
		if all[0].Scope != "" {
			words += " of " + all[0].Scope
			if n := len(all) - 1; n > 0 {
				words += " and " + number(n) + " more"
			}
		}
		when := moment(all[0].Since) + " to " + moment(all[len(all)-1].Until)
		if n := len(lines); n > 0 && lines[n-1].when == when && lines[n-1].reason == k.reason {
			lines[n-1].what += ", " + words // one cause, one line
			continue
		}
		lines = append(lines, gapLine{when, words, k.reason})
	}
	for i, l := range lines {
		if i == gapsListed && !p.all {
			p.bullet("and " + count(len(lines)-i, "kind of gap", "kinds of gaps") + " more; --all-rows lists them")
			return
		}
		p.bullet(l.when + ": " + l.what + ": " + l.reason)
	}
}

// gapLine is when what was not seen, and why.
type gapLine struct{ when, what, reason string }

// pauses lists the times without a snapshot, the longest of many alone.
func (v AccessHistory) pauses(p *page, all []HistoryGap) {
	if len(all) <= gapsListed || p.all {
		for _, g := range all {
			p.bullet(moment(g.Since) + " to " + moment(g.Until) + ": " + g.Reason)
		}
		return
	}
	var whole time.Duration
	for _, g := range all {
		if from := latest(g.Since, v.Since); g.Until.After(from) {
			whole += g.Until.Sub(from)
		}
	}
	p.bullet(number(len(all)) + " pauses with no snapshot at all, together " + inDays(whole) + " of the " + inDays(v.To.At.Sub(v.Since)) + "; --all-rows says why each counts. The longest:")
	longest := slices.Clone(all)
	slices.SortStableFunc(longest, func(a, b HistoryGap) int { return cmp.Compare(b.Until.Sub(b.Since), a.Until.Sub(a.Since)) })
	longest = longest[:gapsListed]
	slices.SortStableFunc(longest, func(a, b HistoryGap) int { return a.Since.Compare(b.Since) })
	for _, g := range longest {
		p.para(6, plain, moment(g.Since)+" to "+moment(g.Until)+", "+inDays(g.Until.Sub(g.Since)))
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// inDays writes a length of time in days, shorter ones in hours.
func inDays(d time.Duration) string {
	if d < 2*24*time.Hour {
		return count(int(d.Round(time.Hour).Hours()), "hour", "hours")
	}
	return count(int(d.Round(24*time.Hour).Hours()/24), "day", "days")
}

// judgedListed is how many judgements a table lists.
const judgedListed = 20

// judged lists what the audits found about the access, and which waivers there were.
func (v AccessHistory) judged(p *page) {
	if len(v.Judged) == 0 {
		return
	}
	p.section(strong, "What the audits said of it", "")
	shown := v.Judged
	if len(shown) > judgedListed && !p.all {
		shown = shown[:judgedListed]
	}
	rows := make([]gridRow, 0, len(shown))
	for _, j := range shown {
		row := gridRow{cells: []span{dim.of(moment(j.At)), plain.of(j.verb()), dim.of(short(j.Finding)), plain.of(cmp.Or(j.Resource.Name, v.Principal.Name)).in(v.Org), {}}}
		row.ways = append(row.ways, plain.of(j.Rule))
		if w := j.words(); w != "" {
			row.ways = append(row.ways, dim.of(w))
		}
		rows = append(rows, row)
	}
	p.grid([]column{{head: "when"}, {head: "what"}, {head: "finding"}, {head: "on", min: 16}, {head: "rule", min: 24, wrap: true, fold: true}}, rows)
	if n := len(v.Judged) - len(shown); n > 0 {
		p.gap()
		p.line(dim.of("and " + number(n) + " older ones; --all-rows lists them"))
	}
}

// verb says what an audit noted, in the words of people.
func (j HistoryJudgement) verb() string {
	return cmp.Or(map[string]string{"opened": "found", "reopened": "found again", "unwaived": "waiver over"}[j.What], j.What)
}

// words say why, as far as there is something to say.
func (j HistoryJudgement) words() string {
	if j.Ended == nil {
		return j.Why
	}
	ended := "what allowed it ended on " + moment(*j.Ended)
	if j.Why == "" {
		return ended
	}
	return j.Why + "; " + ended
}
