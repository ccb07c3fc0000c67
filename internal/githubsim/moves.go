package githubsim

import (
	"fmt"
	"slices"
)

// Leave is what somebody does who leaves an organization by themselves.
func (w *World) Leave(org, login string) error {
	x := w.Index().org(org)
	if x == nil || x.member(login) == nil || x.lastOwner(login) {
		return fmt.Errorf("leaving %s: %s is no member of it, or its last owner", org, login)
	}
	x.remove(login, w.Meta.Now)
	return nil
}

// RenameUser gives an account another login; its number stays. The old login is
// free for somebody else at once, as on GitHub.
func (w *World) RenameUser(from, to string) error {
	x := w.Index()
	u := x.user(from)
	if u == nil || x.user(to) != nil {
		return fmt.Errorf("renaming %s to %s: there is nobody, or the login is taken", from, to)
	}
	set := func(login *string) {
		if fold(*login) == fold(from) {
			*login = to
		}
	}
	set(&u.Login)
	for _, o := range w.Orgs {
		o.relabel(set)
		for _, r := range o.Repos {
			r.relabel(set)
		}
	}
	return nil
}

// relabel calls set for each login of an organization that is not a repository's.
func (o *Org) relabel(set func(*string)) {
	for _, m := range o.Members {
		set(&m.Login)
	}
	for _, m := range o.FormerMembers {
		set(&m.Login)
	}
	for _, i := range slices.Concat(o.Invitations, o.FailedInvitations) {
		set(&i.Login)
		set(&i.Inviter)
	}
	for _, t := range o.Teams {
		for _, m := range t.Members {
			set(&m.Login)
		}
	}
	for _, role := range o.OrgRoles {
		for i := range role.Users {
			set(&role.Users[i])
		}
	}
	for _, t := range o.PersonalAccessTokens {
		set(&t.Owner)
	}
	for _, a := range o.CredentialAuthorizations {
		set(&a.Login)
	}
}

// relabel calls set for each login of a repository.
func (r *Repo) relabel(set func(*string)) {
	for _, g := range r.Collaborators {
		set(&g.Login)
	}
	for _, i := range r.Invitations {
		set(&i.Login)
		set(&i.Inviter)
	}
	for _, k := range r.DeployKeys {
		set(&k.AddedBy)
	}
	for i := range r.Forks {
		set(&r.Forks[i])
	}
	for _, d := range r.Deployments {
		set(&d.Creator)
	}
	r.actors("User", set)
}

// actors calls set for the name of each actor of a type.
func (r *Repo) actors(kind string, set func(*string)) {
	lists := [][]Actor{}
	for _, e := range r.Environments {
		lists = append(lists, e.Reviewers)
	}
	for _, p := range r.BranchProtection {
		lists = append(lists, p.PushAllowances, p.BypassPullRequestAllowances, p.BypassForcePushAllowances, p.ReviewDismissalAllowances)
	}
	for _, list := range lists {
		for i := range list {
			if list[i].Type == kind {
				set(&list[i].Name)
			}
		}
	}
}

// RenameTeam gives a team another slug; its number stays.
func (w *World) RenameTeam(org, from, to string) error {
	x := w.Index().org(org)
	if x == nil || x.team(from) == nil || x.team(to) != nil {
		return fmt.Errorf("renaming the team %s/%s to %s: it is not there, or the slug is taken", org, from, to)
	}
	set := func(slug *string) {
		if fold(*slug) == fold(from) {
			*slug = to
		}
	}
	for _, t := range x.Teams {
		set(&t.Slug)
		set(&t.Parent)
	}
	for _, i := range x.Invitations {
		for n := range i.Teams {
			set(&i.Teams[n])
		}
	}
	for _, role := range x.OrgRoles {
		for n := range role.Teams {
			set(&role.Teams[n])
		}
	}
	for _, f := range x.FormerMembers {
		for _, g := range f.Teams {
			set(&g.Name)
		}
	}
	for _, r := range x.Repos {
		for _, g := range r.Teams {
			set(&g.Slug)
		}
		r.actors("Team", set)
	}
	return nil
}

// Transfer moves a repository to another organization of the world. Teams stay
// behind; so do reviewers and allowances that are teams.
func (w *World) Transfer(org, repo, to string) error {
	x := w.Index()
	from, there := x.org(org), x.org(to)
	if from == nil || there == nil || from.repo(repo) == nil || there.repo(repo) != nil {
		return fmt.Errorf("transferring %s/%s to %s: it is not there, or the name is taken", org, repo, to)
	}
	r := from.repo(repo)
	from.Org.Repos = slices.DeleteFunc(from.Org.Repos, func(o *Repo) bool { return o == r })
	there.Org.Repos = append(there.Org.Repos, r)
	r.Teams = nil
	team := func(a Actor) bool { return a.Type == "Team" }
	for _, e := range r.Environments {
		e.Reviewers = slices.DeleteFunc(e.Reviewers, team)
	}
	for _, p := range r.BranchProtection {
		for _, list := range []*[]Actor{&p.PushAllowances, &p.BypassPullRequestAllowances, &p.BypassForcePushAllowances, &p.ReviewDismissalAllowances} {
			*list = slices.DeleteFunc(*list, team)
		}
	}
	for _, c := range r.Collaborators {
		if there.rank(c.Permission) == rankNone { // a custom role of the old organization
			c.Permission = map[int]string{rankRead: "pull", rankTriage: "triage", rankWrite: "push", rankMaintain: "maintain"}[from.rank(c.Permission)]
		}
	}
	return nil
}
