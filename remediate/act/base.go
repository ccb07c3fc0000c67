package act

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/eb661601/ajar/remediate"
)

// readBase reads the base permission. GitHub tells it to owners alone, and to apps
// that may administrate the organization: an answer without it is an error.
func (h *Hands) readBase(ctx context.Context, l *Live) error {
	var a struct {
		ID   int64   `json:"id"`
		Base *string `json:"default_repository_permission"`
	}
	if _, err := h.get(ctx, path("orgs", l.Change.Org.Name), &a); err != nil {
		return err
	}
	switch {
	case a.ID != l.Change.Org.ID:
		return errors.New("the organization is told under another number")
	case a.Base == nil:
		return errors.New("GitHub did not tell the base permission")
	case !basePermission(*a.Base):
		return fmt.Errorf("the base permission is not known here: %q", *a.Base)
	}
	l.State = remediate.State{There: true, Role: *a.Base}
	return nil
}

func basePermission(s string) bool { return s == "none" || s == "read" || s == "write" || s == "admin" }

// baseSteps set the base permission. GitHub applies it to the members in the
// background; the setting itself shows at once.
func baseSteps(c remediate.Change, _ remediate.State) ([]Step, error) {
	if !c.After.There || !basePermission(c.After.Role) {
		return nil, errors.New("the base permission that it should be is not known")
	}
	return []Step{{Method: http.MethodPatch, Route: "/orgs/{org}", Path: path("orgs", c.Org.Name), Repeatable: true,
		Body: object("default_repository_permission", c.After.Role)}}, nil
}
