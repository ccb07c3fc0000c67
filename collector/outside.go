package collector

import (
	"context"
	"maps"
	"slices"

	gh "github.com/google/go-github/v92/github"

	"github.com/eb661601/ajar/access"
)

// outside reads the outside collaborators. GraphQL has no such list.
func (r *run) outside(ctx context.Context) error {
	area := access.AreaOutside
	if !r.reads(area, access.AreaContributions) {
		return nil
	}
	handed := map[int64]bool{}
	err := agreed(func() (map[int64]struct{}, error) { return r.walkOutside(ctx, handed) })
	if end := stopped(err); end != nil {
		return end
	}
	if err != nil {
		r.lower(gapOf(area, "outside collaborators of "+r.org.Login, err), area)
	}
	return nil
}

// walkOutside reads the list once, and hands on who was not yet.
func (r *run) walkOutside(ctx context.Context, handed map[int64]bool) (map[int64]struct{}, error) {
	seen := map[int64]struct{}{}
	err := r.pages(func(page int) (int, int, *gh.Response, error) {
		rows, resp, err := r.c.REST().Organizations.ListOutsideCollaborators(ctx, r.org.Login,
			&gh.ListOutsideCollaboratorsOptions{ListOptions: gh.ListOptions{Page: page, PerPage: perPage}})
		people := make([]access.Person, 0, len(rows))
		for _, u := range rows {
			id := u.GetID()
			if id <= 0 || u.GetLogin() == "" || u.GetNodeID() == "" {
				return 0, 0, resp, errNoPerson
			}
			seen[id] = struct{}{}
			if handed[id] {
				continue
			}
			handed[id], r.listed[id] = true, true
			people = append(people, access.Person{ID: id, NodeID: u.GetNodeID(), Login: u.GetLogin()})
			r.who = append(r.who, member{id, u.GetNodeID(), u.GetLogin()})
			if err := r.out.put(ctx, access.AreaOutside, id, one(access.Outside{User: id})); err != nil {
				return 0, 0, resp, err
			}
		}
		if err := r.out.people(ctx, false, people); err != nil {
			return 0, 0, resp, err
		}
		return len(rows), len(seen), resp, err
	})
	return seen, err
}

// meets notes people who hold something directly.
func (r *run) meets(people ...access.Person) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, p := range people {
		r.met[p.ID] = p.Login
	}
}

// settleGuests ends what rests on the list of outside collaborators. The list
// states no total, so that one cut short does not show by itself; but whoever
// holds something here is a member or in it.
func (r *run) settleGuests(ctx context.Context) error {
	_, blind := r.lowered(access.AreaMembers)
	if !blind && r.reads(access.AreaMembers, access.AreaTwoFactor, access.AreaContributions) {
		for _, id := range slices.Sorted(maps.Keys(r.met)) {
			if !r.listed[id] {
				r.lower(partial("outside collaborators of %s: %s holds a role here, and is listed neither as a member nor as an outside collaborator", r.org.Login, r.met[id]),
					access.AreaOutside, access.AreaContributions)
				break
			}
		}
	}
	if err := r.close(ctx, access.AreaOutside, -1); err != nil {
		return err
	}
	return r.close(ctx, access.AreaContributions, -1) // who did nothing has no row, and GitHub counts none
}
