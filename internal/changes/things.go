package changes

import (
	"cmp"
	"strings"

	"github.com/eb661601/ajar/access"
)

// What weighs how much: the most important is read first.
const (
	ofOwner    = 100
	ofGate     = 95 // the gate of an environment where it matters
	ofDefault  = 90 // a setting that holds for everybody
	ofPublic   = 85
	ofRole     = 80
	ofAdmin    = 75
	ofOther    = 70 // the gate of another environment
	ofKey      = 65
	ofWrite    = 60
	ofReviewer = 55
	ofMember   = 40
	ofRead     = 30
	ofName     = 10
	outsider   = 13 // on top, where somebody from outside gains
)

// fate notes that only one side has a thing.
func (c *comparison) fate(r access.Ref, added bool) {
	if added {
		c.made[r] = true
	} else {
		c.gone[r] = true
	}
}

func word(added bool) string {
	if added {
		return "added"
	}
	return "removed"
}

func direction(more bool) Effect {
	if more {
		return More
	}
	return Less
}

// put gives the value to the side that has it.
func (x *Change) put(added bool, value string) {
	if added {
		x.After = value
	} else {
		x.Before = value
	}
}

func (c *comparison) renamed(class string, r access.Ref, was, is string) {
	if was != is && was != "" && is != "" {
		c.add(Change{Class: class, What: "renamed", Effect: Other, Subject: c.name(r), Before: was, After: is, weight: ofName})
	}
}

func (c *comparison) teams() {
	one := func(t access.TeamInfo, added bool) {
		r := access.Ref{Kind: access.Team, ID: t.ID}
		c.fate(r, added)
		c.add(Change{Class: "teams", What: word(added), Effect: Other, Subject: c.name(r), weight: ofName + 5, Doubt: c.doubt(added, access.AreaTeams, 0)})
	}
	both(c.was.Snapshot.Teams, c.is.Snapshot.Teams, access.TeamInfo.Key,
		func(t access.TeamInfo) { one(t, false) }, func(t access.TeamInfo) { one(t, true) },
		func(was, is access.TeamInfo) {
			r := access.Ref{Kind: access.Team, ID: is.ID}
			c.renamed("teams", r, was.Slug, is.Slug)
			if was.Parent != is.Parent {
				x := Change{Class: "teams", What: "moved", Effect: Other, Subject: c.name(r), Before: "no parent", After: "no parent", weight: ofName + 8}
				if was.Parent != 0 {
					x.Before = "under " + c.nameOf(access.Ref{Kind: access.Team, ID: was.Parent})
				}
				if is.Parent != 0 {
					x.After = "under " + c.nameOf(access.Ref{Kind: access.Team, ID: is.Parent})
				}
				c.add(x)
				c.touchTeam(is.ID)
			}
			if was.Privacy != is.Privacy && was.Privacy != "" && is.Privacy != "" {
				c.add(Change{Class: "teams", What: "changed", Effect: Other, Subject: c.name(r), Aspect: "visibility", Before: was.Privacy, After: is.Privacy, weight: ofName})
			}
		})
}

