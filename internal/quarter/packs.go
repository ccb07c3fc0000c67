package main

import (
	"context"
	"fmt"
)

// frameworks are whose packs are made.
var frameworks = []string{"soc2", "iso27001", "nist-800-53", "cis-github"}

// packs makes the evidence of the quarter for each framework.
func (q *quarter) packs(ctx context.Context) error {
	for _, f := range frameworks {
		if _, err := q.ajar(ctx, readToken, []int{3}, "export", "--framework", f, "--from", "2026-Q1", "--out", f+".zip",
			"--sample", "25", "--seed", "the auditor's word"); err != nil {
			return fmt.Errorf("making a pack: %w", err)
		}
	}
	return nil
}
