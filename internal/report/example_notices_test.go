package report

import "time"

func exampleNotices() Notices {
	next, ended := taken.Add(time.Minute), taken.Add(24*time.Hour)
	return Notices{Path: "ajar.db", Counts: map[string]int{"waiting": 1, "dead": 1, "sent": 12}, More: 11, Notices: []Notice{
		{ID: 14, Channel: "ops", Kind: "changes", Title: "acme: 2 new (critical), 1 over", State: "waiting", At: taken, Tries: 1, Next: &next, Error: "it answered 503 Service Unavailable"},
		{ID: 13, Channel: "soc", Kind: "changes", Title: "acme: 1 new (high)\x1b[2J", State: "dead", At: taken, Tries: 29, Ended: &ended, Error: "it cannot be reached: connection refused"},
		{ID: 12, Channel: "ops", Kind: "grace", Title: "acme: 1 access is going to be removed", State: "sent", At: taken, Tries: 1, Ended: &taken},
	}}
}
