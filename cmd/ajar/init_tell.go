package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/adopt"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// tellInit says what was written, what it accepts and until when, what it does
// not, and what to do next.
func (a *app) tellInit(info store.SnapshotInfo, r adopt.Result, f initFlags) error {
	var b strings.Builder
	base, conf := filepath.Join(f.dir, baselineName), filepath.Join(f.dir, configName)
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-13s %s\n", what, report.Visible(fmt.Sprintf(format, args...)))
	}
	line("organization", "%s, as of %s (snapshot %d)", info.Org, instant(info.At), info.ID)
	for i, blind := range r.Blind {
		line(first(i, "NOT SEEN"), "%s", blind)
	}
	line("wrote", "%s", conf)
	line("", "%s: %d entries on %d lines for %d grants of %s and %s", base, r.Entries, r.Lines, r.Grants,
		some(r.Teams, "team", "teams"), some(r.People, "person", "people"))
	for i, s := range r.Accepted {
		until := s.Last.Format(time.DateOnly)
		if s.First.Before(s.Last) {
			until = s.First.Format(time.DateOnly) + " to " + until
		}
		line(first(i, "accepted"), "%-29s until %s", s.What, until)
	}
	if r.Apart > 0 {
		line("set apart", "%s at the end of %s: decide on them", some(r.Apart, "entry", "entries"), base)
	}
	for i, no := range r.Refused {
		if i == shownRefused && len(r.Refused) > i+1 {
			line("", "and %d more, all of them at the end of %s", len(r.Refused)-i, base)
			break
		}
		line(first(i, "not accepted"), "%s", no)
	}
	n := 0
	for _, c := range r.Remain {
		n += c.Findings
	}
	if n == 0 {
		line("findings", "none: the next audit is clean, as far as was seen")
	}
	for i, c := range r.Remain {
		line(first(i, "findings"), "%4d %s (%s)", c.Findings, c.Rule, c.Severity)
	}
	line("next", "%s", next(a.program, conf))
	_, err := io.WriteString(a.out, b.String())
	return err
}

// shownRefused is how many refusals the summary shows; the file has all.
const shownRefused = 5

// first gives the word on the first line of several.
func first(i int, word string) string {
	if i > 0 {
		return ""
	}
	return word
}

func some(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// next is the command that finds the files by itself where it can.
func next(program, conf string) string {
	if conf == configName {
		return program + " audit"
	}
	return program + " audit --config " + conf
}
