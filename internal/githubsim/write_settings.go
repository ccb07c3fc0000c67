package githubsim

import (
	"cmp"
	"net/http"
	"reflect"
	"slices"
	"time"
)

// tokenDefaults reads what the token of a workflow is to be; what the body leaves
// out stays.
func (c *call) tokenDefaults(now WorkflowPermissions) (WorkflowPermissions, *reply) {
	in, refused := c.fields()
	if refused != nil {
		return now, refused
	}
	if now.Default, refused = c.word(in, "default_workflow_permissions", now.Default, "read", "write"); refused != nil {
		return now, refused
	}
	return now, c.read(in, "can_approve_pull_request_reviews", &now.CanApprove)
}

// tokenOf is the default of an organization.
func (o *Org) tokenOf() WorkflowPermissions {
	return WorkflowPermissions{Default: cmp.Or(o.Settings.DefaultWorkflowPermissions, "read"), CanApprove: o.Settings.CanApprovePullRequestReviews}
}

// wider reports whether a token could do more than another.
func (p WorkflowPermissions) wider(than WorkflowPermissions) bool {
	return p.Default == "write" && than.Default != "write" || p.CanApprove && !than.CanApprove
}

// putWorkflow sets the organization's default. The enterprise may forbid a wide one.
func (c *call) putWorkflow() effect {
	o, refused := c.orgToChange(orgWrite)
	if refused != nil {
		return no(refused)
	}
	was := o.tokenOf()
	want, refused := c.tokenDefaults(was)
	if refused != nil {
		return no(refused)
	}
	if o.Settings.EnterpriseWorkflowPermissions == "read" && want.wider(WorkflowPermissions{Default: "read"}) {
		return no(c.failure(http.StatusConflict, "The enterprise does not allow these default workflow permissions."))
	}
	return yes(func() *reply {
		if want != was {
			o.Settings.DefaultWorkflowPermissions, o.Settings.CanApprovePullRequestReviews = want.Default, want.CanApprove
			c.touch()
			c.log(o, "org.set_default_workflow_permissions", nil)
		}
		return done()
	})
}

// putRepoWorkflow sets a repository's default, which may not be wider than the
// organization's.
func (c *call) putRepoWorkflow() effect {
	r, refused := c.repoToChange()
	if refused != nil {
		return no(refused)
	}
	was := r.tokenOf()
	want, refused := c.tokenDefaults(was)
	if refused != nil {
		return no(refused)
	}
	if want.wider(r.org.tokenOf()) {
		return no(c.failure(http.StatusConflict, "The organization does not allow these default workflow permissions."))
	}
	return yes(func() *reply {
		if r.WorkflowPermissions == nil || *r.WorkflowPermissions != want {
			r.WorkflowPermissions = &want
			c.touch()
			c.log(r.org, "repo.set_default_workflow_permissions", about(r.Name, "", ""))
		}
		return done()
	})
}

// tokenOf is what holds in a repository: its own default, or the organization's.
func (r repoOf) tokenOf() WorkflowPermissions {
	if r.WorkflowPermissions != nil {
		return *r.WorkflowPermissions
	}
	return r.org.tokenOf()
}

// patchOrg changes the base permission and the switches beside it. A new base
// permission stands in the settings at once and reaches the members later;
// until then another change of it is a conflict.
func (c *call) patchOrg() effect {
	o, refused := c.orgToChange(orgWrite)
	if refused != nil {
		return no(refused)
	}
	in, refused := c.fields()
	if refused != nil {
		return no(refused)
	}
	was := o.Settings
	base, refused := c.word(in, "default_repository_permission", was.DefaultRepositoryPermission, "none", "read", "write", "admin")
	if refused != nil {
		return no(refused)
	}
	moves := base != was.DefaultRepositoryPermission
	if moves && was.FormerBasePermission != "" {
		return no(c.failure(http.StatusConflict, "The base permission is being changed already."))
	}
	want := was
	if refused := c.readSwitches(in, &want); refused != nil {
		return no(refused)
	}
	return yes(func() *reply {
		if moves {
			want.DefaultRepositoryPermission = base
			c.log(o, "org.update_default_repository_permission", nil)
		}
		if moves && c.s.o.Background > 0 {
			want.FormerBasePermission = was.DefaultRepositoryPermission
			c.s.afterwards(c.now.Add(c.s.o.Background), func() { c.s.arrive(o.ID) })
		}
		if !reflect.DeepEqual(o.Settings, want) {
			o.Settings = want
			c.touch()
		}
		s := c.orgPublic(o)
		for k, v := range o.settingsShape() {
			s[k] = v
		}
		return ok(s)
	})
}

