package github

import (
	"context"
	"crypto/rsa"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
	gh "github.com/google/go-github/v92/github"
	"golang.org/x/oauth2"
)

// Times of the two tokens (GitHub Docs: "Generating a JSON Web Token (JWT) for a
// GitHub App", "Generating an installation access token").
const (
	issuedBefore = time.Minute     // an app's own token is dated back, for clocks that run fast
	signedFor    = 9 * time.Minute // of the ten that GitHub allows
	renewBefore  = 5 * time.Minute // an installation's token is renewed so long before its end
	skewNoticed  = 5 * time.Second // smaller differences are the way of the answer
	skewTold     = 2 * time.Minute
)

// AppOptions say which GitHub App asks, and about which organization.
type AppOptions struct {
	Issuer       string          // its client id, or its id in digits
	Key          *rsa.PrivateKey // one of its keys
	Organization string          // the login
	Installation int64           // 0: found by the organization
	// Writes asks for tokens with [WritePermissions] in place of [AuditPermissions].
	Writes bool
}

// App gives the tokens of one installation of a GitHub App. It is an
// [oauth2.TokenSource] and a [Renewer], and safe for use by several goroutines:
// while one gets a token the others wait for it.
//
// The end of a token is counted by GitHub's clock: its answers are dated, and a
// clock here that is wrong neither breaks the signature nor lets a token run out
// unseen. That is why [oauth2.ReuseTokenSourceWithExpiry], which asks the clock
// of this machine, is not used.
type App struct {
	ctx  context.Context
	o    Options
	a    AppOptions
	api  *Client
	warn func(string)

	signing sync.Mutex
	skew    time.Duration // GitHub's clock less ours

	mu    sync.Mutex
	found *Installation
	token *oauth2.Token // its Expiry is by the clock of this machine
	wide  bool          // GitHub refused to narrow the token
}

// Installation is an app on an organization.
type Installation struct {
	ID          int64
	AppID       int64
	Slug        string // of the app
	Selected    bool   // it was given some repositories only
	Permissions map[string]string
}

// NewApp makes the token source of an app. ctx ends the requests that it makes;
// o says how GitHub is reached, and its Source is not used. Warn hears, once
// each, what somebody should know although it works: a clock that is wrong, a
// token that could not be narrowed.
func NewApp(ctx context.Context, o Options, a AppOptions, warn func(string)) (*App, error) {
	s := &App{ctx: ctx, a: a, warn: warn}
	if a.Key == nil || a.Issuer == "" {
		return nil, &CredentialError{Line: "the GitHub App has no key or no id", Hint: "app_id or client_id, and private_key_file, name them"}
	}
	o.Source, o.Mint, o.Reserve = signer{s}, true, nil
	api, err := New(o)
	if err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s.o, s.api = o, api
	return s, nil
}

// ParseKey reads the private key of an app: RSA, in PEM, PKCS#1 or PKCS#8. The
// error repeats nothing of it.
func ParseKey(pem string) (*rsa.PrivateKey, error) {
	key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(pem))
	if err != nil {
		return nil, &CredentialError{Line: "the private key cannot be read: it is no RSA key in PEM, or it is damaged, or it has a passphrase",
			Hint: "use the .pem file as GitHub gave it: the app's settings page, Private keys"}
	}
	return key, nil
}

// signer gives the app's own token.
type signer struct{ s *App }

// Token signs for the moment.
func (g signer) Token() (*oauth2.Token, error) {
	g.s.signing.Lock()
	now := g.s.o.Now().Add(g.s.skew)
	g.s.signing.Unlock()
	text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.RegisteredClaims{
		Issuer: g.s.a.Issuer, IssuedAt: jwt.NewNumericDate(now.Add(-issuedBefore)), ExpiresAt: jwt.NewNumericDate(now.Add(signedFor)),
	}).SignedString(g.s.a.Key)
	if err != nil {
		return nil, &CredentialError{Line: "the private key of " + g.s.name() + " cannot sign", Hint: "make a new one on the app's settings page"}
	}
	return &oauth2.Token{AccessToken: text, TokenType: "Bearer"}, nil
}

// Token gives a token that lives for some minutes yet.
func (s *App) Token() (*oauth2.Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != nil && s.token.Expiry.Add(-renewBefore).After(s.o.Now()) {
		return s.token, nil
	}
	t, err := s.mint()
	if err != nil {
		return nil, err
	}
	s.token = t
	return t, nil
}

// Renew forgets a token that GitHub refused.
func (s *App) Renew(refused string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != nil && s.token.AccessToken == refused {
		s.token = nil
	}
}

