package access

import (
	"fmt"
	"strings"
)

// Privilege is what a principal may do. On a repository the five of GitHub are
// ordered, None < Read < Triage < Write < Maintain < Admin; on an organization
// Member < Owner; on an environment Deploy, Approve, Bypass and Configure stand
// beside each other. The zero value is no privilege at all and never valid in a
// [Grant]: forgotten must not read as "none".
type Privilege uint8

// The privileges. The numbers are stored and never reused.
const (
	NoPrivilege Privilege = 0
	None        Privilege = 1
	Read        Privilege = 2
	Triage      Privilege = 3
	Write       Privilege = 4
	Maintain    Privilege = 5
	Admin       Privilege = 6
	Member      Privilege = 10
	Owner       Privilege = 11
	Deploy      Privilege = 20 // can get a job into the environment
	Approve     Privilege = 21 // is a required reviewer
	Bypass      Privilege = 22 // can skip the gate
	Configure   Privilege = 23 // can change the gate
)

var privilegeNames = map[Privilege]string{
	None: "none", Read: "read", Triage: "triage", Write: "write", Maintain: "maintain", Admin: "admin",
	Member: "member", Owner: "owner",
	Deploy: "deploy", Approve: "approve", Bypass: "bypass", Configure: "configure",
}

// ghNames are GitHub's other spellings of the same privileges.
var ghNames = map[string]Privilege{"pull": Read, "push": Write}

// String gives the word that commands, files and reports use.
func (p Privilege) String() string {
	if s, ok := privilegeNames[p]; ok {
		return s
	}
	return fmt.Sprintf("privilege(%d)", uint8(p))
}

// ParsePrivilege reads a word in either of GitHub's spellings, in any case:
// "write" and "push", "READ" and "pull".
func ParsePrivilege(s string) (Privilege, bool) {
	s = strings.ToLower(s)
	if p, ok := ghNames[s]; ok {
		return p, true
	}
	for p, name := range privilegeNames {
		if name == s {
			return p, true
		}
	}
	return NoPrivilege, false
}

// OnRepository reports whether the privilege is one of those on a repository.
func (p Privilege) OnRepository() bool { return p >= None && p <= Admin }

// OnOrganization reports whether the privilege is Member or Owner.
func (p Privilege) OnOrganization() bool { return p == Member || p == Owner }

// OnEnvironment reports whether the privilege is one of those on an environment.
func (p Privilege) OnEnvironment() bool { return p >= Deploy && p <= Configure }

// MarshalText writes the word.
func (p Privilege) MarshalText() ([]byte, error) {
	if p == NoPrivilege {
		return []byte(""), nil
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads the word; the empty text gives NoPrivilege.
func (p *Privilege) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*p = NoPrivilege
		return nil
	}
	v, ok := ParsePrivilege(string(b))
	if !ok {
		return fmt.Errorf("%q is not a privilege", b)
	}
	*p = v
	return nil
}
