package metrics

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// How a pass or a job ended.
const (
	Success     = "ok"
	Incomplete  = "incomplete" // it ended, and not everything could be seen or done
	Failure     = "failed"
	Interrupted = "interrupted" // by a signal; it is taken up again
)

// Labels for what is on no list.
const (
	Other  = "other"
	Custom = "custom" // a rule that is none of ajar's own
)

// The most values of a label that a configuration may bring in. What is beyond
// folds into "other", so that no configuration makes a scrape grow without bound.
const (
	maxOrgs  = 500
	maxNames = 50 // credentials, channels
)

// The closed lists. Each is in the order in which it is shown.
var (
	results       = []string{Success, Incomplete, Failure, Interrupted, Other}
	kinds         = []string{"full", Other}
	jobs          = []string{"audit", "remediate", "deliver", "digest", "checkpoint", "backup", "care", Other}
	severities    = severityWords()
	waiverStates  = []string{"active", "ending"}
	principals    = []string{"member", "outside", "team", "deploy_key", "invitation"}
	visibilities  = []string{"public", "private", "internal", Other}
	reasonsOfGap  = []string{"forbidden", "missing", "limited", "server", "unreachable", Other}
	reasonsOfEnd  = []string{"gone", "remediated", "waived", Other}
	apis          = []string{"rest", "graphql"}
	statusClasses = []string{"2xx", "3xx", "4xx", "5xx", "none"}
	resources     = []string{"core", "graphql", "audit_log", Other}
	throttles     = []string{"primary", "secondary", "reserve", "pace", "retry", Other}
	cacheOutcomes = []string{"replayed", "revalidated", "miss"}
	planStates    = []string{"ready", "waiting", "refused", "instruction", "left_out", Other}
	actionResults = []string{"verified", "already_done", "skipped", "refused", "failed", "in_doubt", "not_tried", Other}
	runResults    = []string{"done", "stopped", "interrupted", Other}
	noticeResults = []string{"sent", "retried", "dead", Other}
	outboxStates  = []string{"pending", "dead"}
	privileges    = []string{"owner", "organization_role", "admin", "maintain", "write", "approve", "bypass"}
	waiverAges    = []string{"to_30_days", "to_90_days", "to_180_days", "to_365_days", "over_365_days"}
)

func severityWords() (out []string) {
	for s := access.Info; s <= access.Critical; s++ {
		out = append(out, s.String())
	}
	return out
}

// closed is a list that a label's values come from.
type closed map[string]bool

func listed(list []string) closed {
	c := closed{}
	for _, v := range list {
		c[v] = true
	}
	return c
}

// of gives the value, or what stands for all that is not on the list.
func (c closed) of(v, otherwise string) string {
	if c[v] {
		return v
	}
	return otherwise
}

// among is the same for a short list.
func among(list []string, v, otherwise string) string {
	if slices.Contains(list, v) {
		return v
	}
	return otherwise
}

// capped is a list that a configuration fills: the first so many are taken.
type capped struct {
	most int
	have closed
}

// of gives the value as a label; "other" once the list is full. Text that is not
// UTF-8 would not be taken by Prometheus.
func (c *capped) of(v string) string {
	v = strings.ToValidUTF8(v, "?")
	switch {
	case c.have[v]:
		return v
	case v == "" || len(c.have) >= c.most:
		return Other
	}
	c.have[v] = true
	return v
}

// class is the class of an HTTP status; "none": there was no answer.
func class(status int) string {
	if status < 200 || status > 599 {
		return "none"
	}
	return statusClasses[status/100-2]
}
