package dashboards

import "fmt"

// perSeverity makes one query for each severity, the gravest first, so that it lies
// at the bottom of a stack.
func perSeverity(expr string) (out []q) {
	for _, p := range bySeverity {
		out = append(out, q{fmt.Sprintf(expr, p.name), p.name})
	}
	return out
}

// quantile asks a histogram, by its classic buckets or, where Prometheus keeps native
// ones, by those.
func quantile(at, function, metric, labels, span, by string) string {
	classic, native := "le", ""
	if by != "" {
		classic, native = "le, "+by, by
	}
	return fmt.Sprintf("histogram_quantile(%s, sum by (%s) (%s(%s_bucket%s[%s]))) or histogram_quantile(%s, sum by (%s) (%s(%s%s[%s])))",
		at, classic, function, metric, labels, span, at, native, function, metric, labels, span)
}

const (
	left    = `min by (credential, resource) (ajar_github_rate_limit_remaining / ajar_github_rate_limit_limit)`
	resets  = `min by (credential, resource) (clamp_min(ajar_github_rate_limit_reset_timestamp_seconds - time(), 0))`
	failing = `ajar_github_requests_total{status_class=~"4xx|5xx|none"}`
)

// collection answers whether everything is seen, and what it costs.
func collection() Board {
	return board("ajar-collection", "ajar / Do we see everything, and can we afford it?",
		"How complete and how old the audits are, and what they cost of GitHub's limits.", "now-24h",
		row{5, []look{
			{
				title: "How much of it did we see?", about: "Share of the expected kinds of data that were read to their end, where it is lowest.", kind: stat, w: 6, unit: "percentunit", percent: true,
				queries: []q{{"min(" + seen + ")", ""}}, base: bad, marks: []mark{{0.9, notice}, {1, calm}}, none: "nothing",
			},
			{
				title: "How old is what we know?", about: "Age of the newest finished audit, where it is oldest.", kind: stat, w: 6, unit: "s",
				queries: []q{{"max(" + age + ")", ""}}, marks: []mark{{6 * hour, notice}, {26 * hour, bad}}, none: "never audited",
			},
			{
				title: "How much of the hour is left?", about: "What is left of GitHub's hourly limit, of the credential where it is least.", kind: stat, w: 6, unit: "percentunit", percent: true, trend: true,
				queries: []q{{"min(" + left + ")", ""}}, base: bad, marks: []mark{{0.1, notice}, {0.25, calm}}, none: "GitHub states no limit",
			},
			{
				title: "Do audits fail?", about: "Audits that failed in the last 24 hours.", kind: stat, w: 6, unit: "short",
				queries: []q{{`sum(increase(ajar_audit_runs_total{org=~"$org",result="failed"}[1d]))`, ""}}, marks: []mark{{1, notice}, {5, bad}},
			},
		}},
		row{8, []look{
			{
				title: "What was not seen?", about: "Organizations whose newest audit did not read this kind of data to its end.", kind: bars, w: 8, unit: "short", none: "everything was seen",
				queries: []q{{`sort_desc(topk(10, sum by (area) (1 - max by (org, area) (ajar_audit_area_complete{org=~"$org"}))) > 0)`, "{{area}}"}}, marks: []mark{{1, notice}},
			},
			{
				title: "Why was it not seen?", about: "Kinds of data that audits could not read to their end, in the 24 hours before each point, by reason.", kind: lines, w: 8, unit: "short",
				queries: []q{{`sum by (reason) (increase(ajar_collect_errors_total{org=~"$org"}[1d]))`, "{{reason}}"}},
			},
			{
				title: "How do audits end?", about: "Audits in the 24 hours before each point, by how they ended.", kind: stacks, w: 8, unit: "short",
				queries: []q{{`sum by (result) (increase(ajar_audit_runs_total{org=~"$org"}[1d]))`, "{{result}}"}},
				paints:  []paint{{"ok", calm}, {"incomplete", notice}, {"failed", bad}, {"interrupted", plain}},
			},
		}},
		row{8, []look{
			{
				title: "Whose hour runs out first?", about: "What is left of each hourly limit, and when the next hour begins.", kind: table, w: 8, unit: "short",
				queries: []q{{left, ""}, {resets, ""}},
				columns: []column{{name: "left", unit: "percentunit"}, {name: "next hour in", unit: "s"}},
			},
			{
				title: "How much of the hour is left, and when?", about: "What is left of each hourly limit, over time.", kind: lines, w: 8, unit: "percentunit", percent: true,
				queries: []q{{left, "{{credential}}: {{resource}}"}}, base: bad, marks: []mark{{0.1, notice}, {0.25, calm}},
			},
			{
				title: "What do requests wait for?", about: "Seconds that requests waited, for each second that passed: limits of GitHub's (primary, secondary), what is left to others (reserve), spreading (pace), a second try (retry).",
				kind: lines, w: 8, unit: "s",
				queries: []q{{`sum by (reason) (rate(ajar_github_throttled_seconds_total[$__rate_interval]))`, "{{reason}}"}},
			},
		}},
		row{8, []look{
			{
				title: "How often do we ask?", about: "Requests to GitHub, retries included.", kind: lines, w: 8, unit: "reqps",
				queries: []q{{`sum by (api) (rate(ajar_github_requests_total[$__rate_interval]))`, "{{api}}"}},
			},
			{
				title: "What does GitHub refuse?", about: "Answers that were no success, of the routes where there are most. A 404 may be GitHub's way to say no.", kind: lines, w: 8, unit: "reqps", none: "nothing was refused",
				queries: []q{{`topk(8, sum by (route, status_class) (rate(` + failing + `[$__rate_interval])) > 0)`, "{{status_class}} {{route}}"}},
			},
			{
				title: "How long does GitHub take?", about: "Time until an answer was read, of the median request and of the slowest twentieth.", kind: lines, w: 8, unit: "s",
				queries: []q{
					{quantile("0.5", "rate", "ajar_github_request_duration_seconds", "", "$__rate_interval", "api"), "{{api}}: half are faster"},
					{quantile("0.95", "rate", "ajar_github_request_duration_seconds", "", "$__rate_interval", "api"), "{{api}}: 19 of 20 are faster"},
				},
			},
		}},
		row{8, []look{
			{
				title: "How long does an audit take?", about: "Of one organization: the median of the last day, and the slowest twentieth.", kind: lines, w: 12, unit: "s",
				queries: []q{
					{quantile("0.5", "increase", "ajar_audit_duration_seconds", `{kind="full"}`, "1d", ""), "half are faster"},
					{quantile("0.95", "increase", "ajar_audit_duration_seconds", `{kind="full"}`, "1d", ""), "19 of 20 are faster"},
				},
			},
			{
				title: "What needs no new answer?", about: "Answers by where they came from: kept and confirmed by GitHub, which costs nothing of the limit; of a pass that had broken off; new.", kind: stacks, w: 12, unit: "reqps",
				queries: []q{{`sum by (outcome) (rate(ajar_github_cache_requests_total[$__rate_interval]))`, "{{outcome}}"}},
				paints:  []paint{{"revalidated", calm}, {"replayed", plain}, {"miss", notice}},
			},
		}},
	)
}
