package baseline

import (
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// repoWord stands in the name of a team for the name of the repository at hand:
// "team:acme/{repo}-admins" on "repo:acme/api" is team:acme/api-admins. No slug of
// GitHub has braces, so it can mean nothing else.
const repoWord = "{repo}"

// template reports whether the pattern names a team by the repository.
func (p Pattern) template() bool {
	return p.Kind == access.Team && strings.Contains(p.name.text, repoWord)
}

// forRepo gives the pattern for one repository. A dot in the repository's name is
// a dash in the team's: slugs have no dots.
func (p Pattern) forRepo(name string) Pattern {
	slug := strings.ReplaceAll(strings.ToLower(name), ".", "-")
	p.name = newGlob(strings.ReplaceAll(p.name.text, repoWord, slug))
	p.Text = p.Kind.String() + ":" + p.org.text + "/" + p.name.text
	return p
}

// checkTemplates finds teams that are named by a repository where there is none.
func checkTemplates(a Assignment, problems *Problems) {
	if !slices.ContainsFunc(a.To, Pattern.template) {
		return
	}
	for _, on := range a.On {
		if on.Kind != access.Repo {
			problems.add(on.Position, "give it an assignment of its own", "%s is no repository, so %s in to has no name to stand for", on.Text, repoWord)
		}
	}
}

// giveByRepo files the entry, for each of its repositories, under the team that is
// named after it. A repository without such a team gives nobody anything; that
// is worth a warning where it is named, and where a whole pattern has none.
func (d *binder) giveByRepo(e entry, p Pattern, on []Pattern) {
	found := false
	for ord, r := range d.names.snap.Repositories {
		if !e.repos.has(int32(ord)) {
			continue
		}
		named := p.forRepo(r.Name)
		if refs, _ := d.names.principals(named); len(refs) == 0 {
			if slices.ContainsFunc(on, func(o Pattern) bool { return o.Literal() && o.name.text == strings.ToLower(r.Name) }) {
				d.missing(named)
				found = true // said already
			}
			continue
		}
		found = true
		one := e
		one.repos = setOf([]int32{int32(ord)}, len(d.names.snap.Repositories))
		d.give(one, []Pattern{named})
	}
	if !found && !e.repos.empty() {
		d.missing(p)
	}
}
