package collector

import (
	"context"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// outside reads the outside collaborators. GraphQL has no such list.
func (r *run) outside(ctx context.Context) error {
	area := access.AreaOutside
	if !r.reads(area, access.AreaContributions) {
		return r.close(ctx, area, -1)
	}
	seen := map[int64]bool{}
	err := r.pages(ctx, func(page int) (int, *gh.Response, error) {
		rows, resp, err := r.c.REST().Organizations.ListOutsideCollaborators(ctx, r.org.Login,
			&gh.ListOutsideCollaboratorsOptions{ListOptions: gh.ListOptions{Page: page, PerPage: perPage}})
		people := make([]access.Person, 0, len(rows))
		for _, u := range rows {
			id := u.GetID()
			if id == 0 || u.GetLogin() == "" || u.GetNodeID() == "" {
				return 0, resp, errNoPerson
			}
			if seen[id] {
				continue
			}
			seen[id] = true
			people = append(people, access.Person{ID: id, NodeID: u.GetNodeID(), Login: u.GetLogin()})
			r.who = append(r.who, member{id, u.GetNodeID(), u.GetLogin()})
			if err := r.out.put(ctx, area, id, one(access.Outside{User: id})); err != nil {
				return 0, resp, err
			}
		}
		if err := r.out.people(ctx, false, people); err != nil {
			return 0, resp, err
		}
		return len(rows), resp, err
	})
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		r.lower(gapOf(area, "outside collaborators of "+r.org.Login, err), area)
	}
	return r.close(ctx, area, -1)
}
