package collector

import "testing"

// Where the run ends while a page is asked for again without its inner lists,
// there is no answer to look for troubles in, and that is no reason to break.
func TestNoAnswerHasNoTroubles(t *testing.T) {
	var none *troubles
	if err := none.at("organization", "teams"); err != nil {
		t.Errorf("got %v", err)
	}
}
