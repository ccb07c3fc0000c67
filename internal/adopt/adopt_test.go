package adopt_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/adopt"
)

// team adds a team of the people with these ids.
func team(s *access.Snapshot, id int64, slug string, people ...int64) {
	s.Teams = append(s.Teams, access.TeamInfo{ID: id, Slug: slug})
	for _, u := range people {
		s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, u), Resource: ref(access.Team, id), Privilege: access.Member, Source: access.Direct})
	}
}

func members(s *access.Snapshot, seen int, ids ...int64) {
	for _, u := range ids {
		person(s, u, fmt.Sprintf("u%d", u), seen)
		s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, u), Resource: org, Privilege: access.Member, Source: access.Direct})
	}
}

func repositories(s *access.Snapshot, names ...string) {
	for i, n := range names {
		s.Repositories = append(s.Repositories, access.Repository{ID: int64(201 + i), Name: n, Visibility: "private"})
	}
}

func give(s *access.Snapshot, who access.Ref, p access.Privilege, repos ...int64) {
	src := access.Direct
	if who.Kind == access.Team {
		src = access.ByTeam
	}
	for _, r := range repos {
		s.Grants = append(s.Grants, access.Grant{Principal: who, Resource: ref(access.Repo, r), Privilege: p, Source: src})
	}
}

// parts cuts the file into what is accepted as usual and what is set apart.
func parts(t *testing.T, s *access.Snapshot) (usual, unusual string, r adopt.Result) {
	t.Helper()
	r = adopted(t, seal(s))
	usual, unusual, _ = strings.Cut(string(r.Text), "# UNUSUAL")
	return usual, unusual, r
}

func TestUnusualAccessIsSetApartWithItsReason(t *testing.T) {
	cases := []struct {
		name  string
		build func(*access.Snapshot)
		want  string
	}{
		{"a team of one with admin", func(s *access.Snapshot) {
			team(s, 101, "one", 21)
			give(s, ref(access.Team, 101), access.Admin, 201)
		}, "a team of one person with admin"},
		{"an empty team", func(s *access.Snapshot) {
			team(s, 101, "none")
			give(s, ref(access.Team, 101), access.Write, 201)
		}, "nobody is in the team: whoever joins it gets this"},
		{"a team that has gone quiet", func(s *access.Snapshot) {
			members(s, 170, 31, 32)
			team(s, 101, "quiet", 31, 32)
			give(s, ref(access.Team, 101), access.Write, 201)
		}, "nobody in the team shows a sign of life"},
		{"a grant beside a team's", func(s *access.Snapshot) {
			team(s, 101, "two", 21, 22)
			give(s, ref(access.Team, 101), access.Maintain, 201)
			give(s, ref(access.User, 21), access.Write, 201)
		}, "beside a grant that gives as much: team:Acme/two"},
		{"an owner's grant", func(s *access.Snapshot) { give(s, ref(access.User, 11), access.Admin, 201) }, "an owner, who can do this anyway"},
		{"one person who administers much", func(s *access.Snapshot) { give(s, ref(access.User, 21), access.Admin, 201, 202, 203) }, "one person with admin on 3 repositories"},
		{"somebody inactive", func(s *access.Snapshot) {
			members(s, 170, 31)
			give(s, ref(access.User, 31), access.Write, 201)
		}, "no sign of life since 2026-06-08"},
		{"no second factor", func(s *access.Snapshot) {
			members(s, 1, 35)
			give(s, ref(access.User, 35), access.Write, 201)
		}, "no second factor"},
		{"an outside collaborator who can write", func(s *access.Snapshot) {
			person(s, 41, "ext", 1)
			s.Outside = []access.Outside{{User: 41}}
			give(s, ref(access.User, 41), access.Maintain, 201)
		}, "an outside collaborator who can write"},
		{"a broad organization role", func(s *access.Snapshot) {
			s.OrgRoles = []access.OrgRole{{ID: 81, Name: "all_repo_admin", Base: access.Admin}}
			s.Grants = append(s.Grants, access.Grant{Principal: ref(access.User, 21), Resource: org, Privilege: access.Admin, Source: access.ByOrgRole, Role: 81})
		}, "one person with admin on every repository"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := empty()
			repositories(s, "api", "web", "docs")
			members(s, 1, 21, 22)
			c.build(s)
			usual, unusual, r := parts(t, s)
			if !strings.Contains(unusual, fmt.Sprintf("reason = %q", c.want)) || strings.Contains(usual, "reason = \""+c.want) || r.Apart == 0 {
				t.Errorf("not set apart for %q:\n%s", c.want, r.Text)
			}
		})
	}
}

