package analyzer

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

func accessBeyondBaseline(c *court)   { c.pronounce() }
func principalNotInBaseline(c *court) { c.pronounce() }
func ownerNotListed(c *court)         { c.pronounce() }

func reviewersBeyondBaseline(c *court) { c.pronounce() }

// outsideCollaboratorWrite needs no baseline. Where the baseline manages access to
// repositories, what an entry allows is allowed, and the rest is this rule's.
func outsideCollaboratorWrite(c *court) {
	if c.managed(baseline.RepositoryAccess) {
		c.pronounce()
		return
	}
	for _, g := range c.s.Grants {
		if !directWrite(g) {
			continue
		}
		outside, known, from := c.outside(g.Principal.ID)
		if !known {
			c.undecide(1, c.why(c.s.Coverage.Of(access.AreaMembers))+"; whether a collaborator is a member is open")
		}
		if !outside {
			continue
		}
		who, repo, role := c.name(g.Principal), c.name(g.Resource), c.s.RoleName(g)
		cause := g // g itself would be made anew for each grant
		f := access.Finding{
			Severity: c.repositoryWeight(g.Privilege, g.Resource.ID), Principal: who, Resource: repo, Grant: &cause,
			Title: fmt.Sprintf("%s, an outside collaborator, has %s on %s", who.Name, role, repo.Name),
			Have:  role, Want: "triage or less, or an entry in a baseline",
		}
		c.reached(&f, g)
		c.report(f, causeOf(g), grantNeed(g), need(from, 0))
	}
}

// directWrite reports whether a grant gives a person write or more on a
// repository, and no team or role does.
func directWrite(g access.Grant) bool {
	return onRepository(g) && g.Source == access.Direct && g.Principal.Kind == access.User && g.Privilege >= access.Write
}

// outside reports whether somebody with a direct grant is an outside
// collaborator, whether that is known, and from what.
func (f *facts) outside(user int64) (outside, known bool, from access.Area) {
	_, listed := slices.BinarySearchFunc(f.s.Outside, user, func(o access.Outside, u int64) int { return cmp.Compare(o.User, u) })
	switch {
	case listed:
		return true, true, access.AreaOutside
	case f.g.Member(user):
		return false, true, access.AreaMembers
	case f.s.Coverage.Complete(access.AreaMembers):
		return true, true, access.AreaMembers
	case f.s.Coverage.Complete(access.AreaOutside):
		return false, true, access.AreaOutside
	}
	return false, false, ""
}

func basePermissionBroad(c *court) {
	if c.s.Settings == nil || c.s.Settings.BasePermission == access.NoPrivilege {
		c.undecide(1, "settings: the base permission was not told")
		return
	}
	have := c.s.Settings.BasePermission
	limit, want := access.Read, "read or none"
	if p := c.orgRules().BasePermission; p != access.NoPrivilege {
		limit, want = p, fmt.Sprintf("%s (%s)", p, place(c.orgRules().Source))
	}
	if have <= limit {
		return
	}
	w := access.High
	if have < access.Write {
		w = access.Medium
	}
	var people []int64
	for _, g := range c.memberships() {
		if g.Privilege == access.Member {
			people = append(people, g.Principal.ID)
		}
	}
	c.report(access.Finding{
		Severity: w, Resource: c.org(), Affected: len(people), Sample: c.sample(people),
		Title: fmt.Sprintf("every member of %s has %s on every repository", c.org().Name, have), Have: have.String(), Want: want,
		Fixable: "Organization settings → Member privileges → Base permissions",
	}, c.org().Ref.String(), need(access.AreaSettings, 0))
}

func deployKeyWrite(c *court) {
	if c.managed(baseline.Keys) {
		c.pronounce()
		return
	}
	for _, k := range c.s.DeployKeys {
		if k.ReadOnly || !k.Enabled {
			continue
		}
		ref, repo := access.Ref{Kind: access.Key, ID: k.ID}, access.Ref{Kind: access.Repo, ID: k.Repo}
		c.key(access.Grant{Principal: ref, Resource: repo, Privilege: access.Write, Source: access.ByKey}, "read, or an entry in a baseline", nil)
	}
}

// key reports a deploy key that can write.
func (c *court) key(g access.Grant, want string, evidence []string) {
	k, _ := c.s.Key(g.Principal.ID)
	n, repo := c.name(g.Principal), c.name(g.Resource)
	if !k.CreatedAt.IsZero() {
		by := ""
		if k.AddedBy != "" {
			by = " by " + k.AddedBy
		}
		evidence = append(evidence, fmt.Sprintf("Added on %s%s.", day(k.CreatedAt), by))
	}
	c.report(access.Finding{
		Severity: c.repositoryWeight(access.Write, k.Repo), Principal: n, Resource: repo, Grant: &g,
		Title: fmt.Sprintf("%s (%s) can write to %s", n.Name, k.Title, repo.Name), Have: "write", Want: want, Evidence: evidence,
	}, g.Principal.String(), need(access.AreaDeployKeys, k.Repo))
}

func workflowTokenWrite(c *court) {
	t := c.s.WorkflowToken
	if t == nil {
		c.undecide(1, c.why(c.s.Coverage.Of(access.AreaWorkflowToken)))
		return
	}
	rules := c.orgRules()
	write := t.Default == "write" && rules.DefaultWorkflowPermissions != "write"
	approve := t.CanApprovePullRequests != nil && *t.CanApprovePullRequests &&
		(rules.WorkflowCanApprovePullRequests == nil || !*rules.WorkflowCanApprovePullRequests)
	if t.CanApprovePullRequests == nil && !write {
		c.undecide(1, "workflow-token: whether workflows may approve pull requests was not told")
	}
	var f access.Finding
	switch {
	case write && approve:
		f.Severity, f.Have = access.High, "write, and it may approve pull requests"
	case write:
		f.Severity, f.Have = access.Medium, "write"
	case approve:
		f.Severity, f.Have = access.Medium, "it may approve pull requests"
	default:
		return
	}
	f.Resource, f.Want = c.org(), "read, and no approving of pull requests"
	f.Title = fmt.Sprintf("the default workflow token of %s is broad: %s", c.org().Name, f.Have)
	f.Fixable = "Organization settings → Actions → General → Workflow permissions"
	c.report(f, c.org().Ref.String(), need(access.AreaWorkflowToken, 0))
}
