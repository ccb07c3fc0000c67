package githubsim

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"time"
)

// Living is an organization that goes on: people come and go, somebody gives access
// past the rules, and somebody else puts one place back as it was at first.
type Living struct {
	base *World
	org  string
	who  string // the owner who does it: not the first one, who tokens are of
	rng  *rand.Rand
	came []string // logins of those who came, and have not left
	left []string // logins of those who came and left: they may come again
	n    int      // people who ever came
	wide int      // drift since somebody put something back
}

// NewLiving makes an organization of a world live. What w is now is what somebody
// puts things back to. The same seed lives the same life.
func NewLiving(w *World, org string, seed uint64) *Living {
	l := &Living{base: w.Clone(), org: org, rng: rand.New(rand.NewPCG(seed, 0x11fe))}
	if x := w.Index().org(org); x != nil {
		for _, m := range x.Members {
			if m.Role == "admin" {
				l.who = m.Login
			}
		}
	}
	return l
}

// What happens beside drift.
const (
	Came    = "somebody came"
	Left    = "somebody left"
	PutBack = "put back"
	mostAt  = 12 // drift after which somebody puts something back in any case

	mostGuests, mostPeople = 6, 24 // who came and is there, and who ever came
)

// Step lets one thing happen at an instant, and tells what. The caller holds the
// world, as in [Server.Mutate].
func (l *Living) Step(w *World, now time.Time) Edit {
	w.Meta.Now = now
	x := w.Index().org(l.org)
	if x == nil {
		return Edit{}
	}
	dice := l.rng.IntN(100)
	switch {
	case dice < 15 && len(l.came) < mostGuests:
		return l.come(w, x.Org, now)
	case dice < 25 && len(l.came) > 0:
		return l.leave(w)
	case dice < 50 || l.wide >= mostAt:
		if e := l.putBack(x.Org); e.Kind != "" {
			l.wide = 0
			return e
		}
	}
	l.wide++
	for _, e := range drift(w, l.org, l.rng.Uint64(), 1, l.who) {
		return e
	}
	return Edit{}
}

// The names of those who come.
var (
	firstNames = []string{"amara", "bela", "chidi", "dunja", "elif", "farid", "greta", "hiro", "ines", "jonas", "kaya", "lupe"}
	lastNames  = []string{"abara", "berg", "castro", "dahl", "ekholm", "fischer", "greco", "haas", "ito", "jensen"}
)

// come makes an account that joins the organization, and one of its teams.
func (l *Living) come(w *World, o *Org, now time.Time) Edit {
	if l.n >= mostPeople {
		return l.comeBack(o, now)
	}
	l.n++
	login := fmt.Sprintf("%s-%s-%d", firstNames[l.rng.IntN(len(firstNames))], lastNames[l.rng.IntN(len(lastNames))], l.n)
	w.Users = append(w.Users, &User{Login: login, ID: w.largestID() + 1, Type: "User", CreatedAt: now.AddDate(-2, 0, 0), LastActivity: now})
	return l.join(o, login, now)
}

// comeBack lets somebody join again who left.
func (l *Living) comeBack(o *Org, now time.Time) Edit {
	if len(l.left) == 0 {
		return Edit{}
	}
	login := l.left[0]
	l.left = l.left[1:]
	return l.join(o, login, now)
}

func (l *Living) join(o *Org, login string, now time.Time) Edit {
	o.Members = append(o.Members, &Member{Login: login, Role: "member", TwoFactor: true})
	l.came = append(l.came, login)
	o.happened(&AuditEvent{Action: "org.add_member", Actor: l.who, User: login, CreatedAt: now}, fmt.Sprintf("came-%s-%d", login, now.UnixMilli()))
	what := login + " joined " + o.Login
	free := slices.DeleteFunc(slices.Clone(o.Teams), func(t *Team) bool { return t.ExternalGroup != "" || t.SyncedGroup != "" })
	if len(free) > 0 {
		t := free[l.rng.IntN(len(free))]
		t.join(login, "member")
		what += " and its team " + t.Slug
	}
	return Edit{Came, what}
}

