package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

// failing gives the error that one answer leads to, by GraphQL if it has data.
func failing(status int, kind, body string, headers ...string) func(*testing.T) error {
	return func(t *testing.T) error {
		c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.Header()["Content-Type"] = []string{kind}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		})
		if strings.Contains(body, "data") {
			var q viewerQuery
			return fmt.Errorf("organization acme: %w", c.Query(context.Background(), &q, nil))
		}
		return fmt.Errorf("members of acme: %w", get(c, "orgs/acme"))
	}
}

// Each trouble that a person can do something about is one line, and a hint.
func TestTroubleIsExplainedInOneLineWithWhatToDo(t *testing.T) {
	const js = "application/json"
	for name, tc := range map[string]struct {
		err        func(*testing.T) error
		line, hint string
	}{
		"no token": {func(t *testing.T) error { _, err := New(Options{}); return err }, "no token is configured", "AJAR_GITHUB_TOKEN"},
		"empty token": {func(t *testing.T) error {
			c, _ := testClient(t, nil, func(o *Options) { o.Source = oauth2.StaticTokenSource(&oauth2.Token{}) })
			return get(c, "user")
		}, "the token is empty", "AJAR_GITHUB_TOKEN"},
		"expired token":  {failing(401, js, `{"message":"Bad credentials"}`), "GitHub does not accept the token (401 Bad credentials)", "expired"},
		"single sign-on": {failing(403, js, `{"message":"Resource protected"}`, "X-GitHub-SSO", "required; url=https://github.com/orgs/acme/sso?x=1"), "not authorized for the organization's single sign-on", "Configure SSO"},
		"single sign-on in a query": {failing(200, js, `{"data":null,"errors":[{"type":"FORBIDDEN","message":"protected","extensions":{"saml_failure":true}}]}`),
			"not authorized for the organization's single sign-on", "Configure SSO"},
		"missing permission": {failing(403, js, `{"message":"Resource not accessible by integration"}`, "X-Accepted-GitHub-Permissions", "members=read"), "GitHub refuses GET /orgs/acme (403)", "members=read"},
		"missing scope": {failing(200, js, `{"data":null,"errors":[{"type":"INSUFFICIENT_SCOPES","message":"Your token has not been granted the required scopes"}]}`),
			"organization acme: Your token has not been granted the required scopes", "permission"},
		"unknown organization": {failing(200, js, `{"data":{"organization":null},"errors":[{"type":"NOT_FOUND","path":["organization"],"message":"Could not resolve to an Organization with the login of 'acme'."}]}`),
			"Could not resolve to an Organization", "spelling"},
		"unknown path":   {failing(404, js, `{"message":"Not Found"}`), "GitHub knows nothing at /orgs/acme (404)", "spelling"},
		"captive portal": {failing(200, "text/html", `<html>Sign in to the hotel</html>`), "answered with a web page, not with GitHub's API", "sign-in page"},
		"blocking proxy": {failing(403, "text/html", `<html>Blocked</html>`), "answered with a web page (403), not with GitHub's API", "proxy"},
		"proxy password": {failing(407, "text/plain", `who are you`), "the proxy asks for a user name and password", "HTTPS_PROXY"},
		"GitHub is down": {failing(503, "text/html", `<html>Unicorn</html>`), "GitHub could not answer", "githubstatus.com"},
		"limit":          {failing(429, js, `{}`, "Retry-After", "3600"), "GitHub's secondary limit is used up until 09:00:00 UTC", "2026-08-21T09:00:00Z"},
		"write": {func(*testing.T) error {
			return &WriteError{Method: "DELETE", Path: "/orgs/acme", Why: "it is not a read"}
		}, "refused to send DELETE /orgs/acme", "nothing was changed"},
		"deadline": {func(*testing.T) error { return fmt.Errorf("x: %w", context.DeadlineExceeded) }, "the time allowed for this run is over", "more time"},
		"timeout": {func(t *testing.T) error {
			c, _ := testClient(t, func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, func(o *Options) { o.Timeout = 20 * time.Millisecond })
			return get(c, "orgs/acme")
		}, "it did not answer in time", "network"},
		"anything else": {func(*testing.T) error { return errors.New("disk\nfull\x1b[2J") }, `disk\u000afull\u001b[2J`, ""},
	} {
		line, hint := Explain(tc.err(t))
		if !strings.Contains(line, tc.line) || !strings.Contains(hint, tc.hint) || (tc.hint == "") != (hint == "") || strings.ContainsAny(line+hint, "\r\n\x1b") {
			t.Errorf("%s:\n line %q\n hint %q", name, line, hint)
		}
	}
	if line, hint := Explain(nil); line+hint != "" {
		t.Errorf("nothing is explained as %q, %q", line, hint)
	}
}
