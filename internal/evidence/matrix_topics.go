package evidence

// figure is a number of the matrix before it is counted.
type figure struct {
	name, title string
	question    question
	exception   bool
}

// topic is a part of ajar's records that supports controls: tables, and what is counted
// in them.
type topic struct {
	tables  []string
	figures []figure
}

func plainly(name, title string, q question) figure { return figure{name, title, q, false} }

// worrying makes a figure of which each one needs a look.
func worrying(name, title string, q question) figure { return figure{name, title, q, true} }

// completeness stands under every control: what was not seen supports nothing.
var completeness = topic{
	[]string{"gaps", "passes", "coverage", "completeness", TrendCoverage},
	[]figure{
		worrying("gaps", "Gaps in the evidence", rowsOf("gaps")),
		plainly("passes-finished", "Passes that came to their end", rowsOf("passes", oneOf("finished", "yes"))),
		worrying("passes-broken-off", "Passes that did not come to their end", rowsOf("passes", oneOf("finished", "no"))),
		worrying("passes-late", "Passes that came later after the one before than counts as seen", rowsOf("passes", oneOf("late", "yes"))),
		worrying("coverage-not-complete", "Stretches in which a kind of data was not seen to the end", rowsOf("coverage", oneOf("status", "partial", "denied", "unread"))),
		worrying("counts-that-differ", "Counts on which two independent sources disagree", rowsOf("completeness", notZero("difference"))),
	},
}

var population = topic{
	[]string{"organizations", "population-start", "population-end"},
	[]figure{
		plainly("grants-start", "Grants at the start of the period", rowsOf("population-start")),
		plainly("grants-end", "Grants at its end", rowsOf("population-end")),
		plainly("people-end", "People who hold a grant at the end", question{table: "population-end", distinct: "principal_id", where: []condition{oneOf("principal_kind", "user")}}),
		plainly("entitled-end", "Grants at the end that the baseline allows", rowsOf("population-end", oneOf("entitled", "yes"))),
		worrying("not-entitled-end", "Grants at the end that the baseline does not allow", rowsOf("population-end", oneOf("entitled", "no"))),
		plainly("accepted-end", "Grants at the end that a waiver accepts", rowsOf("population-end", oneOf("entitled", "waived"))),
		worrying("unmanaged-end", "Grants at the end of a sort of which the baseline says nothing: nobody held them against it", rowsOf("population-end", oneOf("entitled", "unmanaged"))),
		worrying("entitlement-unknown-end", "Grants at the end of which it is not known whether the baseline allows them", rowsOf("population-end", oneOf("entitled", "unknown"))),
	},
}

var accessChanges = topic{
	[]string{"access-changes"},
	[]figure{
		plainly("access-came", "Grants that came in the period", rowsOf("access-changes", oneOf("change", "came"))),
		plainly("access-went", "Grants that went in the period", rowsOf("access-changes", oneOf("change", "went"))),
		plainly("access-by-plan", "Changes of access that ajar made by a plan or a restore", rowsOf("access-changes", oneOf("manner", "planned", "restored"))),
		plainly("access-with-author", "Changes of access of which the audit log names who made them", rowsOf("access-changes", filled("actor"))),
		worrying("access-out-of-band", "Grants that came and that no plan of ajar explains", rowsOf("access-changes", oneOf("change", "came"), oneOf("manner", "out-of-band"))),
		worrying("access-unclear", "Changes of access of which the journal cannot tell any more whether ajar made them", rowsOf("access-changes", oneOf("manner", "unknown"))),
	},
}

var settingChanges = topic{
	[]string{"setting-changes"},
	[]figure{
		plainly("settings-changed", "Changes of settings, gates and things", rowsOf("setting-changes")),
		plainly("settings-less", "Of them, those that take a possibility away", rowsOf("setting-changes", oneOf("effect", "less"))),
		worrying("settings-more-out-of-band", "Of them, those that give somebody more, or weaken a gate, and that no plan of ajar explains",
			rowsOf("setting-changes", oneOf("effect", "more"), oneOf("manner", "out-of-band"))),
	},
}

var owners = topic{
	[]string{"owners"},
	[]figure{
		plainly("owners-start", "Owners at the start", rowsOf("owners", oneOf("moment", "start"))),
		plainly("owners-end", "Owners at the end", rowsOf("owners", oneOf("moment", "end"))),
		worrying("owners-not-entitled", "Owners at the end whom the baseline does not list", rowsOf("owners", oneOf("moment", "end"), oneOf("entitled", "no"))),
	},
}

var privilegedAccess = topic{
	[]string{"privileged-access", TrendPrivileged},
	[]figure{
		plainly("privileged-end", "Who can write to a repository or more at the end, counted for each repository", rowsOf("privileged-access", oneOf("moment", "end"))),
		plainly("admin-end", "Of them, those who are its administrators", rowsOf("privileged-access", oneOf("moment", "end"), oneOf("privilege", "admin"))),
		plainly("privileged-outside", "Of them, people from outside", rowsOf("privileged-access", oneOf("moment", "end"), oneOf("member", "no"))),
		plainly("privileged-with-end", "Of them, those whose access ends by what allows it", rowsOf("privileged-access", oneOf("moment", "end"), filled("ends"))),
		worrying("privileged-not-entitled", "Of them, those whom the baseline does not allow this much", rowsOf("privileged-access", oneOf("moment", "end"), oneOf("entitled", "no"))),
		plainly("privileged-people", "People who can write to a repository or more at the end", whoAtEnd()),
		plainly("privileged-people-not-entitled", "People whom the baseline does not allow as much as they have on a repository at the end", whoAtEnd(oneOf("entitled", "no"))),
	},
}

