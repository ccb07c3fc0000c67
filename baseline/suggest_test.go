package baseline

import (
	"fmt"
	"testing"
)

// A hint for one word looks at every name of a large organization; hints for a file full of
// words do not, for that would take time.
func TestOneNameIsFoundAmongManyThousand(t *testing.T) {
	var known []string
	for i := range 5000 {
		known = append(known, fmt.Sprintf("user:person-%05d", i))
	}
	known = append(known, "user:ybettan")
	if got := Nearest("user:ybetan", known); got != "user:ybettan" {
		t.Errorf("the nearest is %q", got)
	}
	if got := Nearest("user:somebody-else", known); got != "" {
		t.Errorf("%q is near nothing, not %q", "user:somebody-else", got)
	}
	if got := Suggest("user:ybetan", known); got != "" {
		t.Errorf("among %d words it says %q", len(known), got)
	}
}
