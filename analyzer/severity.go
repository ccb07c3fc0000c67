package analyzer

import (
	"strings"
	"unicode"

	"github.com/eb661601/ajar/access"
)

// production are the words that, as a part of an environment's name, say that
// what is deployed there is what users get.
var production = map[string]bool{
	"prod": true, "prd": true, "production": true, "live": true, "release": true, "releases": true, "publish": true,
	"pypi": true, "npm": true, "crates": true, "maven": true, "rubygems": true, "nuget": true,
}

// notQuite are the words that take it back when they stand before.
var notQuite = map[string]bool{"pre": true, "non": true, "not": true, "test": true, "staging": true, "stage": true, "dev": true}

// LeadsToProduction reports whether an environment of that name matters more than
// others: a word of it says that what is deployed there is what users get.
func LeadsToProduction(name string) bool { return looksLikeProduction(name) }

// looksLikeProduction reads the words of an environment's name: "eu-prod1" and
// "releaseToNpm" do, "pre-production" and "product-tests" do not.
func looksLikeProduction(name string) bool {
	before := ""
	for _, w := range words(name) {
		if production[w] && !notQuite[before] {
			return true
		}
		before = w
	}
	return false
}

// words splits a name at everything that is not a letter, and where a capital
// follows a small letter.
func words(name string) []string {
	var out []string
	var word strings.Builder
	flush := func() {
		if word.Len() > 0 {
			out = append(out, strings.ToLower(word.String()))
			word.Reset()
		}
	}
	small := false
	for _, r := range name {
		if !unicode.IsLetter(r) || small && unicode.IsUpper(r) {
			flush()
		}
		if unicode.IsLetter(r) {
			word.WriteRune(r)
		}
		small = unicode.IsLower(r)
	}
	flush()
	return out
}

// leadsToProduction reports whether an environment matters more than others: by
// its name, or because the baseline has a rule for it.
func (f *facts) leadsToProduction(e access.Environment) bool {
	if looksLikeProduction(e.Name) {
		return true
	}
	_, ruled := f.environmentRule(e.ID)
	return ruled
}

// environmentWeight is the severity of something wrong with an environment.
func (f *facts) environmentWeight(e access.Environment) access.Severity {
	if f.leadsToProduction(e) {
		return access.High
	}
	return access.Low
}

// repositoryWeight is the severity of too much access to a repository. Reading
// what is public hurts nobody, and an archived repository takes no change until
// somebody unarchives it.
func (f *facts) repositoryWeight(p access.Privilege, repo int64) access.Severity {
	r, _ := f.s.Repository(repo)
	w := access.Low
	switch {
	case p >= access.Maintain, p == access.Write && f.exposed[repo]:
		w = access.High
	case p == access.Write:
		w = access.Medium
	case r.Visibility == "public":
		w = access.Info
	}
	if r.Archived {
		w = max(w-1, access.Info)
	}
	return w
}

// personWeight is the severity of somebody being here who should not be.
func (f *facts) personWeight(user int64, outside bool) access.Severity {
	switch writes := f.g.Highest(user) >= access.Write; {
	case writes && outside:
		return access.High
	case writes:
		return access.Medium
	}
	return access.Low
}

// repositoryGrading says the same in words.
const repositoryGrading = "High for admin and maintain, and for write where an environment of the repository leads to production " +
	"(by its name, or because the baseline has a rule for it); medium for other write; low for triage and read, info where the repository is public. " +
	"One step lower on an archived repository."

const environmentGrading = "High where the environment leads to production: a word of its name says so (production, live, release, pypi …), " +
	"or the baseline has a rule for it. Low elsewhere."
