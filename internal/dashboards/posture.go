package dashboards

// Each state of an organization is exported by whoever audits it; where two do,
// the higher number counts once: max by (…) stands under every sum.
const (
	open   = `max by (org, rule, severity) (ajar_findings{org=~"$org"})`
	grave  = `max by (org, rule, severity) (ajar_findings{org=~"$org",severity=~"high|critical"})`
	age    = `time() - min by (org) (ajar_audit_last_success_timestamp_seconds{org=~"$org"} > 0)`
	seen   = `max by (org) (ajar_audit_coverage_ratio{org=~"$org"})`
	oldest = `max by (org) (ajar_finding_oldest_open_seconds{org=~"$org",severity=~"high|critical"})`
	held   = `max by (org) (ajar_hold{org=~"$org"})`
	hour   = 3600.0
	day    = 24 * hour
)

// shift is what is new, or over, in a day.
const (
	openedInADay   = `sum(increase(ajar_findings_opened_total{org=~"$org"}[1d]))`
	resolvedInADay = `sum(increase(ajar_findings_resolved_total{org=~"$org"}[1d]))`
)

// posture answers in one look: are we drifting, where, since when, and is it
// getting better?
func posture() Board {
	return board("ajar-posture", "ajar / Are we drifting?",
		"Who can do what they should not, where, since when, and whether it is getting better. Read the top row first.", "now-7d",
		row{5, []look{
			{
				title: "How many doors stand open?", about: "Open findings of severity high and critical.", kind: stat, w: 4, unit: "short", trend: true,
				queries: []q{{"sum(" + grave + ")", "high and critical"}}, marks: []mark{{1, bad}},
			},
			{
				title: "How long has the oldest stood open?", about: "Age of the oldest open finding of severity high or critical. 0 s: none is open.", kind: stat, w: 4, unit: "s",
				queries: []q{{"max(" + oldest + ")", ""}}, marks: []mark{{day, notice}, {7 * day, bad}},
			},
			{
				title: "What has ended and is still there?", about: "Assignments that have ended while their access is still there.", kind: stat, w: 4, unit: "short",
				queries: []q{{`sum(max by (org) (ajar_expired_overdue{org=~"$org"}))`, ""}}, marks: []mark{{1, bad}},
			},
			{
				title: "How old is what we know?", about: "Age of the newest finished audit, of the organization where it is oldest.", kind: stat, w: 4, unit: "s",
				queries: []q{{"max(" + age + ")", ""}}, marks: []mark{{6 * hour, notice}, {26 * hour, bad}}, none: "never audited",
			},
			{
				title: "How much of it did we see?", about: "Share of the expected kinds of data that were read to their end, where it is lowest. What was not seen is unknown, not clean.",
				kind: stat, w: 4, unit: "percentunit", percent: true,
				queries: []q{{"min(" + seen + ")", ""}}, base: bad, marks: []mark{{0.9, notice}, {1, calm}}, none: "nothing",
			},
			{
				title: "Is anything on hold?", about: "Organizations where ajar takes nothing from anybody until a person lifts the hold.", kind: stat, w: 4, unit: "short",
				queries: []q{{"sum(" + held + ")", ""}}, marks: []mark{{1, notice}}, words: map[string]string{"0": "no"},
			},
		}},
		row{9, []look{
			{
				title: "Is it getting better?", about: "Open findings by severity, the gravest at the bottom.", kind: stacks, w: 16, unit: "short", paints: bySeverity,
				queries: perSeverity("sum(max by (org, rule, severity) (ajar_findings{org=~\"$org\",severity=\"%s\"}))"),
			},
			{
				title: "Does more close than opens?", about: "Findings that were opened and that were over, in the 24 hours before each point.", kind: lines, w: 8, unit: "short",
				queries: []q{{openedInADay, "opened"}, {resolvedInADay, "over"}}, paints: []paint{{"opened", bad}, {"over", plain}},
			},
		}},
		row{9, []look{
			{
				title: "Where is it?", about: "One line for each organization, the worst first.", kind: table, w: 14, unit: "short",
				queries: []q{
					{`sum by (org) (max by (org, rule, severity) (ajar_findings{org=~"$org",severity="critical"}))`, ""},
					{`sum by (org) (max by (org, rule, severity) (ajar_findings{org=~"$org",severity="high"}))`, ""},
					{`sum by (org) (max by (org, rule, severity) (ajar_findings{org=~"$org",severity="medium"}))`, ""},
					{oldest, ""}, {seen, ""}, {age, ""}, {held, ""},
				},
				columns: []column{
					{name: "critical", unit: "short", marks: []mark{{1, bad}}},
					{name: "high", unit: "short", marks: []mark{{1, notice}}},
					{name: "medium", unit: "short"},
					{name: "oldest grave one", unit: "s"},
					{name: "seen", unit: "percentunit"},
					{name: "last audit", unit: "s"},
					{name: "hold", unit: "short", words: map[string]string{"0": "no", "1": "ON HOLD"}},
				},
			},
			{
				title: "Which rules find the most?", about: "Open findings by rule, of all severities.", kind: bars, w: 10, unit: "short", none: "nothing is open",
				queries: []q{{"sort_desc(topk(12, sum by (rule) (" + open + ")) > 0)", "{{rule}}"}},
			},
		}},
		row{8, []look{
			{
				title: "Since when, by severity?", about: "Age of the oldest open finding of each severity. 0 s: none is open.", kind: bars, w: 8, unit: "s",
				queries: []q{{`sort_desc(max by (severity) (ajar_finding_oldest_open_seconds{org=~"$org"}))`, "{{severity}}"}}, marks: []mark{{7 * day, notice}, {30 * day, bad}},
			},
			{
				title: "What do we accept, and for how long?", about: "Findings that a waiver in force accepts; ending: within 14 days.", kind: stacks, w: 8, unit: "short",
				queries: []q{{`sum by (state) (max by (org, state) (ajar_waivers{org=~"$org"}))`, "{{state}}"}}, paints: []paint{{"active", plain}, {"ending", notice}},
			},
			{
				title: "Are the owners few, and protected?", about: "Owners, and members without a second factor where that could be read.", kind: lines, w: 8, unit: "short",
				queries: []q{
					{`max by (org) (ajar_org_owners{org=~"$org"})`, "{{org}}: owners"},
					{`max by (org) (ajar_org_members_without_two_factor{org=~"$org"})`, "{{org}}: without a second factor"},
				},
			},
		}},
		row{8, []look{
			{
				title: "Who holds access?", about: "Principals by kind.", kind: lines, w: 8, unit: "short",
				queries: []q{{`sum by (kind) (max by (org, kind) (ajar_org_principals{org=~"$org"}))`, "{{kind}}"}},
			},
			{
				title: "How much of it is privileged?", about: "Grants of write or more on repositories, by where they come from.", kind: lines, w: 8, unit: "short",
				queries: []q{{`sum by (via) (max by (org, permission, via) (ajar_org_grants{org=~"$org",permission=~"write|maintain|admin"}))`, "{{via}}"}},
			},
			{
				title: "On how much does it lie?", about: "Repositories by visibility, archived ones left out.", kind: stacks, w: 8, unit: "short",
				queries: []q{{`sum by (visibility) (max by (org, visibility, state) (ajar_org_repositories{org=~"$org",state="active"}))`, "{{visibility}}"}},
			},
		}},
		row{8, []look{
			{
				title: "How fast is it put right?", about: "For how long findings were open of which what was found was gone in the 30 days before each point: half of them, and nine of ten.", kind: lines, w: 6, unit: "s", none: "nothing was remedied",
				queries: []q{
					{quantile("0.5", "increase", "ajar_finding_remedy_seconds", "", "30d", ""), "half took less"},
					{quantile("0.9", "increase", "ajar_finding_remedy_seconds", "", "30d", ""), "9 of 10 took less"},
				},
			},
			{
				title: "How much power stands?", about: "Grants that carry a privilege. One to a team counts once, whatever the team's size.", kind: lines, w: 6, unit: "short",
				queries: []q{{`sum by (privilege) (max by (org, privilege) (ajar_org_privileged_grants{org=~"$org"}))`, "{{privilege}}"}},
			},
			{
				title: "Did we always see as much?", about: "Share of the expected kinds of data that were read to their end, of each organization. A break is a time without an audit that is known.", kind: lines, w: 6, unit: "percentunit", percent: true, none: "nothing",
				queries: []q{{seen, "{{org}}"}},
			},
			{
				title: "How old is what we accept?", about: "Findings that a waiver accepts, by how long they have been accepted.", kind: stacks, w: 6, unit: "short",
				queries: []q{{`sum by (age) (max by (org, age) (ajar_waivers_by_age{org=~"$org"}))`, "{{age}}"}},
				paints:  []paint{{"to_30_days", calm}, {"to_90_days", plain}, {"to_180_days", notice}, {"to_365_days", notice}, {"over_365_days", bad}},
			},
		}},
	)
}
