package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// begin writes the configuration, and the baseline that accepts most of what there is.
func (q *quarter) begin(ctx context.Context) error {
	if err := os.WriteFile(q.path("config.toml"), q.configuration(false), 0o600); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	roles := map[string]bool{}
	var whole strings.Builder
	for _, org := range q.orgs {
		if _, err := q.ajar(ctx, readToken, []int{0, 2, 3}, "init", "--org", org, "--out", "begun/"+org); err != nil {
			return err
		}
		text, err := os.ReadFile(q.path("begun", org, "baseline.toml"))
		if err != nil {
			return fmt.Errorf("reading a baseline: %w", err)
		}
		whole.WriteString(withoutRoles(string(text), roles))
	}
	if err := os.WriteFile(q.path("baseline.toml"), []byte(whole.String()), 0o600); err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	if err := os.WriteFile(q.path("config.toml"), q.configuration(true), 0o600); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	_, err := q.ajar(ctx, readToken, []int{0}, "keys", "make")
	return err
}

// withoutRoles leaves out the roles of a baseline that were seen: ajar init gives each
// organization a file of its own, and a role is defined once.
func withoutRoles(text string, seen map[string]bool) string {
	var out strings.Builder
	skip := false
	for line := range strings.Lines(text) {
		switch head := strings.TrimSpace(line); {
		case strings.HasPrefix(head, "[roles."):
			skip, seen[head] = seen[head], true
		case head == "" || strings.HasPrefix(head, "["):
			skip = false
		}
		if !skip {
			out.WriteString(line)
		}
	}
	return out.String()
}

func (q *quarter) configuration(whole bool) []byte {
	text := fmt.Sprintf(`[github]
organizations = ["%s"]
api_url = %q
[[github.read]]
token_env = "AJAR_READ"
[store]
url = "sqlite:ajar.db"
`, strings.Join(q.orgs, `", "`), q.github.URL)
	if !whole {
		return []byte(text)
	}
	hours := fmt.Sprintf("*/%d", q.o.every/time.Hour)
	if q.o.every == 24*time.Hour {
		hours = "0"
	}
	return []byte(text + fmt.Sprintf(`[github.write]
token_env = "AJAR_WRITE"
[baseline]
paths = ["baseline.toml"]
[remediate]
mode = "auto"
auto_rules = ["environment-admin-bypass", "environment-self-review", "workflow-token-write"]
approvers = ["user:%s", "user:%s"]
max_fraction = 0.3
grace = { snapshots = 2, age = "24h", notice = "24h" }
limits.invitation = { fraction = 1.0 }
limits.outside_collaborator = { fraction = 1.0 }
limits.key = { fraction = 1.0 }
[schedule]
audit = "0 %s * * *"
jitter = "0"
[notify]
allow_addresses = ["127.0.0.1"]
[[notify.channel]]
name = "hook"
kind = "webhook"
url = %q
secret_env = "AJAR_HOOK"
[[notify.route]]
severity = "high"
digest = "none"
`, q.operator, q.approver, hours, q.sink.URL))
}

// edit adds to the baseline, or takes that out again.
func (q *quarter) edit(add, remove string) error {
	path := q.path("baseline.toml")
	b, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("reading the baseline: %w", err)
	}
	text := string(b)
	if remove != "" {
		var found bool
		if text, _, found = cut(text, remove); !found {
			return fmt.Errorf("the baseline has no %q", remove)
		}
	}
	if err := os.WriteFile(path, []byte(text+add), 0o600); err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	return nil
}

// cut takes a text out.
func cut(text, what string) (without, was string, found bool) {
	before, after, found := strings.Cut(text, what)
	return before + after, what, found
}