// readSwitches reads the member privileges that are on or off. Keys that the
// world does not know are taken and forgotten, as GitHub does.
func (c *call) readSwitches(in fields, s *Settings) *reply {
	for key, v := range map[string]**bool{
		"members_can_create_public_repositories": &s.MembersCanCreatePublic, "members_can_create_private_repositories": &s.MembersCanCreatePrivate,
		"members_can_create_internal_repositories": &s.MembersCanCreateInternal, "members_can_delete_repositories": &s.MembersCanDelete,
		"members_can_change_repo_visibility": &s.MembersCanChangeVisibility, "members_can_create_teams": &s.MembersCanCreateTeams,
		"members_can_invite_outside_collaborators": &s.MembersCanInviteOutside, "deploy_keys_enabled_for_repositories": &s.DeployKeysEnabled,
	} {
		var on bool
		if refused := c.read(in, key, &on); refused != nil {
			return refused
		}
		if in.has(key) {
			*v = &on
		}
	}
	if refused := c.read(in, "members_can_create_repositories", &s.MembersCanCreateRepositories); refused != nil {
		return refused
	}
	return c.read(in, "members_can_fork_private_repositories", &s.MembersCanForkPrivate)
}

// afterwards does something later that was decided now.
func (s *Server) afterwards(due time.Time, run func()) {
	s.pending = append(s.pending, &postponed{due: due, run: run})
	s.waiting.Store(int64(len(s.pending)))
}

// arrive lets a new base permission reach the members.
func (s *Server) arrive(org int64) {
	for _, o := range s.world.Orgs {
		if o.ID == org {
			o.Settings.FormerBasePermission = ""
		}
	}
	s.index = s.world.Index()
	for _, o := range s.world.Orgs {
		s.index.orgs[fold(o.Login)].dropForks()
	}
}

// roleToChange finds the organization role of the path.
func (c *call) roleToChange() (*orgIndex, *OrgRole, *reply) {
	o, refused := c.orgToChange(membersWrite)
	if refused != nil {
		return nil, nil, refused
	}
	role := c.orgRole(o)
	if role == nil {
		return nil, nil, c.notFound()
	}
	return o, role, nil
}

// listWith adds a name to a list, or takes it out.
func (c *call) listWith(o *orgIndex, list *[]string, name string, in bool, action string) effect {
	at := slices.IndexFunc(*list, func(s string) bool { return fold(s) == fold(name) })
	return yes(func() *reply {
		switch {
		case in && at < 0:
			*list = append(*list, name)
		case !in && at >= 0:
			*list = slices.Delete(*list, at, at+1)
		default:
			return done()
		}
		c.touch()
		c.log(o, action, about("", "", ""))
		return done()
	})
}

func (c *call) putRoleUser() effect    { return c.roleUser(true, "role.assign_user") }
func (c *call) deleteRoleUser() effect { return c.roleUser(false, "role.revoke_user") }
func (c *call) putRoleTeam() effect    { return c.roleTeam(true, "role.assign_team") }
func (c *call) deleteRoleTeam() effect { return c.roleTeam(false, "role.revoke_team") }

// roleUser gives a member an organization role, or takes it away. What comes
// through a team stays, and the answer is 204 all the same.
func (c *call) roleUser(in bool, action string) effect {
	o, role, refused := c.roleToChange()
	if refused != nil {
		return no(refused)
	}
	u, refused := c.someone()
	if refused != nil {
		return no(refused)
	}
	if in && o.member(u.Login) == nil {
		return no(c.failure(http.StatusUnprocessableEntity, "User is not a member of the organization."))
	}
	return c.listWith(o, &role.Users, u.Login, in, action)
}

func (c *call) roleTeam(in bool, action string) effect {
	o, role, refused := c.roleToChange()
	if refused != nil {
		return no(refused)
	}
	t := o.team(c.params["team_slug"])
	if t == nil {
		return no(c.notFound())
	}
	return c.listWith(o, &role.Teams, t.Slug, in, action)
}
