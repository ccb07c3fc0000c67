package act

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

// Unguarded is what [Hands.Approvers] gives where nobody needs to approve anything.
const Unguarded = math.MaxInt

// enough is how many people who can approve are looked for; the question is
// whether somebody is left.
const enough = 3

// Approvers reads how many people could still approve a deployment after the
// change: of the environments of its repository that list reviewers, the number
// for the one with the fewest, counted no further than three. Who is listed, by
// name or through a team, counts where they can still read the repository. An
// environment that nobody can approve as things are does not count, unless the
// change is about its own list: nobody is locked out of it by this.
// [Unguarded] says that no environment lists reviewers, or that the change names no
// repository.
func (h *Hands) Approvers(ctx context.Context, c remediate.Change) (int, error) {
	if c.Repo == nil {
		return Unguarded, nil
	}
	l := Live{Change: c}
	if err := h.resolve(ctx, &l); err != nil {
		return 0, fmt.Errorf("reading who approves after %s: %w", describe(c), err)
	}
	if l.Moved != "" {
		return 0, fmt.Errorf("reading who approves after %s: %s", describe(c), l.Moved)
	}
	a := &approval{h: h, c: l.Change, members: map[int64][]account{}, reads: map[int64]bool{}}
	least, err := a.least(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading who approves after %s: %w", describe(c), err)
	}
	return least, nil
}

// approval is what is read to find who can approve.
type approval struct {
	h       *Hands
	c       remediate.Change
	members map[int64][]account // of teams
	reads   map[int64]bool      // who can read the repository after the change
}

func (a *approval) least(ctx context.Context) (int, error) {
	envs, err := a.h.environments(ctx, a.c)
	if err != nil {
		return 0, err
	}
	least := Unguarded
	for _, e := range envs {
		g, err := e.gate()
		if err != nil {
			return 0, err
		}
		own := a.c.Thing == remediate.Protection && a.c.Env != nil && e.ID == a.c.Env.ID && a.c.After.Gate != nil
		if own {
			own = !sameReviewers(g.Reviewers, a.c.After.Gate.Reviewers) // another part of it is changed
			g = *a.c.After.Gate
		}
		if len(g.Reviewers) == 0 {
			continue
		}
		n, err := a.count(ctx, g.Reviewers)
		if err == nil && n == 0 && !own {
			var before int
			if before, err = a.unchanged().count(ctx, g.Reviewers); before == 0 && err == nil {
				continue
			}
		}
		if err != nil {
			return 0, err
		}
		least = min(least, n)
	}
	return least, nil
}

// sameReviewers compares lists of reviewers, whatever their order.
func sameReviewers(a, b []remediate.Reviewer) bool {
	has := map[string]int{}
	for _, r := range a {
		has[fmt.Sprint(r.Kind, r.ID)]++
	}
	for _, r := range b {
		has[fmt.Sprint(r.Kind, r.ID)]--
	}
	for _, n := range has {
		if n != 0 {
			return false
		}
	}
	return true
}

// unchanged reads the same as things are without the change.
func (a *approval) unchanged() *approval {
	c := a.c
	c.After = c.Before
	return &approval{h: a.h, c: c, members: map[int64][]account{}, reads: map[int64]bool{}}
}

// environments are all environments of a repository.
func (h *Hands) environments(ctx context.Context, c remediate.Change) ([]environment, error) {
	var out []environment
	for page := 1; page <= mostPages; page++ {
		var a struct {
			Total        *int          `json:"total_count"`
			Environments []environment `json:"environments"`
		}
		if _, err := h.get(ctx, fmt.Sprintf("%s?per_page=100&page=%d", path("repos", c.Org.Name, c.Repo.Name, "environments"), page), &a); err != nil {
			return nil, err
		}
		if a.Total == nil {
			return nil, errors.New("GitHub did not tell how many environments there are")
		}
		out = append(out, a.Environments...)
		if len(out) == *a.Total {
			return out, nil
		}
		if len(a.Environments) == 0 {
			return nil, fmt.Errorf("GitHub counts %d environments and lists %d", *a.Total, len(out))
		}
	}
	return nil, errors.New("there is no end to the environments")
}

// count counts the people who can approve by a list of reviewers.
func (a *approval) count(ctx context.Context, reviewers []remediate.Reviewer) (int, error) {
	found := map[int64]bool{}
	for _, r := range reviewers {
		people := []account{{ID: r.ID, Login: r.Name}}
		if r.Kind == "team" {
			var err error
			if people, err = a.team(ctx, r.Label); err != nil {
				return 0, err
			}
		}
		for _, p := range people {
			can, err := a.canRead(ctx, p)
			if err != nil {
				return 0, err
			}
			if can {
				found[p.ID] = true
			}
			if len(found) >= enough {
				return enough, nil
			}
		}
	}
	return len(found), nil
}

