package github

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// APIVersion is the version of the REST API that is asked for: the default of
// github.com and the one that every supported GHES knows.
const APIVersion = "2022-11-28"

// defaultAccept is the media type that is asked for where a call names none.
const defaultAccept = "application/vnd.github+json"

// Renewer is a token source that can make a new token when GitHub refuses the
// one it gave. Sources that cannot (a personal access token) do not have it.
type Renewer interface {
	// Renew forgets the token that was refused.
	Renew(refused string)
}

// authorize adds the credential and the headers that every request has. It
// refuses any host but GitHub's own, and any other scheme than the configured
// one: the credential goes nowhere else. A token
// that is refused is renewed once where its source can do so.
func authorize(o Options, rest, graphql *url.URL) layer {
	return func(next http.RoundTripper) http.RoundTripper {
		return trip(func(req *http.Request) (*http.Response, error) {
			if !sameServer(req.URL, rest) && !sameServer(req.URL, graphql) {
				return nil, &BodyError{Host: rest.Host, What: "an address on another host, which is not asked"}
			}
			resp, used, err := authorized(o, next, req)
			renewer, can := o.Source.(Renewer)
			if err != nil || resp.StatusCode != http.StatusUnauthorized || !can || req.Body != nil && req.GetBody == nil {
				return resp, err
			}
			renewer.Renew(used)
			resp.Body.Close()
			if req.Body != nil {
				if req.Body, err = req.GetBody(); err != nil {
					return nil, err
				}
			}
			resp, _, err = authorized(o, next, req)
			return resp, err
		})
	}
}

func sameServer(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

func authorized(o Options, next http.RoundTripper, req *http.Request) (*http.Response, string, error) {
	token, err := o.Source.Token()
	if err != nil {
		return nil, "", tokenError(err)
	}
	if err := sound(token.AccessToken); err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrUnauthenticated, err)
	}
	out := req.Clone(req.Context())
	token.SetAuthHeader(out)
	out.Header.Set("User-Agent", o.UserAgent)
	if out.Header.Get("X-GitHub-Api-Version") == "" {
		out.Header.Set("X-GitHub-Api-Version", APIVersion)
	}
	if out.Header.Get("Accept") == "" {
		out.Header.Set("Accept", defaultAccept)
	}
	if used, ok := req.Context().Value(usedKey{}).(*string); ok {
		*used = token.AccessToken
	}
	resp, err := next.RoundTrip(out)
	return resp, token.AccessToken, unrepeated(err, token.AccessToken)
}

// unrepeated strikes the token out of an error: what cannot be read as an answer stands
// in it word for word.
func unrepeated(err error, token string) error {
	if err == nil || len(token) < shortestToken || !strings.Contains(err.Error(), token) {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), token, strings.Repeat("*", len(token))))
}

// usedKey is where authorize leaves the token that a request was sent with, for
// its answer to be looked through.
type usedKey struct{}

// hide strikes the token out of an answer. A proxy, or a server that says what it
// was asked, repeats it in the text of a failure, which is shown and kept.
func hide(h http.Header, body []byte, token string) {
	if len(token) < shortestToken {
		return
	}
	stars := strings.Repeat("*", len(token))
	for rest := body; ; {
		at := bytes.Index(rest, []byte(token))
		if at < 0 {
			break
		}
		rest = rest[at+copy(rest[at:], stars):]
	}
	for _, values := range h {
		for i, v := range values {
			values[i] = strings.ReplaceAll(v, token, stars)
		}
	}
}

// shortestToken is the length from which a token is looked for: what is shorter
// is none of GitHub's, and may be a word of the answer.
const shortestToken = 12

// tokenError keeps the class of a failure to get a token; without one it means
// that there is no token.
func tokenError(err error) error {
	for _, class := range []error{ErrUnauthenticated, ErrUnreachable, ErrLimited, ErrServer, ErrForbidden, ErrNotFound, ErrMoved, ErrNotGitHub} {
		if errors.Is(err, class) {
			return fmt.Errorf("getting a token: %w", err)
		}
	}
	return fmt.Errorf("getting a token: %w: %w", ErrUnauthenticated, err)
}

// sound refuses what cannot be a token, without repeating it.
func sound(token string) error {
	switch {
	case token == "":
		return errors.New("the token is empty")
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return errors.New("the token contains a blank, a line break or another character that no token has")
	}
	return nil
}
