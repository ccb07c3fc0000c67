package main

// mutants are the guards, each with what its removal looks like and the tests that
// have to notice. They stand in the order of docs/safety.md.
var mutants = []mutant{
	{
		"S1", "a list that moved or lacks rows is whole", "collector/inner.go",
		"return !l.loop && (!l.moved || l.same) && l.holes == 0 && len(l.edges) == l.total", "return true",
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
		"S2", "an entry that was not read spares no base permission", "remediate/action_settings.go",
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
		"S4", "a plan rests on what nobody doubted", "remediate/run/refusal.go",
		`if c.Undoubted != "" {`, "if false {",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S4", "a loss that nobody judged is what the next look is compared with", "internal/store/doubted.go",
		"if known := doubtedOnly(before); len(known) > 0 {", "if known := doubtedOnly(before); false && len(known) > 0 {",
		"internal/audit", []string{"TestLossInASnapshotThatNobodyJudged.*"},
	},
	{
		"S5", "what was read by a name is not confirmed by its id", "collector/named.go",
		"case name == one.of.name:", "case true:",
		"internal/faults", []string{"TestRepositoryThatIsRenamedMovedOrGoneMeanwhileIsNeverTakenForAnother"},
	},
	{
		"S5", "a name that leads to another number is a match", "remediate/act/byname.go",
		"case found.DatabaseID != p.label.ID || found.ID == \"\":", "case false:",
		"remediate/act", []string{"TestReusedNameIsNoMatch", "TestNamesAloneLeadThereToo"},
	},
	{
		"S6", "an unknown plan is carried out", "remediate/run/refusal.go",
		"case !c.Known:", "case false:",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S6", "an altered plan is carried out", "remediate/run/refusal.go",
		"case !c.Plan.Verify():", "case false:",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S6", "a plan outlives its baseline", "remediate/run/refusal.go",
		"case c.Plan.BaselineHash != c.Baseline:", "case false:",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S6", "a plan outlives its guards", "remediate/run/refusal.go",
		"case c.Plan.GuardsHash != c.Guards.Hash():", "case false:",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S6", "a plan has no age", "remediate/run/refusal.go",
		"if age > c.TTL || age < -clockSlack {", "if age != age {",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S6", "a plan is carried out twice", "remediate/run/refusal.go",
		"if c.Former == nil || c.Former.Finishable() {", "if true {",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S6", "a plan may have grown since", "remediate/rederive.go",
		"case len(d.Added) > 0:", "case false:",
		"remediate", []string{"Test.*"},
	},
	{
		"S7", "what is no drift any more is taken all the same", "remediate/run/apply.go",
		"if !ok || !p.Waits() {", "if ok || !ok {",
		"remediate/run", []string{"TestWhatNothingCallsForIsLeft"},
	},
	{
		"S7", "what is not as the plan has it is changed all the same", "remediate/run/carry.go",
		"case live.State.Same(live.Change.Before) && !p.Effective():", "case !p.Effective():",
		"remediate/run", []string{"TestWhatIsNotAsThePlanHasItIsSkipped"},
	},
	{
		"S8", "ajar may be in its own plan", "remediate/guardwho.go",
		"if c.touches(s) {", "if false {",
		"remediate", []string{"TestGuardsRefuseWhatTheyForbid"},
	},
	{
		"S8", "it need not be known who ajar is", "remediate/guardwho.go",
		"if len(p.in.Self) == 0 {", "if false {",
		"remediate", []string{"TestGuardsRefuseWhatTheyForbid"},
	},
	{
		"S8", "the protected may be in a plan", "remediate/guardwho.go",
		"for _, r := range p.safe {", "for _, r := range p.safe[:0] {",
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
		"if n := len(all); n > 0 && n+beyond(lately[\"\"], all) > guards.MaxChanges {", "if n := len(all); n < 0 {",
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
		"S8", "nobody asks again who the protected are", "remediate/run/guards.go",
		"for _, text := range r.o.Guards.Protected {", "for _, text := range r.o.Guards.Protected[:0] {",
		"remediate/run", []string{"TestGuardsAreAskedLiveBeforeEachAction"},
	},
	{
		"S8", "nobody asks whom the protected names stand for", "remediate/run/guards.go",
		"r.myself, r.shielded, ", "r.myself, ",
		"remediate/run", []string{"TestTheProtectedAndTheEditorsLoseNothingByAnybodysGrant"},
	},
	{
		"S9", "who came into a team since does not count", "remediate/run/guards.go",
		", r.newcomers}", "}",
		"remediate/run", []string{"TestWhoCameIntoATeamSinceThePlanCountsInTheLimits"},
	},
	{
		"S8", "nobody counts the owners again", "remediate/run/guards.go",
		"if want := max(1, r.o.Guards.MinOwners); stay < want {", "if want := 0; stay < want {",
		"remediate/run", []string{"TestGuardsAreAskedLiveBeforeEachAction"},
	},
	{
		"S8", "nobody counts the administrators again", "remediate/run/guardlast.go",
		"if had > 0 && len(left) == 0 {", "if false {",
		"remediate/run", []string{"TestGuardsAreAskedLiveBeforeEachAction"},
	},
	{
		"S8", "nobody counts the reviewers again", "remediate/run/guardlast.go",
		"if n == 0 {", "if n < 0 {",
		"remediate/run", []string{"TestGuardsAreAskedLiveBeforeEachAction"},
	},
	{
		"S8", "ajar takes from itself", "remediate/run/guards.go",
		"if p.hits(s.Ref) {", "if p.hits(s.Ref) && false {",
		"remediate/run", []string{"TestGuardsAreAskedLiveBeforeEachAction"},
	},
	{
		"S9", "what was taken today does not count", "remediate/run/limits.go",
		"together[kind] = maps.Clone(who)", "together[kind] = maps.Clone(who); clear(together[kind])",
		"remediate/run", []string{"TestLimitsHoldOverADay"},
	},
	{
		"S12", "a change leaves before its record", "remediate/run/carry.go",
		`if err := r.note(journal.Sent, p, s); err != nil {`,
		`if _, err := r.o.Hands.Send(r.work, steps[0]); err != nil {
		return true, err
	}
	if err := r.note(journal.Sent, p, s); err != nil {`,
		"internal/prove", []string{"TestKilledAtAnyPoint.*"},
	},
	{
		"S13", "what was sent without an answer is sent again", "remediate/run/replay.go",
		"return p.Effective()\n	}\n	return false\n}\n\n// Waits", "return false\n	}\n	return false\n}\n\n// Waits",
		"internal/prove", []string{"TestKilledAtAnyPoint.*"},
	},
	{
		"S14", "a change may rest on an old reading", "remediate/run/carry.go",
		"if r.o.Now().Sub(seen.begun) > freshness {", "if false {",
		"remediate/run", []string{"TestNoChangeRestsOnAReadingThatTookTooLong"},
	},
	{
		"S14", "what GitHub accepted is done, whether it shows or not", "remediate/run/carry.go",
		"case !seen:", "case false:",
		"remediate/run", []string{"TestEveryFaultOfAChangeEndsAsTheMatrixSays"},
	},
	{
		"S16", "a run goes on past a surprise", "remediate/run/carry.go",
		`return stop("%s: %s", p.Title, f.Why)`, "return nil",
		"remediate/run", []string{"TestEveryFaultOfAChangeEndsAsTheMatrixSays"},
	},
	{
		"S18", "a former owner of the journal may write on", "internal/store/journal.go",
		"case h.size == 0 || h.epoch != epoch:", "case false:",
		"internal/store", []string{"TestAFormerWriterIsFenced", "TestNobodyAppendsWithoutTakingOver"},
	},
	{
		"S18", "a take-over waits for nobody", "remediate/run/engine.go",
		"if newest.IsZero() || wait <= 0 {", "if true {",
		"remediate/run", []string{"TestTakeOverWaitsForWhatTheFormerOwnerMayStillSend"},
	},
	{
		"S18", "changes of a second writer hold nothing", "internal/audit/own.go",
		"if len(events) == 0 {", "if true {",
		"internal/prove", []string{"TestAWriteOfACopiedStoreIsFoundAndHolds"},
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
		"S25", "who asks to lift a hold may agree to it", "remediate/run/lifting.go",
		"case a.By.ID == l.By.ID:", "case false:",
		"remediate/run", []string{"TestLiftingAHoldTakesTwoPeopleWhereChangesMayBeMade"},
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
	{
		"S25", "who applies may approve", "remediate/run/approval.go",
		"case a.By.ID == c.By.ID:", "case false:",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S25", "an approval lasts for ever", "remediate/run/approval.go",
		"case !c.Now.Before(a.Until) || c.Now.Before(a.At.Add(-clockSlack)):", "case false:",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S25", "anybody may approve", "remediate/run/approval.go",
		"if !ok {\n		return refuse(NoApprover", "if !ok && false {\n		return refuse(NoApprover",
		"remediate/run", []string{"TestApproverIsAskedLiveWhenThePlanIsCarriedOut"},
	},
	{
		"S25", "a plan needs no approval", "remediate/run/approval.go",
		"	_, r := c.usable()\n	return r\n", "	return nil\n",
		"remediate/run", []string{"TestPlanIsRefusedForEachReasonByItself"},
	},
	{
		"S25", "whoever gains by a restore may agree to it", "remediate/run/approval.go",
		"if id == c.By.ID {", "if id < 0 {",
		"remediate/run", []string{"TestWhatTheBaselineForbidsIsPutBackOnASecondWordAlone"},
	},
}
