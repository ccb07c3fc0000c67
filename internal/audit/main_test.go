package audit_test

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// TestMain draws fewer organizations under -short, as the race detector is run: each
// takes ten times as long there, and finds its races in the first few.
func TestMain(m *testing.M) {
	flag.Parse()
	if testing.Short() {
		if err := flag.Set("rapid.checks", "20"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}
