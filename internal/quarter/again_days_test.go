package main

import (
	"slices"
	"strings"
	"time"
)

// daysOf counts the days on which a setting had one of the values: by the changes of
// settings each day from the one that set it up to the one that changed it, and from there
// to the end what the organization has then.
func daysOf(aspect, column, values string) func(map[string][]row) int {
	bad := strings.Split(values, "|")
	return func(all map[string][]row) int {
		n := 0
		for _, o := range all["organizations"] {
			since := day(0)
			for _, r := range all["setting-changes"] {
				if r["organization"] != o["organization"] || r["aspect"] != aspect || r["class"] != "settings" {
					continue
				}
				at, err := time.Parse(time.RFC3339, r["seen_at"])
				if err != nil {
					return -1
				}
				if slices.Contains(bad, r["before"]) {
					n += daysBetween(since, at)
				}
				since = at
			}
			if slices.Contains(bad, o[column]) {
				n += daysBetween(since, time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
			}
		}
		return n
	}
}

// daysBetween counts the days that a time touches.
func daysBetween(from, to time.Time) int {
	n := 0
	for d := from.Truncate(24 * time.Hour); d.Before(to); d = d.AddDate(0, 0, 1) {
		n++
	}
	return n
}
