package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
)

// goal is one line of the table: what was measured, and the bound that the number
// must keep.
type goal struct {
	id, what string
	key      string // under which the measuring leaves the number
	limit    float64
	atLeast  bool    // the number must not be below the limit; otherwise not above
	scale    float64 // what the measured number is divided by for printing; 0 = 1
	unit     string  // as people read it
	xl       bool    // only with -xl
}

// note is a number without a bound, which explains the ones that have one.
type note struct {
	what, key, unit string
	xl              bool
}

// numbers is what was measured, by key.
type numbers map[string]float64

// best keeps the better of two measurements: what else the machine does only
// makes them worse.
func (n numbers) best(key string, v float64, more bool) {
	if old, ok := n[key]; !ok || more && v > old || !more && v < old {
		n[key] = v
	}
}

// table prints every goal beside what was measured and reports whether all of
// them are met.
func table(out io.Writer, measured numbers, xl bool) bool {
	met := true
	fmt.Fprintf(out, "%-4s  %-46s  %14s  %14s\n", "", "", "goal", "measured here")
	for _, g := range goals {
		if g.xl && !xl {
			continue
		}
		v, ok := measured[g.key]
		verdict := g.verdict(v, ok)
		met = met && verdict == "met"
		bound, shown := "≤", "-"
		if g.atLeast {
			bound = "≥"
		}
		if ok {
			shown = g.number(v / g.div())
		}
		fmt.Fprintf(out, "%-4s  %-46s  %14s  %14s  %s\n", g.id, g.what, bound+" "+g.number(g.limit), shown, verdict)
	}
	fmt.Fprintln(out)
	for _, n := range notes {
		if v, ok := measured[n.key]; ok && (xl || !n.xl) {
			fmt.Fprintf(out, "%-4s  %-46s  %14s  %14s\n", "", n.what, "", number(v, n.unit))
		}
	}
	return met
}

func (g goal) verdict(v float64, measured bool) string {
	switch {
	case !measured:
		return "NOT MEASURED"
	case g.atLeast && v/g.div() < g.limit, !g.atLeast && v/g.div() > g.limit:
		return "MISSED"
	}
	return "met"
}

func (g goal) div() float64 {
	if g.scale == 0 {
		return 1
	}
	return g.scale
}

func (g goal) number(v float64) string { return number(v, g.unit) }

func number(v float64, unit string) string {
	return strings.TrimSpace(strconv.FormatFloat(v, 'g', 4, 64) + " " + unit)
}
