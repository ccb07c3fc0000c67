package analyzer

import (
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// What the baseline says, with the answer of no baseline where there is none.

func (f *facts) managed(c baseline.Class) bool { return f.b != nil && f.b.Managed(c) }

func (f *facts) staleLimits() baseline.StaleLimits {
	if f.b == nil {
		return baseline.DefaultStale()
	}
	return f.b.Stale()
}

func (f *facts) orgRules() baseline.OrgRules {
	if f.b == nil {
		return baseline.OrgRules{}
	}
	return f.b.Organization()
}

func (f *facts) environmentRule(env int64) (baseline.EnvRule, bool) {
	if f.b == nil {
		return baseline.EnvRule{}, false
	}
	return f.b.Environment(env)
}

// allowedBranches gives the branches that the baseline lets an environment be
// deployed from; the mode's name alone where it names a mode.
func (f *facts) allowedBranches(env int64) ([]string, bool) {
	switch r, _ := f.environmentRule(env); r.BranchMode {
	case "":
		return nil, false
	case access.SelectedBranches:
		return r.Branches, true
	default:
		return []string{r.BranchMode}, true
	}
}

// waive applies the waiver in force, or says which one has ended.
func (c *court) waive(f *access.Finding) {
	if c.b == nil {
		return
	}
	if w, ok := c.b.Waive(*f, c.at); ok {
		f.State, f.Waiver, f.WaiverEnd = access.Waived, w.Reason, w.Expires
		return
	}
	if w, ok := c.b.Lapsed(*f, c.at); ok {
		f.Evidence = append(f.Evidence, fmt.Sprintf("A waiver (%s, %s) ended %s.", w.Reason, place(w.Position), moment(w.Expires)))
	}
}

// place names a line of the baseline.
func place(p baseline.Position) string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}
