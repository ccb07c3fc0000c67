package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"

	"pgregory.net/rapid"

	"github.com/eb661601/ajar/internal/githubsim"
)

// clone copies a world.
func clone(w *githubsim.World) *githubsim.World {
	text, err := json.Marshal(w)
	if err != nil {
		panic(err) // it is plain data
	}
	out, err := githubsim.Load(bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	return out
}

// called are the names that a random world has, each as a whole word. The owner
// behind the tokens keeps its name, since the lab looks for it.
var called = regexp.MustCompile(`"(dev\d|guest\d|boss[1-9]|candidate\d|core|ops|web|api|site|infra)"`)

// renamed gives everybody and everything another name.
func renamed(w *githubsim.World) *githubsim.World {
	text, err := json.Marshal(w)
	if err != nil {
		panic(err)
	}
	out, err := githubsim.Load(bytes.NewReader(called.ReplaceAll(text, []byte(`"zz-$1"`))))
	if err != nil {
		panic(err)
	}
	return out
}

var written = regexp.MustCompile(`((?:user:|team:acme/|repo:acme/|key:acme/))(dev\d|guest\d|boss[1-9]|core|ops|web|api|site|infra)`)

// renamedText names the same in a baseline.
func renamedText(base string) string { return written.ReplaceAllString(base, "${1}zz-$2") }

// shuffle puts every list of a world into another order.
func shuffle(t *rapid.T, w *githubsim.World) {
	o := w.Orgs[0]
	w.Users, o.Members, o.Teams, o.Repos = mixed(t, w.Users), mixed(t, o.Members), mixed(t, o.Teams), mixed(t, o.Repos)
	o.Invitations = mixed(t, o.Invitations)
	for _, x := range o.Teams {
		x.Members = mixed(t, x.Members)
	}
	for _, r := range o.Repos {
		r.Collaborators, r.Teams, r.DeployKeys, r.Invitations = mixed(t, r.Collaborators), mixed(t, r.Teams), mixed(t, r.DeployKeys), mixed(t, r.Invitations)
		for _, e := range r.Environments {
			e.Reviewers = mixed(t, e.Reviewers)
		}
	}
}

func mixed[T any](t *rapid.T, list []T) []T {
	if len(list) < 2 {
		return list
	}
	return rapid.Permutation(list).Draw(t, "order")
}

// shuffledText puts the tables of a baseline into another order.
func shuffledText(t *rapid.T, base string) string {
	parts := strings.Split(strings.ReplaceAll(base, "\n[", "\n\x00["), "\x00")
	return strings.Join(mixed(t, parts), "")
}
