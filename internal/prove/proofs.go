package main

// figureKey marks the attribute of a test that holds its figures.
const figureKey = "figures"

// sizeVariable names the variable that says how large the proofs are: "full" or
// "long"; small, as `go test` runs them, where it is not set.
const sizeVariable = "AJAR_PROVE"

// proof is one line of what `make prove` prints.
type proof struct {
	id    string // in the list of docs/proofs.md
	name  string
	pkg   string
	tests []string // all of them have to pass
	fuzz  bool     // every fuzz target of the module, in place of tests
}

// proofs stand in the order in which they run: what is quick comes first.
var proofs = []proof{
	{id: "T1", name: "crash points", pkg: "internal/prove", tests: []string{
		"TestKilledAtAnyPointNothingIsLostRepeatedOrForgotten", "TestARestoreKilledAtAnyPointLosesRepeatsAndForgetsNothing",
	}},
	{id: "T1", name: "random kills", pkg: "internal/prove", tests: []string{"TestKilledAtAnyMomentNothingIsLostRepeatedOrForgotten"}},
	{id: "T1", name: "power loss", pkg: "internal/prove", tests: []string{"TestATornLogGivesTheCommittedPartOfTheJournal"}},
	{id: "T1", name: "syscalls", pkg: "internal/prove", tests: []string{"TestSystemCallsThatFailLoseRepeatAndForgetNothing"}},
	{id: "done", name: "real world", pkg: "internal/prove", tests: []string{
		"TestARealOrganizationComesBackFromDriftAndDriftComesBack", "TestARealOrganizationComesBackAlsoWhereTheRunIsKilledHalfWay",
	}},
	{id: "T5", name: "fault matrix", pkg: "internal/faults", tests: []string{"TestEveryRowOfTheMatrixNamesTestsThatExist"}},
	{id: "T5", name: "fault runs", pkg: "internal/faults", tests: []string{"TestNoMixOfFaultsStoresWhatIsNotTrue"}},
	{id: "T7", name: "tamper", pkg: "internal/journal", tests: []string{
		"TestEverythingThatIsDoneToAJournalIsNoticed", "TestAnEndThatIsCutOffAtACheckpointIsNoticedByACopy", "TestAForkThatIsSignedAnewIsNoticed",
		"TestACheckpointThatDoesNotExtendAnOlderOneIsNoticed", "TestAForgedChangeOfKeysIsNoticed",
	}},
	{id: "T8", name: "canaries", pkg: "cmd/ajar", tests: []string{"TestNoSecretIsLeftByARunThatChangesThings"}},
	{id: "T12", name: "mutants", pkg: "internal/prove", tests: []string{"TestEveryGuardThatIsRemovedIsNoticed"}},
	{id: "T3", name: "properties", pkg: "internal/prove", tests: []string{
		"TestAnAppliedPlanLeavesOnlyWhatItRefusedAndRestoresWhatItTook", "TestWhateverGoesWrongNobodyIsLockedOutAndNothingIsForgotten",
		"TestAnswersThatLackSomethingNeverAddAnAction", "TestRenamingEverythingChangesNoAction", "TestTheOrderOfAnythingChangesNoResult", "TestLimitsHoldForARunAndForADay",
		"TestWhatAjarItselfDidIsNeverTakenForAnother", "TestAWriteOfACopiedStoreIsFoundAndHolds",
	}},
	{id: "T9", name: "fuzzing", fuzz: true},
}
