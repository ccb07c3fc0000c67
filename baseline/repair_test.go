package baseline

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestOneImpossibleDateHidesNoOtherMistake(t *testing.T) {
	text := `[roles.writer]
repository = "write"
[roles.lost]
repositry = "read"
[[assign]]
role = "writer"
to = ["team:acme/eng"]
on = ["repo:acme/api"]
starts = 2026-02-27
expires = 2026-02-30
[[assign]]
role = "writr"
to = [ann]
on = ["repo:acme/api"]
[[assign]]
role = "writer"
to = ["user:ann"]
on = ["repo:acme/api"]
review_by = 2026-13-01T25:00:00Z
`
	_, err := Parse([]File{{"b.toml", []byte(text)}})
	want := `b.toml:3:1: [roles.lost] gives nothing (give it repository, environments or organization)
b.toml:4:1: unknown key "repositry" in [roles.lost] (did you mean "repository"?)
b.toml:10:11: 2026-02-30 is not a date: February 2026 has 28 days (write a date as 2027-01-31, a time as 2027-01-31T18:00:00Z)
b.toml:12:8: there is no role "writr" (did you mean "writer"?)
b.toml:13:7: not valid TOML: expected value but found "ann" instead (text stands in quotes)
b.toml:15:1: standing access with write needs an end or a reason (add expires = a date at most 365 days ahead, or standing_reason with review_by; or standing = false in the role)
b.toml:19:1: [[assign]] has review_by without standing_reason
b.toml:19:13: 2026-13-01T25:00:00Z is not a date: there is no month 13 (write a date as 2027-01-31, a time as 2027-01-31T18:00:00Z)`
	if diff := cmp.Diff(want, errText(err)); diff != "" {
		t.Errorf("want -, have +:\n%s", diff)
	}
}

func TestAFileThatCannotBeReadHidesNoMistakeOfTheOthers(t *testing.T) {
	_, err := Parse([]File{
		{"a.toml", []byte("[roles.x\n")},
		{"b.toml", []byte("[roles.writer]\nrepository = \"write\"\n[[assign]]\nrole = \"writer\"\nto = [\"user:ann\"]\non = [\"repo:acme/api\"]\n[[assign]]\nrole = \"x\"\nto = [\"user:ann\"]\non = [\"repo:acme/api\"]\n")},
	})
	got := errText(err)
	if !strings.Contains(got, "a.toml:") || !strings.Contains(got, "b.toml:3:1: standing access with write") || strings.Contains(got, "no role") {
		t.Error(got)
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestAConfigurationWithAMistakeInItsTOMLIsNoDocument(t *testing.T) {
	d, err := ReadDocument("c.toml", []byte("a = 2026-02-30\nb = yes\n"))
	var ps Problems
	if d != nil || !errors.As(err, &ps) || len(ps) != 2 {
		t.Errorf("%v, %v", d, err)
	}
}

func TestManyMistakesInOneFileAreToldInTime(t *testing.T) {
	text := strings.Repeat("[[waiver]]\nexpires = 2026-02-30\n", 50_000)
	start := time.Now()
	if _, err := Parse([]File{{"b.toml", []byte(text)}}); err == nil {
		t.Error("it was taken")
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestPlacesAreThoseOfTheFileHoweverOftenItWasRepaired(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var repairs []repair
		text := rapid.StringMatching(`[a-z]{20,60}`).Draw(t, "text")
		for at := 0; at < len(text)-4; at += rapid.IntRange(5, 12).Draw(t, "gap") {
			repairs = append(repairs, repair{at, text[at : at+rapid.IntRange(1, 4).Draw(t, "old")], rapid.StringMatching(`[A-Z]{1,8}`).Draw(t, "placed")})
		}
		got := repaired(text, repairs)
		for i, c := range []byte(got) {
			o := original(i, repairs)
			if c >= 'a' && text[o] != c {
				t.Fatalf("%d of %s is taken for %d of %s", i, got, o, text)
			}
		}
	})
}
