package analyzer

import (
	"slices"

	"github.com/eb661601/ajar/access"
	"github.com/eb661601/ajar/baseline"
)

// verdict is what the baseline says to one grant that it does not simply allow.
type verdict struct {
	class    baseline.Class
	grant    access.Grant
	outcome  outcome
	stranger bool          // no entry mentions the principal, nor its teams or their parents
	allowed  allowed       // what the principal may have: of a person their own, of a team the team's
	lacking  allowed       // what one of the people may have whom the outcome hits
	ended    baseline.Line // of what is expired: the entry that ended, of several people's the first that did
	people   []int64       // whom the outcome hits
	rightly  int           // how many others the grant reaches who may have it by another entry
	extras   []string      // what a custom role adds beyond the baseline
	nobody   bool          // a team that reaches nobody
	outside  bool          // a person's own write or more, who is an outside collaborator or may be one
	perhaps  bool          // outside, but that is not known
	repo     int64         // of an organization role judged by its base: a repository where it is so
	gap      string        // why it is unknown
	needs    []access.Need
}

// verdicts judges every grant in the classes that the baseline manages, once.
func (f *facts) verdicts() []*verdict {
	if f.b == nil || f.judgedAll && !f.forgotten {
		return f.judgements
	}
	f.judgedAll, f.forgotten = true, false
	j := &jury{facts: f, gaps: f.membershipGaps()}
	j.repositories()
	j.organizationRoles()
	j.owners()
	j.reviewers()
	j.keys()
	j.members()
	j.outsiders()
	f.judgements = j.out
	for _, v := range j.out {
		if id := v.rule(); v.outcome == unknown || id != "" && !slices.Contains(f.disabled, id) {
			f.accused[v.grant] = true
		}
	}
	return f.judgements
}

// forgetVerdicts makes room where no rule is left that usually asks for them. One
// that does all the same has them judged anew.
func (f *facts) forgetVerdicts() { f.judgements, f.forgotten = nil, f.judgedAll }

// rule names the rule that reports the verdict; "" where none does.
func (v *verdict) rule() string {
	switch {
	case v.outcome == accepted || v.outcome == unknown:
		return ""
	case v.class == baseline.Owners:
		return "owner-not-listed" // however it might be held: owners are listed
	case v.class == baseline.Members || v.class == baseline.OutsideCollaborators:
		return "principal-not-in-baseline"
	case v.outcome == unaccepted || v.outcome == elevated:
		return "standing-privileged"
	case v.outcome == expired:
		return "expired-assignment"
	}
	switch v.class {
	case baseline.Keys:
		return "deploy-key-write"
	case baseline.Environments:
		return "environment-reviewers-beyond-baseline"
	}
	switch {
	case v.outside:
		return "outside-collaborator-write" // says more than the two below
	case v.stranger:
		return "principal-not-in-baseline"
	}
	return "access-beyond-baseline"
}

// jury makes the verdicts.
type jury struct {
	*facts
	gaps membershipGaps
	out  []*verdict
}

// person judges a grant to a person.
func (j *jury) person(v verdict, e *entitlements, h held, privileged bool) {
	u := v.grant.Principal.ID
	v.allowed = e.user(u)
	v.lacking, v.outcome, v.ended = v.allowed, v.allowed.judge(h, privileged), v.allowed.lapsed(h)
	v.people = []int64{u}
	j.close(v, h)
}

// team judges a grant to a team: by what the team may have, and where that is
// too little by what each person whom it reaches may have otherwise.
func (j *jury) team(v verdict, e *entitlements, h held, privileged bool) {
	v.allowed = e.team(v.grant.Principal.ID)
	v.lacking, v.outcome, v.ended = v.allowed, v.allowed.judge(h, privileged), v.allowed.lapsed(h)
	if v.outcome == accepted {
		return
	}
	people := j.people(v.grant.Principal.ID)
	v.nobody = len(people) == 0
	if !v.nobody {
		v.outcome = accepted
		for _, u := range people {
			a := e.user(u)
			o := a.judge(h, privileged)
			if o > v.outcome {
				v.lacking, v.outcome, v.people, v.ended = a, o, nil, a.lapsed(h)
			}
			if l := a.lapsed(h); o == v.outcome && l.Ended.Before(v.ended.Ended) {
				v.ended = l
			}
			switch {
			case o == accepted:
				v.rightly++
			case o == v.outcome:
				v.people = append(v.people, u)
			}
		}
	}
	j.close(v, h)
}

// close files a verdict, or that there is none because not enough was seen. What
// the team's people may have was worked out from memberships, so even "all of
// them may" needs those of the team.
func (j *jury) close(v verdict, h held) {
	v.stranger = len(j.mentioned(v.grant.Principal)) == 0
	team := int64(0)
	if v.grant.Principal.Kind == access.Team {
		team = v.grant.Principal.ID
	}
	if v.outcome == accepted && (team == 0 || j.gaps.team(team) == "") {
		return
	}
	v.needs = append(v.needs, j.gaps.needs(team)...)
	switch gap := j.gaps.of(team); {
	case v.gap != "":
		v.outcome = unknown
	case gap != "":
		v.outcome, v.gap = unknown, gap
	case v.outcome == unknown:
		v.gap = "custom-roles: what a custom role allows was not seen"
	}
	for _, x := range h.extras {
		if v.outcome == beyond && v.allowed.privilege >= h.privilege && !slices.Contains(v.allowed.extras, x) {
			v.extras = append(v.extras, x)
		}
	}
	filed := v // v itself would be made anew for each grant, and hardly any is filed
	j.out = append(j.out, &filed)
}

// judge judges a grant to whichever kind of principal holds it.
func (j *jury) judge(v verdict, e *entitlements, h held, privileged bool) {
	if v.grant.Principal.Kind == access.Team {
		j.team(v, e, h, privileged)
	} else {
		j.person(v, e, h, privileged)
	}
}

// accusedOf reports whether some rule already reports the grant as more than the
// baseline allows.
func (f *facts) accusedOf(g access.Grant) bool {
	if !f.judgedAll {
		f.verdicts()
	}
	return f.accused[g]
}