func (c *comparison) repositories() {
	one := func(r access.Repository, added bool) {
		ref := access.Ref{Kind: access.Repo, ID: r.ID}
		c.fate(ref, added)
		x := Change{Class: "repositories", What: word(added), Effect: Other, Subject: c.name(ref), weight: ofName + 4, Doubt: c.doubt(added, access.AreaRepositories, 0)}
		x.put(added, r.Visibility)
		c.add(x)
	}
	both(c.was.Snapshot.Repositories, c.is.Snapshot.Repositories, access.Repository.Key,
		func(r access.Repository) { one(r, false) }, func(r access.Repository) { one(r, true) },
		func(was, is access.Repository) {
			ref := access.Ref{Kind: access.Repo, ID: is.ID}
			c.renamed("repositories", ref, was.Name, is.Name)
			if was.Visibility != is.Visibility && was.Visibility != "" && is.Visibility != "" {
				open := map[string]int{"private": 0, "internal": 1, "public": 2}
				more := open[is.Visibility] > open[was.Visibility]
				c.add(Change{Class: "repositories", What: "changed", Effect: direction(more), Subject: c.name(ref), Aspect: "visibility", Before: was.Visibility, After: is.Visibility, weight: ofPublic})
			}
			if was.Archived != is.Archived {
				c.add(Change{Class: "repositories", What: "changed", Effect: direction(was.Archived), Subject: c.name(ref), Aspect: "archived",
					Before: yesNo(was.Archived), After: yesNo(is.Archived), weight: ofName + 3})
			}
		})
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// people tells renames, outside collaborators and second factors. Members and
// owners are grants.
func (c *comparison) people() {
	none := func(access.Person) {}
	both(c.was.Snapshot.People, c.is.Snapshot.People, func(p access.Person) int64 { return p.ID }, none, none,
		func(was, is access.Person) {
			c.renamed("people", access.Ref{Kind: access.User, ID: is.ID}, was.Login, is.Login)
		})
	one := func(o access.Outside, added bool) {
		c.add(Change{Class: "outside", What: word(added), Effect: direction(added), Subject: c.name(access.Ref{Kind: access.User, ID: o.User}), weight: ofMember + outsider,
			Doubt: c.doubt(added, access.AreaOutside, 0)})
	}
	both(c.was.Snapshot.Outside, c.is.Snapshot.Outside, access.Outside.Key,
		func(o access.Outside) { one(o, false) }, func(o access.Outside) { one(o, true) }, func(_, _ access.Outside) {})
	state := func(on bool) string {
		if on {
			return "on"
		}
		return "off"
	}
	unsaid := func(access.TwoFactor) {} // that somebody joined or left is told already
	both(c.was.Snapshot.TwoFactor, c.is.Snapshot.TwoFactor, access.TwoFactor.Key, unsaid, unsaid,
		func(was, is access.TwoFactor) {
			if was.Enabled != is.Enabled {
				c.add(Change{Class: "two-factor", What: "changed", Effect: direction(was.Enabled), Subject: c.name(access.Ref{Kind: access.User, ID: is.User}),
					Aspect: "two-factor", Before: state(was.Enabled), After: state(is.Enabled), weight: ofReviewer})
			}
		})
}

func (c *comparison) keys() {
	may := func(k access.DeployKey) string {
		if k.ReadOnly {
			return "read"
		}
		return "write"
	}
	weight := func(k access.DeployKey) int {
		if k.ReadOnly {
			return ofRead
		}
		return ofKey
	}
	one := func(k access.DeployKey, added bool) {
		repo := access.Ref{Kind: access.Repo, ID: k.Repo}
		x := Change{Class: "keys", What: word(added), Effect: direction(added), Subject: c.name(access.Ref{Kind: access.Key, ID: k.ID}),
			Object: c.name(repo), weight: weight(k), Doubt: c.doubt(added, access.AreaDeployKeys, k.Repo)}
		x.put(added, may(k))
		x.With = c.along(added, repo)
		c.add(x)
	}
	both(c.was.Snapshot.DeployKeys, c.is.Snapshot.DeployKeys, access.DeployKey.Key,
		func(k access.DeployKey) { one(k, false) }, func(k access.DeployKey) { one(k, true) },
		func(was, is access.DeployKey) {
			x := Change{Class: "keys", What: "changed", Subject: c.name(access.Ref{Kind: access.Key, ID: is.ID}), Object: c.name(access.Ref{Kind: access.Repo, ID: is.Repo}), weight: weight(is)}
			if was.ReadOnly != is.ReadOnly {
				x.Effect, x.Aspect, x.Before, x.After = direction(!is.ReadOnly), "permission", may(was), may(is)
				c.add(x)
			}
			if was.Enabled != is.Enabled {
				x.Effect, x.Aspect, x.Before, x.After = direction(is.Enabled), "enabled", yesNo(was.Enabled), yesNo(is.Enabled)
				c.add(x)
			}
		})
}

func (c *comparison) invitations() {
	one := func(i access.Invite, added bool) {
		weight := ofRead
		if i.Role == "admin" {
			weight = ofOwner - 1
		}
		x := Change{Class: "invitations", What: word(added), Effect: direction(added), weight: weight, Doubt: c.doubt(added, access.AreaInvitations, 0),
			Subject: access.Named{Ref: access.Ref{Kind: access.Invitation, ID: i.ID}, Name: "invitation of " + cmp.Or(i.Login, i.Email, "somebody")}}
		x.put(added, strings.ReplaceAll(i.Role, "_", " "))
		c.add(x)
	}
	both(c.was.Snapshot.Invitations, c.is.Snapshot.Invitations, access.Invite.Key,
		func(i access.Invite) { one(i, false) }, func(i access.Invite) { one(i, true) }, func(_, _ access.Invite) {})
}

// along gives the first of the things that came or went itself.
func (c *comparison) along(added bool, things ...access.Ref) access.Named {
	only := c.gone
	if added {
		only = c.made
	}
	for _, r := range things {
		if only[r] {
			return c.name(r)
		}
	}
	return access.Named{}
}
