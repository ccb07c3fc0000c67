package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

// What is to be done at the same place, for the same rule, shares its lines: an
// organization with hundreds of stale members has a plan that can be read.
func TestWhatIsAlikeInAPlanIsGathered(t *testing.T) {
	v := Plan{Org: access.Named{Ref: access.Ref{Kind: access.Org, ID: 1}, Name: "org:acme"}, At: taken, MadeAt: taken}
	for i := range 40 {
		v.Instructions = append(v.Instructions, PlanInstruction{
			Title: fmt.Sprintf("user:u%d shows no sign of life", i), Where: "Organization settings", Who: "an owner of org:acme", Rule: "member-stale",
		})
		repo := access.Named{Ref: access.Ref{Kind: access.Repo, ID: int64(i + 1)}, Name: fmt.Sprintf("repo:acme/r%d", i)}
		v.Instructions = append(v.Instructions, PlanInstruction{
			Resource: repo, Title: fmt.Sprintf("env:acme/r%d/prod has no reviewers", i), Where: "Environments", Who: "an administrator of " + repo.Name, Rule: "environment-no-reviewers",
		})
		v.Waiting = append(v.Waiting, PlanWaiting{Title: fmt.Sprintf("delete key:acme/api#%d", i), Until: taken, Why: []string{"nobody has been told"}})
	}
	var b strings.Builder
	if err := Write(&b, v, Table, Options{Width: 100}); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for line, want := range map[string]int{
		"an owner of org:acme\n": 1, "an administrator of the repository\n": 1, "nobody has been told\n": 1, "30 more: --output json lists them\n": 3,
		"user:u17 ": 1, "user:u9 ": 0, "key:acme/api#10\n": 1, "rule        member-stale\n": 1,
	} {
		if got := strings.Count(text, line); got != want {
			t.Errorf("%q is there %d times, not %d", line, got, want)
		}
	}
	if n := strings.Count(text, "\n"); n > 70 {
		t.Errorf("the plan has %d lines:\n%s", n, text)
	}
}
