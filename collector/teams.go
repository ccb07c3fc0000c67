package collector

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// The inner lists stand in two places: with the team, and alone once they
// overflow (see overflow). first:100 costs no more than a shorter page.
const (
	teamMembersList      = "members(first:$n,after:$after,membership:IMMEDIATE)"
	teamRepositoriesList = "repositories(first:$n,after:$after)"
)

type teamsQuery struct {
	Organization *struct {
		DatabaseID int64
		viewer
		Teams *nodes[teamNode] `graphql:"teams(first:$n,after:$after,orderBy:{field:NAME,direction:ASC})"`
		Past  *past            `graphql:"past:teams(first:$rows,after:$from,orderBy:{field:NAME,direction:ASC})"`
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

// bareTeamsQuery is the same page without the inner lists.
type bareTeamsQuery struct {
	Organization *struct {
		DatabaseID int64
		viewer
		Teams *nodes[teamLabels] `graphql:"teams(first:$n,after:$after,orderBy:{field:NAME,direction:ASC})"`
		Past  *past              `graphql:"past:teams(first:$rows,after:$from,orderBy:{field:NAME,direction:ASC})"`
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

type teamNode struct {
	teamLabels
	Members      *conn[teamMember]     `graphql:"members(first:100,membership:IMMEDIATE)"`
	Repositories *conn[teamRepository] `graphql:"repositories(first:100)"`
}

type teamLabels struct {
	ID         string
	DatabaseID int64
	Slug       *string
	Name       *string
	Privacy    *string
	CreatedAt  *time.Time
	ParentTeam given[parentTeam] `graphql:"parentTeam{databaseId}"` // null: a root
}

type parentTeam struct{ DatabaseID int64 }

// info is the team as the vocabulary has it; the gap says what lacks for that.
func (n *teamLabels) info(what string) (access.TeamInfo, *gap) {
	var l lacks
	l.unless(n.ID != "", "id")
	l.unless(text(n.Slug), "slug")
	l.unless(text(n.Name), "name")
	l.date(n.CreatedAt, "createdAt")
	l.among(n.Privacy, "privacy", "VISIBLE", "SECRET")
	l.unless(n.ParentTeam.told && (n.ParentTeam.value == nil || n.ParentTeam.value.DatabaseID > 0), "parentTeam")
	return access.TeamInfo{
		ID: n.DatabaseID, NodeID: n.ID, Slug: value(n.Slug), Name: value(n.Name), Parent: value(n.ParentTeam.value).DatabaseID,
		Privacy: strings.ToLower(value(n.Privacy)), CreatedAt: value(n.CreatedAt).UTC(),
	}, l.gap(what)
}

type teamMember struct {
	Role string
	Node *struct {
		ID         string
		DatabaseID int64
		Login      string
	}
}

type teamRepository struct {
	Permission string
	Node       *struct{ DatabaseID int64 }
}

// teamWalk is the state that the pages of the team listing share.
type teamWalk struct {
	members *overflow[teamMember]
	grants  *overflow[teamRepository]
}

var teamAreas = []access.Area{access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants}

// teams reads the teams, their immediate members and what they are granted. It
// gives how many there are, by GitHub's count.
func (r *run) teams(ctx context.Context) (total int, err error) {
	if !r.reads(teamAreas...) {
		return -1, nil
	}
	w := &teamWalk{
		members: &overflow[teamMember]{r: r, on: "Team", list: teamMembersList},
		grants:  &overflow[teamRepository]{r: r, on: "Team", list: teamRepositoriesList},
	}
	size := r.sizer("teams", 50, 50, 10)
	l, g, err := settle("teams of "+r.org.Login, func() (*listing, error) { return r.walkTeams(ctx, size, w) })
	if err != nil {
		return 0, err
	}
	if g != nil {
		r.lower(*g, teamAreas...)
	}
	r.nameTeams()
	return l.total, nil
}

func (r *run) walkTeams(ctx context.Context, size *sizer, w *teamWalk) (*listing, error) {
	l, what := newListing(), "teams of "+r.org.Login
	for more := true; more; {
		page, t, err := r.teamPage(ctx, size, &l.pages)
		if end := stopped(err); end != nil {
			return nil, end
		}
		if err != nil || page == nil {
			l.end(missing(access.AreaTeams, what, err), err)
			break
		}
		for i, n := range page.Nodes {
			if err := r.keepTeam(ctx, n, i, t, l, w); err != nil {
				return nil, err
			}
		}
		more = l.turn(leaf{page.PageInfo, page.TotalCount, len(page.Nodes), lastOf(page.Nodes, func(n *teamNode) int64 { return n.DatabaseID })})
		r.out.progress(access.AreaTeams, l.total)
	}
	if err := w.members.drain(ctx); err != nil {
		return nil, err
	}
	return l, w.grants.drain(ctx)
}

// teamPage asks for one page of teams; without the inner lists where one of
// them is refused or too heavy, so that the team does not come as null.
func (r *run) teamPage(ctx context.Context, size *sizer, c *chain) (*nodes[teamNode], *troubles, error) {
	vars := func(n int) map[string]any { return c.ask(r.org.Login, n) }
	q, t, err := fetch[teamsQuery](ctx, r, size, vars)
	if stopped(err) != nil {
		return nil, t, err
	}
	if err == nil && q.Organization != nil && q.Organization.Teams != nil && !hollow(q.Organization.Teams.Nodes, t, "organization", "teams", "nodes") {
		o := q.Organization
		c.past = o.Past
		return o.Teams, t, r.sawTeams(o.DatabaseID, o.viewer, q.Viewer, t)
	}
	if err != nil && !heavy(err) {
		return nil, t, err
	}
	bare, t, err := fetch[bareTeamsQuery](ctx, r, size, vars)
	if err != nil || bare.Organization == nil || bare.Organization.Teams == nil {
		return nil, t, cmp.Or(err, t.at("organization", "teams"))
	}
	o := bare.Organization
	c.past = o.Past
	page := &nodes[teamNode]{TotalCount: o.Teams.TotalCount, PageInfo: o.Teams.PageInfo, Nodes: make([]*teamNode, len(o.Teams.Nodes))}
	for i, labels := range o.Teams.Nodes {
		if labels != nil {
			page.Nodes[i] = &teamNode{teamLabels: *labels}
		}
	}
	return page, alone(t), r.sawTeams(o.DatabaseID, o.viewer, bare.Viewer, t)
}

// sawTeams notes what the token's own rights leave out of the listing.
func (r *run) sawTeams(id int64, v viewer, who *asked, t *troubles) error {
	if err := r.same(id); err != nil {
		return err
	}
	if !v.ViewerCanAdminister && !who.app() {
		g := denied(access.AreaTeams, "secret teams are visible only to their members and to owners")
		g.status = access.Partial
		r.lower(g, teamAreas...)
	}
	if t.sso != nil {
		r.lower(leftOut("teams of "+r.org.Login, t.sso), teamAreas...)
	}
	return nil
}

func (r *run) keepTeam(ctx context.Context, n *teamNode, i int, t *troubles, l *listing, w *teamWalk) error {
	if n == nil || n.DatabaseID <= 0 {
		l.holes++
		return nil
	}
	if _, twice := l.ids[n.DatabaseID]; twice {
		return nil
	}
	l.ids[n.DatabaseID] = struct{}{}
	path, name := []any{"organization", "teams", "nodes", i}, r.name(cmp.Or(value(n.Slug), fmt.Sprint(n.DatabaseID)))
	info, lacking := n.info("team " + name)
	if err := t.inside(path, "members", "repositories"); err != nil {
		g := gapOf(access.AreaTeams, "team "+name, err)
		lacking = &g
	}
	if lacking != nil { // what it inherits, or who sees it, would be a guess
		for _, a := range teamAreas {
			if err := r.finish(ctx, a, info.ID, access.Rows{}, lacking); err != nil {
				return err
			}
		}
		return nil
	}
	if err := r.out.put(ctx, access.AreaTeams, info.ID, one(info)); err != nil {
		return err
	}
	members := &inner[teamMember]{
		node: n.ID, area: access.AreaTeamMembers, what: "members of team " + name, key: teamMember.id, sum: r.sums[access.AreaTeamMembers],
		end: func(ctx context.Context, edges []*teamMember, g *gap) error {
			return r.keepTeamMembers(ctx, info, edges, g)
		},
	}
	if err := begin(ctx, members, n.Members, t.at(append(path, "members")...), w.members); err != nil {
		return err
	}
	grants := &inner[teamRepository]{
		node: n.ID, area: access.AreaTeamGrants, what: "repositories of team " + name, key: teamRepository.id, sum: r.sums[access.AreaTeamGrants],
		end: func(_ context.Context, edges []*teamRepository, g *gap) error {
			return r.keepTeamGrants(info, edges, g)
		},
	}
	return begin(ctx, grants, n.Repositories, t.at(append(path, "repositories")...), w.grants)
}

// begin gives a list its first page, the one that came with its owner.
func begin[E any](ctx context.Context, l *inner[E], first *conn[E], trouble error, rest *overflow[E]) error {
	switch {
	case heavy(trouble):
		// The server cut the answer here: ask for the list by itself.
		return rest.add(ctx, l)
	case trouble != nil, first == nil:
		if first != nil {
			l.take(first)
		}
		return l.fail(ctx, missing(l.area, l.what, trouble))
	case l.take(first):
		return rest.add(ctx, l)
	}
	return l.done(ctx)
}

func (e teamMember) id() int64 {
	if e.Node == nil || e.Node.ID == "" || e.Node.Login == "" {
		return 0
	}
	return e.Node.DatabaseID
}

func (e teamRepository) id() int64 {
	if e.Node == nil {
		return 0
	}
	return e.Node.DatabaseID
}

// keepTeamMembers turns roles into memberships: Maintain for a maintainer.
func (r *run) keepTeamMembers(ctx context.Context, t access.TeamInfo, edges []*teamMember, g *gap) error {
	grants := make([]access.Grant, 0, len(edges))
	people := make([]access.Person, 0, len(edges))
	for _, e := range edges {
		grant := access.Grant{Principal: user(e.id()), Resource: team(t.ID), Source: access.Direct}
		switch e.Role {
		case "MEMBER":
			grant.Privilege = access.Member
		case "MAINTAINER":
			grant.Privilege = access.Maintain
		default:
			why := partial("member %s of team %s/%s has a role that is not known here: %q", e.Node.Login, r.org.Login, t.Slug, e.Role)
			g = &why
			continue
		}
		grants = append(grants, grant)
		people = append(people, access.Person{ID: e.id(), NodeID: e.Node.ID, Login: e.Node.Login})
	}
	if err := r.out.people(ctx, false, people); err != nil {
		return err
	}
	return r.finish(ctx, access.AreaTeamMembers, t.ID, access.Rows{Grants: grants}, g)
}