// team lists the members of a team after the change.
func (a *approval) team(ctx context.Context, t remediate.Label) ([]account, error) {
	if known, ok := a.members[t.ID]; ok {
		return known, nil
	}
	rows, err := a.h.teamPeople(ctx, a.c.Org.Name, t.Name)
	if err != nil {
		return nil, err
	}
	out := make([]account, 0, len(rows))
	for _, m := range rows {
		leaves := a.c.Thing == remediate.TeamMembership && !a.c.After.There && a.c.Team.ID == t.ID && a.c.User.ID == m.ID
		if !leaves && !a.goes(m.ID) { // who leaves the organization leaves its teams
			out = append(out, m)
		}
	}
	a.members[t.ID] = out
	return out, nil
}

// sourcesQuery asks for every source of somebody's access to a repository.
type sourcesQuery struct {
	Node *struct {
		Typename    string `graphql:"__typename" json:"__typename"`
		sourcesNode `graphql:"... on Repository"`
	} `graphql:"node(id:$repo)"`
	RateLimit *github.RateLimit
}

type sourcesNode struct {
	Visibility    string
	Collaborators *struct {
		Edges []*struct {
			Node              *struct{ DatabaseID int64 }
			PermissionSources []struct {
				RoleName *string
				Source   struct {
					Typename string `graphql:"__typename" json:"__typename"`
					onTeam   `graphql:"... on Team"`
				}
			}
		}
	} `graphql:"collaborators(first:10,affiliation:ALL,login:$login)"`
}

type onTeam struct{ DatabaseID int64 }

// canRead reports whether somebody can read the repository after the change.
func (a *approval) canRead(ctx context.Context, p account) (bool, error) {
	if known, ok := a.reads[p.ID]; ok {
		return known, nil
	}
	var q sourcesQuery
	if err := a.h.o.Read.Query(ctx, &q, map[string]any{"repo": githubv4.ID(a.c.Repo.NodeID), "login": githubv4.String(p.Login)}); err != nil {
		return false, err
	}
	if q.Node == nil || q.Node.Collaborators == nil {
		return false, errors.New("GitHub did not tell the collaborators")
	}
	// Everybody reads what is public; approving takes somebody whom it was given to.
	can := q.Node.Visibility == "PUBLIC" && !a.goes(p.ID)
	for _, e := range q.Node.Collaborators.Edges {
		if e == nil || e.Node == nil {
			return false, errors.New("a collaborator came as null")
		}
		if e.Node.DatabaseID != p.ID {
			continue
		}
		for _, s := range e.PermissionSources {
			named := ""
			if s.RoleName != nil {
				named = role(*s.RoleName)
			}
			can = can || !a.takes(p.ID, s.Source.Typename, s.Source.DatabaseID, named)
		}
		if !can && a.demoted(p.ID) { // an owner's source does not tell the base permission, which stays
			base := Live{Change: a.c}
			if err := a.h.readBase(ctx, &base); err != nil {
				return false, err
			}
			can = base.State.Role != "none"
		}
	}
	a.reads[p.ID] = can
	return can, nil
}

// goes reports whether the change makes somebody leave the organization, if only to
// become an outside collaborator.
func (a *approval) goes(person int64) bool {
	c := a.c
	return c.Thing == remediate.Membership && c.User != nil && c.User.ID == person && (!c.After.There || c.After.Role == outside)
}

// demoted reports whether the change takes somebody's ownership and leaves them a member.
func (a *approval) demoted(person int64) bool {
	c := a.c
	return c.Thing == remediate.Membership && c.User != nil && c.User.ID == person && c.Before.Role == owner && c.After.Role == member
}

// takes reports whether the change takes a source of somebody's access away.
func (a *approval) takes(person int64, kind string, team int64, named string) bool {
	c := a.c
	own := c.User != nil && c.User.ID == person
	switch c.Thing {
	case remediate.DirectGrant:
		return own && !c.After.There && kind == "Repository"
	case remediate.TeamGrant:
		return !c.After.There && kind == "Team" && team == c.Team.ID
	case remediate.TeamMembership:
		return own && !c.After.There && kind == "Team" && team == c.Team.ID
	case remediate.Membership:
		return own && (!c.After.There || c.After.Role == outside && kind != "Repository") ||
			a.demoted(person) && kind == "Organization" && named == "admin"
	case remediate.BasePermission:
		return c.After.Role == "none" && kind == "Organization" && named != "admin"
	}
	return false
}
