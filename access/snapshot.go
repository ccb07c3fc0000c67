package access

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Snapshot is one observation of one organization, with its coverage. Every
// slice is sorted: entities by id, grants by [Grant.Compare]. What the coverage
// does not call complete may be missing from it.
type Snapshot struct {
	ID       int64
	TakenAt  time.Time
	Coverage Coverage

	Org           Organization
	Settings      *Settings      // nil: not seen
	WorkflowToken *WorkflowToken // nil: not seen

	People            []Person // everybody named anywhere
	TwoFactor         []TwoFactor
	Outside           []Outside
	Invitations       []Invite
	FailedInvitations []Invite
	RepoInvitations   []Invite // to repositories
	Teams             []TeamInfo
	Repositories      []Repository
	Environments      []Environment // sorted by Repo, then id
	DeployKeys        []DeployKey
	CustomRoles       []CustomRole
	OrgRoles          []OrgRole
	AuditActivity     []Activity
	Contributions     []Activity
	Grants            []Grant
}

// Person finds somebody by id.
func (s *Snapshot) Person(id int64) (Person, bool) {
	return find(s.People, id, func(p Person) int64 { return p.ID })
}

// Team finds a team by id.
func (s *Snapshot) Team(id int64) (TeamInfo, bool) { return find(s.Teams, id, TeamInfo.Key) }

// Repository finds a repository by id.
func (s *Snapshot) Repository(id int64) (Repository, bool) {
	return find(s.Repositories, id, Repository.Key)
}

// Key finds a deploy key by id.
func (s *Snapshot) Key(id int64) (DeployKey, bool) { return find(s.DeployKeys, id, DeployKey.Key) }

// Environment finds an environment by id. It looks at one after another, since
// they are sorted by repository.
func (s *Snapshot) Environment(id int64) (Environment, bool) {
	for _, e := range s.Environments {
		if e.ID == id {
			return e, true
		}
	}
	return Environment{}, false
}

// CustomRole finds a custom repository role by id.
func (s *Snapshot) CustomRole(id int64) (CustomRole, bool) {
	return find(s.CustomRoles, id, CustomRole.Key)
}

// OrgRole finds an organization role by id.
func (s *Snapshot) OrgRole(id int64) (OrgRole, bool) { return find(s.OrgRoles, id, OrgRole.Key) }

// GrantsOn gives the grants on one resource.
func (s *Snapshot) GrantsOn(r Ref) []Grant {
	lo, _ := slices.BinarySearchFunc(s.Grants, r, func(g Grant, r Ref) int { return g.Resource.Compare(r) })
	hi := lo
	for hi < len(s.Grants) && s.Grants[hi].Resource == r {
		hi++
	}
	return s.Grants[lo:hi]
}

// Name gives the written form of a principal or resource, "team:acme/sre",
// "env:acme/api/production". What is unknown to the snapshot is written with its
// id, "user:#42".
func (s *Snapshot) Name(r Ref) string {
	org := s.Org.Login
	switch r.Kind {
	case User:
		if p, ok := s.Person(r.ID); ok {
			return "user:" + p.Login
		}
	case Team:
		if t, ok := s.Team(r.ID); ok {
			return "team:" + org + "/" + t.Slug
		}
	case Org:
		if r.ID == s.Org.ID {
			return "org:" + org
		}
	case Repo:
		if repo, ok := s.Repository(r.ID); ok {
			return "repo:" + org + "/" + repo.Name
		}
	case Env:
		if e, ok := s.Environment(r.ID); ok {
			return s.EnvironmentName(e)
		}
	case Key:
		if k, ok := s.Key(r.ID); ok {
			if repo, ok := s.Repository(k.Repo); ok {
				return fmt.Sprintf("key:%s/%s#%d", org, repo.Name, r.ID)
			}
		}
	case Invitation:
		if _, ok := find(s.Invitations, r.ID, Invite.Key); ok {
			return fmt.Sprintf("invitation:%s#%d", org, r.ID)
		}
		if i, ok := find(s.RepoInvitations, r.ID, Invite.Key); ok {
			return s.InvitationName(i)
		}
		return fmt.Sprintf("invitation:%s#%d", org, r.ID)
	}
	return fmt.Sprintf("%s:#%d", r.Kind, r.ID)
}

// EnvironmentName is the written form of an environment, "env:acme/api/production".
func (s *Snapshot) EnvironmentName(e Environment) string {
	if repo, ok := s.Repository(e.Repo); ok {
		return "env:" + s.Org.Login + "/" + repo.Name + "/" + e.Name
	}
	return fmt.Sprintf("%s:#%d", Env, e.ID)
}

// InvitationName is the written form of an invitation, "invitation:acme#3", or
// "invitation:acme/api#3" of one to a repository.
func (s *Snapshot) InvitationName(i Invite) string {
	if r, ok := s.Repository(i.Repo); ok {
		return fmt.Sprintf("invitation:%s/%s#%d", s.Org.Login, r.Name, i.ID)
	}
	return fmt.Sprintf("invitation:%s#%d", s.Org.Login, i.ID)
}

// RoleName gives the word for a grant's privilege: the custom role's own name,
// else the privilege.
func (s *Snapshot) RoleName(g Grant) string {
	if g.Role != 0 {
		if g.Source == ByOrgRole {
			if r, ok := s.OrgRole(g.Role); ok {
				return r.Name
			}
		} else if r, ok := s.CustomRole(g.Role); ok {
			return r.Name
		}
	}
	return g.Privilege.String()
}

func find[T any](all []T, id int64, key func(T) int64) (T, bool) {
	i, ok := slices.BinarySearchFunc(all, id, func(t T, id int64) int { return cmp.Compare(key(t), id) })
	if !ok {
		var none T
		return none, false
	}
	return all[i], true
}
