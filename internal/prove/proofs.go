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
}

// proofs stand in the order in which they run: what is quick comes first.
var proofs = []proof{
	{"T1", "crash points", "internal/prove", []string{
		"TestKilledAtAnyPointNothingIsLostRepeatedOrForgotten", "TestARestoreKilledAtAnyPointLosesRepeatsAndForgetsNothing",
	}},
	{"T1", "random kills", "internal/prove", []string{"TestKilledAtAnyMomentNothingIsLostRepeatedOrForgotten"}},
	{"T1", "power loss", "internal/prove", []string{"TestATornLogGivesTheCommittedPartOfTheJournal"}},
	{"T1", "syscalls", "internal/prove", []string{"TestSystemCallsThatFailLoseRepeatAndForgetNothing"}},
	{"done", "real world", "internal/prove", []string{
		"TestARealOrganizationComesBackFromDriftAndDriftComesBack", "TestARealOrganizationComesBackAlsoWhereTheRunIsKilledHalfWay",
	}},
	{"T5", "fault matrix", "internal/faults", []string{"TestEveryRowOfTheMatrixNamesTestsThatExist"}},
	{"T5", "fault runs", "internal/faults", []string{"TestNoMixOfFaultsStoresWhatIsNotTrue"}},
	{"T7", "tamper", "internal/journal", []string{
		"TestEverythingThatIsDoneToAJournalIsNoticed", "TestAnEndThatIsCutOffAtACheckpointIsNoticedByACopy", "TestAForkThatIsSignedAnewIsNoticed",
		"TestACheckpointThatDoesNotExtendAnOlderOneIsNoticed", "TestAForgedChangeOfKeysIsNoticed",
	}},
	{"T8", "canaries", "cmd/ajar", []string{"TestNoSecretIsLeftByARunThatChangesThings"}},
	{"T12", "mutants", "internal/prove", []string{"TestEveryGuardThatIsRemovedIsNoticed"}},
	{"T3", "properties", "internal/prove", []string{
		"TestAnAppliedPlanLeavesOnlyWhatItRefusedAndRestoresWhatItTook", "TestWhateverGoesWrongNobodyIsLockedOutAndNothingIsForgotten",
		"TestAnswersThatLackSomethingNeverAddAnAction", "TestRenamingEverythingChangesNoAction", "TestTheOrderOfAnythingChangesNoResult", "TestLimitsHoldForARunAndForADay",
		"TestWhatAjarItselfDidIsNeverTakenForAnother", "TestAWriteOfACopiedStoreIsFoundAndHolds",
	}},
}
