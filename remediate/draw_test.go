package remediate_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

var (
	logins    = []string{"u0", "u1", "u2", "u3", "u4", "u5"} // members
	outsiders = []string{"x0", "x1"}
	slugs     = []string{"t0", "t1", "t2"}
	repoNames = []string{"r0", "r1"}
	levels    = []access.Privilege{access.Read, access.Triage, access.Write, access.Maintain, access.Admin}
)

func someone() *rapid.Generator[string] {
	var all []string
	for _, l := range slices.Concat(logins, outsiders) {
		all = append(all, "user:"+l)
	}
	for _, s := range slugs {
		all = append(all, "team:"+s)
	}
	return rapid.SampledFrom(all)
}

// drawWorld makes a small organization at random.
func drawWorld(t *rapid.T) *world {
	w := newWorld()
	w.join(access.Member, logins...)
	w.outside(outsiders...)
	w.Settings.BasePermission = rapid.SampledFrom([]access.Privilege{access.None, access.Read, access.Write}).Draw(t, "base")
	for i, s := range slugs {
		parent := ""
		if i > 0 && rapid.Bool().Draw(t, "nested") {
			parent = slugs[rapid.IntRange(0, i-1).Draw(t, "parent")]
		}
		people := rapid.SliceOfNDistinct(rapid.SampledFrom(logins), 0, 4, rapid.ID).Draw(t, "people")
		w.team(s, parent, people...)
		for _, l := range people {
			w.rank(l, s, rapid.SampledFrom([]access.Privilege{access.Member, access.Maintain}).Draw(t, "as"))
		}
	}
	for _, r := range repoNames {
		w.ref("repo:" + r)
		if rapid.Bool().Draw(t, "public") {
			w.Repositories[len(w.Repositories)-1].Visibility = "public"
		}
	}
	held := map[string]bool{}
	for range rapid.IntRange(1, 8).Draw(t, "grants") {
		who, on := someone().Draw(t, "who"), rapid.SampledFrom(repoNames).Draw(t, "on")
		if held[who+on] {
			continue
		}
		held[who+on] = true
		w.give(who, on, rapid.SampledFrom(levels).Draw(t, "level"))
	}
	for _, r := range repoNames {
		if rapid.Bool().Draw(t, "guarded") {
			for _, who := range rapid.SliceOfNDistinct(someone(), 0, 3, rapid.ID).Draw(t, "reviewers") {
				w.reviewer(who, r+"/production")
			}
		}
	}
	if rapid.Bool().Draw(t, "more owners") {
		w.join(access.Owner, "o2", "o3")
	}
	return w
}

// drawBaseline allows something to somebody at random.
func drawBaseline(t *rapid.T) string {
	var b strings.Builder
	for _, l := range levels {
		fmt.Fprintf(&b, "[roles.%s]\nrepository = %q\nstanding_reason = \"x\"\nreview_by = 2027-06-30\n", l, l)
	}
	fmt.Fprintf(&b, "[organization.acme]\nmanage = [\"repository-access\", \"members\"]\nowners = [\"user:root\", \"user:boss\"]\nbase_permission = %q\n",
		rapid.SampledFrom([]string{"none", "read"}).Draw(t, "base"))
	for range rapid.IntRange(0, 5).Draw(t, "assignments") {
		who := strings.Replace(someone().Draw(t, "to"), "team:", "team:acme/", 1)
		fmt.Fprintf(&b, "[[assign]]\nrole = %q\nto = [%q]\non = [\"repo:acme/%s\"]\n",
			rapid.SampledFrom(levels).Draw(t, "role").String(), who, rapid.SampledFrom([]string{"*", "r0", "r1"}).Draw(t, "repo"))
	}
	if rapid.Bool().Draw(t, "rule") {
		who := strings.Replace(someone().Draw(t, "reviewer"), "team:", "team:acme/", 1)
		fmt.Fprintf(&b, "[[environment]]\nmatch = [\"env:acme/*/production\"]\nreviewers = [%q]\n", who)
	}
	if rapid.Bool().Draw(t, "maintainers") {
		fmt.Fprintf(&b, "[[team]]\nmatch = [\"team:acme/%s\"]\nmaintainers = [\"user:%s\"]\n",
			rapid.SampledFrom([]string{"*", "t0", "t1"}).Draw(t, "teams"), rapid.SampledFrom(logins).Draw(t, "maintainer"))
	}
	if rapid.IntRange(0, 3).Draw(t, "directory") == 0 {
		fmt.Fprintf(&b, "[[team]]\nmatch = [\"team:acme/t0\"]\ndirectory = \"all staff\"\n")
	}
	return b.String()
}

func drawGuards(t *rapid.T) remediate.Guards {
	g := loose()
	g.Expel = rapid.Bool().Draw(t, "expel")
	g.MinOwners = rapid.IntRange(0, 3).Draw(t, "min owners")
	if rapid.Bool().Draw(t, "protect") {
		g.Protected = []string{"user:" + rapid.SampledFrom(logins).Draw(t, "protected")}
	}
	return g
}
