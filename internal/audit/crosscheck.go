package audit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// CrossCheck is a comparison of computed access with GitHub's own answer, pair
// by pair. The two share nothing but the organization, so a difference is a
// defect of ajar, or the organization changed in the seconds between.
type CrossCheck struct {
	Asked       int // pairs that were to be compared
	Compared    int
	Equal       int
	Unanswered  int           // GitHub did not tell, or does not know the person or repository any more
	Unseen      []access.Area // not read to the end, so that nothing was compared
	Differences []Difference
}

// Difference is one pair on which ajar and GitHub do not agree.
type Difference struct {
	Who    access.Named
	On     access.Named
	Ajar   string // a privilege, or the name of a custom role
	GitHub string
}

// crossAreas are what a person's access to a repository is made of. Where one of
// them was not read to its end, what is computed may be too little, and a
// comparison would prove nothing.
var crossAreas = []access.Area{
	access.AreaSettings, access.AreaMembers, access.AreaOutside, access.AreaTeams, access.AreaTeamMembers, access.AreaTeamGrants,
	access.AreaOrgRoles, access.AreaOrgRoleAssignments, access.AreaDirectGrants,
}

// CrossCheck compares n pairs of a person and a repository, drawn at random:
// every second one from those that have access. It asks GitHub once for each
// (GET /repos/{owner}/{repo}/collaborators/{username}/permission).
func (p Pass) CrossCheck(ctx context.Context, v View, n int, rnd *rand.Rand) (CrossCheck, error) {
	out := CrossCheck{Asked: n}
	for _, a := range crossAreas {
		if s := v.Snapshot.Coverage.Of(a).Status; s != access.Complete && s != access.Unavailable {
			out.Unseen = append(out.Unseen, a)
		}
	}
	if len(out.Unseen) > 0 {
		return out, nil
	}
	for _, pair := range draw(v, n, rnd) {
		said, err := p.ask(ctx, v, pair)
		switch {
		case errors.Is(err, github.ErrNotFound), errors.Is(err, github.ErrForbidden):
			out.Unanswered++
			continue
		case err != nil:
			return out, err
		}
		out.Compared++
		if ours := v.roleOf(pair); agree(ours, said, pair.repo) {
			out.Equal++
		} else {
			who, on := access.Ref{Kind: access.User, ID: pair.person.ID}, access.Ref{Kind: access.Repo, ID: pair.repo.ID}
			out.Differences = append(out.Differences, Difference{
				Who: access.Named{Ref: who, Name: v.Snapshot.Name(who)}, On: access.Named{Ref: on, Name: v.Snapshot.Name(on)}, Ajar: ours, GitHub: said,
			})
		}
	}
	return out, nil
}

// pair is a person and a repository.
type pair struct {
	person access.Person
	repo   access.Repository
}

// draw picks n different pairs, or as many as there are.
func draw(v View, n int, rnd *rand.Rand) []pair {
	repos, people := v.Snapshot.Repositories, slices.DeleteFunc(slices.Clone(v.Snapshot.People), func(p access.Person) bool { return p.Login == "" })
	if len(repos) == 0 || len(people) == 0 {
		return nil
	}
	seen := map[[2]int64]bool{}
	var out []pair
	for tries := 0; len(out) < min(n, len(repos)*len(people)) && tries < 20*n+100; tries++ {
		r := repos[rnd.IntN(len(repos))]
		who := people[rnd.IntN(len(people))]
		if tries%2 == 0 {
			if all := v.Graph.Effective(r.ID); len(all) > 0 {
				one, ok := v.Snapshot.Person(all[rnd.IntN(len(all))].User)
				if !ok || one.Login == "" {
					continue
				}
				who = one
			}
		}
		if key := [2]int64{who.ID, r.ID}; !seen[key] {
			seen[key] = true
			out = append(out, pair{who, r})
		}
	}
	return out
}

// ask gives GitHub's word for what the person may do. The address holds names;
// the answer's number says whether they still mean the same person.
func (p Pass) ask(ctx context.Context, v View, of pair) (string, error) {
	level, _, err := p.Client.REST().Repositories.GetPermissionLevel(ctx, v.Snapshot.Org.Login, of.repo.Name, of.person.Login)
	if err != nil {
		return "", fmt.Errorf("asking what user:%s may do on repo:%s/%s: %w", of.person.Login, v.Snapshot.Org.Login, of.repo.Name, err)
	}
	if level.GetUser().GetID() != of.person.ID {
		return "", fmt.Errorf("the login %s is another person's by now: %w", of.person.Login, github.ErrNotFound)
	}
	if role := level.GetRoleName(); role != "" {
		return role, nil
	}
	return level.GetPermission(), nil
}

// roleOf gives ajar's answer in GitHub's words.
func (v View) roleOf(of pair) string {
	a := v.Graph.On(of.person.ID, of.repo.ID)
	if r, ok := v.Snapshot.CustomRole(a.Role); ok {
		return r.Name
	}
	if a.Privilege == access.NoPrivilege {
		return access.None.String()
	}
	return a.Privilege.String()
}

// agree compares two answers. GitHub says "read" of everybody on a public
// repository, and of an enterprise's people on an internal one; that is no grant
// and ajar computes none.
func agree(ours, said string, r access.Repository) bool {
	if strings.EqualFold(ours, said) {
		return true
	}
	open := strings.EqualFold(r.Visibility, "public") || strings.EqualFold(r.Visibility, "internal")
	return open && ours == access.None.String() && strings.EqualFold(said, access.Read.String())
}
