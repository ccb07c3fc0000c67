package prom

import (
	"context"
	"strings"

	"github.com/eb661601/ajar/internal/dashboards"
)

// Answer is what one query of a panel gives now.
type Answer struct {
	Panel  dashboards.Panel
	Ref    string
	Expr   string // with its variables filled in
	Series []Series
}

// Ask asks every query of a dashboard, over all organizations.
func (p *Prometheus) Ask(ctx context.Context, b dashboards.Board, rate, span string) ([]Answer, error) {
	fill := strings.NewReplacer("$__rate_interval", rate, "$__range", span, "$org", ".*")
	var out []Answer
	for _, panel := range b.Panels {
		for _, t := range panel.Targets {
			a := Answer{Panel: panel, Ref: t.RefID, Expr: fill.Replace(t.Expr)}
			var err error
			if a.Series, err = p.Query(ctx, a.Expr); err != nil {
				return out, err
			}
			out = append(out, a)
		}
	}
	return out, nil
}
