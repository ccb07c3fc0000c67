package baseline

import (
	"strings"

	"github.com/eb661601/ajar/access"
)

// What a baseline names and a snapshot does not show is a warning: a typo must
// not look like compliance. Where the snapshot has a gap the warning says that
// nothing is known, and suggests nothing.

// plural names what a pattern of each kind looks for.
var plural = map[access.Kind]string{access.User: "person", access.Team: "team", access.Repo: "repository",
	access.Env: "environment", access.Key: "deploy key"}

// areasOf lists what must have been read to know that a thing does not exist.
var areasOf = map[access.Kind][]access.Area{
	access.User: {access.AreaMembers, access.AreaOutside},
	access.Team: {access.AreaTeams},
	access.Repo: {access.AreaRepositories},
	access.Env:  {access.AreaRepositories, access.AreaEnvironments},
	access.Key:  {access.AreaRepositories, access.AreaDeployKeys},
}

// maxGuesses bounds how often a nearest name is looked for.
const maxGuesses = 50

func (d *binder) missing(p Pattern) {
	what, ok := plural[p.Kind]
	if !ok {
		if p.Kind == access.App {
			d.problems.warn(p.Position, "", "%s cannot be checked: a snapshot does not hold apps", p.shown())
		}
		return
	}
	if gap := d.gapFor(p); gap != "" {
		d.problems.warn(p.Position, "", "%s was not seen; %s", p.shown(), gap)
		return
	}
	if p.Literal() {
		d.problems.warn(p.Position, d.guess(p), "%s does not exist", p.shown())
		return
	}
	d.problems.warn(p.Position, "", "%s matches no %s", p.shown(), what)
}

// gapFor says what was not seen of the kind, "" where everything was.
func (d *binder) gapFor(p Pattern) string {
	areas := areasOf[p.Kind]
	if (p.Kind == access.Env || p.Kind == access.Key) && p.name.literal() {
		if found := d.names.repos.match(p.name); len(found) == 1 {
			return d.scopedGap(areas[1], d.names.snap.Repositories[found[0]].ID)
		}
	}
	return d.gap(areas...)
}

func (d *binder) gap(areas ...access.Area) string {
	for _, a := range areas {
		if c := d.names.snap.Coverage.Of(a); c.Status != access.Complete && !noSuchFeature(c) {
			return gapText(c)
		}
	}
	return ""
}

func (d *binder) scopedGap(a access.Area, repo int64) string {
	if c := d.names.snap.Coverage.For(a, repo); c.Status != access.Complete && !noSuchFeature(c) {
		return gapText(c)
	}
	return ""
}

// noSuchFeature reports that the plan has no such thing, which is as good as
// having read that there is none.
func noSuchFeature(c access.Cover) bool { return c.Status == access.Unavailable }

func gapText(c access.Cover) string {
	s := "the snapshot does not hold all " + strings.ReplaceAll(string(c.Area), "-", " ")
	if c.Reason != "" {
		s += ": " + c.Reason
	}
	return s
}

// guess suggests the nearest name that exists.
func (d *binder) guess(p Pattern) string {
	var known []string
	word := p.name.text
	switch p.Kind {
	case access.User:
		known = d.names.users.names
	case access.Team:
		known = d.names.teams.names
	case access.Repo:
		known = d.names.repos.names
	case access.Env:
		known, word = d.names.envs.names, p.sub.text
	}
	if d.guesses++; d.guesses > maxGuesses {
		return ""
	}
	if near := nearest(word, known); near != "" && near != word {
		return "did you mean " + quoted(near) + "?"
	}
	return ""
}
