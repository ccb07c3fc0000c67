package evidence

// What ajar did and decided, as parts of its records that support controls.

var remediation = topic{
	[]string{"plans", "approvals", "runs", "actions"},
	[]figure{
		plainly("plans-made", "Plans that were saved in the period", rowsOf("plans", oneOf("kind", "plan"))),
		plainly("plans-approved", "Approvals of plans and restores", rowsOf("approvals", oneOf("decision", "approved"))),
		plainly("plans-withdrawn", "Approvals that were taken back", rowsOf("approvals", oneOf("decision", "withdrawn"))),
		plainly("decisions-refused", "Decisions that were refused", rowsOf("approvals", oneOf("decision", "refused"))),
		plainly("runs", "Runs in the period, restores among them", rowsOf("runs")),
		plainly("runs-approved", "Of them, those that went on somebody's approval", rowsOf("runs", notZero("approvals"))),
		plainly("runs-automatic", "Of them, those that the daemon began by itself", rowsOf("runs", oneOf("automatic", "yes"))),
		worrying("runs-without-approval", "Of them, those that somebody began and nobody approved", rowsOf("runs", oneOf("approvals", "0"), oneOf("automatic", "no"))),
		worrying("runs-not-readable", "Of them, those that the journal does not tell whole", rowsOf("runs", oneOf("readable", "no"))),
		plainly("actions-verified", "Changes that were made, and seen to be made", rowsOf("actions", oneOf("state", "verified"), filled("sent_at"))),
		plainly("actions-refused", "Changes that a guard forbade", rowsOf("actions", oneOf("state", "refused"))),
		worrying("actions-failed", "Changes that failed, or of which it is not known whether they took effect", rowsOf("actions", oneOf("state", "failed", "in-doubt"))),
	},
}

var operation = topic{
	[]string{"passes", "baselines"},
	[]figure{
		plainly("passes-judged", "Passes that the rules were held against", rowsOf("passes", filled("judged_at"))),
		plainly("passes-not-judged", "Finished passes that they were not held against", rowsOf("passes", oneOf("finished", "yes"), empty("judged_at"))),
		plainly("baselines-named", "Versions of the baseline that the records of the period name", question{table: "baselines", distinct: "hash", where: []condition{oneOf("kind", "baseline")}}),
	},
}

var holds = topic{
	[]string{"holds"},
	[]figure{
		plainly("holds", "Times that an organization was on hold", rowsOf("holds")),
		plainly("holds-in-force", "Of them, those in force at the end", rowsOf("holds", empty("lifted_at"))),
		worrying("holds-foreign", "Of them, those because changes were made as ajar, and not by it", rowsOf("holds", oneOf("kind", "foreign"))),
	},
}

var notices = topic{
	[]string{"notices"},
	[]figure{
		plainly("told-before", "Times that those concerned were told before a change", rowsOf("notices", oneOf("told_by", "journal"))),
		plainly("messages-sent", "Messages to channels that were sent", rowsOf("notices", oneOf("told_by", "outbox"), oneOf("state", "sent"))),
		worrying("messages-dead", "Messages to channels that were given up", rowsOf("notices", oneOf("told_by", "outbox"), oneOf("state", "dead"))),
	},
}

var journalKept = topic{
	[]string{"journal"},
	[]figure{
		plainly("journal-entries", "Entries of the journal in the period", rowsOf("journal")),
		plainly("journal-redacted", "Of them, those whose text was removed; their digest stays", rowsOf("journal", oneOf("redacted", "yes"))),
	},
}

// findingLives are the findings of all rules.
var findingLives = topic{
	[]string{"findings", "finding-events", TrendRemedy},
	[]figure{
		plainly("all-findings-opened", "Findings of all rules that were opened or came back in the period, each counted once", rowsOf("findings", oneOf("opened_in_period", "yes"))),
		plainly("all-findings-over", "Findings of all rules that were over by the end, for whatever reason", rowsOf("findings", oneOf("state", "resolved"))),
		plainly("all-findings-remedied", "Findings of all rules that were over by the end because what was found is gone", rowsOf("findings", oneOf("ending", "remedied"))),
		plainly("all-findings-not-asked", "Findings of all rules that were over by the end because the baseline was changed and no longer objects",
			rowsOf("findings", oneOf("ending", "not-asked"))),
		plainly("all-findings-ended-otherwise", "Findings of all rules that were over by the end of which that is not clear", rowsOf("findings", oneOf("ending", "unclear"))),
		plainly("all-findings-came-back", "How often they came back", question{table: "findings", sum: "reopened"}),
		worrying("all-findings-open", "Findings of all rules that are open at the end", rowsOf("findings", oneOf("state", "open"))),
	},
}
