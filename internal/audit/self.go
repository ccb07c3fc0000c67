package audit

import (
	"context"
	"fmt"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/github"
)

// SelfApp asks GitHub which app reads.
func SelfApp(a *github.App) (access.Ref, error) {
	in, err := a.Installation()
	if err != nil {
		return access.Ref{}, fmt.Errorf("asking which app reads: %w", err)
	}
	if in.AppID == 0 {
		return access.Ref{}, fmt.Errorf("asking which app reads: %w: no id in the answer", github.ErrNotGitHub)
	}
	return access.Ref{Kind: access.App, ID: in.AppID}, nil
}

// Self asks GitHub whom the token belongs to. A token that is no person's is
// an error: then it is not known who ajar itself is, and
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

// Who names the person behind the token, "user:LOGIN (number N)".
func Who(ctx context.Context, c *github.Client) (string, error) {
	me, err := Me(ctx, c)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("user:%s (number %d)", me.Login, me.ID), nil
}
