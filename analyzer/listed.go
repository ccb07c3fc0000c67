package analyzer

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// members judges who is a member where the baseline manages that: whoever is on
// its list, or is named by an entry, may be. Owners are their own rule's.
func (j *jury) members() {
	if !j.managed(baseline.Members) {
		return
	}
	for _, g := range j.memberships() {
		u := g.Principal
		if g.Privilege != access.Member || j.b.Member(u.ID) || j.b.Knows(u) {
			continue
		}
		j.unlisted(verdict{class: baseline.Members, grant: g, needs: []access.Need{need(access.AreaMembers, 0)}})
	}
}

// outsiders judges who is an outside collaborator in the same way. They are that
// by their grants alone, so whoever is reported for one of those is left out, and
// the grants must have been read.
func (j *jury) outsiders() {
	if !j.managed(baseline.OutsideCollaborators) {
		return
	}
	reported, open := j.reportedGrants()
	direct := j.s.Coverage.Of(access.AreaDirectGrants)
	for _, o := range j.s.Outside {
		u := access.Ref{Kind: access.User, ID: o.User}
		if reported[o.User] || j.b.Outside(o.User) || j.b.Knows(u) {
			continue
		}
		v := verdict{
			class: baseline.OutsideCollaborators, grant: access.Grant{Principal: u, Resource: j.org().Ref}, gap: open[o.User],
			needs: []access.Need{need(access.AreaOutside, 0), need(access.AreaDirectGrants, 0)},
		}
		if direct.Status != access.Complete && v.gap == "" {
			v.gap = j.why(direct)
		}
		j.unlisted(v)
	}
}

// unlisted files a verdict on somebody whom no entry mentions.
func (j *jury) unlisted(v verdict) {
	u := v.grant.Principal
	if v.gap == "" {
		v.gap = j.nameless(u)
	}
	v.outcome, v.stranger, v.people = beyond, true, []int64{u.ID}
	if v.gap != "" {
		v.outcome = unknown
	}
	j.out = append(j.out, &v)
}

// reportedGrants tells who is reported for a grant of their own on a repository,
// and for whom that is open, with the reason.
func (j *jury) reportedGrants() (reported map[int64]bool, open map[int64]string) {
	reported, open = map[int64]bool{}, map[int64]string{}
	for _, v := range j.out {
		switch u := v.grant.Principal; {
		case !onRepository(v.grant) || v.grant.Source != access.Direct:
		case v.outcome == unknown:
			open[u.ID] = v.gap
		case !slices.Contains(j.disabled, v.rule()):
			reported[u.ID] = true
		}
	}
	if j.managed(baseline.RepositoryAccess) || slices.Contains(j.disabled, "outside-collaborator-write") {
		return reported, open
	}
	for _, g := range j.s.Grants { // that rule needs no verdict
		if directWrite(g) {
			reported[g.Principal.ID] = true
		}
	}
	return reported, open
}