// whoAtEnd counts the people in the table of privileged access, and not the repositories.
func whoAtEnd(more ...condition) question {
	return question{table: "privileged-access", distinct: "principal_id", where: append([]condition{oneOf("moment", "end"), oneOf("principal_kind", "user")}, more...)}
}

var secondFactor = topic{
	[]string{"organizations", "owners"},
	[]figure{
		worrying("second-factor-not-demanded", "Organizations that do not demand a second factor at the end", rowsOf("organizations", oneOf("two_factor_required", "no"))),
		worrying("second-factor-not-demanded-days", "Days of the period on which an organization did not demand a second factor, counted for each organization",
			question{table: "organizations", sum: "days_two_factor_not_required"}),
		worrying("owners-without-second-factor", "Owners at the end without a second factor", rowsOf("owners", oneOf("moment", "end"), oneOf("two_factor", "no"))),
		plainly("owners-factor-not-seen", "Owners at the end of whom that was not seen", rowsOf("owners", oneOf("moment", "end"), empty("two_factor"))),
	},
}

var basePermission = topic{
	[]string{"organizations"},
	[]figure{
		worrying("base-permission-broad", "Organizations whose members can write to every repository, or more, by the base permission at the end",
			rowsOf("organizations", oneOf("base_permission", broad...))),
		worrying("base-permission-broad-days", "Days of the period on which the members of an organization could write to every repository, or more, by the base permission, counted for each organization",
			question{table: "organizations", sum: "days_base_permission_broad"}),
	},
}

var environments = topic{
	[]string{"environments", "environment-access"},
	[]figure{
		plainly("environments-end", "Deployment environments at the end", rowsOf("environments", oneOf("moment", "end"))),
		plainly("environments-without-reviewers", "Of them, those that need no approval", rowsOf("environments", oneOf("moment", "end"), oneOf("reviewers_listed", "0"))),
		plainly("environments-self-review", "Of them, those with reviewers where one may approve a deployment of one's own",
			rowsOf("environments", oneOf("moment", "end"), notZero("reviewers_listed"), oneOf("prevent_self_review", "no"))),
		plainly("environments-bypass", "Of them, those whose administrators may deploy past the gate", rowsOf("environments", oneOf("moment", "end"), oneOf("admin_bypass", "yes"))),
		worrying("environments-not-seen", "Of them, those whose gate was not seen", rowsOf("environments", oneOf("moment", "end"), oneOf("gate_seen", "no"))),
		plainly("can-approve", "People who can approve a deployment at the end, counted for each environment",
			rowsOf("environment-access", oneOf("moment", "end"), oneOf("privilege", "approve"))),
		plainly("can-bypass", "People who can deploy past a gate at the end, counted for each environment",
			rowsOf("environment-access", oneOf("moment", "end"), oneOf("privilege", "bypass"))),
	},
}

// waiversOf are the waivers of findings of the rules that support a control.
func waiversOf(rules []string) topic {
	of := oneOf("rule", rules...)
	return topic{
		[]string{"waivers", TrendWaivers},
		[]figure{
			plainly("waivers-in-force", "Waivers of such findings in force at the end", rowsOf("waivers", of, empty("until"))),
			plainly("waivers-over", "Waivers of such findings that were over by the end", rowsOf("waivers", of, filled("until"))),
			plainly("waivers-without-end", "Waivers of such findings in force at the end without a known end", rowsOf("waivers", of, empty("until"), empty("expires"))),
		},
	}
}

// findingsOf are the findings of the rules that support a control.
func findingsOf(rules []string) topic {
	if len(rules) == 0 {
		return topic{}
	}
	of := oneOf("rule", rules...)
	return topic{
		[]string{"findings", "finding-events", TrendRemedy},
		[]figure{
			plainly("findings-opened", "Findings that were opened or came back in the period, each counted once", rowsOf("findings", of, oneOf("opened_in_period", "yes"))),
			plainly("findings-over", "Findings over by the end, for whatever reason", rowsOf("findings", of, oneOf("state", "resolved"))),
			plainly("findings-remedied", "Findings over by the end because what was found is gone", rowsOf("findings", of, oneOf("ending", "remedied"))),
			plainly("findings-not-asked", "Findings over by the end because the baseline was changed and no longer objects", rowsOf("findings", of, oneOf("ending", "not-asked"))),
			plainly("findings-ended-otherwise", "Findings over by the end of which that is not clear", rowsOf("findings", of, oneOf("ending", "unclear"))),
			plainly("findings-accepted", "Findings that a waiver accepts at the end", rowsOf("findings", of, oneOf("state", "waived"))),
			worrying("findings-open", "Findings open at the end", rowsOf("findings", of, oneOf("state", "open"))),
			worrying("findings-overdue", "Of them, those whose access has ended and is still there", rowsOf("findings", of, oneOf("state", "open"), filled("overdue_since"))),
		},
	}
}
