package act

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/shurcooL/githubv4"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/remediate"
)

const collaboratorRoute = "/repos/{owner}/{repo}/collaborators/{username}"

// source is one source of somebody's access to a repository. Its own permission
// knows four values only, so the role's name is what counts.
type source struct {
	RoleName *string
	Source   struct {
		Typename string `graphql:"__typename" json:"__typename"`
		onRepo   `graphql:"... on Repository"`
	}
}

type onRepo struct{ ID string }

// directQuery asks for what one person holds on one repository, and where from.
type directQuery struct {
	Node *struct {
		Typename   string `graphql:"__typename" json:"__typename"`
		directNode `graphql:"... on Repository"`
	} `graphql:"node(id:$repo)"`
	RateLimit *github.RateLimit
}

type directNode struct {
	DatabaseID    int64
	Collaborators *struct {
		TotalCount int
		Edges      []*struct {
			Permission        string
			PermissionSources []source
			Node              *struct{ DatabaseID int64 }
		}
	} `graphql:"collaborators(first:10,affiliation:DIRECT,login:$login)"`
}

// readDirect reads the direct grant of a person on a repository. Where there is
// none, a pending invitation to the repository is what may become one.
func (h *Hands) readDirect(ctx context.Context, l *Live) error {
	c := l.Change
	var err error
	if l.State, err = h.direct(ctx, c); err != nil || l.State.There {
		return err
	}
	invited, err := h.repoInvitations(ctx, c.Org.Name, c.Repo.Name)
	for _, i := range invited {
		if i.Invitee != nil && i.Invitee.ID == c.User.ID {
			l.Invited = &remediate.State{There: true, Role: offered(i, c.After)}
		}
	}
	return err
}

// offered is the role that an invitation offers. It tells a custom role as what it
// is based on, so that one which is wanted counts as that.
func offered(i repoInvite, want remediate.State) string {
	told := role(i.Permissions)
	if want.There && !builtIn(want.Role) && builtIn(told) && told != "admin" {
		return want.Role
	}
	return told
}

func (h *Hands) direct(ctx context.Context, c remediate.Change) (remediate.State, error) {
	var q directQuery
	none := remediate.State{}
	if err := h.o.Read.Query(ctx, &q, map[string]any{"repo": githubv4.ID(c.Repo.NodeID), "login": githubv4.String(c.User.Name)}); err != nil {
		return none, err
	}
	switch {
	case q.Node == nil || q.Node.DatabaseID != c.Repo.ID:
		return none, errors.New("the repository is not shown")
	case q.Node.Collaborators == nil:
		return none, errors.New("GitHub did not tell the collaborators")
	case q.Node.Collaborators.TotalCount != len(q.Node.Collaborators.Edges):
		return none, fmt.Errorf("GitHub counts %d collaborators and lists %d", q.Node.Collaborators.TotalCount, len(q.Node.Collaborators.Edges))
	}
	for _, e := range q.Node.Collaborators.Edges {
		if e == nil || e.Node == nil {
			return none, errors.New("a collaborator came as null")
		}
		if e.Node.DatabaseID == c.User.ID {
			return directRole(e.Permission, e.PermissionSources, c.Repo.NodeID)
		}
	}
	return none, nil
}

// directRole finds among the sources of somebody's access the one that is the
// repository's own. What is not known makes the answer an error: it could be what
// was given here, under a new name.
func directRole(effective string, sources []source, repo string) (remediate.State, error) {
	found := remediate.State{}
	if sources == nil {
		return found, errors.New("GitHub did not tell where the access comes from")
	}
	for _, s := range sources {
		switch s.Source.Typename {
		case "Organization", "Team", "EnterpriseTeam":
			continue
		case "Repository":
		default:
			return found, fmt.Errorf("the access comes from something that is not known here: %q", s.Source.Typename)
		}
		var name string
		switch {
		case s.Source.ID != repo:
			return found, errors.New("the access comes from another repository")
		case s.RoleName != nil && *s.RoleName != "":
			name = *s.RoleName
		case len(sources) == 1:
			name = effective // the only source, so the effective permission is its own
		default:
			return found, errors.New("GitHub did not name the role that was given directly")
		}
		if found.There {
			return found, errors.New("GitHub tells two direct grants of one person")
		}
		found = remediate.State{There: true, Role: role(name)}
	}
	return found, nil
}

// role is a repository role in GitHub's newer words. The name of a custom role
// stays as it is: GitHub allows none that is called like one of its own.
func role(name string) string {
	switch word := strings.ToLower(name); word {
	case "pull":
		return "read"
	case "push":
		return "write"
	case "read", "triage", "write", "maintain", "admin":
		return word
	}
	return name
}

// verb is a role in the older words, which the calls take.
func verb(role string) string {
	switch role {
	case "read":
		return "pull"
	case "write":
		return "push"
	}
	return role
}

// directSteps set a person's own grant. To whoever is no member it is an invitation,
// which a second one replaces.
func directSteps(c remediate.Change, now remediate.State) ([]Step, error) {
	return grantSteps(c, now, collaboratorRoute, path("repos", c.Org.Name, c.Repo.Name, "collaborators", c.User.Name))
}

// grantSteps lower or raise a grant in place, remove it, or put it back.
func grantSteps(c remediate.Change, now remediate.State, route, at string) ([]Step, error) {
	s := Step{Route: route, Path: at, Repeatable: true}
	switch {
	case !c.After.There:
		s.Method = http.MethodDelete
	case c.After.Role == "":
		return nil, errNoRole
	case !now.There && c.Before.There:
		return nil, errGone
	default:
		s.Method, s.Body = http.MethodPut, object("permission", verb(c.After.Role))
	}
	return []Step{s}, nil
}

var (
	errNoRole = errors.New("the role that it should have is not known")
	errGone   = errors.New("what was to be changed is gone: setting it would give it anew")
)
