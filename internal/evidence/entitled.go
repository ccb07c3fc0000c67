package evidence

import (
	"slices"
	"time"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// speaking says which rules speak of the grants of a class: where all of them could judge
// everything and none objects, the audit allowed the grant.
var speaking = map[baseline.Class][]string{
	baseline.RepositoryAccess:  {"access-beyond-baseline", "principal-not-in-baseline", "outside-collaborator-write", "expired-assignment"},
	baseline.OrganizationRoles: {"access-beyond-baseline", "principal-not-in-baseline", "expired-assignment"},
	baseline.Owners:            {"owner-not-listed"},
	baseline.Members:           {"principal-not-in-baseline"},
	baseline.Keys:              {"deploy-key-write", "expired-assignment"},
	baseline.TeamMaintainers:   {"team-maintainer-not-listed"},
}

// entitled says whether the baseline of then allows a grant, as the audit of the snapshot
// said: what a finding objects to is not, and what none of the rules objects to is that
// could see everything.
func (v *view) entitled(x access.Grant) title {
	t := title{is: entitledUnknown, by: v.law.baseline}
	if f, accused := v.drift[x]; accused {
		t.is, t.finding, t.ends = entitledNo, f.Fingerprint, f.Ended
		if f.State == access.Waived {
			t.is, t.ends = entitledWaived, f.WaiverEnd
		}
		return t
	}
	if v.bound == nil {
		return t
	}
	allowed, until, class := v.allowed(x)
	switch {
	case class == "" || !v.manages(x, class):
		t.is = unmanaged
	case allowed:
		t.is, t.ends = entitledYes, until
	case class == baseline.Environments: // its rule lists no reviewers, or nobody judges such access
		t.is = unmanaged
	case v.law.told && !slices.ContainsFunc(speaking[class], func(rule string) bool { return slices.Contains(v.law.undecided, rule) }):
		t.is = entitledYes
		if x.Resource.Kind == access.Repo {
			t.ends = v.bound.Answer(x.Principal, x.Resource, v.info.At).Until
		}
	case v.stands(x):
		t.is, t.ends = entitledYes, v.bound.Answer(x.Principal, x.Resource, v.info.At).Until
	}
	return t
}

// manages reports whether what goes beyond the baseline is drift there.
func (v *view) manages(x access.Grant, class baseline.Class) bool {
	if class == baseline.TeamMaintainers {
		_, named := v.bound.Maintainers(x.Resource.ID)
		return named
	}
	return v.bound.Managed(class)
}

// stands reports whether the baseline allows a grant on a repository at all times, by
// everything that it says of its holder together.
func (v *view) stands(x access.Grant) bool {
	if ok, _, class := v.allowed(x); ok && class != "" {
		return true
	}
	if x.Resource.Kind != access.Repo || x.Role != 0 {
		return false
	}
	a := v.bound.Answer(x.Principal, x.Resource, v.info.At)
	return slices.ContainsFunc(a.Standing, func(p access.Privilege) bool { return p >= x.Privilege })
}

// allowed asks the baseline for one grant by itself.
func (v *view) allowed(x access.Grant) (ok bool, until time.Time, class baseline.Class) {
	at, b := v.info.At, v.bound
	var e baseline.Entitlement
	switch {
	case x.Resource.Kind == access.Repo && x.Principal.Kind != access.Invitation:
		class = baseline.RepositoryAccess
		if x.Principal.Kind == access.Key {
			class = baseline.Keys
		}
		e = b.OnRepo(x.Principal, x.Resource.ID, at)
		ok = x.Privilege <= e.Privilege && (x.Role == 0 || slices.Contains(e.CustomRoles, x.Role))
	case x.Resource.Kind == access.Env:
		class = baseline.Environments
		e = b.OnEnv(x.Principal, x.Resource.ID, x.Privilege, at)
		ok = e.Privilege == x.Privilege
	case x.Resource.Kind == access.Org && x.Source == access.ByOrgRole:
		class = baseline.OrganizationRoles
		e = b.OnOrgRole(x.Principal, x.Role, at)
		ok = e.Privilege == access.Member
	case x.Resource.Kind == access.Org && x.Privilege == access.Owner && x.Principal.Kind == access.User:
		class, ok = baseline.Owners, b.Owner(x.Principal.ID)
	case x.Resource.Kind == access.Org && x.Principal.Kind == access.User:
		class, ok = baseline.Members, b.Member(x.Principal.ID)
	case x.Resource.Kind == access.Team && x.Privilege == access.Maintain:
		class = baseline.TeamMaintainers
		a := b.Answer(x.Principal, x.Resource, at)
		ok, until = slices.Contains(a.Standing, access.Maintain), a.Until
		return ok, until, class
	}
	return ok, e.Until, class
}
