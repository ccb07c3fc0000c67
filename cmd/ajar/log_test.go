package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/report"
)

// TestLogSteersNoTerminal holds for the log in JSON too, which escapes no more than
// what JSON wants escaped.
func TestLogSteersNoTerminal(t *testing.T) {
	const hostile = "a\u009b31mb\u202ec\u2066d\u200be\x7ff\x1b]0;g\x07\nh"
	out := &lockedBuffer{}
	a := &app{errs: out, getenv: func(string) string { return "" }, flags: globals{logLevel: "debug"}}
	log, err := a.log()
	if err != nil {
		t.Fatal(err)
	}
	log.With("org", hostile).WithGroup("g").Info("of "+hostile, "reason", hostile, "err", errors.New(hostile), "none", nil)
	line := strings.TrimSuffix(out.text(), "\n")
	if once := report.Visible(hostile); report.Visible(once) != once {
		t.Errorf("what is visible already is changed: %q", report.Visible(once))
	}
	if strings.ContainsAny(line, "\u009b\u202e\u2066\u200b\x7f\x1b\x07\n") || !strings.Contains(line, `"none":null`) {
		t.Errorf("%q", line)
	}
}
