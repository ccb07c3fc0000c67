package github

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"
)

// The classes of failure. Every error of this package that has one answers to
// it with errors.Is, whether it came by REST or by GraphQL.
var (
	ErrUnauthenticated = errors.New("not authenticated")                 // no token, or one that GitHub does not accept
	ErrForbidden       = errors.New("forbidden")                         // the token may not see or do this
	ErrNotFound        = errors.New("not found")                         // absent, or hidden from this token
	ErrGone            = errors.New("gone")                              // 410 and 451: there, but not to be had
	ErrNotReady        = errors.New("not ready")                         // 202: GitHub is still preparing the answer
	ErrNotGitHub       = errors.New("not an answer of GitHub's API")     // a web page, a proxy, something else
	ErrMoved           = errors.New("moved")                             // a redirect that is not followed
	ErrUnreachable     = errors.New("unreachable")                       // no answer at all
	ErrServer          = errors.New("GitHub could not answer")           // 5xx, or an answer that broke off
	ErrLimited         = errors.New("rate limited")                      // and the wait would be longer than allowed
	ErrWrite           = errors.New("write refused by a read transport") // nothing was sent
)

// StatusError is an answer whose HTTP status says no.
type StatusError struct {
	Status    int       // HTTP status
	Date      time.Time // of the answer, by GitHub's clock; zero where it was not said
	Method    string    // GET, POST
	Path      string    // path of the URL; never its query
	Message   string    // GitHub's own words, made printable and cut
	Accepted  string    // X-Accepted-GitHub-Permissions: what would have been enough
	SSO       string    // X-GitHub-SSO, without its URL parameters
	Web       bool      // the body was a web page
	RequestID string    // X-GitHub-Request-Id, for GitHub's support
}

// Error names the call, the status and GitHub's own words.
func (e *StatusError) Error() string {
	s := fmt.Sprintf("%s %s: status %d", e.Method, e.Path, e.Status)
	if e.Message != "" {
		s += ": " + e.Message
	}
	return s
}

// Is sorts the status into the classes above.
func (e *StatusError) Is(target error) bool {
	switch target {
	case ErrNotGitHub:
		return e.Web && e.Status < 500 || e.Status == http.StatusProxyAuthRequired
	case ErrUnauthenticated:
		return (e.Status == http.StatusUnauthorized || isSuspended(e)) && !e.Web
	case ErrForbidden:
		return e.Status == http.StatusForbidden && !e.Web && !isSuspended(e)
	case ErrNotFound:
		return e.Status == http.StatusNotFound && !e.Web
	case ErrGone:
		return e.Status == http.StatusGone || e.Status == http.StatusUnavailableForLegalReasons
	case ErrNotReady:
		return e.Status == http.StatusAccepted
	case ErrServer:
		return e.Status >= 500
	}
	return false
}

// LimitedError says that GitHub asked for a longer wait than was allowed.
type LimitedError struct {
	Until time.Time // when to come back
	Why   string    // primary limit, secondary limit
}

// Error names the limit and when to come back.
func (e *LimitedError) Error() string {
	return fmt.Sprintf("%s reached, asked to come back at %s", e.Why, e.Until.UTC().Format(time.RFC3339))
}

// Is makes the error an [ErrLimited].
func (e *LimitedError) Is(target error) bool { return target == ErrLimited }

// BodyError is an answer that is not what GitHub's API would have sent.
type BodyError struct {
	Host string
	What string // "a web page", "an empty body", …
	Cut  bool   // the answer broke off: trying again may help
	Err  error  // the cause, or nil

	again bool // asking again may give the whole answer
}

// Error names the host and what it answered with.
func (e *BodyError) Error() string {
	s := fmt.Sprintf("%s answered with %s", e.Host, e.What)
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the cause.
func (e *BodyError) Unwrap() error { return e.Err }

// Is tells an answer that broke off from one that never was GitHub's.
func (e *BodyError) Is(target error) bool {
	return target == ErrServer && e.Cut || target == ErrNotGitHub && !e.Cut
}

// RedirectError is an answer that leads elsewhere, where this program does not go.
type RedirectError struct {
	Method, Path string // what was asked; never the query of the URL
	To           string // the path that it leads to
	Why          string // why it is not followed
}

// Error names both places and why the second is not asked.
func (e *RedirectError) Error() string {
	return fmt.Sprintf("%s %s was redirected to %s, which is not followed: %s", e.Method, e.Path, printable(e.To, 200), e.Why)
}

// Is makes the error an [ErrMoved].
func (e *RedirectError) Is(target error) bool { return target == ErrMoved }

// UnreachableError is a request that got no answer.
type UnreachableError struct {
	Host string
	Why  string // "its name cannot be resolved", "the connection was refused", …
	Err  error
}

// Error names the host and the reason.
func (e *UnreachableError) Error() string { return fmt.Sprintf("%s: %s: %v", e.Host, e.Why, e.Err) }

// Unwrap gives the cause.
func (e *UnreachableError) Unwrap() error { return e.Err }

// Is makes the error an [ErrUnreachable].
func (e *UnreachableError) Is(target error) bool { return target == ErrUnreachable }

// WriteError is a request that the read transport did not let out.
type WriteError struct {
	Method, Path string
	Why          string
}

// Error names the request and why it counts as a write.
func (e *WriteError) Error() string {
	return fmt.Sprintf("%s %s was not sent: %s", e.Method, e.Path, e.Why)
}

// Is makes the error an [ErrWrite].
func (e *WriteError) Is(target error) bool { return target == ErrWrite }

// printable makes foreign text safe to show on one line: control characters and
// invisible direction marks are written as escapes, and long texts are cut.
func printable(s string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.TrimSpace(s) {
		if n++; n > most {
			b.WriteString("…")
			break
		}
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
