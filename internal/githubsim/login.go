package githubsim

import (
	"net/http"
	"strconv"
	"strings"
)

// authenticate finds the token; the reply says why there is none.
func (s *Server) authenticate(c *call) *reply {
	if c.forAnybody() {
		return nil
	}
	value := c.credential()
	if looksSigned(value) || c.route.forApps() {
		return c.authenticateApp(value)
	}
	if c.token = s.tokens[value]; c.token == nil {
		if t, ok := s.issuer.known(value, c.now); ok {
			if refused := c.installedStill(t.installation); refused != nil {
				return refused
			}
			c.token = t.token
		}
	}
	if c.token != nil {
		s.mu.RLock()
		defer s.mu.RUnlock()
		if !c.token.Expires.IsZero() && !c.now.Before(c.token.Expires) {
			c.token = nil
			return c.failure(http.StatusUnauthorized, "Bad credentials")
		}
		if u := s.index.viewerOf(c.token).user; u != nil {
			c.userID, c.note.Login = u.ID, u.Login
		}
		return nil
	}
	if s.limits.badCredentials(c.now) {
		return c.failure(http.StatusForbidden, "Maximum number of login attempts exceeded. Please try again later.")
	}
	if c.r.Header.Get("Authorization") == "" {
		return c.failure(http.StatusUnauthorized, "Requires authentication")
	}
	return c.failure(http.StatusUnauthorized, "Bad credentials")
}

// credential is what stands in the header, "" where it makes no sense.
func (c *call) credential() string {
	scheme, value, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if _, pass, ok := c.r.BasicAuth(); ok {
		value = pass
	} else if sc := fold(scheme); sc != "bearer" && sc != "token" {
		value = ""
	}
	return strings.TrimSpace(value)
}

// authenticateApp lets an App in by its own signature, and nowhere but where it
// belongs.
func (c *call) authenticateApp(value string) *reply {
	switch {
	case !looksSigned(value):
		return c.failure(http.StatusUnauthorized, jwtUndecodable)
	case !c.route.forApps():
		return c.failure(http.StatusUnauthorized, "Bad credentials")
	}
	a, refused := c.signer(value)
	if refused != nil {
		return refused
	}
	c.app, c.token = a, c.s.issuer.itself(a)
	return nil
}

// installedStill refuses the token of an installation that is suspended or gone.
func (c *call) installedStill(id int64) *reply {
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	for _, o := range c.s.world.Orgs {
		for _, in := range o.Installations {
			switch {
			case in.ID == id && !in.SuspendedAt.IsZero():
				return c.failure(http.StatusForbidden, "This installation has been suspended")
			case in.ID == id:
				c.note.Login = "installation " + strconv.FormatInt(id, 10)
				return nil
			}
		}
	}
	return c.failure(http.StatusUnauthorized, "Bad credentials")
}
