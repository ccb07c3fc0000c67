package main

import (
	"slices"
	"strconv"
	"strings"
)

// again counts a figure of the control matrix from the tables. Where another table than
// the one of the shipped query tells the same, that one is counted: the owners from the
// grants, the grants at the end from those at the start and the changes, and so on.
func again(all map[string][]row, rules []string, name string) (int, bool) {
	for _, of := range []map[string]func(map[string][]row) int{peopleAgain, workAgain, sightAgain} {
		if count, ok := of[name]; ok {
			return count(all), true
		}
	}
	gone, other := ended(rules, "the grant is gone", "it was looked for and is no longer there"), ended(rules, "the baseline changed")
	switch name {
	case "findings-remedied":
		return gone(all), true
	case "findings-not-asked":
		return other(all), true
	case "waivers-in-force", "waivers-over", "waivers-without-end":
		return waivedBy(all, rules, name), true
	case "findings-ended-otherwise":
		over, _ := again(all, rules, "findings-over")
		return over - gone(all) - other(all), true
	}
	state, ok := map[string]string{"findings-opened": "", "findings-over": "resolved", "findings-accepted": "waived", "findings-open": "open", "findings-overdue": "open"}[name]
	if !ok {
		return 0, false
	}
	n := 0
	for _, r := range all["findings"] {
		switch {
		case !slices.Contains(rules, r["rule"]):
		case name == "findings-opened" && !opened(all, r):
		case state != "" && r["state"] != state:
		case name == "findings-overdue" && r["overdue_since"] == "":
		default:
			n++
		}
	}
	return n, true
}

// waivedBy counts the waivers of findings of some rules.
func waivedBy(all map[string][]row, rules []string, name string) int {
	n := 0
	for _, r := range all["waivers"] {
		if slices.Contains(rules, r["rule"]) && (name == "waivers-over") == (r["until"] != "") && (name != "waivers-without-end" || r["expires"] == "") {
			n++
		}
	}
	return n
}

// opened reports whether a finding was opened in the period, by the instants in its row:
// RFC 3339 in UTC sorts as time does.
func opened(all map[string][]row, r row) bool {
	for _, e := range all["finding-events"] {
		if e["finding"] == r["finding"] && e["organization"] == r["organization"] && (e["event"] == "opened" || e["event"] == "reopened") {
			return true
		}
	}
	return false
}

// is counts the rows of a table in which each column has one of its values, which are
// separated by bars; an empty one is an empty cell, and "*" any that is not.
func is(table string, want ...string) func(map[string][]row) int {
	return func(all map[string][]row) int {
		n := 0
		for _, r := range all[table] {
			fits := true
			for i := 0; i < len(want); i += 2 {
				values := strings.Split(want[i+1], "|")
				fits = fits && (slices.Contains(values, r[want[i]]) || values[0] == "*" && r[want[i]] != "")
			}
			if fits {
				n++
			}
		}
		return n
	}
}

// whole gives the number in a cell, 0 for none.
func whole(text string) int {
	n, _ := strconv.Atoi(text) // the cell of no number counts as none
	return n
}

func sum(table, column string) func(map[string][]row) int {
	return func(all map[string][]row) int {
		n := 0
		for _, r := range all[table] {
			n += whole(r[column])
		}
		return n
	}
}

func different(table, column string, want ...string) func(map[string][]row) int {
	return func(all map[string][]row) int {
		seen := map[string]bool{}
		for _, r := range all[table] {
			if is(table, want...)(map[string][]row{table: {r}}) == 1 && r[column] != "" {
				seen[r[column]] = true
			}
		}
		return len(seen)
	}
}

// less gives a minus b, and plus adds it.
func less(a, b func(map[string][]row) int) func(map[string][]row) int {
	return func(all map[string][]row) int { return a(all) - b(all) }
}

func plus(a, b func(map[string][]row) int) func(map[string][]row) int {
	return func(all map[string][]row) int { return a(all) + b(all) }
}

var (
	came = is("access-changes", "change", "came")
	went = is("access-changes", "change", "went")
)

