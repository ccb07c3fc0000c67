package main

import (
	"io"
	"strconv"

	"golang.org/x/term"

	"github.com/eb661601/ajar/internal/report"
)

// terminal reports whether a stream is one.
func (a *app) terminal(w io.Writer) bool {
	f, ok := file(w)
	return ok && term.IsTerminal(int(f.Fd()))
}

// color reports whether results may be coloured: --no-color and NO_COLOR (any
// value but the empty one, as no-color.org has it) say no, CLICOLOR_FORCE says
// yes, and otherwise it is for terminals.
func (a *app) color() bool {
	switch force := a.getenv("CLICOLOR_FORCE"); {
	case a.flags.noColor, a.getenv("NO_COLOR") != "":
		return false
	case force != "" && force != "0":
		return true
	}
	return a.terminal(a.out) && a.getenv("TERM") != "dumb"
}

// width is how wide results may be: COLUMNS where it says so, else the
// terminal's; 0 where there is none.
func (a *app) width() int {
	if n, err := strconv.Atoi(a.getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := file(a.out); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			return w
		}
	}
	return 0
}

// show writes a view to stdout in the format of --output.
func (a *app) show(v report.View) error {
	f, err := a.format()
	if err != nil {
		return err
	}
	return report.Write(a.out, v, f, a.options())
}

func (a *app) options() report.Options {
	return report.Options{Width: a.width(), Color: a.color(), Program: a.program, Implied: a.implied, Screen: a.terminal(a.out)}
}
