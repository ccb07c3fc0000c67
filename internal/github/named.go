package github

import "fmt"

// Named is a token source whose tokens change while they stand for the same
// credential: a GitHub App's installation.
type Named interface {
	// Credential names it, with all that decides what it may see: app,
	// installation, permissions, selection of repositories. Of two equal names the
	// answers of one may stand for those of the other.
	Credential() (string, error)
}

// Credential tells the client's credential from any other: by its name, where it
// has one, else by the token itself. It is a secret.
func (c *Client) Credential() (string, error) {
	if n, ok := c.source.(Named); ok {
		name, err := n.Credential()
		if err != nil {
			return "", tokenError(err)
		}
		return "named " + name, nil
	}
	token, err := c.source.Token()
	if err != nil {
		return "", tokenError(err)
	}
	return "token " + token.AccessToken, nil
}

// Credential names the installation and what it may see.
func (s *App) Credential() (string, error) {
	in, err := s.Installation()
	if err != nil {
		return "", err
	}
	// Maps print in the order of their keys.
	return fmt.Sprintf("app %d installation %d selected %t permissions %v", in.AppID, in.ID, in.Selected, in.Permissions), nil
}
