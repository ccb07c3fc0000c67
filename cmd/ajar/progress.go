package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
)

// progress says how far collecting is: with bars at the foot of a terminal, else
// with a line every ten seconds, so that a log shows that it is alive. A nil one
// says nothing.
type progress struct {
	mu   sync.Mutex
	w    io.Writer
	now  func() time.Time
	ask  func() (github.Meter, map[string]github.Budget) // what was spent, what is left
	bars *bars                                           // nil: lines

	org    string
	from   github.Meter // what had been spent before this organization
	began  time.Time
	last   time.Time // when a line was written, or the note under the bars changed
	waits  string    // what is waited for
	until  time.Time // when that ends
	counts map[access.Area][2]int
}

// The areas that progress speaks of, in the order of the bars: those that grow
// with the organization.
var shownAreas = []struct {
	area access.Area
	word string
}{
	{access.AreaMembers, "members"},
	{access.AreaTeams, "teams"},
	{access.AreaRepositories, "repositories"},
	{access.AreaDirectGrants, "direct grants"},
	{access.AreaGates, "environments"},
	{access.AreaPolicies, "branch policies"},
	{access.AreaDeployKeys, "deploy keys"},
	{access.AreaContributions, "signs of life"},
	{access.AreaSecrets, "secrets"},
	{access.AreaRepoInvitations, "invitations"},
}

const (
	lineEvery = 10 * time.Second
	noteEvery = 250 * time.Millisecond
)

// newProgress gives bars where somebody can see them: on a terminal, and not in
// continuous integration, whose logs keep every version of them.
func (a *app) newProgress(ask func() (github.Meter, map[string]github.Budget)) *progress {
	if a.flags.quiet || a.flags.noProgress {
		return nil
	}
	p := &progress{w: a.errs, now: a.now, ask: ask}
	if a.terminal(a.errs) && a.getenv("CI") == "" && a.getenv("TERM") != "dumb" {
		color := a.getenv("NO_COLOR") == "" && !a.flags.noColor
		p.bars = newBars(a.errs, max(a.width(), 60), color)
	}
	return p
}

func (p *progress) begin(org string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.org, p.began, p.last, p.waits = org, p.now(), p.now(), ""
	p.from, _ = p.ask()
	p.counts = map[access.Area][2]int{}
	p.bars.start("reading " + report.Visible(org))
}

// area is called by the collector, from several goroutines; total is 0 or less
// where nobody knows it yet.
func (p *progress) area(area access.Area, done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts == nil {
		return // between two organizations
	}
	p.counts[area] = [2]int{done, total}
	for i, s := range shownAreas {
		if s.area == area {
			p.bars.set(i, s.word, done, total)
		}
	}
	p.tell()
}

// waiting is called by the client when requests wait for a limit.
func (p *progress) waiting(why string, until time.Time) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts == nil {
		return
	}
	fresh := !until.Equal(p.until)
	p.waits, p.until = why, until
	if fresh {
		p.last = time.Time{} // worth a line at once
	}
	p.tell()
}

// tell writes what there is to say, if it is time.
func (p *progress) tell() {
	now, every := p.now(), lineEvery
	if p.bars != nil {
		every = noteEvery
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	if p.bars != nil {
		p.bars.note(report.Visible(p.line(now, false)))
		return
	}
	fmt.Fprintln(p.w, "ajar: "+report.Visible(p.line(now, true)))
}

// line is the state in one line: how far it is, what was spent, what is left.
func (p *progress) line(now time.Time, kinds bool) string {
	parts := []string{"reading " + p.org}
	if kinds {
		for _, s := range shownAreas {
			if c, ok := p.counts[s.area]; ok && c[1] > 0 {
				parts = append(parts, fmt.Sprintf("%s %d of %d", s.word, c[0], c[1]))
			}
		}
	}
	m, left := p.ask()
	parts = append(parts, fmt.Sprintf("%d requests", m.Requests-p.from.Requests))
	if b, ok := left["graphql"]; ok {
		parts = append(parts, fmt.Sprintf("%d of %d points left", b.Remaining, b.Limit))
	}
	if p.until.After(now) {
		parts = append(parts, "waiting for "+p.waits+" until "+p.until.UTC().Format("15:04 MST"))
	} else if d, ok := p.remaining(now); ok {
		parts = append(parts, "about "+report.Roughly(d)+" left")
	}
	return strings.Join(parts, ", ")
}

// remaining reckons how long it still takes from how long it took so far; at
// the beginning nobody knows.
func (p *progress) remaining(now time.Time) (time.Duration, bool) {
	done, total := 0, 0
	for _, s := range shownAreas {
		if c := p.counts[s.area]; c[1] > 0 {
			done, total = done+min(c[0], c[1]), total+c[1]
		}
	}
	took := now.Sub(p.began)
	if took < 5*time.Second || done*50 < total || done == 0 {
		return 0, false
	}
	return time.Duration(float64(took) * float64(total-done) / float64(done)), true
}

// end wipes the bars, so that what follows stands alone.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.counts = nil
	p.bars.wipe()
}
