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
	{"done", "real world", "internal/prove", []string{
		"TestARealOrganizationComesBackFromDriftAndDriftComesBack", "TestARealOrganizationComesBackAlsoWhereTheRunIsKilledHalfWay",
	}},
	{"T3", "properties", "internal/prove", []string{
		"TestAnAppliedPlanLeavesOnlyWhatItRefusedAndRestoresWhatItTook", "TestWhateverGoesWrongNobodyIsLockedOutAndNothingIsForgotten",
		"TestAnswersThatLackSomethingNeverAddAnAction", "TestRenamingEverythingChangesNoAction", "TestTheOrderOfAnythingChangesNoResult",
	}},
	{"T7", "tamper", "internal/journal", []string{
		"TestEverythingThatIsDoneToAJournalIsNoticed", "TestAnEndThatIsCutOffAtACheckpointIsNoticedByACopy", "TestAForkThatIsSignedAnewIsNoticed",
		"TestACheckpointThatDoesNotExtendAnOlderOneIsNoticed",
	}},
	{"T12", "mutants", "internal/prove", []string{"TestEveryGuardThatIsRemovedIsNoticed"}},
}
