package main

import (
	"context"
	"strings"

	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/pack"
	"github.com/eb661601/ajar/internal/report"
	"github.com/eb661601/ajar/internal/tabular"
)

// oneTable writes a table to stdout.
func (a *app) oneTable(ctx context.Context, e evidence.Evidence, name string) error {
	t, err := pack.TableOf(e, name)
	if err != nil {
		return withHint(err, "one of %s", strings.Join(pack.TableNames(e), ", "))
	}
	f, err := a.format()
	if err != nil {
		return err
	}
	a.gapsBeside(e, name)
	if f == report.JSON {
		return tabular.WriteJSON(ctx, a.out, t, e)
	}
	return tabular.WriteCSV(ctx, a.out, t)
}

// gapsTold is how many gaps are told beside a table that goes to stdout.
const gapsTold = 10

// gapsBeside says what the evidence lacks: CSV has no place for it, and a table that looks
// whole would be taken for that.
func (a *app) gapsBeside(e evidence.Evidence, table string) {
	if table == "gaps" {
		return
	}
	for i, g := range e.Gaps {
		if i == gapsTold {
			a.say("and %d more gaps: --table gaps lists them all", len(e.Gaps)-i)
			return
		}
		about := []string{g.Org}
		for _, s := range []string{g.Area, g.Scope} {
			if s != "" {
				about = append(about, s)
			}
		}
		a.say("gap: %s, %s to %s: %s", strings.Join(about, ", "), instant(g.From), instant(g.To), g.Reason)
	}
}
