package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eb661601/ajar/collector"
)

func TestLoginThatWentToSomebodyElseIsToldWithWhatToDo(t *testing.T) {
	line, hint := words(fmt.Errorf("collecting acme: %w", collector.ErrElsewhere))
	if line != "collecting acme: the login belongs to another organization" || !strings.Contains(hint, "new login") {
		t.Errorf("%q, hint %q", line, hint)
	}
}
