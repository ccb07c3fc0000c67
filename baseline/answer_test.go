package baseline

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

func TestAnswerSumsUpWhatSomebodyMayHave(t *testing.T) {
	b := bindFull(t)
	org := access.Ref{Kind: access.Org, ID: 99}
	for _, c := range []struct {
		name      string
		who, what access.Ref
		want      string
		class     Class
		managed   bool
	}{
		{"by a team, by themselves and as an elevation", user("dan"), access.Ref{Kind: access.Repo, ID: infra},
			"write, standing until 2027-01-31; maintain, as an elevation only", RepositoryAccess, true},
		{"no more as an elevation than standing", user("erin"), access.Ref{Kind: access.Repo, ID: api}, "read, standing", RepositoryAccess, true},
		{"nothing", user("bob"), access.Ref{Kind: access.Env, ID: apiStaging}, "nothing", Environments, true},
		{"a listed owner", user("cto"), org, "owner, standing", Owners, true},
		{"a listed owner, on a repository", user("cto"), access.Ref{Kind: access.Repo, ID: api}, "admin, standing", RepositoryAccess, true},
		{"a listed reviewer", team(leads), access.Ref{Kind: access.Env, ID: apiProd}, "approve, standing", Environments, true},
		{"a key", access.Ref{Kind: access.Key, ID: 903}, access.Ref{Kind: access.Repo, ID: 203}, "nothing", Keys, true},
		{"a team in the organization", team(qa), org, "nothing", OrganizationRoles, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := b.Answer(c.who, c.what, now)
			if diff := cmp.Diff(c.want, a.String()); diff != "" {
				t.Error(diff)
			}
			if a.Class != c.class || a.Managed != c.managed {
				t.Errorf("class %s, managed %v", a.Class, a.Managed)
			}
			lines := strings.Join(b.Explain(c.who, c.what, now), "\n")
			for _, p := range append(a.Standing, a.Elevation...) {
				if !strings.Contains(lines, p.String()) {
					t.Errorf("the lines do not mention %s:\n%s", p, lines)
				}
			}
			if !strings.Contains(lines, "class "+string(c.class)+" is ") {
				t.Errorf("the lines do not name the class:\n%s", lines)
			}
		})
	}
}
