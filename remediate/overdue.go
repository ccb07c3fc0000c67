package remediate

import (
	"time"

	"github.com/eb661601/ajar/access"
)

// overdue gives since when access that should have ended is still there at the
// instant: the first end among the findings that say so. The zero time says that
// nothing is overdue.
func overdue(findings []access.Finding, at time.Time) (since time.Time) {
	for _, f := range findings {
		if f.Overdue(at) && (since.IsZero() || f.Ended.Before(since)) {
			since = f.Ended.UTC()
		}
	}
	return since
}

// turn orders actions by what cannot wait: 0 for what is overdue, else 1.
func (p *planner) turn(c *candidate) int {
	if overdue(c.findings, p.in.At).IsZero() {
		return 1
	}
	return 0
}
