package tabular

import (
	"strconv"
	"strings"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

// frameworkTitle is a framework as its authors write it.
func frameworkTitle(f evidence.Framework) string {
	switch f {
	case evidence.SOC2:
		return "SOC 2"
	case evidence.ISO27001:
		return "ISO/IEC 27001"
	case evidence.NIST80053:
		return "NIST SP 800-53"
	case evidence.CISGitHub:
		return "CIS GitHub Benchmark"
	}
	return string(f)
}

// titleOf names the whole.
func titleOf(e evidence.Evidence) string {
	return "Evidence of access for " + frameworkTitle(e.Framework) + ", " + periodOf(e)
}

// subjectOf names the organizations, or the first of many.
func subjectOf(e evidence.Evidence) string {
	const most = 3
	var names []string
	for _, o := range e.Orgs[:min(len(e.Orgs), most)] {
		names = append(names, o.Login)
	}
	switch left := len(e.Orgs) - len(names); {
	case left > 0:
		return strings.Join(names, ", ") + " and " + strconv.Itoa(left) + " more"
	case len(names) == 0:
		return "no organization"
	}
	return strings.Join(names, ", ")
}

// figureOf gives a figure of the control matrix by its name; false where no control has it.
func figureOf(e evidence.Evidence, name string) (int64, bool) {
	for _, c := range e.Controls {
		for _, n := range c.Numbers {
			if n.Name == name {
				return n.Value, true
			}
		}
	}
	return 0, false
}

// periodOf writes the period. Its end is an instant that is no longer in it; where both are
// midnights, the last day is written, which is what people say.
func periodOf(e evidence.Evidence) string {
	from, to := e.Period.From.UTC(), e.Period.To.UTC()
	if midnight(from) && midnight(to) && to.After(from) {
		return from.Format(time.DateOnly) + " to " + to.AddDate(0, 0, -1).Format(time.DateOnly)
	}
	return moment(from) + " to " + moment(to)
}

func midnight(t time.Time) bool { return t.Equal(t.Truncate(24 * time.Hour)) }

// moment writes date and time, "" where there is none.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04 UTC")
}

// completeWord is the word that stands on every sheet and page.
func completeWord(e evidence.Evidence) string {
	if e.Complete {
		return "complete"
	}
	return "INCOMPLETE"
}

// completeSentence says whether something is missing, and how much.
func completeSentence(e evidence.Evidence) string {
	switch {
	case e.Complete:
		return "complete: there are no gaps"
	case len(e.Gaps) == 1:
		return "INCOMPLETE: there is 1 gap, which stands first"
	}
	return "INCOMPLETE: there are " + strconv.Itoa(len(e.Gaps)) + " gaps, which stand first"
}
