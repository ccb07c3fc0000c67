package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/eb661601/ajar/internal/github"
)

// Person is somebody at GitHub.
type Person struct {
	ID    int64
	Login string // as it is now
}

// Me names the person behind the token. A token that is no person's is an error: a
// decision needs somebody who made it.
func Me(ctx context.Context, c *github.Client) (Person, error) {
	me, _, err := c.REST().Users.Get(ctx, "")
	if err != nil {
		return Person{}, fmt.Errorf("asking whom the token belongs to: %w", err)
	}
	if me.GetID() == 0 || me.GetType() != "User" || strings.HasSuffix(strings.ToLower(me.GetLogin()), "[bot]") {
		return Person{}, fmt.Errorf("asking whom the token belongs to: it is no person's")
	}
	return Person{ID: me.GetID(), Login: me.GetLogin()}, nil
}

// Approver reports whether a person is among those listed, as "user:LOGIN" or
// "team:ORG/SLUG", at this moment. They must be an active member of the
// organization whose login has their number: a name that was given up and taken by
// somebody else approves nothing.
func Approver(ctx context.Context, c *github.Client, org string, listed []string, p Person) (bool, error) {
	doing := "asking whether " + p.Login + " may approve"
	m, _, err := c.REST().Organizations.GetOrgMembership(ctx, p.Login, org)
	if errors.Is(err, github.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("%s: %w", doing, err)
	}
	if m.GetState() != "active" || m.GetUser().GetID() != p.ID {
		return false, nil
	}
	for _, l := range listed {
		kind, name, _ := strings.Cut(l, ":")
		switch kind {
		case "user":
			if strings.EqualFold(name, p.Login) {
				return true, nil
			}
		case "team":
			of, slug, _ := strings.Cut(name, "/")
			t, _, err := c.REST().Teams.GetTeamMembershipBySlug(ctx, of, slug, p.Login)
			if errors.Is(err, github.ErrNotFound) {
				continue
			}
			if err != nil {
				return false, fmt.Errorf("%s: %w", doing, err)
			}
			if t.GetState() == "active" {
				return true, nil
			}
		}
	}
	return false, nil
}
