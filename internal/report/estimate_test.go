package report

import "time"

func exampleEstimate() Estimate {
	return Estimate{
		Org: "acme", Queries: 6800, Calls: 36_000, More: 100, MoreQueries: 21, Took: 123 * time.Minute, Waiting: 41 * time.Minute, Sampled: 100,
		Kinds: []EstimateKind{
			{"organization, settings, roles", 1, 2, 6, false}, {"repositories", 100_000, 1000, 0, false},
			{"branches that may deploy", 90_000, 0, 30_000, false}, {"signs of life: audit log", -1, 0, 100, true},
			{"signs of life: more contributors", 1000, 21, 0, true},
		},
		Budgets: []EstimateBudget{{"graphql", 5000, 4711, taken.Add(41 * time.Minute)}, {"core", 15_000, 14_998, taken.Add(41 * time.Minute)}},
		Last:    EstimateRun{At: taken.Add(-24 * time.Hour), Requests: 42_000, Points: 6790, Took: 119 * time.Minute},
	}
}