// peopleAgain are the figures of who has access.
var peopleAgain = map[string]func(map[string][]row) int{
	"grants-start":                    sum("organizations", "grants_start"),
	"grants-end":                      less(plus(is("population-start"), came), went),
	"people-end":                      different("population-end", "principal_id", "principal_kind", "user"),
	"entitled-end":                    is("population-end", "entitled", "yes"),
	"not-entitled-end":                is("population-end", "entitled", "no"),
	"accepted-end":                    is("population-end", "entitled", "waived"),
	"unmanaged-end":                   is("population-end", "entitled", "unmanaged"),
	"entitlement-unknown-end":         less(is("population-end"), is("population-end", "entitled", "yes|no|waived|unmanaged")),
	"access-came":                     less(is("population-end"), less(is("population-start"), went)),
	"access-went":                     less(is("population-start"), less(is("population-end"), came)),
	"access-by-plan":                  plus(is("access-changes", "manner", "planned"), is("access-changes", "manner", "restored")),
	"access-with-author":              less(is("access-changes"), is("access-changes", "actor", "")),
	"access-out-of-band":              is("access-changes", "manner", "out-of-band", "change", "came"),
	"access-unclear":                  less(is("access-changes"), is("access-changes", "manner", "planned|restored|out-of-band")),
	"settings-changed":                is("setting-changes", "effect", "more|less|other"),
	"settings-less":                   less(is("setting-changes"), is("setting-changes", "effect", "more|other")),
	"settings-more-out-of-band":       is("setting-changes", "manner", "out-of-band", "effect", "more"),
	"owners-start":                    is("population-start", "resource_kind", "org", "privilege", "owner", "principal_kind", "user"),
	"owners-end":                      is("population-end", "resource_kind", "org", "privilege", "owner", "principal_kind", "user"),
	"owners-not-entitled":             is("population-end", "resource_kind", "org", "privilege", "owner", "principal_kind", "user", "entitled", "no"),
	"privileged-end":                  less(is("privileged-access"), is("privileged-access", "moment", "start")),
	"privileged-people":               different("privileged-access", "principal", "moment", "end", "principal_kind", "user"),
	"privileged-people-not-entitled":  different("privileged-access", "principal", "moment", "end", "principal_kind", "user", "entitled", "no"),
	"base-permission-broad-days":      daysOf("base permission", "base_permission", "write|maintain|admin"),
	"second-factor-not-demanded-days": daysOf("two-factor required", "two_factor_required", "no"),
	"admin-end":                       less(is("privileged-access", "moment", "end"), is("privileged-access", "moment", "end", "privilege", "write|maintain")),
	"privileged-outside":              is("privileged-access", "member", "no", "moment", "end"),
	"privileged-with-end":             is("privileged-access", "ends", "*", "moment", "end"),
	"privileged-not-entitled":         is("privileged-access", "entitled", "no", "moment", "end"),
	"second-factor-not-demanded":      is("organizations", "two_factor_required", "no"),
	"owners-without-second-factor":    is("owners", "two_factor", "no", "moment", "end"),
	"owners-factor-not-seen":          less(is("owners", "moment", "end"), is("owners", "moment", "end", "two_factor", "yes|no")),
	"base-permission-broad":           less(is("organizations"), is("organizations", "base_permission", "none|read|triage|")),
	"environments-end":                less(is("environments"), is("environments", "moment", "start")),
	"can-approve":                     is("environment-access", "privilege", "approve", "moment", "end"),
	"can-bypass":                      is("environment-access", "privilege", "bypass", "moment", "end"),
	"environments-without-reviewers":  is("environments", "reviewers_listed", "0", "moment", "end"),
	"environments-bypass":             is("environments", "admin_bypass", "yes", "moment", "end"),
	"environments-not-seen":           less(is("environments", "moment", "end"), is("environments", "moment", "end", "gate_seen", "yes")),
	"environments-self-review":        less(is("environments", "moment", "end", "prevent_self_review", "no"), is("environments", "moment", "end", "prevent_self_review", "no", "reviewers_listed", "0|")),
}
