package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/internal/store"
)

// split takes a written principal or resource apart: "env:acme/api/production"
// is an Env named "acme/api/production".
func split(text string) (access.Kind, string, error) {
	word, name, ok := strings.Cut(text, ":")
	if !ok || name == "" {
		return access.NoKind, "", withHint(usage("%q names nothing", text),
			"write the kind before the name: %s", withKind(text))
	}
	kind, err := access.ParseKind(word)
	if err != nil {
		return access.NoKind, "", withHint(usage("%q is not a kind of principal or resource", word),
			"%s", baseline.Suggest(word, []string{"user", "team", "key", "invitation", "org", "repo", "env"}))
	}
	if _, ok := forms[kind]; !ok {
		return access.NoKind, "", withHint(usage("a snapshot holds no %ss, so %q cannot be looked up", kind, text),
			"what can be: user, team, key, invitation, org, repo, env")
	}
	return kind, name, nil
}

// withKind lists what a name that lacks its kind may be meant as, by how many parts it has.
func withKind(name string) string {
	parts := strings.Split(name, "/")
	whole := !slices.Contains(parts, "") && !strings.Contains(name, ":")
	switch {
	case whole && len(parts) == 1:
		return fmt.Sprintf("user:%s, team:%[1]s, repo:%[1]s or org:%[1]s", name)
	case whole && len(parts) == 2:
		return fmt.Sprintf("repo:%s or team:%[1]s", name)
	case whole && len(parts) == 3:
		return "env:" + name
	}
	return "user:alice, team:acme/sre, repo:acme/api, env:acme/api/production, org:acme"
}

// forms are how the kinds that a snapshot holds are written.
var forms = map[access.Kind]string{
	access.User: "user:LOGIN", access.Team: "team:ORG/SLUG", access.Key: "key:ORG/REPO#ID", access.Invitation: "invitation:ORG#ID or invitation:ORG/REPO#ID",
	access.Org: "org:ORG", access.Repo: "repo:ORG/NAME", access.Env: "env:ORG/REPO/NAME",
}

// orgOf is the organization that a written name is in; "" where it says none.
func orgOf(kind access.Kind, name string) string {
	org, rest, _ := strings.Cut(name, "/")
	bare, _, _ := strings.Cut(name, "#")
	switch kind {
	case access.Org:
		return bare
	case access.Invitation:
		return strings.Split(bare, "/")[0]
	case access.Team, access.Repo, access.Key:
		if strings.Contains(bare, "/") {
			return org
		}
	case access.Env:
		if strings.Contains(rest, "/") {
			return org
		}
	}
	return ""
}

// resolve finds what a written name points at in a snapshot. Names are compared
// as GitHub does, without case; "#ID" stands for the thing of that id. A name
// that says no organization is looked for in the snapshot's own.
func resolve(s *access.Snapshot, kind access.Kind, name string) (access.Named, error) {
	if _, digits, ok := strings.Cut(name, "#"); ok {
		id, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return access.Named{}, usage("%q is not an id", digits)
		}
		ref := access.Ref{Kind: kind, ID: id}
		if !slices.Contains(all(s, kind), ref) {
			return access.Named{}, notThere(s, kind, name, nil)
		}
		return access.Named{Ref: ref, Name: s.Name(ref)}, nil
	}
	if orgOf(kind, name) == "" && kind != access.User {
		name = s.Org.Login + "/" + name
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

// lookUp is resolve; where something has that name in another snapshot alone, the
// hint says what it is called in this one.
func lookUp(ctx context.Context, st *store.Store, s *access.Snapshot, kind access.Kind, name string) (access.Named, error) {
	got, err := resolve(s, kind, name)
	var not absent
	if !errors.As(err, &not) {
		return got, err
	}
	r, unknown := st.Former(ctx, s.Org.Login, kind, name[strings.LastIndexByte(name, '/')+1:])
	if unknown != nil {
		return got, err // a hint less: what was asked about is not there all the same
	}
	if called := s.Name(r); !strings.HasPrefix(called, kind.String()+":#") {
		return got, withHint(err, "what has that name in another snapshot is %s in this one", called)
	}
	return got, err
}

// absent says that a snapshot does not have what was asked about.
type absent struct {
	error
	unseen bool // it may be there: what would tell was not seen to its end
}

// Unwrap gives what there is to say.
func (e absent) Unwrap() error { return e.error }

// shownIn is what must have been seen to know that a thing is not there.
var shownIn = map[access.Kind][]access.Area{
	access.User: {access.AreaMembers, access.AreaOutside}, access.Team: {access.AreaTeams}, access.Repo: {access.AreaRepositories},
	access.Env: {access.AreaRepositories, access.AreaEnvironments}, access.Key: {access.AreaRepositories, access.AreaDeployKeys},
	access.Invitation: {access.AreaInvitations, access.AreaRepoInvitations},
}

func notThere(s *access.Snapshot, kind access.Kind, name string, names []string) error {
	want := kind.String() + ":" + name
	err := usage("%s is not in the snapshot of %s of %s", want, s.Org.Login, instant(s.TakenAt))
	hint := "names are looked up as they were then, written " + forms[kind] + "; ajar collect takes a new snapshot"
	if there := environmentsOf(s, kind, name); there != "" {
		hint = there
	}
	if near := baseline.Nearest(want, names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	for _, area := range shownIn[kind] {
		c := s.Coverage.Of(area)
		if c.Status == access.Complete || c.Status == access.Unavailable {
			continue
		}
		err = usage("%w, and may be there all the same: %s were not seen to the end (%s)",
			err, strings.ReplaceAll(string(area), "-", " "), c.Reason)
		if c.Help != "" {
			hint = "would help: " + c.Help
		}
		return absent{withHint(err, "%s", hint), true}
	}
	return absent{withHint(err, "%s", hint), false}
}

// namedEnvironments is how many environments a hint names.
const namedEnvironments = 5

// environmentsOf is a hint for whoever names an environment of a repository that
// has none of that name, or the repository alone, as in "env:acme/api": those that
// the repository has.
func environmentsOf(s *access.Snapshot, kind access.Kind, name string) string {
	parts := strings.Split(name, "/")
	if kind != access.Env || len(parts) != 3 {
		return ""
	}
	repos := []string{parts[0] + "/" + parts[1]}
	if strings.EqualFold(parts[0], parts[1]) { // the organization was added to what names it already
		repos = []string{parts[1] + "/" + parts[2], repos[0]}
	}
	for _, r := range repos {
		repo := ""
		var there []string
		for _, ref := range all(s, access.Env) {
			full := s.Name(ref)
			if at := len("env:" + r + "/"); len(full) > at && strings.EqualFold(full[:at], "env:"+r+"/") {
				repo, there = full[len("env:"):at-1], append(there, full)
			}
		}
		if len(there) == 0 {
			continue
		}
		slices.Sort(there)
		said := fmt.Sprintf("environments of repo:%s: %s", repo, strings.Join(there[:min(len(there), namedEnvironments)], ", "))
		if more := len(there) - namedEnvironments; more > 0 {
			said += fmt.Sprintf(" and %d more", more)
		}
		return said
	}
	return ""
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
		for _, i := range slices.Concat(s.Invitations, s.RepoInvitations) {
			add(i.ID)
		}
	case access.Org:
		add(s.Org.ID)
	}
	return out
}
