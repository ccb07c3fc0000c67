package act

import (
	"context"
	"errors"
	"fmt"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

// named is what a name leads to.
type named struct {
	ID         string
	DatabaseID int64
}

// byName finds the node id behind a name, for a label that has none. The name
// must give the planned number: why says that it does not.
func (h *Hands) byName(ctx context.Context, c remediate.Change, p place) (node, why string, err error) {
	var found *named
	org, name := githubv4.String(c.Org.Name), githubv4.String(p.label.Name)
	if p.label.Name == "" {
		return "", "", fmt.Errorf("the %s %d has neither a name nor a node id", p.what, p.label.ID)
	}
	switch p.typ {
	case "Organization":
		var q struct {
			Organization *named `graphql:"organization(login:$name)"`
			RateLimit    *github.RateLimit
		}
		err = h.o.Read.Query(ctx, &q, map[string]any{"name": name})
		found = q.Organization
	case "Repository":
		var q struct {
			Repository *named `graphql:"repository(owner:$org,name:$name,followRenames:false)"`
			RateLimit  *github.RateLimit
		}
		err = h.o.Read.Query(ctx, &q, map[string]any{"org": org, "name": name})
		found = q.Repository
	case "User":
		var q struct {
			User      *named `graphql:"user(login:$name)"`
			RateLimit *github.RateLimit
		}
		err = h.o.Read.Query(ctx, &q, map[string]any{"name": name})
		found = q.User
	case "Team":
		var q struct {
			Organization *struct {
				Team *named `graphql:"team(slug:$name)"`
			} `graphql:"organization(login:$org)"`
			RateLimit *github.RateLimit
		}
		err = h.o.Read.Query(ctx, &q, map[string]any{"org": org, "name": name})
		if q.Organization != nil {
			found = q.Organization.Team
		}
	case "Environment":
		var q struct {
			Repository *struct {
				Environment *named `graphql:"environment(name:$name)"`
			} `graphql:"repository(owner:$org,name:$repo,followRenames:false)"`
			RateLimit *github.RateLimit
		}
		err = h.o.Read.Query(ctx, &q, map[string]any{"org": org, "repo": githubv4.String(c.Repo.Name), "name": name})
		if q.Repository != nil {
			found = q.Repository.Environment
		}
	}
	if err := onlyAbsent(err); err != nil {
		return "", "", fmt.Errorf("asking what %s %s is: %w", p.what, p.label.Name, err)
	}
	switch {
	case found == nil && p.typ == "Organization":
		return "", "", errors.New("the organization itself is not shown")
	case found == nil:
		return "", fmt.Sprintf("there is no %s %s, or it is not shown", p.what, p.label.Name), nil
	case found.DatabaseID != p.label.ID || found.ID == "":
		return "", fmt.Sprintf("the %s %s is number %d by now, not the planned %d", p.what, p.label.Name, found.DatabaseID, p.label.ID), nil
	}
	return found.ID, "", nil
}
