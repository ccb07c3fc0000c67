package main

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/adopt"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/store"
)

// tellInit says what was written, what it accepts and until when, what it does
// not, and what to do next.
func (w *work) tellInit(info store.SnapshotInfo, r adopt.Result, f initFlags) error {
	var b strings.Builder
	files := f.files()
	base := files[0]
	line := func(what, format string, args ...any) {
		fmt.Fprintf(&b, "%-13s %s\n", what, report.Visible(fmt.Sprintf(format, args...)))
	}
	line("organization", "%s, as of %s (snapshot %d)", info.Org, instant(info.At), info.ID)
	for i, blind := range r.Blind {
		line(first(i, "NOT SEEN"), "%s", blind)
	}
	line("wrote", "%s: %d entries on %d lines, comments left out, for %d grants of", base, r.Entries, r.Lines, r.Grants)
	line("", "%s and %s; a grant is one access that was given", some(r.Teams, "team", "teams"), some(r.People, "person", "people"))
	if f.used == "" {
		line("", "%s: reads with the token in %s", files[1], w.a.tokenVariable())
	}
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
	if f.used != "" && !w.configured(base) {
		line("to do", "%s stays as it is; add to it: [baseline] paths = [\"%s\"]", f.used, w.fromConfig(base))
	}
	line("next", "%s", w.next(f))
	_, err := io.WriteString(w.a.out, b.String())
	return err
}

// configured reports whether the configuration in use names the baseline.
func (w *work) configured(base string) bool {
	if w.config.Baseline == nil {
		return false
	}
	return slices.ContainsFunc(w.config.Baseline.Paths, func(p string) bool { return samePath(p, base) || samePath(p, filepath.Dir(base)) })
}

// fromConfig writes a path as the configuration in use would: relative to it.
func (w *work) fromConfig(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	if dir, err := filepath.Abs(filepath.Dir(w.config.Path)); err == nil {
		if rel, err := filepath.Rel(dir, abs); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return abs
}

func samePath(a, b string) bool {
	x, err := filepath.Abs(a)
	y, bad := filepath.Abs(b)
	return err == nil && bad == nil && x == y
}

// next is the command to go on with; it finds the files by itself where it can.
func (w *work) next(f initFlags) string {
	files := f.files()
	if f.used == "" {
		if files[1] == configName {
			return w.a.program + " audit"
		}
		return w.a.program + " audit --config " + files[1]
	}
	cmd := w.a.program + " audit" + w.a.inOrg(w.orgs[0])
	if w.a.flags.config != "" {
		cmd += " --config " + w.a.flags.config
	}
	if !w.configured(files[0]) {
		cmd += " --baseline " + files[0]
	}
	return cmd
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
