package baseline

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

func TestRulesThatMustContradictAreRefusedWithoutASnapshot(t *testing.T) {
	rule := func(match, rest string) string {
		return "[[environment]]\nmatch = [\"" + match + "\"]\nrequire_reviewers = " + rest + "\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"one inside the other": {rule("env:acme/*/production", "true") + rule("env:acme/*/*", "false"),
			"b.toml:6:1: require_reviewers is set to another value at b.toml:3:1, and both speak of env:acme/*/production (keep one, or say override = true in the more specific one)"},
		"the same": {rule("env:acme/api/prod", "true") + rule("env:acme/api/prod", "false"),
			"b.toml:6:1: require_reviewers is set to another value at b.toml:3:1, and both speak of env:acme/api/prod (keep one, or say override = true in the more specific one)"},
		"one that decides":       {rule("env:acme/*/production", "true\noverride = true") + rule("env:acme/*/*", "false"), ""},
		"the same value":         {rule("env:acme/*/production", "true") + rule("env:acme/*/*", "true"), ""},
		"an overlap that may be": {rule("env:acme/*/production", "true") + rule("env:acme/api/*", "false"), ""},
		"nothing in common":      {rule("env:acme/*/production", "true") + rule("env:other/*/*", "false"), ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			if _, err := Parse([]File{{"b.toml", []byte(c.text)}}); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("want -, have +:\n%s", diff)
			}
		})
	}
}

func TestThousandsOfRulesAreComparedInTime(t *testing.T) {
	text := strings.Repeat("[[environment]]\nmatch = [\"env:acme/*a*b*c*/production\"]\nwait_timer = 1\n", 5_000)
	start := time.Now()
	parse(t, text)
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestNoBaselineManagesNothing(t *testing.T) {
	var none *Bound
	if none.Managed(Keys) || len(none.Managing()) != 0 {
		t.Error("it manages something")
	}
}

func TestAPatternIsWithinAWiderOne(t *testing.T) {
	for _, c := range []struct {
		inner, outer string
		want         bool
	}{
		{"env:acme/api/prod", "env:acme/*/prod", true},
		{"env:acme/a*/prod*", "env:acme/*/prod*", true},
		{"env:acme/*/prod*", "env:acme/a*/prod*", false},
		{"env:acme/*/prod", "env:*/*/*", true},
		{"env:acme/*a/x", "env:acme/a*/x", false},
	} {
		in, err1 := ParsePattern(c.inner, access.Env)
		out, err2 := ParsePattern(c.outer, access.Env)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		if got := in.within(out); got != c.want {
			t.Errorf("%s within %s: %v", c.inner, c.outer, got)
		}
	}
}
