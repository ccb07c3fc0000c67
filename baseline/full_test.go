package baseline

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// Nobody reads the thousandth complaint, so no guess is worked out for those
// that are left out. The allocations stand for the time: a guess takes dozens.
func TestUnknownKeysBeyondTheLimitCostNothing(t *testing.T) {
	const keys = 20_000
	for _, head := range []string{"", "[[assign]]\n", "[roles.tester]\n"} {
		var text strings.Builder
		text.WriteString(head)
		for i := range keys {
			fmt.Fprintf(&text, "key%06d = 1\n", i)
		}
		files := []File{{Name: "many.toml", Text: []byte(text.String())}}
		_, err := Parse(files)
		var problems Problems
		if !errors.As(err, &problems) || len(problems) != maxProblems+1 {
			t.Errorf("%q: %d complaints (%T), want %d and one that says more are left out", head, len(problems), err, maxProblems)
		}
		each := testing.AllocsPerRun(1, func() { _, _ = Parse(files) }) / keys
		if each > 20 {
			t.Errorf("%q: %.0f allocations for each key", head, each)
		}
		t.Logf("%q: %.1f allocations for each key", head, each)
	}
}
