package access

import (
	"cmp"
	"fmt"
)

// Source says where a grant comes from.
type Source uint8

// The sources. The numbers are stored and never reused.
const (
	NoSource   Source = iota
	Direct            // given to the principal itself
	ByTeam            // given to a team
	Base              // the organization's base permission
	ByOwner           // ownership of the organization
	ByOrgRole         // an organization role
	ByApp             // an app installation
	ByKey             // a deploy key
	ByToken           // a token
	Reviewer          // listed as required reviewer of an environment
	BypassList        // listed as bypass actor
	Invited           // a pending invitation
	lastSource = Invited
)

var sourceNames = [...]string{
	NoSource: "", Direct: "direct", ByTeam: "team", Base: "base", ByOwner: "owner", ByOrgRole: "org-role",
	ByApp: "app", ByKey: "key", ByToken: "token", Reviewer: "reviewer", BypassList: "bypass-actor", Invited: "invitation",
}

// String gives the word that reports use.
func (s Source) String() string {
	if int(s) < len(sourceNames) {
		return sourceNames[s]
	}
	return fmt.Sprintf("source(%d)", uint8(s))
}

// ParseSource reads a source's word.
func ParseSource(text string) (Source, error) {
	for s := Direct; s <= lastSource; s++ {
		if sourceNames[s] == text {
			return s, nil
		}
	}
	return NoSource, fmt.Errorf("%q is not a source of access", text)
}

// MarshalText writes the word.
func (s Source) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the word; the empty text gives NoSource.
func (s *Source) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*s = NoSource
		return nil
	}
	v, err := ParseSource(string(b))
	*s = v
	return err
}

// Grant is one authorization exactly as GitHub stores it. It is a value: two
// grants are the same authorization exactly when they are equal.
//
//	user    → team   Member | Maintain   Direct      team membership (Maintain = team maintainer)
//	user    → org    Member              Direct      organization membership
//	user    → org    Owner               ByOwner     ownership
//	user    → repo   Read..Admin         Direct      direct collaborator
//	team    → repo   Read..Admin         ByTeam      team permission
//	user    → org    None|Read..Admin    ByOrgRole   organization role; its base privilege holds on every repository
//	team    → org    None|Read..Admin    ByOrgRole   the same, for a team
//	key     → repo   Read|Write          ByKey       deploy key
//	user    → env    Approve             Reviewer    required reviewer
//	team    → env    Approve             Reviewer    required reviewer
//	invitation → org Member|Owner        Invited     pending invitation
//
// The base permission is a setting of the [Organization], not a Grant.
type Grant struct {
	Principal Ref
	Resource  Ref
	Privilege Privilege // of a custom role: its base
	Source    Source
	Role      int64 // id of the custom repository role or organization role; 0 for GitHub's own
}

// Compare orders grants by resource, principal, source, role and privilege.
func (g Grant) Compare(o Grant) int {
	return cmp.Or(
		g.Resource.Compare(o.Resource), g.Principal.Compare(o.Principal),
		cmp.Compare(g.Source, o.Source), cmp.Compare(g.Role, o.Role), cmp.Compare(g.Privilege, o.Privilege),
	)
}

// Key is the stable text of the grant: the same authorization has the same key
// in every run, whatever its names.
func (g Grant) Key() string {
	k := fmt.Sprintf("%s>%s=%s/%s", g.Principal, g.Resource, g.Privilege, g.Source)
	if g.Role != 0 {
		k += fmt.Sprintf("@%d", g.Role)
	}
	return k
}
