package main

// goals are the lines of the table, in its order. Keys that begin with "audit "
// come from whole.go, all others from gobench.go: "PACKAGE BENCHMARK UNIT", or
// "PACKAGE TEST ATTRIBUTE".
var goals = []goal{
	{id: "P1", what: "queries a repository, S", key: "audit S queries", limit: 0.08},
	{id: "P1", what: "points a repository, S", key: "audit S points", limit: 0.08},
	{id: "P1", what: "queries a repository, L", key: "audit L queries", limit: 0.08},
	{id: "P1", what: "points a repository, L", key: "audit L points", limit: 0.08},
	{id: "P1", what: "queries a repository, XL", key: "audit XL queries", limit: 0.08, xl: true},
	{id: "P1", what: "points a repository, XL", key: "audit XL points", limit: 0.08, xl: true},
	{id: "P1", what: "requests moved by base permission read, S", key: "audit S base", limit: 1, unit: "%"},
	{id: "P2", what: "GraphQL part at 100 ms, unpaced, L", key: "collector TestGraphQLPartOfALargeReadTakesTwentySeconds seconds", limit: 20, unit: "s"},
	{id: "P2", what: "the same paced, over what the limit allows", key: "collector TestPacingCostsATenthAtMost over-percent", limit: 10, unit: "%"},
	{id: "P3", what: "refused by an enforcing server, S (XL with -xl)", key: "collector TestGoodCitizenIsNeverLimited limited", limit: 0},
	{id: "P3", what: "most requests in flight", key: "collector TestGoodCitizenIsNeverLimited in-flight", limit: 8},
	{id: "P3", what: "GraphQL response time in the busiest minute", key: "collector TestGoodCitizenIsNeverLimited busiest-minute", limit: 55, unit: "s"},
	{id: "P4", what: "points with 1 % of 502 and partial, more, S", key: "internal/faults TestOneFaultInAHundredCostsATwentiethAndStoresWhatIsTrue more-percent-S", limit: 5, unit: "%"},
	{id: "P4", what: "points with 1 % of 502 and partial, more, L", key: "internal/faults TestOneFaultInAHundredCostsATwentiethAndStoresWhatIsTrue more-percent-L", limit: 5, unit: "%", xl: true},
	{id: "P5", what: "CPU of a load (collect), first, L", key: "audit L load", limit: 2, unit: "s CPU"},
	{id: "P5", what: "CPU of a load, nothing changed, L", key: "audit L reload", limit: 1, unit: "s CPU"},
	{id: "P6", what: "peak memory of an audit, L", key: "audit L peak", limit: 100, unit: "MB"},
	{id: "P6", what: "peak memory of an audit, XL", key: "audit XL peak", limit: 350, unit: "MB", xl: true},
	{id: "P8", what: "ingest, grant rows a CPU second", key: "internal/store BenchmarkIngest rows/cpu-s", limit: 150_000, atLeast: true},
	{id: "P9", what: "a pass without a change adds", key: "internal/store BenchmarkLarge/unchanged bytes/pass", limit: 4096, unit: "B"},
	{id: "P9", what: "diff of two snapshots of 1 M grants", key: "internal/changes BenchmarkGrants ms/diff", limit: 20, unit: "ms"},
	{id: "P10", what: "history, each live grant", key: "internal/store BenchmarkHistory B/live-grant", limit: 60, unit: "B"},
	{id: "P10", what: "history, each changed grant", key: "internal/store BenchmarkHistory B/changed-grant", limit: 35, unit: "B"},
	{id: "P11", what: "who-can, any instant, p99", key: "internal/store BenchmarkQuestions/on p99-cpu-ms", limit: 1, unit: "ms CPU"},
	{id: "P11", what: "access of a team, any instant, p99", key: "internal/store BenchmarkQuestions/of-team p99-cpu-ms", limit: 1, unit: "ms CPU"},
	{id: "P11", what: "access of a person, any instant, p99", key: "internal/store BenchmarkQuestions/of-user p99-cpu-ms", limit: 1, unit: "ms CPU"},
	{id: "P11", what: "the organization as of a date", key: "internal/store BenchmarkQuestions/organization cpu-ms/op", limit: 1000, unit: "ms CPU"},
	{id: "P11", what: "the organization now", key: "internal/store BenchmarkQuestions/newest cpu-ms/op", limit: 1000, unit: "ms CPU"},
	{id: "P12", what: "effective access on L, sparse", key: "reach BenchmarkWholeOrganization/sparse cpu-ms/op", limit: 15, unit: "ms CPU"},
	{id: "P12", what: "effective access on L, dense", key: "reach BenchmarkWholeOrganization/dense cpu-ms/op", limit: 500, unit: "ms CPU"},
	{id: "P12", what: "one changed repository, dense", key: "reach BenchmarkOneChange/dense/repository cpu-ms/op", limit: 1, unit: "ms CPU"},
	{id: "P12", what: "one changed team, dense", key: "reach BenchmarkOneChange/dense/team-members cpu-ms/op", limit: 1, unit: "ms CPU"},
	{id: "F19", what: "a plan for 10 000 findings", key: "remediate BenchmarkPlan cpu-s/op", limit: 5, unit: "s CPU"},
	{id: "P14", what: "a million rows of access to CSV", key: "internal/report BenchmarkMatrixCSV1M ns/op", limit: 3, scale: 1e9, unit: "s"},
}

// notes explain the figures above.
var notes = []note{
	{what: "CPU of an audit (load, judge, report), first, L", key: "audit L first", unit: "s CPU"},
	{what: "CPU of an audit, nothing changed, L", key: "audit L again", unit: "s CPU"},
	{what: "judging L again offline, report as JSON", key: "audit L judge", unit: "s CPU"},
	{what: "findings of that audit", key: "audit L findings"},
	{what: "REST calls a repository, L", key: "audit L rest"},
	{what: "CPU of an audit, first, as it comes (daily areas spread over passes), L", key: "audit L usual", unit: "s CPU"},
	{what: "CPU of an audit, first, with --fresh (all daily areas), L", key: "audit L with-tiers", unit: "s CPU"},
	{what: "CPU of an audit, first, S", key: "audit S first", unit: "s CPU"},
	{what: "peak memory of an audit, S", key: "audit S peak", unit: "MB"},
	{what: "CPU of a load, first, XL", key: "audit XL load", unit: "s CPU", xl: true},
	{what: "CPU of a load, nothing changed, XL", key: "audit XL reload", unit: "s CPU", xl: true},
	{what: "CPU of an audit, first, XL", key: "audit XL first", unit: "s CPU", xl: true},
	{what: "CPU of an audit, nothing changed, XL", key: "audit XL again", unit: "s CPU", xl: true},
	{what: "judging XL again offline", key: "audit XL judge", unit: "s CPU", xl: true},
}
