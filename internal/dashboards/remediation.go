package dashboards

// remediation answers whether access is taken back, and safely.
func remediation() Board {
	return board("ajar-remediation", "ajar / Is access taken back, and safely?",
		"What waits to be taken back, what was, and what stopped it.", "now-7d",
		row{5, []look{
			{
				title: "Is it unknown what happened?", about: "Actions that were sent and of which it is not known whether they took effect. They are settled by looking at GitHub.", kind: stat, w: 6, unit: "short",
				queries: []q{{`sum(max by (org) (ajar_remediation_in_doubt{org=~"$org"}))`, ""}}, marks: []mark{{1, bad}}, words: map[string]string{"0": "no"},
			},
			{
				title: "Is anything on hold?", about: "Organizations where ajar takes nothing from anybody until a person lifts the hold.", kind: stat, w: 6, unit: "short",
				queries: []q{{"sum(" + held + ")", ""}}, marks: []mark{{1, notice}}, words: map[string]string{"0": "no"},
			},
			{
				title: "What has ended and is still there?", about: "Assignments that have ended while their access is still there.", kind: stat, w: 6, unit: "short",
				queries: []q{{`sum(max by (org) (ajar_expired_overdue{org=~"$org"}))`, ""}}, marks: []mark{{1, bad}},
			},
			{
				title: "For how long is the first overdue?", about: "Since the end of the first of them. 0 s: none is overdue.", kind: stat, w: 6, unit: "s",
				queries: []q{{`max(ajar_expired_overdue_oldest_seconds{org=~"$org"})`, ""}}, marks: []mark{{hour, notice}, {day, bad}},
			},
		}},
		row{8, []look{
			{
				title: "What waits to be taken back?", about: "What the newest plans hold: ready, waiting for its time, refused by a guard, left to people.", kind: stacks, w: 8, unit: "short",
				queries: []q{{`sum by (state) (max by (org, state) (ajar_plan_actions{org=~"$org"}))`, "{{state}}"}},
				paints:  []paint{{"ready", calm}, {"waiting", plain}, {"refused", bad}, {"instruction", notice}},
			},
			{
				title: "How do runs end?", about: "Runs in the 24 hours before each point. A run stops at the first surprise.", kind: lines, w: 8, unit: "short",
				queries: []q{{`sum by (result) (increase(ajar_remediation_runs_total{org=~"$org"}[1d]))`, "{{result}}"}},
				paints:  []paint{{"done", calm}, {"stopped", bad}, {"interrupted", notice}},
			},
			{
				title: "Which organizations are held?", about: "One line for each organization.", kind: table, w: 8, unit: "short",
				queries: []q{{held, ""}, {`max by (org) (ajar_remediation_in_doubt{org=~"$org"})`, ""}, {`max by (org) (ajar_expired_overdue{org=~"$org"})`, ""}},
				columns: []column{
					{name: "hold", unit: "short", marks: []mark{{1, notice}}, words: map[string]string{"0": "no", "1": "ON HOLD"}},
					{name: "in doubt", unit: "short", marks: []mark{{1, bad}}},
					{name: "overdue ends", unit: "short", marks: []mark{{1, bad}}},
				},
			},
		}},
		row{8, []look{
			{
				title: "What came of the actions?", about: "Actions of runs in the 24 hours before each point, by how they ended.", kind: stacks, w: 12, unit: "short",
				queries: []q{{`sum by (result) (increase(ajar_remediation_actions_total{org=~"$org"}[1d]))`, "{{result}}"}},
				paints:  []paint{{"verified", calm}, {"already_done", plain}, {"failed", bad}, {"in_doubt", bad}, {"refused", notice}},
			},
			{
				title: "What was done the most?", about: "Actions that were carried out and seen to be done, in the time that is shown, by kind.", kind: bars, w: 12, unit: "short", none: "nothing was done",
				queries: []q{{`sort_desc(topk(10, sum by (action) (increase(ajar_remediation_actions_total{org=~"$org",result="verified"}[$__range]))) > 0)`, "{{action}}"}},
			},
		}},
		row{8, []look{
			{
				title: "What ends findings?", about: "Findings that were over in the 24 hours before each point: taken back by ajar, gone by other hands, accepted by a waiver.", kind: stacks, w: 12, unit: "short",
				queries: []q{{`sum by (reason) (increase(ajar_findings_resolved_total{org=~"$org"}[1d]))`, "{{reason}}"}},
				paints:  []paint{{"remediated", calm}, {"gone", plain}, {"waived", notice}},
			},
			{
				title: "Does more close than opens?", about: "Findings that were opened and that were over, in the 24 hours before each point.", kind: lines, w: 12, unit: "short",
				queries: []q{{openedInADay, "opened"}, {resolvedInADay, "over"}}, paints: []paint{{"opened", bad}, {"over", plain}},
			},
		}},
	)
}
