package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/eb661601/ajar/access"
)

// area says how the rows of one access.Area are kept. The numbers are stored
// and never reused; the table of the same name in the schema repeats what
// SQL must know of them.
type area struct {
	id        uint8
	name      access.Area
	scopeKind access.Kind // what its scopes are, where a grant can name the same thing
	grantsOn  access.Kind // what its grants are on; none where it holds none
	under     access.Area // the listing whose entities are its scopes
	own       bool        // each entity is a scope of its own, with its own number
	thing     *thing      // what its entities are; nil where it holds none
}

var areas = []area{
	{id: 1, name: access.AreaOrganization, own: true, thing: one(func(l *loading, o access.Organization) { l.snap.Org = o })},
	{id: 2, name: access.AreaSettings, thing: one(func(l *loading, s access.Settings) { l.snap.Settings = &s })},
	{id: 3, name: access.AreaWorkflowToken, thing: one(func(l *loading, w access.WorkflowToken) { l.snap.WorkflowToken = &w })},
	{id: 4, name: access.AreaMembers, scopeKind: access.User, grantsOn: access.Org},
	{id: 5, name: access.AreaTwoFactor, own: true, thing: one(func(l *loading, t access.TwoFactor) {
		l.snap.TwoFactor = append(l.snap.TwoFactor, t)
	})},
	{id: 6, name: access.AreaOutside, own: true, thing: one(func(l *loading, o access.Outside) {
		l.snap.Outside = append(l.snap.Outside, o)
	})},
	{id: 7, name: access.AreaInvitations, scopeKind: access.Invitation, grantsOn: access.Org, own: true,
		thing: one(func(l *loading, i access.Invite) { l.snap.Invitations = append(l.snap.Invitations, i) })},
	{id: 8, name: access.AreaFailedInvitations, own: true, thing: one(func(l *loading, i access.Invite) {
		l.snap.FailedInvitations = append(l.snap.FailedInvitations, i)
	})},
	{id: 9, name: access.AreaTeams, own: true, thing: one(func(l *loading, t access.TeamInfo) {
		t.Privacy = l.word(t.Privacy)
		l.snap.Teams = append(l.snap.Teams, t)
	})},
	{id: 10, name: access.AreaTeamMembers, scopeKind: access.Team, grantsOn: access.Team, under: access.AreaTeams},
	{id: 11, name: access.AreaTeamGrants, scopeKind: access.Team, grantsOn: access.Repo, under: access.AreaTeams},
	{id: 12, name: access.AreaCustomRoles, own: true, thing: one(func(l *loading, c access.CustomRole) {
		l.snap.CustomRoles = append(l.snap.CustomRoles, c)
	})},
	{id: 13, name: access.AreaOrgRoles, own: true, thing: one(func(l *loading, r access.OrgRole) {
		l.snap.OrgRoles = append(l.snap.OrgRoles, r)
	})},
	{id: 14, name: access.AreaOrgRoleAssignments, grantsOn: access.Org, under: access.AreaOrgRoles},
	{id: 15, name: access.AreaRepositories, own: true, thing: one(func(l *loading, r access.Repository) {
		r.Visibility, r.DefaultBranch = l.word(r.Visibility), l.word(r.DefaultBranch)
		l.snap.Repositories = append(l.snap.Repositories, r)
	})},
	{id: 16, name: access.AreaDirectGrants, scopeKind: access.Repo, grantsOn: access.Repo, under: access.AreaRepositories},
	{id: 17, name: access.AreaEnvironments, under: access.AreaRepositories, thing: one(func(l *loading, e access.Environment) {
		e.Name = l.word(e.Name)
		l.snap.Environments = append(l.snap.Environments, e)
	})},
	{id: 18, name: access.AreaGates, scopeKind: access.Repo, grantsOn: access.Env, under: access.AreaRepositories,
		thing: one(func(l *loading, g access.Gate) { l.gates = append(l.gates, g) })},
	{id: 19, name: access.AreaPolicies, under: access.AreaRepositories, thing: one(func(l *loading, p access.Policy) {
		p.Branches = l.word(p.Branches)
		l.policies = append(l.policies, p)
	})},
	{id: 20, name: access.AreaDeployKeys, scopeKind: access.Repo, grantsOn: access.Repo, under: access.AreaRepositories,
		thing: one(func(l *loading, k access.DeployKey) {
			k.Title, k.AddedBy = l.word(k.Title), l.word(k.AddedBy)
			l.snap.DeployKeys = append(l.snap.DeployKeys, k)
		})},
	{id: 21, name: access.AreaAuditLog, own: true, thing: one(func(l *loading, a access.Activity) {
		a.What = l.word(a.What)
		l.snap.AuditActivity = append(l.snap.AuditActivity, a)
	})},
	{id: 22, name: access.AreaContributions, own: true, thing: one(func(l *loading, a access.Activity) {
		a.What = l.word(a.What)
		l.snap.Contributions = append(l.snap.Contributions, a)
	})},
	{id: 23, name: access.AreaRepoInvitations, scopeKind: access.Repo, grantsOn: access.Repo, under: access.AreaRepositories,
		thing: one(func(l *loading, i access.Invite) { l.snap.RepoInvitations = append(l.snap.RepoInvitations, i) })},
	{id: 24, name: access.AreaSecrets, under: access.AreaRepositories,
		thing: one(func(l *loading, x access.Secrets) { l.secrets = append(l.secrets, x) })},
}

var byArea, byAreaID = func() (map[access.Area]*area, map[uint8]*area) {
	names, ids := map[access.Area]*area{}, map[uint8]*area{}
	for i := range areas {
		names[areas[i].name], ids[areas[i].id] = &areas[i], &areas[i]
	}
	return names, ids
}()

func areaOf(name access.Area) (*area, error) {
	a, ok := byArea[name]
	if !ok {
		return nil, fmt.Errorf("%q is not an area that the store knows", name)
	}
	return a, nil
}

// thing is the Go type of an area's entities: how to know one, how to read one
// back into a snapshot, and how to lay one over an older one.
type thing struct {
	is     func(access.Entity) bool
	decode func(body []byte, l *loading) (id int64, err error)
	over   func(old, new string, untold []string) (body string, err error)
	read   func(body []byte) (access.Entity, error)
}

func one[T access.Entity](keep func(*loading, T)) *thing {
	return &thing{
		is: func(e access.Entity) bool {
			_, value := e.(T)
			return value
		},
		decode: func(body []byte, l *loading) (int64, error) {
			var t T
			if err := json.Unmarshal(body, &t); err != nil {
				return 0, err
			}
			keep(l, t)
			return t.Key(), nil
		},
		over: overlay[T],
		read: func(body []byte) (access.Entity, error) {
			var t T
			err := json.Unmarshal(body, &t)
			return t, err
		},
	}
}

// overlay gives the new body, with the fields that were not told, by their JSON
// keys, as the old one has them.
func overlay[T access.Entity](old, new string, untold []string) (string, error) {
	var was, is T
	if err := errors.Join(json.Unmarshal([]byte(old), &was), json.Unmarshal([]byte(new), &is)); err != nil {
		return "", err
	}
	from, to := reflect.ValueOf(was), reflect.ValueOf(&is).Elem()
	for i := range to.NumField() {
		key, _, _ := strings.Cut(to.Type().Field(i).Tag.Get("json"), ",")
		if slices.Contains(untold, key) {
			to.Field(i).Set(from.Field(i))
		}
	}
	body, err := json.Marshal(is)
	return string(body), err
}
