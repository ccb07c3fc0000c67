// Package access is ajar's vocabulary: principals, resources, privileges,
// grants, paths, snapshots, coverage and findings. It knows no network, no disk
// and no rule; every other package speaks in its words. Start reading here.
package access

import (
	"cmp"
	"fmt"
	"strings"
)

// Kind says what sort of thing a [Ref] points at.
type Kind uint8

// The kinds of principals and resources. The numbers are stored; they are never
// reused and new kinds are added at the end.
const (
	NoKind Kind = iota
	User
	Team
	App
	Key        // a deploy key
	Token      // a fine-grained personal access token
	Credential // an SSO-authorized classic token or SSH key
	Invitation
	Workflow // the Actions GITHUB_TOKEN of a repository
	Org
	Repo
	Env
	lastKind = Env
)

var kindNames = [...]string{
	NoKind: "none", User: "user", Team: "team", App: "app", Key: "key", Token: "pat",
	Credential: "credential", Invitation: "invitation", Workflow: "workflow",
	Org: "org", Repo: "repo", Env: "env",
}

// String gives the prefix under which the kind is written, as in "user:alice".
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// ParseKind reads a prefix such as "user" or "repo".
func ParseKind(s string) (Kind, error) {
	for k := User; k <= lastKind; k++ {
		if kindNames[k] == s {
			return k, nil
		}
	}
	return NoKind, fmt.Errorf("%q is not a kind of principal or resource (one of %s)", s, strings.Join(kindNames[User:], ", "))
}

// MarshalText writes the prefix.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the prefix; "none" and the empty text give NoKind.
func (k *Kind) UnmarshalText(b []byte) error {
	if s := string(b); s == "" || s == "none" {
		*k = NoKind
		return nil
	}
	p, err := ParseKind(string(b))
	*k = p
	return err
}

// Ref names a principal or a resource by kind and GitHub's numeric id, which
// survives every rename. The zero Ref points at nothing.
type Ref struct {
	Kind Kind  `json:"kind"`
	ID   int64 `json:"id"`
}

// IsZero reports whether the Ref points at nothing.
func (r Ref) IsZero() bool { return r.Kind == NoKind }

// String is the stable key of the Ref, "repo:1047483792"; people are shown the
// name that [Snapshot.Name] gives instead.
func (r Ref) String() string { return fmt.Sprintf("%s:%d", r.Kind, r.ID) }

// Compare orders by kind, then id.
func (r Ref) Compare(o Ref) int {
	return cmp.Or(cmp.Compare(r.Kind, o.Kind), cmp.Compare(r.ID, o.ID))
}
