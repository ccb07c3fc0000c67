package baseline

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
)

func TestGlobAgreesWithRegexp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pattern := rapid.StringMatching(`[ab*]{1,8}`).Draw(t, "pattern")
		name := rapid.StringMatching(`[ab]{0,12}`).Draw(t, "name")
		want := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(pattern), `\*`, ".*") + "$").MatchString(name)
		if got := newGlob(pattern).match(name); got != want {
			t.Fatalf("%q on %q is %v, the regular expression says %v", pattern, name, got, want)
		}
	})
}

func TestGlobTakesLinearTime(t *testing.T) {
	g := newGlob(strings.Repeat("*a", 200) + "*b")
	name := strings.Repeat("a", 1<<20)
	start := time.Now()
	if g.match(name) {
		t.Error("matched a name that does not end in b")
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestNameListAgreesWithMatchingEachName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.SliceOfN(rapid.StringMatching(`[ABab]{1,4}`), 0, 12).Draw(t, "names")
		g := newGlob(rapid.StringMatching(`[Aab*]{1,5}`).Draw(t, "pattern"))
		want := map[int32]bool{}
		for i, n := range names {
			if g.match(strings.ToLower(n)) {
				want[int32(i)] = true
			}
		}
		got := newNameList(len(names), func(i int) string { return names[i] }).match(g)
		for _, i := range got {
			if !want[i] {
				t.Fatalf("%q does not match %s", names[i], g.text)
			}
			delete(want, i)
		}
		if len(want) > 0 {
			t.Fatalf("missed %v", want)
		}
	})
}

func TestSetHoldsExactlyItsMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 300).Draw(t, "size")
		members := rapid.SliceOf(rapid.Int32Range(0, int32(size-1))).Draw(t, "members")
		want := map[int32]bool{}
		for _, m := range members {
			want[m] = true
		}
		s := setOf(members, size)
		for i := int32(-1); i < int32(size); i++ {
			if s.has(i) != want[i] {
				t.Fatalf("%d: %v", i, s.has(i))
			}
		}
		if s.empty() != (len(want) == 0) {
			t.Fatal("empty is wrong")
		}
	})
}

func TestPatternsAreReadAsWritten(t *testing.T) {
	for _, text := range []string{"user:alice", "user:*", "team:acme/sre", "team:acme/*", "app:deploy-bot", "key:acme/api#17", "key:acme/*",
		"pat:acme#42", "credential:acme#9", "invitation:acme#3", "workflow:acme/api", "org:acme", "repo:acme/*", "env:acme/api/prod/eu", "env:acme/*/production*"} {
		p, err := ParsePattern(text)
		if err != nil || p.Text != text || p.Literal() != !(strings.Contains(text, "*") || text == "key:acme/*") {
			t.Errorf("%s: %+v, %v", text, p, err)
		}
	}
	for _, text := range []string{"", "alice", "person:x", "user:", "user:a/b", "team:sre", "team:acme/a/b", "repo:acme", "repo:acme/", "repo:/x",
		"env:acme/api", "env:acme/api/", "key:acme/api#x", "key:acme/api#-1", "pat:acme#0", "org:a/b", "user: x", "repo:acme/x\n", strings.Repeat("user:a", 100)} {
		if p, err := ParsePattern(text); err == nil {
			t.Errorf("%q was read as %+v", text, p)
		}
	}
}

func TestTheMoreSpecificPatternWeighsMore(t *testing.T) {
	order := []string{"env:*/*/*", "env:acme/*/*", "env:acme/*/prod*", "env:acme/*/production*", "env:acme/*/production", "env:acme/api/production"}
	last := -1
	for _, text := range order {
		p, err := ParsePattern(text, access.Env)
		if err != nil || p.weight() <= last {
			t.Errorf("%s weighs %d, the one before %d (%v)", text, p.weight(), last, err)
		}
		last = p.weight()
	}
}

func FuzzPattern(f *testing.F) {
	f.Add("env:acme/*/prod*", "env:acme/api/prod")
	f.Fuzz(func(t *testing.T, text, name string) {
		p, err := ParsePattern(text)
		if err != nil {
			return
		}
		p.weight()
		p.of("acme")
		p.name.match(strings.ToLower(name))
	})
}
