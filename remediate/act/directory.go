package act

import (
	"context"
	"errors"
	"net/http"

	"github.com/eb661601/ajar/internal/github"
)

// directoryOf names the group of an identity provider that decides who is in a team,
// "" where there is none: an external group where users are managed, a group that is
// synchronized elsewhere. GitHub refuses to change the members of such a team, and
// what it took would come back with the next synchronization, so it is left alone.
// GitHub tells it to those who may say who is in the team (GitHub Docs: "List a
// connection between an external group and a team", "List IdP groups for a team"),
// which the credential for changes may. Where the organization has no such thing it
// refuses, by whatever status, and then there is no group: should there be one, the
// change itself is refused and stops the run.
func (h *Hands) directoryOf(ctx context.Context, org, team string) (string, error) {
	for _, ask := range []string{"external-groups", "team-sync/group-mappings"} {
		var a struct {
			Groups []struct {
				Name string `json:"group_name"`
			} `json:"groups"`
		}
		_, err := h.get(ctx, path("orgs", org, "teams", team)+"/"+ask, &a)
		switch {
		case refusedAsSuch(err):
		case err != nil:
			return "", err
		case len(a.Groups) > 0:
			return a.Groups[0].Name, nil
		}
	}
	return "", nil
}

// refusedAsSuch reports that GitHub answered that it has no such thing for the
// caller: neither a limit nor a credential that counts for nothing any more.
func refusedAsSuch(err error) bool {
	var a *github.StatusError
	if !errors.As(err, &a) || a.Web || a.SSO != "" {
		return false
	}
	switch a.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusUnprocessableEntity:
		return !errors.Is(err, github.ErrUnauthenticated)
	}
	return false
}
