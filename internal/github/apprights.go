package github

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	gh "github.com/google/go-github/v92/github"
)

// AuditPermissions are what a GitHub App needs to read all that an audit asks
// for, each at the level read (GitHub Docs: "Permissions required for GitHub
// Apps"). A token is asked for these alone, as far as the app has them.
var AuditPermissions = []string{
	"metadata", "administration", "actions", "environments", "deployments", "secrets", "actions_variables", "repository_hooks",
	"members", "organization_administration", "organization_custom_roles", "organization_custom_org_roles",
	"organization_personal_access_tokens", "organization_personal_access_token_requests", "organization_hooks", "organization_secrets",
	"organization_actions_variables", "organization_self_hosted_runners", "organization_plan", "organization_custom_properties",
}

// WritePermissions are what a GitHub App needs to make the changes that actions
// make, and to read what each rests on, by level (GitHub Docs: "Permissions
// required for GitHub Apps"; docs/permissions.md lists them by action). A token is
// asked for these alone, as far as the app has them.
var WritePermissions = map[string]string{
	"metadata": "read", "administration": "write", "actions": "read",
	"members": "write", "organization_administration": "write",
}

// IssuePermissions are what a credential needs to keep an issue up to date: it is
// installed on the one repository of that issue, and on no other.
var IssuePermissions = map[string]string{"metadata": "read", "issues": "write"}

// wanted are the permissions that a token is asked for, by level.
func (s *App) wanted() map[string]string {
	if s.a.Writes {
		return WritePermissions
	}
	want := map[string]string{}
	for _, name := range AuditPermissions {
		want[name] = "read"
	}
	return want
}

// only says what keeps a token in bounds that GitHub did not narrow.
func (s *App) only() string {
	if s.a.Writes {
		return "ajar sends nothing but the calls of its actions all the same"
	}
	return "ajar sends nothing but reads all the same"
}

// narrowed asks for what is wanted of what was granted. GitHub refuses a request
// for more than that as a whole, so nothing is asked for on suspicion.
func narrowed(granted, wanted map[string]string) *gh.InstallationPermissions {
	want := map[string]string{}
	for name, level := range wanted {
		switch granted[name] {
		case "":
		case "read":
			want[name] = "read"
		default:
			want[name] = level
		}
	}
	if len(want) == 0 {
		want["metadata"] = "read" // every app has it
	}
	var p gh.InstallationPermissions
	if raw, err := json.Marshal(want); err != nil || json.Unmarshal(raw, &p) != nil {
		return nil
	}
	return &p
}

// levels spells permissions out by their names in the API.
func levels(p *gh.InstallationPermissions) map[string]string {
	out := map[string]string{}
	if raw, err := json.Marshal(p); err != nil || json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}

// CredentialError is a credential that does not work, in words for whoever set
// it up. It ends a run: it is [ErrUnauthenticated].
type CredentialError struct {
	Line string // what is wrong; holds no secret
	Hint string // what to do about it
}

// Error says what is wrong.
func (e *CredentialError) Error() string { return e.Line }

// Is makes the error an [ErrUnauthenticated].
func (e *CredentialError) Is(target error) bool { return target == ErrUnauthenticated }

func (s *App) name() string { return "app " + s.a.Issuer }

func (s *App) suspended() error {
	return &CredentialError{
		Line: fmt.Sprintf("the installation of %s on %s is suspended", s.name(), s.a.Organization),
		Hint: "an owner of the organization can end that: Settings, GitHub Apps, Configure, Unsuspend"}
}

// refusal puts GitHub's refusal of the app itself into words. What is no refusal
// (a network that is gone, a limit, GitHub's own trouble) stays as it is.
func (s *App) refusal(err error) error {
	r, ok := errors.AsType[*StatusError](err)
	if !ok || r.Web || r.Status >= 500 {
		return err
	}
	said := fmt.Sprintf("(%d %s)", r.Status, r.Message)
	switch {
	case isSuspended(r):
		return s.suspended()
	case r.Status == http.StatusUnauthorized && strings.Contains(r.Message, "claim"):
		return &CredentialError{Line: "GitHub refuses the times of what " + s.name() + " signed, even by its own clock " + said,
			Hint: "set the clock of this machine right, and look for a proxy that answers with old dates"}
	case r.Status == http.StatusUnauthorized:
		return &CredentialError{Line: "GitHub does not accept the private key of " + s.name() + " " + said,
			Hint: "the key may be another app's, or have been deleted, or app_id may be wrong: make a new key on the app's settings page"}
	case r.Status == http.StatusNotFound && strings.Contains(r.Message, "Integration"):
		return &CredentialError{Line: "GitHub knows no " + s.name() + " " + said,
			Hint: "app_id or client_id stands on the app's settings page; an app of another server does not count"}
	case r.Status == http.StatusNotFound:
		return &CredentialError{Line: fmt.Sprintf("%s is not installed on %s, or there is no such organization %s", s.name(), s.a.Organization, said),
			Hint: "install it: the app's settings page, Install App; and check the spelling of the organization"}
	}
	return err
}

// isSuspended knows GitHub's words for an installation that was suspended.
func isSuspended(r *StatusError) bool {
	return r.Status == http.StatusForbidden && strings.Contains(r.Message, "installation has been suspended")
}

func explainCredential(err error) (string, string, bool) {
	if c, ok := errors.AsType[*CredentialError](err); ok {
		return printable(c.Line, 400), c.Hint, true
	}
	if s, ok := errors.AsType[*StatusError](err); ok && isSuspended(s) {
		return "the installation of the app was suspended", "an owner of the organization can end that: Settings, GitHub Apps, Configure, Unsuspend", true
	}
	return "", "", false
}