// Installation asks GitHub, once, which installation the tokens are of.
func (s *App) Installation() (Installation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find()
}

func (s *App) find() (Installation, error) {
	if s.found != nil {
		return *s.found, nil
	}
	var in *gh.Installation
	err := s.ask(func() (resp *gh.Response, err error) {
		if s.a.Installation != 0 {
			in, resp, err = s.api.REST().Apps.GetInstallation(s.ctx, s.a.Installation)
		} else {
			in, resp, err = s.api.REST().Apps.GetOrganizationInstallation(s.ctx, s.a.Organization)
		}
		return resp, err
	})
	if err != nil {
		return Installation{}, s.refusal(err)
	}
	switch {
	case in.GetID() == 0:
		return Installation{}, fmt.Errorf("finding the installation of %s: %w: no id in the answer", s.name(), ErrNotGitHub)
	case !strings.EqualFold(in.GetAccount().GetLogin(), s.a.Organization):
		return Installation{}, &CredentialError{
			Line: fmt.Sprintf("installation %d of %s is on %s, not on %s", in.GetID(), s.name(), printable(in.GetAccount().GetLogin(), 100), s.a.Organization),
			Hint: "leave installation_id out: it is found by the organization"}
	case !in.GetSuspendedAt().IsZero():
		return Installation{}, s.suspended()
	}
	s.found = &Installation{ID: in.GetID(), AppID: in.GetAppID(), Slug: in.GetAppSlug(),
		Selected: in.GetRepositorySelection() == "selected", Permissions: levels(in.Permissions)}
	return *s.found, nil
}

// mint gets a token with no more than an audit needs, or changes.
func (s *App) mint() (*oauth2.Token, error) {
	in, err := s.find()
	if err != nil {
		return nil, err
	}
	var t *gh.InstallationToken
	var dated time.Time
	get := func(options *gh.InstallationTokenOptions) error {
		return s.ask(func() (resp *gh.Response, err error) {
			t, resp, err = s.api.REST().Apps.CreateInstallationToken(s.ctx, in.ID, options)
			dated = date(resp)
			return resp, err
		})
	}
	if !s.wide {
		err = get(&gh.InstallationTokenOptions{Permissions: narrowed(in.Permissions, s.wanted())})
		if status, ok := errors.AsType[*StatusError](err); ok && status.Status == http.StatusUnprocessableEntity {
			s.wide = true
			s.warn("GitHub refused to narrow the token of " + s.name() + " (" + status.Message + "), so it has every permission of the app; " + s.only())
		}
	}
	if s.wide {
		err = get(nil)
	}
	if err != nil {
		s.found = nil // it may be another one by now
		return nil, s.refusal(err)
	}
	if err := sound(t.GetToken()); err != nil || t.GetExpiresAt().IsZero() {
		return nil, fmt.Errorf("getting a token for %s: %w: no token and end in the answer", s.name(), ErrNotGitHub)
	}
	end := t.GetExpiresAt().Time
	if !dated.IsZero() {
		end = s.o.Now().Add(end.Sub(dated))
	}
	return &oauth2.Token{AccessToken: t.GetToken(), TokenType: "Bearer", Expiry: end}, nil
}

// ask sends a request that the app signs. Where GitHub refuses it and its clock
// differs from the one the signature was dated by, it is sent once more.
func (s *App) ask(send func() (*gh.Response, error)) error {
	resp, err := send()
	refused, _ := errors.AsType[*StatusError](err)
	at := date(resp)
	if refused != nil {
		at = refused.Date
	}
	if moved := s.clock(at); moved && refused != nil && refused.Status == http.StatusUnauthorized {
		_, err = send()
	}
	return err
}

// clock learns GitHub's clock from the date of an answer, and reports whether it
// is another than was thought.
func (s *App) clock(at time.Time) bool {
	if at.IsZero() {
		return false
	}
	s.signing.Lock()
	skew := at.Sub(s.o.Now())
	off := (skew - s.skew).Abs()
	if off < skewNoticed {
		s.signing.Unlock()
		return false
	}
	s.skew = skew
	s.signing.Unlock()
	if off > skewTold {
		s.warn(tellSkew(skew))
	}
	return true
}

func tellSkew(skew time.Duration) string {
	way := "behind"
	if skew < 0 {
		way = "ahead of"
	}
	return fmt.Sprintf("the clock of this machine is %s %s GitHub's: set it right; tokens are dated by GitHub's meanwhile", skew.Abs().Round(time.Second), way)
}

func date(resp *gh.Response) time.Time {
	if resp == nil || resp.Response == nil {
		return time.Time{}
	}
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return time.Time{}
	}
	return at
}
