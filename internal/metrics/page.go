package metrics

import (
	"fmt"
	"strings"

	"github.com/eb661601/ajar/access"
)

// Page writes docs/metrics.md: every metric, and what its labels may be.
func (r *Registry) Page() string {
	var b strings.Builder
	b.WriteString(`<!-- Made from internal/metrics; go test ./internal/metrics -update writes it. -->

# Metrics

What the daemon shows at ` + "`/metrics`" + `, in Prometheus' text format or as OpenMetrics. A
scrape is answered from memory: it asks neither the store nor GitHub. The gauges of what an
audit found are also what ` + "`ajar audit --metrics-file`" + ` writes; they are marked with a dot.

No label is ever a login, a repository, a team, a token, an address or the text of an error.
Each comes from a closed list; what is on none is counted as ` + "`other`" + `, and a rule that is
not ajar's own as ` + "`custom`" + `. So the number of series depends on the number of organizations,
about 800 for each, and not on their size. All that can be counted stands at 0 from the
start. The series of an organization that is taken out of the configuration go.

Histograms have classic buckets, and native ones where Prometheus asks for them. The only
exemplar is ` + "`run_id`" + `: what the log calls ` + "`snapshot`" + `.

| metric | type | labels | |
|---|---|---|---|
`)
	for _, f := range r.table {
		name := "`" + f.Name + "`"
		if r.state.descs[strings.TrimPrefix(f.Name, "ajar_")] != nil {
			name += " ·"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, f.Type, strings.Join(f.Labels, ", "), f.Help)
	}
	b.WriteString(`
Beside them are the standard metrics of the process and of Go: ` + "`process_*`" + `, ` + "`go_*`" + `.

## Labels

| label | values |
|---|---|
`)
	for _, l := range labelTexts() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", l[0], l[1])
	}
	return b.String()
}

func labelTexts() [][2]string {
	words := func(list []string) string { return "`" + strings.Join(list, "`, `") + "`" }
	areas := make([]string, len(access.Areas))
	for i, a := range access.Areas {
		areas[i] = string(a)
	}
	return [][2]string{
		{"org", "organizations as the configuration spells them, at most 500"},
		{"rule", "the ids of the [rules](rules.md), and `custom`"},
		{"severity", words(severities)},
		{"area", words(areas)},
		{"kind", "of an audit: `full`; of a job: " + words(jobs) + "; of principals: " + words(principals)},
		{"result", "of audits and jobs: " + words(results) + "; of actions: " + words(actionResults) + "; of runs: " + words(runResults) + "; of notices: " + words(noticeResults)},
		{"reason", "why something was not read: " + words(reasonsOfGap) + "; why a finding is over: " + words(reasonsOfEnd) + "; what requests waited for: " + words(throttles)},
		{"state", "of a plan's contents: " + words(planStates) + "; of waivers: " + words(waiverStates) + "; of notices: " + words(outboxStates) + "; of repositories: `active`, `archived`"},
		{"visibility", words(visibilities)},
		{"permission, via", "privileges and sources of grants: [the model](model.md)"},
		{"privilege", words(privileges)},
		{"age", words(waiverAges)},
		{"action", "the kinds of [actions](actions.md)"},
		{"api, route", "`rest` or `graphql`, and the template of GitHub's documentation, such as `/orgs/{org}/teams`; changes have their method in front"},
		{"status_class", words(statusClasses) + " (`none`: no answer came)"},
		{"credential, channel", "the names in the configuration, at most 50 of each"},
		{"resource", words(resources)},
		{"outcome", words(cacheOutcomes)},
	}
}
