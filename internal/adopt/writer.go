package adopt

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
	"github.com/eb661601/ajar/reach"
)

// writer collects what goes into the document.
type writer struct {
	s     *access.Snapshot
	g     *reach.Graph
	found []access.Finding // without a baseline

	quiet     map[access.Ref]string // people and keys without a sign of life, and since when
	nofac     map[int64]bool        // members without a second factor
	owners    map[int64]bool
	teamsOf   map[int64]crowd // of each team: whom it reaches
	repoNames []string        // folded, in order
	people    map[string]int  // logins, folded, and how many accounts show each
	admins    map[int64]int   // of each person: repositories on which a grant of their own gives admin
	roles     map[kindOfAccess]string

	teams, persons, outsiders, orgRoles []block // in the order of the document
	odd                                 []block // set apart
	keys                                []keyEntry
	rules                               []envEntry
	pending                             []string // invitations, one sentence each
	refused, blind                      []string
	manage                              []baseline.Class
	holders                             map[access.Ref]bool // whose access is accepted
	result                              Result
}

func newWriter(s *access.Snapshot, g *reach.Graph, found []access.Finding) *writer {
	w := &writer{
		s: s, g: g, found: found, quiet: map[access.Ref]string{}, nofac: map[int64]bool{}, owners: map[int64]bool{},
		people: map[string]int{}, admins: map[int64]int{}, roles: map[kindOfAccess]string{}, holders: map[access.Ref]bool{}, teamsOf: map[int64]crowd{},
	}
	for _, f := range found {
		switch f.Rule {
		case "member-stale", "outside-collaborator-stale", "deploy-key-stale":
			w.quiet[f.Principal.Ref] = f.Have
		case "two-factor-missing":
			w.nofac[f.Principal.ID] = true
		}
	}
	for _, r := range s.Repositories {
		w.repoNames = append(w.repoNames, strings.ToLower(r.Name))
	}
	slices.Sort(w.repoNames)
	for _, p := range s.People {
		w.people[strings.ToLower(p.Login)]++
	}
	for _, g := range s.Grants {
		if g.Resource.Kind == access.Org && g.Privilege == access.Owner && g.Source == access.ByOwner {
			w.owners[g.Principal.ID] = true
		}
		if g.Resource.Kind == access.Repo && g.Source == access.Direct && g.Privilege == access.Admin {
			w.admins[g.Principal.ID]++
		}
	}
	return w
}

// The areas that a class rests on. A class of which one was not read to its end
// is left alone: what was not seen would be drift on the day it is.
var (
	memberAreas = []access.Area{access.AreaMembers}
	grantAreas  = []access.Area{
		access.AreaRepositories, access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants,
		access.AreaDirectGrants, access.AreaCustomRoles, access.AreaOrgRoles, access.AreaOrgRoleAssignments,
	}
	orgRoleAreas = []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaOrgRoles, access.AreaOrgRoleAssignments}
	outsideAreas = []access.Area{access.AreaOutside, access.AreaDirectGrants, access.AreaRepositories}
	envAreas     = []access.Area{access.AreaMembers, access.AreaTeams, access.AreaTeamMembers, access.AreaRepositories, access.AreaEnvironments, access.AreaGates}
	keyAreas     = []access.Area{access.AreaRepositories, access.AreaDeployKeys}
)

// read reports whether the areas behind a class were read to their end, and notes
// it where not. What the plan does not have hides nothing.
func (w *writer) read(c baseline.Class, areas []access.Area) bool {
	for _, a := range areas {
		l := w.s.Coverage.Of(a)
		if l.Status == access.Complete || l.Status == access.Unavailable {
			continue
		}
		status := string(l.Status)
		if l.Status == access.Unread {
			status = "not read"
		}
		why := fmt.Sprintf("%s: not managed, since %s is %s", c, a, status)
		if l.Status == access.Unread {
			why = fmt.Sprintf("%s: not managed, since %s was not read", c, a)
		}
		if l.Reason != "" && l.Status != access.Unread {
			why += " (" + l.Reason + ")"
		}
		w.blind = append(w.blind, plain(why+"."))
		return false
	}
	return true
}

// gather decides what is accepted, what is set apart and what is not.
func (w *writer) gather() {
	if w.read(baseline.RepositoryAccess, grantAreas) {
		w.repositoryGrants()
	}
	if w.read(baseline.OrganizationRoles, orgRoleAreas) {
		w.organizationRoles()
	}
	if w.read(baseline.Environments, envAreas) {
		w.environments()
	}
	if w.read(baseline.Keys, keyAreas) {
		w.deployKeys()
	}
	w.invitations()
}

// anything reports whether there is something to write.
func (w *writer) anything() bool {
	return len(w.teams)+len(w.persons)+len(w.outsiders)+len(w.orgRoles)+len(w.odd)+len(w.keys)+len(w.rules)+len(w.manage) > 0 ||
		w.s.Coverage.Complete(access.AreaMembers) || w.s.Settings != nil && w.s.Settings.BasePermission != access.NoPrivilege
}

// name writes a principal as a baseline names it; false where that would name
// nobody, or somebody else as well.
func (w *writer) name(r access.Ref) (string, bool) {
	switch r.Kind {
	case access.User:
		p, ok := w.s.Person(r.ID)
		if !ok || w.people[strings.ToLower(p.Login)] > 1 {
			return w.s.Name(r), false
		}
	case access.Team:
		if _, ok := w.s.Team(r.ID); !ok {
			return w.s.Name(r), false
		}
	}
	n := w.s.Name(r)
	return n, names(n, r.Kind)
}

