package github

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Explain says in one line what went wrong, and in a second what to do about
// it. hint is "" where there is nothing useful to say. Neither holds a secret.
func Explain(err error) (line, hint string) {
	if err == nil {
		return "", ""
	}
	for _, e := range explainers {
		if line, hint, ok := e(err); ok {
			return line, hint
		}
	}
	return plain(err), ""
}

// plain is the error on one line, without the words that are for programs.
func plain(err error) string {
	text := err.Error()
	if g, ok := errors.AsType[*GraphQLError](err); ok {
		text = strings.Replace(text, g.Error(), strings.TrimSuffix(g.Errors[0].Message, "."), 1)
	}
	return printable(text, 400)
}

// explainers are asked in this order; the first that knows the error answers.
var explainers = []func(error) (line, hint string, ok bool){
	explainContext, explainWrite, explainLimited, explainSSO, explainCredential, explainToken, explainMoved, explainWeb,
	explainForbidden, explainNotFound, explainUnreachable, explainServer,
}

func explainContext(err error) (string, string, bool) {
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted", "", true
	case errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, ErrUnreachable):
		return "the time allowed for this run is over", "allow more time, or audit fewer organizations at once", true
	}
	return "", "", false
}

func explainWrite(err error) (string, string, bool) {
	w, ok := errors.AsType[*WriteError](err)
	if !ok {
		return "", "", false
	}
	return "refused to send " + w.Method + " " + w.Path + ": " + w.Why,
		"this credential only reads; nothing was changed", true
}

func explainLimited(err error) (string, string, bool) {
	l, ok := errors.AsType[*LimitedError](err)
	if !ok {
		return "", "", false
	}
	at := l.Until.UTC().Format("15:04:05 MST")
	if l.Why == shared {
		return l.Why + " is used up until " + at,
			"run it again after " + l.Until.UTC().Format(time.RFC3339) + ", use a GitHub App, which has a larger limit, or lower [collect] reserve", true
	}
	return l.Why + " is used up until " + at,
		"run it again after " + l.Until.UTC().Format(time.RFC3339) + ", or use a GitHub App, which has a larger limit", true
}

func explainSSO(err error) (string, string, bool) {
	const hint = "authorize the token for the organization's single sign-on: on GitHub, Settings, Developer settings, the token, Configure SSO"
	if s, ok := errors.AsType[*StatusError](err); ok && s.Status == 403 && s.SSO != "" {
		return "the token is not authorized for the organization's single sign-on", hint, true
	}
	if p, ok := errors.AsType[*PartialError](err); ok {
		return p.Error(), hint, true
	}
	if g, ok := errors.AsType[*GraphQLError](err); ok {
		for _, item := range g.Errors {
			if item.SSO() {
				return "the token is not authorized for the organization's single sign-on", hint, true
			}
		}
	}
	return "", "", false
}

func explainToken(err error) (string, string, bool) {
	if !errors.Is(err, ErrUnauthenticated) {
		return "", "", false
	}
	if s, ok := errors.AsType[*StatusError](err); ok {
		return "GitHub does not accept the token (401 " + s.Message + ")",
			"it may have expired, been revoked, or belong to another server: make a new one and check api_url", true
	}
	_, why, _ := strings.Cut(err.Error(), ErrUnauthenticated.Error()+": ")
	if why == "" {
		why = "no token was given"
	}
	return printable(why, 200), "set AJAR_GITHUB_TOKEN (or GH_TOKEN, GITHUB_TOKEN), or use --auth gh", true
}

func explainMoved(err error) (string, string, bool) {
	r, ok := errors.AsType[*RedirectError](err)
	if !ok {
		return "", "", false
	}
	return "GitHub redirects " + r.Path + " to " + printable(r.To, 200) + ", which is not followed: " + r.Why,
		"if the organization was renamed, use its new login; else check api_url, and what stands in between", true
}

func explainWeb(err error) (string, string, bool) {
	const hint = "check api_url (GHES: https://HOST/api/v3), and whether a proxy or a sign-in page of the network stands in between"
	if b, ok := errors.AsType[*BodyError](err); ok && errors.Is(b, ErrNotGitHub) {
		return b.Host + " answered with " + b.What + ", not with GitHub's API", hint, true
	}
	s, ok := errors.AsType[*StatusError](err)
	switch {
	case ok && s.Status == 407:
		return "the proxy asks for a user name and password (407)", "put them into HTTPS_PROXY, or ask whoever runs the proxy", true
	case ok && s.Web && (s.Status == 501 || s.Status == 505):
		// GitHub's own trouble is 500 and 502 to 504; these say that nobody there knows the request.
		return fmt.Sprintf("what answers at %s is not GitHub's API (a web page, %d)", s.Path, s.Status), hint, true
	case ok && errors.Is(s, ErrNotGitHub):
		return fmt.Sprintf("%s answered with a web page (%d), not with GitHub's API", s.Path, s.Status), hint, true
	}
	return "", "", false
}

func explainForbidden(err error) (string, string, bool) {
	if !errors.Is(err, ErrForbidden) {
		return "", "", false
	}
	s, ok := errors.AsType[*StatusError](err)
	if !ok {
		return plain(err), "the token lacks a permission: use one of an organization owner, or give the app the permission", true
	}
	line := "GitHub refuses " + s.Method + " " + s.Path + " (403): " + s.Message
	if s.Accepted != "" {
		return line, "give the token one of: " + s.Accepted, true
	}
	return line, "the token lacks a permission, or is not of an organization owner", true
}

func explainNotFound(err error) (string, string, bool) {
	if !errors.Is(err, ErrNotFound) {
		return "", "", false
	}
	line := plain(err)
	if s, ok := errors.AsType[*StatusError](err); ok {
		line = "GitHub knows nothing at " + s.Path + " (404)"
	}
	return line, "check the spelling, and that the token may see it: GitHub hides what a token may not see", true
}

func explainUnreachable(err error) (string, string, bool) {
	u, ok := errors.AsType[*UnreachableError](err)
	if !ok {
		return "", "", false
	}
	hint := "check the network, HTTPS_PROXY, and api_url"
	var proxy *ProxyError
	switch {
	case errors.As(err, &proxy) && proxy.Status == 407:
		hint = "name the proxy with both in HTTPS_PROXY, and not in [github] proxy; or ask whoever runs it"
	case errors.As(err, &proxy):
		hint = "ask whoever runs the proxy to let ajar through to " + u.Host
	case u.Why == "its certificate is not trusted":
		hint = "if a proxy or a GHES with its own authority is in between, name its certificate: [github] ca_file"
	case u.Why == "its certificate is for another host":
		hint = "check api_url; a proxy or a sign-in page of the network may answer in its place"
	case strings.HasPrefix(u.Why, "its certificate has expired"):
		hint = "have the certificate renewed, and check the clock of this machine"
	}
	return "cannot reach " + u.Host + ": " + u.Why, hint, true
}

func explainServer(err error) (string, string, bool) {
	if !errors.Is(err, ErrServer) {
		return "", "", false
	}
	return "GitHub could not answer: " + printable(err.Error(), 300), "try again later; for github.com, githubstatus.com tells of known trouble", true
}
