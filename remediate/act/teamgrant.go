package act

import (
	"context"
	"errors"
	"fmt"

	"github.com/eb661601/ajar/remediate"
)

const (
	teamRepoRoute = "/orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}"
	// withRole is the media type in which GitHub tells a team's role by its name.
	withRole = "application/vnd.github.v3.repository+json"
)

// repoTeam is a team in the list of those that reach a repository.
type repoTeam struct {
	ID         int64  `json:"id"`
	Permission string `json:"permission"`
	// AccessSource is direct, organization or enterprise. Servers that do not tell it
	// know no other than direct.
	AccessSource string `json:"access_source"`
	Parent       *struct {
		ID   int64  `json:"id"`
		Slug string `json:"slug"`
	} `json:"parent"`
}

// readTeamGrant reads a team's own grant. What a parent, an organization role or
// the enterprise gives the team is not in it, and cannot be taken here.
func (h *Hands) readTeamGrant(ctx context.Context, l *Live) error {
	c := l.Change
	rows, err := list(ctx, h, path("repos", c.Org.Name, c.Repo.Name, "teams"), func(t repoTeam) int64 { return t.ID })
	if err != nil {
		return err
	}
	for _, t := range rows {
		if t.ID != c.Team.ID {
			continue
		}
		switch t.AccessSource {
		case "", "direct":
		case "organization", "enterprise":
			continue
		default: // it may be the team's own, under a new name
			return fmt.Errorf("where the access of the team comes from is not known here: %q", t.AccessSource)
		}
		own := role(t.Permission)
		named, err := h.teamRole(ctx, c, c.Team.Name)
		if err != nil {
			return err
		}
		// The name that is told by itself counts a parent's grant in, where there is
		// one; the list may show the base of a custom role.
		if t.Parent == nil {
			own = named
		} else if own == "" || builtIn(own) && !builtIn(named) {
			above, err := h.teamRole(ctx, c, t.Parent.Slug)
			if err != nil && !absent(err) { // the repository and the team were seen, so the parent does not reach it
				return err
			}
			if own, err = eitherRole(c, own, named, err == nil && above == named); err != nil {
				return err
			}
		}
		l.State = remediate.State{There: true, Role: own}
	}
	return nil
}

// eitherRole tells a team's own role, which is listed as a built-in one and named as
// a custom one. Where its parent has that custom role, it may be either. It is taken
// for the one that the change speaks of: with the parent's, the team can do the same
// by both.
func eitherRole(c remediate.Change, listed, named string, parents bool) (string, error) {
	if !parents || c.Before.Role == named {
		return named, nil
	}
	if listed != "" && (listed == c.After.Role || listed == c.Before.Role) {
		return listed, nil
	}
	return "", fmt.Errorf("the role of the team may be %q, or its parent's: GitHub does not tell them apart", named)
}

// teamRole is the name of the role that a team has on a repository, a parent's
// counted in.
func (h *Hands) teamRole(ctx context.Context, c remediate.Change, slug string) (string, error) {
	var a struct {
		ID       int64  `json:"id"`
		RoleName string `json:"role_name"`
	}
	if _, err := h.getAs(ctx, path("orgs", c.Org.Name, "teams", slug, "repos", c.Org.Name, c.Repo.Name), withRole, &a); err != nil {
		return "", err
	}
	if a.ID != c.Repo.ID || a.RoleName == "" {
		return "", errors.New("GitHub did not name the role of the team")
	}
	return role(a.RoleName), nil
}

func builtIn(role string) bool {
	switch role {
	case "read", "triage", "write", "maintain", "admin":
		return true
	}
	return false
}

// teamGrantSteps set a team's role in place, remove it, or put it back.
func teamGrantSteps(c remediate.Change, now remediate.State) ([]Step, error) {
	return grantSteps(c, now, teamRepoRoute, path("orgs", c.Org.Name, "teams", c.Team.Name, "repos", c.Org.Name, c.Repo.Name))
}
