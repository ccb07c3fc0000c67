package report

import "time"

func exampleHolds() []Hold {
	return []Hold{
		{Kind: "lost", What: "grants of teams", Reason: "45 of 120 grants of teams are gone since the snapshot of 2026-03-14 08:26 UTC",
			Since: taken, Snapshot: 41, Lost: 45, Population: 120},
		{Kind: "manual", Reason: "migration of the directory", Since: taken.Add(-26 * time.Hour), Snapshot: 40, SetBy: "user:mirela (number 7)"},
	}
}
