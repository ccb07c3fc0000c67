package audit

import (
	"context"
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// Self asks GitHub whom the token belongs to. A token that is no person's, such
// as an App's, is an error: then it is not known who ajar itself is, and
// whatever takes access away must be refused.
func Self(ctx context.Context, c *github.Client) (access.Ref, error) {
	me, _, err := c.REST().Users.Get(ctx, "")
	if err != nil {
		return access.Ref{}, fmt.Errorf("asking whom the token belongs to: %w", err)
	}
	if me.GetID() == 0 {
		return access.Ref{}, fmt.Errorf("asking whom the token belongs to: %w: no id in the answer", github.ErrNotGitHub)
	}
	return access.Ref{Kind: access.User, ID: me.GetID()}, nil
}
