package main

// mutants are the guards, each with what its removal looks like and the tests that
// have to notice. They stand in the order of docs/safety.md.
var mutants = []mutant{
	{
		"S1", "a list that moved or lacks rows is whole", "collector/inner.go",
		"return !l.loop && !l.moved && l.holes == 0 && len(l.edges) == l.total", "return true",
		"internal/faults", []string{"TestHalfAnswersAreAskedForAgainOrMarked", "TestPagesThatDoNotLeadOnAreReadAgainOrMarked", "TestListsThatMoveUnderThePagesAreReadAgainOrMarked"},
	},
	{
		"S2", "an action may rest on what was not seen", "remediate/guard.go",
		`if len(f.Needs) > 0 && g == "" {`, `if true {`,
		"remediate", []string{"TestLosingSightNeverAddsAnAction", "TestGuardsRefuseWhatTheyForbid"},
	},
	{
		"S2", "an entry that was not read entitles nobody", "remediate/guard.go",
		"if allowed.unknown {", "if false {",
		"remediate", []string{"TestAnEntryThatCannotBeReadRefusesWhatItMightForbid"},
	},
	{
		"S2", "an entry that was not read spares no base permission", "remediate/settings.go",
		"if len(p.in.Baseline.Unresolved(p.in.At)) > 0 {", "if false {",
		"remediate", []string{"TestAnEntryThatCannotBeReadRefusesWhatItMightForbid"},
	},
	{
		"S3", "a 404 while collecting is an absence", "collector/gaps.go",
		`return denied(a, "%s: GitHub shows nothing there (%s), which may be a refusal", what, line)`,
		`return gap{status: access.Complete}`,
		"internal/faults", []string{"TestNotFoundIsNoAbsence"},
	},
	{
		"S4", "no loss is doubted", "internal/audit/doubt.go",
		"func doubtful(lost, population int) bool { return lost > doubtOver && lost*doubtShare > population }",
		"func doubtful(_, _ int) bool { return false }",
		"internal/audit", []string{"TestMassLoss.*", "TestBaselineThatSuddenly.*"},
	},
	{
		"S5", "what was read by a name is not confirmed by its id", "collector/named.go",
		"case name == one.of.name:", "case true:",
		"internal/faults", []string{"TestRepositoryThatIsRenamedMovedOrGoneMeanwhileIsNeverTakenForAnother"},
	},
	{
		"S8", "ajar may be in its own plan", "remediate/guard.go",
		"if c.touches(s) {", "if false {",
		"remediate", []string{"TestGuardsRefuseWhatTheyForbid"},
	},
	{
		"S8", "it need not be known who ajar is", "remediate/guard.go",
		"if len(p.in.Self) == 0 {", "if false {",
		"remediate", []string{"TestGuardsRefuseWhatTheyForbid"},
	},
	{
		"S8", "the protected may be in a plan", "remediate/guard.go",
		"if c.touches(r) {", "if false {",
		"remediate", []string{"TestGuardsRefuseWhatTheyForbid", "TestWhateverPartOfAPlanRunsNobodyIsLockedOut"},
	},
	{
		"S8", "the last administrator may go", "remediate/guard.go",
		"if !p.otherAdmin(h.repo) {", "if false {",
		"remediate", []string{"TestLastAdminIsNeverRevoked"},
	},
	{
		"S8", "the last reviewer may go", "remediate/guard.go",
		`if env := p.stuck(h.repo); env != "" {`, `if env := p.stuck(h.repo); false {`,
		"remediate", []string{"TestLastReviewerIsNeverRevoked", "TestAReviewerKeepsTheAccessThatApprovingNeeds"},
	},
	{
		"S8", "the last owners may go", "remediate/guard.go",
		"if stay < want {", "if stay < 0 {",
		"remediate", []string{"TestLastOwnerIsNeverRevoked"},
	},
	{
		"S9", "any number may lose something", "remediate/limits.go",
		"if len(all) > guards.MaxChanges {", "if false {",
		"remediate", []string{"TestOverALimitNothingRuns"},
	},
	{
		"S9", "any number of a kind may lose something", "remediate/limits.go",
		"if l.Losers > l.Max {", "if false {",
		"remediate", []string{"TestOverALimitNothingRuns"},
	},
	{
		"S9", "any part of a kind may lose something", "remediate/limits.go",
		"if l.Losers > most {", "if false {",
		"remediate", []string{"TestOverALimitNothingRuns"},
	},
	{
		"S9", "an unknown population stops nothing", "remediate/limits.go",
		"if l.Population < 0 {", "if false {",
		"remediate", []string{"TestAnUnknownPopulationStops"},
	},
	{
		"S23", "ends are judged by the clock of this machine", "internal/clock/clock.go",
		"t = c.carried(c.base)", "_ = c.carried(c.base)",
		"internal/clock", []string{"TestClockSetForwardOrBackMovesNothing", "TestClockIsNeverAheadAndNeverGoesBack"},
	},
	{
		"S23", "a pass asks the clock of this machine", "cmd/ajar/work.go",
		"Now: a.clock.Now, Highest: a.clock.Highest", "Now: a.now, Highest: a.clock.Highest",
		"cmd/ajar", []string{"TestEndsAreJudgedByGitHubsClock"},
	},
	{
		"S23", "one wrong date is believed", "internal/clock/clock.go",
		"case near(date, c.carried(c.base)):", "case true:",
		"internal/clock", []string{"TestOneWrongDateMovesNothing"},
	},
	{
		"S23", "time runs back", "internal/clock/clock.go",
		"if t.Before(c.highest) {", "if false {",
		"internal/clock", []string{"TestTimeNeverRunsBackBehindTheStore"},
	},
	{
		"S23", "the earlier of two ends decides", "analyzer/entitled.go",
		"l.Ended.After(last.Ended)", "(last.Ended.IsZero() || l.Ended.Before(last.Ended))",
		"analyzer", []string{"TestLaterEndDecidesWhereAssignmentsOverlap"},
	},
	{
		"S24", "a store that was put back is on no hold", "internal/store/rollback.go",
		"if at.IsZero() {", "if true {",
		"internal/store", []string{"TestStoreThatWasPutBackHoldsEveryOrganization"},
	},
	{
		"S24", "a rollback is accepted without a new look", "internal/store/rollback.go",
		"if _, err := s.FreshSince(ctx, org); err != nil {", "if _, err := s.FreshSince(ctx, org); err != nil && false {",
		"internal/store", []string{"TestRollbackIsAcceptedAfterACollectionThatSawAsMuch"},
	},
}
