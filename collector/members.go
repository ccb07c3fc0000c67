package collector

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

type membersQuery struct {
	Organization *struct {
		DatabaseID int64
		viewer
		MembersWithRole *struct {
			TotalCount int
			PageInfo   pageInfo
			Edges      []*memberEdge
		} `graphql:"membersWithRole(first:$n,after:$after)"`
		Past *past `graphql:"past:membersWithRole(first:$rows,after:$from)"`
	} `graphql:"organization(login:$org)"`
	Viewer    *asked
	RateLimit *github.RateLimit
}

type memberEdge struct {
	Role                *string
	HasTwoFactorEnabled *bool // null for everybody but owners
	Node                *struct {
		ID         string
		DatabaseID int64
		Login      string
		Name       *string
		CreatedAt  *time.Time
	}
}

// id is that of the account; 0: it did not come.
func (e *memberEdge) id() int64 {
	if e.Node == nil {
		return 0
	}
	return e.Node.DatabaseID
}

// members reads who belongs to the organization, who owns it, and whose second
// factor is on.
func (r *run) members(ctx context.Context) error {
	areas := []access.Area{access.AreaMembers, access.AreaTwoFactor}
	if !r.reads(append(areas, access.AreaContributions)...) {
		return r.closeAll(ctx, -1, areas...)
	}
	size := r.sizer("members", 100, 100, 25)
	factors := &factors{}
	l, g, err := settle("members of "+r.org.Login, func() (*listing, error) { return r.walkMembers(ctx, size, factors) })
	if err != nil {
		return err
	}
	if g != nil {
		r.lower(*g, areas...)
	}
	if untold := len(factors.untold); untold > 0 && untold < len(l.ids) {
		r.lower(partial("second factor: GitHub told it of %d members of %d", len(l.ids)-untold, len(l.ids)), access.AreaTwoFactor)
	} else if untold > 0 {
		r.lower(denied(access.AreaTwoFactor, "GitHub tells the second factor of members to organization owners alone"), access.AreaTwoFactor)
	}
	return r.closeAll(ctx, l.total, areas...)
}

// factors are the members whose second factor was not told.
type factors struct{ untold map[int64]struct{} }

func (r *run) walkMembers(ctx context.Context, size *sizer, f *factors) (*listing, error) {
	l := newListing()
	f.untold, r.who = map[int64]struct{}{}, nil
	for {
		q, t, err := fetch[membersQuery](ctx, r, size, func(n int) map[string]any { return l.pages.ask(r.org.Login, n) })
		if end := stopped(err); end != nil {
			return nil, end
		}
		what := "members of " + r.org.Login
		if err == nil {
			err = t.at("organization", "membersWithRole", "pageInfo")
		}
		if err != nil || q.Organization == nil || q.Organization.MembersWithRole == nil {
			l.end(missing(access.AreaMembers, what, err), err)
			return l, nil
		}
		o := q.Organization
		if err := r.same(o.DatabaseID); err != nil {
			return nil, err
		}
		if !o.ViewerIsAMember && !o.ViewerCanAdminister && !q.Viewer.app() {
			r.lower(denied(access.AreaMembers, "only public members are listed: the token is not of a member"), access.AreaMembers, access.AreaTwoFactor)
		}
		if t.sso != nil {
			r.lower(leftOut(what, t.sso), access.AreaMembers, access.AreaTwoFactor)
		}
		if err := r.keepMembers(ctx, o.MembersWithRole.Edges, t, l, f); err != nil {
			return nil, err
		}
		m := o.MembersWithRole
		l.pages.past = o.Past
		more := l.turn(leaf{m.PageInfo, m.TotalCount, len(m.Edges), lastOf(m.Edges, (*memberEdge).id)})
		r.out.progress(access.AreaMembers, l.total)
		if !more {
			return l, nil
		}
	}
}

// missing is the gap of a list that did not come, with or without a reason.
func missing(a access.Area, what string, err error) gap {
	if err == nil {
		return partial("%s: GitHub answered null and did not say why", what)
	}
	return gapOf(a, what, err)
}

func (r *run) keepMembers(ctx context.Context, edges []*memberEdge, t *troubles, l *listing, f *factors) error {
	people := make([]access.Person, 0, len(edges))
	fresh := make([]*memberEdge, 0, len(edges))
	for i, e := range edges {
		if e == nil || e.Node == nil || e.Node.DatabaseID <= 0 {
			l.holes++
			continue
		}
		n := e.Node
		if _, twice := l.ids[n.DatabaseID]; twice {
			continue
		}
		l.ids[n.DatabaseID], r.listed[n.DatabaseID] = struct{}{}, true
		if g := r.lacksMember(e, t, "organization", "membersWithRole", "edges", i); g != nil {
			for _, a := range []access.Area{access.AreaMembers, access.AreaTwoFactor, access.AreaContributions} {
				if err := r.finish(ctx, a, n.DatabaseID, access.Rows{}, g); err != nil {
					return err
				}
			}
			continue
		}
		fresh = append(fresh, e)
		people = append(people, access.Person{ID: n.DatabaseID, NodeID: n.ID, Login: n.Login, Name: value(n.Name), CreatedAt: value(n.CreatedAt).UTC()})
		r.who = append(r.who, member{n.DatabaseID, n.ID, n.Login})
	}
	if err := r.out.people(ctx, true, people); err != nil {
		return err
	}
	for _, e := range fresh {
		if err := r.keepMember(ctx, e); err != nil {
			return err
		}
		id := e.Node.DatabaseID
		if e.HasTwoFactorEnabled == nil {
			f.untold[id] = struct{}{}
			continue
		}
		if err := r.out.put(ctx, access.AreaTwoFactor, id, one(access.TwoFactor{User: id, Enabled: *e.HasTwoFactorEnabled})); err != nil {
			return err
		}
	}
	return nil
}

// lacksMember says what was not told of a member; nil where all was. Whose second
// factor is told is a matter of its own.
func (r *run) lacksMember(e *memberEdge, t *troubles, path ...any) *gap {
	what := "member " + cmp.Or(e.Node.Login, fmt.Sprint(e.Node.DatabaseID))
	if err := t.inside(path, "hasTwoFactorEnabled"); err != nil {
		g := gapOf(access.AreaMembers, what, err)
		return &g
	}
	var l lacks
	l.unless(e.Node.ID != "", "id")
	l.unless(e.Node.Login != "", "login")
	l.date(e.Node.CreatedAt, "createdAt")
	return l.gap(what)
}

// keepMember turns a role into a grant. A role that ajar does not know is
// neither membership nor none.
func (r *run) keepMember(ctx context.Context, e *memberEdge) error {
	id := e.Node.DatabaseID
	g := access.Grant{Principal: user(id), Resource: r.self()}
	switch value(e.Role) {
	case "MEMBER":
		g.Privilege, g.Source = access.Member, access.Direct
	case "ADMIN":
		g.Privilege, g.Source = access.Owner, access.ByOwner
	default:
		why := partial("member %s has a role that is not known here: %q", e.Node.Login, value(e.Role))
		return r.finish(ctx, access.AreaMembers, id, access.Rows{}, &why)
	}
	return r.out.put(ctx, access.AreaMembers, id, one(nil, g))
}
