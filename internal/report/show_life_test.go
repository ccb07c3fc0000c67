package report

import "time"

func exampleTurns() []Turn {
	return []Turn{
		{At: taken.AddDate(0, 0, -40), What: "opened", Snapshot: 12},
		{At: taken.AddDate(0, 0, -30), What: "waived", Why: "mirror push, TICKET-77", Snapshot: 18},
		{At: taken.Add(-time.Hour), What: "unwaived", Why: "the waiver ended", Snapshot: 40},
	}
}

func exampleGivers() []Giver {
	return []Giver{
		{At: taken.AddDate(0, 0, -41), Actor: "user:erin", Action: "team.add_repository", What: "team:acme/platform on repo:acme/api"},
		{At: taken.AddDate(0, 0, -60), Action: "team.add_member", What: "user:carol in team:acme/platform"},
	}
}
