package baseline

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

func teamEntry(match, rest string) string {
	return "[[team]]\nmatch = [\"" + match + "\"]\nmaintainers = " + rest + "\n"
}

func TestTheMoreSpecificEntrySaysWhoMaintainsATeam(t *testing.T) {
	b := bindFull(t)
	m, ok := b.Maintainers(qa)
	if !ok || !m.Lists(user("alice").ID) || !m.Lists(user("cto").ID) || m.Lists(user("bob").ID) || m.Source.Line == 0 {
		t.Errorf("%+v, %v", m, ok)
	}
	if _, ok := b.Maintainers(eng); ok {
		t.Error("a team that no entry names has a rule")
	}
	if a := b.Answer(user("alice"), team(qa), now); !slices.Equal(a.Standing, []access.Privilege{access.Maintain}) || a.Class != TeamMaintainers || !a.Managed {
		t.Errorf("%+v", a)
	}
	if a := b.Answer(user("alice"), team(eng), now); len(a.Standing) > 0 || a.Managed {
		t.Errorf("%+v", a)
	}
}

func TestATeamThatIsNamedIsNotMentionedByThatAlone(t *testing.T) {
	b, _ := bind(t, teamEntry("team:acme/*", `["user:alice"]`), acme())
	if b.Knows(team(qa)) || !b.Knows(user("alice")) || !b.Managed(TeamMaintainers) || len(b.Managing()) != 1 {
		t.Error("an entry on maintainers gives the team something, or does not mention who is listed")
	}
	if other, _ := bind(t, teamEntry("team:other/*", `[]`)+okRole+okAssign, acme()); other.Managed(TeamMaintainers) {
		t.Error("an entry for another organization manages the class")
	}
}

func TestMistakesInTeamEntriesAreNamedWithTheirPlace(t *testing.T) {
	const keep = " (keep one, or say override = true in the more specific one)"
	for name, c := range map[string]struct{ text, want string }{
		"no list":      {"[[team]]\nmatch = [\"team:a/b\"]\n", `b.toml:1:1: [[team]] says nothing of the team (maintainers = ["user:LOGIN"], or [] for nobody but owners; or directory = "GROUP")`},
		"no match":     {"[[team]]\nmaintainers = []\n", `b.toml:1:1: [[team]] has no match (match = ["team:ORG/*"])`},
		"empty match":  {"[[team]]\nmatch = []\nmaintainers = []\n", `b.toml:2:9: match of [[team]] is empty`},
		"a team":       {teamEntry("team:a/b", `["team:a/c"]`), `b.toml:3:16: maintainers: "team:a/c" cannot stand here; write user:LOGIN`},
		"a pattern":    {teamEntry("team:a/b", `["user:*"]`), `b.toml:3:16: maintainers: "user:*" has a *, which cannot stand here (name each one)`},
		"another kind": {teamEntry("repo:a/b", `[]`), `b.toml:2:10: match: "repo:a/b" cannot stand here; write team:ORG/SLUG`},
		"unknown key":  {teamEntry("team:a/b", "[]\nmaintaners = []"), `b.toml:4:1: unknown key "maintaners" in [[team]] (did you mean "maintainers"?)`},
		"no group":     {"[[team]]\nmatch = [\"team:a/b\"]\ndirectory = \" \"\n", `b.toml:3:13: directory is empty (leave the key out instead)`},
		"two groups": {"[[team]]\nmatch = [\"team:a/*\"]\ndirectory = \"x\"\n[[team]]\nmatch = [\"team:a/b\"]\ndirectory = \"y\"\n",
			"b.toml:6:1: directory is set to another value at b.toml:3:1, and both speak of team:a/b" + keep},
		"a group and a list": {teamEntry("team:a/*", `["user:x"]`) + "[[team]]\nmatch = [\"team:a/b\"]\ndirectory = \"y\"\n", ""},
		"contradiction": {teamEntry("team:a/*", `["user:x"]`) + teamEntry("team:a/b", `["user:y"]`),
			"b.toml:6:1: maintainers is set to another value at b.toml:3:1, and both speak of team:a/b" + keep},
		"the same in another order": {teamEntry("team:a/*", `["user:x", "user:y"]`) + teamEntry("team:a/b", `["user:y", "user:X"]`), ""},
		"one that decides":          {teamEntry("team:a/*", `["user:x"]`) + teamEntry("team:a/b", "[]\noverride = true"), ""},
		"an overlap that may be":    {teamEntry("team:a/b*", `["user:x"]`) + teamEntry("team:a/*b", `[]`), ""},
	} {
		got := ""
		if _, err := Parse([]File{{"b.toml", []byte(c.text)}}); err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: want -, have +:\n%s", name, diff)
		}
	}
}

