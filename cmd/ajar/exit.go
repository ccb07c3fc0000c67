package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/collector"
	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/report"
)

// status is an exit code.
type status int

// The exit codes, stated by every --help.
const (
	clean       status = 0   // done, nothing at or above the threshold, and everything was seen
	failed      status = 1   // an error
	found       status = 2   // findings at or above the threshold, or a plan with changes
	incomplete  status = 3   // nothing at the threshold, and something expected was not seen
	interrupted status = 130 // by a signal
)

const exitCodes = `Exit codes:
  0    done; nothing at or above the threshold, and everything expected was seen
  1    error
  2    findings at or above the threshold, or a plan with changes
  3    nothing at the threshold, but something expected was not seen
  130  interrupted
`

// worst is the order in which codes win over each other when several
// organizations are looked at: a finding is certain even where other things were
// not seen, and an error is worse than either.
var worst = []status{clean, incomplete, found, failed, interrupted}

func (a *app) exit(s status) {
	if slices.Index(worst, s) > slices.Index(worst, a.status) {
		a.status = s
	}
}

// hinted is an error with what to do about it.
type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

// withHint adds a hint, on one line, to an error.
func withHint(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// fail says what went wrong, once, and settles the exit code.
func (a *app) fail(ctx context.Context, err error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		a.say("interrupted")
		a.exit(interrupted)
		return
	}
	var not absent
	if errors.As(err, &not) && not.unseen {
		a.exit(incomplete) // it is not known to be absent, which is no mistake of the question
	} else {
		a.exit(failed)
	}
	if gone(a.out) && errors.Is(err, syscall.EPIPE) {
		return // whoever read the results has seen enough
	}
	var problems baseline.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			a.say("%s", p)
		}
		return
	}
	line, hint := words(err)
	a.say("%s", line)
	if hint != "" {
		a.say("hint: %s", hint)
	}
}

// words puts an error into one line, and what to do about it into another, ""
// where there is nothing to say.
func words(err error) (line, hint string) {
	var h hinted
	if errors.As(err, &h) {
		return err.Error(), h.hint
	}
	if errors.Is(err, collector.ErrElsewhere) {
		return err.Error(), "nothing of this pass was kept; where the organization was renamed, name its new login in --org or [github] organizations, and else find out who took the login"
	}
	return github.Explain(err)
}

// remark says what --quiet spares.
func (a *app) remark(format string, args ...any) {
	if !a.flags.quiet {
		a.say(format, args...)
	}
}

// say writes one line to stderr. What it says may quote GitHub or a file, so
// nothing in it can steer the terminal.
func (a *app) say(format string, args ...any) {
	text := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	if a.heard != nil {
		a.heard(report.Visible(text))
		return
	}
	fmt.Fprintf(a.errs, "ajar: %s\n", report.Visible(text))
}
