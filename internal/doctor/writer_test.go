package doctor

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/oauth2"

	"github.com/eb661601/ajar/internal/github"
)

// app is a credential for changes whose installation has these permissions.
func appWith(permissions map[string]string) *Credential {
	return &Credential{Name: "app 8", App: true, Installation: func(string) (github.Installation, error) {
		return github.Installation{AppID: 8, Slug: "mender", Permissions: permissions}, nil
	}}
}

func TestCredentialForChangesIsHeldAgainstWhatChangesNeed(t *testing.T) {
	all := func() map[string]string {
		return map[string]string{"metadata": "read", "administration": "write", "actions": "read", "members": "write", "organization_administration": "write"}
	}
	with := func(change func(map[string]string)) *Credential {
		p := all()
		change(p)
		return appWith(p)
	}
	for name, c := range map[string]struct {
		writer *Credential
		mark   Mark
		words  string
	}{
		"all":             {appWith(all()), OK, "GitHub App mender (number 8) on acme-robotics; it can make every change"},
		"without members": {with(func(p map[string]string) { p["members"] = "read" }), Warning, "without members:write it cannot set: team-membership, membership, organization-invitation"},
		"without reading": {with(func(p map[string]string) { delete(p, "actions") }), Warning, "without actions:read it cannot set: environment-protection"},
		"nothing":         {appWith(nil), Failed, "without administration:write it cannot set: direct-grant"},
		"too much":        {with(func(p map[string]string) { p["contents"] = "write" }), Warning, "can do more than ajar needs: contents:write"},
		"not loaded":      {&Credential{Name: "$W", Err: errors.New("no token in variable W")}, Failed, "no token in variable W"},
		"none":            {nil, Failed, "there is no credential for changes, and the mode is approve"},
	} {
		r := visit(t, func(w *ward) { w.env.Config.Remediate.Mode, w.env.Writer = "approve", c.writer })
		if !has(r, Token, c.mark, c.words) {
			t.Errorf("%s: no %s says %q in\n%v", name, c.mark, c.words, r.Checks)
		}
	}
}

// TestCredentialForChangesIsUnusedInADryRun has everything wrong with it stay a
// warning: an audit works without it.
func TestCredentialForChangesIsUnusedInADryRun(t *testing.T) {
	for _, w := range []*Credential{appWith(nil), {Name: "$W", Err: errors.New("no token")}} {
		r := visit(t, func(d *ward) { d.env.Writer = w })
		if r.Failing() || !has(r, Token, Warning, "") {
			t.Errorf("%v", r.Checks)
		}
	}
	r := visit(t, func(d *ward) { d.env.Writer = appWith(map[string]string{"administration": "write"}) })
	if !has(r, Token, Warning, "in mode dry-run it is not used") {
		t.Errorf("%v", r.Checks)
	}
	for _, c := range visit(t, func(*ward) {}).Checks {
		if strings.Contains(c.Found, "for changes") {
			t.Errorf("none is configured: %+v", c)
		}
	}
}

func TestTokenForChangesIsHeldAgainstItsScopes(t *testing.T) {
	r := visit(t, func(w *ward) {
		w.env.Config.Remediate.Mode = "approve"
		w.env.Writer = &Credential{Name: "$W", Kind: github.ClassicToken, Client: func(org string) (*github.Client, error) {
			o, err := w.env.Connection()
			o.Source = oauth2.StaticTokenSource(&oauth2.Token{AccessToken: secret})
			if err != nil {
				return nil, err
			}
			return github.New(o)
		}}
	})
	if !has(r, Token, OK, "it can make every change") {
		t.Errorf("%v", r.Checks)
	}
}
