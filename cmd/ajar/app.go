package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/clock"
	"github.com/eb661601/ajar/internal/report"
)

// app is one run of the program: its streams, its environment, what the flags
// say, and the exit code so far.
type app struct {
	in        io.Reader
	out, errs io.Writer
	getenv    func(string) string
	now       func() time.Time // the clock of this machine
	clock     *clock.Clock     // what ends of access are judged by: GitHub's
	implied   string           // the one organization that the configuration names; "": none, or not found by itself
	program   string
	flags     globals
	status    status
	skewed    bool                              // that the clock of this machine is wrong was said
	doubted   bool                              // that GitHub's contradicts itself was said
	waiting   func(why string, until time.Time) // hears that GitHub makes ajar wait; nil: nobody
	hurry     bool                              // nothing waits for the store
	restored  time.Time                         // of the newest store that was told to be put back from a backup; zero: none
	wires     *wires                            // connections to GitHub that all clients share; nil: each has its own
	heard     func(line string)                 // hears what would be said on stderr, in a daemon; nil: it is said there
}

// globals are the flags that every command has.
type globals struct {
	config     string
	orgs       []string
	apiURL     string
	store      string
	auth       string
	output     string
	baseline   []string
	noColor    bool
	quiet      bool
	noProgress bool
	logLevel   string
	wait       time.Duration
}

// log is the logger of this run: text on a terminal, JSON otherwise, to stderr.
func (a *app) log() (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(a.flags.logLevel)); err != nil {
		return nil, withHint(usage("%q is not a log level", a.flags.logLevel), "one of debug, info, warn, error")
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: visibly}
	if a.terminal(a.errs) {
		return slog.New(slog.NewTextHandler(a.errs, o)), nil
	}
	return slog.New(slog.NewJSONHandler(a.errs, o)), nil
}

// visibly makes every text of a log plain. JSON lets pass what steers a terminal, or
// turns a line around, and a log is read at a terminal in the end.
func visibly(_ []string, at slog.Attr) slog.Attr {
	switch v := at.Value.Any().(type) {
	case string:
		at.Value = slog.StringValue(report.Visible(v))
	case error:
		at.Value = slog.StringValue(report.Visible(fmt.Sprint(v)))
	}
	return at
}

// spoken is a log whose warnings are messages to people: there are few of them,
// and somebody has to do something.
type spoken struct {
	slog.Handler
	a *app
}

// Handle says a warning on one line and logs the rest.
func (h spoken) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return h.Handler.Handle(ctx, r)
	}
	var about []string
	r.Attrs(func(at slog.Attr) bool {
		about = append(about, fmt.Sprintf("%s %v", at.Key, at.Value))
		return true
	})
	line := "warning: " + r.Message
	if len(about) > 0 {
		line += " (" + strings.Join(about, ", ") + ")"
	}
	h.a.remark("%s", line)
	return nil
}
