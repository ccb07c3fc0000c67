package remediate_test

import (
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/remediate"
)

// GitHub names a custom role in the sum of a team's own role and that of the teams
// above it alone, so such a change could be read neither before nor after.
func TestCustomRoleOfATeamIsLeftAloneWhereATeamAboveHidesIt(t *testing.T) {
	for name, parent := range map[string]struct {
		has  access.Privilege
		role int64
		told bool
	}{
		"the same custom role": {access.Write, 5, true},
		"admin":                {access.Admin, 0, true},
		"read":                 {access.Read, 0, false},
		"nothing":              {},
	} {
		w := house()
		w.CustomRoles = []access.CustomRole{{ID: 5, Name: "releaser", Base: access.Write, Permissions: []string{"manage_webhooks"}}}
		w.team("core", "", "zed")
		w.team("ops", "core", "zed")
		w.give("team:ops", "web", access.Write)
		w.Grants[len(w.Grants)-1].Role = 5
		if parent.has > access.None {
			w.give("team:core", "web", parent.has)
			w.Grants[len(w.Grants)-1].Role = parent.role
		}
		p := w.plan(t, roles, loose())
		refused := false
		for _, r := range p.Refused {
			refused = refused || r.Principal.Ref == w.ref("team:ops") && r.Guard == remediate.CoverageGuard && strings.Contains(r.Why, "does not tell the two apart")
		}
		if refused != parent.told {
			t.Errorf("%s: refused %t; %v", name, refused, lines(p))
		}
	}
}
