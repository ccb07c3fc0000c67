package report

import (
	"slices"
	"strings"
	"testing"
)

func TestANameWiderThanItsLineIsBrokenBetweenItsParts(t *testing.T) {
	for text, want := range map[string][]string{
		"team:acme/k8s-infra-staging-repo-admins":                     {"team:acme/k8s-infra-staging-", "repo-admins"},
		"team:acme/" + strings.Repeat("x", 30):                        {"team:acme/xxxxxxxxxxxxxxxxxxxx", "xxxxxxxxxx"}, // it would cost most of the line
		"it is held by team:acme/k8s-infra-staging-repo-admins alone": {"it is held by", "team:acme/k8s-infra-staging-", "repo-admins alone"},
	} {
		if got := wrap(text, 30); !slices.Equal(got, want) {
			t.Errorf("%q is broken into %q, not %q", text, got, want)
		}
	}
}

func TestACommandIsPrintedAsAShellTakesIt(t *testing.T) {
	got := Command("restore", "run-1", "--only", "rule=x,y", "--reason", "it's that it can be", "")
	if want := `restore run-1 --only rule=x,y --reason 'it'\''s that it can be' ''`; got != want {
		t.Errorf("it is %s, not %s", got, want)
	}
}
