package tabular

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/eb661601/ajar/internal/evidence"
)

// exampleEvidence is a quarter of an organization, with a gap in it.
func exampleEvidence() evidence.Evidence {
	to := from.AddDate(0, 3, 0)
	few := exampleTable(exampleRows()...)
	large := many(500)
	large.Name, large.Title, large.About = "population-end", "Population at the end", "A row is a grant that was in force at the end of the period."
	empty := exampleTable()
	empty.Name, empty.Title, empty.About = "waivers", "Waivers", "A row is a waiver."
	return evidence.Evidence{
		Framework: evidence.SOC2, Program: "ajar v0.1.0 (0123abc)",
		Period: evidence.Period{From: from, To: to},
		Orgs:   []evidence.Org{{ID: 9, Login: "acme-robotics", First: 3, Last: 2160, Start: from.Add(time.Hour), End: to.Add(-time.Hour)}},
		Gaps: []evidence.Gap{
			{Org: "acme-robotics", From: from.AddDate(0, 1, 0), To: from.AddDate(0, 1, 2), Reason: "no pass was made", Snapshots: 0},
			{Org: "acme-robotics", Area: "audit-log", From: from, To: to, Reason: "the credential may not read it", Snapshots: 2111},
		},
		Tables: []evidence.Table{few, large, empty, exampleTrend("trend-privileged-access", "Standing privileged access", 90), exampleRemedy()},
		Controls: []evidence.Control{
			{ID: "CC6.1", Title: "Logical access", Statement: "Who holds access, and whether the baseline allows it.", Tables: []string{"population-end", "access-changes"}, Numbers: []evidence.Figure{
				{Name: "held", Title: "grants at the end of the period", Query: "SELECT count(*) FROM population_end", Value: 500},
				{Name: "unplanned", Title: "changes without a plan", Query: "SELECT count(*) FROM access_changes WHERE planned = 'no'", Value: 12, Exception: true},
			}},
			{ID: "CC6.3", Title: "Removal of access", Statement: "Nothing is recorded.", Tables: []string{"runs"}},
		},
	}
}

// exampleTrend is a series by the day.
func exampleTrend(name, title string, days int) evidence.Table {
	return evidence.Table{
		Name: name, Title: title, About: "A row is a day.", Source: "the snapshots",
		Columns: []evidence.Column{
			{Name: "at", Title: "Day", About: "The instant that is counted at.", Kind: evidence.Instant},
			{Name: "organization", Title: "Organization", About: "Of which.", Kind: evidence.Text},
			{Name: "standing_admin", Title: "Standing admins", About: "People who hold admin all the time.", Kind: evidence.Whole},
			{Name: "standing_write", Title: "Standing writers", About: "People who hold write all the time.", Kind: evidence.Whole},
		},
		Rows: func(context.Context) iter.Seq2[[]evidence.Value, error] {
			return func(yield func([]evidence.Value, error) bool) {
				for d := range days {
					row := []evidence.Value{evidence.At(from.AddDate(0, 0, d)), evidence.Of("acme-robotics"), evidence.Count(40 - d/4), evidence.Count(200 + d%7)}
					if d == 31 || d == 32 {
						row[2], row[3] = evidence.Value{}, evidence.Value{}
					}
					if !yield(row, nil) {
						return
					}
				}
			}
		},
	}
}

// exampleRemedy is a series by the week and severity, with weeks in which nothing was.
func exampleRemedy() evidence.Table {
	t := evidence.Table{
		Name: "trend-time-to-remedy", Title: "Time to remedy", About: "A row is a week and a severity.", Source: "the lives of the findings",
		Columns: []evidence.Column{
			{Name: "organization", Title: "Organization", About: "Of which.", Kind: evidence.Text},
			{Name: "week", Title: "Week", About: "By its Monday.", Kind: evidence.Instant},
			{Name: "severity", Title: "Severity", About: "Of the findings.", Kind: evidence.Text},
			{Name: "resolved", Title: "Over", About: "Findings that were over.", Kind: evidence.Whole},
			{Name: "median_seconds", Title: "Median", About: "How long they were open.", Kind: evidence.Whole},
			{Name: "share", Title: "Share", About: "In time.", Kind: evidence.Number},
		},
	}
	var all [][]evidence.Value
	for week := range 12 {
		for i, severity := range []string{"critical", "high", "medium"} {
			if week%5 == 4 && i > 0 {
				continue
			}
			all = append(all, []evidence.Value{
				evidence.Of("acme-robotics"), evidence.At(from.AddDate(0, 0, 4+7*week)), evidence.Of(severity), evidence.Count(i*3 + week%4),
				evidence.Count((3 + i*9 + week) * 40_000), evidence.Fraction(0.7 + float64(week*i)/100),
			})
		}
	}
	t.Rows = fixed(all...)
	return t
}

// hostileEvidence has the text in every place that GitHub fills.
func hostileEvidence(text string) evidence.Evidence {
	e := exampleEvidence()
	e.Orgs[0].Login = text
	for i := range e.Gaps {
		e.Gaps[i].Org, e.Gaps[i].Scope, e.Gaps[i].Reason = text, text, text
	}
	e.Tables[0] = exampleTable([]evidence.Value{evidence.Of(text), {}, {}, {}, {}})
	e.Controls[0].Statement = fmt.Sprintf("of %s", text)
	return e
}
