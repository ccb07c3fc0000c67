package reach_test

import (
	"cmp"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/internal/contract"
	"github.com/eb661601/ajar/reach"
)

// The parts of a world file that decide about access to repositories.
type (
	world struct {
		Users []worldUser `json:"users"`
		Orgs  []worldOrg  `json:"orgs"`
	}
	worldUser struct {
		Login string `json:"login"`
		ID    int64  `json:"id"`
	}
	worldOrg struct {
		Login    string `json:"login"`
		ID       int64  `json:"id"`
		Settings struct {
			Base string `json:"defaultRepositoryPermission"`
		} `json:"settings"`
		Members []struct{ Login, Role string } `json:"members"`
		Teams   []struct {
			Slug    string                         `json:"slug"`
			ID      int64                          `json:"id"`
			Parent  string                         `json:"parent"`
			Members []struct{ Login, Role string } `json:"members"`
		} `json:"teams"`
		CustomRoles []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
			Base string `json:"baseRole"`
		} `json:"customRoles"`
		OrgRoles []struct {
			ID           int64 `json:"id"`
			Name         string
			Users, Teams []string
		} `json:"orgRoles"`
		Repos []worldRepo `json:"repos"`
	}
	worldRepo struct {
		ID            int64 `json:"id"`
		Name          string
		Collaborators []struct{ Login, Permission string }
		Teams         []struct{ Slug, Permission string }
	}
)

// rolesWithBase are GitHub's predefined organization roles and what each gives on
// every repository (GitHub Docs, "Using organization roles").
var rolesWithBase = map[string]access.Privilege{
	"all_repo_read": access.Read, "all_repo_triage": access.Triage, "all_repo_write": access.Write,
	"all_repo_maintain": access.Maintain, "all_repo_admin": access.Admin, "security_manager": access.Read,
	"ci_cd_admin": access.None,
}

func loadWorld(t testing.TB) world {
	var w world
	if err := json.NewDecoder(contract.WorldFile(t, "kubernetes.json")).Decode(&w); err != nil {
		t.Fatal(err)
	}
	return w
}

// snapshot turns an organization of the world into a snapshot.
func (o worldOrg) snapshot(users map[string]int64) *access.Snapshot {
	c := &converter{s: &access.Snapshot{Org: access.Organization{ID: o.ID, Login: o.Login}}, users: users,
		teams: map[string]access.Ref{}, roles: map[string]access.CustomRole{}}
	base, _ := access.ParsePrivilege(o.Settings.Base)
	c.s.Settings = &access.Settings{BasePermission: base}
	c.people(o)
	for _, r := range o.CustomRoles {
		base, _ := access.ParsePrivilege(r.Base)
		c.roles[r.Name] = access.CustomRole{ID: r.ID, Name: r.Name, Base: base}
		c.s.CustomRoles = append(c.s.CustomRoles, c.roles[r.Name])
	}
	for _, r := range o.Repos {
		c.s.Repositories = append(c.s.Repositories, access.Repository{ID: r.ID, Name: r.Name})
		repo := access.Ref{Kind: access.Repo, ID: r.ID}
		for _, x := range r.Collaborators {
			c.give(c.user(x.Login), repo, x.Permission, access.Direct)
		}
		for _, x := range r.Teams {
			c.give(c.teams[x.Slug], repo, x.Permission, access.ByTeam)
		}
	}
	sortSnapshot(c.s)
	return c.s
}

type converter struct {
	s     *access.Snapshot
	users map[string]int64
	teams map[string]access.Ref
	roles map[string]access.CustomRole
}

func (c *converter) user(login string) access.Ref {
	return access.Ref{Kind: access.User, ID: c.users[strings.ToLower(login)]}
}

func (c *converter) grant(p, r access.Ref, priv access.Privilege, src access.Source, role int64) {
	c.s.Grants = append(c.s.Grants, access.Grant{Principal: p, Resource: r, Privilege: priv, Source: src, Role: role})
}

// give grants a permission as GitHub writes it, or a custom role by its name.
func (c *converter) give(p, repo access.Ref, permission string, src access.Source) {
	priv, _ := access.ParsePrivilege(permission)
	custom, ok := c.roles[permission]
	if ok {
		priv = custom.Base
	}
	c.grant(p, repo, priv, src, custom.ID)
}

