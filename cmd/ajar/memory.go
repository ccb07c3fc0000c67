package main

import "runtime/debug"

// How much garbage may gather, in percent of what is in use. While an organization
// is read that is little, the states of scopes and a few pages, and collecting is
// most of the work on it; afterwards all of the organization is in memory at once,
// and what gathers beside it decides how much memory the program needs.
const (
	whileReading = 200
	whileJudging = 40
)

// garbage sets how much may gather, unless the environment says so with GOGC.
func (a *app) garbage(percent int) {
	if a.getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
