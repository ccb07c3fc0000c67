package baseline

import (
	"strings"
	"testing"
)

const eachHead = "[roles.dev]\nrepository = \"write\"\n\n[[assign]]\nrole = \"dev\"\nreason = \"shared\"\nexpires = 2027-04-05\n"

func TestEachIsSeveralAssignmentsThatShareTheRest(t *testing.T) {
	short, err := Parse([]File{{Name: "b.toml", Text: []byte(eachHead +
		"each = [\n  { to = [\"team:acme/a\"], on = [\"repo:acme/x\"] },\n  { to = [\"team:acme/b\"], on = [\"repo:acme/y\"], reason = \"its own\" },\n]\n")}})
	if err != nil {
		t.Fatal(err)
	}
	long, err := Parse([]File{{Name: "b.toml", Text: []byte(eachHead + "to = [\"team:acme/a\"]\non = [\"repo:acme/x\"]\n" +
		"[[assign]]\nrole = \"dev\"\nreason = \"its own\"\nexpires = 2027-04-05\nto = [\"team:acme/b\"]\non = [\"repo:acme/y\"]\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if short.Hash() != long.Hash() {
		t.Error("the two ways to write it have two hashes")
	}
	if a := short.Assignments; len(a) != 2 || a[0].Position.Line != 9 || a[1].Position.Line != 10 || a[0].Reason != "shared" || a[1].Reason != "its own" {
		t.Errorf("%+v", a)
	}
}

func TestMistakesInEachAreNamedWhereTheyStand(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"beside to":    {eachHead + "to = [\"team:acme/a\"]\neach = [{ to = [\"team:acme/a\"], on = [\"repo:acme/x\"] }]\n", "b.toml:8:1: to stands beside each"},
		"empty":        {eachHead + "each = []\n", "each of [[assign]] is empty"},
		"no on":        {eachHead + "each = [{ to = [\"team:acme/a\"] }]\n", "an element of each has no on"},
		"unknown key":  {eachHead + "each = [{ to = [\"team:acme/a\"], on = [\"repo:acme/x\"], expires = 2027-04-05 }]\n", `unknown key "expires" in an element of each`},
		"not a table":  {eachHead + "each = [\"team:acme/a\"]\n", "each must be a list of tables"},
		"no end, once": {strings.Replace(eachHead, "expires = 2027-04-05\n", "", 1) + "each = [{ to = [\"team:acme/a\"], on = [\"repo:acme/x\"] }, { to = [\"team:acme/b\"], on = [\"repo:acme/x\"] }]\n", "b.toml:4:1: standing access with write needs an end"},
	} {
		_, err := Parse([]File{{Name: "b.toml", Text: []byte(c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if name == "no end, once" && err != nil && strings.Count(err.Error(), "needs an end") != 1 {
			t.Errorf("%s: said more than once: %v", name, err)
		}
	}
}
