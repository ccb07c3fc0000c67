package evidence_test

import (
	"context"
	"strconv"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/evidence"
	"github.com/eb661601/ajar/internal/store"
)

// cell writes a cell; an empty one is "".
func cell(k evidence.Kind, v evidence.Value) string {
	switch {
	case !v.Set:
		return ""
	case k == evidence.Text:
		return v.Text
	case k == evidence.Instant:
		return v.Instant.Format(time.RFC3339)
	case k == evidence.Number:
		return strconv.FormatFloat(v.Number, 'g', -1, 64)
	}
	return strconv.FormatInt(v.Whole, 10)
}

func user(id int64) access.Ref { return access.Ref{Kind: access.User, ID: id} }
func team(id int64) access.Ref { return access.Ref{Kind: access.Team, ID: id} }
func repo(id int64) access.Ref { return access.Ref{Kind: access.Repo, ID: id} }
func env(id int64) access.Ref  { return access.Ref{Kind: access.Env, ID: id} }
func org() access.Ref          { return access.Ref{Kind: access.Org, ID: acme.ID} }

func direct(u, r int64, p access.Privilege) access.Grant {
	return access.Grant{Principal: user(u), Resource: repo(r), Privilege: p, Source: access.Direct}
}

func byTeam(t, r int64, p access.Privilege) access.Grant {
	return access.Grant{Principal: team(t), Resource: repo(r), Privilege: p, Source: access.ByTeam}
}

func inTeam(u, t int64, p access.Privilege) access.Grant {
	return access.Grant{Principal: user(u), Resource: team(t), Privilege: p, Source: access.Direct}
}

func inOrg(u int64, p access.Privilege) access.Grant {
	by := access.Direct
	if p == access.Owner {
		by = access.ByOwner
	}
	return access.Grant{Principal: user(u), Resource: org(), Privilege: p, Source: by}
}

func put(t tester, p *store.Pass, a access.Area, scope int64, things ...any) {
	t.Helper()
	var rows access.Rows
	for _, x := range things {
		switch x := x.(type) {
		case access.Grant:
			rows.Grants = append(rows.Grants, x)
		case access.Entity:
			rows.Entities = append(rows.Entities, x)
		}
	}
	check(t, p.Put(context.Background(), a, scope, rows))
}

// world is a small organization that changes from snapshot to snapshot: ann owns it, bob
// is in the team sre, which writes to api, and has some direct grant there.
func world(t tester, p *store.Pass, n int) {
	t.Helper()
	ctx := context.Background()
	check(t, p.People(ctx, []access.Person{{ID: 1, Login: "ann", Name: "Ann"}, {ID: 2, Login: "bob"}}))
	put(t, p, access.AreaMembers, 1, inOrg(1, access.Owner))
	put(t, p, access.AreaMembers, 2, inOrg(2, access.Member))
	put(t, p, access.AreaTwoFactor, 1, access.TwoFactor{User: 1, Enabled: true})
	put(t, p, access.AreaTwoFactor, 2, access.TwoFactor{User: 2, Enabled: false})
	put(t, p, access.AreaSettings, 1, access.Settings{BasePermission: access.Read})
	put(t, p, access.AreaTeams, 7, access.TeamInfo{ID: 7, Slug: "sre"})
	put(t, p, access.AreaTeamMembers, 7, inTeam(2, 7, access.Member))
	put(t, p, access.AreaTeamGrants, 7, byTeam(7, 5, access.Write))
	put(t, p, access.AreaRepositories, 5, access.Repository{ID: 5, Name: "api", Visibility: "private", Environments: 1, PushedAt: hour(24 * n)})
	put(t, p, access.AreaDirectGrants, 5, direct(2, 5, access.Triage+access.Privilege(n)))
	put(t, p, access.AreaEnvironments, 5, access.Environment{ID: 51, Repo: 5, Name: "production"})
	put(t, p, access.AreaGates, 5, access.Gate{Env: 51, Repo: 5, WaitTimer: 30 * (3 - n), Reviewers: 1},
		access.Grant{Principal: user(1), Resource: env(51), Privilege: access.Approve, Source: access.Reviewer})
	bypass := true
	put(t, p, access.AreaPolicies, 5, access.Policy{Env: 51, Repo: 5, Branches: access.ProtectedBranch, AdminBypass: &bypass})
	put(t, p, access.AreaDeployKeys, 5)
}