func TestEntriesThatMeetOnATeamConflict(t *testing.T) {
	meet := teamEntry("team:acme/q*", `["user:alice"]`) + teamEntry("team:acme/*a", `["user:bob"]`)
	bound, got := bind(t, meet, acme())
	want := []string{"b.toml:6:1: maintainers is set to another value at b.toml:3:1, and both speak of team:Acme/qa (keep one, or say override = true in the more specific one)"}
	if diff := cmp.Diff(want, got); diff != "" || bound != nil {
		t.Errorf("bound %v, want -, have +:\n%s", bound != nil, diff)
	}
	wide := strings.Replace(teamEntry("team:acme/*", `["user:alice"]`), "maintainers", "override = true\nmaintainers", 1)
	if bound, _ := bind(t, wide+teamEntry("team:acme/qa", `[]`), acme()); bound != nil {
		t.Error("the less specific entry decided")
	}
}

func TestWhatATeamEntryNamesAndIsNotThereIsAWarning(t *testing.T) {
	bound, got := bind(t, teamEntry("team:acme/qaa", `["user:alcie"]`)+teamEntry("team:acme/z*", `[]`)+teamEntry("team:acme/qa", `["user:alcie"]`), acme())
	want := []string{
		`b.toml:2:10: team:acme/qaa does not exist (did you mean "qa"?)`,
		`b.toml:5:10: team:acme/z* matches no team`,
		`b.toml:9:16: user:alcie does not exist (did you mean "alice"?)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
	if m, _ := bound.Maintainers(qa); len(m.Listed) != 0 || !slices.Equal(m.Unknown, []string{"user:alcie"}) {
		t.Errorf("%+v", m)
	}
}

func TestTheHashKnowsWhoMayMaintain(t *testing.T) {
	one, two := parse(t, teamEntry("team:a/b", `["user:x", "user:y"]`)), parse(t, teamEntry("team:a/b", `["user:Y", "user:x"] # again`))
	if one.Hash() != two.Hash() || one.Hash() == parse(t, teamEntry("team:a/b", `["user:x"]`)).Hash() {
		t.Error("the hash is by form, or not by meaning")
	}
}

func TestItIsExplainedWhoMayMaintainATeam(t *testing.T) {
	b, _ := bind(t, teamEntry("team:acme/qa", `["user:alice"]`), acme())
	want := []string{
		"no entry gives user:bob anything on team:Acme/qa",
		"so user:bob may have nothing",
		"b.toml:1:1: may be maintained by user:alice, beside the owners of the organization",
		"b.toml:1:1: class team-maintainers is managed in Acme, so what goes beyond this is drift",
	}
	if diff := cmp.Diff(want, b.Explain(user("bob"), team(qa), now)); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
	lines := b.Explain(user("bob"), team(eng), now)
	if last := lines[len(lines)-1]; last != "no [[team]] says who may maintain team:Acme/eng, so that is no drift" {
		t.Error(last)
	}
}

func TestTheGroupThatFillsATeamIsSaidApartFromItsMaintainers(t *testing.T) {
	b := bindFull(t)
	if group, at, ok := b.Directory(qa); !ok || group != "Quality Assurance" || at.Line == 0 {
		t.Errorf("%q at %v, %v", group, at, ok)
	}
	b, _ = bind(t, "[[team]]\nmatch = [\"team:acme/*\"]\ndirectory = \"all\"\n", acme())
	if _, ok := b.Maintainers(qa); ok || b.Managed(TeamMaintainers) {
		t.Error("a group alone manages who maintains the team")
	}
	if group, _, ok := b.Directory(sre); !ok || group != "all" {
		t.Errorf("%q", group)
	}
	lines := b.Explain(user("bob"), team(sre), now)
	if !slices.Contains(lines, `b.toml:1:1: the group "all" of the identity provider decides who is in it`) {
		t.Errorf("%q", lines)
	}
}
