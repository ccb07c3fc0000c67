package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/report"
)

// progress is one line at the foot of a terminal that says what is being read.
// A nil one shows nothing, as does one whose output is no terminal.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	width int
	now   func() time.Time
	last  time.Time // of the last line written
	org   string
	drawn bool
}

// every is how often the line changes at most: smooth, and cheap to send.
const every = 100 * time.Millisecond

// newProgress gives a line where somebody can see it: on a terminal, and not in
// continuous integration, whose logs keep every version of it.
func (a *app) newProgress() *progress {
	if a.flags.quiet || a.flags.noProgress || !a.terminal(a.errs) || a.getenv("CI") != "" || a.getenv("TERM") == "dumb" {
		return nil
	}
	return &progress{w: a.errs, width: max(a.width(), 60), now: a.now}
}

func (p *progress) begin(org string) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.org = org
	p.draw("asking GitHub who it is")
}

// area is called by the collector, from several goroutines; total is 0 or less
// where nobody knows it yet.
func (p *progress) area(area access.Area, done, total int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.now().Sub(p.last) < every {
		return
	}
	if total > 0 {
		p.draw(fmt.Sprintf("%s %d of %d", area, done, total))
		return
	}
	p.draw(fmt.Sprintf("%s %d", area, done))
}

func (p *progress) draw(what string) {
	p.last = p.now()
	p.drawn = true
	line := []rune(report.Visible("collecting " + p.org + ": " + what))
	if len(line) >= p.width {
		line = line[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", string(line))
}

// end wipes the line, so that what follows stands alone.
func (p *progress) end() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}
