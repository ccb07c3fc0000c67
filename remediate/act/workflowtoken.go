package act

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/eb661601/ajar/remediate"
)

const workflowRoute = "/actions/permissions/workflow"

func (h *Hands) readOrgToken(ctx context.Context, l *Live) error {
	return h.readToken(ctx, path("orgs", l.Change.Org.Name), l)
}

func (h *Hands) readRepoToken(ctx context.Context, l *Live) error {
	return h.readToken(ctx, path("repos", l.Change.Org.Name, l.Change.Repo.Name), l)
}

// readToken reads what the token of a workflow may do by default. It is always
// there; what GitHub did not tell of it is an error.
func (h *Hands) readToken(ctx context.Context, at string, l *Live) error {
	var a struct {
		Default    *string `json:"default_workflow_permissions"`
		CanApprove *bool   `json:"can_approve_pull_request_reviews"`
	}
	if _, err := h.get(ctx, at+workflowRoute, &a); err != nil {
		return err
	}
	if a.Default == nil || a.CanApprove == nil {
		return errors.New("GitHub did not tell what the token of a workflow may do")
	}
	if *a.Default != "read" && *a.Default != "write" {
		return fmt.Errorf("what the token of a workflow may do is not known here: %q", *a.Default)
	}
	l.State = remediate.State{There: true, Token: &remediate.TokenState{Default: *a.Default, CanApprove: *a.CanApprove}}
	return nil
}

func orgTokenSteps(c remediate.Change, _ remediate.State) ([]Step, error) {
	return tokenSteps(c, "/orgs/{org}", path("orgs", c.Org.Name))
}

func repoTokenSteps(c remediate.Change, _ remediate.State) ([]Step, error) {
	return tokenSteps(c, "/repos/{owner}/{repo}", path("repos", c.Org.Name, c.Repo.Name))
}

// tokenSteps set both fields at once: whether GitHub keeps one that is left out is
// not documented.
func tokenSteps(c remediate.Change, route, at string) ([]Step, error) {
	t := c.After.Token
	if t == nil || t.Default != "read" && t.Default != "write" {
		return nil, errors.New("what the token of a workflow should be able to do is not known")
	}
	return []Step{{Method: http.MethodPut, Route: route + workflowRoute, Path: at + workflowRoute, Repeatable: true,
		Body: body(map[string]any{"default_workflow_permissions": t.Default, "can_approve_pull_request_reviews": t.CanApprove})}}, nil
}
