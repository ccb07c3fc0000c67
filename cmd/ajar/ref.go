package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// split takes a written principal or resource apart: "env:acme/api/production"
// is an Env named "acme/api/production".
func split(text string) (access.Kind, string, error) {
	word, name, ok := strings.Cut(text, ":")
	if !ok || name == "" {
		return access.NoKind, "", withHint(usage("%q names nothing", text),
			"write the kind before the name: user:alice, team:acme/sre, repo:acme/api, env:acme/api/production, org:acme")
	}
	kind, err := access.ParseKind(word)
	if err != nil {
		return access.NoKind, "", withHint(usage("%q is not a kind of principal or resource", word),
			"%s", baseline.Suggest(word, []string{"user", "team", "key", "invitation", "org", "repo", "env"}))
	}
	return kind, name, nil
}

// orgOf is the organization that a written name is in; "" where it says none.
func orgOf(kind access.Kind, name string) string {
	org, _, _ := strings.Cut(name, "/")
	org, _, _ = strings.Cut(org, "#")
	if kind == access.User {
		return ""
	}
	return org
}

// resolve finds what a written name points at in a snapshot. Names are compared
// as GitHub does, without case; "#ID" stands for the thing of that id.
func resolve(s *access.Snapshot, kind access.Kind, name string) (access.Named, error) {
	if _, digits, ok := strings.Cut(name, "#"); ok {
		id, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return access.Named{}, usage("%q is not an id", digits)
		}
		ref := access.Ref{Kind: kind, ID: id}
		full := s.Name(ref)
		if kind != access.Invitation && strings.Contains(full, ":#") {
			return access.Named{}, notThere(s, kind, name, nil)
		}
		return access.Named{Ref: ref, Name: full}, nil
	}
	want := kind.String() + ":" + name
	var names []string
	for _, ref := range all(s, kind) {
		full := s.Name(ref)
		if strings.EqualFold(full, want) {
			return access.Named{Ref: ref, Name: full}, nil
		}
		names = append(names, full)
	}
	return access.Named{}, notThere(s, kind, name, names)
}

func notThere(s *access.Snapshot, kind access.Kind, name string, names []string) error {
	err := usage("%s:%s is not in the snapshot of %s", kind, name, s.TakenAt.UTC().Format("2006-01-02 15:04 UTC"))
	want := fmt.Sprintf("%s:%s", kind, name)
	if hint := baseline.Suggest(want, names); strings.HasPrefix(hint, "did you mean") {
		return withHint(err, "%s", hint)
	}
	return withHint(err, "names are looked up as they were then; ajar collect takes a new snapshot")
}

// all lists everything of one kind.
func all(s *access.Snapshot, kind access.Kind) []access.Ref {
	var out []access.Ref
	add := func(id int64) { out = append(out, access.Ref{Kind: kind, ID: id}) }
	switch kind {
	case access.User:
		for _, p := range s.People {
			add(p.ID)
		}
	case access.Team:
		for _, t := range s.Teams {
			add(t.ID)
		}
	case access.Repo:
		for _, r := range s.Repositories {
			add(r.ID)
		}
	case access.Env:
		for _, e := range s.Environments {
			add(e.ID)
		}
	case access.Key:
		for _, k := range s.DeployKeys {
			add(k.ID)
		}
	case access.Invitation:
		for _, i := range s.Invitations {
			add(i.ID)
		}
	case access.Org:
		add(s.Org.ID)
	}
	return out
}
