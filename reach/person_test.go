package reach

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/eb661601/ajar/access"
)

func TestOnePersonsViewOfAnEnvironmentIsPartOfEverybodys(t *testing.T) {
	yes, no := true, false
	for name, bypass := range map[string]*bool{"allowed": &yes, "forbidden": &no, "not seen": nil} {
		t.Run(name, func(t *testing.T) {
			s := environmentWorld(bypass)
			g := New(s)
			for _, p := range s.People {
				who := access.Ref{Kind: access.User, ID: p.ID}
				var want []EnvAccess
				for _, list := range [][]EnvAccess{g.CanDeploy(50), g.CanBypass(50), g.CanConfigure(50), g.Approvers(50)} {
					for _, a := range list {
						if a.Principal == who {
							want = append(want, a)
						}
					}
				}
				if diff := cmp.Diff(want, g.InEnvironment(who, 50)); diff != "" {
					t.Errorf("%s (-everybody's +own):\n%s", p.Login, diff)
				}
			}
		})
	}
}

// environmentWorld has an admin, a writer who reviews, a reviewer who can only
// read, and somebody without access.
func environmentWorld(bypass *bool) *access.Snapshot {
	ref := func(k access.Kind, id int64) access.Ref { return access.Ref{Kind: k, ID: id} }
	s := &access.Snapshot{
		Org:          access.Organization{ID: 1, Login: "acme"},
		People:       []access.Person{{ID: 10, Login: "admin"}, {ID: 11, Login: "writer"}, {ID: 12, Login: "reader"}, {ID: 13, Login: "nobody"}},
		Repositories: []access.Repository{{ID: 20, Name: "api", Visibility: "private"}},
		Environments: []access.Environment{{
			ID: 50, Repo: 20, Name: "production",
			Gate:   &access.Gate{Env: 50, Repo: 20, Reviewers: 2, PreventSelfReview: true},
			Policy: &access.Policy{Env: 50, Repo: 20, Branches: access.AnyBranch, AdminBypass: bypass},
		}},
		Grants: []access.Grant{
			{Principal: ref(access.User, 10), Resource: ref(access.Repo, 20), Privilege: access.Admin, Source: access.Direct},
			{Principal: ref(access.User, 11), Resource: ref(access.Repo, 20), Privilege: access.Write, Source: access.Direct},
			{Principal: ref(access.User, 12), Resource: ref(access.Repo, 20), Privilege: access.Read, Source: access.Direct},
			{Principal: ref(access.User, 11), Resource: ref(access.Env, 50), Privilege: access.Approve, Source: access.Reviewer},
			{Principal: ref(access.User, 12), Resource: ref(access.Env, 50), Privilege: access.Approve, Source: access.Reviewer},
		},
	}
	return s
}
