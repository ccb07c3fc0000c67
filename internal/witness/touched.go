package witness

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"strings"

	"github.com/eb661601/ajar/internal/githubsim"
)

// everywhere is how many pairs of a repository and a person are looked at whatever
// has changed. More than that take longer than a change does.
const everywhere = 20_000

// touched gives the repositories, by name, and people, by login, whose level may not be
// what it was. In a small organization it gives all of them. In a large one it goes by
// the facts that differ: one of a repository concerns that repository, one that names a
// person concerns that person, any other concerns everybody everywhere.
func touched(was, is *githubsim.World) iter.Seq2[string, string] {
	o := is.Orgs[0]
	var repos, logins []string
	for _, r := range o.Repos {
		repos = append(repos, r.Name)
	}
	for _, u := range is.Users {
		logins = append(logins, u.Login)
	}
	if len(was.Orgs) == 0 || len(repos)*len(logins) <= everywhere || len(was.Users) != len(is.Users) || !alike(was.Orgs[0], o) {
		return pairs(repos, logins)
	}
	some, who := map[string]bool{}, map[string]bool{}
	for _, line := range Apart(Essence(was), Essence(is)) {
		words := strings.Fields(line) // after the sign: the organization or a repository of it, then the fact
		_, repo, ofRepo := strings.Cut(words[1], "/")
		switch {
		case ofRepo:
			some[repo] = true
		case words[2] == "member":
			who[words[3]] = true
		case words[2] == "team":
			who[words[5]] = true
		case words[2] != "invitation" && words[2] != "workflow-token": // they give no level
			return pairs(repos, logins)
		}
	}
	return func(yield func(string, string) bool) {
		going := true
		each := func(r, login string) bool {
			going = yield(r, login)
			return going
		}
		pairs(slices.Sorted(maps.Keys(some)), logins)(each)
		if going {
			pairs(repos, slices.Sorted(maps.Keys(who)))(each)
		}
	}
}

// alike reports whether what [Essence] does not tell of and levels depend on is the
// same: roles of the organization, custom roles, the tree of teams, repositories.
func alike(a, b *githubsim.Org) bool {
	tell := func(o *githubsim.Org) string {
		parents := map[string]string{}
		for _, t := range o.Teams {
			parents[t.Slug] = t.Parent
		}
		names := map[int64]string{}
		for _, r := range o.Repos {
			names[r.ID] = r.Name + " " + r.Visibility
		}
		text, _ := json.Marshal([]any{o.OrgRoles, o.CustomRoles, parents, names}) // plain data: cannot fail
		return string(text)
	}
	return tell(a) == tell(b)
}

func pairs(repos, logins []string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for _, r := range repos {
			for _, l := range logins {
				if !yield(r, l) {
					return
				}
			}
		}
	}
}
