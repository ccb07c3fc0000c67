package main

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/eb661601/ajar/access"
)

// FuzzReference: whatever is written for a principal or a resource is taken apart
// without loss, or refused in a line that no terminal acts on.
func FuzzReference(f *testing.F) {
	for _, s := range []string{
		"user:alice", "team:acme/sre", "key:acme/api#17", "invitation:acme#3", "invitation:acme/api#3", "org:acme", "repo:acme/api",
		"env:acme/api/production", "env:acme/api/a/b#c", "", ":", "user:", "user:#", "repo://", "USER:Alice", "\x1b[2Juser:x", "org:a\nb", "key:#99999999999999999999",
	} {
		f.Add(s)
	}
	s := &access.Snapshot{Org: access.Organization{ID: 1, Login: "acme"}, People: []access.Person{{ID: 2, Login: "alice"}},
		Repositories: []access.Repository{{ID: 3, Name: "api"}}, Teams: []access.TeamInfo{{ID: 4, Slug: "sre"}}}
	f.Fuzz(func(t *testing.T, text string) {
		kind, name, err := split(text)
		if err != nil {
			harmless(t, err)
			return
		}
		word, rest, _ := strings.Cut(text, ":")
		if rest != name || !strings.EqualFold(word, kind.String()) {
			t.Errorf("%q was taken for a %s called %q", text, kind, name)
		}
		if org := orgOf(kind, name); !strings.HasPrefix(name, org) {
			t.Errorf("%q is said to be in %q", text, org)
		}
		got, err := resolve(s, kind, name)
		if err != nil {
			harmless(t, err)
		} else if got.Kind != kind || got.ID == 0 || !utf8.ValidString(got.Name) {
			t.Errorf("%q points at %+v", text, got)
		}
	})
}

// harmless holds that what is said of an error are lines of ours, and nothing in them
// that a terminal acts on.
func harmless(t *testing.T, err error) {
	t.Helper()
	var out strings.Builder
	a := &app{errs: &out}
	a.fail(t.Context(), err)
	for line := range strings.Lines(out.String()) {
		if !strings.HasPrefix(line, "ajar: ") || strings.ContainsFunc(strings.TrimSuffix(line, "\n"), unicode.IsControl) {
			t.Errorf("what is said holds %q", line)
		}
	}
}
