package report

import (
	"strings"

	"github.com/eb661601/ajar/access"
)

// Reading counts what a snapshot holds, and how many of the kinds of data were
// read to their end.
type Reading struct {
	Repositories int `json:"repositories"`
	Teams        int `json:"teams"`
	People       int `json:"people"` // members and outside collaborators
	Environments int `json:"environments"`
	Keys         int `json:"deploy_keys"`
	Grants       int `json:"grants"`
	Kinds        int `json:"kinds"`
	Complete     int `json:"kinds_complete"`
}

// ReadingOf counts a snapshot.
func ReadingOf(s *access.Snapshot) Reading {
	r := Reading{
		Repositories: len(s.Repositories), Teams: len(s.Teams), People: len(s.Outside), Environments: len(s.Environments),
		Keys: len(s.DeployKeys), Grants: len(s.Grants), Kinds: len(access.Areas),
	}
	for _, g := range s.GrantsOn(access.Ref{Kind: access.Org, ID: s.Org.ID}) {
		if g.Principal.Kind == access.User && (g.Privilege == access.Member || g.Privilege == access.Owner) {
			r.People++
		}
	}
	for _, a := range access.Areas {
		if s.Coverage.Of(a).Status == access.Complete {
			r.Complete++
		}
	}
	return r
}

func (r Reading) text() string {
	return strings.Join([]string{
		count(r.Repositories, "repository", "repositories"), count(r.Teams, "team", "teams"), count(r.People, "person", "people"),
		count(r.Environments, "environment", "environments"), count(r.Keys, "deploy key", "deploy keys"), count(r.Grants, "grant", "grants"),
	}, ", ") + " (each one access that was given)" + "; " + number(r.Complete) + " of " + number(r.Kinds) + " kinds of data to the end"
}

// cost says what a pass spent, and what saved or cost it more than usual.
func cost(r Run) string {
	parts := []string{count(r.Requests, "request", "requests"), count(r.Points, "point", "points")}
	if r.Bytes > 0 {
		parts = append(parts, size(r.Bytes))
	}
	for _, c := range []struct {
		n         int64
		one, many string
	}{
		{r.NotModified, "answer unchanged (304)", "answers unchanged (304)"},
		{r.Replayed, "answer taken over from a run that broke off", "answers taken over from a run that broke off"},
		{r.Retries, "retry", "retries"},
		{r.Shrunk, "page made smaller", "pages made smaller"},
	} {
		if c.n > 0 {
			parts = append(parts, count(c.n, c.one, c.many))
		}
	}
	if r.Waited > 0 {
		parts = append(parts, took(r.Waited)+" of waiting")
	}
	return strings.Join(parts, ", ")
}