// names reports whether the text names one thing in a baseline: a star in a name
// would be a pattern, and a blank at its end is lost.
func names(text string, k access.Kind) bool {
	p, err := baseline.ParsePattern(text, k)
	return err == nil && p.Literal() && strings.TrimSpace(text) == text
}

// refuse notes what is not accepted.
func (w *writer) refuse(format string, args ...any) {
	w.refused = append(w.refused, plain(fmt.Sprintf(format, args...)))
}

// repositoryGrants goes through who holds what on repositories.
func (w *writer) repositoryGrants() {
	type key struct {
		who  access.Ref
		what kindOfAccess
		why  string
	}
	held := map[key]*holding{}
	var order []key
	place := map[int64]int32{}
	for i, r := range w.s.Repositories {
		place[r.ID] = int32(i)
	}
	for _, g := range w.s.Grants {
		if g.Resource.Kind != access.Repo || g.Source != access.Direct && g.Source != access.ByTeam || g.Privilege < access.Read {
			continue
		}
		repo, seen := place[g.Resource.ID]
		name, ok := w.name(g.Principal)
		what := kindOfAccess{privilege: g.Privilege, custom: g.Role}
		if !seen || !ok || !w.roleFor(what) || !names(w.s.Name(g.Resource), access.Repo) {
			w.refuse("%s has %s on %s: one of the names cannot be written so that it means this alone.", name, w.s.RoleName(g), w.s.Name(g.Resource))
			continue
		}
		if w.isOutside(g.Principal) && g.Privilege == access.Admin {
			w.refuse("%s, an outside collaborator, has %s on %s.", name, w.s.RoleName(g), w.s.Name(g.Resource))
			continue
		}
		k := key{g.Principal, what, w.unusual(g)}
		h := held[k]
		if h == nil {
			h = &holding{who: g.Principal, name: name, what: what, why: k.why}
			held[k], order = h, append(order, k)
		}
		h.repos = append(h.repos, repo)
		w.result.Grants++
		w.holders[g.Principal] = true
	}
	var teams, persons, outsiders, odd []holding
	for _, k := range order {
		h := *held[k]
		slices.Sort(h.repos)
		switch {
		case h.why != "":
			odd = append(odd, h)
		case h.who.Kind == access.Team:
			teams = append(teams, h)
		case w.isOutside(h.who):
			outsiders = append(outsiders, h)
		default:
			persons = append(persons, h)
		}
	}
	w.teams, w.persons, w.outsiders, w.odd = w.group(teams), w.group(persons), w.group(outsiders), w.group(odd)
	if len(order) == 0 {
		w.manage = append(w.manage, baseline.RepositoryAccess)
	}
}

// isOutside reports whether somebody with a grant is no member.
func (w *writer) isOutside(r access.Ref) bool { return r.Kind == access.User && !w.g.Member(r.ID) }

// organizationRoles goes through who holds organization roles.
func (w *writer) organizationRoles() {
	plainly, odd := map[kindOfAccess]*block{}, 0
	var order []kindOfAccess
	any := false
	for _, g := range w.s.GrantsOn(access.Ref{Kind: access.Org, ID: w.s.Org.ID}) {
		if g.Source != access.ByOrgRole {
			continue
		}
		any = true
		what := kindOfAccess{privilege: g.Privilege, org: g.Role}
		name, ok := w.name(g.Principal)
		if !ok || !w.roleFor(what) {
			w.refuse("%s has the organization role %s: one of the names cannot be written so that it means this alone.", name, w.s.RoleName(g))
			continue
		}
		w.result.Grants++
		w.holders[g.Principal] = true
		on := items([]string{"org:" + w.s.Org.Login})
		if why := w.unusual(g); why != "" {
			w.odd = append(w.odd, block{what: what, to: []string{name}, on: on, grants: 1, why: why})
			odd++
			continue
		}
		if plainly[what] == nil {
			plainly[what] = &block{what: what, on: on}
			order = append(order, what)
		}
		plainly[what].to = append(plainly[what].to, name)
		plainly[what].grants++
	}
	slices.SortFunc(order, w.compareAccess)
	for _, k := range order {
		b := plainly[k]
		slices.SortFunc(b.to, compareNames)
		w.orgRoles = append(w.orgRoles, *b)
	}
	if !any && w.s.Coverage.Complete(access.AreaOrgRoles, access.AreaOrgRoleAssignments) {
		w.manage = append(w.manage, baseline.OrganizationRoles)
	}
}

// invitations are named for people to see; an entry cannot accept one.
func (w *writer) invitations() {
	for _, all := range [][]access.Invite{w.s.Invitations, w.s.RepoInvitations} {
		for _, i := range all {
			if !i.FailedAt.IsZero() || i.Expired {
				continue // it gives nothing any more
			}
			w.pending = append(w.pending, w.invitation(i))
		}
	}
}

func (w *writer) invitation(i access.Invite) string {
	whom := i.Login
	if whom == "" {
		whom = "an e-mail address"
	}
	text := fmt.Sprintf("%s is invited as %s", whom, i.Role)
	if i.Repo != 0 {
		text = fmt.Sprintf("%s is invited to %s with %s", whom, w.s.Name(access.Ref{Kind: access.Repo, ID: i.Repo}), i.Permission)
	}
	if !i.CreatedAt.IsZero() {
		text += " since " + i.CreatedAt.UTC().Format(time.DateOnly)
	}
	if i.Inviter != "" {
		text += ", by " + i.Inviter
	}
	return plain(text + ".")
}
