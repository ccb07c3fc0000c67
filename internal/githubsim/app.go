package githubsim

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// App is a GitHub App whose key the server knows. What it may do is what its
// installations in the world say (Org.Installations, by AppID).
type App struct {
	ID       int64
	ClientID string // may be empty
	Slug     string
	Name     string
	Key      *rsa.PublicKey
}

// tokenLife is how long an installation token lives, and jwtLife how far ahead
// the end of an App's own token may lie (docs.github.com: "Generating an
// installation access token", "Generating a JSON Web Token").
const (
	tokenLife = time.Hour
	jwtLife   = 10 * time.Minute
)

// issued is an installation token that was handed out.
type issued struct {
	token        *Token
	installation int64
	expires      time.Time
}

// issuer hands out installation tokens and knows them again.
type issuer struct {
	mu       sync.Mutex
	serial   int
	tokens   map[string]issued
	accounts map[int64]*Token // limits are an installation's, whichever token asks
	apps     map[int64]*Token // who an App's own token is
}

func newIssuer() *issuer {
	return &issuer{tokens: map[string]issued{}, accounts: map[int64]*Token{}, apps: map[int64]*Token{}}
}

// issue makes a token of the installation.
func (i *issuer) issue(in *Installation, scope Scope, now time.Time) (string, time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.accounts[in.ID] == nil {
		i.accounts[in.ID] = &Token{Scope: Scope{App: true}}
	}
	i.serial++
	value := fmt.Sprintf("ghs_simulated%d", i.serial)
	end := now.Add(tokenLife).Truncate(time.Second)
	i.tokens[value] = issued{token: &Token{Value: value, Login: in.AppSlug + "[bot]", Scope: scope, account: i.accounts[in.ID]}, installation: in.ID, expires: end}
	return value, end
}

// known gives the token while it lives.
func (i *issuer) known(value string, now time.Time) (issued, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	t, ok := i.tokens[value]
	return t, ok && now.Before(t.expires)
}

// revoke ends every token that was handed out.
func (i *issuer) revoke() {
	i.mu.Lock()
	defer i.mu.Unlock()
	clear(i.tokens)
}

// itself is the token that an App is when it asks with its own signature.
func (i *issuer) itself(a *App) *Token {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.apps[a.ID] == nil {
		i.apps[a.ID] = &Token{Scope: Scope{App: true, Permissions: []string{}}}
	}
	return i.apps[a.ID]
}

// RevokeInstallationTokens ends every installation token at once, as GitHub does
// when an app is uninstalled or its tokens leak.
func (s *Server) RevokeInstallationTokens() { s.issuer.revoke() }

// claims are what an App's own token says.
type claims struct {
	Issuer   any          `json:"iss"`
	IssuedAt *json.Number `json:"iat"`
	Expires  *json.Number `json:"exp"`
}

// GitHub's words, as its users have reported them.
const (
	jwtUndecodable = "A JSON web token could not be decoded"
	jwtIssued      = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
	jwtExpired     = "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
	jwtTooFar      = "'Expiration time' claim ('exp') is too far in the future"
)

// looksSigned reports whether a credential is an App's own token.
func looksSigned(value string) bool {
	return strings.HasPrefix(value, "eyJ") && strings.Count(value, ".") == 2
}

// signer finds the App behind its own token; the reply says why there is none.
// The times are held to the second: an issue in the future is refused, and so is
// an end more than ten minutes ahead.
func (c *call) signer(value string) (*App, *reply) {
	said, a, status := c.s.readJWT(value)
	if a == nil {
		if status == http.StatusNotFound {
			return nil, c.failure(status, "Integration not found")
		}
		return nil, c.failure(http.StatusUnauthorized, jwtUndecodable)
	}
	iat, okIat := whole(said.IssuedAt)
	exp, okExp := whole(said.Expires)
	now := c.now.Unix()
	switch {
	case !okIat || iat > now:
		return nil, c.failure(http.StatusUnauthorized, jwtIssued)
	case !okExp || exp <= now:
		return nil, c.failure(http.StatusUnauthorized, jwtExpired)
	case exp > now+int64(jwtLife/time.Second):
		return nil, c.failure(http.StatusUnauthorized, jwtTooFar)
	}
	return a, nil
}

// readJWT takes a token apart and checks its signature (RFC 7515, RS256).
func (s *Server) readJWT(value string) (claims, *App, int) {
	var said claims
	parts := strings.Split(value, ".")
	var header struct {
		Alg string `json:"alg"`
	}
	if len(parts) != 3 || !decodePart(parts[0], &header) || header.Alg != "RS256" || !decodePart(parts[1], &said) {
		return said, nil, http.StatusUnauthorized
	}
	a := s.appOf(fmt.Sprint(said.Issuer))
	if a == nil {
		return said, nil, http.StatusNotFound
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || rsa.VerifyPKCS1v15(a.Key, crypto.SHA256, sum[:], signature) != nil {
		return said, nil, http.StatusUnauthorized
	}
	return said, a, 0
}

// appOf finds an App by its client id, or by its number in either form.
func (s *Server) appOf(issuer string) *App {
	for i := range s.o.Apps {
		if a := &s.o.Apps[i]; a.Key != nil && issuer != "" && (issuer == a.ClientID || issuer == strconv.FormatInt(a.ID, 10)) {
			return a
		}
	}
	return nil
}

func decodePart(part string, into any) bool {
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	return d.Decode(into) == nil
}

func whole(n *json.Number) (int64, bool) {
	if n == nil {
		return 0, false
	}
	v, err := n.Int64()
	return v, err == nil
}
