package githubsim

import (
	"encoding/base64"
	"fmt"
	"slices"
)

// gate picks an environment that fits, and notes it for the audit log.
func (d *drifter) gate(e *AuditEvent, fits func(*Environment) bool) (*Repo, *Environment) {
	r, found := d.repo(func(r *Repo) bool { return slices.ContainsFunc(r.Environments, fits) })
	if !found {
		return nil, nil
	}
	env, _ := pick(d, r.Environments, fits)
	e.Repo, e.Environment = r.Name, env.Name
	return r, env
}

// loosen edits the environment that fits.
func (d *drifter) loosen(e *AuditEvent, fits func(*Environment) bool, how func(*Environment) string) string {
	r, env := d.gate(e, fits)
	if env == nil {
		return ""
	}
	return fmt.Sprintf("%s %s of %s in %s", d.who, how(env), env.Name, r.Name)
}

func guarded(env *Environment) bool { return len(env.Reviewers) > 0 }

func (d *drifter) dropReviewers(e *AuditEvent) string {
	return d.loosen(e, guarded, func(env *Environment) string {
		env.Reviewers, env.PreventSelfReview = nil, false
		return "removed the reviewers"
	})
}

func (d *drifter) addReviewer(e *AuditEvent) string {
	r, env := d.gate(e, func(env *Environment) bool { return guarded(env) && len(env.Reviewers) < maxReviewers })
	if env == nil {
		return ""
	}
	m, found := d.member(func(l string) bool {
		effective, _ := d.x.sources(r, l)
		return (effective != "none" || r.Visibility == "public") && !slices.Contains(env.Reviewers, Actor{"User", l})
	})
	if !found {
		return ""
	}
	env.Reviewers = append(env.Reviewers, Actor{"User", m.Login})
	return fmt.Sprintf("%s made %s a reviewer of %s in %s", d.who, m.Login, env.Name, r.Name)
}

func (d *drifter) allowSelfReview(e *AuditEvent) string {
	return d.loosen(e, func(env *Environment) bool { return guarded(env) && env.PreventSelfReview }, func(env *Environment) string {
		env.PreventSelfReview = false
		return "allowed self-review"
	})
}

func (d *drifter) allowBypass(e *AuditEvent) string {
	return d.loosen(e, func(env *Environment) bool { return guarded(env) && !env.CanAdminsBypass }, func(env *Environment) string {
		env.CanAdminsBypass = true
		return "let administrators bypass the rules"
	})
}

func (d *drifter) dropTimer(e *AuditEvent) string {
	return d.loosen(e, func(env *Environment) bool { return env.WaitTimer > 0 }, func(env *Environment) string {
		env.WaitTimer = 0
		return "removed the wait timer"
	})
}

func (d *drifter) openBranches(e *AuditEvent) string {
	return d.loosen(e, func(env *Environment) bool { return env.BranchPolicy != nil }, func(env *Environment) string {
		env.BranchPolicy = nil
		return "opened to every branch the deployments"
	})
}

func (d *drifter) addPattern(e *AuditEvent) string {
	everything := BranchPattern{Name: "*", Type: "branch"}
	return d.loosen(e, func(env *Environment) bool {
		return env.BranchPolicy != nil && !env.BranchPolicy.ProtectedBranches && !everything.in(env.BranchPolicy.Custom)
	}, func(env *Environment) string {
		everything.ID = d.w.largestID() + 1
		env.BranchPolicy.Custom = append(env.BranchPolicy.Custom, everything)
		return "added the branch pattern * to the deployments"
	})
}

func (d *drifter) addReadKey(e *AuditEvent) string  { return d.addKey(e, true) }
func (d *drifter) addWriteKey(e *AuditEvent) string { return d.addKey(e, false) }

func (d *drifter) addKey(e *AuditEvent, readOnly bool) string {
	r, found := d.repo(nil)
	if !found {
		return ""
	}
	raw := append([]byte("\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"), make([]byte, 32)...)
	for i := len(raw) - 32; i < len(raw); i++ {
		raw[i] = byte(d.rng.Uint32())
	}
	id := d.w.largestID() + 1
	k := &DeployKey{ID: id, Title: fmt.Sprintf("tool %d", id), Key: "ssh-ed25519 " + base64.StdEncoding.EncodeToString(raw), ReadOnly: readOnly,
		CreatedAt: d.w.Meta.Now, AddedBy: d.who}
	r.DeployKeys = append(r.DeployKeys, k)
	e.Repo, e.DeployKey = r.Name, k.Title
	can := "can write"
	if readOnly {
		can = "can read"
	}
	return fmt.Sprintf("%s added the deploy key %q, which %s, to %s", d.who, k.Title, can, r.Name)
}

func (d *drifter) inviteMember(e *AuditEvent) string {
	u, found := d.stranger(nil)
	if !found {
		return ""
	}
	role := []string{"admin", "direct_member"}[d.rng.IntN(2)]
	d.o.Invitations = append(d.o.Invitations, &OrgInvitation{ID: d.w.largestID() + 1, Login: u.Login, Role: role, CreatedAt: d.w.Meta.Now, Inviter: d.who})
	e.User = u.Login
	return fmt.Sprintf("%s invited %s as %s", d.who, u.Login, role)
}

func (d *drifter) inviteOutsider(e *AuditEvent) string {
	r, _ := d.repo(nil)
	u, found := d.stranger(r)
	if r == nil || !found {
		return ""
	}
	p := d.privilege()
	r.Invitations = append(r.Invitations, &RepoInvitation{ID: d.w.largestID() + 1, Login: u.Login, Permission: p, CreatedAt: d.w.Meta.Now, Inviter: d.who})
	e.Repo, e.User = r.Name, u.Login
	return fmt.Sprintf("%s invited %s to %s with %s", d.who, u.Login, r.Name, p)
}

func (d *drifter) raiseBase(*AuditEvent) string {
	next := map[string]string{"none": "read", "read": "write", "write": "admin"}[d.o.Settings.DefaultRepositoryPermission]
	if next == "" {
		return ""
	}
	d.o.Settings.DefaultRepositoryPermission = next
	return fmt.Sprintf("%s raised the base permission to %s", d.who, next)
}

func (d *drifter) widenToken(*AuditEvent) string {
	s := &d.o.Settings
	switch {
	case s.EnterpriseWorkflowPermissions == "read":
		return ""
	case d.o.tokenOf().Default == "read":
		s.DefaultWorkflowPermissions = "write"
		return d.who + " let the tokens of workflows write"
	case !s.CanApprovePullRequestReviews:
		s.CanApprovePullRequestReviews = true
		return d.who + " let workflows approve pull requests"
	}
	return ""
}

// widenRepoToken looks for a repository that is stricter than the organization.
func (d *drifter) widenRepoToken(e *AuditEvent) string {
	org := d.o.tokenOf()
	r, found := d.repo(func(r *Repo) bool { return org.wider(repoOf{r, d.x}.tokenOf()) })
	if !found {
		return ""
	}
	r.WorkflowPermissions, e.Repo = &org, r.Name
	return fmt.Sprintf("%s let the tokens of workflows in %s do what the organization allows", d.who, r.Name)
}
