package main

import (
	"slices"
	"strings"
	"time"
)

// daysOf counts the days on which a setting had one of the values, from the changes of
// settings alone: each day from the change that set it up to the one that changed it. What
// never changed had no such value in this quarter.
func daysOf(aspect, values string) func(map[string][]row) int {
	bad := strings.Split(values, "|")
	return func(all map[string][]row) int {
		n, since := 0, map[string]time.Time{}
		for _, r := range all["setting-changes"] {
			if r["aspect"] != aspect || r["class"] != "settings" {
				continue
			}
			at, err := time.Parse(time.RFC3339, r["seen_at"])
			if err != nil {
				return -1
			}
			from, ok := since[r["organization"]]
			if !ok {
				from = day(0)
			}
			for d := from.Truncate(24 * time.Hour); slices.Contains(bad, r["before"]) && d.Before(at); d = d.AddDate(0, 0, 1) {
				n++
			}
			since[r["organization"]] = at
		}
		return n
	}
}
