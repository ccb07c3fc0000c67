package baseline

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
)

const byRepo = `
[roles.admin]
repository = "admin"
expires = 2027-01-31
[[assign]]
role = "admin"
to = ["team:Acme/{repo}-admins", "team:acme/sre"]
on = [%s]
`

// templated is acme with three teams that are named after repositories.
func templated() *access.Snapshot {
	s := acme()
	s.Repositories = append(s.Repositories, access.Repository{ID: 205, Name: "acme.io"})
	for i, slug := range []string{"api-admins", "infra-admins", "acme-io-admins"} {
		s.Teams = append(s.Teams, access.TeamInfo{ID: int64(111 + i), Slug: slug})
	}
	return s
}

func TestTeamNamedByRepositoryMayOnThatOneAlone(t *testing.T) {
	s := templated()
	b, warnings := bind(t, strings.Replace(byRepo, "%s", `"repo:acme/api", "repo:acme/Acme.io"`, 1), s)
	if len(warnings) > 0 {
		t.Errorf("warnings: %v", warnings)
	}
	want := map[int64][]int64{111: {201}, 113: {205}, 103: {201, 205}} // team to repositories
	for _, tm := range s.Teams {
		for _, r := range s.Repositories {
			may := b.OnRepo(team(tm.ID), r.ID, now).Privilege == access.Admin
			should := false
			for _, id := range want[tm.ID] {
				should = should || id == r.ID
			}
			if may != should {
				t.Errorf("team %s on %s: %t, want %t", tm.Slug, r.Name, may, should)
			}
		}
	}
	if !b.Knows(team(111)) || b.Knows(team(112)) {
		t.Error("a team is mentioned where its repository is, and not elsewhere")
	}
}

func TestTeamNamedByRepositoryThatIsNotThereIsAWarning(t *testing.T) {
	for on, want := range map[string]string{
		`"repo:acme/api", "repo:acme/web-shop"`: "team:acme/web-shop-admins does not exist",
		`"repo:acme/web-*"`:                     "team:acme/{repo}-admins does not exist",
		`"repo:acme/*"`:                         "",
	} {
		_, warnings := bind(t, strings.Replace(byRepo, "%s", on, 1), templated())
		if got := strings.Join(warnings, "\n"); (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", on, got, want)
		}
	}
}

func TestTeamNamedByRepositoryNeedsRepositories(t *testing.T) {
	text := strings.Replace(byRepo, "[%s]", `["env:acme/api/production"]`, 1)
	text = strings.Replace(text, "\nexpires", "\nenvironments = { \"*\" = [\"deploy\"] }\nexpires", 1)
	_, err := Parse([]File{{Name: "b.toml", Text: []byte(text)}})
	if err == nil || !strings.Contains(err.Error(), "is no repository, so {repo} in to has no name to stand for") {
		t.Errorf("got %v", err)
	}
}

func TestReasonOfTheRoleHoldsWhereTheAssignmentGivesNone(t *testing.T) {
	b, _ := bind(t, `
[roles.admin]
repository = "admin"
expires = 2027-01-31
reason = "the role's"
[[assign]]
role = "admin"
to = ["team:acme/sre"]
on = ["repo:acme/api"]
[[assign]]
role = "admin"
to = ["team:acme/eng"]
on = ["repo:acme/api"]
reason = "its own"
`, acme())
	if got := b.OnRepo(team(sre), api, now).Reason; got != "the role's" {
		t.Errorf("got %q", got)
	}
	if got := b.OnRepo(team(eng), api, now).Reason; got != "its own" {
		t.Errorf("got %q", got)
	}
}
