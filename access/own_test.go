package access_test

import (
	"testing"
	"time"

	"github.com/eb661601/ajar/access"
)

func TestOneWriteExplainsTheEventsOfItAndNoOthers(t *testing.T) {
	at := time.Date(2026, 9, 15, 9, 0, 0, 0, time.UTC)
	bot := access.Actor{Ref: access.Ref{Kind: access.App, ID: 7}, Login: "ajar[bot]"}
	person := access.Actor{Ref: access.Ref{Kind: access.User, ID: 8}, Login: "robot"}
	write := func(on access.WriteKind, more func(*access.OwnWrite)) access.OwnWrite {
		w := access.OwnWrite{Actor: bot, From: at, To: at, On: on, User: "sam", UserID: 11, Repo: "api", RepoID: 41, Team: "sre"}
		if more != nil {
			more(&w)
		}
		return w
	}
	removes := func(w *access.OwnWrite) { w.Removes = true }
	adds := func(w *access.OwnWrite) { w.Adds = true }
	event := func(action string, more func(*access.Event)) access.Event {
		e := access.Event{ID: "e", At: at, Action: action, Actor: "ajar[bot]", ActorID: 4711, User: "sam", UserID: 11, Repo: "api", RepoID: 41, Team: "sre"}
		if more != nil {
			more(&e)
		}
		return e
	}
	for name, c := range map[string]struct {
		write access.OwnWrite
		event access.Event
		want  bool
	}{
		"the thing itself":              {write(access.OnGrant, removes), event("repo.remove_member", nil), true},
		"another person":                {write(access.OnGrant, removes), event("repo.remove_member", func(e *access.Event) { e.UserID = 12 }), false},
		"renamed since":                 {write(access.OnGrant, removes), event("repo.remove_member", func(e *access.Event) { e.User, e.Repo = "new", "new" }), true},
		"another repository":            {write(access.OnGrant, removes), event("repo.remove_member", func(e *access.Event) { e.RepoID = 42 }), false},
		"the other way":                 {write(access.OnGrant, removes), event("repo.add_member", nil), false},
		"taken where it was given":      {write(access.OnGrant, adds), event("repo.remove_member", nil), false},
		"another actor":                 {write(access.OnGrant, removes), event("repo.remove_member", func(e *access.Event) { e.Actor = "root" }), false},
		"five minutes later":            {write(access.OnGrant, removes), event("repo.remove_member", func(e *access.Event) { e.At = at.Add(5 * time.Minute) }), true},
		"six minutes later":             {write(access.OnGrant, removes), event("repo.remove_member", func(e *access.Event) { e.At = at.Add(6 * time.Minute) }), false},
		"six minutes before":            {write(access.OnGrant, removes), event("repo.remove_member", func(e *access.Event) { e.At = at.Add(-6 * time.Minute) }), false},
		"cascade of a removal":          {write(access.OnMembership, removes), event("team.remove_member", func(e *access.Event) { e.Team = "ops" }), true},
		"an invitation they sent":       {write(access.OnMembership, removes), event("org.cancel_invitation", func(e *access.Event) { e.UserID = 99 }), true},
		"last access from outside":      {write(access.OnGrant, removes), event("org.remove_outside_collaborator", nil), true},
		"a team by another name":        {write(access.OnTeamGrant, removes), event("team.remove_repository", func(e *access.Event) { e.Team = "ops" }), false},
		"a setting":                     {write(access.OnBase, nil), event("org.update_default_repository_permission", nil), true},
		"another setting":               {write(access.OnBase, nil), event("org.set_default_workflow_permissions", nil), false},
		"a role is nothing ajar gives":  {write(access.OnMembership, nil), event("organization_role.assign", nil), false},
		"accepted days later":           {write(access.OnGrant, func(w *access.OwnWrite) { w.Invites = true }), event("repo.add_member", func(e *access.Event) { e.At = at.AddDate(0, 0, 3) }), true},
		"invited again days later":      {write(access.OnInvitation, func(w *access.OwnWrite) { w.Invites = true }), event("org.invite_member", func(e *access.Event) { e.At = at.AddDate(0, 0, 3) }), false},
		"an unknown writer":             {write(access.OnGrant, func(w *access.OwnWrite) { w.Actor = access.Actor{} }), event("repo.add_member", nil), true},
		"a person by number":            {write(access.OnGrant, func(w *access.OwnWrite) { w.Actor = person }), event("repo.add_member", func(e *access.Event) { e.Actor, e.ActorID = "renamed", 8 }), true},
		"a login that somebody re-used": {write(access.OnGrant, func(w *access.OwnWrite) { w.Actor = person }), event("repo.add_member", func(e *access.Event) { e.Actor, e.ActorID = "robot", 9 }), false},
	} {
		if got := c.write.Explains(c.event); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
