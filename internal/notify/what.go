package notify

import (
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/store"
	"github.com/eb661601/ajar/remediate"
)

// The kinds of things that people are told of while they last.
const (
	finding  = "finding"
	hold     = "hold"
	overdue  = "overdue"
	pass     = "pass"
	coverage = "coverage"
	waiver   = "waiver"
	runKind  = "run"
)

// What is what there may be to tell of one organization. What the store knows (the
// lives of findings, holds, waivers) is not part of it.
type What struct {
	OrgID int64
	Org   string // login
	At    time.Time

	Judged bool // a judgement was kept, so that findings may have changed
	// Gaps are the areas that the newest snapshot has not whole, though they are
	// expected; they count only where Judged is set.
	Gaps []Gap
	// Failing is set while passes fail, or none has come for too long; nil: all is well.
	Failing *Failing
	// Notices are what a plan announces to those who lose something.
	Plan    string // its hash
	Notices []remediate.Notice
	Runs    []RunNote // that ended, or stopped, since the last time
}

// Gap is an area that was not read to the end.
type Gap struct {
	Area   access.Area
	Reason string
}

// Failing says since when no pass has come to its end, and why.
type Failing struct {
	Since time.Time
	Times int    // how many failed in a row; 0: none did, one is late
	Why   string // of the last one, in one line
}

// RunNote tells of one run.
type RunNote struct {
	ID      string
	Stopped bool   // it did not come to its end by itself
	Why     string // it stopped; "" otherwise
	Counts  string // in words
}

// waiverNotice is how long before its end a waiver is told of.
const waiverNotice = 7 * 24 * time.Hour

// things lists everything but findings that is open, with the kinds of which the list
// is whole.
func things(w What, holds []store.Hold, ends []store.WaiverEnd) (all []store.Thing, kinds []string) {
	kinds = []string{hold, waiver}
	if w.Judged || w.Failing != nil {
		kinds = append(kinds, pass)
	}
	for _, h := range holds {
		all = append(all, store.Thing{Kind: hold, Key: fmt.Sprintf("%s/%s/%d", h.Kind, h.What, h.ID), Severity: access.High,
			Title: "on hold, no plan may run: " + h.Reason})
	}
	for _, e := range ends {
		all = append(all, store.Thing{Kind: waiver, Key: e.Fingerprint + "/" + e.End.UTC().Format(time.DateOnly), Severity: access.Medium,
			Title: fmt.Sprintf("the waiver ends on %s: %s", e.End.UTC().Format(time.DateOnly), e.Title)})
	}
	if f := w.Failing; f != nil {
		text := fmt.Sprintf("no audit has come to its end since %s", moment(f.Since))
		if f.Times > 0 {
			text += fmt.Sprintf(", %d failed in a row", f.Times)
		}
		if f.Why != "" {
			text += ": " + f.Why
		}
		all = append(all, store.Thing{Kind: pass, Key: "failing", Severity: access.High, Title: text})
	}
	if w.Judged {
		kinds = append(kinds, coverage)
		for _, g := range w.Gaps {
			all = append(all, store.Thing{Kind: coverage, Key: string(g.Area), Severity: access.Medium,
				Title: fmt.Sprintf("%s is not seen whole: %s", g.Area, g.Reason)})
		}
	}
	return all, kinds
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
