package report

import (
	"io"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
)

// Changes of access are User Access Management where a person or a key got or lost
// something, and Group Management where a team did, or somebody came into a team or left
// it. OCSF 1.9.0 replaces the first class by User Management (3007).

// The mapping of changes to the words of OCSF.
var (
	ocsfIdentity   = word{3, "Identity & Access Management"}
	ocsfUserAccess = word{3005, "User Access Management"}
	ocsfGroup      = word{3006, "Group Management"}

	ocsfAssign     = word{1, "Assign Privileges"}
	ocsfRevoke     = word{2, "Revoke Privileges"}
	ocsfAddUser    = word{3, "Add User"}
	ocsfRemoveUser = word{4, "Remove User"}

	ocsfSuccess = word{1, "Success"}
)

// AccessChange is a grant that came or went, as two snapshots show it.
type AccessChange struct {
	Org, Principal, Resource access.Named
	Privilege, Source, Role  string // in ajar's words; Role is the name of a custom or organization role
	RoleID                   int64
	Came                     bool
	Snapshot                 int64     // the first that shows it
	SeenAt                   time.Time // when that was taken
	NotBefore                time.Time // when the grant was last seen otherwise; zero: not known
	Actor                    string    // who did it by GitHub's audit log; "": it told nothing
	Manner                   string    // planned, restored, out-of-band or unknown
	Plan, Run, Action, Doubt string
}

// ocsfChange is one event of a change.
type ocsfChange struct {
	ocsfHead
	Time     int64        `json:"time"`
	Offset   int          `json:"timezone_offset"`
	Start    int64        `json:"start_time,omitempty"`
	Message  string       `json:"message"`
	Metadata ocsfMetadata `json:"metadata"`

	User       *ocsfThing  `json:"user,omitempty"`
	Group      *ocsfThing  `json:"group,omitempty"`
	Privileges []string    `json:"privileges"`
	Resource   *ocsfThing  `json:"resource,omitempty"`  // of Group Management
	Resources  []ocsfThing `json:"resources,omitempty"` // of User Access Management
	Unmapped   any         `json:"unmapped,omitempty"`
}

// ocsfHow is what OCSF has no place for in a change, under unmapped.ajar.
type ocsfHow struct {
	Org      access.Named `json:"organization"`
	Source   string       `json:"source"`
	Role     string       `json:"role,omitempty"`
	Snapshot int64        `json:"snapshot"`
	Actor    string       `json:"actor,omitempty"`
	Manner   string       `json:"manner,omitempty"`
	Plan     string       `json:"plan,omitempty"`
	Run      string       `json:"run,omitempty"`
	Action   string       `json:"action,omitempty"`
	Doubt    string       `json:"doubt,omitempty"`
}

// ChangeEvents writes changes of access in OCSF, one event on each line.
type ChangeEvents struct {
	w       io.Writer
	version string
	gaps    map[string]int
}

// NewChangeEvents makes a writer of events; version is that of ajar.
func NewChangeEvents(w io.Writer, version string) *ChangeEvents {
	return &ChangeEvents{w, version, map[string]int{}}
}

// Gap writes what was not seen of an organization since an instant. Gaps come before
// changes.
func (e *ChangeEvents) Gap(org access.Named, since time.Time, area, text string) error {
	n := note{notSeen, area, text, true}
	key := org.String() + "\x00" + area
	e.gaps[key]++
	return ocsfLine(e.w, exported{org: org, at: since, version: e.version}.ocsfNote(n, e.gaps[key]))
}

// Change writes one change, and reports whether OCSF has a class for it: it has none for
// invitations, by which nobody holds anything yet.
func (e *ChangeEvents) Change(c AccessChange) (bool, error) {
	class, activity := c.class()
	if class.id == 0 {
		return false, nil
	}
	x := exported{org: c.Org, at: c.SeenAt, version: e.version}
	uid := access.Fingerprint("change", c.Org.String(), c.Principal.String(), c.Resource.String(), c.Privilege, c.Source,
		strconv.FormatInt(c.RoleID, 10), strconv.FormatInt(c.Snapshot, 10), activity.name)
	common := x.event(class, activity, access.Info, uid, c.SeenAt)
	o := ocsfChange{
		ocsfHead: common.ocsfHead, Time: common.Time, Start: millis(c.NotBefore), Message: c.message(), Metadata: common.Metadata,
		Privileges: []string{c.Privilege},
		Unmapped: map[string]ocsfHow{"ajar": {Org: c.Org, Source: c.Source, Role: c.Role, Snapshot: c.Snapshot, Actor: c.Actor, Manner: c.Manner,
			Plan: c.Plan, Run: c.Run, Action: c.Action, Doubt: c.Doubt}},
	}
	o.CategoryUID, o.Category, o.StatusID, o.Status = ocsfIdentity.id, ocsfIdentity.name, ocsfSuccess.id, ocsfSuccess.name
	on, who := resourceThing(c.Resource, ocsfTarget), userThing(c.Principal)
	group := func(n access.Named) *ocsfThing {
		return &ocsfThing{UID: n.String(), Name: n.Name, Type: n.Kind.String()}
	}
	switch {
	case class.id == ocsfUserAccess.id:
		o.User, o.Resources = &who, []ocsfThing{on}
	case c.Resource.Kind == access.Team:
		o.Group, o.User = group(c.Resource), &who
	default:
		o.Group, o.Resource = group(c.Principal), &on
	}
	return true, ocsfLine(e.w, o)
}

// class is how OCSF calls the change; no class where it has none.
func (c AccessChange) class() (class, activity word) {
	activity = ocsfRevoke
	if c.Came {
		activity = ocsfAssign
	}
	switch {
	case c.Principal.Kind == access.Invitation:
		return word{}, word{}
	case c.Principal.Kind == access.Team:
		return ocsfGroup, activity
	case c.Resource.Kind == access.Team && c.Came:
		return ocsfGroup, ocsfAddUser
	case c.Resource.Kind == access.Team:
		return ocsfGroup, ocsfRemoveUser
	}
	return ocsfUserAccess, activity
}

func (c AccessChange) message() string {
	what := c.Privilege
	if c.Role != "" {
		what = c.Role
	}
	if c.Came {
		return c.Principal.Name + " got " + what + " on " + c.Resource.Name
	}
	return c.Principal.Name + " no longer has " + what + " on " + c.Resource.Name
}
