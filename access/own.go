package access

import (
	"slices"
	"strings"
	"time"
)

// Actor is somebody who changes something at GitHub: a person, or an app. Login is
// what the audit log calls it: that of the person, or the one of the app's bot,
// which has [bot] at its end.
type Actor struct {
	Ref
	Login string `json:"login"`
}

// Did reports whether an event names the actor as who did it. A person is known by
// the number where the log tells it; an app's bot has a number that no API tells
// beside the app's own, and is known by its login.
func (a Actor) Did(e Event) bool {
	if a.Kind == User && e.ActorID != 0 {
		return e.ActorID == a.ID
	}
	return a.Login != "" && strings.EqualFold(a.Login, e.Actor)
}

// Writer is an actor that ajar made changes as, and since when.
type Writer struct {
	Actor
	Since time.Time // when the first run as this actor began, by GitHub's clock
}

// OwnWrite is one request for a change that ajar sent, as far as it can be found again
// in the audit log. Names are those of the moment; what it was not about is zero.
type OwnWrite struct {
	Actor Actor     // zero: the journal does not tell
	From  time.Time // GitHub's clock just before it was sent
	To    time.Time // GitHub's clock in the answer; From where there was none
	On    WriteKind
	// Removes says that it can take away only, and Adds that it cannot take away.
	Removes, Adds bool

	User                        string
	UserID                      int64
	Repo                        string
	RepoID                      int64
	Team, Environment, KeyTitle string
	// Invites says that GitHub made an invitation of it: what the person is given
	// when they accept, within InvitationLife, comes of it too.
	Invites bool
}

// WriteKind is the kind of thing that a write is about.
type WriteKind uint8

// The kinds of writes, with what must be the same in an event.
const (
	OnNothing    WriteKind = iota
	OnMembership           // the person
	OnTeamMember           // the person and the team
	OnGrant                // the person and the repository
	OnTeamGrant            // the team and the repository
	OnInvitation           // the person
	OnKey                  // the repository and the title
	OnGate                 // the repository and the environment
	OnOrgToken             // nothing
	OnRepoToken            // the repository
	OnBase                 // nothing
)

const (
	// WriteSlack is how far the time of an event may be from that of the request: the
	// log takes the time of the job that did the work, which may follow the answer.
	WriteSlack = 5 * time.Minute
	// InvitationLife is how long an invitation can be accepted (GitHub Docs: "Inviting
	// users to join your organization").
	InvitationLife = 7 * 24 * time.Hour
)

// Explains reports whether the event is one that GitHub logs for the write: the same
// actor, about that time, about the same thing. One request is logged in several
// events where more goes with it: whoever is removed from the organization leaves
// each team and repository.
func (w OwnWrite) Explains(e Event) bool {
	if e.At.Before(w.From.Add(-WriteSlack)) || e.At.After(w.To.Add(WriteSlack)) && !w.Invites {
		return false
	}
	area, verb, _ := strings.Cut(e.Action, ".")
	if e.At.After(w.To.Add(WriteSlack)) && (!strings.HasPrefix(verb, "add_") || e.At.After(w.To.Add(InvitationLife))) {
		return false
	}
	if w.Actor != (Actor{}) && !w.Actor.Did(e) || !w.fitsVerb(area, verb) {
		return false
	}
	user, repo := told(e.UserID, e.User, w.UserID, w.User), told(e.RepoID, e.Repo, w.RepoID, w.Repo)
	switch w.On {
	case OnMembership:
		return user && slices.Contains([]string{"org", "team", "repo", "repository_invitation"}, area) || w.Removes && cancels(e.Action)
	case OnTeamMember:
		return user && (area == "team" && toldName(e.Team, w.Team) || area == "org" && e.User != "")
	case OnGrant:
		return repo && (user && (area == "repo" || area == "repository_invitation") || w.Removes && e.Action == "repository_invitation.cancel") ||
			user && strings.HasSuffix(verb, "outside_collaborator")
	case OnInvitation:
		return user && (area == "org" || area == "team" || area == "repository_invitation" && repo || area == "repo" && repo)
	case OnTeamGrant:
		return area == "team" && repo && toldName(e.Team, w.Team)
	case OnKey:
		return (area == "public_key" || area == "deploy_key") && repo && toldName(e.Label, w.KeyTitle)
	case OnGate:
		return area == "environment" && repo && toldName(e.Label, w.Environment)
	case OnOrgToken:
		return area == "org" && strings.Contains(verb, "workflow_permission")
	case OnRepoToken:
		return area == "repo" && strings.Contains(verb, "workflow_permission") && repo
	case OnBase:
		return e.Action == "org.update_default_repository_permission"
	}
	return false
}

// fitsVerb reports whether what was done can come of the write at all: what takes
// away gives nothing, and the other way round. A gate is set as a whole.
func (w OwnWrite) fitsVerb(area, verb string) bool {
	word, _, _ := strings.Cut(verb, "_")
	gives := slices.Contains([]string{"add", "create", "invite", "promote"}, word)
	takes := slices.Contains([]string{"remove", "delete", "cancel", "destroy"}, word)
	if area == "environment" || strings.HasSuffix(verb, "outside_collaborator") {
		return true // whoever leaves the organization may stay as one, and whoever enters it is none any more
	}
	return !(w.Removes && gives) && !(w.Adds && takes)
}

// cancels reports whether an action takes an invitation back: those that somebody
// sent go with their membership.
func cancels(action string) bool {
	return action == "repository_invitation.cancel" || action == "org.cancel_invitation"
}

// told reports whether an event is about the same thing, or does not tell.
func told(id int64, name string, wantID int64, want string) bool {
	if id != 0 && wantID != 0 {
		return id == wantID
	}
	return toldName(name, want)
}

func toldName(name, want string) bool { return name == "" || strings.EqualFold(name, want) }

// Own is what is known of the changes that ajar itself made in an organization: by
// the journal, and by the audit log. Its zero value is that it made none.
type Own struct {
	Writers []Writer
	Writes  []OwnWrite
	Events  []Event // of the audit log, that name a writer and change access
	// Settled holds the ids of events that a person has accepted.
	Settled map[string]bool
	// Gap says in one line what of the time since the first writer the audit log was
	// not read for; "": it was read for all of it.
	Gap string
}

// Unexplained gives the events since their writer's first run that no write explains
// and nobody has accepted, each with who it was, in the order of the log.
func (o Own) Unexplained() []Foreign {
	var out []Foreign
	for _, e := range o.Events {
		i := slices.IndexFunc(o.Writers, func(w Writer) bool { return w.Did(e) && !e.At.Before(w.Since) })
		if i < 0 || !ChangesAccess(e.Action) || o.Settled[e.ID] || slices.ContainsFunc(o.Writes, func(w OwnWrite) bool { return w.Explains(e) }) {
			continue
		}
		out = append(out, Foreign{e, o.Writers[i].Actor})
	}
	return out
}

// Foreign is a change that was made as ajar, and not by it.
type Foreign struct {
	Event
	As Actor
}