// happened adds an event to the audit log of an organization that has one.
func (o *Org) happened(e *AuditEvent, id string) {
	if len(o.AuditLog) > 0 {
		e.ID = id
		o.AuditLog = append(o.AuditLog, e)
	}
}

func (l *Living) leave(w *World) Edit {
	i := l.rng.IntN(len(l.came))
	login := l.came[i]
	l.came = slices.Delete(l.came, i, i+1)
	if err := w.Leave(l.org, login); err != nil {
		return Edit{} // the last owner stays, and is not asked again
	}
	l.left = append(l.left, login)
	return Edit{Left, login + " left " + l.org}
}

// putBack makes one place of the organization as it was at first: a repository, a
// team, or something of the organization itself.
func (l *Living) putBack(o *Org) Edit {
	var first *Org
	for _, b := range l.base.Clone().Orgs { // copied, so that what is put back is nobody else's
		if b.Login == l.org {
			first = b
		}
	}
	if first == nil {
		return Edit{}
	}
	places := append(l.repositories(o, first), l.teams(o, first)...)
	places = append(places, ownSpots(o, first)...)
	if len(places) == 0 {
		return Edit{}
	}
	p := places[l.rng.IntN(len(places))]
	p.put()
	return Edit{PutBack, l.who + " put " + p.what + " back as it was"}
}

// spot is something that is not as it was at first.
type spot struct {
	what string
	put  func()
}

func (l *Living) repositories(o, first *Org) (out []spot) {
	for _, b := range first.Repos {
		for _, r := range o.Repos {
			if r.Name != b.Name || reflect.DeepEqual(r.granting(), b.granting()) {
				continue
			}
			out = append(out, spot{r.Name, func() {
				r.Collaborators, r.Invitations, r.Teams = b.Collaborators, b.Invitations, b.Teams
				r.DeployKeys, r.Environments, r.WorkflowPermissions = b.DeployKeys, b.Environments, b.WorkflowPermissions
			}})
		}
	}
	return out
}

// granting is what of a repository gives access.
func (r *Repo) granting() []any {
	return []any{r.Collaborators, r.Invitations, r.Teams, r.DeployKeys, r.Environments, r.WorkflowPermissions}
}

// teams are put back but for those who came since.
func (l *Living) teams(o, first *Org) (out []spot) {
	for _, b := range first.Teams {
		for _, t := range o.Teams {
			old := slices.DeleteFunc(slices.Clone(t.Members), func(m *TeamMember) bool { return slices.Contains(l.came, m.Login) })
			if t.Slug != b.Slug || reflect.DeepEqual(old, b.Members) {
				continue
			}
			out = append(out, spot{"the team " + t.Slug, func() {
				for _, m := range t.Members {
					if slices.Contains(l.came, m.Login) {
						m.Role = "member"
						b.Members = append(b.Members, m)
					}
				}
				t.Members = b.Members
			}})
		}
	}
	return out
}

// ownSpots are what the organization itself says, and who its owners are.
func ownSpots(o, first *Org) (out []spot) {
	if !reflect.DeepEqual(o.Settings, first.Settings) {
		out = append(out, spot{"the settings", func() { o.Settings = first.Settings }})
	}
	if !reflect.DeepEqual(o.OrgRoles, first.OrgRoles) {
		out = append(out, spot{"the organization roles", func() { o.OrgRoles = first.OrgRoles }})
	}
	if !reflect.DeepEqual(o.Invitations, first.Invitations) {
		out = append(out, spot{"the invitations", func() { o.Invitations = first.Invitations }})
	}
	was := map[string]string{}
	for _, m := range first.Members {
		was[m.Login] = m.Role
	}
	for _, m := range o.Members {
		role := was[m.Login]
		if role == "" {
			role = "member"
		}
		if m.Role != role {
			out = append(out, spot{"the role of " + m.Login, func() { m.Role = role }})
		}
	}
	return out
}
