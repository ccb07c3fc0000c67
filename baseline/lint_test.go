package baseline

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const careless = `[organization.acme]
owners = ["user:cto"]
[roles.writer]
repository = "write"
[roles.lost]
repository = "read"
[[assign]]
role = "writer"
to = ["team:acme/eng"]
on = ["repo:acem/*"]
expires = 2020-01-01
[[assign]]
role = "writer"
to = ["team:acme/eng"]
on = ["repo:acme/api"]
standing_reason = "x"
review_by = 2020-01-01
[[key]]
match = ["key:acme/api#901"]
reason = "x"
expires = 2020-01-01
[[waiver]]
match = { rule = "deploy-key-stal", principal = "team:elsewhere/x" }
reason = "x"
owner = "user:nobody"
expires = 2026-12-31
[[waiver]]
match = { rule = "member-stale" }
reason = "x"
owner = "user:nobody"
expires = 2028-01-01
`

func TestWhatLooksLikeComplianceAndDoesNothingIsAWarning(t *testing.T) {
	b := parse(t, careless)
	rules := []string{"deploy-key-stale", "member-stale"}
	want := []string{
		`b.toml:5:1: role "lost" is assigned to nobody (give it to somebody with [[assign]], or take it out)`,
		`b.toml:7:1: this assignment ended on 2020-01-01 (remove it, or decide again)`,
		`b.toml:10:7: repo:acem/*: nothing else speaks of an organization "acem" (did you mean "acme"?)`,
		`b.toml:12:1: the review of this assignment was due by 2020-01-01 (look whether it is still needed, and set a new review_by)`,
		`b.toml:18:1: this [[key]] ended on 2020-01-01 (remove it, or decide again)`,
		`b.toml:23:18: there is no rule "deploy-key-stal" to waive (did you mean "deploy-key-stale"?)`,
		`b.toml:27:1: this waiver reaches to 2028-01-01, which is too far ahead (at most 90d ahead; [waivers] longest changes it)`,
	}
	got := b.Lint(now, rules, nil)
	if diff := cmp.Diff(want, texts(got)); diff != "" || got.Err() != nil {
		t.Errorf("want -, have +:\n%s", diff)
	}
	// Whoever has a store knows the organizations there are.
	for org, want := range map[string]int{"acem": 1, "acme": 2} {
		n := 0
		for _, line := range texts(b.Lint(now, rules, []string{org})) {
			if strings.Contains(line, "no snapshot of an organization") {
				n++
			}
		}
		if n != want {
			t.Errorf("with %s stored, %d organizations are strange, want %d", org, n, want)
		}
	}
}

func TestWaiverThatNobodyAnswersForIsAWarning(t *testing.T) {
	b := parse(t, careless)
	bound, problems := b.Bind(acme())
	if bound == nil || !strings.Contains(Problems(problems).Error(), "b.toml:30:9: user:nobody does not exist") {
		t.Errorf("%v", problems)
	}
	if bound.Knows(user("dan")) {
		t.Error("somebody is known whom no entry mentions")
	}
}

func TestALookAlikeLetterIsNeverWrittenRaw(t *testing.T) {
	b := parse(t, "[organization.acme]\nowners = [\"user:d\u0430n\"]\n")
	_, problems := b.Bind(acme())
	for _, line := range texts(problems) {
		if strings.ContainsRune(line, 'а') {
			t.Error(line)
		}
	}
	if merged := b.Lint(now, nil, nil).Merge(problems); len(merged) != 2 {
		t.Errorf("want one line for the letter and one for the person:\n%v", merged)
	}
}

func TestAWaiverIsToldTheSameAtWhateverTime(t *testing.T) {
	b := parse(t, careless)
	if diff := cmp.Diff(b.Check(now), b.Check(now.Add(17*time.Second))); diff != "" {
		t.Error(diff)
	}
}

func TestNamesTellsWhichOrganizationsABaselineSpeaksOf(t *testing.T) {
	b := parse(t, careless)
	for org, want := range map[string]bool{"ACME": true, "acem": true, "elsewhere": true, "other": false} {
		if got := b.Names(org); got != want {
			t.Errorf("%s: %v", org, got)
		}
	}
}
