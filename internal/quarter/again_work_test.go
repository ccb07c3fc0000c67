package main

import "slices"

// workAgain are the figures of what was decided and done.
var workAgain = map[string]func(map[string][]row) int{
	"all-findings-opened":    openedOfAll,
	"all-findings-over":      less(is("findings"), is("findings", "state", "open|waived")),
	"all-findings-remedied":  ended(nil, "the grant is gone", "it was looked for and is no longer there"),
	"all-findings-not-asked": ended(nil, "the baseline changed"),
	"all-findings-ended-otherwise": less(is("findings", "state", "resolved"),
		ended(nil, "the grant is gone", "it was looked for and is no longer there", "the baseline changed")),
	"all-findings-came-back": sum("findings", "reopened"),
	"all-findings-open":      less(is("findings"), is("findings", "state", "resolved|waived")),
	"plans-made":             different("plans", "plan", "kind", "plan"),
	"plans-approved":         is("journal", "kind", "plan-approved"),
	"plans-withdrawn":        is("journal", "kind", "plan-withdrawn"),
	"decisions-refused":      is("journal", "kind", "decision-refused"),
	"runs":                   different("runs", "run"),
	"runs-approved":          less(is("runs", "approvals", "*"), is("runs", "approvals", "0")),
	"runs-automatic":         is("runs", "automatic", "yes"),
	"runs-without-approval":  is("runs", "automatic", "no", "approvals", "0"),
	"runs-not-readable":      less(is("runs"), is("runs", "readable", "yes")),
	"actions-verified":       is("actions", "sent_at", "*", "state", "verified"),
	"actions-refused":        is("actions", "state", "refused"),
	"actions-failed":         plus(is("actions", "state", "failed"), is("actions", "state", "in-doubt")),
	"holds":                  plus(is("holds", "lifted_at", ""), is("holds", "lifted_at", "*")),
	"holds-in-force":         less(is("holds"), is("holds", "lifted_at", "*")),
	"holds-foreign":          is("holds", "kind", "foreign"),
	"told-before":            less(is("notices"), is("notices", "told_by", "outbox")),
	"messages-sent":          is("notices", "state", "sent", "told_by", "outbox"),
	"messages-dead":          is("notices", "state", "dead", "told_by", "outbox"),
	"journal-entries":        different("journal", "entry"),
	"journal-redacted":       less(is("journal"), is("journal", "redacted", "no")),
}

// openedOfAll counts the findings with an event that opened them in the period.
func openedOfAll(all map[string][]row) int {
	n := 0
	for _, r := range all["findings"] {
		if opened(all, r) {
			n++
		}
	}
	return n
}

// ended counts the findings of some rules, nil for all, that are over for one of the reasons.
func ended(rules []string, whys ...string) func(map[string][]row) int {
	return func(all map[string][]row) int {
		n := 0
		for _, r := range all["findings"] {
			if (rules == nil || slices.Contains(rules, r["rule"])) && r["state"] == "resolved" && slices.Contains(whys, r["resolved_why"]) {
				n++
			}
		}
		return n
	}
}

// sightAgain are the figures of what was looked at, and what was not seen.
var sightAgain = map[string]func(map[string][]row) int{
	"passes-judged":         less(is("passes"), is("passes", "judged_at", "")),
	"passes-not-judged":     is("passes", "judged_at", "", "finished", "yes"),
	"baselines-named":       different("baselines", "hash", "kind", "baseline"),
	"gaps":                  is("gaps", "reason", "*"),
	"passes-finished":       sum("organizations", "snapshots"),
	"passes-broken-off":     sum("organizations", "broken_off"),
	"passes-late":           is("passes", "late", "yes"),
	"coverage-not-complete": less(is("coverage"), is("coverage", "status", "complete|unavailable")),
	"counts-that-differ":    differ,
}

// differ counts what two sources tell otherwise, from the two numbers themselves.
func differ(all map[string][]row) int {
	n := 0
	for _, r := range all["completeness"] {
		if r["difference"] != "" && whole(r["stated"]) != whole(r["read"]) {
			n++
		}
	}
	return n
}

// emptyRow is the header of a table that is empty in the pack: its columns do not matter,
// but its query has to find them.
func emptyRow(string) row { return row{"state": "", "kind": "", "redacted": ""} }
