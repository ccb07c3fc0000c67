package github_test

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/eb661601/ajar/internal/github"
	"github.com/eb661601/ajar/internal/githubsim"
)

// asks keeps the permissions that tokens are asked for with.
type asks struct{ got []map[string]string }

func (a *asks) RoundTrip(req *http.Request) (*http.Response, error) {
	if strings.HasSuffix(req.URL.Path, "/access_tokens") {
		raw, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		var in struct{ Permissions map[string]string }
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, err
		}
		a.got = append(a.got, in.Permissions)
		req.Body = io.NopCloser(strings.NewReader(string(raw)))
	}
	return http.DefaultTransport.RoundTrip(req)
}

// TestTokenForChangesIsAskedForWhatChangesNeedAlone has an app that could do more.
func TestTokenForChangesIsAskedForWhatChangesNeedAlone(t *testing.T) {
	for _, writes := range []bool{true, false} {
		r := newRig(t)
		r.change(func(in *githubsim.Installation) {
			in.Permissions = map[string]string{"members": "write", "administration": "write", "metadata": "read", "issues": "write", "actions": "write",
				"organization_administration": "read", "secrets": "write"}
		})
		r.o.Writes = writes
		wire, o := &asks{}, r.options()
		o.Base = wire
		a, err := github.NewApp(t.Context(), o, r.o, func(s string) { t.Error(s) })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := a.Token(); err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"members": "write", "administration": "write", "metadata": "read", "actions": "read", "organization_administration": "read"}
		if !writes {
			want = map[string]string{"members": "read", "administration": "read", "metadata": "read", "actions": "read", "organization_administration": "read", "secrets": "read"}
		}
		if len(wire.got) != 1 || !maps.Equal(wire.got[0], want) {
			t.Errorf("writes %t: asked for %v, not %v", writes, wire.got, want)
		}
	}
}
