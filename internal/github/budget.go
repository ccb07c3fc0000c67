package github

import (
	"maps"
	"net/http"
	"sync"
	"time"
)

// Budget is what GitHub says is left of one hourly limit. GitHub Enterprise
// Server states none unless it was told to limit (GitHub Docs, "Rate limits for
// the REST API").
type Budget struct {
	Limit     int64     // requests or points an hour
	Remaining int64     // of them
	Reset     time.Time // when the next hour begins
}

// budgets keeps the newest of each resource: "graphql", "core", "audit_log".
type budgets struct {
	mu  sync.Mutex
	all map[string]Budget
}

func newBudgets() *budgets { return &budgets{all: map[string]Budget{}} }

// note takes the budget off an answer that states one. Answers overtake each
// other, so within one hour the smaller remainder is the newer.
func (b *budgets) note(resource string, resp *http.Response, now time.Time) (Budget, bool) {
	limit, stated := number(resp.Header, "X-RateLimit-Limit")
	remaining, told := number(resp.Header, "X-RateLimit-Remaining")
	if !stated || !told {
		return Budget{}, false
	}
	fresh := Budget{Limit: limit, Remaining: remaining, Reset: resetTime(resp.Header, now)}
	b.mu.Lock()
	defer b.mu.Unlock()
	if old, ok := b.all[resource]; ok && old.Reset.Equal(fresh.Reset) {
		fresh.Remaining = min(fresh.Remaining, old.Remaining)
	}
	b.all[resource] = fresh
	return fresh, true
}

func (b *budgets) read() map[string]Budget {
	b.mu.Lock()
	defer b.mu.Unlock()
	return maps.Clone(b.all)
}

// Budgets gives what was last heard of each hourly limit, by resource: "graphql"
// in points, "core" and "audit_log" in requests. A resource that was not asked,
// or of which GitHub states no limit, is not in it.
func (c *Client) Budgets() map[string]Budget { return c.budgets.read() }
