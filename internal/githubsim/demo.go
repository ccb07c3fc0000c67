package githubsim

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"time"
)

//go:embed demo.json
var demoWorld []byte

//go:embed demo-baseline.toml
var demoBaseline []byte

// Demo is an invented organization, "acme-robotics": 42 people, 25
// repositories and 10 teams. Most of it is in order; each kind of finding is in
// it once or a few times. Its times are fixed; ShiftTo brings them to today.
func Demo() *World {
	w, err := Load(bytes.NewReader(demoWorld))
	if err != nil {
		panic(fmt.Sprintf("githubsim: the embedded demo world: %v", err)) // a test loads it
	}
	return w
}

// demoNow is the moment that the demo world and its baseline are written for.
var demoNow = time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)

// date is a date as TOML writes it.
var date = regexp.MustCompile(`\b\d{4}-\d{2}-\d{2}\b`)

// DemoBaseline is the baseline.toml that goes with [Demo]: what acme-robotics
// means to allow. Every date in it is moved like the world's times, so that an
// assignment that ended ten days ago still did so at now.
func DemoBaseline(now time.Time) []byte {
	days := int(now.UTC().Truncate(24*time.Hour).Sub(demoNow.Truncate(24*time.Hour)).Hours()) / 24
	return date.ReplaceAllFunc(demoBaseline, func(text []byte) []byte {
		t, err := time.Parse(time.DateOnly, string(text))
		if err != nil {
			return text // looks like a date and is none
		}
		return []byte(t.AddDate(0, 0, days).Format(time.DateOnly))
	})
}
