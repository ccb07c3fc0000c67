package baseline

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/eb661601/ajar/access"
)

// MaxPattern bounds the length of one name or pattern, in bytes.
const MaxPattern = 512

// Pattern names principals or resources as commands and files write them:
// "user:alice", "team:acme/sre", "repo:acme/*", "env:acme/api/production*",
// "key:acme/api#17". Names match whatever their case; * stands for any run of
// characters inside one name. An environment's name is one name, slashes
// included.
type Pattern struct {
	Text     string // in lower case
	Kind     access.Kind
	Position Position // where the file says it

	org  glob  // team, repo, env, key, pat, credential, invitation, workflow, org
	name glob  // login, slug or repository
	sub  glob  // the environment's name
	id   int64 // behind #; 0: any
}

// shapes says how each kind is written, and is what a hint shows.
var shapes = map[access.Kind]string{
	access.User: "user:LOGIN", access.Team: "team:ORG/SLUG", access.App: "app:SLUG", access.Key: "key:ORG/REPO#ID",
	access.Token: "pat:ORG#ID", access.Credential: "credential:ORG#ID", access.Invitation: "invitation:ORG#ID",
	access.Workflow: "workflow:ORG/REPO", access.Org: "org:ORG", access.Repo: "repo:ORG/NAME", access.Env: "env:ORG/REPO/NAME",
}

// ParsePattern reads a pattern. Kinds limits what it may name; none given means
// any kind.
func ParsePattern(text string, kinds ...access.Kind) (Pattern, error) {
	if len(text) > MaxPattern {
		return Pattern{}, fmt.Errorf("a name of %d bytes is longer than %d", len(text), MaxPattern)
	}
	prefix, rest, ok := strings.Cut(text, ":")
	if !ok {
		return Pattern{}, fmt.Errorf("%q says no kind; write %s", text, written(kinds))
	}
	kind, err := access.ParseKind(prefix)
	if err != nil || (len(kinds) > 0 && !has(kinds, kind)) {
		return Pattern{}, fmt.Errorf("%q cannot stand here; write %s", text, written(kinds))
	}
	p := Pattern{Text: strings.ToLower(text), Kind: kind}
	if !p.fill(rest) {
		return Pattern{}, fmt.Errorf("%q is not complete; write %s", text, shapes[kind])
	}
	return p, nil
}

func has[T comparable](all []T, one T) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}

// written lists the shapes of the kinds, in their own order.
func written(kinds []access.Kind) string {
	if len(kinds) == 0 {
		kinds = []access.Kind{access.User, access.Team, access.App, access.Key, access.Org, access.Repo, access.Env}
	}
	words := make([]string, len(kinds))
	for i, k := range kinds {
		words[i] = shapes[k]
	}
	if len(words) == 1 {
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// fill reads what stands behind the kind.
func (p *Pattern) fill(rest string) bool {
	names := []*glob{&p.name}
	switch p.Kind {
	case access.Team, access.Repo, access.Workflow:
		names = []*glob{&p.org, &p.name}
	case access.Env:
		names = []*glob{&p.org, &p.name, &p.sub}
	case access.Key:
		names = []*glob{&p.org, &p.name}
	case access.Org, access.Token, access.Credential, access.Invitation:
		names = []*glob{&p.org}
	}
	switch p.Kind {
	case access.Key, access.Token, access.Credential, access.Invitation:
		var ok bool
		if rest, p.id, ok = cutID(rest); !ok {
			return false
		}
	}
	parts := strings.SplitN(rest, "/", len(names))
	if len(parts) != len(names) {
		return false
	}
	for i, part := range parts {
		if part == "" || part != strings.TrimSpace(part) || (p.Kind != access.Env || i < 2) && strings.Contains(part, "/") {
			return false
		}
		*names[i] = newGlob(part)
	}
	return true
}

// cutID takes "#17" or "#*" off the end; without one any id matches.
func cutID(text string) (rest string, id int64, ok bool) {
	rest, digits, found := strings.Cut(text, "#")
	if !found || digits == "*" {
		return rest, 0, true
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return rest, id, err == nil && id > 0
}

// Literal reports whether the pattern can name one thing only.
func (p Pattern) Literal() bool {
	for _, g := range []glob{p.org, p.name, p.sub} {
		if g.pieces != nil && !g.literal() {
			return false
		}
	}
	switch p.Kind {
	case access.Key, access.Token, access.Credential, access.Invitation:
		return p.id != 0
	}
	return true
}

// of reports whether the pattern may name something in the organization. Users
// and apps belong to none.
func (p Pattern) of(org string) bool {
	return p.org.pieces == nil || p.org.match(strings.ToLower(org))
}

// ascii reports whether the pattern is plain ASCII, as all of GitHub's logins,
// slugs and repository names are.
func (p Pattern) ascii() bool {
	for i := range len(p.Text) {
		if p.Text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// shown is the pattern as a complaint writes it: a look-alike letter must not
// look like the one it is not.
func (p Pattern) shown() string {
	if p.ascii() {
		return p.Text
	}
	return quoted(p.Text)
}

// weight ranks patterns of one kind: the more specific weighs more.
func (p Pattern) weight() int {
	n := 0
	for _, g := range []glob{p.org, p.name, p.sub} {
		if g.pieces != nil {
			n += g.weight()
		}
	}
	if p.id != 0 {
		n += 1 << 20
	}
	return n
}

// MarshalText writes the pattern.
func (p Pattern) MarshalText() ([]byte, error) { return []byte(p.Text), nil }
