package collector

import "testing"

func TestWhereNoAnswerCameThereAreNoTroublesInIt(t *testing.T) {
	var none *troubles
	if err := none.at("organization", "teams"); err != nil {
		t.Error(err)
	}
}