func TestOutsideAdminsAndUnusedKeysAreNotAccepted(t *testing.T) {
	s := empty()
	repositories(s, "api")
	person(s, 41, "ext", 1)
	s.Outside = []access.Outside{{User: 41}}
	give(s, ref(access.User, 41), access.Admin, 201)
	s.DeployKeys = []access.DeployKey{{ID: 900, Repo: 201, Title: "old", Enabled: true, CreatedAt: ago(300), LastUsed: ago(200)}}
	_, _, r := parts(t, s)
	if len(r.Refused) != 2 || strings.Contains(string(r.Text), "[[assign]]") || strings.Contains(string(r.Text), "[[key]]") || strings.Contains(string(r.Text), "outside_collaborators = [") {
		t.Errorf("refused %q:\n%s", r.Refused, r.Text)
	}
	rules := map[string]bool{}
	for _, c := range r.Remain {
		rules[c.Rule] = true
	}
	if !rules["outside-collaborator-write"] || !rules["deploy-key-write"] || !rules["deploy-key-stale"] {
		t.Errorf("what remains: %+v", r.Remain)
	}
}

func TestGlobNamesNothingThatIsNotHeldAndNothingPowerful(t *testing.T) {
	for name, c := range map[string]struct {
		privilege access.Privilege
		held      []int64
		want      string
	}{
		"all of a beginning":     {access.Write, []int64{202, 203, 204}, `on = ["repo:Acme/web-*"]  # 3 repositories today`},
		"all there are":          {access.Write, []int64{201, 202, 203, 204, 205}, `on = ["repo:Acme/*"]  # 5 repositories today`},
		"one of them is missing": {access.Write, []int64{202, 203}, `on = ["repo:Acme/web-a", "repo:Acme/web-b"]`},
		"powerful":               {access.Maintain, []int64{202, 203, 204}, `on = ["repo:Acme/web-a", "repo:Acme/web-b", "repo:Acme/web-c"]`},
	} {
		t.Run(name, func(t *testing.T) {
			s := empty()
			repositories(s, "api", "web-a", "web-b", "web-c", "webfoot")
			members(s, 1, 21, 22)
			team(s, 101, "two", 21, 22)
			give(s, ref(access.Team, 101), c.privilege, c.held...)
			if usual, _, _ := parts(t, s); !strings.Contains(usual, c.want) {
				t.Errorf("want %s:\n%s", c.want, usual)
			}
		})
	}
}

func TestTeamsNamedAfterRepositoriesShareAnEntry(t *testing.T) {
	s := empty()
	repositories(s, "api", "acme.io", "docs")
	members(s, 1, 21, 22)
	for i, slug := range []string{"api-admins", "acme-io-admins", "docs-admins"} {
		team(s, int64(101+i), slug, 21, 22)
		give(s, ref(access.Team, int64(101+i)), access.Admin, int64(201+i))
	}
	usual, _, _ := parts(t, s)
	if strings.Count(usual, "[[assign]]") != 1 || !strings.Contains(usual, `to = ["team:Acme/{repo}-admins"]`) {
		t.Errorf("%s", usual)
	}
}

var dates = regexp.MustCompile(`(?m)^expires = (\S+)$`)

func TestEndsAreStaggeredMondaysWithinAYear(t *testing.T) {
	s := empty()
	repositories(s, "api", "web", "docs", "ops", "lib", "old", "new", "map", "sim", "lab")
	members(s, 1, 21, 22)
	for i := range 10 {
		team(s, int64(101+i), string(rune('a'+i))+"-team", 21, 22)
		give(s, ref(access.Team, int64(101+i)), access.Write, int64(201+i))
	}
	_, _, r := parts(t, s)
	ends := map[string]int{}
	for _, m := range dates.FindAllStringSubmatch(string(r.Text), -1) {
		ends[m[1]]++
		day, err := time.Parse(time.DateOnly, m[1])
		if err != nil || day.Weekday() != time.Monday || day.Before(now.AddDate(0, 0, 90)) || day.After(now.AddDate(0, 0, 180)) {
			t.Errorf("%s (%s), %v", m[1], day.Weekday(), err)
		}
	}
	if len(ends) < 6 {
		t.Errorf("all of it falls due on %v", ends)
	}
}