// people converts members, teams and organization roles.
func (c *converter) people(o worldOrg) {
	org := access.Ref{Kind: access.Org, ID: o.ID}
	for _, m := range o.Members {
		if m.Role == "admin" {
			c.grant(c.user(m.Login), org, access.Owner, access.ByOwner, 0)
		} else {
			c.grant(c.user(m.Login), org, access.Member, access.Direct, 0)
		}
	}
	for _, t := range o.Teams {
		c.teams[t.Slug] = access.Ref{Kind: access.Team, ID: t.ID}
	}
	for _, t := range o.Teams {
		c.s.Teams = append(c.s.Teams, access.TeamInfo{ID: t.ID, Slug: t.Slug, Parent: c.teams[t.Parent].ID})
		for _, m := range t.Members {
			c.grant(c.user(m.Login), c.teams[t.Slug], access.Member, access.Direct, 0)
		}
	}
	for _, r := range o.OrgRoles {
		base := rolesWithBase[r.Name]
		c.s.OrgRoles = append(c.s.OrgRoles, access.OrgRole{ID: r.ID, Name: r.Name, Base: base})
		for _, u := range r.Users {
			c.grant(c.user(u), org, base, access.ByOrgRole, r.ID)
		}
		for _, t := range r.Teams {
			c.grant(c.teams[t], org, base, access.ByOrgRole, r.ID)
		}
	}
}

func sortSnapshot(s *access.Snapshot) {
	slices.SortFunc(s.Teams, func(a, b access.TeamInfo) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Repositories, func(a, b access.Repository) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.CustomRoles, func(a, b access.CustomRole) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.OrgRoles, func(a, b access.OrgRole) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(s.Environments, func(a, b access.Environment) int {
		return cmp.Or(cmp.Compare(a.Repo, b.Repo), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(s.Grants, access.Grant.Compare)
}

// rightAnswers reads the listing that another program made of the same world:
// organization/repository/login → privilege and sorted sources.
func rightAnswers(t testing.TB) map[string]string {
	f := contract.WorldFile(t, "kubernetes-access.csv.gz")
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows[1:] {
		sources := strings.Split(r[4], ";")
		slices.Sort(sources)
		out[r[0]+"/"+r[1]+"/"+strings.ToLower(r[2])] = r[3] + " " + strings.Join(sources, ";")
	}
	return out
}

func TestEveryPairOfARealOrganizationIsRight(t *testing.T) {
	want := rightAnswers(t)
	w := loadWorld(t)
	ids, logins := map[string]int64{}, map[int64]string{}
	for _, u := range w.Users {
		ids[strings.ToLower(u.Login)], logins[u.ID] = u.ID, strings.ToLower(u.Login)
	}
	compared, wrong := 0, 0
	for _, o := range w.Orgs {
		s := o.snapshot(ids)
		g := reach.New(s)
		for _, r := range s.Repositories {
			levels := g.Levels(r.ID)
			for i, a := range g.Effective(r.ID) {
				key := o.Login + "/" + r.Name + "/" + logins[a.User]
				if got := written(s, r, a); got != want[key] {
					if wrong++; wrong <= 10 {
						t.Errorf("%s\n got %s\nwant %s", key, got, want[key])
					}
				}
				if l := levels[i]; l.User != a.User || l.Privilege != a.Privilege || l.Role != a.Role {
					t.Errorf("%s: Levels gives %v, Effective %v", key, l, a)
				}
				delete(want, key)
				compared++
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("%d rows of the listing were not found by reach", len(want))
	}
	t.Logf("compared %d rows: %d differ, %d missing", compared, wrong, len(want))
}

// written gives a row as the listing writes it.
func written(s *access.Snapshot, r access.Repository, a reach.Access) string {
	var sources []string
	for _, src := range a.Sources {
		name := s.RoleName(access.Grant{Privilege: src.Privilege, Role: src.Role, Source: src.Kind})
		switch src.Kind {
		case access.ByTeam:
			t, _ := s.Team(src.Via)
			sources = append(sources, "team:"+t.Slug+"="+name)
		case access.Direct:
			sources = append(sources, "repository:"+r.Name+"="+name)
		default:
			sources = append(sources, "organization:"+s.Org.Login+"="+src.Privilege.String())
		}
	}
	slices.Sort(sources)
	return s.RoleName(access.Grant{Privilege: a.Privilege, Role: a.Role, Source: access.Direct}) + " " + strings.Join(sources, ";")
}
